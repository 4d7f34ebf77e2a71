"""The text layer: from a page's hOCR to invisible words that lie on the picture.

ocrmypdf's fpdf2 renderer sets the words (its layer passes PDF/A-2u, Tesseract's own does not); what is used of ocrmypdf
here is not its public interface, so that its version is pinned and `tests/test_ocr_contract.py` holds it to what is
used.
"""

import logging
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pikepdf
from ocrmypdf._graft import strip_invisible_text
from ocrmypdf.font import MultiFontManager
from ocrmypdf.fpdf_renderer import Fpdf2MultiPageRenderer
from ocrmypdf.fpdf_renderer.renderer import Fpdf2PdfRenderer
from ocrmypdf.hocrtransform import HocrParser, OcrElement
from pikepdf import Matrix, Name

__all__ = ["Layer", "element_of", "put_layers", "strip_invisible_text"]

_QUARTERS: Final = {0: (1, 0, 0, 1), 90: (0, -1, 1, 0), 180: (-1, 0, 0, -1), 270: (0, 1, -1, 0)}


@dataclass(frozen=True, slots=True)
class Layer:
    """The text of page `number` (from 0): its hOCR, the dpi of the picture that was read, where that picture lies on the
    page (left, bottom, width, height), and how far it was turned clockwise from the page's own direction."""

    number: int
    hocr: str
    dpi: float
    box: tuple[float, float, float, float]
    turned: int


class _EveryLine(Fpdf2PdfRenderer):
    """Sets every line that was read: what is kept as hOCR and what lies in the layer are the same."""

    def _check_aspect_ratio_plausible(self, *_given: Any) -> bool:
        return True


def element_of(hocr: str) -> OcrElement:
    """A page's hOCR as ocrmypdf's tree."""
    with tempfile.NamedTemporaryFile("w", suffix=".hocr", encoding="utf-8") as file:
        file.write(f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{hocr}</body></html>')
        file.flush()
        return HocrParser(file.name).parse()


def put_layers(pdf: pikepdf.Pdf, layers: Sequence[Layer], scratch: Path) -> None:
    """Lay the words under the pictures of `pdf`. Pictures and what else the pages draw stay as they are."""
    rendered = scratch / "layers.pdf"
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    _Renderer(
        [(layer.number, element_of(layer.hocr), layer.dpi) for layer in layers], MultiFontManager()
    ).render(rendered)
    fonts: dict[tuple[int, int], pikepdf.Object] = {}
    with pikepdf.open(rendered) as texts:
        for layer, page in zip(layers, texts.pages, strict=True):
            _graft(pdf, layer, page, fonts)


class _Renderer(Fpdf2MultiPageRenderer):
    """All layers into one file, so that a font is embedded once."""

    def render(self, output_path: Path) -> None:
        from fpdf import FPDF
        from fpdf.enums import TextMode

        pdf = FPDF(unit="pt")
        pdf.set_auto_page_break(auto=False)
        pdf.set_text_shaping(True)
        pdf.c_margin = 0
        pdf.text_mode = TextMode.INVISIBLE
        registered: dict[str, str] = {}
        for _number, page, dpi in self.pages_data:
            renderer = _EveryLine(page=page, dpi=dpi, multi_font_manager=self.multi_font_manager)
            renderer._registered_fonts = registered
            renderer.render_to_pdf(pdf)
        pdf.output(str(output_path))


def _graft(
    pdf: pikepdf.Pdf, layer: Layer, text: pikepdf.Page, fonts: dict[tuple[int, int], pikepdf.Object]
) -> None:
    page = pdf.pages[layer.number]
    form = pdf.make_stream(zlib.compress(text.Contents.read_bytes()))
    form.Filter = Name.FlateDecode
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = [float(side) for side in text.mediabox]
    used = pikepdf.Dictionary()
    for name, font in text.resources.get("/Font", {}).items():
        if font.objgen not in fonts:
            fonts[font.objgen] = pdf.copy_foreign(font)
        used[name] = fonts[font.objgen]
    form.Resources = pikepdf.Dictionary(Font=used)
    _own_resources(page)
    drawn = page.add_resource(form, Name.XObject, prefix="KhoText")
    width, height = float(text.mediabox[2]), float(text.mediabox[3])
    placed = f"q {placing(layer.box, width, height, layer.turned).encode().decode()} cm {drawn} Do Q\n"
    page.contents_add(placed.encode(), prepend=True)


def placing(
    box: tuple[float, float, float, float], width: float, height: float, turned: int
) -> pikepdf.Matrix:
    """The matrix that lays an upright layer of `width` and `height` into `box`, after the picture there was turned
    clockwise by `turned` degrees to be read: the layer is turned back."""
    left, bottom, across, down = box
    a, b, c, d = _QUARTERS[(-turned) % 360]
    wide, high = (height, width) if turned in (90, 270) else (width, height)
    return (
        Matrix(1, 0, 0, 1, -width / 2, -height / 2)
        @ Matrix(a, b, c, d, 0, 0)
        @ Matrix(across / wide, 0, 0, down / high, 0, 0)
        @ Matrix(1, 0, 0, 1, left + across / 2, bottom + down / 2)
    )


def _own_resources(page: pikepdf.Page) -> None:
    """Give the page resources of its own: those that it inherits or shares stay what they are for the others."""
    shared = page.resources
    own = pikepdf.Dictionary(dict(shared.items()))
    named = own.get("/XObject")
    own.XObject = pikepdf.Dictionary(dict(named.items()) if named is not None else {})
    page.obj.Resources = own
