"""Commands about retention: schedules, proposals, decisions, explanations, and what is due."""

import os
from pathlib import Path
from typing import Any

import click

from access.cli import bodies_telling, retention_telling
from access.cli.agencies import BASIS, BY
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from access.cli.holdings import NoSuchAip, find_aip
from preservation.bodies import codes, days
from preservation.persons import person
from preservation.retention import assigning, schedules
from preservation.retention.due import Asked, due
from preservation.retention.explaining import explain
from preservation.retention.proposing import proposals
from preservation.retention.terms import OPEN, PERMANENT, YEARS, Term
from preservation.retention.told import told
from repository.hold_rows import holds_of
from repository.opening import Opened
from repository.retention_rows import RecordRow, record, records, rules
from standards.errors import PathNotFound, UsageError
from standards.findings import Level
from standards.shown import for_people as shown

ON = click.option("--on", help="2025-07-01")


@kho.group("retention")
def retention() -> None:
    """Thời hạn bảo quản / retention."""


@retention.group("schedule")
def schedule() -> None:
    """Bảng thời hạn bảo quản / retention schedules."""


@command(schedule, "import")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="TT 10/2022/TT-BNV")
@click.option("--basis", default="")
@BY
def schedule_import(call: Call, table: Path, name: str, basis: str, by: str | None) -> int:
    """Nhập một bảng thời hạn (CSV) / take in a schedule."""
    if not table.exists():
        raise PathNotFound(path=shown(os.fspath(table)))
    read, found = schedules.read_schedule(table)
    broken, decision = any(f.level is Level.MUST for f in found), None
    if not broken:
        opened, who = call.open(writing=True), person(by)
        with opened.connect() as connection:
            decision = schedules.import_schedule(
                connection, opened.store, name, read, by=who, basis=basis or name
            )
    force = sum(r["status"] == "in_force" for r in read)
    call.emit({"schema": 1, "schedule": name, "rules": len(read), "in_force": force,
               "decision": decision and decision["id"], "findings": [f.as_json() for f in found]})  # fmt: skip
    bodies_telling.tell_findings(call, found)
    if broken:
        call.tell("schedule-refused")
    else:
        call.tell(
            "schedule-imported", schedule=name, rules=len(read), force=force, superseded=len(read) - force
        )
    return REFUSED if broken else DONE


@command(schedule, "supersede")
@click.argument("name")
@click.option("--on", required=True, help="2023-02-15")
@BASIS
@BY
def schedule_supersede(call: Call, name: str, on: str, basis: str, by: str | None) -> int:
    """Ghi nhận một bảng thời hạn hết hiệu lực / a schedule is not in force any more."""
    opened, who, day = call.open(create=False, writing=True), person(by), days.day(on)
    with opened.connect() as connection:
        decision = schedules.supersede(connection, opened.store, name, on=day, by=who, basis=basis)
    call.emit({"schema": 1, "schedule": name, "decision": decision["id"], "valid_to": decision["valid_to"]})
    call.tell("schedule-superseded", schedule=name, day=bodies_telling.day(day))
    return DONE


@command(schedule, "show")
@click.option("--name")
@click.option("--in-force", "force", is_flag=True)
@ON
def schedule_show(call: Call, name: str | None, force: bool, on: str | None) -> int:
    """Các quy tắc thời hạn / the rules."""
    day = days.day_or_none(on) or days.today()
    with call.open(create=False).connect() as connection:
        found = [r for r in rules(connection) if name in (None, r.schedule)]
    found = [r for r in found if not force or schedules.in_force(r, day)]
    call.emit(
        {"schema": 1, "on": day.isoformat(), "rules": [retention_telling.rule_json(r, day) for r in found]}
    )
    for rule in found:
        retention_telling.tell_rule(call, rule, day)
    return DONE


@command(retention, "explain")
@click.argument("id")
@ON
def retention_explain(call: Call, id: str, on: str | None) -> int:
    """Thời hạn của một hồ sơ, trong một câu / one file's term in a sentence."""
    day = days.day_or_none(on) or days.today()
    opened = call.open(create=False)
    found = _record(opened, id)
    with opened.connect() as connection:
        known, held = rules(connection), holds_of(connection, [found.id]).get(found.id, [])
    now = told(found)
    call.emit({"schema": 1, "aip": found.id, "key": found.key, "on": day.isoformat(), "state": now.state(day),
               "term": now.term.kind, "years": now.term.years, "source": now.source, "rule": found.code,
               "closed_year": now.closed_year, "expires_on": now.last and now.last.isoformat(), "reason": now.abstains,
               "holds": held,
               "vi": explain(now, known, day, "vi"), "en": explain(now, known, day, "en")})  # fmt: skip
    call.say(explain(now, known, day, call.lang))
    if held:
        call.tell("due-held", holds=", ".join(held))
    return DONE


