"""Judges an exported journal: no entry changed, dropped, doubled or out of order; heads, Merkle roots and time stamps fit.

Shares no code with the writer. What a chain cannot tell by itself is whether its last entries were cut off together
with their head: the next month's object, a time stamp, or the catalogue does.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from standards.findings import Finding, finding
from standards.package_tree import PackageTree, read_bytes
from standards.shown import for_people
from standards.timestamps import BadTimestamp, imprint_of

_PART: Final = re.compile(r"entries/(\d{12})-(\d{12})\.txt")
_HEAD: Final = re.compile(r"heads/(\d{12})\.json")
_LINE: Final = re.compile(rb"([0-9a-f]{64})\t(.*)\n?", re.DOTALL)
_TOLD: Final = 100  # broken entries told one by one


@dataclass(slots=True)
class Span:
    """What a journal holds: first and last position, the hash before the first and that of the last; 0: nothing."""

    first: int = 0
    last: int = 0
    before: str = ""
    head: str = ""


def is_journal(tree: PackageTree) -> bool:
    """Whether the files are those of an exported journal."""
    return any(_PART.fullmatch(path) for path in tree.paths())


def check_journal(tree: PackageTree, span: Span | None = None) -> Iterator[Finding]:
    """The findings of one journal object; what it covers is left in `span`."""
    span = span if span is not None else Span()
    heads = {int(match[1]): path for path in tree.paths() if (match := _HEAD.fullmatch(path))}
    hashes: list[bytes] = []
    for path in sorted(path for path in tree.paths() if _PART.fullmatch(path)):
        match = _PART.fullmatch(path)
        first, last = int(match[1]), int(match[2])  # type: ignore[index]
        head = _head(tree, heads.get(last))
        if head is None:
            yield _issue("JOURNAL-NO-HEAD", path, position=last)
        hashes.clear()
        yield from _check_part(tree, path, first, last, head or {}, span, hashes)
        if head is not None:
            yield from _check_head(heads[last], head, first, last, span, hashes)
            yield from _check_stamp(tree, heads[last])


def check_order(spans: dict[str, Span]) -> Iterator[Finding]:
    """Several journal objects in the order of their months: each goes on where the one before ended."""
    earlier: Span | None = None
    for name, span in sorted(spans.items()):
        if earlier and (span.first != earlier.last + 1 or span.before != earlier.head):
            yield _issue("JOURNAL-BROKEN", name, position=earlier.last + 1)
        elif earlier is None and span.first != 1:
            yield _issue("JOURNAL-BROKEN", name, position=1)
        earlier = span


def _head(tree: PackageTree, path: str | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        head = json.loads(read_bytes(tree, path))
    except ValueError:
        return {}
    return head if isinstance(head, dict) else {}


def _check_part(
    tree: PackageTree, path: str, first: int, last: int, head: dict[str, Any], span: Span, hashes: list[bytes]
) -> Iterator[Finding]:
    """The chain through one file. After a broken entry the chain is followed from the hash that is written there."""
    before = span.head or str(head.get("before", ""))
    expected = span.last + 1 if span.last else first
    told = 0
    if not span.last:
        span.first, span.before = first, before
    elif first != expected:
        yield _issue("JOURNAL-DROPPED", path, position=expected, found=first)
        expected = first
    with tree.open(path) as file:
        for raw in file:
            match = _LINE.fullmatch(raw)
            position = _position(match[2]) if match else None
            code = _judged(match, position, expected, before)
            if code and told < _TOLD:
                yield _issue(code, path, position=expected, found=position if position is not None else "?")
                told += 1
            hash = match[1] if match else b""
            hashes.append(hash)
            before = hash.decode()
            expected = (
                position if code in ("JOURNAL-DROPPED", "JOURNAL-ORDER") and position else expected
            ) + 1
    if expected != last + 1:
        yield _issue("JOURNAL-DROPPED", path, position=expected, found=last)
    span.last, span.head = max(last, expected - 1), before


def _judged(match: "re.Match[bytes] | None", position: int | None, expected: int, before: str) -> str | None:
    """The code of what is wrong with a line, None where nothing is."""
    if match is None or position is None:
        return "JOURNAL-CHANGED"
    if position > expected:
        return "JOURNAL-DROPPED"
    if position < expected:
        return "JOURNAL-ORDER"
    made = hashlib.sha256(before.encode() + b"\n" + match[2].rstrip(b"\n")).hexdigest()
    return None if made.encode() == match[1] else "JOURNAL-CHANGED"


def _position(record: bytes) -> int | None:
    try:
        position = json.loads(record)["position"]
    except (ValueError, KeyError, TypeError):
        return None
    return position if isinstance(position, int) else None


def _check_head(
    path: str, head: dict[str, Any], first: int, last: int, span: Span, hashes: list[bytes]
) -> Iterator[Finding]:
    wanted = {"first": first, "last": last, "head": span.head, "merkle_root": _root(hashes)}
    for key, value in wanted.items():
        if head.get(key) != value:
            yield _issue("JOURNAL-HEAD", path, position=last, found=f"{key}: {head.get(key)}")


def _check_stamp(tree: PackageTree, path: str) -> Iterator[Finding]:
    """The time stamp, where there is one, is of this head."""
    stamp = path.removesuffix(".json") + ".tsr"
    if not tree.has(stamp):
        return
    try:
        imprint = imprint_of(read_bytes(tree, stamp))
    except BadTimestamp as problem:
        yield _issue("JOURNAL-STAMP", stamp, found=problem.text("en"))
        return
    if imprint != hashlib.sha256(read_bytes(tree, path)).digest():
        yield _issue("JOURNAL-STAMP", stamp, found=imprint.hex())


def _root(hashes: list[bytes]) -> str:
    """The Merkle tree hash of RFC 6962, level by level."""
    try:
        level = [hashlib.sha256(b"\x00" + bytes.fromhex(hash.decode())).digest() for hash in hashes]
    except ValueError:
        return ""
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(p)).digest() if len(p) > 1 else p[0] for p in pairs]
    return level[0].hex() if level else hashlib.sha256().hexdigest()


def _issue(code: str, path: str, *, position: object = "", found: object = "") -> Finding:
    shown = for_people(path)
    return finding(code, path=shown, where=shown, position=position, found=for_people(str(found))[:200])
