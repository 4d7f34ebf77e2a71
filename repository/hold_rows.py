"""The catalogue's rows about holds."""

import datetime as dt
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from repository import catalogue
from repository.decisions import Decision, time_of
from repository.queries import sql


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold: `until` is the day that was named as its end; it stands until a person lifts it."""

    id: UUID
    kind: str
    authority: str
    reason: str
    placed_by: str
    placed_at: datetime
    until: dt.date | None
    lifted_by: str | None
    lifted_at: datetime | None
    lift_reason: str | None


def holds_of(connection: psycopg.Connection, ids: list[str] | None = None) -> dict[str, list[str]]:
    """The holds that stand, by hồ sơ: of some, or of all."""
    found: dict[str, list[str]] = {}
    for aip, hold in connection.execute(sql("held_records"), {"ids": ids}):
        found.setdefault(aip, []).append(str(hold))
    return {aip: sorted(set(holds)) for aip, holds in found.items()}


def restore_hold(connection: psycopg.Connection, decision: Decision) -> None:
    """The row of a hold."""
    catalogue.do(
        connection, "new_hold", id=decision["id"], kind=decision["kind"], authority=decision["authority"],
        reason=decision["basis"], placed_by=decision["decided_by"], placed_at=time_of(decision),
        until=decision["until"],
    )  # fmt: skip


def restore_lift(connection: psycopg.Connection, decision: Decision) -> None:
    """The end of a hold."""
    catalogue.do(connection, "lift_hold", id=decision["hold"], by=decision["decided_by"], time=time_of(decision),
                 reason=decision["basis"])  # fmt: skip
