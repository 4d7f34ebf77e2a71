"""Paper registers out of spreadsheets: which column is what, its heading tells; a row with a secrecy mark is left where it is."""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Final

from ingest.delivery_columns import heading_key
from ingest.delivery_tables import read_tables
from ingest.sheet import Row, Table, as_received
from standards.errors import KhoError
from standards.secrecy import secrecy_word, secret_mode
from standards.vietnamese import fold_words, nfc

_WITHIN: Final = 15  # rows: titles and notes above the headings
_SPAN: Final = re.compile(r"\s*(?:-|–|—|đến|to)\s*")


class NoRegister(KhoError):
    """A spreadsheet that is no register."""

    code = "no-register"
    exit_code = 2
    vi = "Trong {path} không có bảng nào có cột tiêu đề hồ sơ (và hồ sơ số hoặc hộp số). Xem access/register_columns.toml."
    en = "{path} has no table with a column for the title of a hồ sơ (and its number or box). See access/register_columns.toml."


@dataclass(slots=True)
class PaperRegister:
    """What a spreadsheet tells: hồ sơ with their documents, and the rows that were left out: sealed, and without a title."""

    files: list[tuple[dict[str, str], list[dict[str, str]]]] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)


@functools.cache
def _columns() -> Mapping[str, tuple[str, str]]:
    """(part, field) by heading."""
    data = tomllib.loads((resources.files("access") / "register_columns.toml").read_text(encoding="utf-8"))
    return {
        fold_words(h): (part, name)
        for part, names in data.items()
        for name, headings in names.items()
        for h in headings
    }


def read_register(path: Path) -> PaperRegister:
    """Read every sheet that is a register. Raises SheetRefused, NoRegister."""
    found, any_ = PaperRegister(), False
    for table in read_tables(path):
        header = _header(table)
        if header is not None:
            any_ = True
            _read(table, *header, found)
    if not any_:
        raise NoRegister(path=path.name)
    return found


def _header(table: Table) -> tuple[int, Mapping[int, tuple[str, str]]] | None:
    for number, values in islice(table.rows(), _WITHIN):
        fields = {i: f for i, v in enumerate(values) if (f := _columns().get(heading_key(v)))}
        named = set(fields.values())
        if ("file", "title") in named and named & {
            ("file", "number"),
            ("file", "box"),
            ("file", "inventory"),
        }:
            return number, fields
    return None


def _read(table: Table, header: int, fields: Mapping[int, tuple[str, str]], found: PaperRegister) -> None:
    last: tuple[str, ...] = ()
    sealed_file = False
    for row in table.rows():
        if row[0] <= header or _is_numbering(row):
            continue
        place = f"{table.name}!{row[0]}"
        file, document, secret = _fields(row, fields)
        begins = bool(file.get("title")) and (key := _key(file)) != last
        if begins:
            last, sealed_file = key, secret
        if secret or (sealed_file and not begins):
            found.sealed.append(place)
            if secret and not begins and found.files and not sealed_file:
                found.sealed.append(f"{table.name}: {_key(found.files.pop()[0])[1]}")
                sealed_file = True
            continue
        if begins:
            found.files.append((file, []))
        elif not last:
            found.empty.append(place)
            continue
        if document.get("title") or document.get("number"):
            below = found.files[-1][1]
            below.append({**document, "order": str(len(below) + 1)})
        elif not begins:
            found.empty.append(place)


def _key(file: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(file.get(name, "") for name in ("inventory", "number", "box", "title"))


def _fields(row: Row, fields: Mapping[int, tuple[str, str]]) -> tuple[dict[str, str], dict[str, str], bool]:
    parts: dict[str, dict[str, str]] = {"file": {}, "document": {}, "secrecy": {}}
    secret = False
    for index, value in enumerate(row[1]):
        text = nfc(as_received(value)).strip()
        secret = secret or bool(secrecy_word(text))
        if text and index in fields:
            part, name = fields[index]
            parts[part][name] = text
            secret = secret or (part == "secrecy" and bool(secret_mode(text)))
    file = parts["file"]
    if span := file.pop("span", ""):
        ends = _SPAN.split(span, maxsplit=1)
        file |= {"start": file.get("start", ends[0]), "end": file.get("end", ends[-1])}
    return file, parts["document"], secret


def _is_numbering(row: Row) -> bool:
    """A row that numbers the columns: 1 2 3 4, or (1) (2) (3)."""
    cells = [as_received(v).strip(" ()") for v in row[1] if as_received(v).strip()]
    return len(cells) > 2 and cells == [str(n) for n in range(1, len(cells) + 1)]
