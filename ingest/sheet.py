"""Lists of a delivery as tables of rows, whatever they came as: .xlsx and .csv (design: packages, section 1.1).

Reading stops at limits that no honest list reaches, so that a small file cannot fill the memory.
"""

import datetime as dt
import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from standards.errors import KhoError

MAX_COLUMNS: Final = 256
MAX_CELLS: Final = 20_000_000
MAX_BYTES: Final = 256 * 1024 * 1024


class NoResult(enum.Enum):
    """A formula whose result the file does not hold."""

    FORMULA = "="


Value = str | int | float | bool | dt.datetime | dt.date | dt.time | NoResult | None
Row = tuple[int, tuple[Value, ...]]


class SheetRefused(KhoError):
    """A list that cannot or must not be opened. `finding` is the code that tells it in a report."""

    code: ClassVar[str] = "sheet-refused"
    vi = "Không mở được bảng kê: {reason}"
    en = "The list cannot be opened: {reason}"

    def __init__(self, finding: str, **values: str) -> None:
        self.finding = finding
        super().__init__(**{"reason": finding} | values)


@dataclass(frozen=True, slots=True)
class Table:
    """One worksheet (or CSV file): `rows()` reads it from the start, as (row number from 1, values), blank rows left out.

    `converted` names the encoding, other than UTF-8, that the file was in, where it was.
    """

    name: str
    hidden: bool
    rows: Callable[[], Iterator[Row]]
    converted: str | None = None


def as_received(value: Value) -> str:
    """A value as text, with nothing tidied: 5 and 5.0 are "5", a date "2025-06-05", a formula without result ""."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, NoResult):
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def is_blank(row: tuple[Value, ...]) -> bool:
    """Whether a row holds nothing but blanks."""
    return all(v is None or (isinstance(v, str) and not v.strip()) for v in row)


def column_letters(index: int) -> str:
    """The letters of a column counted from 0: A, B ... Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(table: str, index: int, row: int) -> str:
    """A cell as reports name it: `Sheet1!AB12`."""
    return f"{table}!{column_letters(index)}{row}"
