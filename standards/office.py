"""Office files (TT 05/2025: rtf, doc(x), odt, xls(x), ods, ppt(x)): whether they are sound, what hides in them, their text.

Nothing is run, fetched or rendered: archives are read within limits, XML without DTD or entities, binary files by
their records. Meant for the limited child of `ingest.inspector`: a hostile file may cost its whole time and memory.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from standards import suffixes

State = Literal["readable", "damaged", "encrypted", "hostile", "too-much"]

SUFFIXES: Final = suffixes.OFFICE
MAX_CHARACTERS: Final = 32_000_000
MAX_DEPTH: Final = 3  # files in files in a file
SECONDS: Final = 40.0
ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF: Final = b"{\\rtf"


@dataclass(frozen=True, slots=True)
class OfficeFile:
    """What an office file is: `kind` like "docx", "odt", "xls"; empty where it is none that is known.

    `texts` holds the text of each part, a paragraph or cell a line; `about` what is said around it (properties,
    masters of slides). `traits` is what was seen: macros, embedded,
    external, dde, signed, and "locked" where a file in it is encrypted.
    """

    kind: str
    state: State
    reason: str = ""
    texts: tuple[str, ...] = ()
    traits: frozenset[str] = frozenset()
    about: tuple[str, ...] = ()


class Unsound(Exception):
    """The file cannot be read on. Stays within the readers of office files."""

    def __init__(self, state: State, reason: str, kind: str = "") -> None:
        self.state, self.reason, self.kind = state, reason, kind
        super().__init__(f"{state}: {reason}")


@dataclass(slots=True)
class Drawn:
    """What was drawn from a file so far, held against the limits; `depth` counts the files around this one."""

    kind: str = ""
    parts: list[str] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    traits: set[str] = field(default_factory=set)
    depth: int = 0
    characters: int = 0
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    def part(self, lines: list[str], *, is_about: bool = False) -> None:
        """Keep the text of a part. Raises Unsound where there is too much of it."""
        text = "\n".join(line for line in lines if line.strip())
        if not text:
            return
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS:
            raise Unsound("too-much", f"{self.characters} characters")
        (self.about if is_about else self.parts).append(text)

    def check_time(self) -> None:
        """Raises Unsound once the time of a file is used up."""
        if time.monotonic() > self.until:
            raise Unsound("too-much", f"{SECONDS:g} s")


def is_office(path: Path, mime: str, start: bytes) -> bool:
    """Whether a file is to be read as an office file: by its name, by its first bytes, or as PRONOM knows it."""
    if path.suffix.lower() in SUFFIXES or start.startswith((OLE, RTF)):
        return True
    told = ("officedocument", "opendocument", "ms-word", "ms-excel", "ms-powerpoint", "msword", "/rtf")
    return any(word in mime for word in told)


def read_office(path: Path) -> OfficeFile:
    """Look into an office file. Never raises for a bad one; OSError where it cannot be read."""
    drawn, problem = Drawn(), Unsound("readable", "")
    try:
        try:
            read_into(path, drawn)
        except Unsound as broken:
            problem = broken
            if broken.state == "damaged":
                _salvage(path, drawn)
    except Unsound as worse:
        problem = worse
    kind = problem.kind or drawn.kind
    traits, about = frozenset(drawn.traits), tuple(drawn.about)
    return OfficeFile(kind, problem.state, problem.reason, tuple(drawn.parts), traits, about)


def _salvage(path: Path, drawn: Drawn) -> None:
    from standards.office_salvage import salvage

    salvage(path, drawn)


def read_into(path: Path, drawn: Drawn) -> None:
    """Read a file into what is drawn so far, by its first bytes. Raises Unsound, OSError."""
    from standards import office_binary, office_rtf, office_xml

    with path.open("rb") as file:
        start = file.read(len(OLE))
    if start.startswith(ZIP):
        office_xml.read(path, drawn)
    elif start == OLE:
        office_binary.read(path, drawn)
    elif start.startswith(RTF):
        office_rtf.read(path, drawn)
    elif not start:
        raise Unsound("damaged", "empty")
    else:
        raise Unsound("damaged", "not an office file")


def read_inner(data: bytes, drawn: Drawn) -> None:
    """Read a file that lies in another into the same; one that is unsound is its holder's embedded file, no more.

    Raises Unsound where limits are reached, or it is a trap.
    """
    if not data.startswith((ZIP, OLE, RTF)):
        return
    if drawn.depth >= MAX_DEPTH:
        raise Unsound("too-much", f"more than {MAX_DEPTH} files in each other")
    kind, drawn.depth = drawn.kind, drawn.depth + 1
    try:
        with _as_path(data) as path:
            read_into(path, drawn)
    except Unsound as problem:
        if problem.state in ("hostile", "too-much"):
            raise
        drawn.traits.update({"locked"} if problem.state == "encrypted" else ())
    finally:
        drawn.kind, drawn.depth = kind, drawn.depth - 1


@contextmanager
def _as_path(data: bytes) -> Iterator[Path]:
    """Bytes as a file that no disk ever sees."""
    handle = os.memfd_create("kho-inner")
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(data)
        yield Path(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)
