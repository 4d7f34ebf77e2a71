"""What is put on a page after printing: stamps, signatures, handwriting, marks of secrecy and of urgency.

Everything is drawn as a mask of ink (float 0..1) at the page's resolution and laid on the paper, so that ink over ink
darkens as it does on paper.
"""

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from access.demo import scan
from access.demo.fonts import pen

Picture = NDArray[np.uint8]
Ink = tuple[int, int, int]
RED: Ink = (200, 28, 36)
BLUE: Ink = (28, 44, 132)
BLACK: Ink = (40, 38, 44)
PALE_RED: Ink = (214, 120, 118)
GREY: Ink = (120, 118, 120)
INKS = {"red": RED, "blue": BLUE, "black": BLACK, "pale": PALE_RED, "grey": GREY}
_DIGITS = {
    "0": [[(5, 1), (1, 4), (1, 8), (5, 11), (8, 8), (8, 3), (5, 1)]],
    "1": [[(2, 4), (5, 1), (5, 11)]],
    "2": [[(1, 3), (4, 1), (7, 3), (6, 6), (1, 11), (8, 10)]],
    "3": [[(1, 2), (5, 1), (7, 3), (4, 6), (8, 8), (5, 11), (1, 10)]],
    "4": [[(5, 1), (1, 7), (8, 7)], [(6, 4), (6, 11)]],
    "5": [[(7, 1), (2, 1), (2, 5), (6, 5), (7, 8), (4, 11), (1, 10)]],
    "6": [[(6, 1), (2, 5), (2, 9), (5, 11), (7, 8), (4, 6), (2, 8)]],
    "7": [[(1, 1), (8, 1), (4, 11)], [(3, 6), (7, 6)]],
    "8": [[(5, 6), (2, 3), (5, 1), (7, 3), (2, 9), (5, 11), (7, 9), (5, 6)]],
    "9": [[(7, 4), (4, 6), (2, 3), (5, 1), (7, 4), (6, 11)]],
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """A mark that is stamped or typed: MẬT, TỐI MẬT, TUYỆT MẬT, KHẨN, HỎA TỐC ... or any words.

    `centre` in points (None: under the number); `tilt` in degrees; `frame` 0, 1 or 2 lines; `strength` 1 is fresh ink,
    0.3 nearly gone; `size` of its letters in points; `break_up` is the share of its ink that did not take.
    """

    text: str
    ink: str = "red"
    frame: int = 1
    tilt: float = 0.0
    strength: float = 0.9
    size: float = 14.0
    font: str = "serif"
    centre: tuple[float, float] | None = None
    break_up: float = 0.0


def lay(page: Picture, ink: Ink, mask: NDArray[np.float32], corner: tuple[int, int]) -> None:
    """Lays ink through a mask, its upper left at (x, y) in pixels; what falls off the page is lost."""
    x, y = corner
    height, width = page.shape[:2]
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + mask.shape[1], width), min(y + mask.shape[0], height)
    if x0 >= x1 or y0 >= y1:
        return
    part = mask[y0 - y : y1 - y, x0 - x : x1 - x, None]
    under = page[y0:y1, x0:x1].astype(np.float32)
    through = under * (np.array(ink, np.float32) / 255.0)
    page[y0:y1, x0:x1] = (under * (1 - part) + through * part).astype(np.uint8)


def _turned(mask: Image.Image, tilt: float) -> NDArray[np.float32]:
    turned = mask.rotate(tilt, Image.Resampling.BICUBIC, expand=True) if tilt else mask
    return np.asarray(turned, np.float32) / 255.0


