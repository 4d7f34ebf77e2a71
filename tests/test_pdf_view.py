"""Parts of pages and places of words: what the viewer shows stands where it stands on the page, turned pages included."""

import io
import random
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from access.demo.fonds import demo_documents
from access.demo.letter import leaves
from access.demo.pdfa import Provenance, write_pdfa
from access.demo.scan import scan
from ingest.inspector import CannotInspect, Inspector
from standards.page_words import UNITS
from standards.pdf_pages import render
from standards.pdf_view import tile, words


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    document = demo_documents("04")[3]
    rng = random.Random(1)
    path = tmp_path_factory.mktemp("view") / "letter.pdf"
    path.write_bytes(
        write_pdfa(
            [scan(leaf, rng) for leaf in leaves(document)], Provenance("x", "2025-08-01T08:00:00+07:00")
        )
    )
    return path


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("L")


def test_parts_join_to_the_page(letter: Path) -> None:
    whole = picture(render(letter, 1, 1800))
    joined = Image.new("L", whole.size, "white")
    for top in range(0, whole.height, 600):
        for left in range(0, whole.width, 600):
            part = picture(tile(letter, 1, 1800, left, top, 600))
            assert part.width == min(600, whole.width - left)
            joined.paste(part, (left, top))
    difference = ImageChops.difference(whole, joined)
    assert sum(difference.histogram()[60:]) / (whole.width * whole.height) < 0.01


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_words_are_where_the_ink_is(letter: Path, tmp_path: Path, turned: int) -> None:
    path = tmp_path / "turned.pdf"
    with pikepdf.open(letter) as pdf:
        pdf.pages[0].rotate(turned, relative=True)
        pdf.save(path)
    found = words(path, 1)
    ink = picture(render(path, 1, 1000))
    assert abs(found.high / UNITS - ink.height / ink.width) < 0.01
    dark = 0
    chosen = [each for each in found.words if len(each[0]) > 3][:60]
    assert len(chosen) > 30
    for _word, (x, y, wide, high) in chosen:
        box = [round(v * 1000 / UNITS) for v in (x, y, x + wide, y + high)]
        spot = ink.crop((box[0], box[1], max(box[2], box[0] + 1), max(box[3], box[1] + 1)))
        dark += spot.getextrema()[0] < 140
    assert dark / len(chosen) > 0.9


@pytest.mark.parametrize(("page", "width", "left", "top"), [(0, 1800, 0, 0), (9, 1800, 0, 0), (1, 1800, 1800, 0),
                                                            (1, 1800, 0, 99_999), (1, 1800, -1, 0)])  # fmt: skip
def test_there_is_no_such_part(letter: Path, page: int, width: int, left: int, top: int) -> None:
    with pytest.raises((IndexError, pypdfium2.PdfiumError)):
        tile(letter, page, width, left, top, 600)


def test_the_limited_child_tells_both(letter: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + b"\0" * 100)
    with Inspector() as inspector:
        assert picture(inspector.tile(letter, 1, 1800, 600, 600, 600)).size == (600, 600)
        assert any(word == "QUYẾT" for word, _box in inspector.words(letter, 1).words)
        for ask in (lambda: inspector.tile(broken, 1, 1800, 0, 0, 600), lambda: inspector.words(broken, 1)):
            with pytest.raises(CannotInspect):
                ask()
