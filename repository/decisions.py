"""Decisions: what a person decided, as an administrative object of the store (docs/format.md, "Decisions").

A decision is one JSON document, `decision.json` of the object `urn:kho:decision:<uuid>`. It is in storage before it is
a row of the catalogue, and a row before it is acknowledged; the catalogue's rows are made from the document alone.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import psycopg

from repository import catalogue
from repository.administrative import DECISION, as_json, put_record
from repository.packages import AipId
from repository.store import Store

HANOI: Final = timezone(timedelta(hours=7))
SCHEMA: Final = 1
FILE: Final = "decision.json"

Decision = Mapping[str, Any]


def new_decision(
    kind: str, /, *, by: str, basis: str, id: uuid.UUID | None = None, **values: Any
) -> dict[str, Any]:
    """A decision made now by `by`, who names its basis. `id` where the same act must give the same decision."""
    return {
        "schema": SCHEMA, "decision": kind, "id": str(id or uuid.uuid4()), "decided_by": by, "basis": basis,
        "decided_at": catalogue.now().astimezone(HANOI).isoformat(timespec="milliseconds"), **values,
    }  # fmt: skip


def object_of(decision_id: str) -> AipId:
    """The id of the administrative object that holds a decision."""
    return AipId(f"{DECISION}{decision_id}")


def write_decision(connection: psycopg.Connection, store: Store, decision: Decision, message: str) -> None:
    """Put a decision into storage. The caller commits."""
    put_record(connection, store, object_of(decision["id"]), {FILE: as_json(decision)}, message=message,
               created=decision["decided_at"])  # fmt: skip


def read_decision(store: Store, decision_id: str) -> dict[str, Any]:
    """A decision as storage has it. Raises NoSuchObject."""
    with store.open(object_of(decision_id), FILE) as file:
        found: dict[str, Any] = json.load(file)
    return found


def time_of(decision: Decision) -> datetime:
    """When it was decided."""
    return datetime.fromisoformat(decision["decided_at"])
