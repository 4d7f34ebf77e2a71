"""The rules for an OCFL object (specification 1.0 and 1.1, §3).

Shares no code with the writer (`ocfl_inventory`). Every byte that an inventory names is read; whatever could not be
read is a finding. Content is hashed by one thread a core, since hashlib gives up the interpreter's lock.
"""

import os
import re
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path

from standards.findings import Finding
from standards.ocfl_content import check_content
from standards.ocfl_facts import InventoryFacts, Tally, issue
from standards.ocfl_folder import DiskFolder, Entry, ObjectFolder
from standards.ocfl_rules_inventory import SPEC_VERSIONS, read_inventory
from standards.ocfl_rules_versions import version_number
from standards.ocfl_sidecar import check_sidecar, same_bytes

_DECLARATION = re.compile(r"0=ocfl_object_(\d+\.\d+)")
_KNOWN_FILES = re.compile(r"0=.*|inventory\.json(\.sha(512|256))?")
# Object extensions that the community registered, as folder names.
_REGISTERED = {
    "0001-digest-algorithms",
    "0005-mutable-head",
    "0008-schema-registry",
    "0009-digest-algorithms",
    "0011-direct-clean-path-layout",
}


def check_object(
    path: Path, tally: Tally | None = None, pool: ThreadPoolExecutor | None = None
) -> Iterator[Finding]:
    """The findings of the OCFL object whose root is the folder `path`; paths are relative to it.

    What was read is counted in `tally`; `pool` does the hashing, where the caller has one for many objects.
    """
    try:
        with nullcontext(pool) if pool else ThreadPoolExecutor(os.cpu_count()) as hashers:
            yield from check_folder(DiskFolder(path), tally or Tally(), hashers)
    except OSError as problem:
        yield issue("OCFL-UNREADABLE", os.path.relpath(problem.filename or path, path), problem.strerror)


def check_folder(
    path: ObjectFolder, tally: Tally, pool: ThreadPoolExecutor, *, quick: bool = False
) -> Iterator[Finding]:
    """The findings of an object wherever it lies. Raises OSError where a folder or an inventory cannot be read.

    `quick`: content that has a sha256 in the inventory's fixity block is proved by it alone. The block is covered by
    the inventory's own digest, so a changed byte of content is found all the same.
    """
    names = {entry.name: entry for entry in path.entries("")}
    spec = yield from _check_declaration(path, set(names))
    if "inventory.json" not in names:
        yield issue("E063", "inventory.json")
        yield from _check_entries(names, None)
        return
    if any(entry.kind == "link" for name, entry in names.items() if name.startswith("inventory.json")):
        yield from _check_entries(names, None)
        return
    root = read_inventory(path, "inventory.json")
    tally.object_id = root.id
    yield from root.found
    yield from check_sidecar(path, "", root.algorithm)
    yield from _check_entries(names, root)
    yield from _check_extensions(path, names, root)
    if any(found.code == "E033" for found in root.found):
        return
    if spec and spec != root.spec:
        yield issue("E038", "inventory.json", f"{root.spec}; 0=ocfl_object_{spec}")
    there = {name for name, entry in names.items() if entry.kind == "folder" and version_number(name)}
    versions = sorted(there & root.versions.keys(), key=lambda name: version_number(name) or 0)
    earlier: list[InventoryFacts] = []
    for name in versions:
        yield from _check_version(path, name, root, earlier)
    yield from _check_content_directories(root, earlier)
    yield from _check_spec_order([*earlier, root])
    yield from check_content(path, [root, *earlier], versions, tally, pool, quick=quick)


def _check_declaration(path: ObjectFolder, names: set[str]) -> Generator[Finding, None, str | None]:
    """Exactly one 0=ocfl_object_N with its own name as content; gives the version (or None)."""
    declared = sorted(name for name in names if name.startswith("0="))
    if len(declared) != 1:
        yield issue("E003", "", ", ".join(declared))
    spec = None
    for name in declared:
        match = _DECLARATION.fullmatch(name)
        if not match or match[1] not in SPEC_VERSIONS:
            yield issue("E006", name)
            continue
        spec = match[1]
        if not says(path, name):
            yield issue("E007", name)
    return spec


def says(folder: ObjectFolder, name: str) -> bool:
    """Whether the declaration `0=value` holds `value` and a newline (NAMASTE)."""
    if Entry(name, "file") not in folder.entries("") or folder.size(name) > 100:
        return False
    with folder.open(name) as declaration:
        return declaration.read() == name[2:].encode() + b"\n"


