"""One version of an object, built in staging: content, inventory, sidecar, all on the disk at the end.

Everything goes through records sorted on disk, so that a version of 200,000 files needs no more memory than
one of ten. Files of equal bytes are kept once, in a version and over versions (forward delta).
"""

import errno
import hashlib
import heapq
import os
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, islice, zip_longest
from operator import itemgetter
from pathlib import Path

from fixity.digest import copy_with_digests, digests
from fixity.manifest import Record, SortedRecords
from repository.faults import fault, register
from repository.packages import StoredFile
from repository.store import BadLogicalPath, SourceChanged
from repository.store_layout import fsync_folder, write_file
from standards.ocfl_inventory import (
    INVENTORY,
    SIDECAR,
    Groups,
    Heading,
    VersionBlock,
    grouped,
    read_fixity,
    read_manifest,
    read_versions,
    write_inventory,
)

POINTS = register("store.staged-content", "store.staged-inventory")
_FILE_MODE = 0o440
_FOLDER_MODE = 0o750
_WRITERS = 8  # they wait for the disk, not for a core
_WINDOW = 256  # files under way at once
_NO_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a version will be: records of its files, and of what the object holds already.

    `state` has (sha512, logical path, sha256, size, source); `held` (sha512, content path) and `fixity`
    (algorithm, digest, content path) come from the root inventory `previous`, None for v1.
    """

    object_id: str
    folder: Path
    state: SortedRecords
    held: SortedRecords
    fixity: SortedRecords
    files: int
    previous: Path | None


@dataclass(frozen=True, slots=True)
class Built:
    """A version that lies in staging: its folder, its inventory's sha512, and the bytes newly written."""

    folder: Path
    inventory_sha512: str
    bytes: int


def plan_version(
    object_id: str, files: Iterable[StoredFile], folder: Path, previous: Path | None = None
) -> Plan:
    """Read and check the list of files; records that do not fit into memory go to `folder`.

    Raises BadLogicalPath, also for two files of one path or a path that is another's folder.
    """
    state, paths = SortedRecords(folder, "state"), SortedRecords(folder, "paths")
    count = 0
    for file in files:
        count += 1
        _check_logical_path(object_id, file.logical_path)
        paths.add((f"{file.logical_path}/",))
        state.add(_record(file))
    _check_no_conflict(object_id, (path for (path,) in paths))
    held, fixity = SortedRecords(folder, "held"), SortedRecords(folder, "fixity")
    if previous:
        held.extend(read_manifest(previous))
        fixity.extend(read_fixity(previous))
    return Plan(object_id, folder, state, held, fixity, count, previous)


def same_state(plan: Plan, state: Iterable[tuple[str, str]]) -> bool:
    """Whether `state`, pairs of sha512 and logical path, is what the plan would store."""
    theirs = SortedRecords(plan.folder, "theirs").extend(state)
    return all(a == b for a, b in zip_longest(theirs, (record[:2] for record in plan.state)))


def build_version(plan: Plan, block: VersionBlock, folder: Path, *, move: bool, verified: bool) -> Built:
    """Write `folder`/<version> whole and put it on the disk; the plan's files give the block its state.

    `move` links sources where the file system can; with `verified` a linked source is not read again.
    Raises SourceChanged, OSError; whoever owns `folder` removes it then.
    """
    target = folder / block.name
    target.mkdir(mode=_FOLDER_MODE)
    folders, written, fresh = {target}, 0, SortedRecords(plan.folder, "fresh")
    with ThreadPoolExecutor(_WRITERS) as pool:
        jobs = ((record, target / "content" / record[1]) for record in _not_held(plan.state, plan.held))
        while window := list(islice(jobs, _WINDOW)):
            for _, path in window:
                _make_folders(path.parent, folders)
            for record in pool.map(partial(_write_content, plan, move, verified), window):
                content_path = f"{block.name}/content/{record[1]}"
                fresh.add((record[0], content_path))
                plan.fixity.add(("sha256", record[2], content_path))
                written += int(record[3])
    fault("store.staged-content")
    digest = _write_inventory(plan, block, fresh, target)
    for made in sorted(folders, reverse=True):
        fsync_folder(made)
    fault("store.staged-inventory")
    return Built(target, digest, written)


