"""The catalogue's rows about disposal, and how its decisions make them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg

from repository import catalogue
from repository.decisions import Decision, time_of

STATES: Final = {"destroy": "listed", "keep": "keep", "transfer": "transfer"}  # of a line, by its verdict


@dataclass(frozen=True, slots=True)
class DisposalRow:
    """A list of records for disposal. `council` are its members, `verdict`, `opinion` and `approval` their decisions."""

    id: UUID
    procedure: str
    agency: str
    block: str
    status: str
    listed_by: str
    listed_on: dt.date
    council: Sequence[Mapping[str, str]]
    verdict: Mapping[str, Any] | None
    opinion: Mapping[str, Any] | None
    approval: Mapping[str, Any] | None
    approved_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A record on a list: why it is there, what became of it, who dissented."""

    disposal: UUID
    ordinal: int
    aip: str
    key: str
    ground: str
    state: str
    reason: str
    dissent: Sequence[str]
    years: int | None


@dataclass(frozen=True, slots=True)
class TombstoneRow:
    """What is left of a destroyed record: ids, and the decision that tells by whom and how."""

    aip: str
    key: str
    agency: str
    fonds: str
    disposal: UUID | None
    decision: UUID
    destroyed_at: datetime


def lines_of(connection: psycopg.Connection, disposal: UUID | str) -> list[LineRow]:
    """The lines of a list, in their order."""
    return catalogue.many(connection, LineRow, "disposal_lines", id=disposal)


def tombstone_of(connection: psycopg.Connection, id: str) -> TombstoneRow | None:
    """What is left of a record by its id or key; None where it was not destroyed."""
    return catalogue.one(connection, TombstoneRow, "tombstone", id=id)


def restore_list(connection: psycopg.Connection, decision: Decision) -> None:
    """A list with its lines."""
    catalogue.do(connection, "new_disposal", id=decision["id"], procedure=decision["procedure"], agency=decision["agency"],
                 block=decision["block"], listed_by=decision["decided_by"], listed_on=decision["on"])  # fmt: skip
    catalogue.do_many(
        connection, "new_disposal_line",
        ({**line, "disposal": decision["id"], "ordinal": n} for n, line in enumerate(decision["lines"], start=1)),
    )  # fmt: skip


def restore_council(connection: psycopg.Connection, decision: Decision) -> None:
    """The council of a list."""
    catalogue.do(connection, "disposal_council", id=decision["disposal"], council=list(decision["members"]))


def restore_verdict(connection: psycopg.Connection, decision: Decision) -> None:
    """What the council decided: the list as a whole, and the exceptions."""
    disposal = decision["disposal"]
    verdict = {name: decision[name] for name in ("present", "default", "minutes")} | {
        "by": decision["decided_by"]
    }
    catalogue.do(connection, "disposal_line_verdicts", disposal=disposal, default=STATES[decision["default"]])
    catalogue.do_many(
        connection, "disposal_line_verdict",
        ({"disposal": disposal, "aip": e["aip"], "state": STATES[e["verdict"]], "reason": e["reason"],
          "dissent": list(e["dissent"]), "years": e["years"]} for e in decision["exceptions"]),
    )  # fmt: skip
    catalogue.do(connection, "disposal_verdict", id=disposal, verdict=verdict)


def restore_opinion(connection: psycopg.Connection, decision: Decision) -> None:
    """The opinion of the competent archive."""
    opinion = {name: decision[name] for name in ("authority", "agrees", "number")} | {
        "by": decision["decided_by"]
    }
    catalogue.do(connection, "disposal_opinion", id=decision["disposal"], opinion=opinion)


def restore_approval(connection: psycopg.Connection, decision: Decision) -> None:
    """The head's decision: what was to be destroyed may be."""
    approval = {"number": decision["number"], "by": decision["decided_by"], "until": decision["until"]}
    catalogue.do(
        connection, "disposal_approval", id=decision["disposal"], approval=approval, time=time_of(decision)
    )
    catalogue.do(connection, "disposal_lines_approved", id=decision["disposal"])


def restore_withdrawal(connection: psycopg.Connection, decision: Decision) -> None:
    """A list that was taken back."""
    catalogue.do(connection, "disposal_status", id=decision["disposal"], status="withdrawn", time=None)


def restore_completion(connection: psycopg.Connection, decision: Decision) -> None:
    """A list of which everything is gone from everywhere."""
    catalogue.do(
        connection, "disposal_status", id=decision["disposal"], status="complete", time=time_of(decision)
    )


def restore_destruction(connection: psycopg.Connection, decision: Decision) -> None:
    """The tombstone: the record's rows go, an offline set that still has it is awaited."""
    aip = decision["aip"]
    catalogue.do(
        connection, "new_tombstone", aip=aip, key=decision["key"], agency=decision["agency"], fonds=decision["fonds"],
        disposal=decision["disposal"], decision=decision["id"], time=time_of(decision),
    )  # fmt: skip
    for query in ("drop_page_texts", "drop_documents", "drop_files", "drop_links", "drop_exports", "drop_versions",
                  "drop_aip"):  # fmt: skip
        catalogue.do(connection, query, aip=aip)
    catalogue.do(connection, "drop_claim", key=decision["key"])
    catalogue.do(connection, "line_state", disposal=decision["disposal"], aip=aip, state="destroyed")
    for location in decision["awaiting"]:
        catalogue.do(connection, "await_purge", aip=aip, location=location)


def restore_reached(connection: psycopg.Connection, decision: Decision) -> None:
    """An offline set was reached: its copies are gone too."""
    for aip in decision["aips"]:
        catalogue.do(connection, "purged_at_last", aip=aip, location=decision["location"])


def restore_link(connection: psycopg.Connection, decision: Decision) -> None:
    """A record that another must not outlive."""
    for other in decision["others"]:
        catalogue.do(connection, "new_link", aip=decision["aip"], other=other, decision=decision["id"])
