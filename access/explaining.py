"""Results that explain themselves: how a query was understood, and where each hit was found."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from access.query import Dated, Notation, Number, Query, Words
from access.snippets import MARK
from standards.dates import for_people


def reading(query: Query) -> Iterator[tuple[str, str]]:
    """How each part of a query that is more than plain words was understood, as (kind, words)."""
    for clause in query.clauses:
        match clause:
            case Words(forms, field) if field:
                yield "field", f"{field}: {forms[0]}"
            case Words(forms) if len(forms) > 1:
                yield "same", " = ".join(forms)
            case Notation(_keys, typed, _number):
                yield "number", typed
            case Number(number, _typed):
                yield "number", number
            case Dated(edtf, _typed, _sure):
                yield "date", for_people(edtf)


def where_found(entry: Mapping[str, Any], marked: Mapping[str, Sequence[str]], query: Query) -> Iterator[str]:
    """Where a hit was found, the most telling place first."""
    if any(_has_number(entry, clause) for clause in query.clauses):
        yield "number"
    issued = entry.get("issued") or ""
    if any(isinstance(c, Dated) and issued.startswith(c.edtf) for c in query.clauses):
        yield "date"
    for name, place in (("title", "title"), ("page_text", "text"), ("context", "context")):
        if any(MARK in text for text in marked.get(name, ())):
            yield place


def _has_number(entry: Mapping[str, Any], clause: object) -> bool:
    match clause:
        case Notation(keys, _typed, number):
            value = entry.get("notation_key" if number else "notation") or ""
            return any(value.startswith(key if number else key.lstrip("|")) for key in keys if key)
        case Number(number, _typed):
            return bool(entry.get("number") == number)
    return False
