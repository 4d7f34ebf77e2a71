"""The destruction of one record after another, on the side of storage and catalogue. The index is the caller's.

The order never half-counts: the line says `destroying` before a byte goes; every copy goes; every place is searched;
only then the tombstone is a decision, and by it the line is `destroyed`. A process that is killed leaves lines at
`destroying`; the next call does all of it again.
"""

import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from preservation.bodies.days import today
from preservation.disposal.guards import stops
from preservation.disposal.procedure import next_step
from preservation.disposal.review import WrongStep
from preservation.persons import must_differ
from repository import catalogue
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.disposal_rows import DisposalRow, LineRow, lines_of
from repository.exports_known import purge_exports
from repository.faults import fault, register
from repository.locations import AWAY, Location, locations, open_location
from repository.opening import Opened
from repository.packages import AipId
from repository.queries import sql
from repository.store import PurgeForbidden, Store
from standards.errors import KhoError

POINTS = register("destroy.marked", "destroy.purged", "destroy.entombed")
_TOMBSTONES: Final = uuid.UUID("5a2e7f5e-3c0b-5d55-9f0a-2f1f6f8f4d77")


@dataclass(frozen=True, slots=True)
class Acting:
    """Who destroys: two persons."""

    by: str
    second: str


@dataclass(frozen=True, slots=True)
class Purged:
    """Where a record was destroyed, where that has to wait, and the exports that are no longer what Kho wrote."""

    places: tuple[str, ...]
    awaiting: tuple[str, ...]
    exports_left: tuple[str, ...]


def may_begin(connection: psycopg.Connection, disposal: DisposalRow, acting: Acting) -> list[LineRow]:
    """The lines that are left to destroy. Raises SamePerson, WrongStep where nobody approved."""
    must_differ(acting.by, acting.second)
    now = catalogue.one(connection, DisposalRow, "disposal", id=disposal.id) or disposal
    if now.status != "complete" and next_step(now) != "destruction":
        raise WrongStep(id=now.id, wanted=next_step(now) or now.status, given="destruction")
    return [line for line in lines_of(connection, now.id) if line.state in ("approved", "destroying")]


def mark(
    opened: Opened, connection: psycopg.Connection, disposal: DisposalRow, lines: Sequence[LineRow]
) -> dict[str, list[str]]:
    """Mark lines that nothing stops as being destroyed; what stops the others. A hold that was placed a moment ago
    stops; one that comes later finds the record marked."""
    with deciding(connection, opened.store):
        fresh = [line for line in lines if line.state == "approved"]
        grounds = {line.aip: line.ground for line in fresh}
        stopped = {
            aip: why
            for aip, why in stops(connection, grounds, block=disposal.block, on=today()).items()
            if why
        }
        for line in fresh:
            if line.aip not in stopped:
                catalogue.do(connection, "line_state", disposal=disposal.id, aip=line.aip, state="destroying")
        connection.commit()
    fault("destroy.marked")
    return stopped


def purge(opened: Opened, connection: psycopg.Connection, aip: str) -> Purged:
    """Destroy every copy that is at hand: each location, page texts, exports. Safe to call again."""
    places, awaiting = [], []
    for place in locations(connection):
        connection.commit()
        if _purge_at(opened, connection, place, aip):
            places.append(place.name)
        else:
            awaiting.append(place.name)
    catalogue.do(connection, "drop_page_texts", aip=aip)
    connection.commit()
    for folder in kept_of_repairs(opened, connection, aip):
        shutil.rmtree(folder)
    left = purge_exports(connection, aip)
    fault("destroy.purged")
    return Purged(tuple(places), tuple(awaiting), tuple(left))


def _purge_at(opened: Opened, connection: psycopg.Connection, place: Location, aip: str) -> bool:
    """Destroy the copy of one location; False where it is not at hand, or this account may not delete there."""
    store = at_hand(opened, place)
    if store is None:
        return False
    try:
        store.purge(AipId(aip))
    except PurgeForbidden:
        return False
    catalogue.do(connection, "forget_copy", object=aip, location=place.name)
    connection.commit()
    return True


