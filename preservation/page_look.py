"""What was seen on the picture of a page, as plain data. Loads no reader of pictures: `preservation.page_looking` looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mark:
    """What looks like a secrecy mark: its name (Mật, Tối mật, Tuyệt mật), whether it is sure, its box in points.

    `red` tells whether it was found by its colour; the box is (x0, y0, x1, y1) from the upper left.
    """

    name: str
    sure: bool
    box: tuple[float, float, float, float]
    red: bool


@dataclass(frozen=True, slots=True)
class PageMeasures:
    """A page in numbers. Lengths in millimetres, angles in degrees counter-clockwise, shares of 1.

    `bits` a pixel (24, 8); `ink` the share of dark print; `skew` that of its lines (0 where there are too few); `across` how
    much sharper ink gathers in columns than in rows (above 1: sideways); `upside` below 0 where lines stand on their heads;
    `dark` and `cut` by side: left, top, right, bottom; `hash` 256 bits in hex, alike for alike pages.
    """

    width: float
    height: float
    bits: int
    ink: float
    skew: float
    across: float
    upside: float
    dark: tuple[float, float, float, float]
    cut: tuple[float, float, float, float]
    hash: str


@dataclass(frozen=True, slots=True)
class PageLook:
    """What was seen of a page (`number` from 1). `missed` tells why it could not be looked at, else it is empty."""

    number: int
    marks: tuple[Mark, ...] = ()
    measures: PageMeasures | None = None
    missed: str = ""

    @property
    def sealed(self) -> bool:
        """Whether a mark on it is sure."""
        return any(mark.sure for mark in self.marks)


def look_from(data: Mapping[str, Any]) -> PageLook:
    """A look back from its plain data."""
    told: dict[str, Any] = data["measures"] or {}
    measures: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in told.items()}
    return PageLook(
        number=data["number"],
        measures=PageMeasures(**measures) if measures else None,
        marks=tuple(Mark(**{**mark, "box": tuple(mark["box"])}) for mark in data["marks"]),
        missed=data["missed"],
    )
