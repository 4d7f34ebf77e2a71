"""Secrecy marks on the picture of a page: MẬT, TỐI MẬT, TUYỆT MẬT, as red stamps or in grey, with no text layer's help.

Two ways, both cheap until something looks like a mark. Red: what is redder than the paper, joined into patches of a
mark's size. Grey: stand-alone short lines and small frames of dark ink. Only such patches are read (`read_line`). What
reads as a mark is one; what nearly does is a suspicion, for a person.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from preservation.page_look import Mark
from preservation.page_print import WORK_DPI, Print, outlines
from preservation.secrecy_shapes import inside_of_frame, is_worth_a_look, may_be_mark, words_in
from preservation.secrecy_words import judged

Picture = NDArray[np.uint8]
Reader = Callable[[Picture, int], tuple[str, int]]
READ_DPI = 200
_MM = WORK_DPI / 25.4
_REDDER = 12  # grey levels that ink is redder than the paper
_RED_SIZE = (
    (6.0, 75.0),
    (2.5, 26.0),
)  # millimetres: (least, most) across, then down; tilted marks are higher
_THICKEST = 14.0  # millimetres: of a mark made level, frame and all; stamps of arrival are higher
_GREY_SIZE = ((5.0, 60.0), (2.5, 16.0))


@dataclass(frozen=True, slots=True)
class Patch:
    """Where something may stand: x, y, width, height in pixels at WORK_DPI; how it is tilted, in degrees."""

    x: int
    y: int
    width: int
    height: int
    tilt: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A page to look at: `coarse`, BGR or grey (uint8), at `dpi`; `fine` makes it again as fine as it is, with that dpi, and is
    asked only where something is to be read."""

    coarse: Picture
    dpi: float
    fine: Callable[[], tuple[Picture, float]]


def small(page: View) -> Picture:
    """The page at WORK_DPI."""
    return _scaled(page.coarse, WORK_DPI / page.dpi)


def dark_print(page: Picture) -> Picture:
    """The page in grey, red and blue ink faded."""
    return _lightest(page) if page.ndim == 3 else page


def find_marks(page: View, at_work_dpi: Picture, dark: Print, read: Reader) -> list[Mark]:
    """The marks on a page, which is given at WORK_DPI and as print too; `read` reads one line of a grey picture."""
    reds = _red_patches(_redness(at_work_dpi)) if at_work_dpi.ndim == 3 else []
    greys = _grey_patches(dark)
    if not reds and not greys:
        return []
    fine, dpi = page.fine()
    found: list[Mark] = []
    for patch in reds:
        found += _read(patch, _red_views(fine, dpi, patch), read, red=True)
    for patch in greys:
        found += _read(patch, _grey_views(fine, dpi, patch), read, red=False)
    return found


def _scaled(page: Picture, by: float) -> Picture:
    if abs(by - 1) < 0.02:
        return page
    how = cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(page, None, fx=by, fy=by, interpolation=how), np.uint8)


def _redness(page: Picture) -> Picture:
    """How much redder than its other colours each pixel is, and than the paper."""
    blue, green, red = cv2.split(page)
    more = cv2.subtract(red, cv2.max(blue, green))
    return np.asarray(cv2.subtract(more, np.full_like(more, int(np.median(more[::7, ::7])))), np.uint8)


def _lightest(page: Picture) -> Picture:
    """The lightest of the colours of each pixel: red and blue ink fade, black stays."""
    blue, green, red = cv2.split(page)
    return np.asarray(cv2.max(cv2.max(blue, green), red), np.uint8)


def _fits(width: int, height: int, size: Sequence[tuple[float, float]]) -> bool:
    (least, most), (low, high) = size
    return least * _MM <= width <= most * _MM and low * _MM <= height <= high * _MM


def _red_patches(redness: Picture) -> list[Patch]:
    mask = np.asarray(redness > _REDDER, np.uint8)
    if cv2.countNonZero(mask) < 60:
        return []
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 13), np.uint8))
    patches = []
    for outline, (x, y, width, height) in outlines(joined):
        if width < _RED_SIZE[0][0] * _MM or height < _RED_SIZE[1][0] * _MM:
            continue
        tilt, thickness = _tilt(outline)
        if _fits(width, height, _RED_SIZE) and thickness <= _THICKEST * _MM:
            tilt = _tilt_of_lines(mask[y : y + height, x : x + width]) if tilt else tilt
            patches.append(Patch(x, y, width, height, tilt))
        else:
            within = words_in(mask[y : y + height, x : x + width])
            patches += [Patch(x + dx, y + dy, wide, high) for dx, dy, wide, high in within]
    return patches


