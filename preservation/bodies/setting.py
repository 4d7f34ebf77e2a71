"""What is known of one body: recorded as a decision, with the day since when it is true."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from preservation.bodies.codes import block, code
from preservation.bodies.days import before
from repository.bodies import UNKNOWN, Bodies, fact, no_effects, read_bodies
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.store import Store

EVENTS = uuid.UUID("0a5c9f0e-0d6a-5f3b-9a51-6f9f0b8b7c11")  # the namespace of events of bodies
_TOLD = {"name": "renamed", "code": "recoded", "superior": "reordered"}


@dataclass(frozen=True, slots=True)
class Known:
    """What is said of a body. Without `since` it corrects what is known; with it, it is true from that day on."""

    id: str
    name: str | None = None
    block: str | None = None
    level: str | None = None
    superior: str | None = None
    code: str | None = None
    since: dt.date | None = None

    def values(self) -> dict[str, str]:
        """What is said, by kind of fact."""
        said = {"name": self.name, "block": self.block, "level": self.level, "superior": self.superior,
                "code": self.code}  # fmt: skip
        return {kind: value for kind, value in said.items() if value is not None}


def set_body(
    connection: psycopg.Connection, store: Store, known: Known, *, by: str, basis: str
) -> dict[str, Any]:
    """Record what is known of a body; the decision. Raises BadCode, BadBlock."""
    known = Known(
        code(known.id), known.name, block(known.block), known.level, known.superior and code(known.superior),
        known.code and code(known.code), known.since,
    )  # fmt: skip
    with deciding(connection, store) as record:
        bodies = read_bodies(connection)
        effects = no_effects()
        for kind, value in known.values().items():
            effects["facts"] += list(_facts(bodies, known, kind, value))
        if known.id not in bodies.rows and known.since:
            effects["facts"].append(fact(known.id, "life", "", known.since, None))
            effects["events"].append(body_event("established", known.since, known.id, "", basis))
        effects["events"] += list(_changes(bodies, known, basis))
        decision = new_decision(
            "bodies", by=by, basis=basis, act="set", effects=effects, about=[{"agency": known.id}]
        )
        record(decision)
    return decision


def _facts(bodies: Bodies, known: Known, kind: str, value: str) -> Iterator[dict[str, Any]]:
    """The new fact; of a dated one also the end of the one before it."""
    told = sorted((f for f in bodies.facts.get(known.id, ()) if f.kind == kind), key=lambda f: f.valid_from)
    if known.since is None:
        begins, ends = (told[-1].valid_from, told[-1].valid_to) if told else (None, None)
        yield fact(known.id, kind, value, begins, ends)
        return
    earlier = [f for f in told if f.valid_from < known.since]
    later = [f for f in told if f.valid_from > known.since]
    if not earlier and known.id in bodies.rows and kind != "code":
        yield from _undated(bodies, known, kind)
    if earlier and (earlier[-1].valid_to is None or earlier[-1].valid_to >= known.since):
        last = earlier[-1]
        yield fact(known.id, kind, last.value, last.valid_from, before(known.since))
    yield fact(known.id, kind, value, known.since, before(later[0].valid_from) if later else None)


def _undated(bodies: Bodies, known: Known, kind: str) -> Iterator[dict[str, Any]]:
    """What the catalogue knew without days was true until the new fact begins."""
    row = bodies.rows[known.id]
    before_it = {"name": row.name, "block": row.block, "level": row.level}.get(kind)
    if before_it and known.since and before_it != known.id:
        yield fact(known.id, kind, before_it, UNKNOWN, before(known.since))


def _changes(bodies: Bodies, known: Known, basis: str) -> Iterator[dict[str, Any]]:
    """Events: another name, code or superior from a day on."""
    if known.since is None or known.id not in bodies.rows:
        return
    for kind, value in known.values().items():
        if kind in _TOLD and bodies.of(known.id, kind, before(known.since)) != value:
            other = value if kind == "superior" else ""
            yield body_event(_TOLD[kind], known.since, known.id, other, basis)


def body_event(type: str, date: dt.date, agency: str, other: str, basis: str) -> dict[str, Any]:
    """An event of a body in the shape of a decision; the same event always has the same id."""
    made = uuid.uuid5(EVENTS, f"{type}|{date}|{agency}|{other}")
    return {"id": str(made), "type": type, "date": date.isoformat(), "agency": agency, "other": other,
            "basis": basis}  # fmt: skip
