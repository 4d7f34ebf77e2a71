"""Rows against objects: every difference between what the catalogue believes and what the locations hold, explained; what is
safe is mended.

Storage has the last word, and nothing is ever deleted. A whole package without rows gets them from its own account, unless
somebody is about to write them; a row without an object is a loss, and is left for a repair from a copy. Accounts and decisions
that only storage knows mean that the catalogue is older than the storage: then a rebuild is due, and nothing is made piecemeal.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from repository import catalogue, locations
from repository.administrative import DECISION, PREFIX
from repository.adopting import SameKey, adopt
from repository.copies import note_written
from repository.deciding import deciding
from repository.disposal_rows import tombstone_of
from repository.locations import ONLINE, PRIMARY, Location
from repository.opening import Opened
from repository.packages import AipId
from repository.queries import sql
from repository.store import Recovered, Store
from repository.store_fs import FileStore
from standards.errors import KhoError
from standards.ocfl_inventory import INVENTORY, read_heading

_LOOKS: Final = 3  # what another command is just writing is there at the second look
_BETWEEN: Final = 1.0  # seconds
_LOSSES: Final = ("lost", "older")
_UNSOLVED: Final = (*_LOSSES, "copy-lost", "under-way", "unreadable", "misplaced", "destroyed", "same-key", "record-unknown",
                    "behind", "location-skipped")  # fmt: skip
Told = Callable[[int], None]


@dataclass(slots=True)
class Reconciled:
    """What was found: `differences` (object, kind, location, and what more there is to say), and what was `mended`."""

    differences: list[dict[str, Any]] = field(default_factory=list)
    mended: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: str, object_id: str | None, location: str = PRIMARY, **more: Any) -> None:
        """Keep a difference."""
        self.differences.append({"object": object_id, "kind": kind, "location": location, **more})

    @property
    def rows_without_objects(self) -> list[str]:
        """What the catalogue believes the primary to hold, and it does not."""
        return sorted({d["object"] for d in self.differences if d["kind"] in _LOSSES})

    @property
    def objects_without_rows(self) -> list[str]:
        """What the primary holds, and no row tells of it, or of its newest version."""
        kinds = ("under-way", "unreadable", "destroyed", "same-key", "record-unknown", "behind")
        return sorted({d["object"] or d["place"] for d in self.differences if d["kind"] in kinds})

    @property
    def is_solved(self) -> bool:
        """Whether nothing is left that a person has to see to."""
        return not any(d["kind"] in _UNSOLVED for d in self.differences)

    @property
    def needs_rebuild(self) -> bool:
        """Whether storage knows decisions or accounts that the catalogue does not."""
        return any(d["kind"] == "record-unknown" for d in self.differences)


def reconcile(opened: Opened, told: Told = lambda _objects: None) -> Reconciled:
    """Compare every location that is there with the catalogue, and mend what is safe. Raises DatabaseLost, StoreFailed."""
    found = Reconciled()
    with opened.connect() as connection:
        _finish_decisions(connection, opened, found)
        _recover(found, PRIMARY, opened.store.recover())
        heads = _heads(opened.store, found, told)
        _find_losses(connection, opened.store, found, heads)
        _find_strangers(connection, opened, found, heads)
        for place in locations.locations(connection):
            connection.commit()
            if place.name != PRIMARY and place.state == ONLINE:
                _compare_replica(connection, opened, place, found, told)
    return found


def _recover(found: Reconciled, location: str, done: tuple[Recovered, ...]) -> None:
    found.mended += [{"aip": each.object_id, "action": each.action, "location": location} for each in done]


def _finish_decisions(connection: psycopg.Connection, opened: Opened, found: Reconciled) -> None:
    """What killed processes were deciding is brought to its end, as the next decision would."""
    pending = [row[0]["id"] for row in connection.execute(sql("decisions_pending")).fetchall()]
    if not pending:
        return
    with deciding(connection, opened.store):
        done = [id for id in pending if opened.store.has(AipId(f"{DECISION}{id}"))]
    found.mended += [
        {"aip": f"{DECISION}{id}", "action": "decision-completed", "location": PRIMARY} for id in done
    ]


def _heads(store: FileStore, found: Reconciled, told: Told) -> dict[str, int]:
    """The newest version of every object of the primary that says where it belongs."""
    heads: dict[str, int] = {}
    for number, place in enumerate(store.places(), start=1):
        told(number)
        try:
            heading = read_heading(store.root / place / INVENTORY)
            version = int(heading.head.removeprefix("v"))
        except (KhoError, OSError, ValueError) as problem:
            found.note("unreadable", None, place=place, reason=str(problem)[:300])
            continue
        if store.place_of(AipId(heading.id)) != place:
            found.note("misplaced", heading.id, place=place)
        else:
            heads[heading.id] = version
    return heads


def _find_losses(
    connection: psycopg.Connection, store: FileStore, found: Reconciled, heads: Mapping[str, int]
) -> None:
    """What the catalogue believes and the primary has not. What lies there and cannot be read is told already."""
    unread = {d["place"] for d in found.differences if d["kind"] == "unreadable"}
    going = {row[0] for row in connection.execute(sql("aips_being_destroyed")).fetchall()}
    for object_id, version, copies in connection.execute(sql("objects_believed")).fetchall():
        have = heads.get(object_id, 0)
        if have >= version or (unread and store.place_of(AipId(object_id)) in unread):
            continue
        kind = "being-destroyed" if object_id in going else "older" if have else "lost"
        found.note(kind, object_id, version=f"v{version}", copies=copies)
    connection.commit()


def _find_strangers(
    connection: psycopg.Connection, opened: Opened, found: Reconciled, heads: Mapping[str, int]
) -> None:
    """What the primary has and no row tells of: first the records that have no rows of a package, then the packages."""
    strange = _unknown(connection, heads)
    for _look in range(1, _LOOKS):
        if not strange:
            return
        time.sleep(_BETWEEN)
        strange = _unknown(connection, strange)
    busy = {row[0] for row in connection.execute(sql("under_way")).fetchall()}
    connection.commit()
    for object_id in sorted(strange.keys() & busy):
        found.note("under-way", object_id)
    left = sorted(strange.keys() - busy)
    for object_id in (id for id in left if id.startswith(PREFIX)):
        found.note("record-unknown", object_id, version=f"v{strange[object_id]}")
    for object_id in (id for id in left if not id.startswith(PREFIX)):
        _take_up(connection, opened, found, AipId(object_id), f"v{strange[object_id]}")


def _unknown(connection: psycopg.Connection, heads: Mapping[str, int]) -> dict[str, int]:
    """Of these objects those whose newest version the catalogue does not know."""
    known: dict[str, int] = dict(connection.execute(sql("objects_with_rows")).fetchall())
    connection.commit()
    return {id: version for id, version in heads.items() if known.get(id, 0) < version}


def _take_up(
    connection: psycopg.Connection, opened: Opened, found: Reconciled, id: AipId, version: str
) -> None:
    """Make the rows of a whole package, where nothing speaks against it."""
    if tombstone_of(connection, id) is not None:
        found.note("destroyed", id)
    elif found.needs_rebuild:
        found.note("behind", id, version=version)
    else:
        try:
            adopt(connection, opened.store, id)
        except SameKey as other:
            found.note("same-key", id, reason=other.text("en"))
        except (KhoError, OSError, ValueError, KeyError, TypeError) as problem:
            found.note("unreadable", id, place=opened.store.place_of(id), reason=str(problem)[:300])
        else:
            found.note("adopted", id, version=version)
            found.mended.append({"aip": id, "action": "rows-from-object", "location": PRIMARY})
    connection.commit()


def _compare_replica(
    connection: psycopg.Connection, opened: Opened, place: Location, found: Reconciled, told: Told
) -> None:
    """What a replica should hold and does not; what it holds without being known there is noted as a copy."""
    try:
        store = locations.open_location(opened.home, place)
        _recover(found, place.name, store.recover())
        there = set(store.places())
    except KhoError as problem:
        found.note("location-skipped", None, place.name, reason=problem.text("en"))
        return
    told(len(there))
    known: dict[str, int] = dict(connection.execute(sql("copies_in"), {"location": place.name}).fetchall())
    connection.commit()
    expected = {store.place_of(AipId(id)): id for id in known}
    for gone in sorted(expected.keys() - there):
        found.note("copy-lost", expected[gone], place.name, version=f"v{known[expected[gone]]}")
    for object_id, version in _unnoted(store, sorted(there - expected.keys())):
        if catalogue.value(connection, "is_held", object=object_id) and store.has(AipId(object_id)):
            note_written(connection, object_id, version, catalogue.now(), location=place.name)
            found.mended.append({"aip": object_id, "action": "copy-noted", "location": place.name})
        else:
            found.note("copy-unknown", object_id, place.name)
        connection.commit()


def _unnoted(store: Store, places: list[str]) -> Iterator[tuple[str, str]]:
    for place in places:
        try:
            tree = store.tree_at(place)
        except KhoError:
            continue  # an audit tells what lies there
        yield tree.object_id, tree.version
