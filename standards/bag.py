"""Strict BagIt validator (RFC 8493; 0.93 to 1.0) for a bag that lies in a folder.

bagit-python accepts a declaration with a space before its colon, changes the working directory and tells no
more than the first fault of a kind, so the reading here is our own; it stays the judge in tests. fetch.txt is never
fetched: what it names must be there already.
"""

import codecs
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from standards.bag_digests import digest_files
from standards.bag_facts import Bag, issue, relative
from standards.bag_manifests import check_fetch, check_manifests
from standards.bag_metadata import check_metadata
from standards.bag_profile import check_profile
from standards.findings import Finding
from standards.names import same_elsewhere

VERSIONS: Final = ("0.93", "0.94", "0.95", "0.96", "0.97", "1.0")
_DECLARATION: Final = re.compile(
    r"BagIt-Version: (\d+\.\d+)(?:\r\n|\n|\r)Tag-File-Character-Encoding: (\S+)(?:\r\n|\n|\r)?"
)
# Codecs that Python knows and IANA's registry of character sets does not, or that are no character sets.
_NO_CHARACTER_SETS: Final = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem", "utf-8-sig"}
)
_TOLD: Final = 10_000


@dataclass(slots=True)
class BagTally:
    """What was read: files of the payload and their bytes."""

    files: int = 0
    bytes: int = 0


def check_bag(path: Path, tally: BagTally | None = None) -> Iterator[Finding]:
    """The findings of the bag in the folder `path`, the first 10,000; paths are relative to it."""
    for number, found in enumerate(_check(Bag(path), tally or BagTally())):
        if number == _TOLD:
            yield issue("BAGIT-MORE", "", _TOLD)
            return
        yield found


def _check(bag: Bag, tally: BagTally) -> Iterator[Finding]:
    try:
        yield from _check_files(bag)
        yield from _check_declaration(bag)
        if "bagit.txt" not in bag.files:
            return
        yield from check_manifests(bag)
        yield from check_fetch(bag)
        yield from check_metadata(bag)
        yield from check_profile(bag.root, bag.version, set(bag.payload), set(bag.tags))
        yield from _check_bytes(bag, tally)
    except OSError as problem:
        yield issue("BAGIT-UNREADABLE", relative(problem, bag.root), problem.strerror)


def _check_files(bag: Bag) -> Iterator[Finding]:
    """Every file of the bag with its size; links and special files are refused, and names that are twins."""
    seen: dict[str, str] = {}
    empty: list[str] = []
    waiting = [(bag.root, "")]
    while waiting:
        folder, where = waiting.pop()
        count = 0
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            count += 1
            name = f"{where}{entry.name}"
            yield from _check_twin(name, seen)
            if entry.is_dir(follow_symlinks=False):
                waiting.append((folder / entry.name, f"{name}/"))
            elif entry.is_file(follow_symlinks=False):
                bag.files[name] = entry.stat(follow_symlinks=False).st_size
            else:
                yield issue("BAGIT-LINK", name)
        if not count and where not in ("", "data/"):
            empty.append(where)
    if empty:
        yield issue("BAGIT-EMPTY-FOLDER", min(empty), len(empty))
    if (bag.root / "data").is_symlink() or not (bag.root / "data").is_dir():
        yield issue("BAGIT-NO-DATA", "data")


def _check_twin(name: str, seen: dict[str, str]) -> Iterator[Finding]:
    """Names that are one name on another system: they differ in case or in Unicode composition only."""
    key = same_elsewhere(name)
    if seen.setdefault(key, name) != name:
        yield issue("BAGIT-TWIN", name, seen[key])


def _check_declaration(bag: Bag) -> Iterator[Finding]:
    """bagit.txt to the letter (§2.1.1): two lines, UTF-8 without a byte-order mark."""
    if "bagit.txt" not in bag.files:
        yield issue("BAGIT-NO-DECLARATION", "bagit.txt")
        return
    match = None
    if bag.files["bagit.txt"] < 1000:
        match = _DECLARATION.fullmatch((bag.root / "bagit.txt").read_bytes().decode("utf-8", "replace"))
    if not match or match[1] not in VERSIONS:
        yield issue("BAGIT-DECLARATION", "bagit.txt", match[1] if match else "")
        return
    bag.version = match[1]
    if _is_character_set(match[2]):
        bag.encoding = match[2]
    else:
        yield issue("BAGIT-DECLARATION", "bagit.txt", match[2])


def _is_character_set(name: str) -> bool:
    try:
        known = codecs.lookup(name)
        "".encode(name)
    except (LookupError, ValueError):
        return False
    return known.name.replace("_", "-") not in _NO_CHARACTER_SETS


def _check_bytes(bag: Bag, tally: BagTally) -> Iterator[Finding]:
    """Every listed file that is there, read once by all its algorithms."""
    wanted: dict[str, dict[str, str]] = {}
    for algorithm, entries in [*bag.payload.items(), *bag.tags.items()]:
        for name, digest in entries.items():
            if name in bag.files:
                wanted.setdefault(name, {})[algorithm] = digest
    ordered = [(name, tuple(wanted[name])) for name in sorted(wanted)]
    for name, found in digest_files(bag.root, ordered, bag.files):
        if "" in found:
            yield issue("BAGIT-UNREADABLE", name, found[""])
            continue
        if name.startswith("data/"):
            tally.files += 1
            tally.bytes += bag.files[name]
        for algorithm, digest in wanted[name].items():
            if found[algorithm] != digest:
                yield issue("BAGIT-DIGEST", name, f"{algorithm} {found[algorithm]}")