def _tilt(points: cv2.typing.MatLike | None) -> tuple[float, float]:
    """The angle of a patch's longer side in degrees (0 where as good as level), and its shorter side in pixels."""
    if points is None:
        return 0.0, 0.0
    _centre, (across, down), angle = cv2.minAreaRect(points)
    if across < down:
        angle -= 90
    angle = (angle + 90) % 180 - 90
    return (float(angle) if 1.0 <= abs(angle) <= 25 else 0.0), min(across, down)


def _tilt_of_lines(mask: Picture) -> float:
    """The angle in degrees at which the ink of a patch gathers best in rows: nearer than that of its outline."""
    ys, xs = np.nonzero(mask)
    angles = np.arange(-16.0, 16.1, 0.5)
    shifted = np.rint(ys[None] - xs[None] * np.tan(np.radians(angles))[:, None]).astype(np.int64)
    shifted -= shifted.min()
    sharp = [float(np.square(np.diff(np.bincount(rows))).sum()) for rows in shifted]
    return float(angles[int(np.argmax(sharp))])


def _grey_patches(dark: Print) -> list[Patch]:
    """Short lines that stand alone, and small frames: what stays apart when the words of a line are joined."""
    patches = []
    for outline, (x, y, width, height) in dark.outlines:
        if not _fits(width, height, _GREY_SIZE):
            continue
        own = np.zeros((height, width), np.uint8)
        cv2.drawContours(own, [outline], 0, 1, cv2.FILLED, offset=(-x, -y))
        own = np.asarray(cv2.bitwise_and(own, dark.ink[y : y + height, x : x + width]), np.uint8)
        if not is_worth_a_look(own):
            continue
        tilt = _tilt(cv2.findNonZero(own))[0] if height > 6 * _MM else 0.0
        patch = Patch(x, y, width, height, tilt)
        if may_be_mark(_level(own, patch.tilt)):
            patches.append(patch)
    return patches


def _cut(page: Picture, dpi: float, patch: Patch) -> Picture:
    """The patch with a margin around it, at READ_DPI."""
    scale = dpi / WORK_DPI
    margin = 4
    x0, y0 = max(patch.x - margin, 0), max(patch.y - margin, 0)
    x1, y1 = patch.x + patch.width + margin, patch.y + patch.height + margin
    part = page[round(y0 * scale) : round(y1 * scale), round(x0 * scale) : round(x1 * scale)]
    return _scaled(part, READ_DPI / dpi)


def _red_views(page: Picture, dpi: float, patch: Patch) -> Iterator[Picture]:
    """Dark letters on white: by redness, which leaves the black print under a stamp out, then as they look."""
    part = _cut(page, dpi, patch)
    redness = _redness(part).astype(np.float32)
    strongest = max(float(np.percentile(redness, 98)), 1.0)
    yield from _views(np.asarray(255 - np.clip(redness / strongest, 0, 1) * 255, np.uint8), patch.tilt)
    yield from _views(np.asarray(part.min(axis=2), np.uint8), patch.tilt)


def _grey_views(page: Picture, dpi: float, patch: Patch) -> Iterator[Picture]:
    part = _cut(page, dpi, patch)
    yield from _views(part if part.ndim == 2 else _lightest(part), patch.tilt)


def _views(grey: Picture, tilt: float) -> Iterator[Picture]:
    """Level, with a white margin: what is within its frame, then all of it."""
    level = _level(np.asarray(cv2.medianBlur(grey, 3), np.uint8), tilt)
    light = float(np.percentile(level, 90))
    _threshold, mask = cv2.threshold(level, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    inside = inside_of_frame(np.asarray(mask, np.uint8))
    if inside:
        yield _margined(level[inside], light)
    yield _margined(level, light)


def _level(grey: Picture, tilt: float) -> Picture:
    if not tilt:
        return grey
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0)
    return np.asarray(cv2.warpAffine(grey, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _margined(grey: Picture, light: float) -> Picture:
    return np.asarray(cv2.copyMakeBorder(grey, 14, 14, 14, 14, cv2.BORDER_CONSTANT, value=light), np.uint8)


def _read(patch: Patch, views: Iterator[Picture], read: Reader, *, red: bool) -> list[Mark]:
    """The mark in a patch: from the view that is surest of one."""
    best: tuple[str, bool] | None = None
    for view in views:
        verdict = judged(*read(view, READ_DPI), red=red)
        if verdict and (best is None or verdict[1]):
            best = verdict
        if best and best[1]:
            break
    if best is None:
        return []
    points = 72 / WORK_DPI
    box = (patch.x, patch.y, patch.x + patch.width, patch.y + patch.height)
    return [Mark(best[0], best[1], tuple(v * points for v in box), red)]  # type: ignore[arg-type]
