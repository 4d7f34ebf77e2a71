"""A look at pages as pictures, for secrecy marks and for what can be measured. Runs in the inspector's limited child."""

import functools
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pypdfium2 import PdfiumError

from preservation.page_look import Mark, PageLook, PageMeasures
from preservation.page_measures import measure
from preservation.page_print import print_of
from preservation.page_quality import thresholds
from preservation.secrecy_marks import Picture, View, dark_print, find_marks, small
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
        view = View(coarse.pixels, coarse.dpi, fine)
        page = small(view)
        dark = print_of(dark_print(page))
        measures = measure(dark, 24 if page.ndim == 3 else 8)
        marks = find_marks(view, page, dark, read_line)
        for quarters in _turns(measures):
            marks += _marks_turned(view, quarters)
        return PageLook(number, tuple(marks), measures)
    except (NoPicture, TooMuch, PdfiumError, ValueError, OSError, EOFError, cv2.error, MemoryError) as error:
        return PageLook(number, missed=str(error)[:200] or type(error).__name__)
    except ToolFailed as error:
        return PageLook(number, missed=error.text("en"))


def _turns(of: PageMeasures) -> tuple[int, ...]:
    """The quarter turns by which a page may lie wrong: a mark on it can be read upright alone."""
    limits = thresholds()
    if of.across > limits.across:
        return 1, 3
    return (2,) if of.upside < limits.upside else ()


def _marks_turned(view: View, quarters: int) -> list[Mark]:
    """The marks on a page as it stands after some quarter turns; their boxes are of the turned page."""

    def fine() -> tuple[Picture, float]:
        pixels, dpi = view.fine()
        return np.ascontiguousarray(np.rot90(pixels, quarters)), dpi

    turned = View(np.ascontiguousarray(np.rot90(view.coarse, quarters)), view.dpi, fine)
    page = small(turned)
    return find_marks(turned, page, print_of(dark_print(page)), read_line)
