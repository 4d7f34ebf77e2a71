"""Which column of a list is which field: mappings are data (`mappings/*.toml`), chosen by how well the headings fit.

Headings are compared without diacritics, case and punctuation. Seven headings occur twice, once for the hồ sơ and
once for the document: what stands left of the document's own columns is the hồ sơ's.
"""

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Final

from ingest.sheet import Row, Table, Value, as_received
from standards.codes import field_rules
from standards.errors import PathNotFound, UsageError
from standards.vietnamese import fold_words, from_legacy, legacy_encoding

KEY_FIELDS: Final = ("file.fileCode", "document.path")
_PLAIN: Final = ("row", "document.path")
_HEADER_WITHIN: Final = 15  # rows: titles and notes above the headings
_NUMBERED: Final = 5  # columns at least, for a row of their numbers to be one
_ENOUGH: Final = 0.5


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a mapping: `field` is `file.title`, `document.issuedDate.day`, `document.path`, `row`."""

    field: str
    heading: str
    names: frozenset[str]
    english: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A profile of list columns. `confirmed`: checked against the official text."""

    name: str
    title: str
    confirmed: bool
    columns: tuple[Column, ...]
    optional: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """A mapping laid over a header row: `positions` from field to column index; `first_row` is the first of data.

    `english` is set where the row below the headings repeats them in English, `header` holds the cells as received.
    """

    mapping: ColumnMapping
    positions: Mapping[str, int]
    missing: tuple[Column, ...]
    extra: tuple[int, ...]
    header_row: int
    first_row: int
    header: tuple[str, ...]
    share: float


class MappingBroken(UsageError):
    """A column mapping that was given is not one."""

    code: ClassVar[str] = "mapping-broken"
    vi = "Mẫu cột {path} không đọc được: {reason}. Xem các mẫu trong ingest/mappings."
    en = "The column mapping {path} cannot be read: {reason}. See the ones in ingest/mappings."


def _column(entry: Mapping[str, Any]) -> Column:
    english = str(entry.get("english", ""))
    field = str(entry["field"])
    block, _, name = field.partition(".")
    if field not in _PLAIN and name.split(".")[0] not in field_rules(block):
        raise ValueError(f"no such field: {field}")
    names = {fold_words(str(n)) for n in (entry["heading"], english, *entry.get("also", ()))} - {""}
    return Column(field, str(entry["heading"]), frozenset(names), fold_words(english))


def parse_mapping(text: str) -> ColumnMapping:
    """A mapping from its TOML. Raises ValueError, KeyError or TypeError where it is none."""
    data = tomllib.loads(text)
    return ColumnMapping(
        name=str(data["name"]), title=str(data["title"]), confirmed=bool(data["confirmed"]),
        columns=tuple(map(_column, data["columns"])), optional=tuple(map(_column, data.get("optional", ()))),
    )  # fmt: skip


@functools.cache
def known_mappings() -> tuple[ColumnMapping, ...]:
    """The mappings that Kho ships, by name."""
    files = sorted(
        (f for f in resources.files("ingest.mappings").iterdir() if f.name.endswith(".toml")), key=str
    )
    return tuple(parse_mapping(f.read_text(encoding="utf-8")) for f in files)


def mappings_for(given: str | None) -> tuple[ColumnMapping, ...]:
    """The mappings to try: the one given by name or by the path of a TOML file, else all known ones.

    Raises PathNotFound for a name that is neither, MappingBroken for a file that is no mapping.
    """
    if given is None:
        return known_mappings()
    named = tuple(m for m in known_mappings() if m.name == given)
    if named:
        return named
    path = Path(given)
    if not path.is_file():
        raise PathNotFound(path=given)
    try:
        return (parse_mapping(path.read_text(encoding="utf-8")),)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MappingBroken(path=given, reason=f"{type(error).__name__}: {error}") from error


