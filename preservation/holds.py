"""Holds (inspection, lawsuit, research value): they stop the disposal and the transfer of all that they touch.

A hold names its reason, the authority that asked for it and the day on which it should end. It does not end by itself:
a record that was let go a day too soon is lost, so a person lifts it; one past its day is told as such.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from repository import catalogue
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.hold_rows import HoldRow
from repository.store import Store
from standards.errors import KhoError

KINDS: Final = ("inspection", "lawsuit", "research", "other")


class NoSuchHold(KhoError):
    """No hold has this id."""

    code = "no-such-hold"
    vi = "Không có lệnh giữ nào có mã {id}. Xem `kho hold list`."
    en = "There is no hold {id}. See `kho hold list`."


class HoldIsLifted(KhoError):
    """A hold that was lifted before."""

    code = "hold-lifted"
    exit_code = 3
    vi = "Lệnh giữ {id} đã được gỡ ngày {day}."
    en = "The hold {id} was lifted on {day}."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a hold is to say. `about` is a list of {"aip"}, {"agency"} or {"agency", "fonds"}."""

    kind: str
    reason: str
    authority: str
    until: dt.date | None
    about: Sequence[dict[str, str]] = field(default_factory=tuple)


def place(connection: psycopg.Connection, store: Store, wanted: Wanted, *, by: str) -> dict[str, Any]:
    """Place a hold; the decision."""
    with deciding(connection, store) as record:
        decision = new_decision(
            "hold", by=by, basis=wanted.reason, kind=wanted.kind, authority=wanted.authority,
            until=wanted.until and wanted.until.isoformat(), about=list(wanted.about),
        )  # fmt: skip
        record(decision)
    return decision


def find_hold(connection: psycopg.Connection, id: str) -> HoldRow:
    """A hold by its id or the beginning of it. Raises NoSuchHold."""
    found = [
        h for h in catalogue.many(connection, HoldRow, "holds", all=True) if str(h.id).startswith(id.lower())
    ]
    connection.commit()
    if not id or len(found) != 1:
        raise NoSuchHold(id=id)
    return found[0]


def lift(
    connection: psycopg.Connection, store: Store, hold: HoldRow, *, by: str, basis: str
) -> dict[str, Any]:
    """Lift a hold; the decision. Raises HoldIsLifted."""
    with deciding(connection, store) as record:
        now = catalogue.one(connection, HoldRow, "hold", id=hold.id)
        if now is None or now.lifted_at is not None:
            raise HoldIsLifted(
                id=hold.id, day=now.lifted_at.strftime("%d/%m/%Y") if now and now.lifted_at else "—"
            )
        about = list(catalogue.as_dicts(connection, "about_of_decision", id=hold.id))
        connection.commit()
        decision = new_decision("hold-lift", by=by, basis=basis, hold=str(hold.id), about=about)
        record(decision)
    return decision
