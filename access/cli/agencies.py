"""Commands about the bodies that make and hold records: what they are called since when, and who follows whom."""

import datetime as dt
import os
from pathlib import Path

import click
import psycopg

from access import index
from access.agency_records import eac_records
from access.cli import bodies_telling as told
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from access.indexing import index_pending
from access.searching import open_solr
from preservation.bodies import days, setting, tables
from preservation.bodies.merger import FondsHeld
from preservation.persons import person
from repository import catalogue
from repository.bodies import Bodies, read_bodies
from repository.opening import Opened
from repository.rows import AgencyRow
from standards.eac_cpf import write_body
from standards.errors import KhoError, PathNotFound
from standards.shown import for_people as shown

ON = click.option("--on", help="2025-07-01")
BY = click.option("--by", help="họ tên / name")
BASIS = click.option("--basis", required=True, help="NQ 1656/NQ-UBTVQH15")


class NoSuchBody(KhoError):
    """No body has or had this code."""

    code = "no-such-agency"
    vi = "Kho không biết cơ quan nào có mã {code}. Xem `kho agency list`."
    en = "Kho knows no body with the code {code}. See `kho agency list`."


class Exists(KhoError):
    """An export would overwrite something."""

    code = "export-exists"
    vi = "{path} đã có; không ghi đè. Chọn tên khác."
    en = "{path} is there already and is not overwritten. Choose another name."


@kho.group("agency")
def agency() -> None:
    """Cơ quan, đơn vị hình thành phông / the bodies that make records."""


def account(by: str | None) -> str:
    """Who decides: the name that was given, else the operating system's account."""
    return person(by) if by else f"uid:{os.getuid()}"


def follow_in_index(call: Call, opened: Opened, connection: psycopg.Connection) -> int:
    """Bring the index up to what was decided; the number of hồ sơ."""
    solr = open_solr(opened.home, call.settings)
    count = index_pending(connection, solr)
    index.commit(solr)
    return count


@command(agency, "set")
@click.argument("code")
@click.option("--name")
@click.option("--block", help="Đảng | Chính quyền | Đoàn thể")
@click.option("--level", help="Thành phố | Quận, huyện | Xã, phường")
@click.option("--superior", help="H26")
@click.option("--code", "new_code", help="H26.99.07")
@click.option("--from", "since", help="2025-07-01")
@click.option("--basis", default="")
@BY
def agency_set(
    call: Call, code: str, name: str | None, block: str | None, level: str | None, superior: str | None,
    new_code: str | None, since: str | None, basis: str, by: str | None,
) -> int:  # fmt: skip
    """Ghi tên, khối, cấp, cấp trên, mã của một cơ quan, từ ngày nào / what is known of a body, and since when."""
    known = setting.Known(code, name, block, level, superior, new_code, days.day_or_none(since))
    opened = call.open(writing=True)
    with opened.connect() as connection:
        setting.set_body(connection, opened.store, known, by=account(by), basis=basis)
        row = catalogue.one(connection, AgencyRow, "agency", code=code)
        connection.commit()
        count = follow_in_index(call, opened, connection)
    if row is None:
        raise NoSuchBody(code=shown(code))
    call.emit(
        {
            "schema": 1,
            "agency": code,
            "name": row.name,
            "block": row.block,
            "level": row.level,
            "indexed": count,
        }
    )
    call.tell("agency-line", code=code, name=row.name, block=row.block or "—", level=row.level or "—")
    return DONE


@command(agency, "list")
@ON
def agency_list(call: Call, on: str | None) -> int:
    """Danh sách cơ quan, vào một ngày / list the bodies, as of a day."""
    day = days.day_or_none(on) or days.today()
    bodies = _bodies(call.open(create=False))
    there = [id for id in sorted(bodies.rows) if on is None or bodies.lives(id, day)]
    call.emit(
        {"schema": 1, "on": day.isoformat(), "agencies": [told.body_json(bodies, id, day) for id in there]}
    )
    for id in there:
        told.tell_body(call, bodies, id, day)
    return DONE


def _bodies(opened: Opened) -> Bodies:
    with opened.connect() as connection:
        return read_bodies(connection)


@command(agency, "show")
@click.argument("code")
@ON
def agency_show(call: Call, code: str, on: str | None) -> int:
    """Một cơ quan, kể cả theo mã cũ / one body, by an old code too."""
    day = days.day_or_none(on) or days.today()
    opened = call.open(create=False)
    with opened.connect() as connection:
        bodies = read_bodies(connection)
        id = bodies.find(code)
        if id is None:
            raise NoSuchBody(code=shown(code))
        fonds = catalogue.many(connection, FondsHeld, "fonds_of_bodies", agencies=sorted(bodies.rows))
    mine = [f for f in fonds if id in (f.agency, bodies.custodian(f.agency, f.code, day))]
    events = [e for e in bodies.events if id in (e.agency, e.other)]
    call.emit({
        "schema": 1, "asked": code, **told.body_json(bodies, id, day),
        "facts": told.facts_json(list(bodies.facts.get(id, ()))),
        "events": [{"type": e.type, "date": e.date.isoformat(), "agency": e.agency, "other": e.other or None,
                    "basis": e.basis} for e in events],
        "successors": [c for c in bodies.line(id) if c != id],
        "fonds": [told.fonds_json(bodies, f, day) for f in mine],
    })  # fmt: skip
    _tell_body(call, bodies, id, code, day, mine)
    return DONE


