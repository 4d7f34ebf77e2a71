"""What is true of the term of a hồ sơ: which one, since when, until when, and why; or why that cannot be said."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from preservation.retention.reading import of_delivery, of_document
from preservation.retention.terms import (
    OPEN,
    PERMANENT,
    WAIT_FOR_EVENT,
    YEARS,
    Term,
    is_due,
    last_day,
    longest,
)
from repository.retention_rows import RecordRow

NO_TERM: Final = "no-term"
NO_YEAR: Final = "no-closing-year"
LATER_DOCUMENT: Final = "later-document"
NO_EVENT: Final = "no-event"
DOCUMENT_TERM: Final = "document-term"


@dataclass(frozen=True, slots=True)
class Told:
    """The term of a hồ sơ. `source` is decision, delivery or document; `abstains` says why no last day can be told."""

    record: RecordRow
    term: Term
    source: str
    closed_year: int | None
    last: dt.date | None
    abstains: str | None

    def state(self, on: dt.date) -> str:
        """permanent, abstained, running or due."""
        if self.term.kind == PERMANENT:
            return "permanent"
        if self.abstains:
            return "abstained"
        return "due" if is_due(self.last, on) else "running"


def told(record: RecordRow) -> Told:
    """The term of a hồ sơ: a person's decision, else the delivery's; the longest of it and its documents' terms."""
    own, source = _own(record)
    documents = [of_document(code or "", words or "") for code, words in record.document_terms]
    term = longest([own, *documents])
    source = "document" if term != own else source
    year = record.closed_year if record.closed_year is not None else _year(record.end_date)
    abstains = _abstains(record, term, source, year)
    last = None if abstains else last_day(term, closed_year=year, event=record.event_date)
    return Told(record, term, source, year, last, abstains)


def _own(record: RecordRow) -> tuple[Term, str]:
    if record.kind is not None:
        return Term(record.kind, record.years), "decision"
    return of_delivery(record.retention), "delivery"


def _year(edtf: str) -> int | None:
    return int(edtf[:4]) if edtf[:4].isdigit() else None


def _abstains(record: RecordRow, term: Term, source: str, year: int | None) -> str | None:
    """Why no last day can be told. Nothing is guessed: a year that is not known ends no term."""
    if term.kind == PERMANENT:
        return None
    if term.kind == OPEN:
        return DOCUMENT_TERM if source == "document" else NO_TERM
    if term.kind in WAIT_FOR_EVENT:
        return NO_EVENT if record.event_date is None else None
    if year is None:
        return NO_YEAR
    newest = _year(record.last_date)
    if term.kind == YEARS and record.closed_year is None and newest is not None and newest > year:
        return LATER_DOCUMENT
    return None
