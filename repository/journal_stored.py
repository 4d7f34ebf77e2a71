"""The journal as storage has it, and how a rebuilt catalogue gets it back."""

import json
import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final

import psycopg

from repository import catalogue, journal
from repository.administrative import PREFIX
from repository.packages import AipId
from repository.queries import sql
from repository.store import Store
from standards.journal import lines
from standards.package_tree import read_bytes

JOURNAL: Final = f"{PREFIX}journal:"
PART: Final = re.compile(r"entries/(\d{12})-(\d{12})\.txt")


def months_stored(store: Store) -> list[str]:
    """The months whose journal is in storage, in order."""
    return sorted(found.removeprefix(JOURNAL) for found in store.objects() if found.startswith(JOURNAL))


def stored_lines(store: Store, months: Iterable[str] | None = None) -> Iterator[tuple[str, str, bytes]]:
    """(month, path, bytes) of every part in storage, in order; `months` where they are known already."""
    for month in months_stored(store) if months is None else sorted(months):
        tree = store.tree(AipId(JOURNAL + month))
        for path in tree.paths():
            if PART.fullmatch(path):
                yield month, path, read_bytes(tree, path)


def restore(connection: psycopg.Connection, store: Store, location: str, objects: int) -> int:
    """After a rebuild: the chain as storage has it, and an entry for every row that has none. As the owner; no commit.

    Gives how many entries were restored: those that the catalogue has already are left as they are.
    """
    restored = 0
    known, _head = journal.head(connection)
    months = [row[0].removeprefix(JOURNAL) for row in connection.execute(sql("rebuild_journals")).fetchall()]
    for _month, _path, data in stored_lines(store, months):
        for hash, record in lines(BytesIO(data)):
            position = int(json.loads(record)["position"])
            if position > known:
                catalogue.do(connection, "journal_restore", position=position, record=record, hash=hash)
                restored += 1
    connection.execute(sql("journal_restore_inventories"))
    connection.execute(sql("journal_catch_up"))
    catalogue.do(connection, "journal_note_rebuild", location=location, objects=objects)
    return restored


def pause(connection: psycopg.Connection, paused: bool) -> None:
    """While a rebuild puts rows in that have their entries already, no new ones are made. As the owner."""
    catalogue.do(connection, "journal_pause", paused=paused)
