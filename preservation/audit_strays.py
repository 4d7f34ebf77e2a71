"""What lies in a storage root and nothing records: objects without a row, files and folders that belong to no object."""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

import psycopg

from repository import catalogue
from repository.packages import AipId
from repository.queries import sql
from repository.store import Store
from standards.errors import KhoError
from standards.findings import Finding

_MISSING_IN_ROOT = ("E069", "ROOT-NO-LAYOUT", "ROOT-NO-README")


def look_for_strays(
    connection: psycopg.Connection, run: uuid.UUID, location: str, store: Store, spent: Callable[[], bool]
) -> bool:
    """Record what is stray in a location. False where `spent` said to stop, or the root could not be gone through."""
    known = _known(connection, location, store)
    try:
        for found in store.everything():
            if spent():
                return False
            if isinstance(found, Finding):
                _record(connection, run, location, "", _fault(found))
            elif _short(found) not in known:
                _stray_object(connection, run, location, store, found)
    except (OSError, KhoError):
        return False
    with connection.transaction():
        catalogue.do(connection, "audit_swept", location=location, time=catalogue.now())
    return True


def _known(connection: psycopg.Connection, location: str, store: Store) -> set[int]:
    """The places of everything recorded, as 64 bits each: a million objects need some 60 MB."""
    with connection.cursor(name="audit_expected") as cursor:
        rows = cursor.execute(sql("audit_expected"), {"location": location})
        known = {_short(store.place_of(AipId(row[0]))) for row in rows}
    connection.commit()
    return known


def _short(place: str) -> int:
    return int.from_bytes(hashlib.blake2b(place.encode("utf-8", "surrogateescape"), digest_size=8).digest())


def _fault(found: Finding) -> dict[str, str]:
    what = "missing" if found.code in _MISSING_IN_ROOT else "stray"
    what = "damaged" if found.code in ("E070", "E071", "E079", "E080", "OCFL-UNREADABLE") else what
    return {"what": what, "path": found.path or "", "kind": "storage-root", "code": found.code}


def _stray_object(
    connection: psycopg.Connection, run: uuid.UUID, location: str, store: Store, place: str
) -> None:
    """An object that no row knows, unless it was stored since the rows were read or is just being taken in."""
    object_id = _identify(store, place)
    known = catalogue.value(connection, "audit_is_known", location=location, object=object_id)
    connection.commit()
    if known and store.place_of(AipId(object_id)) == place:
        return
    fault = {"what": "stray", "path": place, "kind": "object", "code": "COPY-STRAY"}
    _record(connection, run, location, object_id, fault)


def _identify(store: Store, place: str) -> str:
    """The id that the object at a place gives itself, "" where it gives none."""
    try:
        return str(store.tree_at(place).object_id)
    except KhoError:
        return ""


def _record(
    connection: psycopg.Connection, run: uuid.UUID, location: str, object_id: str, fault: dict[str, Any]
) -> None:
    with connection.transaction():
        catalogue.do(
            connection, "audit_new_check", run=run, location=location, object=object_id, depth="quick", outcome="bad",
            version="", inventory="", files=0, bytes=0, faults=[fault], reason="", time=catalogue.now(),
        )  # fmt: skip
