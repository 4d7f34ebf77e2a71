"""Commands of disposal: a list, its council, verdicts, opinion, the head's decision, destruction, dossier."""

import csv
import io
import os
from pathlib import Path
from typing import Any

import click

from access import disposal_forms as forms
from access.cli import disposition_telling as telling_
from access.cli.agencies import BASIS, BY, Exists
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from access.cli.holdings import find_aip
from access.cli.telling import progress
from access.disposing import destroy
from access.dossiers import write_out
from access.searching import open_solr
from preservation.bodies import days
from preservation.disposal import review
from preservation.disposal.destroying import Acting
from preservation.disposal.linking import link
from preservation.disposal.procedure import procedures
from preservation.persons import person
from repository import catalogue
from repository.backup import backups_before
from repository.disposal_rows import DisposalRow, LineRow, lines_of
from repository.opening import Opened
from standards.errors import PathNotFound, UsageError
from standards.shown import for_people as shown
from standards.vietnamese import nfc

ON = click.option("--on", help="2026-01-01")


@kho.group("disposition")
def disposition() -> None:
    """Xét hủy hồ sơ hết hạn / disposal of records that are due."""


@command(disposition, "procedures")
def disposition_procedures(call: Call) -> int:
    """Các quy trình xét hủy / the procedures."""
    found = procedures().values()
    call.emit({"schema": 1, "procedures": [telling_.procedure_json(p) for p in found]})
    for each in found:
        call.tell("procedure-line", name=each.name, title=each.vi if call.lang == "vi" else each.en,
                  steps=" → ".join(each.steps))  # fmt: skip
    return DONE


@command(disposition, "plan")
@click.option("--agency", required=True, help="H26.201")
@click.option("--procedure")
@click.option("--duplicate", "duplicates", multiple=True, help="ID")
@ON
@BY
def disposition_plan(
    call: Call,
    agency: str,
    procedure: str | None,
    duplicates: tuple[str, ...],
    on: str | None,
    by: str | None,
) -> int:
    """Lập danh mục hồ sơ hết hạn để xét hủy / put what is due on a list."""
    opened, who = call.open(create=False, writing=True), person(by)
    doubles = [find_aip(opened, id).id for id in duplicates]
    with opened.connect() as connection:
        listed = review.make_list(connection, opened.store, agency=agency, on=days.day_or_none(on) or days.today(),
                                  by=who, name=procedure, duplicates=doubles)  # fmt: skip
        made = review.find_disposal(connection, listed.decision["id"])
        forms.file_list(connection, opened, made)
        lines = lines_of(connection, made.id)
    left = [{"aip": aip, "why": why} for aip, why in sorted(listed.left.items())]
    call.emit({"schema": 1, **telling_.disposal_json(made, lines), "left_out": left})
    call.tell("disposal-listed", id=made.id, count=len(lines), left=len(left))
    return DONE


@command(disposition, "list")
def disposition_list(call: Call) -> int:
    """Các danh mục xét hủy / the lists."""
    with call.open(create=False).connect() as connection:
        found = review.all_disposals(connection)
        told = [telling_.disposal_json(d, lines_of(connection, d.id)) for d in found]
    call.emit({"schema": 1, "disposals": told})
    for each in told:
        telling_.tell_disposal(call, each)
    if not told:
        call.tell("nothing")
    return DONE


@command(disposition, "show")
@click.argument("id")
def disposition_show(call: Call, id: str) -> int:
    """Một danh mục với từng dòng / one list, line by line."""
    opened = call.open(create=False)
    found, lines = _found(opened, id)
    told = telling_.disposal_json(found, lines)
    call.emit({"schema": 1, **told, "lines": [telling_.line_json(line) for line in lines]})
    telling_.tell_disposal(call, told)
    for line in lines[:200]:
        call.tell("disposal-line", number=line.ordinal, record=line.key, state=call.word(f"line-{line.state}"),
                  reason=line.reason or "—")  # fmt: skip
    return DONE


def _found(opened: Opened, id: str) -> tuple[DisposalRow, list[LineRow]]:
    with opened.connect() as connection:
        found = review.find_disposal(connection, id)
        return found, lines_of(connection, found.id)


