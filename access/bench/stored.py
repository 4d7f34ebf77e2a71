"""Storage roots to measure with: objects of files that all differ, stored as Kho stores them."""

import hashlib
import os
from pathlib import Path
from typing import Final

import psycopg

from repository import catalogue
from repository.copies import know_inventory, note_written
from repository.packages import AipId, StoredFile
from repository.store import Author
from repository.store_fs import FileStore

_AUTHOR: Final = Author("kho bench", "urn:kho:bench")
_CREATED: Final = "2026-01-01T00:00:00+07:00"
_BLOCK: Final = 1 << 20


def fill(store: FileStore, folder: Path, objects: int, files: int, length: int) -> list[AipId]:
    """Store `objects` objects of `files` files of `length` bytes; their ids. `folder` is used on the way."""
    block = os.urandom(min(length, _BLOCK))
    return [_store(store, folder, number, files, length, block) for number in range(objects)]


def _store(store: FileStore, folder: Path, number: int, files: int, length: int, block: bytes) -> AipId:
    id = AipId(f"urn:uuid:00000000-0000-4000-8000-{number:012d}")
    made = [_file(folder / f"{number}-{each}.bin", f"data/{each:05d}.bin", (number * files + each), length, block)
            for each in range(files)]  # fmt: skip
    store.put_new(id, made, message="bench", user=_AUTHOR, created=_CREATED, move=True, verified=True)
    return id


def _file(path: Path, logical: str, number: int, length: int, block: bytes) -> StoredFile:
    sha256, sha512 = hashlib.sha256(), hashlib.sha512()
    with path.open("xb") as file:
        left = length
        piece = number.to_bytes(8, "big")
        while left > 0:
            piece = piece[:left]
            file.write(piece)
            sha256.update(piece)
            sha512.update(piece)
            left -= len(piece)
            piece = block
    return StoredFile(logical, path, length, sha256.hexdigest(), sha512.hexdigest())


def record(connection: psycopg.Connection, store: FileStore, ids: list[AipId]) -> None:
    """Tell the catalogue what is held. Commits."""
    for id in ids:
        note_written(connection, id, "v1", catalogue.now())
        know_inventory(connection, store, id, "v1")
    connection.commit()


def content(store: FileStore) -> list[Path]:
    """Every content file of the root, in order."""
    return sorted(path for path in store.root.rglob("v*/content/**/*") if path.is_file())


def forget_cached(paths: list[Path]) -> None:
    """Drop the files from the machine's memory, so that the disk is read."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
