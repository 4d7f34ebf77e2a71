"""OCFL validator (specification 1.0 and 1.1): objects and storage roots, findings in the specification's codes.

Shares no code with the writer (`ocfl_inventory`). Every byte that an inventory names is read, and what could not
be read is a finding.
"""

import json
import os
import re
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from standards.findings import Finding
from standards.ocfl_facts import Tally, issue, under
from standards.ocfl_folder import DiskFolder
from standards.ocfl_rules_object import check_object, says

__all__ = ["Tally", "check_object", "check_root", "check_root_files", "object_roots", "under"]

_DECLARATION = re.compile(r"0=ocfl_(\d+\.\d+)")
_OBJECT = re.compile(r"0=ocfl_object_(\d+\.\d+)")
_VERSIONS = ("1.0", "1.1")
_EXTENSION = re.compile(r"\d{4}-[a-z0-9-]+")
# Storage root extensions that the community registered, as folder names.
_REGISTERED = {
    "0002-flat-direct-storage-layout",
    "0003-hash-and-id-n-tuple-storage-layout",
    "0004-hashed-n-tuple-storage-layout",
    "0006-flat-omit-prefix-storage-layout",
    "0007-n-tuple-omit-prefix-storage-layout",
    "0008-schema-registry",
    "0010-differential-n-tuple-omit-prefix-storage-layout",
    "0011-direct-clean-path-layout",
    "0012-mapped-path-storage-layout",
}


def check_root(path: Path, tally: Tally | None = None) -> Iterator[Finding]:
    """The findings of the storage root `path` and of all its objects; paths are relative to it.

    What was read is counted in `tally`.
    """
    spec = yield from check_root_files(path)
    if spec:
        yield from _check_objects(path, spec, tally or Tally())


def check_root_files(path: Path) -> Generator[Finding, None, str | None]:
    """The root's own files alone: declaration, layout, extensions. Gives the version, None where it is not readable."""
    try:
        spec = yield from _check_declarations(path)
        yield from _check_layout(path)
        yield from _check_extensions(path)
    except OSError as problem:
        yield issue("OCFL-UNREADABLE", os.path.relpath(problem.filename or path, path), problem.strerror)
        return None
    return spec


def _check_objects(path: Path, spec: str, tally: Tally) -> Iterator[Finding]:
    ids: dict[str, str] = {}
    levels: set[bool] = set()
    depths: set[int] = set()
    for found, faults, read in _judged(path):
        if not isinstance(found, Path):
            yield found
            continue
        where = os.path.relpath(found, path)
        yield from (under(where, fault) for fault in faults)
        tally.add(read)
        yield from _check_place(found, where, spec, read.object_id, ids)
        levels.add("/" in where)
        if len(levels) > 1:
            levels = {True}
            yield issue("W015", where)
        depths.add(where.count("/"))
        if len(depths - {0}) > 1 and not (path / "ocfl_layout.json").exists():
            depths = {0}
            yield issue("W014", where)


def _judged(path: Path) -> Iterator[tuple[Path | Finding, list[Finding], Tally]]:
    """The objects below `path`, in order, with their findings: several at once, so that hashing never waits."""
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as hashers, ThreadPoolExecutor(cores * 2) as judges:
        jobs = ((found, judges.submit(_judge, found, hashers)) for found in object_roots(path))
        waiting = deque(islice(jobs, cores * 4))
        while waiting:
            found, job = waiting.popleft()
            waiting.extend(islice(jobs, 1))
            yield found, *job.result()


def _judge(found: Path | Finding, hashers: ThreadPoolExecutor) -> tuple[list[Finding], Tally]:
    tally = Tally()
    return list(check_object(found, tally, hashers)) if isinstance(found, Path) else [], tally


def object_roots(path: Path) -> Iterator[Path | Finding]:
    """The object roots below a storage root, and findings about all that is neither that nor a way to it."""
    waiting = [(path, "")]
    while waiting:
        folder, where = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name, reverse=True)
        except OSError as problem:
            yield issue("OCFL-UNREADABLE", where, problem.strerror)
            continue
        if where and any(_is_object_declaration(entry.name) for entry in entries):
            yield folder
            continue
        if where and not entries:
            yield issue("E073", where)
        for entry in entries:
            below = f"{where}/{entry.name}" if where else entry.name
            if entry.is_symlink():
                yield issue("E090", below)
            elif not entry.is_dir():
                if where:
                    yield issue("E072", below)
            elif below != "extensions":
                waiting.append((folder / entry.name, below))


def _is_object_declaration(name: str) -> bool:
    return name.startswith("0=ocfl_object_")


def _check_declarations(path: Path) -> Generator[Finding, None, str]:
    """Exactly one 0=ocfl_N that says its own name; gives N, the newest known where there is none."""
    declared = sorted(entry.name for entry in os.scandir(path) if entry.name.startswith("0="))
    if not declared:
        yield issue("E069", "")
    if len(declared) > 1:
        yield issue("E076", "", ", ".join(declared))
    spec = _VERSIONS[-1]
    for name in declared:
        match = _DECLARATION.fullmatch(name)
        if not match or match[1] not in _VERSIONS:
            yield issue("E079", name)
            continue
        spec = match[1]
        if not says(DiskFolder(path), name):
            yield issue("E080", name)
    return spec


def _check_layout(path: Path) -> Iterator[Finding]:
    """ocfl_layout.json, where there is one, names an extension and describes it (E070, E071)."""
    file = path / "ocfl_layout.json"
    if not file.exists():
        return
    try:
        layout = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as problem:
        yield issue("E070", file.name, problem)
        return
    if not _has_texts(layout, ("extension", "description")):
        yield issue("E070", file.name, layout)
    elif not _EXTENSION.fullmatch(layout["extension"]):
        yield issue("E071", file.name, layout["extension"])


def _has_texts(value: object, keys: tuple[str, ...]) -> bool:
    return isinstance(value, Mapping) and all(isinstance(value.get(key), str) for key in keys)


def _check_extensions(path: Path) -> Iterator[Finding]:
    folder = path / "extensions"
    if not folder.is_dir():
        return
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if not entry.is_dir(follow_symlinks=False):
            yield issue("E112", f"extensions/{entry.name}")
        elif entry.name not in _REGISTERED:
            yield issue("W016", f"extensions/{entry.name}")


def _check_place(
    found: Path, where: str, spec: str, object_id: str | None, ids: dict[str, str]
) -> Iterator[Finding]:
    """An object is not of a newer specification than its root, and its id is not held twice (E081, E037)."""
    for entry in os.scandir(found):
        match = _OBJECT.fullmatch(entry.name)
        if match and match[1] > spec:
            yield issue("E081", where, match[1])
    if object_id is not None and ids.setdefault(object_id, where) != where:
        yield issue("E037", where, f"{object_id}: {ids[object_id]}")
