"""Commands that take packages in: check, ingest, batch, quarantine."""

import os
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from psycopg import Connection

from access.cli import telling, waiting
from access.cli.checking import PATHS
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from ingest import batches, reports, returning
from ingest.receipt import write_receipt
from ingest.report_shape import is_left_out, report
from ingest.standby import reserved
from repository import catalogue, jobs
from repository.opening import Opened
from repository.rows import BatchRow, HeldRow, PackageRow
from standards.errors import KhoError
from standards.paths import must_be_there
from standards.shown import for_people as shown


class NoSuchBatch(KhoError):
    """No batch has this id."""

    code = "no-such-batch"
    vi = "Không có đợt nhập {id}. Xem danh sách bằng `kho batch list`."
    en = "There is no batch {id}. See `kho batch list`."


class NoSuchPackage(KhoError):
    """No package with this number is in quarantine."""

    code = "not-in-quarantine"
    vi = "Trong khu cách ly không có gói số {id}. Xem danh sách bằng `kho quarantine list`."
    en = "There is no package {id} in quarantine. See `kho quarantine list`."


@command(kho, "ingest")
@PATHS
@click.option("--columns", "mapping", help="TOML / tt02-46 / ...")
@click.option("--agency", help="H26.99.07")
@click.option("--wait", is_flag=True)
@click.option("--processes", type=click.IntRange(1, 64), default=None)
def ingest(
    call: Call,
    paths: tuple[Path, ...],
    mapping: str | None,
    agency: str | None,
    wait: bool,
    processes: int | None,
) -> int:
    """Tiếp nhận bàn giao vào kho / take packages in."""
    began = time.monotonic()
    _must_be_there(paths)
    opened = call.open(writing=True)
    with reserved(call.settings, opened.home) if wait else nullcontext() as standby:
        with opened.connect() as connection:
            found = (
                batches.register_batch(connection, opened.home, p, mapping=mapping, agency=agency)
                for p in paths
            )
            taken = list({batch.id: batch for batch in found}.values())
            if not wait:
                return _queue(call, connection, taken)
        waiting.work(call, opened, taken, processes or os.cpu_count() or 1, standby)
    return _report(call, opened, taken, began)


def _must_be_there(paths: tuple[Path, ...]) -> None:
    """Before the first is registered: a slip in the last of many paths must not leave the others waiting."""
    for path in paths:
        must_be_there(path)


def _queue(call: Call, connection: Any, taken: list[BatchRow]) -> int:
    with connection.transaction():
        for batch in taken:
            jobs.defer(connection, jobs.TAKE_IN, lock=f"{jobs.TAKE_IN}:{batch.id}", batch=batch.id)
    document = reports.batch_report(connection, taken[0], 0.0)
    call.emit({**document, "batches": [b.id for b in taken]})
    for batch in taken:
        call.tell("batch-queued", batch=batch.id)
    return DONE


def _report(call: Call, opened: Opened, taken: list[BatchRow], began: float) -> int:
    seconds = time.monotonic() - began
    with opened.connect() as connection:
        ended = [catalogue.batch(connection, b.id) or b for b in taken]
        documents = [reports.batch_report(connection, b, seconds) for b in ended]
    for document in documents:
        document["receipt"] = [str(p) for p in write_receipt(document, opened.home.receipts) if p]
    whole = merged(documents, seconds)
    call.emit(whole)
    telling.tell_report(call, whole)
    telling.tell_receipts(call, documents)
    refused = any(e["status"] in reports.REFUSED for e in whole["packages"]) or is_left_out(whole)
    return REFUSED if refused else DONE


