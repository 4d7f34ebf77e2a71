"""`--wait`: worker processes of this command's own do the batch, while this one shows progress and feeds the index."""

import importlib
import json
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg

from access import index
from access.cli import telling
from access.cli.common import Call
from access.indexing import index_pending
from access.searching import open_solr
from access.solr import Solr
from ingest.standby import Standby
from ingest.tidying import tidy
from ingest.worker import command
from repository import catalogue
from repository.accounts import end_batch
from repository.opening import Opened
from repository.queries import sql
from repository.rows import BatchRow
from repository.store import Store
from standards import tools
from standards.errors import KhoError

_PAUSE = 0.25
_JVMS_A_WORKER = 4
_DOCUMENTS_A_JVM = 400  # fewer are judged sooner by one that is warm than by two that are not
_RESTARTS = 3  # a worker that is killed is started again this often, before the command gives up


class WorkerFailed(KhoError):
    """A worker process ended with an error of its own; its words are passed on."""

    code = "worker-failed"
    vi = "{vi}"
    en = "{en}"


@dataclass(slots=True)
class Worker:
    """One worker of this command, a process of its own or the home's standby, with how often it was started."""

    command: list[str]
    process: "subprocess.Popen[bytes] | Standby"
    starts: int = 1

    def end(self) -> None:
        """It works for this command no more."""
        if isinstance(self.process, Standby):
            self.process.close()
        else:
            tools.kill(self.process)


def work(
    call: Call, opened: Opened, batches: list[BatchRow], processes: int, standby: Standby | None = None
) -> None:
    """Do these batches to the end, index what was stored, and close them. Raises the workers' first KhoError.

    A `standby` does what one judge is enough for; where it ends early a process of this command's own goes on.
    """
    with opened.connect() as connection:
        tidy(connection, opened.home)
        open_ = [b for b in batches if b.status == "queued"]
        documents = sum(_left(connection, b.id) for b in open_)
        count, jvms = _shares(min(processes, -(-documents // _DOCUMENTS_A_JVM)))
        words = command(call.settings.home, jvms, [b.id for b in open_])
        if standby and count == jvms == 1:
            standby.begin([b.id for b in open_])
            workers = [Worker(words, standby)]
        else:
            workers = [Worker(words, _start(words)) for _worker in range(count)]
        loading = threading.Thread(target=importlib.import_module, args=("fpdf",))
        loading.start()  # what the receipt needs takes a second to load: while the workers work
        try:
            with telling.progress(call, "taking-in") as advance, ThreadPoolExecutor(1) as starting:
                solr = starting.submit(open_solr, opened.home, call.settings)
                while _alive(workers):
                    advance(*_progress(connection, open_))
                    if solr.done():
                        index_pending(connection, solr.result())
                    time.sleep(_PAUSE)
                _finish(connection, opened.store, solr.result(), open_)
                tidy(connection, opened.home)
                advance(*_progress(connection, open_))
        finally:
            for worker in workers:
                worker.end()
            loading.join()


def _shares(processes: int) -> tuple[int, int]:
    """Workers, and JVMs for each: a worker's Python keeps four judges busy, and they share what is to be judged."""
    workers = -(-processes // _JVMS_A_WORKER)
    return workers, -(-processes // workers) if workers else 0


def _start(words: list[str]) -> "subprocess.Popen[bytes]":
    return tools.start(words, limits=tools.Limits(network=True), stdout=subprocess.PIPE)


def _alive(workers: list[Worker]) -> bool:
    """Whether any worker is still at it. One that was killed is started again; one that failed stops everything."""
    running = 0
    for worker in workers:
        code = worker.process.poll()
        if code is None:
            running += 1
        elif code < 0 and worker.starts <= _RESTARTS:
            worker.process, worker.starts = _start(worker.command), worker.starts + 1
            running += 1
        elif code != 0:
            raise _told(worker.process)
    return running > 0


def _told(process: "subprocess.Popen[bytes] | Standby") -> WorkerFailed:
    if isinstance(process, Standby):
        said = process.said
    else:
        said = process.stdout.read().decode(errors="replace") if process.stdout else ""
    try:
        error = json.loads(said)["error"]
    except (ValueError, KeyError, TypeError):
        reason = f"{process.poll()}: {said[-200:]}"
        return WorkerFailed(
            vi=f"Tiến trình xử lý dừng đột ngột ({reason}).", en=f"A worker stopped ({reason})."
        )
    return WorkerFailed(vi=error["vi"], en=error["en"])


def _left(connection: psycopg.Connection, batch: str) -> int:
    """The documents that still wait; a package that has not told yet how many it has counts as one."""
    left = catalogue.value(connection, "open_documents", batch=batch)
    connection.commit()
    return int(left)


def _finish(connection: psycopg.Connection, store: Store, solr: Solr, batches: list[BatchRow]) -> None:
    """Everything stored is searchable before the batch counts as done."""
    index_pending(connection, solr)
    index.commit(solr)
    for batch in batches:
        end_batch(connection, store, batch.id)


def _progress(connection: psycopg.Connection, batches: list[BatchRow]) -> tuple[int, int, dict[str, Any]]:
    done = total = documents = size = 0
    for batch in batches:
        row: Any = connection.execute(sql("progress_of_batch"), {"batch": batch.id}).fetchone()
        total, done, documents, size = total + row[0], done + row[1], documents + row[3], size + row[4]
    connection.commit()
    return done, total, {"documents": documents, "bytes": size}
