"""The rules for the versions block of an OCFL inventory (§3.5.3): sequence, metadata and logical state."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from standards.json_stream import JsonCursor
from standards.ocfl_facts import InventoryFacts, VersionFacts

_KEYS = {"created", "state", "message", "user"}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
_CREATED = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_NAME = re.compile(r"v(0*)([1-9]\d*)")


def read_versions(cursor: JsonCursor, facts: InventoryFacts, root: InventoryFacts) -> None:
    """Pass two over an inventory whose manifest is in `facts`; states are fingerprinted by `root`'s digests."""
    used: set[bytes] = set()
    for key in cursor.members():
        if key == "versions" and cursor.kind() == "object":
            for name in cursor.members():
                _read_version(cursor, facts, name, used, _translator(facts, root))
            _check_sequence(facts)
        else:
            cursor.skip()
    if facts.versions:
        for digest in facts.digests - used:
            # The text says E107; the public suite files the same case under E050.
            facts.note("E107", digest.hex())
            facts.note("E050", digest.hex())


def version_number(name: str) -> int | None:
    """N of `vN` or a zero-padded form of it; None for any other name."""
    match = _NAME.fullmatch(name)
    return int(match[2]) if match and len(match[2]) < 10 else None


def check_no_conflict(facts: InventoryFacts, paths: Collection[str], code: str) -> None:
    """No path may be a folder of another one."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    for folder in folders:
        if folder in paths:
            facts.note(code, folder)


def _check_sequence(facts: InventoryFacts) -> None:
    """v1, v2, ... without a gap, in one naming convention, the head last."""
    numbers = {name: version_number(name) for name in facts.versions}
    for name, number in numbers.items():
        if number is None:
            for code in ("E046", "E104", "E105"):
                facts.note(code, name)
    known = {name: number for name, number in numbers.items() if number is not None}
    if not facts.versions:
        facts.note("E008")
    elif 1 not in known.values():
        facts.note("E009", ", ".join(facts.versions))
    elif sorted(known.values()) != list(range(1, len(known) + 1)):
        facts.note("E010", ", ".join(facts.versions))
    _check_padding(facts, known)
    if known and facts.head is not None and known.get(facts.head) != max(known.values()):
        facts.note("E040", facts.head)


def _check_padding(facts: InventoryFacts, known: Mapping[str, int]) -> None:
    padded = {name for name in known if name.startswith("v0")}
    if not padded:
        return
    facts.note("W001", min(padded))
    if len({len(name) for name in known}) > 1 or padded != known.keys():
        for code in ("E011", "E012", "E013"):
            facts.note(code, ", ".join(known))


def _read_version(
    cursor: JsonCursor,
    facts: InventoryFacts,
    name: str,
    used: set[bytes],
    translate: Callable[[bytes], bytes],
) -> None:
    values: dict[str, Any] = {}
    state = VersionFacts("", 0, 0)
    if cursor.kind() != "object":
        facts.note("E047", name)
        cursor.skip()
        return
    for key in cursor.members():
        if key == "state":
            values[key] = True
            state = _read_state(cursor, facts, name, used, translate)
        else:
            values[key] = cursor.value()
        if key not in _KEYS:
            facts.note("E102", f"{name}: {key}")
    _check_metadata(facts, name, values)
    values.pop("state", None)
    state.metadata = json.dumps(values, sort_keys=True)
    facts.versions[name] = state


def _check_metadata(facts: InventoryFacts, name: str, values: Mapping[str, Any]) -> None:
    for key in ("created", "state"):
        if key not in values:
            facts.note("E048", f"{name}: {key}")
    if "created" in values and not _is_created(values["created"]):
        facts.note("E049", f"{name}: {values['created']}")
    for key in ("message", "user"):
        if key not in values:
            facts.note("W007", f"{name}: {key}")
    if "message" in values and not isinstance(values["message"], str):
        facts.note("E094", f"{name}: {values['message']}")
    if "user" in values:
        _check_user(facts, name, values["user"])


def _check_user(facts: InventoryFacts, name: str, user: object) -> None:
    if not isinstance(user, dict) or not isinstance(user.get("name"), str) or not user["name"]:
        facts.note("E054", f"{name}: {user}")
    elif "address" not in user:
        facts.note("W008", name)
    elif not isinstance(user["address"], str):
        facts.note("E054", f"{name}: {user}")
    elif user.keys() - {"name", "address"}:
        facts.note("E102", f"{name}: user: {', '.join(sorted(user.keys() - {'name', 'address'}))}")
    elif not _URI.fullmatch(user["address"]):
        facts.note("W009", f"{name}: {user['address']}")


def _is_created(value: object) -> bool:
    """RFC 3339 date-time: to the second, with its offset, and a moment that exists."""
    if not isinstance(value, str) or not _CREATED.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(re.sub(r"\.\d+", "", value).upper().replace(":60", ":59"))
    except ValueError:
        return False
    return True


def _read_state(
    cursor: JsonCursor,
    facts: InventoryFacts,
    name: str,
    used: set[bytes],
    translate: Callable[[bytes], bytes],
) -> VersionFacts:
    """A state block: every digest in the manifest, letter by letter; logical paths good and without conflict."""
    if cursor.kind() != "object":
        facts.note("E050", name)
        cursor.skip()
        return VersionFacts("", 0, 0)
    paths: set[str] = set()
    fingerprint = 0
    for raw in cursor.members():
        digest = _held_digest(facts, name, raw)
        if cursor.kind() != "array":
            facts.note("E050", f"{name}: {raw}")
            facts.note("E051", f"{name}: {raw}")
            cursor.skip()
            continue
        used.add(digest)
        same = translate(digest)
        for _ in cursor.items():
            path = cursor.value()
            if _is_new_logical_path(facts, name, path, paths):
                fingerprint += int.from_bytes(hashlib.sha256(same + path.encode()).digest())
    check_no_conflict(facts, paths, "E095")
    return VersionFacts("", fingerprint % (1 << 256), len(paths))


def _held_digest(facts: InventoryFacts, name: str, raw: str) -> bytes:
    """The digest as the manifest has it; a finding where the manifest does not spell it just so."""
    try:
        digest = bytes.fromhex(raw)
    except ValueError:
        digest = raw.encode()
    if digest not in facts.digests or facts.cased.get(digest, raw.lower()) != raw:
        facts.note("E050", f"{name}: {raw}")
    return digest


def _is_new_logical_path(facts: InventoryFacts, name: str, path: object, seen: set[str]) -> bool:
    if not isinstance(path, str):
        facts.note("E051", f"{name}: {path}")
    elif path in seen:
        facts.note("E095", f"{name}: {path}")
    elif path.startswith("/") or path.endswith("/"):
        facts.note("E053", f"{name}: {path}")
    elif any(part in ("", ".", "..") for part in path.split("/")):
        facts.note("E052", f"{name}: {path}")
    else:
        seen.add(path)
        return True
    return False


def _translator(facts: InventoryFacts, root: InventoryFacts) -> Callable[[bytes], bytes]:
    """Gives for a digest of this inventory the root inventory's digest of the same bytes.

    Where the algorithm changed between versions, a content path that both manifests have joins the two.
    """
    if facts.algorithm == root.algorithm:
        return lambda digest: digest
    by_digest = {digest: path for path, digest in facts.manifest.items()}
    return lambda digest: root.manifest.get(by_digest.get(digest, ""), digest)
