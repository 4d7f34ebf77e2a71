"""The manifests, tag manifests and fetch.txt of a bag (RFC 8493, 2.1.3, 2.2.1, 2.2.3, 3)."""

import re
from collections.abc import Iterator
from typing import Final

from standards.bag_facts import Bag, is_unsafe, issue, listed_path, tag_lines
from standards.findings import Finding, Level

ALGORITHMS: Final = {
    "md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128,
    "sha3_224": 56, "sha3_256": 64, "sha3_384": 96, "sha3_512": 128, "blake2b": 128, "blake2s": 64,
}  # fmt: skip
WEAK: Final = ("md5", "sha1")
_MANIFEST: Final = re.compile(r"(tag)?manifest-(.+)\.txt", re.I)
_SHA3: Final = re.compile(r"sha3[-_]?(224|256|384|512)")
_ENTRY: Final = re.compile(r"([0-9A-Fa-f]+)[ \t]+(\*?)([^\n]+)")
_FETCH: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:[^ \t]+)[ \t]+([0-9]{1,20}|-)[ \t]+([^\n]+)")


def check_manifests(bag: Bag) -> Iterator[Finding]:
    """Payload and tag manifests: readable, safe, of known algorithms, complete. Fills `bag.payload` and `bag.tags`."""
    for name in sorted(n for n in bag.files if "/" not in n):
        match = _MANIFEST.fullmatch(name)
        if not match:
            continue
        algorithm = _SHA3.sub(r"sha3_\1", match[2])
        if algorithm not in ALGORITHMS or not name.startswith(("manifest-", "tagmanifest-")):
            yield issue("BAGIT-ALGORITHM", name, algorithm)
            continue
        if algorithm in WEAK:
            yield issue("BAGIT-WEAK-DIGEST", name, algorithm)
        entries: dict[str, str] = {}
        yield from _read_manifest(bag, name, algorithm, entries)
        (bag.tags if match[1] else bag.payload)[algorithm] = entries
    if not bag.payload:
        yield issue("BAGIT-NO-MANIFEST", "manifest-sha512.txt")
    yield from _check_complete(bag)
    yield from _check_tags(bag)


def _read_manifest(bag: Bag, name: str, algorithm: str, entries: dict[str, str]) -> Iterator[Finding]:
    is_payload = name.startswith("manifest-")
    for line in tag_lines(bag, name):
        if isinstance(line, Finding):
            yield line
            continue
        number, text = line
        match = _ENTRY.fullmatch(text)
        if match and len(match[1]) == ALGORITHMS[algorithm] and not match[2] and _is_plain(match[3]):
            path = match[3]
            if path in bag.files and path not in entries and path.startswith("data/") == is_payload:
                entries[path] = match[1].lower()
                continue
        if not match or len(match[1]) != ALGORITHMS[algorithm]:
            yield issue("BAGIT-MANIFEST-LINE", name, f"{number}: {text}")
            continue
        if match[2]:
            yield issue("BAGIT-MD5SUM-STYLE", name, number)
        path, found = listed_path(bag, name, match[3])
        yield from found
        if is_unsafe(path) or path.startswith("data/") != is_payload:
            yield issue("BAGIT-UNSAFE-PATH", name, path)
            continue
        yield from _enter(bag, name, bag.on_disk(path), match[1].lower(), entries)


def _is_plain(path: str) -> bool:
    """Whether a path needs no decoding and no second look: nearly all do not, and there may be very many."""
    return not ("%" in path or ".." in path or path.startswith(("./", "/", "~", "\\")) or path[1:2] == ":")


def _enter(bag: Bag, name: str, path: str, digest: str, entries: dict[str, str]) -> Iterator[Finding]:
    """Each path once (§2.1.3 says exactly once), and only of files that are there."""
    if path in entries:
        if entries[path] == digest:
            yield issue("BAGIT-REPEATED", name, path, level=bag.strict)
        else:
            yield issue("BAGIT-DOUBLED", name, path)
        return
    entries[path] = digest
    if path not in bag.files:
        yield issue("BAGIT-MISSING", path, name)


def _check_complete(bag: Bag) -> Iterator[Finding]:
    """Every payload file in a manifest: in each one from 1.0 on (§3), in at least one before."""
    listed = list(bag.payload.values())
    payload = [name for name in bag.files if name.startswith("data/")]
    for name in sorted(payload) if listed else ():
        held = [name in entries for entries in listed]
        if not any(held) or (bag.is_rfc and not all(held)):
            yield issue("BAGIT-STRAY", name)


def _check_tags(bag: Bag) -> Iterator[Finding]:
    """§2.2.1: a tag manifest lists every payload manifest, no tag manifest, and should list every other tag file."""
    tag_files = sorted(n for n in bag.files if not n.startswith("data/"))
    manifests = [n for n in tag_files if n.startswith("manifest-") and n.endswith(".txt")]
    others = [n for n in tag_files if n not in manifests and not n.startswith("tagmanifest-")]
    for algorithm, entries in sorted(bag.tags.items()):
        name = next(n for n in tag_files if n.startswith("tagmanifest-") and _is_of(n, algorithm))
        for listed in sorted(entries):
            if "/" not in listed and listed.startswith("tagmanifest-"):
                yield issue("BAGIT-TAG-OF-TAGS", name, listed, level=bag.strict)
        for manifest in manifests:
            if manifest not in entries:
                yield issue("BAGIT-MANIFEST-UNLISTED", name, manifest, level=bag.strict)
        left_out = [n for n in others if n not in entries] if bag.is_rfc else []
        if left_out:
            yield issue("BAGIT-TAG-UNLISTED", name, f"{left_out[0]} ({len(left_out)})")


def _is_of(name: str, algorithm: str) -> bool:
    match = _MANIFEST.fullmatch(name)
    return bool(match) and _SHA3.sub(r"sha3_\1", match[2] if match else "") == algorithm


def check_fetch(bag: Bag) -> Iterator[Finding]:
    """fetch.txt is read, never obeyed: a file that it names must be there already, and be as long as it says."""
    if "fetch.txt" not in bag.files:
        return
    for line in tag_lines(bag, "fetch.txt"):
        if isinstance(line, Finding):
            yield line
            continue
        number, text = line
        match = _FETCH.fullmatch(text)
        if not match:
            yield issue("BAGIT-FETCH-LINE", "fetch.txt", f"{number}: {text}")
            continue
        path, found = listed_path(bag, "fetch.txt", match[3])
        yield from found
        if is_unsafe(path) or not path.startswith("data/"):
            yield issue("BAGIT-UNSAFE-PATH", "fetch.txt", path)
            continue
        path = bag.on_disk(path)
        if path not in bag.files:
            yield issue("BAGIT-FETCH", path)
        elif match[2] not in ("-", str(bag.files[path])) and int(match[2]) != bag.files[path]:
            yield issue("BAGIT-FETCH-LENGTH", path, f"{match[2]}; {bag.files[path]}", level=Level.SHOULD)
