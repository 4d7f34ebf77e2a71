"""Reads one line of print from a small picture, by Tesseract in process with Debian's Vietnamese data.

Meant for the limited child of `ingest.inspector`: a picture that drives Tesseract mad takes the child with it.
"""

import functools
from pathlib import Path

import tesserocr
from numpy.typing import NDArray
from PIL import Image

from standards.errors import ToolFailed

TESSDATA = Path("/usr/share/tesseract-ocr/5/tessdata")
LANGUAGE = "vie"
MAX_PIXELS = 4_000_000


@functools.cache
def _engine() -> "tesserocr.PyTessBaseAPI":
    if not (TESSDATA / f"{LANGUAGE}.traineddata").is_file():
        raise ToolFailed(tool="tesseract", reason=f"tesseract-ocr-{LANGUAGE} is not installed")
    try:
        return tesserocr.PyTessBaseAPI(
            path=str(TESSDATA), lang=LANGUAGE, psm=tesserocr.PSM.SINGLE_LINE, oem=tesserocr.OEM.LSTM_ONLY
        )
    except RuntimeError as error:
        raise ToolFailed(tool="tesseract", reason=str(error)) from error


def read_line(picture: NDArray, dpi: int = 200) -> tuple[str, int]:  # type: ignore[type-arg]
    """The text of a grey picture (uint8, dark on light) that holds one line, and the confidence of its worst word, 0-100.

    Raises ToolFailed where Tesseract or its data are missing, ValueError for a picture beyond MAX_PIXELS.
    """
    if picture.size > MAX_PIXELS:
        raise ValueError(f"{picture.size} pixels")
    engine = _engine()
    engine.SetImage(Image.fromarray(picture))
    engine.SetSourceResolution(dpi)
    text = engine.GetUTF8Text()
    confidences = engine.AllWordConfidences()
    engine.Clear()
    return " ".join(text.split()), min(confidences, default=0)
