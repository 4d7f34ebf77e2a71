"""One writer an object, and the place where it prepares a version.

Staging is a folder beside the storage root, on the same file system, so that a finished version moves in by
rename and the root never holds a stray file. `<name>.lock` is held (flock) as long as the writer lives, so a
left-over of a crash is one whose lock can be taken.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from repository.store import ObjectBusy

_NOTE = "object-id"


@contextmanager
def staging_of(staging: Path, object_id: str) -> Iterator[Path]:
    """An empty folder in which to prepare `object_id`, for this writer alone. Raises ObjectBusy.

    The folder is removed at the end, whatever happened, unless the process dies.
    """
    name = hashlib.sha256(object_id.encode()).hexdigest()
    folder = staging / name
    with _locked(staging / f"{name}.lock", object_id):
        remove_staging(folder)
        folder.mkdir(mode=0o750)
        (folder / _NOTE).write_text(object_id, encoding="utf-8")
        try:
            yield folder
        finally:
            remove_staging(folder)


@contextmanager
def left_over(staging: Path, folder: Path) -> Iterator[str | None]:
    """The object id of a staging folder whose writer died; raises ObjectBusy where it lives.

    None where the writer died before it wrote the id down. Nothing is removed.
    """
    with _locked(staging / f"{folder.name}.lock", folder.name):
        note = folder / _NOTE
        yield note.read_text(encoding="utf-8") or None if note.is_file() else None


def remove_staging(folder: Path) -> None:
    """Remove a staging folder with all that is in it, read-only files too."""
    if folder.exists():
        shutil.rmtree(folder)


def left_overs(staging: Path) -> list[Path]:
    """Staging folders of living and of dead writers; locks without a folder are removed."""
    entries = sorted(staging.iterdir()) if staging.is_dir() else []
    for lock in entries:
        if lock.suffix == ".lock" and not lock.with_suffix("").exists():
            with suppress(ObjectBusy), _locked(lock, lock.stem):
                pass
    return [entry for entry in entries if entry.is_dir()]


@contextmanager
def _locked(path: Path, object_id: str) -> Iterator[None]:
    """Hold the lock file at `path`; it is removed while it is still held, so none stays behind."""
    descriptor = _take(path)
    if descriptor is None:
        raise ObjectBusy(object_id=object_id)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _take(path: Path) -> int | None:
    """The lock's descriptor, None where another holds it.

    A lock that was removed between our open and our flock is no lock any more: then it is tried again.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        except FileNotFoundError:
            pass
        os.close(descriptor)
