"""The journal into storage: one administrative object a month, in parts, each closed by a head with its Merkle root.

A head may be stamped by an authority outside (RFC 3161). What is in an object stays; a later part of the same month is its
next version. A stamp that could not be had is told, and had at the next call.
"""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

import psycopg

from fixity.digest import digests
from repository import catalogue, journal
from repository.administrative import AUTHOR
from repository.copies import note_written
from repository.faults import fault, register
from repository.journal_stored import JOURNAL, PART, months_stored, stored_lines
from repository.packages import AipId, StoredFile
from repository.queries import sql
from repository.store import NoSuchObject
from repository.store_fs import FileStore
from standards import timestamps
from standards.journal import BEGINNING, line, merkle_root
from standards.package_tree import read_bytes

POINTS = register("journal.before-part", "journal.stored")
_README: Final = "README.txt"
Stamp = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: objects written as (month, first, last), the head, and why a stamp could not be had."""

    parts: tuple[tuple[str, int, int], ...]
    position: int
    head: str
    stamped: int
    unstamped: str = ""


def export(connection: psycopg.Connection, store: FileStore, stamp: Stamp | None = None) -> Exported:
    """Seal, then put everything that is not in storage yet into the objects of its months. Commits.

    One export at a time. Raises what the store raises.
    """
    connection.execute(sql("journal_export_lock"))
    try:
        journal.seal(connection)
        after, before = _stored_head(store)
        parts = []
        for month in _months(connection, after):
            first, last, before = _export_month(connection, store, month, after, before)
            parts.append((month, first, last))
            after = last
            fault("journal.stored")
        stamped, problem = _stamp_all(connection, store, stamp) if stamp else (0, "")
        return Exported(tuple(parts), after, before, stamped, problem)
    finally:
        if not connection.closed and not connection.broken:
            connection.rollback()
            connection.execute(sql("journal_export_unlock"))
            connection.commit()


def export_past_months(
    connection: psycopg.Connection, store: FileStore, stamp: Stamp | None = None
) -> Exported | None:
    """Export where a month that is over has entries that are not in storage yet. Commits."""
    after, _before = _stored_head(store)
    if any(month < f"{catalogue.now():%Y-%m}" for month in _months(connection, after)):
        return export(connection, store, stamp)
    return None


def _stored_head(store: FileStore) -> tuple[int, str]:
    """Position and hash of the last entry that is in storage."""
    for month in reversed(months_stored(store)):
        tree = store.tree(AipId(JOURNAL + month))
        heads = [path for path in tree.paths() if path.startswith("heads/") and path.endswith(".json")]
        if heads:
            last = json.loads(read_bytes(tree, heads[-1]))
            return int(last["last"]), str(last["head"])
    return 0, BEGINNING


def _months(connection: psycopg.Connection, after: int) -> list[str]:
    found = [row[0] for row in connection.execute(sql("journal_months"), {"after": after})]
    connection.commit()
    return found


def _export_month(
    connection: psycopg.Connection, store: FileStore, month: str, after: int, before: str
) -> tuple[int, int, str]:
    """One more part of a month's object; gives its first and last position and its last hash."""
    with tempfile.TemporaryDirectory(prefix="kho-journal-") as folder:
        part, hashes = Path(folder) / "part", Path(folder) / "hashes"
        first, last, head = _write_part(connection, month, after, part, hashes)
        with hashes.open() as leaves:
            root = merkle_root(leaf.strip() for leaf in leaves)
        closing = {"schema": 1, "first": first, "last": last, "before": before, "head": head, "merkle_root": root,
                   "time": catalogue.now().isoformat(timespec="milliseconds")}  # fmt: skip
        (Path(folder) / "head").write_bytes(_json(closing))
        fault("journal.before-part")
        files = {
            f"entries/{first:012d}-{last:012d}.txt": part,
            f"heads/{last:012d}.json": Path(folder) / "head",
        }
        _add(connection, store, month, files, Path(folder))
    return first, last, head


def _write_part(
    connection: psycopg.Connection, month: str, after: int, part: Path, hashes: Path
) -> tuple[int, int, str]:
    first = last = 0
    head = ""
    with part.open("wb") as out, hashes.open("w") as leaves:
        for row in catalogue.as_dicts(connection, "journal_records_of_month", after=after, month=month):
            first, last, head = first or row["position"], row["position"], row["hash"]
            out.write(line(row["hash"], row["record"]))
            leaves.write(f"{row['hash']}\n")
    connection.commit()
    return first, last, head


def _stamp_all(connection: psycopg.Connection, store: FileStore, stamp: Stamp) -> tuple[int, str]:
    """A stamp for every head that has none; how many were had, and why the others were not."""
    count = 0
    for month in months_stored(store):
        tree = store.tree(AipId(JOURNAL + month))
        for path in [p for p in tree.paths() if p.startswith("heads/") and p.endswith(".json")]:
            wanted = path.removesuffix(".json") + ".tsr"
            if tree.has(wanted):
                continue
            try:
                answer = stamp(read_bytes(tree, path))
            except timestamps.NoTimestamp as problem:
                return count, problem.text("en")
            with tempfile.TemporaryDirectory(prefix="kho-journal-") as folder:
                (Path(folder) / "stamp").write_bytes(answer)
                _add(connection, store, month, {wanted: Path(folder) / "stamp"}, Path(folder))
            count += 1
    return count, ""


def _add(
    connection: psycopg.Connection, store: FileStore, month: str, files: dict[str, Path], folder: Path
) -> None:
    """The month's object with these files besides, as its first or next version."""
    id = AipId(JOURNAL + month)
    options: dict[str, Any] = {"message": "Nhật ký / journal", "user": AUTHOR,
                               "created": catalogue.now().isoformat(timespec="milliseconds")}  # fmt: skip
    new = [_stored(path, source) for path, source in files.items()]
    try:
        tree = store.tree(id)
    except NoSuchObject:
        (folder / "readme").write_bytes(
            resources.files("preservation").joinpath("journal-README.txt").read_bytes()
        )
        version = store.put_new(id, [_stored(_README, folder / "readme"), *new], **options).version
    else:
        held = [_held(tree, path) for path in tree.paths()]
        version = store.put_version(id, [*held, *new], expected_head=tree.version, **options).version
    with connection.transaction():
        note_written(connection, id, version, catalogue.now())


def _held(tree: Any, path: str) -> StoredFile:
    known = [tree.digest(path, name) or "" for name in ("sha256", "sha512")]
    return StoredFile(path, tree.content_path(path), tree.size(path), *known)


def _stored(path: str, source: Path) -> StoredFile:
    size, made = digests(source)
    return StoredFile(path, source, size, made["sha256"], made["sha512"])


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()


def differing(connection: psycopg.Connection, store: FileStore) -> list[int]:
    """Positions at which storage and catalogue disagree: the last entry of each stored part is compared."""
    found = []
    for _month, path, data in stored_lines(store):
        match = PART.fullmatch(path)
        last = int(match[2]) if match else 0
        if (
            catalogue.value(connection, "journal_at", position=last)
            != data.rsplit(b"\n", 2)[-2][:64].decode()
        ):
            found.append(last)
    connection.commit()
    return found
