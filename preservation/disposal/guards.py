"""What stops the disposal of a record, whoever asks: no role passes these, at no step.

They are looked at when a list is made, when it is approved, and once more for each record before a byte of it goes.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

import psycopg

from preservation.bodies.codes import block_of_code, known_block
from preservation.retention.told import Told, told
from repository.hold_rows import holds_of
from repository.queries import sql
from repository.retention_rows import RecordRow, records

PERMANENT: Final = "permanent"
NOT_DUE: Final = "not-due"
UNCERTAIN: Final = "uncertain"
HELD: Final = "held"
LINKED: Final = "linked-to-longer"
OTHER_BLOCK: Final = "other-block"
UNKNOWN: Final = "unknown"
IN_WORK: Final = "in-work"
HANDED_OVER: Final = "in-handover"


def block_of(record: RecordRow) -> str:
    """The block whose record it is."""
    return known_block(record.block or "") or block_of_code(record.agency)


def stops(
    connection: psycopg.Connection, grounds: Mapping[str, str], *, block: str, on: dt.date
) -> dict[str, list[str]]:
    """Why each of some records may not be destroyed on a day; empty where nothing stops it.

    `grounds` gives for each AIP why it is on the list: expired or duplicate. A permanent record is never destroyed, on
    no ground; a duplicate need not be due.
    """
    ids = sorted(grounds)
    found = {r.id: told(r) for r in records(connection, ids=ids)}
    held, linked = holds_of(connection, ids), _linked(connection, found, ids)
    busy = {row[0] for row in connection.execute(sql("on_their_way_in"), {"ids": ids})}
    frozen = {row[0] for row in connection.execute(sql("frozen_records"), {"ids": ids})}
    return {
        id: [
            *_of_one(found.get(id), grounds[id], block, on),
            *([HELD] if id in held else []),
            *([LINKED] if id in linked else []),
            *([IN_WORK] if id in busy else []),
            *([HANDED_OVER] if id in frozen else []),
        ]
        for id in ids
    }


def _of_one(one: Told | None, ground: str, block: str, on: dt.date) -> Iterable[str]:
    if one is None:
        yield UNKNOWN
        return
    state = one.state(on)
    if state == "permanent":
        yield PERMANENT
    elif ground == "expired" and state == "running":
        yield NOT_DUE
    elif ground == "expired" and state == "abstained":
        yield UNCERTAIN
    if block_of(one.record) != block:
        yield OTHER_BLOCK


def _linked(connection: psycopg.Connection, known: Mapping[str, Told], ids: list[str]) -> set[str]:
    """Those with a link to a record whose term ends later, or is not known to end."""
    pairs = connection.execute(sql("links_of"), {"ids": ids}).fetchall()
    others = sorted({other for _aip, other in pairs})
    terms = {r.id: told(r) for r in records(connection, ids=others)} if others else {}
    return {aip for aip, other in pairs if other in terms and _longer(terms[other], known.get(aip))}


def _longer(other: Told, one: Told | None) -> bool:
    if other.last is None:
        return True
    return one is None or one.last is None or other.last > one.last
