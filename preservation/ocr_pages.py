"""What a page shows: the single JPEG that covers it, where there is one, and every image of a document with its digest.

Meant for the limited child of `preservation.ocr`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from preservation.ocr_policy import Policy

_COVERED: Final = 0.5
_SKEWED: Final = 1e-3
_DEEPEST: Final = 8


class Unfit(Exception):
    """A page or a document that cannot be read, or not in this way. Stays within the limited child."""


@dataclass(frozen=True, slots=True)
class JpegPage:
    """A page whose whole picture is one JPEG. `box` is where it lies (left, bottom, width, height, in units of the
    page), `rotate` the page's own /Rotate (clockwise)."""

    data: bytes
    box: tuple[float, float, float, float]
    rotate: int

    @property
    def dpi(self) -> float:
        """The fineness of the picture: that of the coarser direction."""
        with Image.open(BytesIO(self.data)) as picture:
            return min(picture.width / self.box[2], picture.height / self.box[3]) * 72


def jpeg_page(pdf: pikepdf.Pdf, drawn: pdfium.PdfDocument, number: int) -> JpegPage:
    """The JPEG of page `number` (from 0). Raises Unfit where the page is anything else."""
    page = drawn[number]
    try:
        box = _only_image(page)
        if box[2] * box[3] < _COVERED * page.get_width() * page.get_height():
            raise Unfit("the picture does not cover the page")
    finally:
        page.close()
    images = list(_images(pdf.pages[number].resources, set(), 0))
    if len(images) != 1 or not _is_plain_jpeg(images[0]):
        raise Unfit("not a single JPEG")
    return JpegPage(images[0].read_raw_bytes(), box, int(pdf.pages[number].rotation) % 360)


def _only_image(page: pdfium.PdfPage) -> tuple[float, float, float, float]:
    """Where the page's only image lies, drawn upright; beside it there may be text that nobody sees."""
    found = None
    for at in range(pdfium_c.FPDFPage_CountObjects(page.raw)):
        thing = pdfium_c.FPDFPage_GetObject(page.raw, at)
        kind = pdfium_c.FPDFPageObj_GetType(thing)
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE and found is None:
            found = thing
        elif kind != pdfium_c.FPDF_PAGEOBJ_TEXT or not _is_invisible(thing):
            raise Unfit("more than one picture on the page")
    if found is None:
        raise Unfit("no picture on the page")
    own = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(found, own) or own.a <= 0 or own.d <= 0:
        raise Unfit("the picture is turned or mirrored")
    if max(abs(own.b), abs(own.c)) > _SKEWED * max(own.a, own.d):
        raise Unfit("the picture is turned")
    return own.e, own.f, own.a, own.d


def _is_invisible(text: Any) -> bool:
    return bool(pdfium_c.FPDFTextObj_GetTextRenderMode(text) == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)


def _is_plain_jpeg(image: pikepdf.Stream) -> bool:
    if image.get("/Filter") not in (pikepdf.Name.DCTDecode, [pikepdf.Name.DCTDecode]):
        return False
    return not any(key in image for key in ("/SMask", "/Mask", "/Decode"))


def picture(data: bytes, policy: Policy, dpi: float) -> tuple[Image.Image, float]:
    """A picture as Tesseract is given it, and its dpi: grey, no finer than the policy's; of colours the red part, in
    which red stamps do not lie over the words. Raises Unfit for one of too many pixels."""
    Image.MAX_IMAGE_PIXELS = None  # the policy's limit holds, and this process has its own limits
    with Image.open(BytesIO(data)) as opened:
        return prepared(opened, policy, dpi)


def prepared(opened: Image.Image, policy: Policy, dpi: float) -> tuple[Image.Image, float]:
    """The same of an opened picture."""
    if opened.width * opened.height > policy.most_pixels:
        raise Unfit(f"{opened.width} x {opened.height} pixels")
    grey = opened.getchannel("R") if opened.mode == "RGB" else opened.convert("L")
    if dpi <= policy.dpi * 1.1:
        return grey, dpi
    share = policy.dpi / dpi
    size = (max(1, round(grey.width * share)), max(1, round(grey.height * share)))
    return grey.resize(size, Image.Resampling.BOX), dpi * share


def image_digests(pdf: pikepdf.Pdf) -> Iterator[tuple[int, str]]:
    """(page from 1, sha256 in hex) of every image as it is encoded in the file, in the order of pages and names."""
    for number, page in enumerate(pdf.pages, start=1):
        for image in _images(page.resources, set(), 0):
            yield number, hashlib.sha256(image.read_raw_bytes()).hexdigest()


def image_sizes(pdf: pikepdf.Pdf) -> Iterator[int]:
    """The pixels of every image of every page, as the file tells them."""
    for page in pdf.pages:
        for image in _images(page.resources, set(), 0):
            yield abs(int(image.get("/Width", 0)) * int(image.get("/Height", 0)))


def _images(resources: Any, seen: set[tuple[int, int]], depth: int) -> Iterator[pikepdf.Stream]:
    """The images of a page, with their masks, and those of the forms that it draws."""
    named = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(named, pikepdf.Dictionary) or depth > _DEEPEST:
        return
    for name in sorted(named.keys()):
        thing = named[name]
        if not isinstance(thing, pikepdf.Stream) or (thing.is_indirect and thing.objgen in seen):
            continue
        seen.add(thing.objgen)
        if thing.get("/Subtype") == "/Image":
            yield thing
            yield from (
                mask for key in ("/SMask", "/Mask") if isinstance(mask := thing.get(key), pikepdf.Stream)
            )
        else:
            yield from _images(thing.get("/Resources"), seen, depth + 1)
