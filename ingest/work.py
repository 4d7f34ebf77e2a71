"""Working through packages: several processes, each with its own tools and a few threads, share a batch by locks."""

import errno
import logging
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg

from ingest import quarantine
from ingest.context import Context, Tools, workspace_of
from ingest.held import KeyInWork
from ingest.pipeline import PIPELINE
from repository import catalogue
from repository.aip_files import DoubleName
from repository.opening import Opened
from repository.queries import sql
from repository.rows import PackageRow
from repository.steps import Outcome, OwnerLost, Step, owning, run_steps
from repository.store import BadLogicalPath, SourceChanged
from standards.errors import KhoError
from standards.findings import finding
from standards.xml import BadXml

_AHEAD = 2  # threads beyond the JVMs: they look at the next hồ sơ while the others wait for veraPDF
_PAUSE = 0.2
_TRIES = 2
# What only this package can be the cause of, so that the others go on; any other KhoError stops the work.
_OF_THE_PACKAGE = (BadXml, DoubleName, BadLogicalPath, SourceChanged)
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE)
log = logging.getLogger("kho.ingest")


class StorageFailed(KhoError):
    """The disk refused to read or write: full, read-only, or gone."""

    code = "storage-failed"
    vi = (
        "Ổ đĩa không đọc hoặc ghi được tại {path}: {reason}. Những gì đã nhập được giữ nguyên; hãy giải phóng dung "
        "lượng hoặc kiểm tra ổ đĩa rồi gọi lại đúng lệnh này."
    )
    en = (
        "The disk cannot be read or written at {path}: {reason}. What was taken in is kept; make room or check the "
        "disk, then call the same command again."
    )


def in_words(error: Exception) -> KhoError | None:
    """What to tell of a lost database or a disk that fails; None for anything else."""
    if isinstance(error, KhoError):
        return error
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return catalogue.lost(error)
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        return StorageFailed(path=error.filename or "", reason=error.strerror)
    return None


def work_on(opened: Opened, tools: Tools, batch: str | None) -> None:
    """Do what is open of a batch (of all batches where None) until nothing is left that this process could do.

    Packages that another process holds are waited for. Raises the first KhoError that stops the work (a full disk, a
    lost database); a package that fails by itself goes to quarantine, and the others go on.
    """
    stop = threading.Event()
    threads = tools.jvms + _AHEAD
    with ThreadPoolExecutor(threads, thread_name_prefix="package") as pool:
        lines = [pool.submit(_line, opened, tools, batch, stop, at / threads) for at in range(threads)]
    for line in lines:
        line.result()


def _line(opened: Opened, tools: Tools, batch: str | None, stop: threading.Event, offset: float) -> None:
    try:
        with opened.connect() as connection:
            context = Context(opened.home, opened.store, tools, connection)
            while not stop.is_set() and (todo := _open_packages(connection, batch)):
                did = sum(take_in(context, package) for package in _from(todo, offset) if not stop.is_set())
                if not did:
                    stop.wait(_PAUSE)
    except BaseException:
        stop.set()
        raise


def _open_packages(connection: psycopg.Connection, batch: str | None) -> list[int]:
    try:
        rows = connection.execute(sql("open_packages"), {"batch": batch}).fetchall()
        connection.commit()
    except psycopg.OperationalError as error:
        raise catalogue.lost(error) from error
    return [row[0] for row in rows]


def _from(todo: list[int], offset: float) -> Iterator[int]:
    """Each thread begins at another place (a share of the list), so that they do not queue for the same locks."""
    start = int(len(todo) * offset)
    yield from todo[start:]
    yield from todo[:start]


def take_in(context: Context, package_id: int) -> bool:
    """Do what is left of one package, if nobody else has it. Whether anything was done."""
    try:
        with owning(context.connection, package_id) as package:
            if package is None:
                return False
            ended = _with_care(context, package)
        if ended.next_step is None:
            workspace_of(context.home, ended).remove()
    except OwnerLost:
        return False
    except KeyInWork as busy:
        return take_in(context, busy.package)
    except OSError as error:
        raise StorageFailed(path=error.filename or context.home.path, reason=error.strerror) from error
    except psycopg.OperationalError as error:
        raise catalogue.lost(error) from error
    return True


def _with_care(context: Context, package: PackageRow) -> PackageRow:
    """Run the steps; a fault of our own in one hồ sơ ends that hồ sơ in quarantine, not the batch."""
    for _try in range(_TRIES):
        try:
            return run_steps(context.connection, PIPELINE, package, context)
        except OSError as error:
            _note(package, error)
            raise
        except _OF_THE_PACKAGE as error:
            _note(package, error)
            return run_steps(context.connection, _giving_up(error), package, context)
        except (KhoError, KeyInWork, psycopg.Error):
            raise
        except Exception as error:  # a fault of ours must not stop the neighbours
            _note(package, error)
            fault_met = error
            context.connection.rollback()
            package = catalogue.package(context.connection, package.id) or package
            # Reading has begun a transaction: left open, it would take the steps' commits back with it.
            context.connection.commit()
            time.sleep(_PAUSE)
    return run_steps(context.connection, _giving_up(fault_met), package, context)


def _note(package: PackageRow, error: BaseException) -> None:
    """Where it happened, for the administrator; no values, since they may tell what must not be told."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("package %s of batch %s: %s\n%s", package.id, package.batch, type(error).__name__, frames)


def _giving_up(error: Exception) -> tuple[Step[Context], ...]:
    """The same pipeline, in which every step only keeps the package in quarantine and says why."""

    def keep(package: PackageRow, context: Context) -> Outcome:
        found = finding("INTERNAL", step=package.next_step, kind=type(error).__name__)
        return quarantine.keep(package, context, Outcome(findings=(found,)))

    return tuple(Step(step.name, "quarantine", keep, durable=True) for step in PIPELINE)
