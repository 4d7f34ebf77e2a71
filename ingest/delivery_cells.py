"""Cells to fields: text tidied, words to codes, numbers and dates read, with a finding wherever that changes a meaning."""

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ingest.delivery_columns import Fit
from ingest.sheet import NoResult, Value, as_received, cell_name
from repository.packages import DeliveredFile
from standards import dates, notation
from standards.codes import FieldRule, code_list, field_rules, word_of
from standards.findings import Finding, finding
from standards.shown import escape_controls, for_people
from standards.vietnamese import from_legacy, legacy_encoding, nfc

_ERRORS: Final = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
_UNSEEN: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_EPOCH: Final = dt.datetime(1899, 12, 30)
_PROBLEMS: Final = {
    dates.DateProblem.IMPOSSIBLE: "DLV-DATE-IMPOSSIBLE",
    dates.DateProblem.UNCLEAR: "DLV-DATE-UNCLEAR",
    dates.DateProblem.INCOMPLETE: "DLV-DATE-INCOMPLETE",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A table of the delivery: the list it is in, its name, and the mapping laid over it."""

    file: DeliveredFile
    table: str
    fit: Fit


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of data: its table, its number as the sheet shows it, its values."""

    source: Source
    number: int
    values: tuple[Value, ...]

    def value(self, name: str) -> Value:
        """The value of a mapped field (`document.path`); None where there is no such column or cell."""
        index = self.source.fit.positions.get(name, -1)
        return self.values[index] if 0 <= index < len(self.values) else None

    def text(self, name: str) -> str:
        """The same as tidy text."""
        return tidy(self.value(name)).text

    def cell(self, name: str) -> str | None:
        """The cell of a mapped field, `Sheet1!AB12`; of a date in three cells, the first of them that there is."""
        positions = self.source.fit.positions
        index = next((positions[n] for n in (name, f"{name}.day", f"{name}.year") if n in positions), None)
        return None if index is None else cell_name(self.source.table, index, self.number)


class RowCells(Mapping[str, str]):
    """The cells of a row's fields by id, made when asked for: 12,000 rows need no dictionary each."""

    __slots__ = ("_block", "_row")

    def __init__(self, row: ListRow, block: str) -> None:
        self._row, self._block = row, block

    def __getitem__(self, name: str) -> str:
        cell = self._row.cell(f"{self._block}.{name}")
        if cell is None:
            raise KeyError(name)
        return cell

    def __iter__(self) -> Any:
        names = (f.split(".") for f in self._row.source.fit.positions if f.startswith(self._block + "."))
        return iter(dict.fromkeys(parts[1] for parts in names))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True)
class Tidy:
    """A value as text: NFC, blanks single; `controls` where invisible signs were taken out, `legacy` the encoding
    that it was converted from, `raw` the text as received where anything but blanks and NFC changed."""

    text: str
    raw: str | None = None
    controls: bool = False
    legacy: str | None = None


def tidy(value: Value) -> Tidy:
    """A cell's text. Line breaks and tabs are blanks; control characters go; TCVN3 and VNI become Unicode."""
    return _tidy(as_received(value)) if value is not None else _EMPTY


_EMPTY: Final = Tidy("")


@functools.lru_cache(maxsize=131072)
def _tidy(received: str) -> Tidy:
    if received.isascii() and received.isprintable():
        return Tidy(" ".join(received.split()))
    encoding = legacy_encoding(received)
    text = from_legacy(received, encoding) if encoding else nfc(received)
    spaced = " ".join(_UNSEEN.sub("", text).split())
    clean = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    changed = encoding is not None or clean != spaced
    return Tidy(clean, escape_controls(received) if changed else None, clean != spaced, encoding)


def sheet_path(row: ListRow) -> str:
    """The list that a row is in, as a path for people."""
    return for_people(row.source.file.path)


def file_block(row: ListRow) -> tuple[Value, ...]:
    """The values of the columns that describe the hồ sơ."""
    return tuple(row.value(n) for n in row.source.fit.positions if n.startswith("file."))


def cell_finding(row: ListRow, code: str, name: str, /, **values: Any) -> Finding:
    """A finding about the cell of a mapped field, with its list and its cell."""
    return finding(code, path=sheet_path(row), cell=row.cell(name), **values)


