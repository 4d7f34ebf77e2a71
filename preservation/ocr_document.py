"""A document read by machine: in the lean way where every page to be read is one JPEG, else in the supported way.

Lean: the JPEG out of the file, read, its words laid under it. Supported: ocrmypdf with Kho's engine as its plugin.
Both leave every picture as it is, and the result is proved before it is handed on. Meant for the limited child of
`preservation.ocr`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import ocrmypdf
import pikepdf
import pypdfium2 as pdfium
from ocrmypdf.exceptions import ExitCodeException
from ocrmypdf.fpdf_renderer.renderer import Fpdf2PdfRenderer

from preservation import hocr, ocr_plugin
from preservation.ocr_engine import TURNS, Engine, Reading
from preservation.ocr_layer import Layer, put_layers, strip_invisible_text
from preservation.ocr_pages import Unfit, image_sizes, jpeg_page, picture
from preservation.ocr_pdfa import finish, proved_images, proved_text
from preservation.ocr_policy import Policy

Screen = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read: `pages` (from 0), those whose own text goes (`redo`), the languages."""

    pages: tuple[int, ...]
    redo: tuple[int, ...]
    languages: tuple[str, ...]


@dataclass(slots=True)
class ReadPage:
    """A page that was read: hOCR ready to be kept, mean confidence, how far it was turned more than it was before."""

    hocr: str
    confidence: float
    turned: int
    languages: tuple[str, ...]
    median: bool


@dataclass(slots=True)
class Recognised:
    """A document that was read: the way, its pages by number (from 0), the sha256 of every picture in it."""

    way: str
    pages: dict[int, ReadPage] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    reason: str = ""


def recognise(
    data: bytes, wanted: Wanted, target: Path, engine: Engine, policy: Policy, screen: Screen
) -> Recognised:
    """Read the PDF `data` and save it with its text layer as `target` (PDF/A-2u, not yet judged).

    `screen` is told the text of each page as soon as it is known, and may stop everything by raising. Nothing is
    written where no page has a word. Raises Unfit, and what the engine raises.
    """
    _look_first(data, policy)
    try:
        made = _lean(data, wanted, target, engine, policy, screen)
    except Unfit as unfit:
        made = _supported(data, wanted, target, engine, policy, screen)
        made.reason = str(unfit)
    if any(_has_words(page) for page in made.pages.values()):
        made.images = proved_images(data, target)
        proved_text(target, {number: page.hocr for number, page in made.pages.items()})
    return made


def _look_first(data: bytes, policy: Policy) -> None:
    """Raise Unfit for a document whose pictures would cost too much; nothing is decoded for it."""
    with pikepdf.open(BytesIO(data)) as pdf:
        largest = max(image_sizes(pdf), default=0)
    if largest > policy.most_pixels:
        raise Unfit(f"{largest} pixels")


def _lean(
    data: bytes, wanted: Wanted, target: Path, engine: Engine, policy: Policy, screen: Screen
) -> Recognised:
    made, layers = Recognised("lean"), []
    with pikepdf.open(BytesIO(data)) as pdf, pdfium.PdfDocument(data) as drawn:
        found = {number: jpeg_page(pdf, drawn, number) for number in wanted.pages}
        for number, page in found.items():
            grey, dpi = picture(page.data, policy, page.dpi)
            shown = grey.transpose(TURNS[page.rotate]) if page.rotate else grey
            reading = engine.read(shown, round(dpi), wanted.languages)
            made.pages[number] = _read_page(number, reading, dpi, screen)
            turned = (page.rotate + reading.turn) % 360
            layers.append(Layer(number, reading.hocr, dpi, page.box, turned))
            if reading.turn:
                pdf.pages[number].rotation = turned
        if any(_has_words(page) for page in made.pages.values()):
            for number in wanted.redo:
                strip_invisible_text(pdf, pdf.pages[number])
            put_layers(pdf, layers, target.parent)
            finish(pdf, target)
    return made


def _supported(
    data: bytes, wanted: Wanted, target: Path, engine: Engine, policy: Policy, screen: Screen
) -> Recognised:
    given, made_pdf = target.with_suffix(".in.pdf"), target.with_suffix(".out.pdf")
    given.write_bytes(data)
    try:
        with ocr_plugin.using(engine) as readings, _every_line():
            _ocrmypdf(given, made_pdf, wanted, policy)
            read = dict(readings)
        made = Recognised("supported")
        with pikepdf.open(made_pdf) as pdf, pikepdf.open(given) as old:
            for number in wanted.pages:
                reading, dpi = read[number]
                turned = int(pdf.pages[number].rotation) - int(old.pages[number].rotation)
                made.pages[number] = _read_page(number, reading, dpi, screen, turned % 360)
            if any(_has_words(page) for page in made.pages.values()):
                finish(pdf, target)
    finally:
        given.unlink(missing_ok=True)
        made_pdf.unlink(missing_ok=True)
    return made


def _ocrmypdf(given: Path, made: Path, wanted: Wanted, policy: Policy) -> None:
    try:
        ended = ocrmypdf.ocr(
            given, made, plugins=["preservation.ocr_plugin"], language=list(wanted.languages),
            mode="redo" if wanted.redo else "skip", pages=",".join(str(number + 1) for number in wanted.pages),
            output_type="pdf", optimize=0, rotate_pages=True, rotate_pages_threshold=50, jobs=1, use_threads=True,
            progress_bar=False, invalidate_digital_signatures=True,
            max_image_mpixels=policy.most_pixels / 1_000_000,
        )  # fmt: skip
    except ExitCodeException as error:
        raise Unfit(f"ocrmypdf: {type(error).__name__}: {error}") from error
    if ended != 0:
        raise Unfit(f"ocrmypdf: exit code {int(ended)}")


@contextmanager
def _every_line() -> Iterator[None]:
    """ocrmypdf leaves out lines whose shape it finds unlikely; the layer shall say all that the hOCR says."""
    theirs = Fpdf2PdfRenderer._check_aspect_ratio_plausible
    always: Any = lambda *_given: True  # noqa: E731
    Fpdf2PdfRenderer._check_aspect_ratio_plausible = always  # type: ignore[method-assign]
    try:
        yield
    finally:
        Fpdf2PdfRenderer._check_aspect_ratio_plausible = theirs  # type: ignore[method-assign]


def _read_page(
    number: int, reading: Reading, dpi: float, screen: Screen, turned: int | None = None
) -> ReadPage:
    screen(hocr.text_of(reading.hocr))
    turn = reading.turn if turned is None else turned
    page = hocr.of_page(reading.hocr, number + 1, round(dpi), turn, reading.languages)
    return ReadPage(page, round(reading.confidence, 1), turn, reading.languages, reading.median)


def _has_words(page: ReadPage) -> bool:
    return next(hocr.words_of(page.hocr), None) is not None


def texts_of(pages: Mapping[int, ReadPage]) -> dict[int, str]:
    """The text of each page that was read, by its number (from 0)."""
    return {number: hocr.text_of(page.hocr) for number, page in pages.items()}
