"""Rows against objects: what the catalogue believes to be held, and what the store holds."""

from typing import Any

import psycopg

from repository.administrative import PREFIX
from repository.queries import sql
from repository.store_fs import FileStore


def reconcile(connection: psycopg.Connection, store: FileStore) -> dict[str, list[Any]]:
    """Every difference; what a crash left half-done in the store is mended first.

    `rows_without_objects` are losses and call for repair; `objects_without_rows` are whole packages whose commit was
    cut off: taking the same delivery in again completes them.
    """
    mended = [{"aip": m.object_id, "action": m.action} for m in store.recover()]
    rows = {row[0] for row in connection.execute(sql("aip_ids"))}
    connection.commit()
    objects = {found for found in store.objects() if not found.startswith(PREFIX)}
    return {
        "rows_without_objects": sorted(rows - objects),
        "objects_without_rows": sorted(objects - rows),
        "mended": mended,
    }
