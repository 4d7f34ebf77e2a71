"""An inspector's question to the journal: what happened to a record or a body, when, by whose decision.

The answer is made of chained entries and of the decisions that they name, read from storage, and of nothing else: whoever has
both can check it. Names and bases stand in the decisions, not in the chain.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from repository.decisions import read_decision
from repository.disposal_rows import tombstone_of
from repository.queries import sql
from repository.store import NoSuchObject, Store


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry of the chain: position, when it happened (ISO), what; `decision` as storage has it, None for an event that is
    none; `missing` where the journal names a decision that storage has not."""

    position: int
    time: str
    step: str
    type: str
    outcome: str
    decision: dict[str, Any] | None
    missing: bool


def asked(
    connection: psycopg.Connection, store: Store, *, aip: str = "", agency: str = "", fonds: str = ""
) -> list[Answer]:
    """Everything about a record (with its body and fonds), or about a body alone, in the order of the chain."""
    about = {"aip": aip, "agency": agency, "fonds": fonds}
    found = connection.execute(sql("decisions_about"), about).fetchall()
    decisions = {row[0] for row in found}
    entries = connection.execute(
        sql("journal_about"), {"aip": aip, "decisions": sorted(decisions)}
    ).fetchall()
    connection.commit()
    return list(_answers(store, decisions, entries))


def _answers(store: Store, decisions: set[str], entries: list[Any]) -> Iterator[Answer]:
    for position, record in entries:
        ids = json.loads(record)["entry"]["ids"]
        id = str(ids.get("id", ""))
        decision, missing = None, False
        if id in decisions and "step" in ids:
            try:
                decision = read_decision(store, id)
            except NoSuchObject:
                missing = True
        yield Answer(int(position), str(ids.get("time") or ids.get("decided_at") or ""), str(ids.get("step") or ""),
                     str(ids.get("type") or ""), str(ids.get("outcome") or ""), decision, missing)  # fmt: skip


def place_of(connection: psycopg.Connection, id: str) -> tuple[str, str, str] | None:
    """(AIP, body, fonds) of a record that is held or was destroyed, by its id or key; None where neither is known."""
    row = connection.execute(sql("aip_place"), {"id": id}).fetchone()
    gone = tombstone_of(connection, id) if row is None else None
    connection.commit()
    if gone is not None:
        return gone.aip, gone.agency, gone.fonds
    return (row[0], row[1], row[2]) if row else None
