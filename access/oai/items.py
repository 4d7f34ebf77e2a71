"""What harvesters are told of: one item for each public hồ sơ and document, stamped whenever what is shown changes.

An item comes into being when its record becomes public, and is never removed: when the record is closed, replaced or
destroyed, it is told as deleted (OAI-PMH 2.0, §2.5.1, "persistent"). A second feed has an item of every record that is
held; a harvester with a key is told of those that its posts cover.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import psycopg

from access.labels import block_of
from access.rights import today
from repository import catalogue
from repository.permissions import CONDITIONAL
from repository.queries import sql
from repository.rows import AipRow, DocumentRow
from standards.oai import set_part
from standards.vietnamese import fold

PUBLIC_FEED, HELD_FEED = "public", "held"
FILES, DOCUMENTS = "kind:hoso", "kind:document"


@dataclass(frozen=True, slots=True)
class OaiItem:
    """An item as it was last told. `ordinal` is None for a hồ sơ; `sets` are the most particular ones alone.

    `ever` holds the modes that it has or had, such as "01+02": who may open all of one may be told that it was there.
    """

    id: str
    aip: str
    ordinal: int | None
    digest: str
    deleted: bool
    sets: Sequence[str]
    stamped_at: dt.datetime
    feed: str
    agency: str
    fonds: str
    ever: Sequence[str]


def refresh(connection: psycopg.Connection, aip: str) -> int:
    """Bring the items of one AIP to what the public may see of it and to what is held; the number of those stamped anew.

    Holds the lock of stamps until the caller's transaction ends: do it last.
    """
    catalogue.value(connection, "lock_oai")
    stamp = catalogue.value(connection, "next_oai_stamp")
    return sum(_refresh(connection, aip, feed, stamp) for feed in (PUBLIC_FEED, HELD_FEED))


def _refresh(connection: psycopg.Connection, aip: str, feed: str, stamp: dt.datetime) -> int:
    rows = catalogue.many(connection, OaiItem, "oai_items_of_aip", aip=aip, feed=feed)
    known = {item.id: item for item in rows}
    changed = 0
    for wanted, names in _wanted(connection, aip, feed, stamp):
        before = known.pop(wanted.id, None)
        if before is None or before.deleted or before.digest != wanted.digest:
            ever = sorted({*wanted.ever, *(before.ever if before else ())})
            _put(connection, replace(wanted, ever=ever), names)
            changed += 1
    for gone in known.values():
        if not gone.deleted:
            _restamp(connection, replace(gone, deleted=True, digest="", stamped_at=stamp))
            changed += 1
    return changed


def _wanted(
    connection: psycopg.Connection, aip: str, feed: str, stamp: dt.datetime
) -> Iterator[tuple[OaiItem, dict[str, str]]]:
    asked: dict[str, Any] = {"everything": feed == HELD_FEED, "day": today()}
    record = catalogue.one(connection, AipRow, "oai_aip", id=aip, **asked)
    if record is None:
        return
    documents = catalogue.many(connection, DocumentRow, "oai_documents", aip=aip, **asked)
    names = _sets(record)
    specs = list(names)
    opened_by = [_modes(record, None), record.published] if feed == HELD_FEED else []
    shown = _digest(_shown(record), [d.id for d in documents], *opened_by)
    place = {"feed": feed, "agency": record.agency, "fonds": record.fonds}
    yield (
        OaiItem(
            record.id, aip, None, shown, False, _leaves([*specs, FILES]), stamp, **place,
            ever=[_modes(record, None)],
        ),
        names | {FILES: "Hồ sơ"},
    )  # fmt: skip
    for row in documents:
        modes = _modes(record, row)
        digest = _digest(
            _shown(record), dict(row.fields), row.sha256, row.file, *([modes] if opened_by else [])
        )
        sets = _leaves([*specs, DOCUMENTS])
        item = OaiItem(row.id, aip, row.ordinal, digest, False, sets, stamp, **place, ever=[modes])
        yield item, names | {DOCUMENTS: "Văn bản, tài liệu"}


def _modes(record: AipRow, document: DocumentRow | None) -> str:
    """The access modes that have to be open; none given is conditional."""
    own = document.fields.get("mode", "") if document else ""
    return "+".join(sorted({record.mode or CONDITIONAL, own or record.mode or CONDITIONAL}))


def _shown(record: AipRow) -> list[Any]:
    return [
        record.version,
        dict(record.fields),
        record.agency_name,
        record.fonds_name,
        record.block,
        record.level,
    ]


def _digest(*shown: Any) -> str:
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _sets(record: AipRow) -> dict[str, str]:
    """setSpec and name of every set that the record is in: its block, its level, its body and its fonds."""
    block = record.block or block_of(record.agency)
    found = {"block": "Khối", "level": "Cấp", "fonds": "Phông"}
    body = f"fonds:{set_part(record.agency)}"
    found[body] = record.agency_name
    found[f"{body}:{set_part(record.fonds)}"] = record.fonds_name
    for kind, word in (("block", block), ("level", record.level or "")):
        if word:
            found[f"{kind}:{_slug(word)}"] = word
        else:
            del found[kind]
    return found


def _slug(word: str) -> str:
    return set_part("-".join(fold(word).replace(",", " ").split()))


def _leaves(specs: Sequence[str]) -> list[str]:
    """The sets without another of theirs below them: membership in a set means membership in all above it (§2.6)."""
    return sorted(spec for spec in specs if not any(other.startswith(f"{spec}:") for other in specs))


def _put(connection: psycopg.Connection, item: OaiItem, names: dict[str, str]) -> None:
    for spec, name in (*names.items(), ("kind", "Loại")):
        catalogue.do(connection, "put_oai_set", feed=item.feed, spec=spec, name=name)
    _restamp(connection, item)


def _restamp(connection: psycopg.Connection, item: OaiItem) -> None:
    connection.execute(sql("put_oai_item"), asdict(item) | {"sets": list(item.sets), "ever": list(item.ever)})
    catalogue.do(connection, "leave_oai_sets", feed=item.feed, item=item.id)
    for spec in _with_ancestors(item.sets):
        catalogue.do(
            connection, "join_oai_set", feed=item.feed, spec=spec, stamped_at=item.stamped_at, item=item.id
        )


def _with_ancestors(specs: Sequence[str]) -> list[str]:
    every = {":".join(spec.split(":")[:depth]) for spec in specs for depth in range(1, spec.count(":") + 2)}
    return sorted(every)
