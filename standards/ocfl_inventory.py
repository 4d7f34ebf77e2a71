"""OCFL 1.1 inventories, read and written as streams (specification §3.5).

Blocks are sequences of (digest, path) pairs in the reader and of (digest, paths) groups in the writer, so
that an object of 200,000 files needs no more memory than one of ten. The layout that the writer gives is
fixed: the same input gives the same bytes. The validator (`ocfl_rules`) uses none of this.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from standards.errors import KhoError
from standards.json_stream import BadJson, JsonCursor

INVENTORY = "inventory.json"
TYPE = "https://ocfl.io/1.1/spec/#inventory"
DIGEST_ALGORITHM = "sha512"
SIDECAR = f"{INVENTORY}.{DIGEST_ALGORITHM}"

Pairs = Iterator[tuple[str, str]]
Groups = Iterable[tuple[str, Iterable[str]]]
_Read = TypeVar("_Read")


class InventoryUnreadable(KhoError):
    """An inventory is not what the store wrote; `kho verify` says more."""

    code = "inventory-unreadable"
    vi = "Không đọc được bản kê {path}: {reason}. Chạy «kho verify» trên đối tượng và khôi phục từ bản sao."
    en = "The inventory {path} cannot be read: {reason}. Run `kho verify` on it; restore it from a copy."


@dataclass(frozen=True, slots=True)
class Heading:
    """The scalar keys of an inventory. `content_directory` is the folder of content below each version."""

    id: str
    head: str
    digest_algorithm: str = DIGEST_ALGORITHM
    content_directory: str = "content"


@dataclass(frozen=True, slots=True)
class VersionBlock:
    """One version of an inventory. `created` is RFC 3339; `state` maps digests to logical paths."""

    name: str
    created: str
    message: str
    user_name: str
    user_address: str
    state: Groups


def read_heading(path: Path) -> Heading:
    """The scalar keys of the inventory at `path`. Raises InventoryUnreadable."""
    with _reading(path) as cursor:
        found = {key: cursor.text() for key in cursor.members() if _scalar(cursor)}
    try:
        return Heading(
            found["id"], found["head"], found["digestAlgorithm"], found.get("contentDirectory", "content")
        )
    except KeyError as missing:
        raise InventoryUnreadable(path=path, reason=f"không có / there is no {missing}") from missing


def read_manifest(path: Path) -> Pairs:
    """(digest, content path) of the manifest block."""
    with _reading(path) as cursor:
        yield from _below(cursor, "manifest", _pairs)


def read_fixity(path: Path) -> Iterator[tuple[str, str, str]]:
    """(algorithm, digest, content path) of the fixity block."""
    with _reading(path) as cursor:
        for algorithm in _below(cursor, "fixity", JsonCursor.members):
            for digest, content_path in _pairs(cursor):
                yield algorithm, digest, content_path


def read_state(path: Path, version: str) -> Pairs:
    """(digest, logical path) of one version's state block; nothing where there is no such version."""
    with _reading(path) as cursor:
        for name in _below(cursor, "versions", JsonCursor.members):
            if name == version:
                yield from _below(cursor, "state", _pairs)
            else:
                cursor.skip()


def read_versions(path: Path) -> list[VersionBlock]:
    """All versions in the order of the file; each `state` is read anew from the file when it is iterated."""
    with _reading(path) as cursor:
        return [_version(path, name, cursor) for name in _below(cursor, "versions", JsonCursor.members)]


def write_inventory(
    write: Callable[[bytes], object],
    heading: Heading,
    *,
    manifest: Groups,
    versions: Iterable[VersionBlock],
    fixity: Iterable[tuple[str, Groups]],
) -> None:
    """Write an inventory through `write`, its groups as they come; `fixity` is (algorithm, groups)."""
    for line in _lines(heading, manifest, versions, fixity):
        write(line.encode())


