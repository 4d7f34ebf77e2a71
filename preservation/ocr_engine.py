"""Tesseract in this process (tesserocr): a page's picture to hOCR.

Meant for the limited child of `preservation.ocr`. What a page costs beyond one reading is spent only on pages that
read badly: another language, a median filter against grain, a quarter turn.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import tesserocr
from PIL import Image, ImageFilter

from preservation.hocr import lies_sideways, words_of
from preservation.ocr_policy import Policy

VERSION = f"{tesserocr.tesseract_version().split()[1]} (tesserocr {metadata.version('tesserocr')})"
TURNS = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns counter-clockwise
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
_DARK = 128
_SAMPLE = (400, 560)


class NoAnswer(Exception):
    """Tesseract gave no answer for a page within its time. Stays within the limited child."""


class NoLanguages(Exception):
    """The data of a language is not installed. Stays within the limited child."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as it was read: its hOCR (`div` of class ocr_page), mean confidence of its words (0 to 100, weighted by
    length), the languages, how far it was turned clockwise before (0, 90, 180, 270), and whether through a median."""

    hocr: str
    confidence: float
    languages: tuple[str, ...]
    turn: int = 0
    median: bool = False
    letters: int = 0


def tessdata(policy: Policy) -> str:
    """The folder with Tesseract's data. Raises NoLanguages."""
    places = [os.environ.get("TESSDATA_PREFIX", ""), *policy.tessdata]
    for place in filter(None, places):
        if any(Path(place).glob("*.traineddata")):
            return place.rstrip("/") + "/"
    raise NoLanguages("no folder with *.traineddata")


class Engine:
    """Tesseract with the languages that have been asked for, each loaded once and kept."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._data = tessdata(policy)
        self._loaded: dict[tuple[str, ...], tesserocr.PyTessBaseAPI] = {}

    def close(self) -> None:
        for api in self._loaded.values():
            api.End()
        self._loaded.clear()

    def read(
        self, picture: Image.Image, dpi: int, languages: Sequence[str], *, turning: bool = True
    ) -> Reading:
        """The best reading of a grey picture, turned where it must be and may be. Raises NoAnswer, NoLanguages."""
        best = self._once(picture, dpi, tuple(languages))
        if turning and best.letters and lies_sideways(best.hocr):
            best = replace(best, confidence=0.0)
        if best.confidence >= self._policy.good or _is_blank(picture, self._policy.blank):
            return best
        for other in self._others(picture, dpi, best, turning=turning):
            if _better(other, best):
                best = other
            if best.confidence >= self._policy.good:
                break
        return best

    def _others(self, picture: Image.Image, dpi: int, first: Reading, *, turning: bool) -> Iterator[Reading]:
        """Other readings of a page that reads badly, the likeliest remedy first."""
        turned, turn = picture, 0
        if turning and first.confidence < self._policy.turned:
            turn = self.turn_of(picture)
            if turn:
                turned = picture.transpose(TURNS[turn])
                yield replace(self._once(turned, dpi, first.languages), turn=turn)
        smooth = turned.filter(ImageFilter.MedianFilter(3))
        yield replace(self._once(smooth, dpi, first.languages), turn=turn, median=True)
        others = tuple(name for name in self._policy.others if name not in first.languages)
        if others and self._has(others):
            yield replace(self._once(turned, dpi, others), turn=turn)

    def _once(self, picture: Image.Image, dpi: int, languages: tuple[str, ...]) -> Reading:
        api = self._api(languages)
        try:
            api.SetImage(picture)
            api.SetSourceResolution(dpi)
            if not api.Recognize(int(self._policy.page_seconds * 1000)):
                raise NoAnswer(f"no end after {self._policy.page_seconds:g} s")
            hocr = api.GetHOCRText(0)
        finally:
            api.Clear()
        words = list(words_of(hocr))
        letters = sum(len(word.text) for word in words)
        weighed = sum(len(word.text) * word.confidence for word in words)
        return Reading(hocr, weighed / letters if letters else 0.0, languages, letters=letters)

    def turn_of(self, picture: Image.Image) -> int:
        """How far a page must be turned clockwise to stand upright, as Tesseract's orientation model tells; 0 unknown."""
        api = self._api(("osd",))
        try:
            api.SetImage(picture)
            told = api.DetectOrientationScript()
        finally:
            api.Clear()
        if not told or told["orient_conf"] < 1:
            return 0
        return (360 - int(told["orient_deg"])) % 360

    def _has(self, languages: tuple[str, ...]) -> bool:
        return all((Path(self._data) / f"{name}.traineddata").exists() for name in languages)

    def _api(self, languages: tuple[str, ...]) -> tesserocr.PyTessBaseAPI:
        if languages not in self._loaded:
            if not self._has(languages):
                raise NoLanguages("+".join(languages))
            osd = languages == ("osd",)
            psm = tesserocr.PSM.OSD_ONLY if osd else tesserocr.PSM.AUTO
            oem = tesserocr.OEM.TESSERACT_ONLY if osd else tesserocr.OEM.LSTM_ONLY
            self._loaded[languages] = tesserocr.PyTessBaseAPI(
                path=self._data, lang="+".join(languages), psm=psm, oem=oem
            )
        return self._loaded[languages]


def _better(one: Reading, other: Reading) -> bool:
    """Whether a reading says more, and more surely: half a page read well is not better than all of it read fairly."""
    return one.letters * one.confidence**2 > other.letters * other.confidence**2


def _is_blank(picture: Image.Image, share: float) -> bool:
    small = picture.resize(_SAMPLE, Image.Resampling.BOX)
    counts = small.histogram()
    return sum(counts[:_DARK]) < share * _SAMPLE[0] * _SAMPLE[1]
