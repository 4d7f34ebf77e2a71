"""The bodies that make and hold records, over time: what is true of each on a day, and who follows whom.

A body is known for ever by the code under which Kho met it first (`id` here; `agency.code` in the catalogue); its codes,
names, block, level and superior each have their days. Provenance never changes: a fonds stays with the body that made it.
Custody does: `custodian`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import psycopg

from repository import catalogue
from repository.decisions import Decision
from repository.rows import AgencyRow

UNKNOWN: Final = dt.date.min  # "since an unknown day"
KINDS: Final = ("life", "name", "code", "block", "level", "superior")
ENDINGS: Final = ("merged_into", "split_into", "dissolved")


@dataclass(frozen=True, slots=True)
class FactRow:
    """What is true of a body from a day to a day, both included; `valid_to` None: still."""

    agency: str
    kind: str
    value: str
    valid_from: dt.date
    valid_to: dt.date | None

    def holds(self, on: dt.date) -> bool:
        """Whether it is true on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class BodyEventRow:
    """What happened to a body: `other` is the body that it became or that took over, `basis` the legal act."""

    id: UUID
    type: str
    date: dt.date
    agency: str
    other: str
    basis: str


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """Who holds a fonds since a day; `fonds` empty: every fonds of the body."""

    agency: str
    fonds: str
    custodian: str
    since: dt.date


@dataclass(slots=True)
class Bodies:
    """All bodies as the catalogue knows them. Build it with `read_bodies`."""

    rows: Mapping[str, AgencyRow]
    facts: Mapping[str, Sequence[FactRow]] = field(default_factory=dict)
    events: Sequence[BodyEventRow] = ()
    custody: Sequence[CustodyRow] = ()

    def find(self, code: str) -> str | None:
        """The body that has or had this code; where several did, the one that had it last."""
        if code in self.rows:
            return code
        had = [f for facts in self.facts.values() for f in facts if f.kind == "code" and f.value == code]
        return max(had, key=lambda f: f.valid_from).agency if had else None

    def of(self, id: str, kind: str, on: dt.date) -> str:
        """What is true of a body on a day, else what the catalogue knows without days; empty where nothing is."""
        known = [f for f in self.facts.get(id, ()) if f.kind == kind]
        for fact in known:
            if fact.holds(on):
                return fact.value
        if known and kind != "code":
            return ""
        row = self.rows[id]
        undated = {"name": row.name, "code": id, "block": row.block, "level": row.level}
        return undated.get(kind) or ""

    def name(self, id: str, on: dt.date) -> str:
        """Its name on a day; of a body that is not there any more or not yet, the nearest in time."""
        names = sorted((f for f in self.facts.get(id, ()) if f.kind == "name"), key=lambda f: f.valid_from)
        before = [f for f in names if f.valid_from <= on]
        return (before[-1] if before else names[0]).value if names else self.rows[id].name

    def names(self, id: str) -> list[str]:
        """Every name it ever had."""
        return list(
            dict.fromkeys(f.value for f in self.facts.get(id, ()) if f.kind == "name")
        ) or [self.rows[id].name]  # fmt: skip

    def life(self, id: str) -> tuple[dt.date | None, dt.date | None]:
        """The first and the last day of a body, None where unknown or not yet ended."""
        lives = [f for f in self.facts.get(id, ()) if f.kind == "life"]
        if not lives:
            return None, None
        first, last = min(f.valid_from for f in lives), max(lives, key=lambda f: f.valid_from).valid_to
        return (None if first == UNKNOWN else first), last

    def lives(self, id: str, on: dt.date) -> bool:
        """Whether a body is there on a day; one whose days nobody recorded is."""
        lives = [f for f in self.facts.get(id, ()) if f.kind == "life"]
        return not lives or any(f.holds(on) for f in lives)

    def successors(self, id: str, on: dt.date) -> list[BodyEventRow]:
        """How a body ended, up to a day: what it was merged into, or split into."""
        return [e for e in self.events if e.agency == id and e.type in ENDINGS and e.date <= on]

    def predecessors(self, id: str) -> list[BodyEventRow]:
        """The bodies that this one follows."""
        return [e for e in self.events if e.other == id and e.type in ENDINGS]

    def custodian(self, agency: str, fonds: str, on: dt.date) -> str:
        """Who holds a fonds on a day: whom the last decision names, else the body that made it; of one that was merged
        since, the body that it became (TT 06/2025/TT-BNV)."""
        told = [c for c in self.custody if c.agency == agency and c.fonds in ("", fonds) and c.since <= on]
        holder = max(told, key=lambda c: (c.since, c.fonds != "")).custodian if told else agency
        return self.heir(holder, on)

    def heir(self, holder: str, on: dt.date) -> str:
        """Who holds on a day what a body held: itself while it lives, then the one body that it was merged into."""
        seen = {holder}
        while not self.lives(holder, on):
            after = {e.other for e in self.successors(holder, on) if e.type == "merged_into"} & set(self.rows)
            if len(after) != 1 or after & seen:
                break
            seen |= after
            holder = after.pop()
        return holder

    def line(self, id: str) -> Iterator[str]:
        """A body and all that follow it or came before it, each once."""
        todo, seen = [id], set()
        while todo:
            one = todo.pop()
            if one in seen or one not in self.rows:
                continue
            seen.add(one)
            yield one
            todo += [e.other for e in self.events if e.agency == one and e.type in ENDINGS and e.other]

    def below(self, superior: str, on: dt.date) -> list[str]:
        """The bodies whose superior this one is on a day; '' gives those without one."""
        there = (id for id in self.rows if self.lives(id, on))
        return sorted(id for id in there if self.of(id, "superior", on) == superior)