@contextmanager
def _reading(path: Path) -> Iterator[JsonCursor]:
    """A cursor on an inventory whose faults come out as InventoryUnreadable."""
    try:
        with path.open("rb") as file:
            yield JsonCursor(file)
    except (OSError, BadJson) as problem:
        raise InventoryUnreadable(path=path, reason=problem) from problem


def _scalar(cursor: JsonCursor) -> bool:
    """Whether a scalar comes next; anything else is skipped."""
    if cursor.kind() not in ("object", "array"):
        return True
    cursor.skip()
    return False


def _below(cursor: JsonCursor, key: str, read: Callable[[JsonCursor], Iterator[_Read]]) -> Iterator[_Read]:
    """Read the value of one key of the object that comes next, and skip the others."""
    for name in cursor.members():
        if name == key:
            yield from read(cursor)
        else:
            cursor.skip()


def _pairs(cursor: JsonCursor) -> Pairs:
    for digest in cursor.members():
        for _ in cursor.items():
            yield digest, cursor.text()


def _version(path: Path, name: str, cursor: JsonCursor) -> VersionBlock:
    found = {}
    for key in cursor.members():
        if key == "state":
            cursor.skip()
        else:
            found[key] = cursor.value()
    user = found.get("user")
    user = user if isinstance(user, dict) else {}
    return VersionBlock(
        name=name,
        created=str(found.get("created", "")),
        message=str(found.get("message", "")),
        user_name=str(user.get("name", "")),
        user_address=str(user.get("address", "")),
        state=StoredState(path, name),
    )


@dataclass(frozen=True, slots=True)
class StoredState:
    """The state block of a version in an inventory file: groups that are read anew at each iteration."""

    path: Path
    version: str

    def __iter__(self) -> Iterator[tuple[str, Iterable[str]]]:
        return grouped(read_state(self.path, self.version))


def grouped(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Iterable[str]]]:
    """Pairs that come in the order of their digests, as groups for the writer."""
    for digest, same in groupby(pairs, key=itemgetter(0)):
        yield digest, (path for _, path in same)


def _lines(
    heading: Heading, manifest: Groups, versions: Iterable[VersionBlock], fixity: Iterable[tuple[str, Groups]]
) -> Iterator[str]:
    """The document in pieces: one digest a line, so that people can read and compare it."""
    yield "{\n"
    yield f' "id": {_text(heading.id)},\n "type": {_text(TYPE)},\n'
    yield f' "digestAlgorithm": {_text(heading.digest_algorithm)},\n "head": {_text(heading.head)},\n'
    if heading.content_directory != "content":
        yield f' "contentDirectory": {_text(heading.content_directory)},\n'
    yield ' "manifest": {'
    yield from _block(manifest, "  ")
    yield '\n },\n "versions": {'
    yield from _joined(versions, _version_lines)
    yield '\n },\n "fixity": {'
    yield from _joined(fixity, _algorithm_lines)
    yield "\n }\n}\n"


def _version_lines(version: VersionBlock) -> Iterator[str]:
    user = {"name": version.user_name, "address": version.user_address}
    yield f"\n  {_text(version.name)}: {{\n"
    yield f'   "created": {_text(version.created)},\n   "message": {_text(version.message)},\n'
    yield f'   "user": {_text({key: value for key, value in user.items() if value})},\n   "state": {{'
    yield from _block(version.state, "    ")
    yield "\n   }\n  }"


def _algorithm_lines(entry: tuple[str, Groups]) -> Iterator[str]:
    yield f"\n  {_text(entry[0])}: {{"
    yield from _block(entry[1], "   ")
    yield "\n  }"


def _block(groups: Groups, indent: str) -> Iterator[str]:
    """The members of a manifest, state or fixity block."""
    before = "\n"
    for digest, paths in groups:
        yield f"{before}{indent}{_text(digest)}: {_text(list(paths))}"
        before = ",\n"


def _joined(entries: Iterable[_Read], lines: Callable[[_Read], Iterator[str]]) -> Iterator[str]:
    before = ""
    for entry in entries:
        yield before
        yield from lines(entry)
        before = ","


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
