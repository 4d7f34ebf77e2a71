"""Typesetting of an administrative letter on A4, in points: paragraphs to placed words, page after page.

Origin at the upper left, y downwards, as people write; margins after Nghị định 30/2020/NĐ-CP (left 30 mm).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from access.demo.fonts import face

A4 = (595.28, 841.89)
LEFT, RIGHT, TOP, BOTTOM = 85.0, 544.0, 62.0, 772.0
LINE = 1.32


@dataclass(frozen=True, slots=True)
class Run:
    """A word as placed: (x, y) is the left end of its base line in points."""

    text: str
    x: float
    y: float
    size: float = 13.0
    style: str = "Regular"
    colour: str = "black"
    ends_line: bool = False

    @property
    def width(self) -> float:
        """Its width in points."""
        return face(self.style).width(self.text, self.size)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: `align` is justify, left or centre; `before` the space above it in points."""

    text: str
    align: str = "justify"
    style: str = "Regular"
    size: float = 13.0
    before: float = 4.0
    indent: float = 0.0
    colour: str = "black"


def _lines(block: Block, width: float) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    measure, used = face(block.style), block.indent
    space = measure.width(" ", block.size)
    for word in block.text.split():
        needed = measure.width(word, block.size)
        if lines[-1] and used + needed > width:
            lines.append([])
            used = 0.0
        lines[-1].append(word)
        used += needed + space
    return lines


def _place_line(
    words: list[str], block: Block, left: float, width: float, y: float, *, indent: float, stretch: bool
) -> list[Run]:
    measure = face(block.style)
    natural = sum(measure.width(word, block.size) for word in words)
    gap = measure.width(" ", block.size)
    if stretch and len(words) > 1:
        gap = (width - indent - natural) / (len(words) - 1)
    x = left + indent
    if block.align == "centre":
        x = left + (width - natural - gap * (len(words) - 1)) / 2
    runs = []
    for word in words:
        runs.append(Run(word, x, y, block.size, block.style, block.colour))
        x += measure.width(word, block.size) + gap
    return [*runs[:-1], replace(runs[-1], ends_line=True)]


def place(block: Block, left: float, width: float, top: float) -> tuple[list[list[Run]], float]:
    """The lines of a paragraph in a column that starts at `left`, and the y below it."""
    step, y = block.size * LINE, top + block.before
    lines = _lines(block, width)
    placed = []
    for number, words in enumerate(lines):
        y += step
        indent = block.indent if number == 0 else 0.0
        stretch = block.align == "justify" and number < len(lines) - 1
        placed.append(_place_line(words, block, left, width, y, indent=indent, stretch=stretch))
    return placed, y


def paginate(head: list[Run], top: float, blocks: Iterable[Block]) -> tuple[list[list[Run]], float]:
    """Pages of runs: `head` on the first page, the blocks from `top` on; also the y where the last page ends.

    From the second page on the page number stands in the middle of the upper margin.
    """
    pages, y = [list(head)], top
    for block in blocks:
        lines, _ = place(block, LEFT, RIGHT - LEFT, 0.0)
        y += block.before
        for line in lines:
            y += block.size * LINE
            if y > BOTTOM:
                pages.append(_page_number(len(pages) + 1))
                y = TOP + block.size * LINE
            pages[-1] += [replace(run, y=y) for run in line]
    return pages, y


def _page_number(number: int) -> list[Run]:
    line, _ = place(Block(str(number), align="centre", size=12.0, before=0.0), LEFT, RIGHT - LEFT, 34.0)
    return line[0]
