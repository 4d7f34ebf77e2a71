"""The catalogue's rows about handovers, and how their decisions make them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from repository import catalogue
from repository.decisions import Decision, time_of
from repository.register_rows import move_paper


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A handover: `digest` is that of its frozen list, `settled` what the other side agreed to; `way` is out or in."""

    id: UUID
    way: str
    origin: UUID
    kind: str
    sender: str
    receiver: str
    basis: str
    status: str
    listed_by: str
    listed_at: datetime
    digest: str
    settled: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class HandoverLineRow:
    """A record of a handover as it was when the list was frozen; `digest` is over the content files, `term` what is told
    of its term: {"kind", "years", "closed_year", "event"}."""

    handover: UUID
    ordinal: int
    aip: str
    key: str
    version: str
    documents: int
    files: int
    bytes: int
    digest: str
    term: Mapping[str, Any]
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContentRow:
    """A record's content, counted; `digests` the sha256 of its files, sorted, joined by commas."""

    id: str
    key: str
    agency: str
    fonds: str
    fields: Mapping[str, Any]
    version: str
    documents: int
    files: int
    bytes: int
    digests: str

    @property
    def digest(self) -> str:
        """sha256 over the sha256 of the content files: the same in whichever Kho the record lies."""
        return hashlib.sha256(self.digests.encode()).hexdigest()


def contents(
    connection: psycopg.Connection, *, ids: Iterable[str] = (), keys: Iterable[str] = ()
) -> list[ContentRow]:
    """The content of some records, by id or key."""
    return catalogue.many(connection, ContentRow, "content_of_aips", ids=list(ids), keys=list(keys))


def lines_of(connection: psycopg.Connection, handover: UUID | str) -> list[HandoverLineRow]:
    """The lines of a handover, in their order."""
    return catalogue.many(connection, HandoverLineRow, "handover_lines", id=handover)


def restore_list(connection: psycopg.Connection, decision: Decision) -> None:
    """A frozen list."""
    _new(connection, decision, way="out", origin=decision["id"])


def restore_settlement(connection: psycopg.Connection, decision: Decision) -> None:
    """What the other side took over: custody moves now, and of the accepted records alone."""
    _settle(connection, decision["handover"], decision)


def restore_received(connection: psycopg.Connection, decision: Decision) -> None:
    """What this Kho took over from another one."""
    catalogue.do(connection, "ensure_agency", code=decision["receiver"])
    _new(connection, decision, way="in", origin=decision["handover"])
    _settle(connection, decision["id"], decision)


def restore_withdrawal(connection: psycopg.Connection, decision: Decision) -> None:
    """A handover that was taken back."""
    catalogue.do(connection, "handover_settled", id=decision["handover"], settled={}, status="withdrawn")


def _new(connection: psycopg.Connection, decision: Decision, *, way: str, origin: str) -> None:
    catalogue.do(
        connection, "new_handover", id=decision["id"], way=way, origin=origin, kind=decision["kind"],
        sender=decision["sender"], receiver=decision["receiver"], basis=decision["basis"],
        listed_by=decision["decided_by"], time=time_of(decision), digest=decision["digest"],
    )  # fmt: skip
    catalogue.do_many(
        connection, "new_handover_line",
        ({**line, "handover": decision["id"], "ordinal": n} for n, line in enumerate(decision["lines"], start=1)),
    )  # fmt: skip


def _settle(connection: psycopg.Connection, handover: str, decision: Decision) -> None:
    for each in decision["refused"]:
        catalogue.do(connection, "handover_line_settled", handover=handover, key=each["key"], state="refused",
                     reason=each["reason"])  # fmt: skip
    for each in decision["accepted"]:
        catalogue.do(connection, "handover_line_settled", handover=handover, key=each["key"], state="accepted",
                     reason="")  # fmt: skip
        if not each["aip"]:
            continue
        catalogue.do(connection, "new_record_custody", aip=each["aip"], custodian=decision["receiver"],
                     since=decision["on"], handover=handover)  # fmt: skip
        catalogue.do(connection, "record_needs_index", aip=each["aip"])
    if decision["decision"] == "handover-receipt":  # who receives paper has a register of its own
        move_paper(connection, decision, [e["key"] for e in decision["accepted"]], decision["receiver"])
    settled = {name: decision[name] for name in ("number", "on", "received_by", "by_hand")}
    catalogue.do(connection, "handover_settled", id=handover, settled=settled | {"by": decision["decided_by"]},
                 status="settled" if decision["accepted"] else "refused")  # fmt: skip
