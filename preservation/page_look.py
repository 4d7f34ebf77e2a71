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
class PageLook:
    """What was seen of a page (`number` from 1). `missed` tells why it could not be looked at, else it is empty."""

    number: int
    marks: tuple[Mark, ...] = ()
    missed: str = ""

    @property
    def sealed(self) -> bool:
        """Whether a mark on it is sure."""
        return any(mark.sure for mark in self.marks)


def look_from(data: Mapping[str, Any]) -> PageLook:
    """A look back from its plain data."""
    return PageLook(
        number=data["number"],
        marks=tuple(Mark(**{**mark, "box": tuple(mark["box"])}) for mark in data["marks"]),
        missed=data["missed"],
    )
