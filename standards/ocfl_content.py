"""The content of an OCFL object: files on the disk against every manifest and fixity block that names them."""

import hashlib
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

from standards.findings import Finding
from standards.ocfl_facts import InventoryFacts, Tally, issue
from standards.ocfl_folder import Entry, ObjectFolder
from standards.ocfl_rules_inventory import HEX_LENGTH
from standards.ocfl_rules_versions import version_number

_CHUNK = 1 << 20
_AHEAD = 32  # files under way at once
_OF_THREAD = threading.local()
Read = tuple[int, Mapping[str, bytes]]
Wanted = dict[tuple[str, bytes], str]  # (algorithm, digest) -> the code where the bytes do not fit


def check_content(
    path: ObjectFolder,
    inventories: list[InventoryFacts],
    versions: list[str],
    tally: Tally,
    pool: ThreadPoolExecutor,
    *,
    quick: bool,
) -> Iterator[Finding]:
    """Names and bytes of all content: nothing missing, nothing stray, every digest right.

    `inventories` begin with the root's. `quick`: see `check_folder`.
    """
    root, *earlier = inventories
    yield from _check_content_paths(root)
    for facts in earlier:
        yield from _check_content_paths(facts)
    present: set[str] = set()
    for version in versions:
        yield from _check_folder(path, version, root, earlier, present)
    yield from _missing(root, present)
    for facts in earlier:
        yield from _missing(facts, present)
    tally.objects += 1
    yield from _check_bytes(path, inventories, present, tally, pool, quick=quick)


def _check_content_paths(facts: InventoryFacts) -> Iterator[Finding]:
    """Content paths lead into the content folder of a version that there is (E042)."""
    for content_path in facts.manifest:
        parts = content_path.split("/", 2)
        if len(parts) < 3 or parts[0] not in facts.versions or parts[1] != facts.content:
            yield issue("E042", facts.where, content_path)


def _check_folder(
    path: ObjectFolder, version: str, root: InventoryFacts, earlier: list[InventoryFacts], present: set[str]
) -> Iterator[Finding]:
    """One version's content folder; its files join `present`."""
    if Entry(root.content, "folder") not in path.entries(version):
        return
    number = version_number(version) or 0
    later = [facts for facts in earlier if (version_number(facts.where.split("/")[0]) or 0) >= number]
    empty = True
    for kind, name in _walk(path, f"{version}/{root.content}"):
        empty = False
        if kind == "empty":
            yield issue("E024", name)
        elif kind != "file":
            yield issue("E090", name)
        else:
            present.add(name)
            for facts in [root, *later]:
                if name not in facts.manifest:
                    yield issue("E023", name, facts.where)
    if empty:
        yield issue("W003", f"{version}/{root.content}")


def _walk(folder: ObjectFolder, top: str) -> Iterator[tuple[str, str]]:
    """("file", "empty" or "other", path) below `top`, without recursion and without following links."""
    waiting = [top]
    while waiting:
        below = waiting.pop()
        entries = folder.entries(below)
        if not entries and below != top:
            yield "empty", below
        for entry in entries:
            name = f"{below}/{entry.name}"
            if entry.kind == "folder":
                waiting.append(name)
            else:
                yield "file" if entry.kind == "file" else "other", name


def _missing(facts: InventoryFacts, present: set[str]) -> Iterator[Finding]:
    for content_path in facts.manifest.keys() - present:
        # The text says E092; the public suite files the same case under E023.
        yield issue("E092", content_path, facts.where)
        yield issue("E023", content_path, facts.where)
    for algorithm, entries in facts.fixity.items():
        for content_path in entries.keys() - present:
            yield issue("E093", content_path, f"{facts.where} {algorithm}")


def _check_bytes(
    path: ObjectFolder,
    inventories: list[InventoryFacts],
    present: set[str],
    tally: Tally,
    pool: ThreadPoolExecutor,
    *,
    quick: bool,
) -> Iterator[Finding]:
    """Every named file read once, by all the algorithms that some inventory gives for it."""
    jobs = ((name, _wanted(name, inventories, quick)) for name in sorted(present))
    running = ((name, wanted, pool.submit(_digests, path, name, wanted)) for name, wanted in jobs if wanted)
    waiting = deque(islice(running, _AHEAD))
    while waiting:
        name, wanted, future = waiting.popleft()
        waiting.extend(islice(running, 1))
        yield from _compare(name, wanted, future, tally)


def _wanted(name: str, inventories: list[InventoryFacts], quick: bool) -> Wanted:
    wanted: Wanted = {}
    if quick and name in inventories[0].fixity.get("sha256", {}):
        return {("sha256", inventories[0].fixity["sha256"][name]): "E093"}
    for facts in inventories:
        for algorithm, entries in facts.fixity.items():
            if name in entries and algorithm in HEX_LENGTH:
                wanted[algorithm, entries[name]] = "E093"
    for facts in inventories:
        if name in facts.manifest and facts.algorithm:
            wanted[facts.algorithm, facts.manifest[name]] = "E092"
    return wanted


def _compare(name: str, wanted: Wanted, future: Future[Read], tally: Tally) -> Iterator[Finding]:
    try:
        size, found = future.result()
    except OSError as problem:
        yield issue("OCFL-UNREADABLE", name, problem.strerror)
        return
    tally.files += 1
    tally.bytes += size
    for (algorithm, digest), code in wanted.items():
        if found[algorithm] != digest:
            yield issue(code, name, f"{algorithm} {found[algorithm].hex()}")


def _digests(folder: ObjectFolder, path: str, wanted: Wanted) -> Read:
    """The file's size and digests, in one read."""
    size = 0
    hashes = {algorithm: _new(algorithm) for algorithm, _ in wanted}
    buffer = _buffer()
    with folder.open(path) as file:
        while count := file.readinto(buffer):  # type: ignore[attr-defined]
            size += count
            for made in hashes.values():
                made.update(buffer[:count])
    return size, {algorithm: made.digest() for algorithm, made in hashes.items()}


def _buffer() -> memoryview:
    """One buffer a thread, used again and again."""
    if not hasattr(_OF_THREAD, "buffer"):
        _OF_THREAD.buffer = memoryview(bytearray(_CHUNK))
    buffer: memoryview = _OF_THREAD.buffer
    return buffer


def _new(algorithm: str) -> Any:
    if algorithm.startswith("blake2b-"):
        return hashlib.blake2b(digest_size=int(algorithm[8:]) // 8)
    return hashlib.new(algorithm.replace("/", "_"), usedforsecurity=False)
