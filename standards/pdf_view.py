"""Pages of a PDF for a viewer: a part of a page, finely drawn, and where its words stand.

Meant for the limited child of `ingest.inspector`, like `standards.pdf_pages`.
"""

import ctypes
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from standards.page_words import UNITS, Box, PageWords

MOST_CHARACTERS = 50_000  # of one page whose words are placed


def tile(source: Path, page: int, width: int, left: int, top: int, side: int) -> bytes:
    """A part of a page that is drawn `width` pixels wide, as a JPEG: at most `side` pixels each way from (left, top).

    Raises PdfiumError, IndexError where there is no such page or part.
    """
    with pdfium.PdfDocument(source) as document:
        if not 1 <= page <= len(document):
            raise IndexError(page)
        opened = document[page - 1]
        across, down = opened.get_size()
        scale = width / across
        high = round(down * scale)
        if not (0 <= left < width and 0 <= top < high):
            raise IndexError((left, top))
        right, bottom = min(width, left + side), min(high, top + side)
        crop = (left / scale, (high - bottom) / scale, (width - right) / scale, top / scale)
        picture = opened.render(scale=scale, crop=crop).to_pil().convert("RGB")
        made = BytesIO()
        picture.crop((0, 0, right - left, bottom - top)).save(made, "JPEG", quality=80, optimize=True)
        return made.getvalue()


def words(source: Path, page: int) -> PageWords:
    """Where the words of a page stand. Raises PdfiumError, IndexError."""
    with pdfium.PdfDocument(source) as document:
        if not 1 <= page <= len(document):
            raise IndexError(page)
        opened = document[page - 1]
        across, down = opened.get_size()
        high = round(UNITS * down / across)
        return PageWords(high, tuple(_words(opened, high)))


def _words(page: pdfium.PdfPage, high: int) -> Iterator[tuple[str, Box]]:
    text = page.get_textpage()
    word, boxes = "", list[Box]()
    for at in range(min(text.count_chars(), MOST_CHARACTERS)):
        sign = chr(pdfium_c.FPDFText_GetUnicode(text, at))
        if sign.isspace() or not sign.isprintable():
            if word and boxes:
                yield word, _around(boxes)
            word, boxes = "", []
        else:
            word += sign
            if box := _placed(page, text, at, high):
                boxes.append(box)
    if word and boxes:
        yield word, _around(boxes)


def _placed(page: pdfium.PdfPage, text: pdfium.PdfTextPage, at: int, high: int) -> Box | None:
    """A sign's box on the page as it is shown, turned pages included."""
    left, bottom, right, top = text.get_charbox(at)
    one, other = _shown(page, left, top, high), _shown(page, right, bottom, high)
    x, y = min(one[0], other[0]), min(one[1], other[1])
    wide, tall = abs(one[0] - other[0]), abs(one[1] - other[1])
    return (x, y, wide, tall) if wide and tall else None


def _shown(page: pdfium.PdfPage, x: float, y: float, high: int) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, UNITS, high, 0, x, y, across, down)
    return across.value, down.value


def _around(boxes: list[Box]) -> Box:
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    return left, top, max(b[0] + b[2] for b in boxes) - left, max(b[1] + b[3] for b in boxes) - top
