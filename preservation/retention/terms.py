"""Terms (thời hạn bảo quản) and when they end: arithmetic alone, no database.

A term of years counts from the year in which the work ended (Luật Lưu trữ 33/2024/QH15, Điều 15 khoản 3): it begins on 1
January of the next year and its last day is 31 December of that year + N. A hồ sơ takes the longest term of its documents
(khoản 4).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

PERMANENT: Final = "permanent"
YEARS: Final = "years"
AFTER_EVENT: Final = "years_after_event"
SUPERSEDED: Final = "until_superseded"
ASSET: Final = "life_of_asset"
OPEN: Final = "open"  # nobody said a term that can be understood
KINDS: Final = (PERMANENT, YEARS, AFTER_EVENT, SUPERSEDED, ASSET)
WAIT_FOR_EVENT: Final = (AFTER_EVENT, SUPERSEDED, ASSET)
LONGEST: Final = 200  # years: more is a slip


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its kind, and the years of `years` and `years_after_event`."""

    kind: str
    years: int | None = None

    def __post_init__(self) -> None:
        counted = self.kind in (YEARS, AFTER_EVENT)
        if self.kind not in (*KINDS, OPEN) or counted != (self.years is not None):
            raise ValueError(f"{self.kind} {self.years}")
        if self.years is not None and not 0 < self.years <= LONGEST:
            raise ValueError(f"{self.years}")


def last_day(term: Term, *, closed_year: int | None, event: dt.date | None = None) -> dt.date | None:
    """The last day of a term; None for a permanent one, and where what it counts from is not known."""
    if term.kind == YEARS and closed_year is not None:
        return dt.date(closed_year + (term.years or 0), 12, 31)
    if term.kind in WAIT_FOR_EVENT and event is not None:
        return dt.date(event.year + (term.years or 0), 12, 31)
    return None


def is_due(last: dt.date | None, on: dt.date) -> bool:
    """Whether a term has run out on a day: from the day after its last."""
    return last is not None and on > last


def longest(terms: Iterable[Term]) -> Term:
    """The longest of some terms. One that nobody can compare keeps the hồ sơ from being due: permanent, then a term that
    is not understood, then those that wait for an event, then the most years. Raises ValueError where there are none."""
    return max(terms, key=_length)


def _length(term: Term) -> tuple[int, int]:
    rank = {PERMANENT: 4, OPEN: 3, AFTER_EVENT: 2, ASSET: 2, SUPERSEDED: 2, YEARS: 1}[term.kind]
    return rank, term.years or 0


def shortens(new: Term, old: Term) -> bool:
    """Whether a new term could end before the old one would: only a term that was open, or fewer years, may change."""
    if old.kind == OPEN or new == old or new.kind == PERMANENT:
        return False
    if old.kind == new.kind and old.years is not None and new.years is not None:
        return new.years < old.years
    return True
