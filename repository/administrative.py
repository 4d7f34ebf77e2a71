"""Administrative objects: what is not an AIP and must survive all the same (decisions, bodies, accounts of batches).

Each is an object of the same storage root with an id that begins with `urn:kho:` and no METS.xml. It is written before
what it tells is acknowledged; the same content again makes no new version.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import psycopg

from repository import catalogue
from repository.copies import know_inventory, note_written
from repository.packages import AipId, StoredFile
from repository.store import Author, NoSuchObject, ObjectExists, Store

PREFIX: Final = "urn:kho:"
DECISION: Final = f"{PREFIX}decision:"
AUTHOR: Final = Author("Kho", "urn:kho:software")


def put_record(
    connection: psycopg.Connection,
    store: Store,
    object_id: str,
    files: Mapping[str, bytes],
    *,
    message: str,
    created: str,
) -> str:
    """Put the state `files` (path to bytes) into the object, as its first or next version; gives the version.

    The caller commits. Raises what `Store.put_new` and `Store.put_version` raise.
    """
    id = AipId(object_id)
    with tempfile.TemporaryDirectory(prefix="kho-record-") as folder:
        stored = [_stored(Path(folder), n, path, data) for n, (path, data) in enumerate(files.items())]
        version = _put(store, id, stored, message, created)
    note_written(connection, object_id, version, catalogue.now())
    know_inventory(connection, store, object_id, version)
    return version


def _put(store: Store, id: AipId, files: Iterable[StoredFile], message: str, created: str) -> str:
    files = list(files)
    options: dict[str, Any] = {"message": message, "user": AUTHOR, "created": created}
    try:
        return store.put_new(id, files, **options).version
    except ObjectExists:
        head = store.head(id)
    tree = store.tree(id)
    wanted = {file.logical_path: file.sha512 for file in files}
    if wanted == {path: tree.digest(path, "sha512") for path in tree.paths()}:
        return head
    return store.put_version(id, files, expected_head=head, **options).version


def _stored(folder: Path, number: int, path: str, data: bytes) -> StoredFile:
    source = folder / str(number)
    source.write_bytes(data)
    sha256, sha512 = (hashlib.new(name, data).hexdigest() for name in ("sha256", "sha512"))
    return StoredFile(path, source, len(data), sha256, sha512)


def as_json(record: Mapping[str, Any]) -> bytes:
    """A record as the file of an administrative object: UTF-8, keys sorted."""
    return (json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n").encode()


def as_lines(records: Iterable[Mapping[str, Any]]) -> bytes:
    """Records as JSON lines, keys sorted."""
    lines = (json.dumps(r, ensure_ascii=False, sort_keys=True, default=str) for r in records)
    return "".join(line + "\n" for line in lines).encode("utf-8", "backslashreplace")


def read_record(store: Store, object_id: str, path: str) -> Any:
    """A JSON file of an administrative object; None where there is no such object."""
    try:
        with store.open(AipId(object_id), path) as file:
            return json.load(file)
    except NoSuchObject:
        return None
