"""Strict BagIt validator (RFC 8493; 0.93 to 1.0) for a bag that lies in a folder.

bagit-python accepts a declaration with a space before its colon, changes the working directory and tells no
more than the first fault of a kind, so the reading here is our own; it stays the judge in tests. fetch.txt is never fetched: what it names must be there already.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from standards.bag_digests import digest_files
from standards.bag_profile import check_profile
from standards.findings import Finding, finding
from standards.shown import for_people

VERSIONS = ("0.93", "0.94", "0.95", "0.96", "0.97", "1.0")
ALGORITHMS = {
    "md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128,
    "sha3_224": 56, "sha3_256": 64, "sha3_384": 96, "sha3_512": 128, "blake2b": 128, "blake2s": 64,
}  # fmt: skip
WEAK = ("md5", "sha1")
_DECLARATION = re.compile(
    r"BagIt-Version: (\d+\.\d+)(?:\r\n|\n|\r)Tag-File-Character-Encoding: (\S+)(?:\r\n|\n|\r)?"
)
_MANIFEST = re.compile(r"(tag)?manifest-([a-z0-9_-]+)\.txt")
_ENTRY = re.compile(r"([0-9A-Fa-f]+)[ \t]+(\*?)(.+)")
_SUSPECT = re.compile(r"^[/~\\]|\.\.|^[A-Za-z]:[\\/]")
_OXUM = re.compile(r"([0-9]{1,20})\.([0-9]{1,20})")


@dataclass(slots=True)
class BagTally:
    """What was read: files of the payload and their bytes."""

    files: int = 0
    bytes: int = 0


@dataclass(slots=True)
class _Bag:
    """What a check knows of a bag: its version and encoding, and the digests that its manifests give."""

    root: Path
    version: str = "1.0"
    encoding: str = "utf-8"
    files: dict[str, int] = field(default_factory=dict)
    payload: dict[str, dict[str, str]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)


def check_bag(path: Path, tally: BagTally | None = None) -> Iterator[Finding]:
    """The findings of the bag in the folder `path`; paths are relative to it."""
    bag = _Bag(path)
    try:
        yield from _check_files(bag)
        yield from _check_declaration(bag)
        if "bagit.txt" not in bag.files:
            return
        yield from _check_manifests(bag)
        yield from _check_fetch(bag)
        yield from _check_info(bag)
        yield from check_profile(path, bag.version, set(bag.payload), set(bag.tags))
        yield from _check_bytes(bag, tally or BagTally())
    except UnicodeError as problem:
        yield _issue("BAGIT-UNREADABLE", "bagit.txt", f"{bag.encoding}: {problem}")
    except OSError as problem:
        yield _issue("BAGIT-UNREADABLE", os.path.relpath(problem.filename or path, path), problem.strerror)


def _issue(code: str, path: str, detail: object = "") -> Finding:
    shown = for_people(path)
    return finding(code, path=shown, where=shown, detail=for_people(str(detail))[:300])


def _check_files(bag: _Bag) -> Iterator[Finding]:
    """Every file of the bag with its size; links and special files are refused, and names that are twins."""
    waiting = [(bag.root, "")]
    while waiting:
        folder, where = waiting.pop()
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            name = f"{where}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append((folder / entry.name, f"{name}/"))
            elif entry.is_file(follow_symlinks=False):
                bag.files[name] = entry.stat(follow_symlinks=False).st_size
            else:
                yield _issue("BAGIT-LINK", name)
    yield from _check_twins(bag)
    if not (bag.root / "data").is_dir():
        yield _issue("BAGIT-NO-DATA", "data")


def _check_twins(bag: _Bag) -> Iterator[Finding]:
    """Names that are one name on another system: they differ in case or in Unicode composition only."""
    seen: dict[str, str] = {}
    for name in bag.files:
        key = unicodedata.normalize("NFC", name).casefold()
        if seen.setdefault(key, name) != name:
            yield _issue("BAGIT-TWIN", name, seen[key])


def _check_declaration(bag: _Bag) -> Iterator[Finding]:
    """bagit.txt to the letter (§2.1.1): two lines, UTF-8 without a byte-order mark."""
    if "bagit.txt" not in bag.files:
        yield _issue("BAGIT-NO-DECLARATION", "bagit.txt")
        return
    match = None
    if bag.files["bagit.txt"] < 1000:
        match = _DECLARATION.fullmatch((bag.root / "bagit.txt").read_bytes().decode("utf-8", "replace"))
    if not match or match[1] not in VERSIONS:
        yield _issue("BAGIT-DECLARATION", "bagit.txt", match[1] if match else "")
        return
    bag.version = match[1]
    if _is_text_encoding(match[2]):
        bag.encoding = match[2]
    else:
        yield _issue("BAGIT-DECLARATION", "bagit.txt", match[2])


def _is_text_encoding(name: str) -> bool:
    try:
        return "".encode(name) is not None
    except LookupError:
        return False


def _check_manifests(bag: _Bag) -> Iterator[Finding]:
    """Payload and tag manifests: readable, safe, of known algorithms, complete."""
    for name in sorted(n for n in bag.files if "/" not in n):
        match = _MANIFEST.fullmatch(name)
        if not match:
            continue
        algorithm = match[2].replace("-", "_") if match[2].startswith("sha3") else match[2]
        if algorithm not in ALGORITHMS:
            yield _issue("BAGIT-ALGORITHM", name, algorithm)
            continue
        if algorithm in WEAK:
            yield _issue("BAGIT-WEAK-DIGEST", name, algorithm)
        entries: dict[str, str] = {}
        yield from _read_manifest(bag, name, algorithm, entries)
        (bag.tags if match[1] else bag.payload)[algorithm] = entries
    if not bag.payload:
        yield _issue("BAGIT-NO-MANIFEST", "manifest-sha512.txt")
    yield from _check_complete(bag)


def _read_manifest(bag: _Bag, name: str, algorithm: str, entries: dict[str, str]) -> Iterator[Finding]:
    for number, line in enumerate(_lines(bag, name), start=1):
        match = _ENTRY.fullmatch(line)
        if not match or len(match[1]) != ALGORITHMS[algorithm]:
            yield _issue("BAGIT-MANIFEST-LINE", name, f"{number}: {line}")
            continue
        path = _decoded(bag, match[3])
        if match[2]:
            yield _issue("BAGIT-MD5SUM-STYLE", name, number)
        if path.startswith("./"):
            yield _issue("BAGIT-DOT-PATH", name, path)
            path = path.removeprefix("./")
        if _is_unsafe(path) or path.startswith("data/") != name.startswith("manifest-"):
            yield _issue("BAGIT-UNSAFE-PATH", name, path)
            continue
        path = _as_on_disk(bag, path)
        if entries.setdefault(path, match[1].lower()) != match[1].lower():
            yield _issue("BAGIT-DOUBLED", name, path)
        elif path not in bag.files:
            yield _issue("BAGIT-MISSING", path, name)


def _check_complete(bag: _Bag) -> Iterator[Finding]:
    """Every payload file in a manifest: in each one from 1.0 on (§3), in at least one before."""
    listed = [set(entries) for entries in bag.payload.values()]
    payload = [name for name in bag.files if name.startswith("data/")]
    for name in sorted(payload) if listed else ():
        held = [name in entries for entries in listed]
        if not any(held) or (bag.version == "1.0" and not all(held)):
            yield _issue("BAGIT-STRAY", name)


def _check_fetch(bag: _Bag) -> Iterator[Finding]:
    """fetch.txt is read, never obeyed: a file that it names must be there and in a manifest."""
    if "fetch.txt" not in bag.files:
        return
    for number, line in enumerate(_lines(bag, "fetch.txt"), start=1):
        parts = line.split(None, 2)
        if len(parts) != 3 or not (parts[1] == "-" or parts[1].isdecimal()):
            yield _issue("BAGIT-FETCH-LINE", "fetch.txt", f"{number}: {line}")
            continue
        path = _decoded(bag, parts[2])
        if _is_unsafe(path) or not path.startswith("data/"):
            yield _issue("BAGIT-UNSAFE-PATH", "fetch.txt", path)
        elif _as_on_disk(bag, path) not in bag.files:
            yield _issue("BAGIT-FETCH", path)


def _check_info(bag: _Bag) -> Iterator[Finding]:
    """bag-info.txt: `Label: value` lines, and Payload-Oxum where it is given."""
    if "bag-info.txt" not in bag.files:
        return
    for number, line in enumerate(_lines(bag, "bag-info.txt"), start=1):
        if line[0] in " \t":
            continue
        label, colon, value = line.partition(":")
        if not colon or not label.strip():
            yield _issue("BAGIT-INFO-LINE", "bag-info.txt", f"{number}: {line}")
        elif label.strip().lower() == "payload-oxum":
            yield from _check_oxum(bag, value.strip())


def _check_oxum(bag: _Bag, value: str) -> Iterator[Finding]:
    payload = [size for name, size in bag.files.items() if name.startswith("data/")]
    found = f"{sum(payload)}.{len(payload)}"
    match = _OXUM.fullmatch(value)
    if not match or (int(match[1]), int(match[2])) != (sum(payload), len(payload)):
        yield _issue("BAGIT-OXUM", "bag-info.txt", f"{value}; {found}")


def _check_bytes(bag: _Bag, tally: BagTally) -> Iterator[Finding]:
    """Every listed file that is there, read once by all its algorithms."""
    wanted: dict[str, dict[str, str]] = {}
    for algorithm, entries in [*bag.payload.items(), *bag.tags.items()]:
        for name, digest in entries.items():
            if name in bag.files:
                wanted.setdefault(name, {})[algorithm] = digest
    ordered = [(name, tuple(wanted[name])) for name in sorted(wanted)]
    for name, found in digest_files(bag.root, ordered, bag.files):
        if "" in found:
            yield _issue("BAGIT-UNREADABLE", name, found[""])
            continue
        if name.startswith("data/"):
            tally.files += 1
            tally.bytes += bag.files[name]
        for algorithm, digest in wanted[name].items():
            if found[algorithm] != digest:
                yield _issue("BAGIT-DIGEST", name, f"{algorithm} {found[algorithm]}")


def _lines(bag: _Bag, name: str) -> Iterator[str]:
    """The lines of a tag file that are not empty, in the bag's encoding; any of the three line ends."""
    encoding = bag.encoding if bag.encoding.lower() not in ("utf-8", "utf8") else "utf-8-sig"
    with (bag.root / name).open(encoding=encoding, errors="surrogateescape", newline=None) as file:
        for line in file:
            if line.strip():
                yield line.rstrip("\n")


def _decoded(bag: _Bag, path: str) -> str:
    """Percent-encoded line ends (and from 1.0 on the percent sign) as they are (§2.1.3)."""
    if "%" not in path:
        return path
    path = path.replace("%0A", "\n").replace("%0a", "\n").replace("%0D", "\r").replace("%0d", "\r")
    return path.replace("%25", "%") if bag.version == "1.0" else path


def _is_unsafe(path: str) -> bool:
    """Whether a path leads, on any system, out of the bag or into somebody's home."""
    if not _SUSPECT.search(path):
        return False
    parts = path.replace("\\", "/").split("/")
    return path.startswith(("/", "~", "\\")) or ".." in parts or bool(re.match(r"[A-Za-z]:[\\/]", path))


def _as_on_disk(bag: _Bag, path: str) -> str:
    """The name as the file system has it, where only the Unicode composition differs."""
    if path in bag.files:
        return path
    for form in ("NFC", "NFD"):
        other = unicodedata.normalize(form, path)
        if other in bag.files:
            return other
    return path
