"""Acts of two persons: planned by one, approved by another, carried out once. Each step is a decision of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from repository import catalogue
from repository.bodies import restore_bodies
from repository.decisions import Decision

MERGER = "merger"


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act: its plan is `record`; `status` is planned, approved, withdrawn or carried-out."""

    id: UUID
    kind: str
    status: str
    planned_by: str
    approved_by: str | None
    record: Mapping[str, Any]


def find_act(connection: psycopg.Connection, id: str | UUID) -> ActRow | None:
    """An act by the id of its plan, or None."""
    return catalogue.one(connection, ActRow, "act", id=id)


def restore_plan(connection: psycopg.Connection, decision: Decision) -> None:
    """The row of a planned act."""
    catalogue.do(connection, "new_act", id=decision["id"], kind=MERGER, planned_by=decision["decided_by"],
                 record=dict(decision))  # fmt: skip


def restore_approval(connection: psycopg.Connection, decision: Decision) -> None:
    """The second person's word on an act."""
    approved = decision["verdict"] == "approved"
    catalogue.do(connection, "act_moves", id=decision["act"], status="approved" if approved else "withdrawn",
                 approved_by=decision["decided_by"] if approved else None)  # fmt: skip


def restore_merger(connection: psycopg.Connection, decision: Decision) -> None:
    """An act that was carried out: its effects on bodies, and its end."""
    restore_bodies(connection, decision)
    catalogue.do(connection, "act_moves", id=decision["act"], status="carried-out", approved_by=None)
