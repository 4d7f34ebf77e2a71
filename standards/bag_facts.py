"""What a check knows of a bag, and the reading of its tag files (RFC 8493, 2.3)."""

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from standards.findings import Finding, Level, finding
from standards.shown import for_people

# A line may be as long as a name may be; what is longer was not made by a packer of bags.
LONGEST_LINE: Final = 1 << 16
_UNSAFE_START: Final = re.compile(r"[/~\\]|[A-Za-z]:[\\/]")
_NOT_DECODED: Final = re.compile("[\udc80-\udcff]")
_BARE_PERCENT: Final = re.compile(r"%(?!0[AaDd]|25)")


@dataclass(slots=True)
class Bag:
    """A bag under check: its version and encoding, its files with their bytes, the digests its manifests give."""

    root: Path
    version: str = "1.0"
    encoding: str = "utf-8"
    files: dict[str, int] = field(default_factory=dict)
    payload: dict[str, dict[str, str]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    _composed: dict[str, str] = field(default_factory=dict)

    @property
    def is_rfc(self) -> bool:
        """Whether the RFC itself binds, and not one of the drafts before it."""
        return self.version == "1.0"

    @property
    def strict(self) -> Level:
        """The level of a rule that the RFC made binding and the drafts did not."""
        return Level.MUST if self.is_rfc else Level.SHOULD

    def on_disk(self, path: str) -> str:
        """The name as the file system has it, where only the Unicode composition differs (RFC 8493, 6.1.1)."""
        if path in self.files:
            return path
        if not self._composed:
            self._composed = {unicodedata.normalize("NFC", name): name for name in self.files}
        return self._composed.get(unicodedata.normalize("NFC", path), path)


def issue(code: str, path: str, detail: object = "", *, level: Level | None = None) -> Finding:
    """A finding about `path`, relative to the bag."""
    shown = for_people(path)
    return finding(code, path=shown, level=level, where=shown, detail=for_people(str(detail))[:300])


def tag_lines(bag: Bag, name: str) -> Iterator[tuple[int, str] | Finding]:
    """The numbered lines of a tag file that are not empty, and what is wrong with its text as a whole."""
    is_utf8 = bag.encoding.lower().replace("_", "-") in ("utf-8", "utf8")
    told = False
    try:
        with (bag.root / name).open(encoding=bag.encoding, errors="surrogateescape", newline=None) as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE:
                    yield issue("BAGIT-LINE-LONG", name, number)
                    return
                if number == 1 and is_utf8 and line.startswith("\ufeff"):
                    yield issue("BAGIT-BOM", name, level=bag.strict)
                    line = line[1:]
                if not told and not line.isascii() and _NOT_DECODED.search(line):
                    told = True
                    yield issue("BAGIT-ENCODING", name, f"{number}: {bag.encoding}")
                if line.strip(" \t\n"):
                    yield number, line.rstrip("\n")
    except UnicodeError as problem:
        yield issue("BAGIT-ENCODING", name, f"{bag.encoding}: {problem}")
    except OSError as problem:
        yield issue("BAGIT-UNREADABLE", name, problem.strerror)


def listed_path(bag: Bag, where: str, text: str) -> tuple[str, list[Finding]]:
    """The path that a manifest or fetch.txt names, decoded (§2.1.3), with what is to be said of its spelling."""
    found = []
    if bag.is_rfc and _BARE_PERCENT.search(text):
        found.append(issue("BAGIT-PERCENT", where, text))
    if text.startswith("./"):
        found.append(issue("BAGIT-DOT-PATH", where, text))
        text = text.removeprefix("./")
    if "%" in text:
        for written, meant in (("%0A", "\n"), ("%0a", "\n"), ("%0D", "\r"), ("%0d", "\r")):
            text = text.replace(written, meant)
        text = text.replace("%25", "%") if bag.is_rfc else text
    return text, found


def is_unsafe(path: str) -> bool:
    """Whether a path leads, on any system, out of the bag or into somebody's home (RFC 8493, 5.1)."""
    return bool(_UNSAFE_START.match(path)) or (".." in path and ".." in path.replace("\\", "/").split("/"))


def relative(problem: OSError, root: Path) -> str:
    """The path that a system error names, below the bag."""
    return os.path.relpath(problem.filename or root, root)
