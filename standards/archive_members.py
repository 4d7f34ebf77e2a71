"""What the readers of archives share: the limits, one member, a refusal, and the account of names seen.

Names are as the archive stores them, decoded as UTF-8; bytes that are not UTF-8 stay as they are (surrogateescape), so
that the file on disk has the name that was packed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO

from standards.findings import Finding, Level, finding
from standards.names import same_elsewhere
from standards.shown import escape_controls, for_people

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """How much one archive may hold. What goes beyond any of these is refused as a whole.

    `members` counts files and folders; `total` is the unpacked bytes, counted as they come and never as declared;
    `ratio` is unpacked over packed bytes, asked once more than `ratio_from` bytes came out; `depth` counts the parts
    of a name, `part` and `name` are bytes of UTF-8 of one part and of the whole; `header` is the bytes of one header
    that has to be held in memory; `keep_free` is the room that must be left on the disk; `told` is after how
    many faults the reading ends.
    """

    members: int = 250_000
    total: int = 200 * 1024 * MIB
    ratio: int = 200
    ratio_from: int = 16 * MIB
    depth: int = 40
    part: int = 255
    name: int = 1024
    header: int = 256 * 1024
    keep_free: int = 500 * MIB
    told: int = 50


class MemberKind(StrEnum):
    """What a member is. Only files and folders are ever taken."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive: its stored name, and how to read it (for files, and only before the next is asked)."""

    name: str
    kind: MemberKind
    open: Callable[[], IO[bytes]]


class Refusal(Exception):
    """The archive cannot be read on; carries the finding that says why."""

    def __init__(self, found: Finding) -> None:
        self.found = found
        super().__init__(found.code)


def fault(code: str, name: str, detail: object = "") -> Finding:
    """A finding about a member (or, with an empty name, the archive); nothing in its text can move a cursor."""
    shown = for_people(name)
    told = escape_controls(shown)
    if len(told) > 200:
        told = f"{told[:200]}…"
    return finding(
        code, path=shown[:1000] or None, where=told, detail=escape_controls(for_people(str(detail)))[:300]
    )


@dataclass(slots=True)
class Budget:
    """What came out of an archive so far, held against the limits."""

    limits: UnpackLimits
    packed: int
    bytes: int = 0
    members: int = 0

    def take(self, count: int, name: str = "") -> None:
        """Count bytes that came out. Raises Refusal once they are too many."""
        self.bytes += count
        if self.bytes > self.limits.total:
            raise Refusal(fault("ARC-SIZE", name, self.limits.total // MIB))
        if self.bytes > self.limits.ratio_from and self.bytes > self.limits.ratio * self.packed:
            raise Refusal(fault("ARC-RATIO", name, self.limits.ratio))

    def member(self) -> None:
        """Count a member. Raises Refusal once they are too many."""
        self.members += 1
        if self.members > self.limits.members:
            raise Refusal(fault("ARC-COUNT", "", self.limits.members))


@dataclass(slots=True)
class Names:
    """Every name of an archive, and what is wrong with one: unsafe, too long, doubled, or the twin of another."""

    limits: UnpackLimits
    _seen: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _files: set[str] = field(default_factory=set)

    def accept(self, name: str, *, is_folder: bool) -> tuple[str | None, list[Finding]]:
        """The relative path to write to, or None (also for the top folder itself), with what was found."""
        plain = name.rstrip("/") if is_folder else name
        while plain.startswith("./"):
            plain = plain[2:]
        if is_folder and plain in ("", "."):
            return None, []
        found = list(self._faults(plain, name))
        if not any(f.level is Level.MUST for f in found):
            found += self._clashes(plain, name, is_folder=is_folder)
        refused = any(f.level is Level.MUST for f in found)
        return (None if refused else plain), found

    def _faults(self, plain: str, name: str) -> Iterator[Finding]:
        parts = plain.split("/")
        slashed = plain.replace("\\", "/")
        if slashed.startswith("/") or ".." in slashed.split("/") or re.match(r"[A-Za-z]:", slashed):
            yield fault("ARC-ESCAPE", name)
        elif any(part in ("", ".") for part in parts):
            yield fault("ARC-NAME", name)
        if "\\" in plain:
            yield fault("ARC-BACKSLASH", name)
        if any(unicodedata.category(c) == "Cc" for c in plain):
            yield fault("ARC-CONTROL", name)
        raw = [part.encode("utf-8", "surrogateescape") for part in parts]
        if len(parts) > self.limits.depth:
            yield fault("ARC-DEPTH", name, self.limits.depth)
        if max(map(len, raw)) > self.limits.part or sum(map(len, raw)) + len(raw) > self.limits.name:
            yield fault("ARC-NAME-LONG", name, self.limits.part)

    def _clashes(self, plain: str, name: str, *, is_folder: bool) -> Iterator[Finding]:
        """Against the names before it, and the folders that lead to it, on any file system."""
        parts = plain.split("/")
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            folder = is_folder or count < len(parts)
            before = self._seen.setdefault(same_elsewhere(path), (path, folder))
            if before[0] != path:
                yield fault("ARC-TWIN", name, before[0])
                return
            if before[1] != folder:
                yield fault("ARC-CLASH", name)
                return
        if not is_folder and plain in self._files:
            yield fault("ARC-DUPLICATE", name)
        elif not plain.isascii() and any("\udc80" <= c <= "\udcff" for c in plain):
            yield fault("ARC-NAME-BYTES", name)
        if not is_folder:
            self._files.add(plain)
