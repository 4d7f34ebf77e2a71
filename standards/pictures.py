"""Pictures (JPEG, PNG, TIFF, GIF and other raster formats): every frame decoded by Pillow, within limits.

Meant for the limited child of `ingest.inspector`: a hostile file may cost its whole time and memory.
"""

import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from PIL import Image, UnidentifiedImageError

from standards import suffixes

SUFFIXES: Final = suffixes.PICTURES
_FORMATS: Final = ("JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP", "JPEG2000")
_MAX_DECODED: Final = 500_000_000  # bytes of one frame
_MAX_FRAMES: Final = 10_000
_SECONDS: Final = 40.0


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture is: its pixels and frames. `reason` says why a damaged or large one was not seen whole."""

    state: Literal["readable", "damaged", "too-much"]
    reason: str = ""
    width: int = 0
    height: int = 0
    frames: int = 0


def is_picture(path: Path, mime: str) -> bool:
    """Whether a file is to be decoded as a picture: as PRONOM knows it, or by its name."""
    return path.suffix.lower() in SUFFIXES or mime in {
        "image/jpeg", "image/png", "image/tiff", "image/gif", "image/bmp", "image/webp", "image/jp2",
    }  # fmt: skip


def read_picture(path: Path) -> Picture:
    """Decode every frame. Never raises for a bad file; OSError where it cannot be opened at all."""
    path.open("rb").close()
    Image.MAX_IMAGE_PIXELS = None  # the limit is our own, and asked before anything is decoded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(path)
        except UnidentifiedImageError:
            return Picture("damaged", "not a picture")
        except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError) as bad:
            return Picture("damaged", str(bad)[:200] or type(bad).__name__)
        except (OverflowError, ArithmeticError, RuntimeError, AttributeError) as bad:
            return Picture("damaged", f"{type(bad).__name__}: {bad}"[:200])


def _read(path: Path) -> Picture:
    with Image.open(path, formats=_FORMATS) as picture:
        width, height, kind = *picture.size, picture.format
        if kind == "PNG":
            picture.verify()  # the sum of every chunk; a picture that was verified cannot be decoded
    with Image.open(path, formats=_FORMATS) as picture:
        until = time.monotonic() + _SECONDS
        frames = getattr(picture, "n_frames", 1)
        if frames > _MAX_FRAMES:
            return Picture("too-much", f"{frames} frames", width, height, frames)
        for number in range(frames):
            picture.seek(number)
            across, down = picture.size
            needed = (
                across * down * max(1, len(picture.getbands())) * (4 if picture.mode in ("I", "F") else 1)
            )
            if needed > _MAX_DECODED:
                return Picture("too-much", f"{across} x {down} pixels", width, height, frames)
            if time.monotonic() > until:
                return Picture("too-much", f"{number} / {frames} frames", width, height, frames)
            picture.load()
        return Picture("readable", "", width, height, frames)
