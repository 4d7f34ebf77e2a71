"""Pages as pictures to look at: of a PDF as a viewer shows them, of image files as they are. BGR or grey arrays.

Meant for the limited child of `ingest.inspector`: a hostile page may cost its whole time and memory. A page that is one
JPEG and invisible text is decoded directly, which is many times faster than drawing it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray
from PIL import Image

from standards.pdf_pages import TooMuch

Picture = NDArray[np.uint8]
MAX_PIXELS = 64_000_000
DRAWN_DPI = 200
_LEAST_DPI = 90
_ASSUMED_DPI = 200  # of an image file that does not tell
_MAX_OBJECTS = 20_000
_WHOLE = 0.97
_DARK = 100  # grey level: paper is lighter
# How cv2 decodes a JPEG, by bits a pixel and by how much coarser: by 2 and 4 costs a fraction.
_DECODED = {
    (24, 4): cv2.IMREAD_REDUCED_COLOR_4, (24, 2): cv2.IMREAD_REDUCED_COLOR_2, (24, 1): cv2.IMREAD_COLOR,
    (8, 4): cv2.IMREAD_REDUCED_GRAYSCALE_4, (8, 2): cv2.IMREAD_REDUCED_GRAYSCALE_2, (8, 1): cv2.IMREAD_GRAYSCALE,
}  # fmt: skip
LOOK_DPI = 100


@dataclass(frozen=True, slots=True, eq=False)
class PagePicture:
    """A page to look at: `pixels` is BGR (three axes) or grey (two), at `dpi`. `exact`: as scanned, not drawn anew."""

    pixels: Picture
    dpi: float
    exact: bool


class NoPicture(Exception):
    """A page that cannot be made a picture. Stays within the limited child."""


@contextmanager
def opened(source: bytes | Path) -> Iterator["Pages"]:
    """The pages of a PDF or of an image file. Raises NoPicture where it is neither."""
    start = source[:1024] if isinstance(source, bytes) else source.open("rb").read(1024)
    if b"%PDF-" in start:
        with pdfium.PdfDocument(source) as document:
            yield _PdfPages(document)
    else:
        try:
            with Image.open(BytesIO(source) if isinstance(source, bytes) else source) as image:
                yield _ImagePages(image)
        except (OSError, Image.DecompressionBombError, SyntaxError) as error:
            raise NoPicture(str(error)) from error


class Pages:
    """The pages of an opened file."""

    def __len__(self) -> int:
        raise NotImplementedError

    def picture(self, number: int, *, coarse: bool = False) -> PagePicture:
        """The page of a number (from 1): as scanned, or drawn at DRAWN_DPI; `coarse` at LOOK_DPI or a little finer, for a
        fraction of the cost. Raises NoPicture, TooMuch, PdfiumError."""
        raise NotImplementedError


class _PdfPages(Pages):
    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document

    def __len__(self) -> int:
        return len(self._document)

    def picture(self, number: int, *, coarse: bool = False) -> PagePicture:
        page = self._document[number - 1]
        try:
            return _scanned(page, coarse=coarse) or _drawn(page, LOOK_DPI if coarse else DRAWN_DPI)
        finally:
            page.close()


class _ImagePages(Pages):
    def __init__(self, image: Image.Image) -> None:
        self._image = image

    def __len__(self) -> int:
        return int(getattr(self._image, "n_frames", 1))

    def picture(self, number: int, *, coarse: bool = False) -> PagePicture:
        self._image.seek(number - 1)
        if self._image.width * self._image.height > MAX_PIXELS:
            raise TooMuch(f"{self._image.width} x {self._image.height} pixels")
        dpi = float(self._image.info.get("dpi", (_ASSUMED_DPI,))[0])
        grey = self._image.mode in ("1", "L", "I;16")
        pixels = np.asarray(self._image.convert("L" if grey else "RGB"))
        upright = pixels if grey else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        return PagePicture(np.asarray(upright, np.uint8), dpi if dpi >= _LEAST_DPI else _ASSUMED_DPI, True)


def _drawn(page: pdfium.PdfPage, wanted: float) -> PagePicture:
    """The page as a viewer draws it at a wanted dpi, coarser where it is very large."""
    across, down = page.get_size()
    if across <= 0 or down <= 0:
        raise NoPicture(f"{across} x {down} points")
    dpi = min(wanted, (MAX_PIXELS / (across * down)) ** 0.5 * 72)
    if dpi < _LEAST_DPI:
        raise TooMuch(f"{across:.0f} x {down:.0f} points")
    bitmap = page.render(scale=dpi / 72, rev_byteorder=False)
    pixels = np.array(bitmap.to_numpy()[..., :3], np.uint8, copy=True)
    bitmap.close()
    return PagePicture(pixels, dpi, False)


def _scanned(page: pdfium.PdfPage, *, coarse: bool) -> PagePicture | None:
    """The page's one JPEG, where it fills the page and nothing else is to be seen."""
    image = _only_image(page)
    if image is None or image.get_filters() != ["DCTDecode"]:
        return None
    across, down = page.get_width(), page.get_height()
    width, height = image.get_px_size()
    if width * height > MAX_PIXELS:
        return None
    turned = page.get_rotation()
    if turned in (90, 270):
        across, down = down, across
    a, b, c, d, e, f = image.get_matrix().get()
    if abs(b) + abs(c) > 1 or a < _WHOLE * across or d < _WHOLE * down or max(abs(e), abs(f)) > 0.02 * across:
        return None
    dpi = width / a * 72
    by = next((by for by in (4, 2) if coarse and dpi / by >= LOOK_DPI * 0.98), 1)
    how = _DECODED.get((image.get_metadata().bits_per_pixel, by))
    if how is None:
        return None
    data = np.frombuffer(bytes(image.get_data()), np.uint8)
    pixels = cv2.imdecode(data, how | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None or pixels.shape[:2] != (-(-height // by), -(-width // by)):
        return None
    if np.median(pixels[::8, ::8]) < _DARK:
        return None  # a table of the PDF may turn dark into light: drawn, it is as a reader sees it
    upright = np.rot90(pixels, -turned // 90) if turned else pixels
    return PagePicture(np.ascontiguousarray(upright, np.uint8), dpi / by, True)


def _only_image(page: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The image of a page that has no annotation and, beside it, invisible text alone."""
    count = pdfium_c.FPDFPage_CountObjects(page.raw)
    if count > _MAX_OBJECTS or pdfium_c.FPDFPage_GetAnnotCount(page.raw) > 0:
        return None
    images = []
    for index in range(count):
        thing = pdfium_c.FPDFPage_GetObject(page.raw, index)
        kind = pdfium_c.FPDFPageObj_GetType(thing)
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            images.append(thing)
        elif (
            kind != pdfium_c.FPDF_PAGEOBJ_TEXT
            or pdfium_c.FPDFTextObj_GetTextRenderMode(thing) != pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
        ):
            return None
    if len(images) != 1 or pdfium_c.FPDFPageObj_HasTransparency(images[0]):
        return None
    return pdfium.PdfImage(images[0], page=page, pdf=page.pdf)
