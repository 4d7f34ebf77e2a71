"""ocrmypdf's plugin: its pages are read by Kho's engine. It is the supported interface of ocrmypdf (pluginspec).

`using` says which engine; what was read of each page stays in `readings`, since ocrmypdf keeps none of it.
"""

from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ocrmypdf import hookimpl
from ocrmypdf.hocrtransform import OcrElement
from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence
from PIL import Image

from preservation.hocr import text_of
from preservation.ocr_engine import VERSION, Engine, Reading
from preservation.ocr_layer import element_of
from preservation.ocr_pages import prepared
from preservation.ocr_policy import Policy, policy

readings: dict[int, tuple[Reading, float]] = {}
_used: list[Engine] = []
_SURE = 100.0


@contextmanager
def using(engine: Engine) -> Iterator[dict[int, tuple[Reading, float]]]:
    """Have ocrmypdf read with this engine; gives the readings with their dpi by page (from 0), as they come."""
    readings.clear()
    _used.append(engine)
    try:
        yield readings
    finally:
        _used.pop()


def _opened(file: Path, of: Policy) -> tuple[Image.Image, float]:
    with Image.open(file) as picture:
        return prepared(picture, of, float(picture.info.get("dpi", (of.assumed_dpi,))[0]))


class KhoEngine(OcrEngine):
    """Tesseract through `preservation.ocr_engine`."""

    @staticmethod
    def version() -> str:
        return VERSION

    @staticmethod
    def creator_tag(options: Any) -> str:
        return f"Tesseract OCR {VERSION}"

    def __str__(self) -> str:
        return self.creator_tag(None)

    @staticmethod
    def languages(options: Any) -> Set[str]:
        return {*policy().languages["default"], *policy().others}

    @staticmethod
    def get_orientation(input_file: Path, options: Any) -> OrientationConfidence:
        """How far the page lies turned counter-clockwise: ocrmypdf turns it by that before it is read."""
        picture, _dpi = _opened(input_file, policy())
        turn = _used[-1].turn_of(picture)
        return OrientationConfidence(angle=(360 - turn) % 360, confidence=_SURE if turn else 0.0)

    @staticmethod
    def supports_generate_ocr() -> bool:
        return True

    @staticmethod
    def generate_ocr(input_file: Path, options: Any, page_number: int = 0) -> tuple[OcrElement, str]:
        picture, dpi = _opened(input_file, policy())
        reading = _used[-1].read(picture, round(dpi), options.languages, turning=False)
        readings[page_number] = (reading, dpi)
        element = element_of(reading.hocr)
        element.dpi = dpi
        return element, text_of(reading.hocr)

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Any) -> None:
        raise NotImplementedError

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: Any) -> None:
        raise NotImplementedError


@hookimpl
def get_ocr_engine(options: Any) -> OcrEngine:
    return KhoEngine()