def heading_key(value: Value) -> str:
    """A heading as it is compared; out of TCVN3 or VNI where it is written so."""
    text = as_received(value)
    encoding = legacy_encoding(text)
    return fold_words(from_legacy(text, encoding) if encoding else text)


def best_fit(table: Table, mappings: Iterable[ColumnMapping]) -> Fit | None:
    """The mapping and header row that fit a table best; None where none fits well enough."""
    rows = list(islice(table.rows(), _HEADER_WITHIN + 2))
    fits = [
        fit
        for mapping in mappings
        for index in range(min(_HEADER_WITHIN, len(rows)))
        if (fit := _fit(mapping, rows, index)) is not None
    ]
    return max(fits, key=lambda f: (f.share, -f.header_row), default=None)


def _fit(mapping: ColumnMapping, rows: list[Row], index: int) -> Fit | None:
    number, header = rows[index]
    keys = [heading_key(v) for v in header]
    positions = _positions(mapping, keys)
    found = [c for c in mapping.columns if c.field in positions]
    share = len(found) / len(mapping.columns)
    if share < _ENOUGH:
        return None
    taken = set(positions.values())
    return Fit(
        mapping=mapping,
        positions=positions,
        missing=tuple(c for c in mapping.columns if not _is_there(c.field, positions)),
        extra=tuple(i for i, key in enumerate(keys) if key and i not in taken),
        header_row=number,
        first_row=_first_row(mapping, positions, rows[index:]),
        header=tuple(map(as_received, header)),
        share=share,
    )


def _first_row(mapping: ColumnMapping, positions: Mapping[str, int], rows: list[Row]) -> int:
    """The first row of data below the headings `rows[0]`: behind their English names, and the columns' numbers."""
    first = rows[0][0] + 1
    for number, values in rows[1:3]:
        if not (_is_english(mapping, positions, [heading_key(v) for v in values]) or _is_numbering(values)):
            break
        first = number + 1
    return first


def _is_numbering(values: tuple[Value, ...]) -> bool:
    """Whether a row only numbers its columns: 1, 2, 3 ... or (1), (2), (3) ..."""
    told = [as_received(v).strip(" ()[]") for v in values]
    return len(told) >= _NUMBERED and [t for t in told if t] == [str(n) for n in range(1, len(told) + 1)]


def _is_there(field: str, positions: Mapping[str, int]) -> bool:
    """Whether a field has its column; one column with the whole date stands for day, month and year, and they for it."""
    base, _, part = field.rpartition(".")
    whole = field if part not in ("day", "month", "year") else base
    return field in positions or whole in positions or (whole == field and f"{field}.year" in positions)


def _positions(mapping: ColumnMapping, keys: list[str]) -> dict[str, int]:
    """Field to column index; of several columns with one heading, the block that it stands in decides."""
    border = _border(mapping, keys)
    positions: dict[str, int] = {}
    taken: set[int] = set()
    for column in (*mapping.columns, *mapping.optional):
        places = [i for i, key in enumerate(keys) if key in column.names and i not in taken]
        if _is_twice(mapping, column):
            document = column.field.startswith("document.")
            places = [i for i in places if (i >= border) == document]
        if places and column.field not in positions:
            positions[column.field] = places[0]
            taken.add(places[0])
    return positions


def _is_twice(mapping: ColumnMapping, column: Column) -> bool:
    return any(c is not column and c.names & column.names for c in mapping.columns)


def _border(mapping: ColumnMapping, keys: list[str]) -> int:
    """The index of the first column that only a document can have."""
    own = set().union(
        *(c.names for c in mapping.columns if c.field.startswith("document.") and not _is_twice(mapping, c))
    )
    return next((i for i, key in enumerate(keys) if key in own), len(keys))


def _is_english(mapping: ColumnMapping, positions: Mapping[str, int], below: list[str]) -> bool:
    names = [(positions[c.field], c.english) for c in mapping.columns if c.english and c.field in positions]
    hits = sum(i < len(below) and below[i] == english for i, english in names)
    return bool(names) and hits * 2 >= len(names)
