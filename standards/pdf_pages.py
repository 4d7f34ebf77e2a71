"""The pages of a PDF through pdfium: their text, the fineness of their images, and pictures of them.

Meant for the limited child of `ingest.inspector`: a hostile page may cost its whole time and memory.
"""

import ctypes
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

MAX_PAGES = 10_000
MAX_CHARACTERS = 32_000_000
MAX_PIXELS = 100_000_000
_MAX_OBJECTS = 200_000
_SCAN_SHARE = 0.5
_MAX_DEPTH = 4
_Placed = tuple[int, int, float, float]


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A page: its text, and `dpi`, the fineness of its finest image where images cover the page (else None).

    `readable` is False where pdfium cannot open the page. `image_pixels` is the size of its largest image.
    """

    text: str = ""
    dpi: int | None = None
    readable: bool = True
    image_pixels: int = 0


class TooMuch(Exception):
    """A document is over a limit of this module. Stays within the limited child."""


def read_pages(source: bytes | Path, soft_masks: Mapping[tuple[int, int], float]) -> list[PageFacts]:
    """Every page in order. `soft_masks` tells by pixel size how much finer than an image its mask is.

    Raises TooMuch for more than MAX_PAGES or MAX_CHARACTERS, pypdfium2's PdfiumError where nothing opens.
    """
    with pdfium.PdfDocument(source) as document:
        if len(document) > MAX_PAGES:
            raise TooMuch(f"{len(document)} pages")
        pages, characters = [], 0
        for number in range(len(document)):
            pages.append(_page(document, number, soft_masks))
            characters += len(pages[-1].text)
            if characters > MAX_CHARACTERS:
                raise TooMuch(f"{characters} characters")
        return pages


def render(source: Path, page: int, width: int) -> bytes:
    """A page (from 1) as a JPEG, `width` pixels wide. Raises TooMuch, PdfiumError, IndexError."""
    with pdfium.PdfDocument(source) as document:
        if not 1 <= page <= len(document):
            raise IndexError(page)
        opened = document[page - 1]
        across, down = opened.get_size()
        scale = width / across
        if width * down * scale > MAX_PIXELS:
            raise TooMuch(f"{width} x {round(down * scale)} pixels")
        made = BytesIO()
        opened.render(scale=scale).to_pil().convert("RGB").save(made, "JPEG", quality=80, optimize=True)
        return made.getvalue()


def _page(
    document: pdfium.PdfDocument, number: int, soft_masks: Mapping[tuple[int, int], float]
) -> PageFacts:
    try:
        page = document[number]
        text = page.get_textpage()
        images = list(_images(page.raw))
        facts = PageFacts(
            text=text.get_text_range() if text.count_chars() > 0 else "",
            dpi=_finest(images, page.get_width() * page.get_height(), soft_masks),
            image_pixels=max((w * h for w, h, _x, _y in images), default=0),
        )
        text.close()
        page.close()
    except pdfium.PdfiumError:
        return PageFacts(readable=False)
    return facts


def _finest(images: list[_Placed], area: float, soft_masks: Mapping[tuple[int, int], float]) -> int | None:
    """The dpi of the finest layer of a scanned page: in MRC a coarse picture lies below fine parts of text."""
    if sum(x * y for _w, _h, x, y in images) < _SCAN_SHARE * area:
        return None
    finest = max(_dpi(w, h, x, y) * max(1.0, soft_masks.get((w, h), 1.0)) for w, h, x, y in images)
    return round(finest)


def _dpi(wide: int, high: int, across: float, down: float) -> float:
    if across <= 0 or down <= 0:
        return 0.0
    return min(wide / across, high / down) * 72


def _images(page: object) -> Iterator[_Placed]:
    """(pixels wide, pixels high, points across, points down) of each image on the page and in its forms."""
    objects = pdfium_c.FPDFPage_CountObjects(page)
    if objects > _MAX_OBJECTS:
        raise TooMuch(f"{objects} objects on a page")
    for index in range(objects):
        yield from _placed(pdfium_c.FPDFPage_GetObject(page, index), (1.0, 0.0, 0.0, 1.0), 0)


def _placed(thing: object, outer: tuple[float, float, float, float], depth: int) -> Iterator[_Placed]:
    kind = pdfium_c.FPDFPageObj_GetType(thing)
    if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
        a, b, c, d = _matrix(thing, outer)
        wide, high = ctypes.c_uint(), ctypes.c_uint()
        if pdfium_c.FPDFImageObj_GetImagePixelSize(thing, wide, high):
            yield wide.value, high.value, math.hypot(a, b), math.hypot(c, d)
    elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
        inner = _matrix(thing, outer)
        for index in range(min(pdfium_c.FPDFFormObj_CountObjects(thing), _MAX_OBJECTS)):
            yield from _placed(pdfium_c.FPDFFormObj_GetObject(thing, index), inner, depth + 1)


def _matrix(thing: object, outer: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The object's own matrix within the outer one, without the shift."""
    own = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(thing, own):
        return outer
    a, b, c, d = outer
    return (own.a * a + own.b * c, own.a * b + own.b * d, own.c * a + own.d * c, own.c * b + own.d * d)