@command(disposition, "council")
@click.argument("id")
@click.option(
    "--member", "members", multiple=True, required=True, help="Họ tên;chair|secretary|member;lãnh đạo"
)
@BASIS
@BY
def disposition_council(call: Call, id: str, members: tuple[str, ...], basis: str, by: str | None) -> int:
    """Lập hội đồng xét hủy / set up the council."""
    opened, who = call.open(create=False, writing=True), person(by)
    found, _lines = _found(opened, id)
    council = [_member(given) for given in members]
    with opened.connect() as connection:
        review.set_council(connection, opened.store, found, council, by=who, basis=basis)
    return _told(call, opened, id)


def _member(given: str) -> dict[str, str]:
    parts = [p.strip() for p in nfc(given).split(";")]
    if len(parts) != 3 or parts[1] not in ("chair", "secretary", "member"):
        raise UsageError(reason=f"--member “{given}”: Họ tên;chair|secretary|member;đại diện")
    return {"name": person(parts[0]), "role": parts[1], "stands_for": parts[2].casefold()}


@command(disposition, "decide")
@click.argument("id")
@click.option("--present", multiple=True, required=True)
@click.option("--minutes", required=True, help="05/BB-HĐXH")
@click.option("--verdict", type=click.Choice(list(review.VERDICTS)), default="destroy")
@click.option("--exceptions", "table", type=click.Path(path_type=Path))
@BY
def disposition_decide(
    call: Call,
    id: str,
    present: tuple[str, ...],
    minutes: str,
    verdict: str,
    table: Path | None,
    by: str | None,
) -> int:
    """Kết luận của hội đồng: cả danh mục, trừ các dòng trong bảng / the verdict: the whole list, with exceptions."""
    opened, who = call.open(create=False, writing=True), person(by)
    found, lines = _found(opened, id)
    exceptions = _exceptions(table, lines) if table else []
    with opened.connect() as connection:
        review.decide(connection, opened.store, found, present=present, default=verdict, exceptions=exceptions,
                      minutes=minutes, by=who)  # fmt: skip
        forms.file_minutes(connection, opened, review.find_disposal(connection, str(found.id)))
    return _told(call, opened, id)


def _exceptions(table: Path, lines: list[LineRow]) -> list[review.Exception_]:
    """A table: record (key or id), verdict, reason, years, dissent (names joined by `;`)."""
    if not table.exists():
        raise PathNotFound(path=shown(os.fspath(table)))
    by_name = {name: line.aip for line in lines for name in (line.key, line.aip)}
    found = []
    for number, row in enumerate(csv.DictReader(io.StringIO(nfc(table.read_text("utf-8-sig")))), start=2):
        name, verdict = (row.get("record") or "").strip(), (row.get("verdict") or "").strip()
        years = (row.get("years") or "").strip()
        if name not in by_name or verdict not in review.VERDICTS or (years and not years.isdigit()):
            raise UsageError(reason=f"{table.name}:{number}: {name} {verdict} {years}")
        dissent = tuple(d.strip() for d in (row.get("dissent") or "").split(";") if d.strip())
        found.append(review.Exception_(by_name[name], verdict, (row.get("reason") or "").strip(), dissent,
                                       int(years) if years else None))  # fmt: skip
    return found


@command(disposition, "opinion")
@click.argument("id")
@click.option("--authority", required=True)
@click.option("--number", required=True)
@click.option("--agrees/--objects", default=True)
@BY
def disposition_opinion(
    call: Call, id: str, authority: str, number: str, agrees: bool, by: str | None
) -> int:
    """Ý kiến của cơ quan lưu trữ có thẩm quyền / the opinion of the competent archive."""
    opened, who = call.open(create=False, writing=True), person(by)
    found, _lines = _found(opened, id)
    with opened.connect() as connection:
        review.opine(
            connection, opened.store, found, authority=authority, agrees=agrees, number=number, by=who
        )
    return _told(call, opened, id)


@command(disposition, "approve")
@click.argument("id")
@click.option("--number", required=True, help="12/QĐ-UBND")
@BY
def disposition_approve(call: Call, id: str, number: str, by: str | None) -> int:
    """Người đứng đầu quyết định hủy / the head decides to destroy."""
    opened, who = call.open(create=False, writing=True), person(by)
    found, _lines = _found(opened, id)
    with opened.connect() as connection:
        review.approve(connection, opened.store, found, number=number, by=who)
    return _told(call, opened, id)


