"""The one place that knows the job engine (procrastinate): waking workers, and work that is due by the clock.

The queue only wakes: who owns a package is decided by an advisory lock and a fencing token (`repository.steps`), since
a job of a killed worker stays "doing" for ever. So a job names what may be worked on, may run twice, and carries
ids alone. Tasks are deferred by name; the doors register what the names mean.
"""

from collections.abc import Callable, Mapping
from typing import Any

import procrastinate
import psycopg

from repository import catalogue
from repository.queries import sql

TAKE_IN = "take-in"
INDEX = "index"
REPLICATE = "replicate"
SWEEP = "sweep"
AUDIT = "audit"
VERSIONS = "versions"
_GRANTS = ("grant_job_schema", "grant_job_tables", "grant_job_sequences", "grant_job_functions")
_HANOI = 7  # hours before UTC, in which the engine counts


def install(owner_conninfo: str, app_role: str) -> None:
    """Make the engine's tables, in a schema of their own, and let the application role use them and nothing more.

    One command at a time: of two that grant the same at once PostgreSQL refuses one.
    """
    with psycopg.connect(owner_conninfo, autocommit=True) as connection:
        connection.execute(sql("lock_job_engine"))
        if not connection.execute(sql("job_engine_is_installed")).fetchone()[0]:  # type: ignore[index]
            with connection.transaction():
                connection.execute(sql("make_job_schema"))
                connection.execute(sql("use_job_schema"))
                connection.execute(procrastinate.schema.SchemaManager.get_schema().encode())
        if not connection.execute(sql("job_engine_is_granted"), {"role": app_role}).fetchone()[0]:  # type: ignore[index]
            role = psycopg.sql.Identifier(app_role).as_string(connection)
            with connection.transaction():
                for name in _GRANTS:
                    connection.execute(sql(name).replace(b"{app}", role.encode()))


def defer(connection: psycopg.Connection, task: str, lock: str | None = None, **ids: Any) -> None:
    """Put a job in the queue inside the caller's transaction. The same `lock` is queued once at a time."""
    if lock and catalogue.value(connection, "job_is_waiting", task=task, lock=lock):
        return
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    app.configure_task(task, queueing_lock=lock, connection=connection).defer(**ids)


def run_worker(
    conninfo: str,
    tasks: Mapping[str, Callable[..., None]],
    *,
    concurrency: int = 2,
    stop_when_empty: bool = False,
    audit_at: tuple[int, int] = (1, 17),
) -> None:
    """Work on jobs until the process is told to stop (SIGTERM). `tasks` gives each name its function; SWEEP
    runs every minute as well, AUDIT every day at `audit_at` (hour, minute; Hanoi). At most `concurrency` jobs run at once."""
    hour, minute = audit_at
    by_the_clock = {SWEEP: "* * * * *", AUDIT: f"{minute} {(hour - _HANOI) % 24} * * *"}
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=catalogue.with_search_path(conninfo))
    )
    for name, function in tasks.items():
        task = app.task(name=name)(function)
        if name in by_the_clock:
            app.periodic(cron=by_the_clock[name])(task)
    app.run_worker(concurrency=concurrency, wait=not stop_when_empty, delete_jobs="successful")