@dataclass(slots=True)
class Reader:
    """Reads the fields of one block of a row and notes what is wrong, each with its cell."""

    row: ListRow
    block: str
    fields: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, name: str, /, **values: Any) -> None:
        """A finding about a field's cell."""
        self.findings.append(cell_finding(self.row, code, f"{self.block}.{name}", **values))

    def read(self) -> dict[str, str]:
        """All fields of the block that the row holds, coded and normal; what was received stays in `x_raw_<id>`."""
        for name, rule in field_rules(self.block).items():
            before = len(self.findings)
            if rule.kind == "date":
                self._date(name, rule)
            else:
                self._cell(name, rule)
            if rule.missing and name not in self.fields and len(self.findings) == before:
                self._missing(name, rule)
        if self.block == "document":
            self._number_and_notation()
        return self.fields

    def _missing(self, name: str, rule: FieldRule) -> None:
        if name != "docOrdinal":  # the order has findings of its own
            code = "DLV-FIELD-REQUIRED" if rule.missing == "MUST" else "DLV-FIELD-MISSING"
            self.note(code, name, field=rule.vi, field_en=rule.en)

    def _cell(self, name: str, rule: FieldRule) -> None:
        value = self.row.value(f"{self.block}.{name}")
        if value is None or self._is_formula(value, name):
            return
        if isinstance(value, dt.date | dt.time) and rule.kind != "number":
            self.note("DLV-DATE-CELL", name, field=rule.vi, field_en=rule.en, value=as_received(value))
        clean = tidy(value)
        if clean.controls:
            self.note("DLV-CONTROL-CHARS", name, field=rule.vi, field_en=rule.en)
        if not clean.text:
            return
        if clean.raw is not None:
            self.fields[f"x_raw_{name}"] = clean.raw
        _KINDS[rule.kind](self, name, rule, clean.text)

    def _is_formula(self, value: Value, name: str) -> bool:
        shown = "=" if isinstance(value, NoResult) else value
        if shown == "=" or (isinstance(shown, str) and shown in _ERRORS):
            self.note("DLV-FORMULA", name, value=shown)
            return True
        return False

    def _text(self, name: str, rule: FieldRule, text: str) -> None:
        self.fields[name] = text
        if rule.max and len(text) > rule.max:
            self.note("DLV-TEXT-LONG", name, field=rule.vi, field_en=rule.en, length=len(text), max=rule.max)

    def _code(self, name: str, rule: FieldRule, text: str) -> None:
        codes = code_list(rule.list)
        code = codes.code_of(text)
        if code is None:
            code = codes.fallback
            used = word_of(rule.list, code) if code else "–"
            self.note("DLV-CODE-UNKNOWN", name, field=rule.vi, field_en=rule.en, value=text, used=used)
        if code is not None:
            self.fields[name] = code
        if code != text:
            self.fields.setdefault(f"x_raw_{name}", text)

    def _count(self, name: str, rule: FieldRule, text: str) -> None:
        number = whole_number(text)
        if number is not None:
            self.fields[name] = str(number)
        elif name != "docOrdinal":
            self.note("DLV-NUMBER", name, field=rule.vi, field_en=rule.en, value=text)
        if self.fields.get(name) != text:
            self.fields.setdefault(f"x_raw_{name}", text)

    def _date(self, name: str, rule: FieldRule) -> None:
        whole = self.row.value(f"{self.block}.{name}")
        cells = [self.row.value(f"{self.block}.{name}.{part}") for part in ("day", "month", "year")]
        if any(v is not None and self._is_formula(v, name) for v in (whole, *cells)):
            return
        read, raw = read_date(whole, cells)
        if read.edtf:
            self.fields[name] = read.edtf
        if read.problem:
            self.note(_PROBLEMS[read.problem], name, field=rule.vi, field_en=rule.en, value=raw)
        if raw and (read.problem or not _is_plain(raw)):
            self.fields[f"x_raw_{name}"] = raw

    def _number_and_notation(self) -> None:
        received = {n: self.fields.get(n, "") for n in ("codeNumber", "codeNotation")}
        pair = notation.clean_pair(received["codeNumber"], received["codeNotation"])
        for (name, raw), clean in zip(received.items(), pair, strict=True):
            if clean == raw:
                continue
            if raw:
                self.fields.setdefault(f"x_raw_{name}", raw)
            self.fields[name] = clean
            if not clean:
                del self.fields[name]


_KINDS: Final = {"text": Reader._text, "key": Reader._text, "code": Reader._code, "number": Reader._count}


def whole_number(text: str) -> int | None:
    """A count written as a number ("1", "01", "1.0"); None for anything else."""
    m = re.fullmatch(r"(\d{1,9})(?:[.,]0+)?", text)
    return int(m[1]) if m else None


def _is_plain(raw: str) -> bool:
    return re.fullmatch(r"(?:\d{1,2}/)?(?:\d{1,2}/)?\d{4}", raw) is not None


def read_date(whole: Value, cells: list[Value]) -> tuple[dates.ReadDate, str]:
    """A date from one cell, or else from day, month and year cells, and what was written there.

    A whole date typed into the day cell counts where month and year are empty or agree with it.
    """
    if whole is not None and as_received(whole).strip():
        text = tidy(whole).text
        return dates.from_text(text), text
    texts = [_part(value) for value in cells]
    raw = "/".join(t for t in texts if t)
    for i, text in enumerate(texts):
        others = [t for j, t in enumerate(texts) if j != i and t]
        if len(text) > 4 and (not others or _agree(text, texts)):
            return dates.from_text(text), raw
    return dates.from_cells(*texts), raw


def _agree(text: str, texts: list[str]) -> bool:
    read = dates.from_text(text).edtf
    if read is None or read.count("-") != 2:
        return False
    year, month, _ = read.split("-")
    return whole_number(texts[1]) in (None, int(month)) and whole_number(texts[2]) in (None, int(year))


def _part(value: Value) -> str:
    """A day, month or year cell as text.

    A number in a cell formatted as a date comes as a day of 1900 or thereabouts: what was typed is its serial number.
    """
    if isinstance(value, dt.datetime):
        serial = (value - _EPOCH).days
        serial -= value < dt.datetime(1900, 3, 1)
        return str(serial) if serial <= dates.LAST_YEAR else value.date().isoformat()
    return tidy(value).text
