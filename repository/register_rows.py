"""The catalogue's rows about the register of a fonds, and how an act of arrangement makes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg

from repository import catalogue
from repository.decisions import Decision, time_of
from repository.queries import sql

PAPER: Final = "giấy:"  # before the id of an entry, as the key of a paper hồ sơ on a list


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry of the register. `preserved`, `term` and `aip_key` are what the catalogue knows of the preserved hồ sơ or
    document that it belongs to; `held` whether that is still there; `decided` and `years` the term that was decided for it."""

    id: UUID
    kind: str
    agency: str
    fonds: str
    parent: UUID | None
    aip: str
    document: str
    fields: Mapping[str, str]
    aip_key: str | None
    preserved: Mapping[str, str]
    term: str
    ordinal: int | None
    held: bool
    decided: str | None
    years: int | None


@dataclass(frozen=True, slots=True)
class ArrangementRow:
    """An act of arrangement: what was done to how many entries, and what took it back."""

    id: UUID
    agency: str
    fonds: str
    what: str
    changed: int
    made_by: str
    made_at: datetime
    undoes: UUID | None
    undone_by: UUID | None


def entries(
    connection: psycopg.Connection, *, agency: str | None = None, fonds: str | None = None, kind: str | None = None,
    parents: Sequence[UUID] | None = None, ids: Sequence[UUID] | None = None,
) -> list[EntryRow]:  # fmt: skip
    """The entries that are there, of a fonds, a kind, some hồ sơ, or by id."""
    with connection.cursor(row_factory=psycopg.rows.class_row(EntryRow)) as cursor:
        asked = {"agency": agency, "fonds": fonds, "kind": kind, "parents": parents, "ids": ids}
        return cursor.execute(sql("register_entries"), asked).fetchall()


def states(connection: psycopg.Connection, ids: Sequence[UUID]) -> dict[str, dict[str, Any]]:
    """The states of some entries by id, in the shape of a decision."""
    found = connection.execute(sql("register_states"), {"ids": ids}).fetchall()
    return {str(row[0]): state(*row[1:]) for row in found}


def state(
    kind: str,
    agency: str,
    fonds: str,
    parent: UUID | None,
    aip: str,
    document: str,
    fields: Mapping[str, str],
) -> dict[str, Any]:
    """A state in the shape of a decision."""
    return {"kind": kind, "agency": agency, "fonds": fonds, "parent": parent and str(parent), "aip": aip,
            "document": document, "fields": dict(fields)}  # fmt: skip


def restore_arrangement(connection: psycopg.Connection, decision: Decision) -> None:
    """What an act of arrangement changed."""
    changes, undoes = decision["changes"], decision.get("undoes")
    catalogue.do(connection, "new_arrangement", id=decision["id"], agency=decision["agency"], fonds=decision["fonds"],
                 what=decision["what"], changed=len(changes), by=decision["decided_by"], time=time_of(decision),
                 undoes=undoes)  # fmt: skip
    if undoes:
        catalogue.do(connection, "arrangement_undone", id=undoes, by=decision["id"])
    catalogue.do_many(
        connection, "put_register_entry", ({"id": c["entry"], **c["after"]} for c in changes if c["after"])
    )
    catalogue.do_many(
        connection, "register_entry_gone", ({"id": c["entry"]} for c in changes if not c["after"])
    )
    catalogue.do_many(
        connection, "new_register_change",
        ({**change, "arrangement": decision["id"], "ordinal": n} for n, change in enumerate(changes, start=1)),
    )  # fmt: skip


def move_paper(
    connection: psycopg.Connection, decision: Decision, keys: Sequence[str], custodian: str
) -> None:
    """Paper hồ sơ have another custodian: a change of the register that a handover makes."""
    ids = [UUID(key.removeprefix(PAPER)) for key in keys if key.startswith(PAPER)]
    now = states(connection, ids)
    if not now:
        return
    changes = [{"entry": id, "before": s, "after": {**s, "fields": {**s["fields"], "custodian": custodian}}}
               for id, s in sorted(now.items())]  # fmt: skip
    agency, fonds = next((s["agency"], s["fonds"]) for s in now.values())
    restore_arrangement(connection, {**decision, "agency": agency, "fonds": fonds, "what": "handover",
                                     "changes": changes, "undoes": None})  # fmt: skip
