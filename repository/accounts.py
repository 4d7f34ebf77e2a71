"""The account of a batch: what came, what became of each package and every event, as an administrative object.

The catalogue is made anew from it (`repository.rebuilding`). It is written when the batch ends, and again when a decision
changes it later (a release out of quarantine); a batch under way is no part of what is held yet.
"""

from collections.abc import Iterator
from typing import Any, Final

import psycopg

from repository import catalogue
from repository.administrative import PREFIX, as_json, as_lines, put_record
from repository.queries import sql
from repository.store import Store

BATCH: Final = f"{PREFIX}batch:"
HEADING: Final = "batch.json"
PACKAGES: Final = "packages.jsonl"
EVENTS: Final = "events.jsonl"


def end_batch(connection: psycopg.Connection, store: Store, batch: str) -> bool:
    """The batch is done, where all its packages are: its account goes into storage, then the row says so.

    Whether it ended with this call. The function commits.
    """
    with connection.transaction():
        ended = catalogue.value(connection, "finish_batch", id=batch, time=catalogue.now())
        if ended:
            write_account(connection, store, batch)
    return bool(ended)


def write_account(connection: psycopg.Connection, store: Store, batch: str) -> None:
    """Put the account of a batch as it stands into storage. The caller owns the transaction."""
    (heading,) = _rows(connection, "account_heading", batch)
    files = {
        HEADING: as_json({"schema": 1, **heading}),
        PACKAGES: as_lines(_rows(connection, "account_packages", batch)),
        EVENTS: as_lines(_rows(connection, "account_events", batch)),
    }
    put_record(connection, store, BATCH + batch, files, message="Đợt tiếp nhận / batch",
               created=catalogue.now().isoformat(timespec="milliseconds"))  # fmt: skip


def write_missing_accounts(connection: psycopg.Connection, store: Store) -> list[str]:
    """The accounts of batches that ended before accounts were kept, or whose last change is not in theirs yet."""
    found = [row[0] for row in connection.execute(sql("batches_without_account")).fetchall()]
    for batch in found:
        write_account(connection, store, batch)
    connection.commit()
    return found


def _rows(connection: psycopg.Connection, query: str, batch: str) -> Iterator[dict[str, Any]]:
    for row in catalogue.as_dicts(connection, query, batch=batch):
        yield {
            name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()
        }
