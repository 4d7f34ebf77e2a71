"""Commands about holds."""

import datetime as dt
from typing import Any

import click

from access.cli.agencies import BASIS, BY
from access.cli.bodies_telling import day
from access.cli.common import DONE, Call, command
from access.cli.groups import kho
from access.cli.holdings import find_aip
from preservation import holds
from preservation.bodies import days
from preservation.persons import person
from repository import catalogue
from repository.hold_rows import HoldRow, holds_of
from standards.errors import UsageError


@kho.group("hold")
def hold() -> None:
    """Lệnh giữ hồ sơ (thanh tra, vụ kiện, nghiên cứu) / holds."""


@command(hold, "place")
@click.argument("ids", nargs=-1)
@click.option("--agency", help="H26.99.07")
@click.option("--fonds", help="P9907")
@click.option("--kind", type=click.Choice(list(holds.KINDS)), required=True)
@click.option("--reason", required=True)
@click.option("--authority", required=True)
@click.option("--until", help="2027-12-31")
@BY
def hold_place(
    call: Call, ids: tuple[str, ...], agency: str | None, fonds: str | None, kind: str, reason: str, authority: str,
    until: str | None, by: str | None,
) -> int:  # fmt: skip
    """Giữ hồ sơ, một phông hoặc mọi phông của một cơ quan / hold files, a fonds, or all of a body."""
    if bool(ids) == bool(agency) or (fonds and not agency):
        raise UsageError(reason="ID... | --agency CODE [--fonds CODE]")
    opened, who = call.open(create=False, writing=True), person(by)
    about = [{"aip": find_aip(opened, id).id} for id in ids] or [
        {"agency": agency or "", "fonds": fonds or ""}
    ]
    wanted = holds.Wanted(kind, reason, authority, days.day_or_none(until), about)
    with opened.connect() as connection:
        decision = holds.place(connection, opened.store, wanted, by=who)
        touched = [aip for aip, held in holds_of(connection).items() if decision["id"] in held]
    call.emit({"schema": 1, "hold": decision["id"], "aips": len(touched)})
    call.tell("hold-placed", id=decision["id"], count=len(touched))
    return DONE


@command(hold, "lift")
@click.argument("id")
@BASIS
@BY
def hold_lift(call: Call, id: str, basis: str, by: str | None) -> int:
    """Gỡ một lệnh giữ / lift a hold."""
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        found = holds.find_hold(connection, id)
        holds.lift(connection, opened.store, found, by=who, basis=basis)
    call.emit({"schema": 1, "hold": str(found.id), "lifted": True})
    call.tell("hold-lifted", id=found.id)
    return DONE


@command(hold, "list")
@click.option("--all", "every", is_flag=True)
def hold_list(call: Call, every: bool) -> int:
    """Các lệnh giữ / the holds that stand."""
    with call.open(create=False).connect() as connection:
        found = catalogue.many(connection, HoldRow, "holds", all=every)
        held = holds_of(connection)
    entries = [_entry(h, sum(str(h.id) in ids for ids in held.values())) for h in found]
    call.emit({"schema": 1, "holds": entries})
    for each in entries:
        call.tell("hold-line", id=each["hold"], kind=call.word(f"hold-{each['kind']}"), authority=each["authority"],
                  reason=each["reason"], until=day(each["until"]), count=each["aips"])  # fmt: skip
        if each["overdue"]:
            call.tell("hold-overdue")
    if not entries:
        call.tell("nothing")
    return DONE


def _entry(row: HoldRow, count: int) -> dict[str, Any]:
    today: dt.date = days.today()
    return {
        "hold": str(row.id), "kind": row.kind, "authority": row.authority, "reason": row.reason,
        "placed_by": row.placed_by, "placed_at": row.placed_at.isoformat(), "until": row.until and row.until.isoformat(),
        "overdue": row.lifted_at is None and row.until is not None and row.until < today,
        "lifted_at": row.lifted_at and row.lifted_at.isoformat(), "aips": count,
    }  # fmt: skip
