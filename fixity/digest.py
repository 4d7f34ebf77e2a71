"""Digests of bytes: every algorithm in one read of the file.

hashlib gives up the interpreter's lock while it hashes, so threads over files (`digest_many`) are all the
parallelism that is needed; hashing one file's algorithms side by side was measured and gained nothing.
"""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import NamedTuple

MASTER = ("sha256", "sha512")
# Measured: from 256 KiB to 2 MiB there is no difference; at 64 KiB and below the calls cost.
CHUNK = 1 << 20


class Digests(NamedTuple):
    """Size in bytes, and lower-case hex digests by algorithm (hashlib's names: "sha256", "sha512", "md5")."""

    size: int
    by_algorithm: Mapping[str, str]


def digests(path: Path, algorithms: Sequence[str] = MASTER) -> Digests:
    """All `algorithms` of the file at `path`, in one read. Raises OSError."""
    with FileIO(path, "rb") as source:
        return _digest(source, algorithms, _ignore)


def sha256_of(path: Path) -> str:
    """The sha256 of a file, for the audit that runs at the disk's speed."""
    with FileIO(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def copy_with_digests(
    source: Path, target: Path, algorithms: Sequence[str] = MASTER, *, mode: int = 0o640, fsync: bool = False
) -> Digests:
    """Copy into the new file `target` and digest what was written, in one read.

    With `fsync` the bytes are on the disk on return (the folder's entry is the caller's to sync). Raises
    FileExistsError where `target` exists; no half file is left behind by any other OSError.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with FileIO(source, "rb") as reader:
            made = _digest(reader, algorithms, lambda chunk: _write_all(descriptor, chunk))
        if fsync:
            os.fsync(descriptor)
    except OSError:
        target.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    return made


def digest_many(
    paths: Iterable[Path], algorithms: Sequence[str] = MASTER, *, threads: int | None = None
) -> Iterator[tuple[Path, Digests | OSError]]:
    """Each path with its digests, in order, by `threads` (default: one a core), in memory that stays flat.

    A file that cannot be read comes with its OSError: one bad file does not end the walk.
    """
    workers = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        jobs = ((path, pool.submit(digests, path, algorithms)) for path in paths)
        waiting = deque(islice(jobs, workers * 8))
        while waiting:
            path, future = waiting.popleft()
            waiting.extend(islice(jobs, 1))
            yield path, _outcome(future)


def _outcome(future: Future[Digests]) -> Digests | OSError:
    try:
        return future.result()
    except OSError as problem:
        return problem


def _digest(source: FileIO, algorithms: Sequence[str], write: Callable[[memoryview], None]) -> Digests:
    """Read `source` to its end, hashing and writing each chunk."""
    hashes = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
    size = 0
    for chunk in _chunks(source):
        size += len(chunk)
        for made in hashes.values():
            made.update(chunk)
        write(chunk)
    return Digests(size, {name: made.hexdigest() for name, made in hashes.items()})


def _chunks(source: FileIO) -> Iterator[memoryview]:
    """The file in views of one buffer that is used again and again."""
    size = os.fstat(source.fileno()).st_size
    buffer = memoryview(bytearray(min(CHUNK, max(size + 1, 4096))))
    while count := source.readinto(buffer):
        yield buffer[:count]


def _write_all(descriptor: int, chunk: memoryview) -> None:
    while chunk:
        chunk = chunk[os.write(descriptor, chunk) :]


def _ignore(_chunk: memoryview) -> None:
    return None
