"""The sieve before reading: does a small patch of ink look like MẬT, TỐI MẬT or TUYỆT MẬT at all?

The shapes of the words in four kinds of print are data (secrecy_shapes.txt). A patch, without its frame, is laid over
them at their height; what correlates with none of them is not read.
"""

import functools
from importlib import resources

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Shape = NDArray[np.float32]
_HEIGHT = 18
_SLACK = 3
_FRAMED = 23  # pixels at 100 dpi: higher than a line of print
_LEAST = 0.62  # correlation, calibrated on generated pages (docs/digitisation.md)
_LEAST_WITHIN = 0.5
_LEAST_AT_ONE_SIZE = 0.4
_AT_ONE_SIZE = (48, 12)
_SAME_ASPECT = 0.4  # of the logarithm
_STRETCH = 1.35  # how much wider or narrower than a shape a patch may be


@functools.cache
def _shapes() -> tuple[Shape, ...]:
    text = resources.files("preservation").joinpath("secrecy_shapes.txt").read_text("utf-8")
    blocks = [block.splitlines()[1:] for block in text.split("\n\n") if block.startswith("[")]
    made = [np.array([[int(c) for c in row] for row in rows], np.float32) for rows in blocks]
    return tuple(np.asarray(cv2.GaussianBlur(shape, (0, 0), 1.0), np.float32) for shape in made)


def inside_of_frame(mask: Picture) -> tuple[slice, slice] | None:
    """The rows and columns within the frame around the ink (1) of a mask; None where there is none.

    A whole frame has a hole; of a broken one the lines at its rims are seen, and a sixth of the height is cut away.
    """
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    rows, columns = np.flatnonzero(mask.sum(axis=1) > 1), np.flatnonzero(mask.sum(axis=0) > 1)
    if len(rows) < 8 or len(columns) < 10:
        return None
    top, bottom, left, right = int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])
    height, width = bottom - top + 1, right - left + 1
    holes = [
        cv2.boundingRect(contour)
        for contour, (_next, _before, _child, parent) in zip(contours, tree[0], strict=True)
        if parent >= 0
    ]
    # OpenCV crashes on patches of no pixels: what is within a frame has some.
    inner = [box for box in holes if box[2] > max(0.6 * width, 8) and box[3] > max(0.4 * height, 8)]
    if inner:
        x, y, w, h = min(inner, key=lambda box: box[2] * box[3])
        return slice(y + 2, y + h - 2), slice(x + 2, x + w - 2)
    rim = max(2, height // 6)
    lined = [
        mask[rows, left : right + 1].mean(axis=1).max()
        for rows in (slice(top, top + rim), slice(bottom - rim + 1, bottom + 1))
    ]
    inset = round(height * 0.17)
    if min(lined) < 0.5 or 2 * inset + 4 >= width:
        return None
    return slice(top + inset, bottom - inset + 1), slice(left + inset, right - inset + 1)


def may_be_mark(mask: Picture) -> bool:
    """Whether a patch of ink (1) looks enough like one of the words to be read."""
    inside = inside_of_frame(mask)
    if _resembles(_letters(mask[inside] if inside is not None else mask)):
        return True
    return mask.shape[0] >= _FRAMED and _holds(mask)


def is_worth_a_look(mask: Picture) -> bool:
    """Whether a patch of one line, brought to one size and laid over all words at once, is somewhat like any of them.

    A fraction of the cost of `may_be_mark`, to which one patch of five then goes on.
    """
    if mask.shape[0] >= _FRAMED:
        return True
    x, y, width, height = cv2.boundingRect(mask)
    if not width or not height:
        return False
    words, aspects = _at_one_size()
    fit = np.abs(np.log(aspects * height / width)) < _SAME_ASPECT
    if not fit.any():
        return False
    alike = words[fit] @ _unit(mask[y : y + height, x : x + width].astype(np.float32))
    return bool(alike.max() >= _LEAST_AT_ONE_SIZE)


@functools.cache
def _at_one_size() -> tuple[Shape, Shape]:
    """The words at one size as vectors of length 1, in rows, and how much wider than high each of them is."""
    tight = []
    for shape in _shapes():
        ys, xs = np.nonzero(shape > 0.3)
        tight.append(shape[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1])
    aspects = np.array([word.shape[1] / word.shape[0] for word in tight], np.float32)
    return np.stack([_unit(word) for word in tight]), aspects


def _unit(picture: Shape) -> Shape:
    """A picture at one size as a vector of mean 0 and length 1."""
    sized = cv2.resize(picture, _AT_ONE_SIZE, interpolation=cv2.INTER_AREA)
    flat = np.asarray(cv2.GaussianBlur(sized, (0, 0), 0.8), np.float32).ravel()
    flat = flat - flat.mean()
    length = float(np.linalg.norm(flat))
    return np.asarray(flat / length if length else flat, np.float32)


def _holds(mask: Picture) -> bool:
    """Whether one of the words stands somewhere in a patch that a frame, whole or broken, makes higher than a line."""
    height, width = mask.shape
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)
    for shape in _shapes():
        for share in (0.45, 0.53, 0.62, 0.72):
            high = round(height * share)
            wide = round(shape.shape[1] * high / _HEIGHT)
            if 0.45 * width <= wide <= 0.96 * width and high >= 8:
                sized = cv2.resize(shape, (wide, high), interpolation=cv2.INTER_AREA)
                if cv2.matchTemplate(soft, sized, cv2.TM_CCOEFF_NORMED).max() >= _LEAST:
                    return True
    return False