def sources(plan: Plan) -> Iterator[Path]:
    """Where the plan's files came from."""
    return (Path(record[4]) for record in plan.state)


def _record(file: StoredFile) -> Record:
    source = os.fspath(file.source)
    return file.sha512.lower(), file.logical_path, file.sha256.lower(), str(file.size), source


def _check_logical_path(object_id: str, path: str) -> None:
    """Path elements that OCFL forbids (E052, E053), and what no file system or JSON can hold."""
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise BadLogicalPath(
            object_id=object_id, path=path, reason="«.», «..» hoặc phần rỗng / or empty part"
        )
    if "\0" in path or any("\ud800" <= letter <= "\udfff" for letter in path):
        raise BadLogicalPath(object_id=object_id, path=ascii(path), reason="không phải UTF-8 / not UTF-8")


def _check_no_conflict(object_id: str, paths: Iterable[str]) -> None:
    """Of sorted paths that end in '/', none may begin with the one before (E095)."""
    before = "\0"
    for path in paths:
        if path.startswith(before):
            raise BadLogicalPath(
                object_id=object_id, path=path[:-1], reason="trùng / clashes: " + before[:-1]
            )
        before = path


def _not_held(state: Iterable[Record], held: Iterable[Record]) -> Iterator[Record]:
    """One record for each content that the object does not hold; both sides are sorted by digest."""
    known = (record[0] for record in held)
    here = next(known, None)
    for digest, same in groupby(state, key=itemgetter(0)):
        while here is not None and here < digest:
            here = next(known, None)
        if here != digest:
            yield next(same)


def _make_folders(folder: Path, made: set[Path]) -> None:
    if folder not in made:
        _make_folders(folder.parent, made)
        folder.mkdir(mode=_FOLDER_MODE)
        made.add(folder)


def _write_content(plan: Plan, move: bool, verified: bool, job: tuple[Record, Path]) -> Record:
    """Bring one file's bytes to `target`, on the disk and read-only; they must be what its record says."""
    record, target = job
    sha512, path, sha256, size, source = record
    found = Path(source).lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_size != int(size):
        raise SourceChanged(object_id=plan.object_id, path=path)
    if move and _link(source, target):
        _sync_file(target)
        made = None if verified else digests(target)
    else:
        made = copy_with_digests(Path(source), target, mode=_FILE_MODE, fsync=True)
    if made and made != (int(size), {"sha256": sha256, "sha512": sha512}):
        raise SourceChanged(object_id=plan.object_id, path=path)
    return record


def _link(source: str, target: Path) -> bool:
    """Another name for the source's bytes; False where the file system cannot, and a copy is to be made."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as problem:
        if problem.errno not in _NO_LINK:
            raise
        return False
    target.chmod(_FILE_MODE)
    return True


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_inventory(plan: Plan, block: VersionBlock, fresh: SortedRecords, target: Path) -> str:
    """The inventory up to this version with its sidecar; gives the inventory's sha512."""
    earlier = read_versions(plan.previous) if plan.previous else []
    digest = hashlib.sha512()
    path = target / INVENTORY
    with open(path, "xb", opener=_read_only) as file:

        def write(piece: bytes) -> None:
            digest.update(piece)
            file.write(piece)

        write_inventory(
            write,
            Heading(id=plan.object_id, head=block.name),
            manifest=grouped(_pairs(heapq.merge(plan.held, fresh))),
            versions=[*earlier, replace(block, state=grouped(_pairs(plan.state)))],
            fixity=_by_algorithm(plan.fixity),
        )
        file.flush()
        os.fsync(file.fileno())
    write_file(target / SIDECAR, f"{digest.hexdigest()} {INVENTORY}\n".encode())
    return digest.hexdigest()


def _pairs(records: Iterable[Record]) -> Iterator[tuple[str, str]]:
    return ((record[0], record[1]) for record in records)


def _by_algorithm(records: Iterable[Record]) -> Iterator[tuple[str, Groups]]:
    for algorithm, same in groupby(records, key=itemgetter(0)):
        yield algorithm, grouped((digest, path) for _, digest, path in same)


def _read_only(path: str, flags: int) -> int:
    return os.open(path, flags, _FILE_MODE)
