"""Commands about what is held: verify, aip, store."""

import os
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import click
import psycopg

from access.cli import telling
from access.cli.common import DONE, REFUSED, Call, command, size_words
from access.cli.groups import kho
from access.exporting import export
from fixity import program
from repository import catalogue
from repository.copies import copies_of
from repository.disposal_rows import tombstone_of
from repository.exports_known import note_export
from repository.opening import Opened
from repository.packages import AipId
from repository.queries import sql
from repository.rows import AipRow, EventRow, FileRow
from repository.verify import VerifyReport
from repository.verify import verify as verify_path
from standards.errors import KhoError, UsageError
from standards.ocfl_rules import Tally, object_roots
from standards.paths import must_be_there
from standards.shown import for_people


class NoSuchAip(KhoError):
    """No AIP has this id or key."""

    code = "no-such-aip"
    vi = "Kho không giữ gói nào có mã {id}. Xem danh sách bằng `kho aip list`."
    en = "No AIP has the id or key {id}. See `kho aip list`."


class CannotWrite(KhoError):
    """A file cannot be written where it was asked for."""

    code = "cannot-write"
    vi = "Không ghi được {path}: {reason}. Chọn chỗ khác; Kho không ghi đè lên tệp đã có."
    en = "{path} cannot be written: {reason}. Choose another place; a file that is there is never written over."


class AipDestroyed(KhoError):
    """The record was destroyed by a decision."""

    code = "destroyed"
    exit_code = 3
    vi = "Hồ sơ {id} đã được hủy theo quyết định ngày {day} (chứng cứ: {decision}). Kho không còn giữ nội dung."
    en = "The record {id} was destroyed by decision on {day} (tombstone: {decision}). Kho holds nothing of its content."


@command(kho, "verify")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--write-program", type=click.Path(path_type=Path))
def verify(call: Call, path: Path | None, write_program: Path | None) -> int:
    """Kiểm tra độc lập, không cần cơ sở dữ liệu / verify with no database and no network."""
    if write_program is not None:
        return _write_program(call, write_program)
    if path is None:
        raise UsageError(reason="PATH")
    must_be_there(path)
    report = _watched(call, path)
    findings = [f.as_json() for f in report.findings]
    call.emit({"schema": 1, "path": for_people(os.fspath(path)), "verdict": report.verdict, "findings": findings,
               "objects": report.objects, "files": report.files, "bytes": report.bytes})  # fmt: skip
    telling.tell_findings(call, {"findings": findings, "packages": []})
    call.tell("verify-line", verdict=call.word(f"verdict-{report.verdict}"), objects=report.objects,
              files=report.files, size=size_words(report.bytes, call.lang))  # fmt: skip
    return DONE if report.verdict in ("valid", "valid-with-warning") else REFUSED


def _write_program(call: Call, target: Path) -> int:
    """The verifier for strangers, as one file that any Python from 3.9 on runs."""
    try:
        program.write_program(target)
    except OSError as problem:
        raise CannotWrite(path=for_people(os.fspath(target)), reason=problem.strerror) from problem
    call.emit({"schema": 1, "program": os.fspath(target)})
    call.tell("program-written", path=os.fspath(target))
    return DONE


def _watched(call: Call, path: Path) -> VerifyReport:
    """Verify in one thread, count in another how many objects there will be, and show how far it is."""
    tally = Tally()
    with telling.progress(call, "verifying") as advance, ThreadPoolExecutor(2) as pool:
        total = pool.submit(lambda: sum(isinstance(home, Path) for home in object_roots(path)))
        report = pool.submit(verify_path, path, tally)
        while not wait([report], timeout=0.2).done:
            known = (total.result() or None) if total.done() else None
            advance(tally.objects, known, {"files": tally.files, "bytes": tally.bytes})
    return report.result()


@kho.group("aip")
def aip() -> None:
    """Các gói lưu trữ / the AIPs."""


@command(aip, "list")
def aip_list(call: Call) -> int:
    """Danh sách gói lưu trữ, mỗi dòng một gói / list the AIPs, a JSON line each."""
    with call.open(create=False).connect() as connection:
        for row in catalogue.aips(connection):
            call.emit(_summary(row))
            call.tell("aip-line", id=row.id, record=row.key, documents=row.documents, pages=row.pages,
                      title=row.fields.get("title", ""))  # fmt: skip
    return DONE


