"""Commands about what runs: serve, worker, work (of this program itself), status, stop, demo, bench."""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from typing import Any

import click

from access.cli.common import DONE, Call, command, size_words
from access.cli.groups import kho
from access.working import run_audit, run_index, run_replicate, run_take_in, run_versions, sweep
from repository import catalogue, jobs
from repository.copy_status import copy_status
from repository.home import open_home
from repository.services import overview


@command(kho, "worker")
@click.option("--processes", type=click.IntRange(1, 64), default=None)
def worker(call: Call, processes: int | None) -> int:
    """Xử lý hàng đợi cho đến khi bị dừng / work on the queue until told to stop."""
    opened = call.open(create=False)
    count = processes or os.cpu_count() or 1
    call.tell("worker-runs", processes=count)
    tasks: dict[str, Callable[..., None]] = {
        jobs.TAKE_IN: lambda batch: run_take_in(call.settings, opened, batch, count),
        jobs.INDEX: lambda: run_index(call.settings, opened),
        jobs.REPLICATE: lambda location: run_replicate(opened, location),
        jobs.SWEEP: lambda timestamp=0: sweep(opened),
        jobs.VERSIONS: lambda: run_versions(call.settings, opened),
        jobs.AUDIT: lambda timestamp=0: run_audit(call.settings, opened),
    }
    sweep(opened)
    jobs.run_worker(opened.conninfo, tasks, audit_at=call.settings.audit_at)
    return DONE


@command(kho, "serve")
@click.option("--port", type=click.IntRange(1, 65535), default=8000)
def serve(call: Call, port: int) -> int:
    """Mở cổng tra cứu tại 127.0.0.1 / open the portal on 127.0.0.1."""
    from access.serving import serve_portal  # the web server is loaded only where it is wanted

    opened = call.open(create=False)
    serve_portal(call, opened, port)
    return DONE


@command(kho, "status")
def status(call: Call) -> int:
    """Cái gì đang chạy, còn bao nhiêu chỗ / what runs, and how much room is left."""
    home = open_home(call.settings.home, create=False)
    told = overview.status(home, call.settings)
    runs = told["database"] == "outside" or any(
        s["running"] for s in told["services"] if s["name"] == "postgres"
    )
    queues, copies = _catalogue(call) if runs else (None, None)
    call.emit({"schema": 1, **told, "queues": queues, "copies": copies})
    for service in told["services"]:
        state = call.word("service-runs" if service["running"] else "service-stopped")
        where = f"127.0.0.1:{service['port']}" if service.get("port") else ""
        call.tell(
            "service-line", name=service["name"], state=state, where=where, since=service.get("since") or ""
        )
    if queues:
        call.tell("queues", **queues)
    if queues and queues["alarms"]:
        call.tell("alarms-wait", count=queues["alarms"])
    if copies:
        _tell_copies(call, copies)
    call.tell("disk-left", size=size_words(told["disk_free"]))
    for note in told["notes"]:
        call.say(note[call.lang])
    return DONE


def _catalogue(call: Call) -> tuple[dict[str, int], dict[str, Any]]:
    """What waits, and how the copies stand."""
    with call.open(create=False).connect() as connection:
        queues = next(iter(catalogue.as_dicts(connection, "queue_lengths")))
        alarms = catalogue.value(connection, "open_view_alarms")
        return {**queues, "alarms": alarms}, copy_status(connection, call.settings)


def _tell_copies(call: Call, copies: Mapping[str, Any]) -> None:
    call.tell("copies-lacking" if copies["below_policy"] else "copies-enough", count=copies["below_policy"])
    for each in copies["packages"]:
        call.tell(
            "copies-package",
            record=each["key"],
            aip=each["aip"],
            have=each["have"],
            minimum=each["minimum"],
            places=", ".join(each["locations"]) or "—",
        )
    for place in copies["locations"]:
        if place["behind"]:
            call.tell("copies-behind", **place)
        if place["overdue"]:
            call.tell("location-overdue", name=place["name"], due=place["check_due"][:10])


@command(kho, "stop")
def stop(call: Call) -> int:
    """Dừng mọi thứ của kho này / end everything that runs for this home."""
    ended = overview.stop(open_home(call.settings.home, create=False))
    call.emit({"schema": 1, "stopped": list(ended)})
    call.tell("stopped", names=", ".join(ended)) if ended else call.tell("nothing-ran")
    return DONE


@command(kho, "demo")
@click.option("--serve/--no-serve", "serving", default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000)
def demo(call: Call, serving: bool, port: int) -> int:
    """Một phông mẫu hư cấu, từ bàn giao đến tra cứu / a fictional fonds, from delivery to search."""
    from access.cli.demonstration import run  # draws with libraries that no other command needs

    return run(call, serving=serving, port=port)


@command(kho, "bench")
@click.argument(
    "name",
    type=click.Choice(
        [
            "audit",
            "ingest",
            "big-package",
            "check-bag",
            "oai",
            "ocfl",
            "ocr",
            "pages",
            "planning",
            "rebuild",
            "relevance",
            "search",
            "versions",
        ]
    ),
)
@click.option("--size", type=click.IntRange(1, 10_000_000), default=None)
@click.option("--rounds", type=click.IntRange(1, 100), default=3)
def bench(call: Call, name: str, size: int | None, rounds: int) -> int:
    """Đo tốc độ, so với giới hạn / measure, against the limit."""
    from access.bench import run  # measuring needs what no other command needs

    document = run(call, name, size, rounds)
    call.emit(document)
    call.tell("bench-line", name=name, text=str(document))
    return DONE


def wait_for_end() -> None:
    """Until Ctrl-C or SIGTERM."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_args: over.set())
    over.wait()
