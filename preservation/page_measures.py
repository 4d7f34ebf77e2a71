"""What can be measured on the picture of a page in a few milliseconds, beside the look for secrecy marks.

All is measured at 100 dpi, so that it means the same for every scan; `preservation.page_quality` judges it by thresholds.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from preservation.page_look import PageMeasures
from preservation.page_print import WORK_DPI, Print

Picture = NDArray[np.uint8]
_MM = WORK_DPI / 25.4
_RIM = 3.0  # millimetres at each side that are not looked at for ink
_HASH = 16
_DARK = 90
_DARKER = 70  # grey levels that print is darker than the paper
_LONG_LINE = 25.0  # millimetres: lines that tell how the page lies
_LEVEL_WITHIN = 12.0  # degrees


def measure(page: Print, bits: int) -> PageMeasures:
    """The measures of a page of so many bits a pixel."""
    rim = round(_RIM * _MM)
    inner = page.ink[rim:-rim, rim:-rim]
    rows, columns = _profile(inner, 1), _profile(inner, 0)
    skew = _skew(page.outlines)
    dark = _dark_edges(page.grey)
    height, width = page.grey.shape
    return PageMeasures(
        width=round(width / _MM, 1), height=round(height / _MM, 1), bits=bits,
        ink=round(_dark_share(page.grey[rim:-rim, rim:-rim]), 5), skew=round(skew, 2),
        across=round(_energy(columns) / max(_energy(rows), 1e-9), 3), upside=round(_upside(inner, skew), 3),
        dark=dark, cut=_cut_edges(page.ink, dark), hash=_hash(page.grey),
    )  # fmt: skip


def _dark_share(grey: Picture) -> float:
    """The share of print proper: what shows through from the back is not so dark."""
    part = grey[::2, ::2]
    return float((part < float(np.median(part[::2, ::2])) - _DARKER).mean())


def _profile(ink: Picture, axis: int) -> NDArray[np.float64]:
    return np.asarray(cv2.reduce(ink, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S), np.float64).ravel()


def _energy(profile: NDArray[np.float64]) -> float:
    """How sharply ink gathers along a direction."""
    return float(np.square(np.diff(profile)).sum())


def _skew(outlines: Sequence[tuple[cv2.typing.MatLike, Sequence[int]]]) -> float:
    """The angle of the long lines of print, degrees counter-clockwise; 0 where there are fewer than three."""
    angles, lengths = [], []
    for outline, (_x, _y, width, height) in outlines:
        if width < _LONG_LINE * _MM or height > 0.35 * width:
            continue
        _centre, (across, down), angle = cv2.minAreaRect(outline)
        tilt = (angle if across >= down else angle - 90 + 180) + 90
        tilt = tilt % 180 - 90
        if abs(tilt) <= _LEVEL_WITHIN:
            angles.append(-tilt)
            lengths.append(width)
    if len(angles) < 3:
        return 0.0
    order = np.argsort(angles)
    reached = np.cumsum(np.asarray(lengths)[order])
    return float(angles[order[int(np.searchsorted(reached, reached[-1] / 2))]])


def _upside(ink: Picture, skew: float) -> float:
    """Above 0 where lines end sharply at their feet, as upright Latin letters with marks above them do."""
    level = ink
    if abs(skew) > 0.2:
        height, width = ink.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), -skew, 1.0)
        level = np.asarray(cv2.warpAffine(ink, turn, (width, height), flags=cv2.INTER_NEAREST), np.uint8)
    steps = np.diff(_profile(level, 1))
    total = float(np.abs(steps**3).sum())
    return -float((steps**3).sum()) / total if total else 0.0


def _sides(picture: Picture) -> tuple[Picture, ...]:
    """The page seen from each side: rows run along the edge, the first is the outermost."""
    return picture.T, picture, picture.T[::-1], picture[::-1]


def _dark_edges(grey: Picture) -> tuple[float, float, float, float]:
    """By side: how many millimetres of the edge are dark along most of it."""
    found = []
    for side in _sides(grey):
        band = np.ascontiguousarray(side[: round(40 * _MM)][:, ::4])
        light = np.flatnonzero((band < _DARK).mean(axis=1) < 0.7)
        found.append(round((int(light[0]) if len(light) else len(band)) / _MM, 1))
    return tuple(found)  # type: ignore[return-value]


def _cut_edges(ink: Picture, dark: tuple[float, ...]) -> tuple[float, float, float, float]:
    """By side: how many millimetres of the edge are crossed by strokes of print, that is, by letters cut through."""
    found = []
    for side, shadow in zip(_sides(ink), dark, strict=True):
        if shadow > 0.5:
            found.append(0.0)
            continue
        rim = side[1:6].max(axis=0)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], rim, [0]]).astype(np.int8)))
        lengths = edges[1::2] - edges[::2]
        letters = lengths[(lengths >= 2) & (lengths <= 4 * _MM)]
        found.append(round(float(letters.sum()) / _MM, 1))
    return tuple(found)  # type: ignore[return-value]


def _hash(grey: Picture) -> str:
    """256 bits: the low frequencies of the page, above or below their median."""
    tiny = cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(tiny)[:_HASH, :_HASH].ravel()
    bits = low > np.median(low[1:])
    return np.packbits(bits).tobytes().hex()
