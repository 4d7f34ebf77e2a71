"""What the catalogue knows of the copies: which version of which object lies in which location.

A row is written after the version is on its disk, in the same commit as what it belongs to.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import psycopg

from repository import catalogue
from repository.locations import PRIMARY
from repository.packages import AipId
from repository.store import Store


@dataclass(frozen=True, slots=True)
class Copy:
    """An object's copy in a location: `verified_at` is when its bytes were last read back there, None where never."""

    location: str
    role: str
    state: str
    version: int
    written_at: datetime
    verified_at: datetime | None


def note_written(
    connection: psycopg.Connection,
    object_id: str,
    version: str,
    time: datetime,
    *,
    location: str = PRIMARY,
    verified: datetime | None = None,
) -> None:
    """A version ("v3") of an object is in a location. The caller commits."""
    catalogue.do(
        connection, "copy_written", location=location, object=object_id, version=int(version[1:]), time=time,
        verified=verified,
    )  # fmt: skip


def know_inventory(connection: psycopg.Connection, store: Store, object_id: str, version: str) -> None:
    """Keep for ever what the inventory of a version was when it was stored, for the audit. The caller commits."""
    digest = hashlib.sha512()
    with store.folder(AipId(object_id)).open(f"{version}/inventory.json") as inventory:
        while chunk := inventory.read(1 << 20):
            digest.update(chunk)
    catalogue.do(
        connection, "know_inventory", object=object_id, version=version, sha512=digest.hexdigest(), source="stored",
        time=catalogue.now(),
    )  # fmt: skip


def copies_of(connection: psycopg.Connection, object_id: str) -> list[Copy]:
    """Every copy of an object that is known, the primary's first."""
    return catalogue.many(connection, Copy, "copies_of_object", object=object_id)
