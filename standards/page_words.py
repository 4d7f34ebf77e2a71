"""Where the words of a page stand, as plain data: what the limited child tells, and what marks are drawn from."""

from dataclasses import dataclass

UNITS = 10_000  # a page is so many units wide

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class PageWords:
    """A page `UNITS` wide and `high` units high, and its words with their boxes (left, top, width, height) in units."""

    high: int
    words: tuple[tuple[str, Box], ...]
