"""Bringing the copies up to what is held: one object after another, verified after it was written, resumable at any point.

What a location lacks is told by the catalogue (`copy`); the location itself has the last word, so that an object that is there
already is looked at and not written again. A copy counts once its bytes were read back from where they lie.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import psycopg

from repository import catalogue
from repository.copies import note_written
from repository.locations import Location, open_location
from repository.opening import Opened
from repository.packages import AipId
from repository.queries import sql
from repository.store import DamagedObject, Store
from repository.store_object import Hashing, StoredObject, pieces, stored_object
from standards.errors import KhoError

_READERS: Final = 4
_AT_ONCE: Final = 4  # objects under way
Told = Callable[[int, int, dict[str, Any]], None]


class LocationBusy(KhoError):
    """Another command or worker copies to the location."""

    code = "location-busy"
    vi = "Một lệnh khác đang chép sang nơi lưu trữ {name}. Đợi lệnh đó xong rồi chạy lại; không có gì bị mất."
    en = "Another command is copying to the location {name}. Wait until it is done, then run it again; nothing is lost."


class CopyUnread(KhoError):
    """A copy, or what it is made from, could not be read; it does not count."""

    code = "copy-unread"
    vi = "Không đọc được {object_id} ở {path}: {reason}. Bản sao đó chưa được tính; chạy lại lệnh khi nơi lưu trữ ổn định."
    en = "{object_id} could not be read at {path}: {reason}. That copy does not count; run it again when the location answers."


@dataclass(slots=True)
class Replicated:
    """What one run did for a location: objects written, bytes of them read back, and what could not be copied and why."""

    location: str
    copied: int = 0
    bytes: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The run as the command tells it."""
        return {"location": self.location, "copied": self.copied, "bytes": self.bytes, "failed": self.failed}


def replicate(
    opened: Opened, place: Location, told: Told = lambda *_args: None, most: int | None = None
) -> Replicated:
    """Copy to `place` whatever it lacks, from a location that has it; at most `most` objects.

    An object that cannot be copied is told, and the others go on. Raises what stops all: LocationAway, NotAStore,
    DiskFull, StoreFailed of the target, DatabaseLost.
    """
    target = open_location(opened.home, place)
    done = Replicated(place.name)
    with opened.connect() as connection:
        if not catalogue.value(connection, "try_lock_location", name=place.name):
            raise LocationBusy(name=place.name)
        sources = Sources(opened, connection)
        waiting = [
            tuple(row) for row in connection.execute(sql("copies_lacking"), {"name": place.name}).fetchall()
        ]
        connection.commit()
        todo = iter(waiting[:most] if most is not None else waiting)
        total = len(waiting)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while group := list(islice(todo, _AT_ONCE)):
                jobs = [
                    (id, pool.submit(_copy, sources.open(source), target, id, have))
                    for id, source, have in group
                ]
                for id, job in jobs:
                    _note(connection, done, target, id, job.result)
                    told(done.copied + len(done.failed), total, {"files": done.copied, "bytes": done.bytes})
    return done


@dataclass(slots=True)
class Sources:
    """The stores that copies are made from, each opened once."""

    opened: Opened
    connection: psycopg.Connection
    stores: dict[str, Store | KhoError] = field(default_factory=dict)

    def open(self, name: str) -> Store | KhoError:
        """The store of a location, or why it cannot be read."""
        if name not in self.stores:
            try:
                self.stores[name] = self.opened.location(self.connection, name)
            except KhoError as problem:
                self.stores[name] = problem
            self.connection.commit()
        return self.stores[name]


def _copy(source: Store | KhoError, target: Store, id: str, have: int) -> tuple[str, int]:
    """Copy what came after version `have` of an object, and read it back; gives the head and how many bytes were read."""
    if isinstance(source, KhoError):
        raise source
    try:
        original = stored_object(source, id)
    except OSError as problem:
        raise CopyUnread(object_id=id, path=source.place_of(AipId(id)), reason=problem) from problem
    target.put_copy(original)
    return original.head, read_back(target, original, have)


def read_back(target: Store, original: StoredObject, have: int = 0) -> int:
    """Every byte that came after version `have`, past the machine's memory of it; how many.

    Raises DamagedObject, CopyUnread.
    """
    try:
        return _read_back(target, original, have)
    except OSError as problem:
        id = AipId(original.object_id)
        raise CopyUnread(object_id=id, path=target.place_of(id), reason=problem) from problem


def _read_back(target: Store, original: StoredObject, have: int) -> int:
    copy = stored_object(target, original.object_id)
    if copy.root != original.root:
        raise DamagedObject(
            object_id=original.object_id, path="inventory.json", reason="bản sao khác / it differs"
        )
    for version in copy.versions():
        if copy.inventory_of(version) != original.inventory_of(version):
            raise DamagedObject(
                object_id=original.object_id, path=version, reason="bản sao khác / it differs"
            )
    content = [each for version in copy.versions()[have:] for each in copy.content(version)]
    with ThreadPoolExecutor(_READERS) as pool:
        return len(copy.root) + sum(pool.map(lambda each: _checked(copy, *each), content))


def _checked(copy: StoredObject, path: str, sha512: str) -> int:
    size = 0
    with copy.open(path) as file:
        hashing = Hashing(file)
        for piece in pieces(hashing):  # type: ignore[arg-type]
            size += len(piece)
    if hashing.sha512 != sha512:
        raise DamagedObject(object_id=copy.object_id, path=path, reason="bản sao khác / the copy differs")
    return size


def _note(
    connection: psycopg.Connection,
    done: Replicated,
    target: Store,
    id: str,
    result: Callable[[], tuple[str, int]],
) -> None:
    """The copy's row, once it was read back; what stops every other copy too is raised.

    What began to be destroyed while it was copied is taken away again: the destruction has been here before.
    """
    try:
        head, size = result()
        going = bool(catalogue.value(connection, "is_going", object=id))
        connection.commit()
        if going:
            target.purge(AipId(id))
            return
    except KhoError as problem:
        if stops_all(problem):
            raise
        done.failed.append(
            {"object": id, "code": problem.code, "vi": problem.text("vi"), "en": problem.text("en")}
        )
        return
    now = catalogue.now()
    note_written(connection, id, head, now, location=done.location, verified=now)
    connection.commit()
    done.copied += 1
    done.bytes += size


def stops_all(problem: KhoError) -> bool:
    """Whether what went wrong with one object will go wrong with each."""
    return problem.code in (
        "disk-full",
        "store-failed",
        "not-a-store",
        "location-away",
        "database-lost",
        "no-credentials",
    )


def lagging(connection: psycopg.Connection) -> Iterator[str]:
    """The names of locations that lack something and are there to be written."""
    for row in connection.execute(sql("locations_lagging")).fetchall():
        yield str(row[0])
