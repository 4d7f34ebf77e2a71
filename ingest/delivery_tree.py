"""The files of a delivery, and which of them a path in the list means.

Links, devices and pipes are never followed or opened: they are listed as they lie there. Nothing outside the
delivery's folder is ever looked at.
"""

import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.traces import is_trace
from repository.packages import DeliveredFile
from standards.findings import Finding, finding
from standards.names import name_findings
from standards.shown import for_people
from standards.vietnamese import nfc

_WHAT: Final = ((stat.S_ISLNK, "symlink"), (stat.S_ISFIFO, "fifo"), (stat.S_ISSOCK, "socket"))


@dataclass(frozen=True, slots=True)
class Tree:
    """What lies in a delivery's folder: `files` regular ones, `special` what is none, `ignored` traces of systems."""

    files: tuple[DeliveredFile, ...]
    special: tuple[DeliveredFile, ...]
    ignored: tuple[DeliveredFile, ...]
    findings: tuple[Finding, ...]


def list_tree(root: Path) -> Tree:
    """Every file under `root`, in byte order of the path. Unreadable folders are findings, never an exception."""
    files: list[DeliveredFile] = []
    special: list[DeliveredFile] = []
    findings: list[Finding] = []
    todo = [""]
    while todo:
        folder = todo.pop()
        try:
            entries = list(os.scandir(root / folder if folder else root))
        except OSError as error:
            findings.append(_unreadable(folder or ".", error))
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            _sort_entry(entry, path, todo, files, special, findings)
    ignored = [f for f in files if is_trace(f.path)]
    kept = [f for f in files if not is_trace(f.path)]
    findings += name_findings(f.path for f in (*_sorted(kept), *_sorted(special)))
    return Tree(_sorted(kept), _sorted(special), _sorted(ignored), tuple(findings))


def _sort_entry(
    entry: os.DirEntry[str],
    path: str,
    folders: list[str],
    files: list[DeliveredFile],
    special: list[DeliveredFile],
    findings: list[Finding],
) -> None:
    try:
        facts = entry.stat(follow_symlinks=False)
    except OSError as error:
        findings.append(_unreadable(path, error))
        return
    if stat.S_ISDIR(facts.st_mode):
        folders.append(path)
    elif stat.S_ISREG(facts.st_mode):
        files.append(DeliveredFile(path, facts.st_size))
    else:
        what = next((name for test, name in _WHAT if test(facts.st_mode)), "device")
        special.append(DeliveredFile(path, facts.st_size))
        findings.append(finding("DLV-LINK", path=for_people(path), what=what))


def _unreadable(path: str, error: OSError) -> Finding:
    return finding("DLV-UNREADABLE", path=for_people(path), reason=error.strerror or type(error).__name__)


def _sorted(files: Iterable[DeliveredFile]) -> tuple[DeliveredFile, ...]:
    return tuple(sorted(files, key=lambda f: os.fsencode(f.path)))


def folder_of(path: str) -> str:
    """The folder part of a delivered path; "" at the root."""
    return path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Match:
    """What a path of the list led to: a file or none, and the code and values of the finding there is about it."""

    file: DeliveredFile | None
    code: str | None = None
    values: tuple[tuple[str, str], ...] = ()


