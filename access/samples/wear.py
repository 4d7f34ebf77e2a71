"""What happens to a page on paper and on the glass: age, show-through, folds, noise, skew, edges, compression."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wear:
    """How worn a scan is. Angles in degrees, counter-clockwise; other measures are shares of 1 unless told.

    `fade` is how much of the ink is gone; `blur` in pixels at 200 dpi; `noise` the deviation in grey levels; `through`
    how strongly the back shows; `dark_edge` and `cut` in millimetres; `turn` 0, 90, 180 or 270; `colours` rgb, grey,
    or bilevel; `quality` that of the JPEG.
    """

    age: float = 0.3
    fade: float = 0.0
    blur: float = 0.0
    noise: float = 2.0
    speckle: float = 0.0
    through: float = 0.0
    folds: int = 0
    stains: int = 0
    skew: float = 0.0
    dark_edge: float = 0.0
    cut: float = 0.0
    turn: int = 0
    colours: str = "rgb"
    quality: int = 60


CLEAN = Wear(age=0.05, noise=1.0, quality=75, skew=0.1)
TYPICAL = Wear(
    age=0.4, fade=0.1, blur=0.5, noise=4.0, speckle=0.0002, through=0.05, folds=1, skew=0.5, quality=50
)
BAD = Wear(
    age=1.0, fade=0.35, blur=0.9, noise=9.0, speckle=0.001, through=0.14, folds=2, stains=2, skew=1.2, quality=30
)  # fmt: skip
CONDITIONS: Mapping[str, Wear] = {"clean": CLEAN, "typical": TYPICAL, "bad": BAD}


def paper(size: tuple[int, int], age: float, rng: np.random.Generator) -> Picture:
    """A blank sheet, (width, height) in pixels: its tone, and a faint mottle."""
    tone = tuple(
        float(v) for v in np.array([250 - 10 * age, 248 - 18 * age, 243 - 38 * age]) + rng.integers(-2, 3)
    )
    mottle = rng.normal(0, 1.5 + 2.5 * age, (size[1] // 40 + 2, size[0] // 40 + 2)).astype(np.float32)
    grey = cv2.merge([cv2.resize(mottle, size, interpolation=cv2.INTER_CUBIC)] * 3)
    return np.asarray(cv2.add(grey, np.array((*tone, 0.0)), dtype=cv2.CV_8U), np.uint8)


def show_through(page: Picture, back: Picture, share: float) -> Picture:
    """The back of the sheet, mirrored and blurred, through the paper."""
    if share <= 0:
        return page
    ghost = cv2.GaussianBlur(cv2.bitwise_not(cv2.flip(back, 1)), (0, 0), 2.0)
    return np.asarray(cv2.addWeighted(page, 1.0, ghost, -share, 0), np.uint8)


def age_ink(page: Picture, sheet: Picture, wear: Wear, dpi: int) -> Picture:
    """Faded and blurred print; `sheet` is the paper under it."""
    if wear.fade > 0:
        page = cv2.addWeighted(page, 1 - wear.fade, sheet, wear.fade, 0).astype(np.uint8)
    if wear.blur > 0:
        page = cv2.GaussianBlur(page, (0, 0), wear.blur * dpi / 200).astype(np.uint8)
    return page


def crease(page: Picture, wear: Wear, rng: np.random.Generator) -> None:
    """Folds across the sheet, and stains, in place."""
    height, width = page.shape[:2]
    for number in range(wear.folds):
        at = int(height * (number + 1) / (wear.folds + 1) + rng.integers(-20, 20))
        for offset in range(-6, 7):
            row = min(max(at + offset, 0), height - 1)
            light = 1 - (6 - abs(offset)) / 6 * (0.18 if offset > 0 else -0.05)
            page[row] = np.clip(page[row] * light, 0, 255).astype(np.uint8)
    for _number in range(wear.stains):
        size = min(int(rng.integers(90, 300)), height, width)
        x, y = int(rng.integers(0, width - size + 1)), int(rng.integers(0, height - size + 1))
        mask = np.zeros((64, 64), np.float32)
        cv2.circle(mask, (32, 32), 20, 1.0, -1)
        soft = cv2.resize(cv2.GaussianBlur(mask, (0, 0), 4), (size, size))[..., None]
        part = page[y : y + size, x : x + size]
        part[:] = (part * (1 - soft * np.array([0.06, 0.12, 0.3], np.float32))).astype(np.uint8)


def placing(size: tuple[int, int], wear: Wear, dpi: int) -> tuple[Matrix, tuple[int, int]]:
    """The matrix (2 x 3) from the sheet to the scan, and the scan's size in pixels."""
    width, height = size
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), wear.skew, 1.0), np.float64)
    shift = wear.cut / 25.4 * dpi
    turn[0, 2] -= shift
    if wear.turn == 0:
        return turn, size
    rotated = {
        90: (np.array([[0.0, 1, 0], [-1, 0, width - 1]]), (height, width)),
        180: (np.array([[-1.0, 0, width - 1], [0, -1, height - 1]]), (width, height)),
        270: (np.array([[0.0, -1, height - 1], [1, 0, 0]]), (height, width)),
    }[wear.turn]
    whole = np.vstack([rotated[0], [0, 0, 1]]) @ np.vstack([turn, [0, 0, 1]])
    return whole[:2], rotated[1]


