"""What killed commands leave in the workspace: removed where nothing refers to it any more.

A folder stays while its package still has steps to do. Everything else here is either a copy of a delivery that was
never registered, or of a package that has come to its end (stored, or whole in quarantine).
"""

import shutil
from pathlib import Path

import psycopg

from ingest.context import workspace_of
from repository import catalogue
from repository.home import Home
from repository.rows import PackageRow
from standards.verapdf import clear_left_behind


def tidy(connection: psycopg.Connection, home: Home) -> list[str]:
    """Remove what is left over; the names of what went. Safe while other processes work.

    The same lock as the registration of batches keeps it from a batch that is just being written.
    """
    gone = clear_left_behind(home.workspace / "tools")
    with connection.transaction():
        catalogue.value(connection, "lock_tidying")
        for batch in sorted(p for p in home.workspace.iterdir() if p.name != "tools"):
            gone += _tidy_batch(connection, home, batch)
    return gone


def _tidy_batch(connection: psycopg.Connection, home: Home, folder: Path) -> list[str]:
    packages = catalogue.many(connection, PackageRow, "packages_of_batch", batch=folder.name)
    needed = {workspace_of(home, p).folder.name for p in packages if p.next_step is not None}
    stale = [p for p in sorted(folder.iterdir()) if p.name not in needed] if folder.is_dir() else []
    for path in stale:
        shutil.rmtree(path, ignore_errors=True)
    if not needed:
        shutil.rmtree(folder, ignore_errors=True)
    return [f"{folder.name}/{p.name}" for p in stale]