def _record(opened: Opened, id: str) -> RecordRow:
    aip = find_aip(opened, id)
    with opened.connect() as connection:
        found = record(connection, aip.id)
    if found is None:
        raise NoSuchAip(id=shown(id))
    return found


@command(retention, "due")
@ON
@click.option("--agency", help="H26.99.07")
@click.option("--block", help="Đảng | Chính quyền | Đoàn thể")
@click.option("--year", type=click.IntRange(1900, 2400))
@click.option("--within", type=click.IntRange(0, 36_600), default=0, help="ngày / days")
def retention_due(
    call: Call, on: str | None, agency: str | None, block: str | None, year: int | None, within: int
) -> int:
    """Hồ sơ hết hạn bảo quản vào một ngày / what is due on a day, and what cannot be told."""
    asked = Asked(days.day_or_none(on) or days.today(), agency, codes.block(block), year, within)
    with call.open(create=False).connect() as connection:
        found = due(connection, asked)
    call.emit({"schema": 1, **found})
    retention_telling.tell_due(call, found)
    return DONE


@command(retention, "propose")
@click.argument("ids", nargs=-1)
@ON
def retention_propose(call: Call, ids: tuple[str, ...], on: str | None) -> int:
    """Đề xuất thời hạn cho hồ sơ chưa rõ, để người quyết định / proposals for a person to decide."""
    day = days.day_or_none(on) or days.today()
    opened = call.open(create=False)
    asked = [find_aip(opened, id).id for id in ids] or None
    with opened.connect() as connection:
        known = rules(connection)
        opening = [r for r in records(connection, ids=asked) if asked or told(r).term.kind == OPEN]
    entries = [retention_telling.proposal_json(r, proposals(r, known, day)) for r in opening]
    call.emit({"schema": 1, "on": day.isoformat(), "records": entries})
    for entry in entries:
        retention_telling.tell_proposals(call, entry)
    if not entries:
        call.tell("nothing")
    return DONE


@command(retention, "assign")
@click.argument("ids", nargs=-1, required=True)
@click.option("--rule", help="TC-01")
@click.option("--years", type=click.IntRange(1, 200))
@click.option("--permanent", is_flag=True)
@click.option("--closed-year", type=click.IntRange(1900, 2400))
@BASIS
@BY
def retention_assign(
    call: Call, ids: tuple[str, ...], rule: str | None, years: int | None, permanent: bool, closed_year: int | None,
    basis: str, by: str | None,
) -> int:  # fmt: skip
    """Quyết định thời hạn, hoặc năm kết thúc công việc / decide a term, or the year the work ended."""
    if sum(map(bool, (rule, years, permanent))) > 1 or not (rule or years or permanent or closed_year):
        raise UsageError(reason="--rule CODE | --years N | --permanent; --closed-year YYYY")
    term = Term(PERMANENT) if permanent else Term(YEARS, years) if years else None
    opened, who = call.open(create=False, writing=True), person(by)
    chosen = [find_aip(opened, id).id for id in ids]
    with opened.connect() as connection:
        choice = assigning.Choice(rule, term, closed_year)
        decision = assigning.assign(connection, opened.store, chosen, choice, by=who, basis=basis)
    _tell_decided(call, decision)
    return DONE


@command(retention, "event")
@click.argument("ids", nargs=-1, required=True)
@click.option("--on", required=True, help="2025-07-01")
@click.option("--what", required=True)
@BY
def retention_event(call: Call, ids: tuple[str, ...], on: str, what: str, by: str | None) -> int:
    """Ghi nhận sự kiện mà thời hạn tính từ đó / the event that a term counts from."""
    opened, who = call.open(create=False, writing=True), person(by)
    chosen = [find_aip(opened, id).id for id in ids]
    with opened.connect() as connection:
        decision = assigning.record_event(
            connection, opened.store, chosen, on=days.day(on), what=what, by=who
        )
    _tell_decided(call, decision)
    return DONE


def _tell_decided(call: Call, decision: dict[str, Any]) -> None:
    call.emit({"schema": 1, "decision": decision["id"], "aips": [a["aip"] for a in decision["about"]]})
    call.tell("retention-decided", count=len(decision["about"]), id=decision["id"])
