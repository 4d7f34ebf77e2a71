"""The scanner: a laid-out page becomes a colour JPEG with paper tone, grain, stamp and skew."""

import functools
import io
import math
import random
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from access.demo.fonts import pen
from access.demo.layout import A4, Run
from access.demo.letter import Leaf, Marks

INK, RED, BLUE = (38, 36, 42), (196, 30, 38), (28, 44, 132)
COLOURS = {"black": INK, "red": RED}
QUALITY = 35  # of the JPEG: small files, as real deliveries have


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A scanned page: JPEG bytes (RGB, or grey), its size in pixels at `dpi`, the words as they were typeset.

    The picture is turned by `skew` degrees counter-clockwise about the middle of the page; the words are not.
    """

    jpeg: bytes
    width: int
    height: int
    dpi: int
    skew: float
    runs: tuple[Run, ...]
    grey: bool = False


@functools.lru_cache(maxsize=8)
def _grain(size: tuple[int, int], seed: int) -> Image.Image:
    """Paper fibres and sensor noise: a coarse mottle with a fine grain, grey around 128."""
    rng = random.Random(seed)  # noqa: S311 - a look, not a secret
    small = (size[0] // 24, size[1] // 24)
    coarse = Image.frombytes("L", small, rng.randbytes(small[0] * small[1])).resize(
        size, Image.Resampling.BICUBIC
    )
    fine = Image.frombytes("L", size, rng.randbytes(size[0] * size[1])).filter(ImageFilter.BoxBlur(1))
    grey = Image.blend(coarse, fine, 0.5).point([128 + round((value - 128) / 40) for value in range(256)])
    return Image.merge("RGB", (grey, grey, grey))


def _paper(rng: random.Random, age: float) -> tuple[int, int, int]:
    """The tone of the sheet: `age` 0 is new and white, 1 is yellowed."""
    jitter = rng.randint(-2, 2)
    return (250 - int(10 * age) + jitter, 248 - int(16 * age) + jitter, 243 - int(34 * age) + jitter)


def write(page: Image.Image, runs: tuple[Run, ...], dpi: int) -> None:
    """Writes the words of `runs` on the picture of a page."""
    draw, scale = ImageDraw.Draw(page), dpi / 72
    for run in runs:
        font = pen(run.style, run.size * scale)
        draw.text((run.x * scale, run.y * scale), run.text, fill=COLOURS[run.colour], font=font, anchor="ls")


@functools.lru_cache(maxsize=16)
def round_stamp(radius: int) -> Image.Image:
    """The mask of a round stamp: two rings, a star and letters around."""
    size = radius * 2 + 4
    mask = Image.new("L", (size, size))
    draw = ImageDraw.Draw(mask)
    middle = size / 2
    for share, width in ((1.0, 0.045), (0.66, 0.02)):
        r = radius * share
        draw.ellipse(
            (middle - r, middle - r, middle + r, middle + r), outline=255, width=max(1, int(radius * width))
        )
    star = [
        (middle + radius * k * math.sin(a), middle - radius * k * math.cos(a))
        for a, k in ((math.pi * n / 5, 0.42 if n % 2 == 0 else 0.17) for n in range(10))
    ]
    draw.polygon(star, fill=255)
    _letters_around(mask, "KHO LƯU TRỮ MINH HỌA - XÃ TÂN MẪU - ", radius)
    return mask.filter(ImageFilter.GaussianBlur(0.6))


def _letters_around(mask: Image.Image, text: str, radius: int) -> None:
    font, size = pen("Bold", radius * 0.2), int(radius * 0.34)
    for number, letter in enumerate(text):
        angle = 360 * number / len(text)
        tile = Image.new("L", (size, size))
        ImageDraw.Draw(tile).text((size / 2, size / 2), letter, fill=255, font=font, anchor="mm")
        tile = tile.rotate(-angle, Image.Resampling.BICUBIC)
        turn = math.radians(angle)
        x = mask.width / 2 + radius * 0.83 * math.sin(turn) - size / 2
        y = mask.height / 2 - radius * 0.83 * math.cos(turn) - size / 2
        mask.paste(
            ImageChops.lighter(mask.crop((int(x), int(y), int(x) + size, int(y) + size)), tile),
            (int(x), int(y)),
        )


def _press_stamp(page: Image.Image, centre: tuple[float, float], scale: float, rng: random.Random) -> None:
    mask = round_stamp(int(46 * scale)).rotate(rng.uniform(-14, 14), Image.Resampling.BICUBIC)
    mask = mask.point([int(value * 0.78) for value in range(256)])
    corner = (int(centre[0] * scale) - mask.width // 2, int(centre[1] * scale) - mask.height // 2)
    page.paste(Image.new("RGB", mask.size, RED), corner, mask)


def sign(
    draw: ImageDraw.ImageDraw,
    centre: tuple[float, float],
    scale: float,
    rng: random.Random,
    ink: tuple[int, int, int] | int = BLUE,
) -> None:
    """A scrawl in blue ink that spells nothing."""
    x, y, points = centre[0] - 42, centre[1], []
    phase, wobble = rng.uniform(0, 6), rng.uniform(0.5, 0.8)
    for step in range(60):
        t = step / 59
        swing = 20 * (1 - t) * math.sin(phase + t * 21) + 4 * math.sin(t * 50 * wobble)
        points.append(((x + 84 * t + 5 * math.cos(t * 25)) * scale, (y - swing) * scale))
    draw.line(points, fill=ink, width=max(2, int(1.3 * scale)), joint="curve")


def _sketch(draw: ImageDraw.ImageDraw, kind: str, scale: float, rng: random.Random) -> None:
    """A parcel map, or the cross-section of a road, in thin lines."""
    line = max(2, int(0.7 * scale))
    if kind == "drawing":
        _cross_section(draw, scale, line)
        return
    xs = [90 + 74 * i for i in range(7)]
    grid = [[(x + rng.uniform(-12, 12), 290 + 66 * j + rng.uniform(-10, 10)) for x in xs] for j in range(7)]
    font, number = pen("Italic", 9 * scale), 30
    for upper, lower in pairwise(grid):
        for i in range(len(xs) - 1):
            corners = [upper[i], upper[i + 1], lower[i + 1], lower[i]]
            draw.polygon([(x * scale, y * scale) for x, y in corners], outline=INK, width=line)
            middle = (sum(x for x, _ in corners) / 4 * scale, sum(y for _, y in corners) / 4 * scale)
            draw.text(middle, str(number), fill=INK, font=font, anchor="mm")
            number += 1


def _cross_section(draw: ImageDraw.ImageDraw, scale: float, line: int) -> None:
    outlines = [
        [(110, 420), (150, 470), (190, 470), (190, 440), (430, 440), (430, 470), (470, 470), (510, 420)],
        [(200, 430), (315, 424), (420, 430)],
        [(200, 440), (200, 430), (420, 430), (420, 440)],
        [(200, 520), (420, 520)],
        [(200, 512), (200, 528)],
        [(420, 512), (420, 528)],
    ]
    for points in outlines:
        draw.line([(x * scale, y * scale) for x, y in points], fill=INK, width=line * 2, joint="curve")
    draw.text((310 * scale, 514 * scale), "3500", fill=INK, font=pen("Regular", 10 * scale), anchor="ms")


def _draw_marks(page: Image.Image, marks: Marks, scale: float, rng: random.Random) -> None:
    draw = ImageDraw.Draw(page)
    for rule in marks.rules:
        draw.line([value * scale for value in rule], fill=INK, width=max(1, int(0.8 * scale)))
    if marks.sketch:
        _sketch(draw, marks.sketch, scale, rng)
    if marks.secrecy:
        draw.rectangle([value * scale for value in marks.secrecy], outline=RED, width=int(1.4 * scale))
    if marks.signature:
        sign(draw, marks.signature, scale, rng)
    if marks.stamp:
        _press_stamp(page, marks.stamp, scale, rng)


def expose(leaf: Leaf, rng: random.Random, *, dpi: int, age: float, skew: float) -> Image.Image:
    """The picture of a page that lies `skew` degrees askew on the glass."""
    scale = dpi / 72
    size = (round(A4[0] * scale), round(A4[1] * scale))
    paper = _paper(rng, age)
    page = Image.new("RGB", size, paper)
    write(page, leaf.runs, dpi)
    _draw_marks(page, leaf.marks, scale, rng)
    page = page.rotate(skew, Image.Resampling.BILINEAR, fillcolor=paper) if skew else page
    return ImageChops.add(page, _grain(size, rng.randrange(4)), offset=-128)


def develop(page: Image.Image, runs: tuple[Run, ...], *, dpi: int, skew: float) -> ScannedPage:
    """The exposed picture as the scanner hands it over."""
    out = io.BytesIO()
    page.save(out, "JPEG", quality=QUALITY, dpi=(dpi, dpi), subsampling="4:2:0", optimize=True)
    return ScannedPage(out.getvalue(), *page.size, dpi, skew, runs)


def scan(leaf: Leaf, rng: random.Random, *, dpi: int = 200, age: float = 0.4) -> ScannedPage:
    """Draws a page and scans it; `age` 0 is new paper, 1 is yellowed. The same `rng` gives the same bytes."""
    skew = round(rng.uniform(-0.5, 0.5), 3)
    return develop(expose(leaf, rng, dpi=dpi, age=age, skew=skew), leaf.runs, dpi=dpi, skew=skew)
