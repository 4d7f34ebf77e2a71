"""The rules for one OCFL inventory (specification 1.0 and 1.1, §3.5), read as a stream in two passes.

What the checks of the whole object need stays in `InventoryFacts`: a content path with its digest as bytes, and for
each version one fingerprint of its state, so that states of different inventories compare without being kept.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from standards.json_stream import BadJson, JsonCursor
from standards.ocfl_facts import InventoryFacts
from standards.ocfl_folder import ObjectFolder
from standards.ocfl_rules_versions import check_no_conflict, read_versions

# Hex digits of each digest: the vocabulary of the specification and of extension 0001.
HEX_LENGTH = {
    "md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "blake2b-512": 128,
    "blake2b-160": 40, "blake2b-256": 64, "blake2b-384": 96, "sha512/256": 64,
}  # fmt: skip
SPEC_VERSIONS = ("1.0", "1.1")
_KEYS = {"id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity"}
_TYPE = re.compile(r"https://ocfl\.io/(\d+\.\d+)/spec/#inventory")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")


def read_inventory(folder: ObjectFolder, where: str, root: InventoryFacts | None = None) -> InventoryFacts:
    """Check the inventory file at `where` in the object; `root` is the object's root inventory when this is an earlier one.

    Raises OSError. What is wrong is in `found`; E033 alone where the file is not JSON of the right shape.
    """
    facts = InventoryFacts(where)
    try:
        with folder.open(where) as file:
            _read_body(JsonCursor(file), facts)
        with folder.open(where) as file:
            read_versions(JsonCursor(file), facts, root or facts)
    except BadJson as problem:
        facts.note("E033", problem)
    return facts


def _read_body(cursor: JsonCursor, facts: InventoryFacts) -> None:
    """Pass one: all but the versions."""
    if cursor.kind() != "object":
        raise BadJson(f"{cursor.kind()}")
    scalars: dict[str, Any] = {}
    seen: set[str] = set()
    for key in cursor.members():
        if key in seen:
            raise BadJson(f"{key}: 2x")
        seen.add(key)
        if key in ("manifest", "versions", "fixity"):
            _READERS[key](cursor, facts, scalars)
        else:
            scalars[key] = cursor.value()
        if key not in _KEYS:
            facts.note("E102", key)
    cursor.finish()
    _check_scalars(facts, scalars, seen)
    _check_digests(facts)


def _check_scalars(facts: InventoryFacts, scalars: Mapping[str, Any], seen: set[str]) -> None:
    for key in ("id", "type", "digestAlgorithm", "head"):
        if key not in seen:
            facts.note("E036", key)
    for key in ("manifest", "versions"):
        if key not in seen:
            facts.note("E041" if key == "manifest" else "E043", key)
            if key == "versions":
                facts.note("E008")
                facts.note("E041", key)
    _check_id(facts, scalars)
    _check_type(facts, scalars)
    _check_algorithm(facts, scalars)
    _check_content_directory(facts, scalars)
    head = scalars.get("head")
    facts.head = head if isinstance(head, str) else None
    if "head" in seen and facts.head is None:
        facts.note("E040", head)
    fixity = scalars.get("not-an-object:fixity")
    if fixity:
        facts.note("E056" if facts.spec == "1.0" else "E111", fixity)


def _check_id(facts: InventoryFacts, scalars: Mapping[str, Any]) -> None:
    value = scalars.get("id")
    if "id" not in scalars:
        return
    if not isinstance(value, str) or not value:
        facts.note("E037", value)
        return
    facts.id = value
    if not _URI.fullmatch(value):
        facts.note("W005", value)


def _check_type(facts: InventoryFacts, scalars: Mapping[str, Any]) -> None:
    value = scalars.get("type")
    match = _TYPE.fullmatch(value) if isinstance(value, str) else None
    if match and match[1] in SPEC_VERSIONS:
        facts.spec = match[1]
    elif "type" in scalars:
        facts.note("E038", value)


def _check_algorithm(facts: InventoryFacts, scalars: Mapping[str, Any]) -> None:
    value = scalars.get("digestAlgorithm")
    if value in ("sha512", "sha256"):
        facts.algorithm = value
        if value == "sha256":
            facts.note("W004")
    elif "digestAlgorithm" in scalars:
        facts.note("E025", value)


def _check_content_directory(facts: InventoryFacts, scalars: Mapping[str, Any]) -> None:
    if "contentDirectory" not in scalars:
        return
    value = scalars["contentDirectory"]
    if not isinstance(value, str) or not value or "/" in value:
        facts.note("E017", value)
        facts.note("E108", value)
    elif value in (".", ".."):
        facts.note("E018", value)
        facts.note("E108", value)
    else:
        facts.content_directory = value


def _check_digests(facts: InventoryFacts) -> None:
    """Digests of the right length for their algorithm; fixity algorithms that are known; fixity paths held."""
    if facts.algorithm and any(len(digest) * 2 != HEX_LENGTH[facts.algorithm] for digest in facts.digests):
        facts.note("E025", facts.algorithm)
    for algorithm, entries in facts.fixity.items():
        if algorithm not in HEX_LENGTH:
            facts.note("E056", algorithm)
            continue
        for path, digest in entries.items():
            if len(digest) * 2 != HEX_LENGTH[algorithm]:
                facts.note("E057", f"{algorithm} {digest.hex()}")
            if path not in facts.manifest:
                facts.note("E057", path)


def _read_manifest(cursor: JsonCursor, facts: InventoryFacts, scalars: dict[str, Any]) -> None:
    if cursor.kind() != "object":
        facts.note("E041", cursor.kind())
        facts.note("E106", cursor.kind())
        cursor.skip()
        return
    block = _DigestBlock(cursor, facts, bad_digest="E025", not_a_list="E092", doubled="E096")
    for digest, raw, path in block:
        facts.digests.add(digest)
        if raw != raw.lower():
            facts.cased[digest] = raw
        if path is not None:
            facts.manifest[path] = digest
    check_no_conflict(facts, facts.manifest, "E101")


def _read_fixity(cursor: JsonCursor, facts: InventoryFacts, scalars: dict[str, Any]) -> None:
    if cursor.kind() != "object":
        scalars["not-an-object:fixity"] = cursor.kind()
        cursor.skip()
        return
    for algorithm in cursor.members():
        if cursor.kind() != "object":
            facts.note("E057", algorithm)
            cursor.skip()
            continue
        entries = facts.fixity.setdefault(algorithm, {})
        block = _DigestBlock(cursor, facts, bad_digest="E057", not_a_list="E057", doubled="E097")
        for digest, _, path in block:
            if path is not None:
                entries[path] = digest


def _skip_versions(cursor: JsonCursor, facts: InventoryFacts, scalars: dict[str, Any]) -> None:
    if cursor.kind() != "object":
        facts.note("E044", cursor.kind())
    cursor.skip()


_READERS: Mapping[str, Callable[[JsonCursor, InventoryFacts, dict[str, Any]], None]] = {
    "manifest": _read_manifest,
    "fixity": _read_fixity,
    "versions": _skip_versions,
}


@dataclass(frozen=True, slots=True)
class _DigestBlock:
    """The entries (digest, its spelling, content path or None) of a manifest-like block, checked on the way."""

    cursor: JsonCursor
    facts: InventoryFacts
    bad_digest: str
    not_a_list: str
    doubled: str

    def __iter__(self) -> Iterator[tuple[bytes, str, str | None]]:
        seen: set[bytes] = set()
        paths: set[str] = set()
        for raw in self.cursor.members():
            digest = _as_bytes(raw)
            if digest is None or self.cursor.kind() != "array":
                self.facts.note(self.bad_digest if digest is None else self.not_a_list, raw)
                self.cursor.skip()
                continue
            if digest in seen:
                self.facts.note(self.doubled, raw)
            seen.add(digest)
            yield digest, raw, None
            yield from ((digest, raw, path) for path in self._content_paths(paths))

    def _content_paths(self, seen: set[str]) -> Iterator[str]:
        for _ in self.cursor.items():
            path = self.cursor.value()
            code = _content_path_fault(path) if isinstance(path, str) else self.not_a_list
            if code:
                self.facts.note(code, path)
            elif path in seen:
                self.facts.note("E101", path)
            else:
                seen.add(path)
                yield path


def _as_bytes(digest: str) -> bytes | None:
    try:
        return bytes.fromhex(digest) if digest.isalnum() else None
    except ValueError:
        return None


def _content_path_fault(path: str) -> str | None:
    """The code of what is wrong with a content path by itself."""
    if path.startswith("/") or path.endswith("/"):
        return "E100"
    return "E099" if any(part in ("", ".", "..") for part in path.split("/")) else None
