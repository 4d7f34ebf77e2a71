"""Text recognition: every kind of page gets its text, no picture is touched, and nothing hostile takes anybody down."""

import gzip
import hashlib
import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest

from access.samples import Stamp
from preservation import hocr
from preservation.ocr import Recogniser, Recognition
from preservation.ocr_pages import image_digests
from preservation.ocr_pdfa import _says
from preservation.ocr_policy import policy
from repository.config import Settings
from standards.verapdf import VeraPdf
from standards.vietnamese import fold_words
from tests import ocr_fixtures as made
from tests import pdf_fixtures

LEAN, SUPPORTED = "lean", "supported"


@pytest.fixture(scope="module")
def recogniser() -> Iterator[Recogniser]:
    with Recogniser() as opened:
        yield opened


@pytest.fixture(scope="module")
def verapdf() -> Iterator[VeraPdf]:
    with VeraPdf(Settings.load().lib / "verapdf") as opened:
        yield opened


def read(
    recogniser: Recogniser, folder: Path, data: bytes, *, pages: list[int] | None, redo: tuple[int, ...] = ()
) -> Recognition:
    source = made.write(folder / "văn bản.pdf", data)
    return recogniser.recognise(
        source, hashlib.sha256(data).hexdigest(), folder / "out", pages=pages, redo=redo, languages=["vie"], title="x"
    )  # fmt: skip


def recalled(truth: str, text: str) -> float:
    """The share of the true words that were read, accents and order aside."""
    wanted, found = fold_words(truth).split(), fold_words(text).split()
    hits = sum(min(wanted.count(word), found.count(word)) for word in set(wanted))
    return hits / len(wanted)


def encoded_images(data: bytes) -> list[tuple[int, str]]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return list(image_digests(pdf))


KINDS = {
    "one jpeg a page": (LEAN, lambda: (made.act(1, pages=2), made.without_text(made.act(1, pages=2)))),
    "on its side": (LEAN, lambda: (made.act(4), made.turned(made.act(4), 90))),
    "upside down": (LEAN, lambda: (made.act(5), made.turned(made.act(5), 180))),
    "1-bit fax": (SUPPORTED, lambda: (made.act(2), made.fax(made.act(2)))),
    "jpeg 2000": (SUPPORTED, lambda: (made.act(3), made.jpeg2000(made.act(3)))),
    "mrc layers": (SUPPORTED, lambda: (made.act(7), made.layers(made.act(7)))),
    "two strips": (SUPPORTED, lambda: (made.act(8), made.strips(made.act(8)))),
    "a3 across": (LEAN, lambda: (made.act(9), made.wide(made.act(9)))),
}

OFTEN = {"one jpeg a page", "on its side", "1-bit fax"}


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=() if k in OFTEN else pytest.mark.slow) for k in KINDS]
)
def test_every_kind_of_page_gets_its_text(
    recogniser: Recogniser, verapdf: VeraPdf, tmp_path: Path, kind: str
) -> None:
    way, make = KINDS[kind]
    of, data = make()
    result = read(recogniser, tmp_path, data, pages=list(range(len(of.pages))))
    assert (result.state, result.way) == ("made", way), result.reason
    for page, truth in zip(result.pages, of.pages, strict=True):
        assert recalled(truth.text, page.text) > 0.9
    assert encoded_images(result.pdf.read_bytes()) == encoded_images(data)
    assert [digest for _page, digest in encoded_images(data)] == list(result.images)
    verdict = verapdf.judge(result.pdf)
    assert (verdict.outcome, verdict.flavour) == ("passed", "2u"), verdict.failed_rules
    kept = hocr.pages_of(result.hocr.read_bytes())
    assert [hocr.text_of(kept[page.page]) for page in result.pages] == [page.text for page in result.pages]


@pytest.mark.parametrize("degrees", [90, 180])
def test_a_turned_page_is_shown_upright_and_its_words_lie_on_it(
    recogniser: Recogniser, tmp_path: Path, degrees: int
) -> None:
    of = made.act(4)
    result = read(recogniser, tmp_path, made.turned(of, degrees), pages=[0])
    assert result.pages[0].turned == degrees
    with pikepdf.open(result.pdf) as pdf:
        assert pdf.pages[0].rotation == degrees
    word = max((w for w in of.pages[0].words if w.text.isalpha()), key=lambda w: len(w.text))
    share = of.pages[0].width, of.pages[0].height
    with pdfium.PdfDocument(result.pdf) as document:
        page = document[0]
        page.set_rotation(0)
        found = page.get_textpage().search(word.text)
        place = found.get_next()
        assert place is not None
        left, bottom, right, top = page.get_textpage().get_charbox(place[0])
        across, down = page.get_width(), page.get_height()
    middle = ((left + right) / 2 / across, 1 - (bottom + top) / 2 / down)
    at = (word.box[0] / share[0], (word.box[1] + word.box[3]) / 2 / share[1])
    expected = (at[1], 1 - at[0]) if degrees == 90 else (1 - at[0], 1 - at[1])
    assert middle == pytest.approx(expected, abs=0.03)


def test_pages_with_text_keep_it(recogniser: Recogniser, tmp_path: Path) -> None:
    of = made.act(6, pages=3)
    result = read(recogniser, tmp_path, made.mixed(of), pages=[1, 2])
    assert [page.page for page in result.pages] == [2, 3]
    with pdfium.PdfDocument(result.pdf) as document:
        first = document[0].get_textpage().get_text_range()
    assert fold_words(first) == fold_words(of.pages[0].text)