def _check_entries(names: dict[str, Entry], root: InventoryFacts | None) -> Iterator[Finding]:
    """Nothing in the object root but what the specification names (§3.1)."""
    known = set(root.versions) if root else set()
    for name, entry in sorted(names.items()):
        if entry.kind == "link":
            yield issue("E090", name)
        elif entry.kind == "folder":
            if name not in known and name not in ("logs", "extensions"):
                yield from _stray_folder(name)
        elif entry.kind != "file" or not _KNOWN_FILES.fullmatch(name):
            yield issue("E001", name)
    for name in sorted(known - {n for n, e in names.items() if e.kind == "folder"}):
        yield issue("E046", name)
        yield issue("E010", name)


def _stray_folder(name: str) -> Iterator[Finding]:
    yield issue("E046" if version_number(name) else "E001", name)
    if re.fullmatch(r"v?\d+", name) and not version_number(name):
        yield issue("E104", name)


def _check_extensions(path: ObjectFolder, names: dict[str, Entry], root: InventoryFacts) -> Iterator[Finding]:
    if "extensions" not in names or names["extensions"].kind != "folder":
        return
    for entry in path.entries("extensions"):
        where = f"extensions/{entry.name}"
        if entry.kind != "folder":
            yield issue("E067", where)
        elif entry.name not in _REGISTERED:
            yield issue("W013", where)


def _check_version(
    path: ObjectFolder, name: str, root: InventoryFacts, earlier: list[InventoryFacts]
) -> Iterator[Finding]:
    """A version folder: its files, its inventory against the root's. Earlier inventories join `earlier`."""
    where = f"{name}/inventory.json"
    names = {entry.name: entry for entry in path.entries(name)}
    algorithm = root.algorithm
    if "inventory.json" not in names:
        yield issue("W010", where)
    elif name == root.head:
        if not same_bytes(path, where, "inventory.json"):
            yield issue("E064", where)
        yield from check_sidecar(path, name, root.algorithm)
    else:
        facts = read_inventory(path, where, root)
        yield from facts.found
        yield from check_sidecar(path, name, facts.algorithm)
        yield from _check_against_root(name, facts, root)
        algorithm = facts.algorithm
        earlier.append(facts)
    yield from _check_version_entries(name, names, root, algorithm)


def _check_version_entries(
    name: str, names: dict[str, Entry], root: InventoryFacts, algorithm: str | None
) -> Iterator[Finding]:
    for entry in sorted(names.values(), key=lambda entry: entry.name):
        where = f"{name}/{entry.name}"
        if entry.kind == "link":
            yield issue("E090", where)
        elif entry.kind == "folder":
            if entry.name != root.content:
                yield issue("W002", where)
        elif (
            entry.name not in ("inventory.json", f"inventory.json.{algorithm}")
            or "inventory.json" not in names
        ):
            yield issue("E015", where)


def _check_against_root(name: str, facts: InventoryFacts, root: InventoryFacts) -> Iterator[Finding]:
    """An earlier inventory must tell the same object and the same states (E037/E110, E040, E066, W011)."""
    if facts.id and root.id and facts.id != root.id:
        # The text of 1.1 says E110; the public suite files the same case under E037.
        yield issue("E110", facts.where, facts.id)
        yield issue("E037", facts.where, facts.id)
    if facts.head is not None and facts.head != name:
        yield issue("E040", facts.where, facts.head)
    number = version_number(name) or 0
    expected = {version for version in root.versions if (version_number(version) or 0) <= number}
    if facts.versions and set(facts.versions) != expected:
        yield issue("E066", facts.where, ", ".join(sorted(set(facts.versions) ^ expected)))
    for version in sorted(expected & set(facts.versions)):
        ours, theirs = facts.versions[version], root.versions[version]
        if ours.state != theirs.state:
            yield issue("E066", facts.where, version)
        if ours.metadata != theirs.metadata:
            yield issue("W011", facts.where, version)


def _check_content_directories(root: InventoryFacts, earlier: list[InventoryFacts]) -> Iterator[Finding]:
    """contentDirectory: set in the first version if at all, and never changed (one sentence, E019 and E020)."""
    if not earlier:
        return
    first = earlier[0].content_directory
    for facts in [*earlier[1:], root]:
        if facts.content_directory != first:
            yield issue("E019", facts.where, facts.content_directory)
            yield issue("E020", facts.where, facts.content_directory)


def _check_spec_order(inventories: list[InventoryFacts]) -> Iterator[Finding]:
    for before, after in pairwise(inventories):
        if after.spec < before.spec:
            yield issue("E103", after.where, f"{before.spec} > {after.spec}")
