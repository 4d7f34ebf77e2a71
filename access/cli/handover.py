"""Commands of handover: a frozen list, packages, the receipt of the other side, custody after it, minutes."""

import csv
import io
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from access import handover_forms as forms
from access.cli import waiting
from access.cli.agencies import BASIS, BY, Exists, follow_in_index
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from access.cli.holdings import find_aip
from access.cli.telling import progress
from access.dossiers import ATTACHED, keep, write_out
from ingest import batches
from preservation.bodies import days
from preservation.handover import receiving, sending
from preservation.persons import person
from repository.handover_rows import HandoverLineRow, HandoverRow, lines_of
from repository.opening import Opened
from standards.errors import PathNotFound, UsageError
from standards.paths import must_be_there
from standards.shown import for_people as shown
from standards.vietnamese import nfc

_REFUSALS = click.option("--refusals", type=click.Path(path_type=Path), help="CSV: record,reason")


@kho.group("handover")
def handover() -> None:
    """Giao nộp, bàn giao tài liệu / transfer and handover."""


@command(handover, "plan")
@click.argument("ids", nargs=-1)
@click.option("--kind", type=click.Choice(sending.KINDS), required=True)
@click.option("--from", "sender", required=True, help="H26.99.07")
@click.option("--to", "receiver", required=True, help="LS26")
@click.option("--paper", is_flag=True)
@BASIS
@BY
def handover_plan(
    call: Call,
    ids: tuple[str, ...],
    kind: str,
    sender: str,
    receiver: str,
    paper: bool,
    basis: str,
    by: str | None,
) -> int:
    """Chốt danh mục bàn giao / freeze the list."""
    opened, who = call.open(create=False, writing=True), person(by)
    wanted = [find_aip(opened, id).id for id in ids]
    with opened.connect() as connection:
        decision, left = sending.freeze(connection, opened.store, kind=kind, sender=sender, receiver=receiver,
                                        by=who, basis=basis, ids=wanted, paper=paper)  # fmt: skip
    return _told(
        call, opened, decision["id"], left_out=[{"aip": a, "why": w} for a, w in sorted(left.items())]
    )


@command(handover, "list")
def handover_list(call: Call) -> int:
    """Các lần bàn giao / the handovers."""
    with call.open(create=False).connect() as connection:
        found = [_json(h, lines_of(connection, h.id)) for h in sending.all_handovers(connection)]
    call.emit({"schema": 1, "handovers": found})
    for each in found:
        _tell(call, each)
    if not found:
        call.tell("nothing")
    return DONE


@command(handover, "show")
@click.argument("id")
def handover_show(call: Call, id: str) -> int:
    """Một lần bàn giao với từng dòng / one handover, line by line."""
    opened = call.open(create=False)
    row, lines = _found(opened, id)
    call.emit({"schema": 1, **_json(row, lines), "lines": [
        {"number": x.ordinal, "aip": x.aip or None, "key": x.key, "version": x.version, "documents": x.documents,
         "files": x.files, "bytes": x.bytes, "digest": x.digest, "term": dict(x.term), "state": x.state,
         "reason": x.reason} for x in lines]})  # fmt: skip
    _tell(call, _json(row, lines))
    for line in lines[:200]:
        call.tell("handover-line", number=line.ordinal, record=line.key, files=line.files,
                  state=call.word(f"handover-line-{line.state}"), reason=line.reason)  # fmt: skip
    return DONE


@command(handover, "export")
@click.argument("id")
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["bag", "eark", "tt05"]), default="bag")
def handover_export(call: Call, id: str, dest: Path, form: str) -> int:
    """Xuất các gói, danh mục và mã băm; gọi lại để làm tiếp / write the packages with list and digests."""
    opened = call.open(create=False, writing=True)
    row, lines = _found(opened, id)
    with opened.connect() as connection, progress(call, "handing-over") as advance:
        path = sending.export(
            connection, opened, row, dest, form=form, advance=lambda d, a: advance(d, a, {})
        )
    call.emit({"schema": 1, **_json(row, lines), "path": os.fspath(dest), "list": os.fspath(path)})
    call.tell("handover-exported", count=len(lines), path=os.fspath(dest), digest=row.digest)
    return DONE