def on_the_glass(page: Picture, wear: Wear, dpi: int, rng: np.random.Generator) -> tuple[Picture, Matrix]:
    """The sheet as the scanner saw it, and where its points went."""
    height, width = page.shape[:2]
    matrix, size = placing((width, height), wear, dpi)
    edge = tuple(int(v) for v in np.median(page[:20].reshape(-1, 3), axis=0))
    seen = np.asarray(cv2.warpAffine(page, matrix, size, flags=cv2.INTER_LINEAR, borderValue=edge), np.uint8)
    band = round(wear.dark_edge / 25.4 * dpi)
    if band:
        side = int(rng.integers(0, 4))
        view = np.rot90(seen, side)
        slant = band + np.linspace(0, band * 0.3, view.shape[0])
        dark = np.arange(view.shape[1])[None, :] < slant[:, None]
        view[dark] = rng.integers(8, 40)
    return _noisy(seen, wear, rng), matrix


def _noisy(page: Picture, wear: Wear, rng: np.random.Generator) -> Picture:
    if wear.noise > 0:
        tile = np.repeat(rng.normal(0, wear.noise, (512, 512, 1)), 3, axis=2).astype(np.int16)
        rows, columns = page.shape[0] // 512 + 1, page.shape[1] // 512 + 1
        grain = np.tile(tile, (rows, columns, 1))[: page.shape[0], : page.shape[1]]
        page = np.asarray(cv2.add(page, grain, dtype=cv2.CV_8U), np.uint8)
    count = int(page.shape[0] * page.shape[1] * wear.speckle)
    if count:
        ys, xs = rng.integers(0, page.shape[0] - 1, count), rng.integers(0, page.shape[1] - 1, count)
        for dy, dx in ((0, 0), (0, 1), (1, 0)):
            page[ys + dy, xs + dx] = 70
    return page


def encode(page: Picture, wear: Wear) -> bytes:
    """The scan as JPEG: RGB, or grey; a bilevel page is black and white in a grey JPEG of high quality."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, wear.quality]
    if wear.colours == "rgb":
        data = cv2.cvtColor(page, cv2.COLOR_RGB2BGR)
    else:
        data = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    if wear.colours == "bilevel":
        _level, data = cv2.threshold(data, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        quality = [cv2.IMWRITE_JPEG_QUALITY, 90]
    return bytes(cv2.imencode(".jpg", data, quality)[1])
