"""Commands of reorganisation: plan, look, approve by another, carry out once."""

import datetime as dt
from pathlib import Path
from typing import Any

import click
import psycopg

from access.cli import bodies_telling as told
from access.cli.agencies import BASIS, BY, agency, follow_in_index
from access.cli.common import DONE, Call, command
from preservation.bodies import days, merger
from preservation.bodies.merger_plan import Plan, Successor, merge, plan_of, read_plan
from preservation.persons import person
from repository import catalogue
from repository.acts import MERGER, ActRow, find_act
from repository.deciding import deciding
from repository.opening import Opened
from standards.errors import PathNotFound, UsageError
from standards.shown import for_people as shown


@agency.group("merge")
def merge_group() -> None:
    """Sáp nhập, chia tách, giải thể cơ quan / merge, split and dissolve bodies."""


@command(merge_group, "plan")
@click.argument("codes", nargs=-1)
@click.option("--into", help="H26.201")
@click.option("--name", default="")
@click.option("--block", default="")
@click.option("--level", default="")
@click.option("--superior", default="")
@click.option("--custodian", default="")
@click.option("--file", "table", type=click.Path(path_type=Path))
@click.option("--on", required=True, help="2025-07-01")
@BASIS
@BY
@click.option("--dry-run", is_flag=True)
def merge_plan(
    call: Call, codes: tuple[str, ...], into: str | None, name: str, block: str, level: str, superior: str,
    custodian: str, table: Path | None, on: str, basis: str, by: str | None, dry_run: bool,
) -> int:  # fmt: skip
    """Lập phương án sáp nhập và xem hệ quả / plan a reorganisation and see all its consequences."""
    planned = _planned(codes, into, Successor(into or "", name, block, level, superior), custodian, table,
                       days.day(on), basis)  # fmt: skip
    who = person(by) if by or not dry_run else ""
    opened = call.open(writing=not dry_run)
    with opened.connect() as connection:
        preview = merger.preview(connection, planned)
        connection.commit()
        decision = None if dry_run else merger.plan(connection, opened.store, planned, by=who)
    call.emit(
        {"schema": 1, "id": decision and decision["id"], "status": decision and "planned", "preview": preview}
    )
    told.tell_preview(call, preview)
    if decision:
        call.tell("merger-planned", id=decision["id"], ends=len(planned.endings), day=told.day(planned.on),
                  new=len(preview["established"]))  # fmt: skip
    return DONE


def _planned(
    codes: tuple[str, ...], into: str | None, successor: Successor, custodian: str, table: Path | None,
    on: dt.date, basis: str,
) -> Plan:  # fmt: skip
    if table is not None:
        if codes or into:
            raise UsageError(reason="--file | CODES --into CODE")
        if not table.exists():
            raise PathNotFound(path=shown(str(table)))
        return read_plan(table, on=on, basis=basis)
    if not codes or not into:
        raise UsageError(reason="kho agency merge plan CODE... --into CODE --name … | --file TABLE.csv")
    return merge(successor, codes, on=on, basis=basis, custodian=custodian)


@command(merge_group, "list")
def merge_list(call: Call) -> int:
    """Các phương án / list the plans."""
    with call.open(create=False).connect() as connection:
        acts = catalogue.many(connection, ActRow, "acts", kind=MERGER)
    call.emit({"schema": 1, "mergers": [told.act_json(a) for a in acts]})
    for act in acts:
        told.tell_act(call, act)
    if not acts:
        call.tell("nothing")
    return DONE


@command(merge_group, "show")
@click.argument("id")
def merge_show(call: Call, id: str) -> int:
    """Một phương án và hệ quả của nó / one plan with its consequences as they are now."""
    opened = call.open(create=False)
    with opened.connect() as connection:
        act = merger.act_of(connection, id)
        preview = merger.preview(connection, plan_of(act.record)) if act.status != "carried-out" else None
    call.emit({"schema": 1, **told.act_json(act), "preview": preview})
    told.tell_act(call, act)
    if preview:
        told.tell_preview(call, preview)
    return DONE


@command(merge_group, "approve")
@click.argument("id")
@BY
@click.option("--basis", default="")
def merge_approve(call: Call, id: str, by: str | None, basis: str) -> int:
    """Người thứ hai phê duyệt phương án / the second person approves."""
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        act = merger.act_of(connection, id)
        merger.approve(connection, opened.store, act, by=who, basis=basis or str(act.record["basis"]))
        call.emit({"schema": 1, **_state(connection, act)})
    call.tell("merger-approved", id=act.id)
    return DONE


@command(merge_group, "withdraw")
@click.argument("id")
@BY
@BASIS
def merge_withdraw(call: Call, id: str, by: str | None, basis: str) -> int:
    """Rút một phương án chưa thực hiện / take a plan back."""
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        act = merger.act_of(connection, id)
        merger.withdraw(connection, opened.store, act, by=who, basis=basis)
        call.emit({"schema": 1, **_state(connection, act)})
    call.tell("merger-withdrawn", id=act.id)
    return DONE


@command(merge_group, "carry-out")
@click.argument("id")
@BY
def merge_carry_out(call: Call, id: str, by: str | None) -> int:
    """Thực hiện phương án đã duyệt, một lần / carry out an approved plan, once."""
    opened, who = call.open(create=False, writing=True), person(by)
    act, done, count = _carry_out(call, opened, id, who)
    call.emit({"schema": 1, **act, "done_now": done, "indexed": count})
    call.tell(
        "merger-done" if done else "merger-was-done",
        id=act["id"],
        **({"ends": len(act["ends"])} if done else {}),
    )
    return DONE


def _carry_out(call: Call, opened: Opened, id: str, who: str) -> tuple[dict[str, Any], bool, int]:
    with opened.connect() as connection:
        with deciding(connection, opened.store):
            act = merger.act_of(connection, id)  # what a killed process left is settled first
        done = merger.carry_out(connection, opened.store, act, by=who)
        count = follow_in_index(call, opened, connection)
        return _state(connection, act), done, count


def _state(connection: psycopg.Connection, act: ActRow) -> dict[str, Any]:
    return told.act_json(find_act(connection, act.id) or act)
