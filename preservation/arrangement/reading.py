"""What the register says of an entry: its own words, else those of the preserved hồ sơ or document."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from preservation.retention.explaining import term_words
from preservation.retention.reading import of_document
from preservation.retention.terms import PERMANENT, YEARS, Term, is_due, last_day
from repository.register_rows import EntryRow
from standards.vietnamese import fold_words

FILE_FIELDS: Final = (
    "inventory", "box", "grouped", "number", "code", "title", "start", "end", "sheets", "term", "condition", "note",
    "excluded", "lent_to", "lent_until", "custodian",
)  # fmt: skip
DOCUMENT_FIELDS: Final = ("order", "number", "date", "organ", "title", "sheet", "note")
_OF_FILE: Final = {"inventory": "x_inventory", "box": "x_box", "number": "fileCode", "title": "title",
                   "start": "startDate", "end": "endDate", "sheets": "numberOfPaper", "note": "description"}  # fmt: skip
_OF_DOCUMENT: Final = {"date": "issuedDate", "organ": "organName", "title": "subject", "sheet": "x_sheet_number",
                       "note": "description"}  # fmt: skip
_PARTS: Final = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as people see it: `fields` by the names above, all of them there; `kept` is paper or digital."""

    id: UUID
    kind: str
    agency: str
    fonds: str
    parent: UUID | None
    aip: str
    kept: str
    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields[name]


def read(row: EntryRow) -> Entry:
    """An entry with all its fields."""
    known = _of_file(row) if row.kind == "file" else _of_document(row)
    names = FILE_FIELDS if row.kind == "file" else DOCUMENT_FIELDS
    fields = {name: row.fields.get(name, known.get(name, "")) for name in names}
    return Entry(row.id, row.kind, row.agency, row.fonds, row.parent, row.aip,
                 "digital" if row.aip else "paper", fields)  # fmt: skip


def _of_file(row: EntryRow) -> dict[str, str]:
    found = {name: str(row.preserved.get(theirs, "")) for name, theirs in _OF_FILE.items()}
    term = term_words(Term(row.decided, row.years), "vi") if row.decided else row.term
    return found | {"term": term, "code": row.aip_key or ""}


def _of_document(row: EntryRow) -> dict[str, str]:
    found = {name: str(row.preserved.get(theirs, "")) for name, theirs in _OF_DOCUMENT.items()}
    number, notation = row.preserved.get("codeNumber", ""), row.preserved.get("codeNotation", "").strip(" /")
    order = "" if row.ordinal is None else str(row.ordinal)
    return found | {"number": "/".join(p for p in (number, notation) if p), "order": order}


def natural(text: str) -> tuple[Any, ...]:
    """A key that sorts 2 before 10, and words without marks."""
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, fold_words(p)) for p in _PARTS.split(text) if p)


def in_order(entry: Entry) -> tuple[Any, ...]:
    """The order of an inventory: inventory, box, number; of documents their order."""
    names = ("inventory", "box", "number", "title") if entry.kind == "file" else ("order", "sheet", "date")
    return (entry.agency, entry.fonds, *(natural(entry[name]) for name in names), str(entry.id))


def term_of(entry: Entry) -> Term:
    """The term of a hồ sơ of the register; open where nobody said one that is understood."""
    said = entry["term"]
    return Term(PERMANENT) if "vinh vien" in fold_words(said) else of_document("", said)


def last_day_of(entry: Entry) -> dt.date | None:
    """The last day of its term; None where it is permanent or cannot be told: no year is guessed."""
    years = re.findall(r"(?<!\d)(?:1[89]|20|21)\d\d(?!\d)", entry["end"])
    term = term_of(entry)
    if term.kind != YEARS or len(set(years)) != 1:
        return None
    return last_day(term, closed_year=int(years[0]))


def due_on(entry: Entry, on: dt.date) -> bool:
    """Whether its term has run out on a day."""
    return is_due(last_day_of(entry), on)
