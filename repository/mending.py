"""Putting a file system's copy of an object right, file by file, from a good copy: nothing is deleted, bad bytes are moved away.

Content first, inventories and their sidecars last, each file whole in staging before it takes its name; so a repair that is
cut off leaves an object that is no worse, and is done again.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from repository.faults import fault, register
from repository.packages import AipId
from repository.store_fs import FileStore
from repository.store_layout import fsync_folder
from repository.store_lock import staging_of
from standards.ocfl_folder import ObjectFolder

POINTS = register("repair.before-quarantine", "repair.before-rename")
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Mended:
    """Paths in the object that were put back, and those whose bytes lie in quarantine now."""

    replaced: tuple[str, ...]
    quarantined: tuple[str, ...]


def mend(store: FileStore, object_id: AipId, source: ObjectFolder, quarantine: Path) -> Mended:
    """Make the object the same as `source`; what differed or was stray goes below `quarantine` first.

    Raises ObjectBusy while a writer holds it, DiskFull, StoreFailed.
    """
    home = store.root / store.place_of(object_id)
    with store.told(), staging_of(store.staging, object_id) as work:
        wanted = sorted(all_files(source), key=last_things_last)
        replaced, quarantined = [], []
        for path in sorted(set(_all_in(home)) - set(wanted)):
            _keep(home, path, quarantine)
            quarantined.append(path)
        for path in wanted:
            if _same(source, home, path):
                continue
            if os.path.lexists(home / path):
                _keep(home, path, quarantine)
                quarantined.append(path)
            _put_back(source, home, path, work)
            replaced.append(path)
        _drop_empty_folders(home)
        return Mended(tuple(replaced), tuple(quarantined))


def all_files(folder: ObjectFolder, below: str = "") -> Iterator[str]:
    """The path of every file of an object."""
    for entry in folder.entries(below):
        path = f"{below}/{entry.name}" if below else entry.name
        if entry.kind == "folder":
            yield from all_files(folder, path)
        else:
            yield path


def _all_in(home: Path) -> Iterator[str]:
    """Everything below the object's folder that is no folder: files, links, whatever else."""
    for folder, folders, names in os.walk(home):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in [*names, *links]:
            yield (Path(folder) / name).relative_to(home).as_posix()


def last_things_last(path: str) -> tuple[int, str]:
    """The order in which files are put back: content, the inventories of versions, then those of the object."""
    if not path.rpartition("/")[2].startswith(("inventory.json", "0=")):
        return 0, path
    return (2 if "/" not in path else 1), path


def _same(source: ObjectFolder, home: Path, path: str) -> bool:
    """Whether the file is there with the source's bytes; one that cannot be read is not."""
    target = home / path
    if target.is_symlink() or not target.is_file():
        return False
    try:
        if target.stat().st_size != source.size(path):
            return False
        with source.open(path) as good, target.open("rb", buffering=0) as ours:
            while chunk := good.read(CHUNK):
                if ours.read(len(chunk)) != chunk:
                    return False
    except PermissionError:
        return False
    except OSError as problem:
        if problem.filename and os.fspath(target) != os.fspath(problem.filename):
            raise
        return False
    return True


def _keep(home: Path, path: str, quarantine: Path) -> None:
    """The bytes as they are into quarantine, as far as the disk gives them; then the name is free."""
    fault("repair.before-quarantine")
    kept = quarantine / path
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (home / path).is_symlink():
        kept.with_name(f"{kept.name}.link").write_text(
            os.fsdecode((home / path).readlink()), encoding="utf-8"
        )
    else:
        _copy_what_can_be_read(home / path, kept)
    fsync_folder(kept.parent)
    (home / path).unlink()


def _copy_what_can_be_read(path: Path, kept: Path) -> None:
    try:
        shutil.copyfile(path, kept)
    except OSError as problem:
        if problem.filename and os.fspath(kept) == os.fspath(problem.filename):
            raise
        kept.with_name(f"{kept.name}.unreadable").write_text(str(problem), encoding="utf-8")
    if kept.exists():
        with kept.open("rb") as file:
            os.fsync(file.fileno())


def _put_back(source: ObjectFolder, home: Path, path: str, work: Path) -> None:
    fresh = work / "mended"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
    with os.fdopen(descriptor, "wb") as out, source.open(path) as good:
        shutil.copyfileobj(good, out, CHUNK)
        out.flush()
        os.fsync(descriptor)
    target = home / path
    missing = [step for step in target.parents if not step.exists()]
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    for step in missing:
        fsync_folder(step.parent)
    fault("repair.before-rename")
    fresh.rename(target)
    fsync_folder(target.parent)


def _drop_empty_folders(home: Path) -> None:
    """Folders that hold nothing any more, which no object may have (E024, E073)."""
    for folder, _folders, _names in os.walk(home, topdown=False):
        if Path(folder) != home and not any(Path(folder).iterdir()):
            Path(folder).rmdir()