def _tell_body(call: Call, bodies: Bodies, id: str, asked: str, day: dt.date, fonds: list[FondsHeld]) -> None:
    if asked != id:
        call.tell("body-old-code", given=asked, code=id)
    told.tell_body(call, bodies, id, day)
    ended = bodies.life(id)[1]
    if ended and ended < day:
        call.tell("body-ended", code=id, day=told.day(ended), custodian=bodies.custodian(id, "", day))
    for each in bodies.facts.get(id, ()):
        when = told.days(call, each.valid_from, each.valid_to)
        if each.kind == "name":
            call.tell("body-names", name=each.value, days=when)
        elif each.kind == "code":
            call.tell("body-codes", code=each.value, days=when)
    if superior := bodies.of(id, "superior", day):
        call.tell("body-superior", superior=superior)
    for event in bodies.events:
        if event.agency == id:
            call.tell(f"body-event-{event.type}", day=told.day(event.date), basis=event.basis or "—",
                      other=event.other or "—")  # fmt: skip
    for one in fonds:
        state = (
            call.word("fonds-closed", day=told.day(one.closed_on))
            if one.closed_on
            else call.word("fonds-open")
        )
        call.tell("body-fonds", fonds=f"{one.code} ({one.agency})", state=state, files=one.files,
                  custodian=bodies.custodian(one.agency, one.code, day))  # fmt: skip


@command(agency, "tree")
@ON
def agency_tree(call: Call, on: str | None) -> int:
    """Cây tổ chức vào một ngày / who is under whom on a day."""
    day = days.day_or_none(on) or days.today()
    bodies = _bodies(call.open(create=False))
    there = {id for id in bodies.rows if bodies.lives(id, day)}

    def branch(id: str, depth: int, above: tuple[str, ...]) -> dict[str, object]:
        call.tell("body-tree", indent="  " * depth, code=id, name=bodies.name(id, day))
        below = [c for c in bodies.below(id, day) if c not in above]
        return {
            **told.body_json(bodies, id, day),
            "below": [branch(c, depth + 1, (*above, c)) for c in below],
        }

    tops = [id for id in sorted(there) if bodies.of(id, "superior", day) not in there]
    call.emit({"schema": 1, "on": day.isoformat(), "tree": [branch(id, 0, (id,)) for id in tops]})
    return DONE


@command(agency, "import")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True)
@click.option("--basis", default="")
@BY
def agency_import(call: Call, table: Path, dry_run: bool, basis: str, by: str | None) -> int:
    """Nhập bảng cơ quan (CSV) / take in a table of bodies."""
    if not table.exists():
        raise PathNotFound(path=shown(os.fspath(table)))
    opened = call.open(writing=not dry_run)
    with opened.connect() as connection:
        bodies = read_bodies(connection)
        read = tables.read_table(table, bodies, tables.bodies_with_records(connection))
        new = tables.new_effects(bodies, read) if read.good else None
        done = (
            tables.import_table(connection, opened.store, read, by=account(by), basis=basis or table.name)
            if new and not dry_run else None
        )  # fmt: skip
        if done:
            follow_in_index(call, opened, connection)
    count = {"bodies": len({p.agency for p in read.periods}), "facts": len(new["facts"]) if new else 0,
             "events": len(new["events"]) if new else 0}  # fmt: skip
    call.emit({"schema": 1, **count, "decision": done and done["id"], "dry_run": dry_run,
               "findings": [f.as_json() for f in read.findings]})  # fmt: skip
    told.tell_findings(call, read.findings)
    if not read.good:
        call.tell("body-import-refused")
    elif dry_run:
        call.tell("body-import-dry", **count)
    elif done:
        call.tell("body-imported", id=done["id"], **count)
    else:
        call.tell("body-import-known")
    return DONE if read.good else REFUSED


@command(agency, "export")
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["csv", "eac-cpf"]), default="csv")
def agency_export(call: Call, dest: Path, form: str) -> int:
    """Xuất bảng cơ quan (CSV) hoặc hồ sơ EAC-CPF / export the bodies."""
    if dest.exists():
        raise Exists(path=shown(os.fspath(dest)))
    opened = call.open(create=False)
    with opened.connect() as connection:
        bodies = read_bodies(connection)
        fonds = catalogue.many(connection, FondsHeld, "fonds_of_bodies", agencies=sorted(bodies.rows))
    if form == "csv":
        count = tables.write_table(tables.export_rows(bodies), dest)
    else:
        dest.mkdir(parents=True)
        records = list(eac_records(bodies, fonds))
        for record in records:
            write_body(record, dest / f"{record.id}.xml")
        count = len(records)
    call.emit({"schema": 1, "format": form, "path": os.fspath(dest), "count": count})
    call.tell("body-exported", count=count, path=os.fspath(dest))
    return DONE