def test_a_bad_layer_gives_way_to_what_is_read(recogniser: Recogniser, tmp_path: Path) -> None:
    of = made.act(6)
    data = made.with_layer(of, "sở Y TẾ HẶƯ GIANG " * 20)
    result = read(recogniser, tmp_path, data, pages=[0], redo=(0,))
    assert result.state == "made", result.reason
    with pdfium.PdfDocument(result.pdf) as document:
        text = document[0].get_textpage().get_text_range()
    assert "HẶƯ" not in text and recalled(of.pages[0].text, text) > 0.9


@pytest.mark.parametrize(("form", "proof"), [("jpg", "bytes"), ("tif", "pixels")])
def test_pictures_become_pdf_with_the_same_pixels(
    recogniser: Recogniser, verapdf: VeraPdf, tmp_path: Path, form: str, proof: str
) -> None:
    of = made.act(11, pages=2)
    pictures = [made.picture(of, n) for n in (0, 1)]
    data = made.tiff(pictures) if form == "tif" else made.encoded(pictures[0], "JPEG", quality=80)
    result = read(recogniser, tmp_path, data, pages=None)
    assert result.state == "made", result.reason
    assert len(result.pages) == len(result.pictures) == (2 if form == "tif" else 1)
    assert all(each.startswith(f"{proof}:") for each in result.pictures)
    if form == "jpg":
        assert result.images == (hashlib.sha256(data).hexdigest(),)
    assert verapdf.judge(result.pdf).outcome == "passed"


def test_a_black_mark_that_only_reading_shows_stops_everything(
    recogniser: Recogniser, tmp_path: Path
) -> None:
    of = made.act(13, stamps=(Stamp("TỐI MẬT", ink="black", frame=0, strength=1.0, size=16),))
    result = read(recogniser, tmp_path, made.without_text(of), pages=[0])
    assert result.state == "sealed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["văn bản.pdf"]


def test_a_blank_page_is_no_two_layer_pdf(recogniser: Recogniser, tmp_path: Path) -> None:
    assert read(recogniser, tmp_path, made.blank(), pages=[0]).state == "nothing"
    assert not (tmp_path / "out.pdf").exists()


def test_a_file_that_changed_since_it_was_looked_at_is_not_read(
    recogniser: Recogniser, tmp_path: Path
) -> None:
    source = made.write(tmp_path / "a.pdf", made.without_text(made.act(1)))
    result = recogniser.recognise(source, "0" * 64, tmp_path / "out", pages=[0], languages=["vie"], title="x")
    assert result.state == "changed"


@pytest.mark.slow
@pytest.mark.parametrize("hostile", [made.bomb, made.endless, lambda: b"%PDF-1.7\n%%EOF", lambda: b""])
def test_a_hostile_file_costs_its_child_alone(tmp_path: Path, hostile: object) -> None:
    limits = {"seconds": 20.0, "seconds_a_page": 1.0, "memory_mb": 1200}
    with Recogniser(made.limited(policy(), **limits)) as recogniser:
        assert read(recogniser, tmp_path, hostile(), pages=[0]).state in ("refused", "no-answer")
        good = made.without_text(made.act(1))
        assert read(recogniser, tmp_path, good, pages=[0]).state in ("made", "no-answer")


def test_a_killed_child_is_replaced(recogniser: Recogniser, tmp_path: Path) -> None:
    data = made.without_text(made.act(1))
    assert read(recogniser, tmp_path, data, pages=[0]).state == "made"
    assert recogniser.pid is not None
    os.kill(recogniser.pid, signal.SIGKILL)
    assert read(recogniser, tmp_path, data, pages=[0]).state == "made"


def test_a_signed_scan_keeps_the_look_of_its_signature_and_no_broken_one(
    recogniser: Recogniser, verapdf: VeraPdf, tmp_path: Path
) -> None:
    source = tmp_path / "ký.pdf"
    pdf_fixtures.signed(source)
    data = source.read_bytes()
    result = read(recogniser, tmp_path, data, pages=[0])
    if result.state == "made":
        with pikepdf.open(result.pdf) as pdf:
            assert "/AcroForm" not in pdf.Root
    assert source.read_bytes() == data


@pytest.mark.parametrize(
    ("layer", "says"),
    [("Quyết định số 12", True), ("số 12 Quyết định", True), ("Quyet dinh so 12", False), ("Quyết định số", False),
     ("12 số định Quyế t", True), ("tếyuQ hnịđ ốs 21", False)],
)  # fmt: skip
def test_a_layer_that_says_something_else_is_refused(layer: str, says: bool) -> None:
    assert _says(layer, "Quyết định số 12") is says


def test_hocr_of_the_same_pages_is_the_same_bytes() -> None:
    page = hocr.of_page(
        "<div class='ocr_page' id='page_1' title='image \"x\"; bbox 0 0 9 9'>a</div>", 2, 300, 0, ["vie"]
    )
    one, other = hocr.document([page], "a<b", "t"), hocr.document([page], "a<b", "t")
    assert one == other and hocr.pages_of(one) == {2: page}
    assert b"ppageno 1" in gzip.decompress(one)