def words_in(mask: Picture) -> list[tuple[int, int, int, int]]:
    """Where in a large patch of ink (1, 100 dpi), a seal or several stamps, one of the words may stand: x, y, w, h."""
    half = cv2.resize(mask.astype(np.float32), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    found = []
    for shape in _shapes():
        for high in (9, 11, 13):  # letters of 13 to 18 points at 50 dpi
            wide = round(shape.shape[1] * high / _HEIGHT)
            if wide < half.shape[1] and high < half.shape[0]:
                sized = cv2.resize(shape, (wide, high), interpolation=cv2.INTER_AREA)
                alike = cv2.matchTemplate(half, sized, cv2.TM_CCOEFF_NORMED)
                _least, most, _where, (x, y) = cv2.minMaxLoc(alike)
                found.append((most, (2 * x, 2 * y, 2 * wide, 2 * high)))
    found.sort(reverse=True)
    return [box for most, box in found[:2] if most >= _LEAST_WITHIN]


def _letters(mask: Picture) -> Picture:
    """The mask without specks and without what is left of a broken frame: corners, and long thin lines."""
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(mask)
    height, width = mask.shape
    keep = [
        label
        for label, (_x, _y, w, h, area) in enumerate(stats.tolist())
        if label
        and area >= 4
        and not (area < 0.28 * w * h and (w > 0.4 * width or h > 0.6 * height))
        and not (w > 4 * h and w > 0.2 * width)
        and not (h > 4 * w and h > 0.6 * height)
    ]
    return np.asarray(np.isin(labels, keep), np.uint8)


def _resembles(mask: Picture) -> bool:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) < 6 or len(columns) < 10:
        return False
    tight = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    return any(_correlation(tight, shape) >= _LEAST for shape in _shapes())


def _correlation(tight: Shape, shape: Shape) -> float:
    aspect, wanted = tight.shape[1] / tight.shape[0], shape.shape[1] / shape.shape[0]
    if not 1 / _STRETCH <= aspect / wanted <= _STRETCH:
        return 0.0
    scaled = cv2.resize(tight, (shape.shape[1], _HEIGHT), interpolation=cv2.INTER_AREA)
    padded = cv2.copyMakeBorder(scaled, _SLACK, _SLACK, _SLACK, _SLACK, cv2.BORDER_CONSTANT, value=0.0)
    soft = cv2.GaussianBlur(padded, (0, 0), 1.0)
    return float(cv2.matchTemplate(soft, shape, cv2.TM_CCOEFF_NORMED).max())
