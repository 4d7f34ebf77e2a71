"""A look at pages as pictures, for secrecy marks. Runs in the inspector's limited child."""

import functools
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
from pypdfium2 import PdfiumError

from preservation.page_look import PageLook
from preservation.secrecy_marks import Picture, View, find_marks
from standards.errors import ToolFailed
from standards.line_reading import read_line
from standards.page_pictures import NoPicture, Pages, opened
from standards.pdf_pages import TooMuch


@functools.cache
def _one_core() -> None:
    cv2.setNumThreads(1)


def look(source: bytes | Path, first: int, count: int) -> list[dict[str, Any]]:
    """The looks of `count` pages from page `first` on, as plain data for `look_from`. Raises NoPicture, PdfiumError."""
    _one_core()
    with opened(source) as pages:
        return [asdict(_look_at(pages, n)) for n in range(first, min(first + count, len(pages) + 1))]


def _look_at(pages: Pages, number: int) -> PageLook:
    def fine() -> tuple[Picture, float]:
        picture = pages.picture(number)
        return picture.pixels, picture.dpi

    try:
        coarse = pages.picture(number, coarse=True)
        return PageLook(number, tuple(find_marks(View(coarse.pixels, coarse.dpi, fine), read_line)))
    except (NoPicture, TooMuch, PdfiumError, ValueError, OSError, EOFError, cv2.error, MemoryError) as error:
        return PageLook(number, missed=str(error)[:200] or type(error).__name__)
    except ToolFailed as error:
        return PageLook(number, missed=error.text("en"))
