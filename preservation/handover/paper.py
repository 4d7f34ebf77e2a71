"""Paper hồ sơ on the list of a handover: known by the id of their entry in the register, agreed on by eye, moved by the receipt."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import psycopg

from preservation.arrangement.reading import Entry, read, term_of
from preservation.retention.terms import PERMANENT
from repository.bodies import Bodies
from repository.queries import sql
from repository.register_rows import PAPER, entries

_AGREED: Final = ("inventory", "box", "number", "title", "start", "end", "sheets")


def paper_lines(
    connection: psycopg.Connection, bodies: Bodies, *, sender: str, kind: str, on: dt.date
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The lines of the paper hồ sơ that a body holds and may hand over; and those that are left out, with why."""
    frozen = {row[0] for row in connection.execute(sql("frozen_keys")).fetchall()}
    found = [read(row) for row in entries(connection, kind="file") if not row.aip]
    below: dict[Any, Any] = dict(
        connection.execute(sql("register_counts"), {"ids": [e.id for e in found]}).fetchall()
    )
    lines, left = [], {}
    for entry in found:
        if holder(entry, bodies, on) != sender or entry["excluded"]:
            continue
        key = f"{PAPER}{entry.id}"
        why = _why_left(entry, key, kind, frozen)
        if why:
            left[key] = why
        else:
            lines.append(_line(entry, key, int(below.get(entry.id, 0))))
    return lines, left


def holder(entry: Entry, bodies: Bodies, on: dt.date) -> str:
    """Who holds a paper hồ sơ: whom it was handed over to, else who holds its fonds."""
    return (
        bodies.heir(entry["custodian"], on)
        if entry["custodian"]
        else bodies.custodian(entry.agency, entry.fonds, on)
    )


def _why_left(entry: Entry, key: str, kind: str, frozen: set[str]) -> str:
    if key in frozen:
        return "in-handover"
    if entry["lent_to"]:
        return "lent"
    return "not-permanent" if kind == "historical" and term_of(entry).kind != PERMANENT else ""


def _line(entry: Entry, key: str, documents: int) -> dict[str, Any]:
    term = term_of(entry)
    return {"aip": "", "key": key, "version": "", "documents": documents, "files": 0, "bytes": 0,
            "digest": digest_of(entry.fields),
            "term": {"kind": term.kind, "years": term.years, "closed_year": None, "event": None}}  # fmt: skip


def digest_of(fields: Mapping[str, str]) -> str:
    """sha256 over what both sides read on the folder: a line that is changed on the way does not fit."""
    return hashlib.sha256(json.dumps([fields[n] for n in _AGREED], ensure_ascii=True).encode()).hexdigest()


def paper_of(connection: psycopg.Connection, keys: list[str]) -> dict[str, Entry]:
    """The entries of paper lines, by key."""
    ids = [key.removeprefix(PAPER) for key in keys if key.startswith(PAPER)]
    return {f"{PAPER}{row.id}": read(row) for row in entries(connection, ids=ids)} if ids else {}  # type: ignore[arg-type]
