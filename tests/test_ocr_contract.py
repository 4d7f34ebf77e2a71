"""What Kho uses of the inside of ocrmypdf, pikepdf and tesserocr, in the versions that are pinned."""

import inspect
import re
from importlib import metadata
from pathlib import Path

import pikepdf
import tesserocr
from ocrmypdf._graft import strip_invisible_text
from ocrmypdf.font import MultiFontManager
from ocrmypdf.fpdf_renderer import Fpdf2MultiPageRenderer
from ocrmypdf.fpdf_renderer.renderer import Fpdf2PdfRenderer
from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence
from pikepdf.pdfa import prepare, resolve_save_kwargs

from preservation.ocr_engine import tessdata
from preservation.ocr_layer import element_of
from preservation.ocr_plugin import KhoEngine
from preservation.ocr_policy import policy
from repository.config import CHECKOUT

PAGE = (
    "<div class='ocr_page' id='page_1' title='image \"\"; bbox 0 0 1654 2339; ppageno 0; scan_res 200 200'>"
    "<p class='ocr_par' id='par_1_1' title='bbox 100 100 700 140'>"
    "<span class='ocr_line' id='line_1_1' title='bbox 100 100 700 140; baseline 0 -8'>"
    "<span class='ocrx_word' id='word_1_1' title='bbox 100 100 300 140; x_wconf 96'>Quyết</span> "
    "<span class='ocrx_word' id='word_1_2' title='bbox 320 100 700 140; x_wconf 90'>định</span></span></p></div>"
)


def test_the_versions_are_those_that_were_tried() -> None:
    pinned = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8")
    for name in ("ocrmypdf", "tesserocr", "pikepdf", "img2pdf", "pypdfium2"):
        assert re.search(rf"^{name}=={re.escape(metadata.version(name))} ", pinned, re.M), name


def test_tesserocr_brings_a_tesseract_that_finds_the_languages() -> None:
    assert tesserocr.tesseract_version().startswith("tesseract 5.")
    _folder, languages = tesserocr.get_languages(tessdata(policy()))
    assert {"vie", "eng", "fra", "osd"} <= set(languages)


def test_ocrmypdfs_tree_and_renderer_are_as_used(tmp_path: Path) -> None:
    element = element_of(PAGE)
    assert [word.text for word in element.words] == ["Quyết", "định"]
    assert (element.bbox.right, element.bbox.bottom) == (1654, 2339)
    renderer = Fpdf2MultiPageRenderer([(0, element, 200.0)], MultiFontManager())
    renderer.render(tmp_path / "layer.pdf")
    with pikepdf.open(tmp_path / "layer.pdf") as pdf:
        assert b"3 Tr" in pdf.pages[0].Contents.read_bytes()
        assert "/Font" in pdf.pages[0].resources
    for name in ("_check_aspect_ratio_plausible", "render_to_pdf"):
        assert callable(getattr(Fpdf2PdfRenderer, name))
    assert "_registered_fonts" in inspect.getsource(Fpdf2PdfRenderer.__init__)
    assert list(inspect.signature(strip_invisible_text).parameters) == ["pdf", "page"]


def test_the_plugin_is_all_that_an_engine_must_be() -> None:
    assert not getattr(KhoEngine, "__abstractmethods__", frozenset())
    assert issubclass(KhoEngine, OcrEngine)
    assert OrientationConfidence._fields == ("angle", "confidence")


def test_pikepdf_prepares_and_saves_as_used() -> None:
    assert {"output_intent"} <= set(inspect.signature(prepare).parameters)
    options = resolve_save_kwargs("2b")
    assert {"compress_streams", "stream_decode_level", "recompress_flate"} <= set(options)
    assert options["recompress_flate"] is False
