"""The catalogue's rows about retention: schedules' rules, decided terms, events that terms wait for."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from repository import catalogue
from repository.bodies import Bodies
from repository.decisions import Decision, time_of
from repository.queries import sql


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of a schedule. `blocks` and `levels` empty: all; `valid_from` None: since an unknown day."""

    schedule: str
    code: str
    title: str
    grouped: str
    subcase: str
    kind: str
    years: int | None
    trigger: str
    maintenance: str
    disposition: str
    legal_basis: str
    status: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    blocks: Sequence[str]
    levels: Sequence[str]
    evidence: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A hồ sơ with all that its term is told from: what the delivery proposed, its documents' terms, the newest
    decision (None where nobody decided), the event that its term waits for, and whom it was handed over to."""

    id: str
    key: str
    agency: str
    fonds: str
    block: str | None
    level: str | None
    title: str
    keyword: str
    end_date: str
    retention: Mapping[str, Any]
    stored_at: datetime
    last_date: str
    document_terms: Sequence[Sequence[str]]
    decision: UUID | None
    kind: str | None
    years: int | None
    schedule: str | None
    code: str | None
    rule_title: str | None
    legal_basis: str | None
    rule_from: dt.date | None
    rule_to: dt.date | None
    closed_year: int | None
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    event_date: dt.date | None
    event_what: str | None
    held_by: str | None
    held_since: dt.date | None

    def custodian(self, bodies: Bodies, on: dt.date) -> str:
        """Who holds it on a day: whom it was handed over to, else who holds its fonds."""
        if self.held_by is not None and self.held_since is not None and self.held_since <= on:
            return bodies.heir(self.held_by, on)
        return bodies.custodian(self.agency, self.fonds, on)


def rules(connection: psycopg.Connection) -> list[RuleRow]:
    """Every rule of every schedule."""
    return catalogue.many(connection, RuleRow, "retention_rules")


def records(
    connection: psycopg.Connection, *, ids: list[str] | None = None, agency: str | None = None
) -> Iterator[RecordRow]:
    """Hồ sơ with their terms as a stream, in the order of keys: all, those asked for, or one body's."""
    with connection.cursor(name="records", row_factory=class_row(RecordRow)) as cursor:
        yield from cursor.execute(sql("records_with_terms"), {"ids": ids, "agency": agency})


def record(connection: psycopg.Connection, aip: str) -> RecordRow | None:
    """One hồ sơ with its term."""
    return next(iter(list(records(connection, ids=[aip]))), None)


def restore_schedule(connection: psycopg.Connection, decision: Decision) -> None:
    """The rules of a schedule, or its end."""
    if decision["act"] == "supersede":
        catalogue.do(connection, "supersede_schedule", schedule=decision["schedule"], valid_to=decision["valid_to"],
                     decision=decision["id"])  # fmt: skip
        return
    each = (
        {**rule, "schedule": decision["schedule"], "decision": decision["id"]} for rule in decision["rules"]
    )
    catalogue.do_many(connection, "put_retention_rule", each)


def restore_terms(connection: psycopg.Connection, decision: Decision) -> None:
    """The term that was decided for each of some hồ sơ."""
    rule = decision["rule"] or {}
    common = {
        "decision": decision["id"], "kind": decision["term"]["kind"], "years": decision["term"]["years"],
        "schedule": rule.get("schedule"), "code": rule.get("code"), "title": rule.get("title"),
        "legal_basis": rule.get("legal_basis"), "rule_from": rule.get("valid_from"), "rule_to": rule.get("valid_to"),
        "closed_year": decision["closed_year"], "reason": decision["basis"], "decided_by": decision["decided_by"],
        "decided_at": time_of(decision),
    }  # fmt: skip
    catalogue.do_many(
        connection, "new_retention_term", ({**common, "aip": a["aip"]} for a in decision["about"])
    )


def restore_event(connection: psycopg.Connection, decision: Decision) -> None:
    """The event that the terms of some hồ sơ count from."""
    for about in decision["about"]:
        catalogue.do(connection, "new_retention_event", aip=about["aip"], decision=decision["id"],
                     date=decision["date"], what=decision["what"])  # fmt: skip
