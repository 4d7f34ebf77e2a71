"""Dates of records as EDTF level 0 (`1998`, `2001-05`, `2003-06-02`), from three cells or from written words.

Day first, always (Nghị định 30/2020/NĐ-CP writes ngày 05 tháng 6 năm 2025).
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FIRST_YEAR: Final = 1000
LAST_YEAR: Final = 2100


class DateProblem(StrEnum):
    """Why a date is not, or not wholly, what was written."""

    IMPOSSIBLE = "impossible"  # 31/02, month 13
    UNCLEAR = "unclear"  # not a date, or a year of two digits
    INCOMPLETE = "incomplete"  # a day without its month, a month without its year


@dataclass(frozen=True, slots=True)
class ReadDate:
    """What was made of a written date: `edtf` None where there is none; `problem` None where all is well."""

    edtf: str | None
    problem: DateProblem | None = None


NO_DATE: Final = ReadDate(None)
_UNCLEAR: Final = ReadDate(None, DateProblem.UNCLEAR)
_IMPOSSIBLE: Final = ReadDate(None, DateProblem.IMPOSSIBLE)

_BLANK: Final = re.compile(r"[\s.…_?xX*/\\-]*|0+")
_NUMBER: Final = re.compile(r"(\d+)(?:[.,]0+)?")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ]00:00(?::00)?)?")
_FULL: Final = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d+)")
_MONTH: Final = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{4})")
_WORDS: Final = re.compile(
    r"(?:ngày\s*(?P<d>\d{1,2}|[.…_\s]*)\s*)?(?:tháng\s*(?P<m>\d{1,2}|[.…_\s]*?)\s*(?:năm|/|-)\s*|năm\s*)(?P<y>\d+)",
    re.I,
)


def _number(cell: str) -> int | None:
    """A cell as a number: None where blank or dotted, -1 where it holds something else."""
    text = cell.strip()
    if _BLANK.fullmatch(text):
        return None
    m = _NUMBER.fullmatch(text)
    return int(m[1]) if m and len(m[1]) <= 6 else -1


def from_cells(day: str, month: str, year: str) -> ReadDate:
    """A date from its three cells as text; blank, dots and 0 mean unknown. All blank: no date and no problem."""
    d, m, y = _number(day), _number(month), _number(year)
    if -1 in (d, m, y):
        return _UNCLEAR
    return _made(d, m, y)


def _made(d: int | None, m: int | None, y: int | None) -> ReadDate:
    if y is None:
        return NO_DATE if d is None and m is None else ReadDate(None, DateProblem.INCOMPLETE)
    if y < 100:
        return _UNCLEAR
    if not FIRST_YEAR <= y <= LAST_YEAR or (m is not None and not 1 <= m <= 12) or (d is not None and d > 31):
        return _IMPOSSIBLE
    if m is None:
        return ReadDate(f"{y:04}", DateProblem.INCOMPLETE if d is not None else None)
    if d is None:
        return ReadDate(f"{y:04}-{m:02}")
    return ReadDate(f"{y:04}-{m:02}-{d:02}") if d <= calendar.monthrange(y, m)[1] else _IMPOSSIBLE


def from_text(written: str) -> ReadDate:
    """A date as people write it: 5/6/2025, 05-06-2025, 05.6.2025, 6/2025, 2025, 2025-06-05, ngày 05 tháng 6 năm 2025.

    "ngày … tháng … năm 1998" is 1998.
    """
    text = " ".join(written.split()).strip(" ,;")
    if _BLANK.fullmatch(text):
        return NO_DATE
    if re.fullmatch(r"\d+", text):
        return from_cells("", "", text)
    if m := _ISO.fullmatch(text):
        return from_cells(m[3] or "", m[2], m[1])
    if m := _FULL.fullmatch(text):
        return from_cells(m[1], m[2], m[3])
    if m := _MONTH.fullmatch(text):
        return from_cells("", m[1], m[2])
    if m := _WORDS.fullmatch(text):
        return from_cells(m["d"] or "", m["m"] or "", m["y"])
    return _UNCLEAR


def bounds(edtf: str) -> tuple[dt.date, dt.date]:
    """The first and the last day that an EDTF level 0 date can mean. Raises ValueError for anything else."""
    parts = [int(p) for p in edtf.split("-")]
    if len(parts) == 3:
        day = dt.date(*parts)
        return day, day
    if len(parts) == 2:
        return dt.date(parts[0], parts[1], 1), dt.date(parts[0], parts[1], calendar.monthrange(*parts)[1])
    return dt.date(parts[0], 1, 1), dt.date(parts[0], 12, 31)


def for_people(edtf: str) -> str:
    """DD/MM/YYYY, MM/YYYY or YYYY, as TT 05/2025 and Vietnamese readers want it."""
    return "/".join(reversed(edtf.split("-")))