def _broken(mask: NDArray[np.float32], share: float, seed: int) -> NDArray[np.float32]:
    """The mask with patches where the stamp did not touch."""
    if share <= 0:
        return mask
    rng = np.random.default_rng(seed)
    small = rng.random((mask.shape[0] // 5 + 2, mask.shape[1] // 5 + 2), np.float32)
    mottle = cv2.resize(small, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(mask * (mottle > share), np.float32)


def press(
    page: Picture, stamp: Stamp, centre: tuple[float, float], scale: float, seed: int
) -> tuple[int, ...]:
    """Stamps words in their frame at `centre` (points); the box (x0, y0, x1, y1) that they fill, in pixels."""
    font = pen(f"{stamp.font}/Bold", stamp.size * scale)
    wide, high = font.getlength(stamp.text), stamp.size * scale
    size = (int(wide + high * 1.2) + 8, int(high * 1.9) + 8)
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    draw.text((size[0] / 2, size[1] / 2 - high * 0.05), stamp.text, fill=255, font=font, anchor="mm")
    line = max(1, round(0.9 * scale))
    for number in range(stamp.frame):
        inset = 3 + number * line * 3
        draw.rectangle((inset, inset, size[0] - 1 - inset, size[1] - 1 - inset), outline=255, width=line)
    inked = _broken(_turned(mask, stamp.tilt), stamp.break_up, seed) * stamp.strength
    x, y = round(centre[0] * scale) - inked.shape[1] // 2, round(centre[1] * scale) - inked.shape[0] // 2
    soft = np.asarray(cv2.GaussianBlur(inked, (0, 0), 0.5), np.float32)
    lay(page, INKS[stamp.ink], soft, (x, y))
    return x, y, x + inked.shape[1], y + inked.shape[0]


def seal(page: Picture, centre: tuple[float, float], scale: float, rng: random.Random) -> None:
    """The round red stamp of the body."""
    mask = _turned(scan.round_stamp(int(46 * scale)), rng.uniform(-14, 14)) * rng.uniform(0.6, 0.9)
    lay(
        page,
        RED,
        mask,
        (int(centre[0] * scale) - mask.shape[1] // 2, int(centre[1] * scale) - mask.shape[0] // 2),
    )


def sign(page: Picture, centre: tuple[float, float], scale: float, rng: random.Random) -> None:
    """A signature in blue ink."""
    mask = Image.new("L", (page.shape[1], int(80 * scale)))
    scan.sign(ImageDraw.Draw(mask), (centre[0], 40.0), scale, rng, ink=255)
    lay(page, BLUE, _turned(mask, 0.0), (0, int((centre[1] - 40) * scale)))


def arrival(page: Picture, centre: tuple[float, float], scale: float, rng: random.Random) -> None:
    """The rectangular stamp of incoming papers, its number and date filled in by hand."""
    size = (int(150 * scale), int(62 * scale))
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    draw.rectangle((2, 2, size[0] - 3, size[1] - 3), outline=255, width=max(1, round(0.9 * scale)))
    font = pen("sans/Bold", 11 * scale)
    lines = (
        "CÔNG VĂN ĐẾN",
        "Số: .............",
        f"Ngày {rng.randrange(1, 29)} / {rng.randrange(1, 13)} / 20....",
    )
    for number, text in enumerate(lines):
        draw.text((size[0] / 2, (13 + 18 * number) * scale), text, fill=255, font=font, anchor="mm")
    inked = _turned(mask, rng.uniform(-4, 4)) * rng.uniform(0.5, 0.9)
    lay(
        page,
        rng.choice((RED, BLUE)),
        inked,
        (int(centre[0] * scale - size[0] / 2), int(centre[1] * scale - size[1] / 2)),
    )


def scribble(
    page: Picture, text: str, at: tuple[float, float], size: float, scale: float, rng: random.Random
) -> None:
    """Digits as a hand writes them in blue; (x, y) is the left end of the base line, in points."""
    x, unit = at[0], size / 11
    for digit in text:
        for stroke in _DIGITS.get(digit, []):
            points = [
                ((x + px * unit * 0.7 + rng.uniform(-0.25, 0.25)) * scale, (at[1] + (py - 11) * unit + rng.uniform(-0.3, 0.3)) * scale)
                for px, py in stroke
            ]  # fmt: skip
            line = np.array(points, np.float32).reshape(-1, 1, 2)
            cv2.polylines(page, [line.astype(np.int32)], False, BLUE, max(1, round(0.9 * scale)), cv2.LINE_AA)
        x += size * rng.uniform(0.52, 0.64)