@command(disposition, "withdraw")
@click.argument("id")
@BASIS
@BY
def disposition_withdraw(call: Call, id: str, basis: str, by: str | None) -> int:
    """Rút danh mục chưa hủy / take a list back."""
    opened, who = call.open(create=False, writing=True), person(by)
    found, _lines = _found(opened, id)
    with opened.connect() as connection:
        review.withdraw(connection, opened.store, found, by=who, basis=basis)
    return _told(call, opened, id)


@command(disposition, "destroy")
@click.argument("id")
@BY
@click.option("--with", "second", help="họ tên / name")
def disposition_destroy(call: Call, id: str, by: str | None, second: str | None) -> int:
    """Hủy mọi bản của các hồ sơ đã được quyết định; gọi lại để làm tiếp / destroy every copy; call again to go on."""
    opened, acting = call.open(create=False, writing=True), Acting(person(by), person(second, "--with"))
    found, _lines = _found(opened, id)
    with progress(call, "destroying") as advance:
        solr = open_solr(opened.home, call.settings)
        result = destroy(opened, solr, found, acting, lambda done, all_: advance(done, all_, {}))
    with opened.connect() as connection:
        now = review.find_disposal(connection, str(found.id))
        lines = lines_of(connection, now.id)
        if result.destroyed or result.complete:
            forms.file_destruction(connection, opened, now, acting.by, acting.second)
    document = telling_.destroyed_json(now, lines, result)
    document["backups"] = (
        [os.fspath(p) for p in backups_before(opened.home, catalogue.now())] if result.destroyed else []
    )
    call.emit({"schema": 1, **document})
    telling_.tell_destroyed(call, document)
    return REFUSED if result.stopped or result.remains or result.exports else DONE


@command(disposition, "attach")
@click.argument("id")
@click.argument("file", type=click.Path(path_type=Path))
def disposition_attach(call: Call, id: str, file: Path) -> int:
    """Đính kèm bản ký quét lại vào hồ sơ xét hủy / attach a signed scan to the dossier."""
    if not file.is_file():
        raise PathNotFound(path=shown(os.fspath(file)))
    opened = call.open(create=False, writing=True)
    found, _lines = _found(opened, id)
    with opened.connect() as connection:
        forms.attach(connection, opened, found, file.name, file.read_bytes())
    call.emit({"schema": 1, "id": str(found.id), "attached": file.name})
    call.tell("disposal-attached", id=found.id, name=file.name)
    return DONE


@command(disposition, "dossier")
@click.argument("id")
@click.argument("dest", type=click.Path(path_type=Path))
def disposition_dossier(call: Call, id: str, dest: Path) -> int:
    """Lấy ra hồ sơ xét hủy: danh mục, biên bản, bản ký / write out the dossier."""
    if dest.exists():
        raise Exists(path=shown(os.fspath(dest)))
    opened = call.open(create=False)
    found, _lines = _found(opened, id)
    names = write_out(opened, found.id, dest)
    call.emit({"schema": 1, "id": str(found.id), "path": os.fspath(dest), "files": names})
    call.tell("body-exported", count=len(names), path=os.fspath(dest))
    return DONE


@command(disposition, "link")
@click.argument("id")
@click.argument("others", nargs=-1, required=True)
@BASIS
@BY
def disposition_link(call: Call, id: str, others: tuple[str, ...], basis: str, by: str | None) -> int:
    """Ghi liên kết: hồ sơ không bị hủy trước hồ sơ liên quan có hạn dài hơn / link records that must not be outlived."""
    opened, who = call.open(create=False, writing=True), person(by)
    one, rest = find_aip(opened, id).id, [find_aip(opened, other).id for other in others]
    with opened.connect() as connection:
        decision = link(connection, opened.store, one, rest, by=who, basis=basis)
    call.emit({"schema": 1, "decision": decision["id"], "aip": one, "others": rest})
    call.tell("retention-decided", id=decision["id"], count=1 + len(rest))
    return DONE


def _told(call: Call, opened: Opened, id: str) -> int:
    found, lines = _found(opened, id)
    told: dict[str, Any] = telling_.disposal_json(found, lines)
    call.emit({"schema": 1, **told})
    telling_.tell_disposal(call, told)
    return DONE