def _summary(row: AipRow) -> dict[str, Any]:
    return {"schema": 1, "aip": row.id, "key": row.key, "agency": row.agency, "fonds": row.fonds,
            "title": row.fields.get("title", ""), "version": row.version, "documents": row.documents,
            "pages": row.pages, "bytes": row.bytes, "published": row.published,
            "stored": row.stored_at.isoformat()}  # fmt: skip


def find_aip(opened: Opened, id: str) -> AipRow:
    """The AIP with this id or key. Raises NoSuchAip."""
    with opened.connect() as connection:
        held = connection.execute(sql("aip_by_key"), {"key": id}).fetchone()
        found = catalogue.aip(connection, held[0] if held else id)
        gone = tombstone_of(connection, id) if found is None else None
    if gone is not None:
        raise AipDestroyed(id=gone.aip, day=gone.destroyed_at.strftime("%d/%m/%Y"), decision=gone.decision)
    if found is None:
        raise NoSuchAip(id=for_people(id))
    return found


@command(aip, "show")
@click.argument("id")
def aip_show(call: Call, id: str) -> int:
    """Mô tả, tệp và lịch sử của một gói / one AIP with its files and its history."""
    opened = call.open(create=False)
    row = find_aip(opened, id)
    tree = opened.store.tree(AipId(row.id))
    with opened.connect() as connection:
        documents = catalogue.documents(connection, row.id)
        files = catalogue.many(connection, FileRow, "files_of_aip", aip=row.id)
        events = _events(connection, row.id)
        copies = copies_of(connection, row.id)
    call.emit({
        **_summary(row), "profile": row.profile, "fields": row.fields, "retention": row.retention, "mode": row.mode,
        "location": os.fspath(tree.home),
        "versions": [{"version": v.name, "created": v.created, "message": v.message, "by": v.user_name}
                     for v in tree.versions()],
        "contents": [{"id": d.id, "order": d.ordinal, "fields": d.fields, "file": d.file} for d in documents],
        "files": [{"path": f.path, "role": f.role, "original_name": f.original_name, "size": f.size,
                   "sha256": f.sha256, "sha512": f.sha512, "puid": f.puid, "facts": f.facts} for f in files],
        "events": [{"id": str(e.id), "type": e.type, "step": e.step, "outcome": e.outcome, "codes": e.codes,
                    "time": e.time.isoformat()} for e in events],
        "copies": [{"location": c.location, "state": c.state, "version": f"v{c.version}",
                    "written": c.written_at.isoformat(),
                    "verified": c.verified_at.isoformat() if c.verified_at else None} for c in copies],
        "findings": [telling.finding_json(f) for f in row.findings],
    })  # fmt: skip
    call.tell("aip-line", id=row.id, record=row.key, documents=row.documents, pages=row.pages,
              title=row.fields.get("title", ""))  # fmt: skip
    for copy in copies:
        verified = copy.verified_at.isoformat(timespec="seconds") if copy.verified_at else "—"
        call.tell("copy-line", location=copy.location, version=copy.version, verified=verified,
                  written=copy.written_at.isoformat(timespec="seconds"))  # fmt: skip
    for event in events:
        call.tell(
            "event-line",
            time=event.time.isoformat(timespec="seconds"),
            step=event.type,
            outcome=event.outcome,
        )
    return DONE


def _events(connection: psycopg.Connection, aip: str) -> list[EventRow]:
    """What happened to an AIP and what was decided about it, its fonds and its body, in the order of time."""
    found = (
        catalogue.many(connection, EventRow, name, aip=aip)
        for name in ("events_of_aip", "decision_events_of_aip")
    )
    return sorted(
        {event.id: event for events in found for event in events}.values(), key=lambda event: event.time
    )


@command(aip, "export")
@click.argument("id")
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["bag", "dip", "eark", "tt05"]), default="bag")
def aip_export(call: Call, id: str, dest: Path, form: str) -> int:
    """Xuất một gói để giao đi / export an AIP for others."""
    opened = call.open(create=False)
    row = find_aip(opened, id)
    path = export(opened, row, dest, form)
    with opened.connect() as connection:
        note_export(connection, row.id, path, form)
    call.emit({"schema": 1, "aip": row.id, "format": form, "path": os.fspath(path)})
    call.tell("exported", id=row.id, path=os.fspath(path), format=form)
    return DONE