@command(handover, "minutes")
@click.argument("id")
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--details", type=click.Path(path_type=Path), help="TOML")
def handover_minutes(call: Call, id: str, dest: Path, details: Path | None) -> int:
    """Lập biên bản giao nhận và danh mục (PDF/A) / make the minutes and the list."""
    opened = call.open(create=False, writing=True)
    row, _lines = _found(opened, id)
    with opened.connect() as connection:
        made = forms.file_minutes(connection, opened, row, forms.read_details(details))
    dest.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (dest / name).write_bytes(data)
    call.emit({"schema": 1, "id": str(row.id), "path": os.fspath(dest), "files": sorted(made)})
    call.tell("body-exported", count=len(made), path=os.fspath(dest))
    return DONE


@command(handover, "receive")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--number", required=True, help="15/BN")
@click.option("--on", help="2026-01-01")
@click.option("--check", "only_check", is_flag=True)
@_REFUSALS
@BY
def handover_receive(
    call: Call,
    folder: Path,
    number: str,
    on: str | None,
    only_check: bool,
    refusals: Path | None,
    by: str | None,
) -> int:
    """Nhận bàn giao từ một Kho khác: nhập, đối chiếu, lập biên nhận / take over what another Kho hands over."""
    must_be_there(folder)
    who, listed = person(by), receiving.read_list(folder)
    opened = call.open(writing=True)
    with opened.connect() as connection:
        batch = batches.register_batch(
            connection, opened.home, folder / sending.PACKAGES, mapping=None, agency=None
        )
    waiting.work(call, opened, [batch], os.cpu_count() or 1)
    with opened.connect() as connection:
        found = receiving.compare(connection, listed, _refusals(refusals))
        connection.commit()
        if only_check:
            return _compared(call, listed, found, receipt=None)
        row = receiving.record_received(connection, opened.store, listed, found, by=who, number=number,
                                        on=days.day_or_none(on) or days.today())  # fmt: skip
        lines = lines_of(connection, row.id)
        follow_in_index(call, opened, connection)
    kept = receiving.Compared(
        tuple({"key": x.key, "aip": x.aip} for x in lines if x.state == "accepted"),
        tuple({"key": x.key, "reason": x.reason} for x in lines if x.state == "refused"),
    )
    return _compared(call, listed, kept, receipt=receiving.write_receipt(row, kept, folder))


def _compared(
    call: Call, listed: Mapping[str, Any], found: receiving.Compared, *, receipt: Path | None
) -> int:
    call.emit({"schema": 1, "handover": listed["handover"], "digest": listed["digest"],
               "accepted": list(found.accepted), "refused": list(found.refused),
               "receipt": receipt and os.fspath(receipt)})  # fmt: skip
    call.tell("handover-compared", accepted=len(found.accepted), refused=len(found.refused))
    for each in found.refused:
        call.tell("handover-refusal", record=each["key"], reason=each["reason"])
    if receipt:
        call.tell("handover-receipt", path=os.fspath(receipt))
    return REFUSED if found.refused else DONE


@command(handover, "settle")
@click.argument("id")
@click.option("--receipt", type=click.Path(path_type=Path), help=sending.RECEIPT)
@click.option("--received-by", help="họ tên / name")
@click.option("--number", help="15/BN")
@click.option("--on", help="2026-01-01")
@_REFUSALS
@BY
def handover_settle(
    call: Call, id: str, receipt: Path | None, received_by: str | None, number: str | None, on: str | None,
    refusals: Path | None, by: str | None,
) -> int:  # fmt: skip
    """Ghi biên nhận (tệp của Kho bên nhận, hoặc bản giấy): quyền quản lý chuyển từ đây / custody moves by the receipt."""
    opened, who = call.open(create=False, writing=True), person(by)
    row, lines = _found(opened, id)
    if receipt is not None:
        must_be_there(receipt)
        received = sending.read_receipt(receipt)
        if received["handover"] != str(row.origin):
            raise sending.ListChanged(id=row.id, reason=received["handover"])
    elif number:
        received = sending.by_hand(row, lines, _refusals(refusals), number=number, on=days.day_or_none(on) or days.today(),
                                   received_by=person(received_by, "--received-by"))  # fmt: skip
    else:
        raise UsageError(reason=f"--receipt {sending.RECEIPT} | --number … --received-by …")
    with opened.connect() as connection:
        sending.settle(connection, opened.store, row, received=received, by=who, by_hand=receipt is None)
        follow_in_index(call, opened, connection)
    return _told(call, opened, str(row.id))