def kept_of_repairs(opened: Opened, connection: psycopg.Connection, aip: str) -> list[Path]:
    """The folders that still keep bytes which a repair found bad and moved away."""
    kept = [opened.home.quarantine / "repair" / str(row[0])
            for row in connection.execute(sql("repairs_of"), {"object": aip}).fetchall()]  # fmt: skip
    connection.commit()
    return [folder for folder in kept if folder.exists()]


def at_hand(opened: Opened, place: Location) -> Store | None:
    """The store of a location; None where it is away or not there."""
    if place.state == AWAY:
        return None
    try:
        return open_location(opened.home, place)
    except KhoError:
        return None


def left_in_storage(
    opened: Opened, connection: psycopg.Connection, aip: str, places: Sequence[str]
) -> list[str]:
    """A search of each place after the destruction: where the record still is."""
    known = {place.name: place for place in locations(connection)}
    found = []
    for name in places:
        store = at_hand(opened, known[name])
        if store is None or store.has(AipId(aip)):
            found.append(name)
    if kept_of_repairs(opened, connection, aip):
        found.append("repairs")
    connection.commit()
    return found


def entomb(
    opened: Opened,
    connection: psycopg.Connection,
    disposal: DisposalRow,
    line: LineRow,
    acting: Acting,
    purged: Purged,
) -> None:
    """The tombstone: storage tells that the record was destroyed, by whom, where; then its rows go."""
    with deciding(connection, opened.store) as record:
        row = catalogue.aip(connection, line.aip)
        connection.commit()
        record(new_decision(
            "destruction", id=uuid.uuid5(_TOMBSTONES, f"{disposal.id}/{line.aip}"), by=acting.by,
            basis=str((disposal.approval or {}).get("number", "")), second=acting.second, disposal=str(disposal.id),
            aip=line.aip, key=line.key, agency=row.agency if row else line.key.partition("/")[0], fonds=row.fonds if row else "",
            places=list(purged.places), awaiting=list(purged.awaiting), searched=[*purged.places, "index", "texts", "repairs"],
            about=[{"aip": line.aip}],
        ))  # fmt: skip
    fault("destroy.entombed")


def reach_waiting(
    opened: Opened, connection: psycopg.Connection, disposal: DisposalRow, acting: Acting
) -> dict[str, int]:
    """Destroy the copies of offline sets that are at hand now; how many still wait, by location."""
    waiting: dict[str, list[str]] = {}
    for aip, location in connection.execute(sql("awaited_purges"), {"id": disposal.id}).fetchall():
        waiting.setdefault(location, []).append(aip)
    known = {place.name: place for place in locations(connection)}
    connection.commit()
    left = {}
    for name, aips in waiting.items():
        place = known.get(name)
        if place is None or not all(_purge_at(opened, connection, place, aip) for aip in aips):
            left[name] = len(aips)
            continue
        with deciding(connection, opened.store) as record:
            record(new_decision("destruction-reached", by=acting.by, basis=str(disposal.id), second=acting.second,
                                disposal=str(disposal.id), location=name, aips=aips, about=[{"aip": a} for a in aips]))  # fmt: skip
    return left


def complete(opened: Opened, connection: psycopg.Connection, disposal: DisposalRow, acting: Acting) -> bool:
    """Close the list where every line is at its end and no place waits; whether it is closed."""
    with deciding(connection, opened.store) as record:
        now = catalogue.one(connection, DisposalRow, "disposal", id=disposal.id) or disposal
        lines = lines_of(connection, now.id)
        open_ = [line for line in lines if line.state in ("approved", "destroying", "listed")]
        waits = connection.execute(sql("awaited_purges"), {"id": now.id}).fetchone()
        connection.commit()
        if now.status == "complete":
            return True
        if open_ or waits:
            return False
        gone = sum(line.state == "destroyed" for line in lines)
        record(new_decision("disposal-completion", by=acting.by, basis=str(now.id), second=acting.second,
                            disposal=str(now.id), destroyed=gone, about=[]))  # fmt: skip
    return True