def read_bodies(connection: psycopg.Connection) -> Bodies:
    """All bodies, a few rows each."""
    rows = catalogue.many(connection, AgencyRow, "agencies")
    facts: dict[str, list[FactRow]] = {}
    for fact in catalogue.many(connection, FactRow, "agency_facts"):
        facts.setdefault(fact.agency, []).append(fact)
    return Bodies(
        rows={row.code: row for row in rows},
        facts=facts,
        events=catalogue.many(connection, BodyEventRow, "agency_events"),
        custody=catalogue.many(connection, CustodyRow, "custodies"),
    )


def restore_bodies(connection: psycopg.Connection, decision: Decision) -> None:
    """The rows of a decision about bodies (docs/format.md): facts, events, custody, fonds."""
    effects = decision["effects"]
    touched = sorted({f["agency"] for f in effects["facts"]})
    for id in touched:
        catalogue.do(connection, "ensure_agency", code=id)
    catalogue.do_many(connection, "put_agency_fact", map(_dated, effects["facts"]))
    catalogue.do_many(connection, "put_agency_event", effects["events"])
    catalogue.do_many(connection, "put_custody", effects["custody"])
    catalogue.do_many(connection, "close_fonds", effects["fonds"])
    for id in touched:
        catalogue.do(connection, "refresh_agency", code=id)
    for id in sorted({*touched, *(c["agency"] for c in effects["custody"])}):
        catalogue.do(connection, "agency_needs_index", agency=id)


def _dated(fact: Mapping[str, Any]) -> dict[str, Any]:
    return {**fact, "from": fact["from"] or UNKNOWN.isoformat()}


def no_effects() -> dict[str, list[dict[str, Any]]]:
    """The empty shape of a decision's effects, to be filled."""
    return {"facts": [], "events": [], "custody": [], "fonds": []}


def fact(agency: str, kind: str, value: str, since: dt.date | None, until: dt.date | None) -> dict[str, Any]:
    """A fact in the shape of a decision."""
    begins = since.isoformat() if since and since != UNKNOWN else None
    return {"agency": agency, "kind": kind, "value": value, "from": begins, "to": until and until.isoformat()}


def closed(facts: Iterable[FactRow], last: dt.date) -> Iterator[dict[str, Any]]:
    """The facts that reach beyond a day, ended on it."""
    for each in facts:
        if each.valid_from <= last and (each.valid_to is None or each.valid_to > last):
            yield fact(each.agency, each.kind, each.value, each.valid_from, last)