def _refusals(table: Path | None) -> dict[str, str]:
    """A table: record (its key), reason."""
    if table is None:
        return {}
    must_be_there(table)
    found = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(nfc(table.read_text("utf-8-sig")))), start=2):
        key, reason = (row.get("record") or "").strip(), (row.get("reason") or "").strip()
        if not key or not reason:
            raise UsageError(reason=f"{table.name}:{number}: record,reason")
        found[key] = reason
    return found


@command(handover, "withdraw")
@click.argument("id")
@BASIS
@BY
def handover_withdraw(call: Call, id: str, basis: str, by: str | None) -> int:
    """Rút danh mục chưa được nhận / take back a list that nobody received."""
    opened, who = call.open(create=False, writing=True), person(by)
    row, _lines = _found(opened, id)
    with opened.connect() as connection:
        sending.withdraw(connection, opened.store, row, by=who, basis=basis)
    return _told(call, opened, str(row.id))


@command(handover, "attach")
@click.argument("id")
@click.argument("file", type=click.Path(path_type=Path))
def handover_attach(call: Call, id: str, file: Path) -> int:
    """Đính kèm biên bản đã ký quét lại / attach the signed minutes."""
    if not file.is_file():
        raise PathNotFound(path=shown(os.fspath(file)))
    opened = call.open(create=False, writing=True)
    row, _lines = _found(opened, id)
    with opened.connect() as connection:
        keep(connection, opened.store, row.id, {f"{ATTACHED}{file.name}": file.read_bytes()},
             "Hồ sơ bàn giao / dossier of a handover")  # fmt: skip
    call.emit({"schema": 1, "id": str(row.id), "attached": file.name})
    call.tell("handover-attached", id=row.id, name=file.name)
    return DONE


@command(handover, "dossier")
@click.argument("id")
@click.argument("dest", type=click.Path(path_type=Path))
def handover_dossier(call: Call, id: str, dest: Path) -> int:
    """Lấy ra biên bản, danh mục, bản ký / write out minutes, list and signed scans."""
    if dest.exists():
        raise Exists(path=shown(os.fspath(dest)))
    opened = call.open(create=False)
    row, _lines = _found(opened, id)
    names = write_out(opened, row.id, dest)
    call.emit({"schema": 1, "id": str(row.id), "path": os.fspath(dest), "files": names})
    call.tell("body-exported", count=len(names), path=os.fspath(dest))
    return DONE


def _found(opened: Opened, id: str) -> tuple[HandoverRow, list[HandoverLineRow]]:
    with opened.connect() as connection:
        row = sending.find_handover(connection, id)
        return row, lines_of(connection, row.id)


def _json(row: HandoverRow, lines: list[HandoverLineRow]) -> dict[str, Any]:
    return {
        "id": str(row.id), "way": row.way, "origin": str(row.origin), "kind": row.kind, "sender": row.sender,
        "receiver": row.receiver, "basis": row.basis, "status": row.status, "listed_by": row.listed_by,
        "listed_at": row.listed_at.isoformat(), "digest": row.digest, "settled": row.settled,
        "packages": len(lines), "files": sum(x.files for x in lines), "bytes": sum(x.bytes for x in lines),
        "counts": dict(sorted(Counter(x.state for x in lines).items())),
    }  # fmt: skip


def _tell(call: Call, told: Mapping[str, Any]) -> None:
    counts = ", ".join(f"{call.word(f'handover-line-{state}')}: {n}" for state, n in told["counts"].items())
    call.tell("handover-one", id=told["id"], sender=told["sender"], receiver=told["receiver"], counts=counts,
              kind=call.word(f"handover-{told['kind']}"), status=call.word(f"handover-{told['status']}"),
              way=call.word(f"handover-{told['way']}"))  # fmt: skip


def _told(call: Call, opened: Opened, id: str, **more: Any) -> int:
    row, lines = _found(opened, id)
    call.emit({"schema": 1, **_json(row, lines), **more})
    _tell(call, _json(row, lines))
    if left := more.get("left_out"):
        for why, count in sorted(Counter(each["why"] for each in left).items()):
            call.tell("handover-left", count=count, why=call.word(f"handover-why-{why}"))
    return DONE