def merged(documents: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """One report of several batches; of one, that one."""
    if len(documents) == 1:
        return documents[0]
    entries = [e for d in documents for e in d["packages"]]
    whole = report(entries, [], seconds)
    whole["findings"] = [f for d in documents for f in d["findings"]]
    whole["files"] = [f for d in documents for f in d["files"]]
    return {**whole, "batch": documents[0]["batch"], "batches": [d["batch"] for d in documents]}


@kho.group("batch")
def batch() -> None:
    """Các đợt nhập / batches."""


@command(batch, "list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100)
def batch_list(call: Call, limit: int) -> int:
    """Danh sách đợt nhập / list the batches."""
    with call.open(create=False).connect() as connection:
        found = catalogue.many(connection, BatchRow, "batches", limit=limit)
    call.emit({"schema": 1, "batches": [_batch_line(b) for b in found]})
    for row in found:
        call.tell(
            "batch-line", batch=row.id, source=row.source, status=call.word(f"batch-{row.status}-state")
        )
    return DONE


def _batch_line(row: BatchRow) -> dict[str, Any]:
    return {"batch": row.id, "source": row.source, "kind": row.kind, "status": row.status,
            "received": row.created_at.isoformat(), "finished": row.finished_at and row.finished_at.isoformat()}  # fmt: skip


@command(batch, "show")
@click.argument("id")
def batch_show(call: Call, id: str) -> int:
    """Báo cáo của một đợt nhập / the report of a batch."""
    with call.open(create=False).connect() as connection:
        found = catalogue.batch(connection, id)
        if found is None:
            raise NoSuchBatch(id=shown(id))
        ended = found.finished_at or catalogue.now()
        document = reports.batch_report(connection, found, (ended - found.created_at).total_seconds())
    call.emit(document)
    telling.tell_report(call, document)
    return DONE


@kho.group("quarantine")
def quarantine() -> None:
    """Khu cách ly / quarantine."""


@command(quarantine, "list")
def quarantine_list(call: Call) -> int:
    """Những gì đang ở khu cách ly / what is in quarantine."""
    with call.open(create=False).connect() as connection:
        found = catalogue.many(connection, PackageRow, "quarantined")
        entries = [{**reports.package_entry(p), "held": _held_since(connection, p)} for p in found]
    call.emit({"schema": 1, "packages": entries})
    telling.tell_entries(call, entries)
    return DONE


def _held_since(connection: Connection, package: PackageRow) -> str | None:
    """The AIP under the same key, where the hồ sơ was delivered again and taken in, or was held before."""
    held = catalogue.one(connection, HeldRow, "aip_by_key", key=package.key) if package.key else None
    return held.id if held else None


def _quarantined(opened: Opened, id: int) -> PackageRow:
    with opened.connect() as connection:
        found = catalogue.package(connection, id)
    if found is None or found.next_step is not None or found.status not in reports.REFUSED:
        raise NoSuchPackage(id=id)
    return found


@command(quarantine, "show")
@click.argument("id", type=int)
def quarantine_show(call: Call, id: int) -> int:
    """Một gói ở khu cách ly và lý do / one package in quarantine, and why."""
    found = _quarantined(call.open(create=False), id)
    call.emit({"schema": 1, **reports.package_entry(found), "files": list(found.files)})
    entry = reports.package_entry(found)
    telling.tell_entries(call, [entry])
    telling.tell_findings(call, {"findings": [], "packages": [entry]})
    return DONE


@command(quarantine, "release")
@click.argument("id", type=int)
@click.option("--reason", required=True)
@click.option("--as-version", is_flag=True, help="conflict -> v2")
def quarantine_release(call: Call, id: int, reason: str, as_version: bool) -> int:
    """Người có thẩm quyền cho nhập tiếp / a person lets it go on."""
    opened = call.open(create=False, writing=True)
    package = returning.release(opened, _quarantined(opened, id), reason, as_version=as_version)
    with opened.connect() as connection:
        again = catalogue.batch(connection, package.batch)
    began = time.monotonic()
    waiting.work(call, opened, [again] if again else [], 1)
    with opened.connect() as connection:
        package = catalogue.package(connection, id) or package
    returning.settle(opened, package)
    _report(call, opened, [again] if again else [], began)
    return REFUSED if package.status in reports.REFUSED else DONE


@command(quarantine, "send-back")
@click.argument("id", type=int)
@click.argument("dest", type=click.Path(path_type=Path))
def quarantine_send_back(call: Call, id: int, dest: Path) -> int:
    """Chép gói ra để trả lại bên giao / copy a package out, to be sent back."""
    opened = call.open(create=False)
    target = returning.send_back(opened, _quarantined(opened, id), dest)
    call.emit({"schema": 1, "id": id, "path": shown(os.fspath(target))})
    call.tell("sent-back", id=id, path=os.fspath(target))
    return DONE