class Paths:
    """Finds the file that a written path means.

    In this order: the path from the delivery's folder, the path from the list's folder, the one file whose path ends
    so (or, for absolute paths, whose last two parts are the same), a bare name that is unique. NFC and NFD are the
    same; upper and lower case only where nothing else fits, with a finding.
    """

    def __init__(self, tree: Tree) -> None:
        self._special = {_plain(f.path) for f in tree.special}
        self._bytes = {f.path: f for f in tree.files}
        self._paths: dict[str, list[DeliveredFile]] = defaultdict(list)
        self._names: dict[str, list[tuple[tuple[str, ...], DeliveredFile]]] = defaultdict(list)
        self._folded: dict[str, list[tuple[tuple[str, ...], DeliveredFile]]] = defaultdict(list)
        for file in tree.files:
            path = _plain(file.path)
            parts = tuple(path.split("/"))
            self._paths[path].append(file)
            self._names[parts[-1]].append((parts, file))
            folded = path.casefold()
            self._folded[folded.rpartition("/")[2]].append((tuple(folded.split("/")), file))

    def find(self, written: str, folder: str) -> Match:
        """The file for a path as written in a list that lies in `folder` (delivered path, "" for the root)."""
        parts, absolute, outside = _parts(written, folder)
        name = (("name", written),)
        if outside:
            return Match(None, "DLV-PATH-OUTSIDE", name)
        if not parts:
            return Match(None, "DLV-ROW-NO-FILE", name)
        exact = self._exact(parts, folder, written)
        if exact is not None:
            return exact
        if any("/".join(p) in self._special for p in _places(parts, folder)):
            return Match(None, "DLV-PATH-NOT-A-FILE", name)
        return self._elsewhere(parts, absolute, written, folder)

    def _exact(self, parts: tuple[str, ...], folder: str, written: str) -> Match | None:
        for place in _places(parts, folder):
            files = self._paths.get("/".join(place), [])
            if len(files) > 1:  # NFC and NFD, or blanks, of one name side by side: the bytes decide
                same = self._bytes.get(written.replace("\\", "/").strip().lstrip("/"))
                return Match(same) if same in files else _ambiguous(written, len(files))
            if files:
                return Match(files[0])
        return None

    def _elsewhere(self, parts: tuple[str, ...], absolute: bool, written: str, folder: str) -> Match:
        close = _ending_alike(parts, self._names.get(parts[-1], []), absolute)
        if len(close) == 1:
            quiet = absolute and _is_tail(tuple(_plain(close[0].path).split("/")), parts)
            values = (("name", written), ("file", for_people(close[0].path)))
            return Match(close[0]) if quiet else Match(close[0], "DLV-PATH-ELSEWHERE", values)
        if close:
            return _ambiguous(written, len(close))
        folded = tuple(p.casefold() for p in parts)
        known = self._folded.get(folded[-1], [])
        here = [file for path, file in known if path in set(_places(folded, _plain(folder).casefold()))]
        close = here or _ending_alike(folded, known, absolute)
        if len(close) == 1:
            return Match(close[0], "DLV-PATH-CASE", (("name", written), ("file", for_people(close[0].path))))
        return (
            _ambiguous(written, len(close)) if close else Match(None, "DLV-ROW-NO-FILE", (("name", written),))
        )


def _plain(path: str) -> str:
    """A path in NFC without blanks around its parts: what people see of it, and all that a list tells."""
    return "/".join(part.strip() for part in nfc(path).split("/"))


def _ambiguous(written: str, count: int) -> Match:
    return Match(None, "DLV-PATH-AMBIGUOUS", (("name", written), ("count", str(count))))


def _parts(written: str, folder: str) -> tuple[tuple[str, ...], bool, bool]:
    """A written path as parts in NFC, whether it is absolute, and whether it climbs out of the delivery."""
    path = nfc(written).strip().strip("\"'“”").strip().replace("\\", "/")
    path = re.sub(r"^file:/+", "/", path, flags=re.I)
    bare = re.sub(r"^[A-Za-z]:", "", path)
    absolute = bare != path or path.startswith("/")
    parts: list[str] = []
    depth = len([p for p in folder.split("/") if p])
    for part in bare.split("/"):
        name = part.strip()
        if name == "..":
            if parts:
                parts.pop()
            elif absolute or depth == 0:
                return (), absolute, True
            else:
                depth -= 1
        elif name not in ("", "."):
            parts.append(name)
    climbed = len([p for p in folder.split("/") if p]) - depth
    if climbed:
        parts = [p for p in _plain(folder).split("/") if p][:depth] + parts
    return tuple(parts), absolute, False


def _places(parts: tuple[str, ...], folder: str) -> tuple[tuple[str, ...], ...]:
    """Where a path may lie: from the delivery's folder, and from the list's."""
    here = tuple(p for p in _plain(folder).split("/") if p)
    return (parts, (*here, *parts)) if here else (parts,)


def _is_tail(tail: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return len(tail) <= len(whole) and whole[len(whole) - len(tail) :] == tail


def _ending_alike(
    parts: tuple[str, ...], known: list[tuple[tuple[str, ...], DeliveredFile]], absolute: bool
) -> list[DeliveredFile]:
    """The files of which the written path is the end, or that are its end; failing that, for an absolute one, those
    that share its last folder and name."""
    close = [file for path, file in known if _is_tail(parts, path) or (absolute and _is_tail(path, parts))]
    if not close and absolute and len(parts) > 1:
        close = [file for path, file in known if path[-2:] == parts[-2:]]
    return close
