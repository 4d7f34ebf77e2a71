"""What a standing worker does with the jobs that wake it."""

import logging
import subprocess
from datetime import timedelta

from access import auditing, index
from access.indexing import index_pending
from access.searching import open_solr
from ingest.tidying import tidy
from ingest.worker import command
from preservation.audit import Scope
from preservation.journal_export import export_past_months
from preservation.versions.applying import apply_due
from repository import corrections, jobs, journal, locations
from repository.accounts import end_batch
from repository.config import Settings
from repository.opening import Opened
from repository.queries import sql
from repository.replicating import lagging, replicate
from standards import tools
from standards.errors import KhoError, ToolFailed
from standards.timestamps import stamper

log = logging.getLogger("kho.worker")
_LONGEST = timedelta(days=7)
_JVMS = 1


def run_take_in(settings: Settings, opened: Opened, batch: str, processes: int) -> None:
    """Work through a batch with processes of their own, so that a crash in one leaves the worker alive."""
    words = command(settings.home, _JVMS, [batch])
    limits = tools.Limits(seconds=_LONGEST.total_seconds(), network=True)
    running = [tools.start(words, limits=limits, stderr=subprocess.DEVNULL) for _n in range(processes)]
    codes = [process.wait() for process in running]
    with opened.connect() as connection:
        end_batch(connection, opened.store, batch)
        with connection.transaction():
            jobs.defer(connection, jobs.INDEX, lock=jobs.INDEX)
    if any(codes):
        raise ToolFailed(tool="kho work", reason=f"{codes}")


def run_index(settings: Settings, opened: Opened) -> None:
    """Bring the index up to the catalogue."""
    solr = open_solr(opened.home, settings)
    with opened.connect() as connection:
        index_pending(connection, solr)
    index.commit(solr)


def run_audit(settings: Settings, opened: Opened) -> None:
    """What is done every night: the audit of what is older than half of the promise, and the journal of past months."""
    half = timedelta(days=settings.audit_days / 2)
    auditing.run(settings, opened, Scope(max_age=half), max_seconds=settings.audit_hours * 3600)
    with opened.connect() as connection:
        export_past_months(connection, opened.store, stamper(settings.tsa_url))


def run_replicate(opened: Opened, location: str) -> None:
    """Bring a location up to what is held; one that another copies to, or that is not there, waits for the next sweep."""
    with opened.connect() as connection:
        place = locations.location(connection, location)
    try:
        replicate(opened, place)
    except KhoError as problem:
        log.warning("replicate to %s: %s", location, problem.text("en"))


def run_versions(settings: Settings, opened: Opened) -> None:
    """Corrections that have waited long enough become versions, and the index follows.

    Raises the first error of those that could not; the next sweep tries them again.
    """
    applied = apply_due(opened)
    if applied.versions:
        run_index(settings, opened)
    for error in applied.failed.values():
        raise error


def sweep(opened: Opened) -> None:
    """Wake whatever a killed worker left: open batches, AIPs that no search finds yet, locations that lack something."""
    with opened.connect() as connection:
        journal.seal(connection)
        tidy(connection, opened.home)
        with connection.transaction():
            for row in connection.execute(sql("open_batches")).fetchall():
                jobs.defer(connection, jobs.TAKE_IN, lock=f"{jobs.TAKE_IN}:{row[0]}", batch=row[0])
            for name in lagging(connection):
                jobs.defer(connection, jobs.REPLICATE, lock=f"{jobs.REPLICATE}:{name}", location=name)
            if corrections.due(connection):
                jobs.defer(connection, jobs.VERSIONS, lock=jobs.VERSIONS)
            if connection.execute(sql("aips_to_index")).fetchone():
                jobs.defer(connection, jobs.INDEX, lock=jobs.INDEX)
