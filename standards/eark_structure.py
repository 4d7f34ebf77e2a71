"""What the parts of one METS file owe each other: sections, file groups and the structural map (CSIP17 to CSIP119)."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

_MD: Final = ("techMD", "rightsMD", "sourceMD", "digiprovMD")
_NO_REFERENCE: Final = {"dmdSec": "CSIP21", "digiprovMD": "CSIP35", "rightsMD": "CSIP48"}
# The divisions that stand for folders: their label, and the codes of the division, its ID, its fptr, and FILEID.
_FOLDERS: Final = (
    ("Documentation", "CSIP60", "CSIP93", "CSIP94", "CSIP96", "CSIP116"),
    ("Schemas", "CSIP113", "CSIP97", "CSIP98", "CSIP100", "CSIP118"),
)
_OLDER_MAP: Final = re.compile(r"\bCSIP\b|common specification", re.I)
Fault = tuple[str, str]


@dataclass(slots=True)
class Division:
    """A division below the main one: its attributes, and those of its fptr and mptr."""

    given: Mapping[str, str]
    files: list[Mapping[str, str]] = field(default_factory=list)
    mets: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.given.get("LABEL", "")


class Structure:
    """Gathers the outline of one METS file; of its files no more is kept than how many a group has."""

    def __init__(self) -> None:
        self.descriptions: dict[int, str] = {}
        self.provenance: dict[int, str] = {}
        self.groups: dict[str, str] = {}
        self.divisions: list[Division] = []
        self.has_map = self.has_older_map = False
        self._main: Mapping[str, str] | None = None
        self._referred: set[int] = set()
        self._faults: list[Fault] = []
        self._open: list[tuple[str, list[str]]] = []
        self._depth = 0
        self._in_map = False

    def start(self, name: str, given: Mapping[str, str]) -> None:
        if self._open:
            self._open[-1][1].append(name)
        self._open.append((name, []))
        if name == "dmdSec":
            self.descriptions[hash(given.get("ID", ""))] = given.get("ID", "")
        elif name in _MD:
            self.provenance[hash(given.get("ID", ""))] = given.get("ID", "")
        elif name == "fileGrp":
            self._group(given)
        elif name == "structMap":
            self._in_map = given.get("LABEL") == "CSIP"
            self.has_map |= self._in_map
            self.has_older_map |= bool(_OLDER_MAP.search(given.get("LABEL", "")))
        elif self._in_map:
            self._division(name, given)

    def end(self, name: str) -> None:
        _, children = self._open.pop()
        if name in _NO_REFERENCE and "mdRef" not in children:
            self._faults.append((_NO_REFERENCE[name], ""))
        elif name == "fileGrp" and not {"file", "fileGrp"} & set(children):
            self._faults.append(("CSIP66", ""))
        elif name == "structMap":
            self._in_map = False
        elif name == "div" and self._in_map:
            self._depth -= 1

    def _group(self, given: Mapping[str, str]) -> None:
        use, kind = given.get("USE", ""), given.get("csip:CONTENTINFORMATIONTYPE")
        self.groups[given.get("ID", "")] = use
        if use.lower().startswith("representations") and not kind:
            self._faults.append(("CSIP62", use))
        if kind == "OTHER" and not given.get("csip:OTHERCONTENTINFORMATIONTYPE"):
            self._faults.append(("CSIP63", use))

    def _division(self, name: str, given: Mapping[str, str]) -> None:
        if name == "div":
            self._depth += 1
            self._referred.update(map(hash, f"{given.get('DMDID', '')} {given.get('ADMID', '')}".split()))
            if self._depth == 1:
                self._main = given
            elif self._depth == 2:
                self.divisions.append(Division(given))
        elif name in ("fptr", "mptr") and self.divisions:
            (self.divisions[-1].files if name == "fptr" else self.divisions[-1].mets).append(given)

    def faults(self, folders: set[str], representations: set[str], objid: str) -> Iterator[Fault]:
        """Codes with the place they are about.

        `folders` lie beside this METS file; `representations` are the folders below representations/ (of a root METS).
        """
        yield from self._faults
        if not self.has_map:
            return
        if self._main is None:
            yield "CSIP84", ""
        elif self._main.get("LABEL") != objid:
            yield "CSIP86", self._main.get("LABEL", "")
        yield from self._metadata()
        for folder in _FOLDERS:
            yield from self._folder(folders, *folder)
        yield from self._content(representations)
        for division in self.divisions:
            if division.mets:
                yield from self._representation(division)

    def _metadata(self) -> Iterator[Fault]:
        """The division of the metadata, and that every section is named in the map (CSIP88 to CSIP92)."""
        found = [d for d in self.divisions if d.label == "Metadata"]
        if not found and (self.descriptions or self.provenance):
            yield "CSIP88", ""
        if any("ID" not in d.given for d in found):
            yield "CSIP89", "Metadata"
        for code, ids in (("CSIP92", self.descriptions), ("CSIP91", self.provenance)):
            left = [name for key, name in ids.items() if key not in self._referred]
            if left:
                yield code, f"{left[0]} ({len(left)})"

    def _folder(
        self,
        folders: set[str],
        label: str,
        group: str,
        division: str,
        identifier: str,
        pointer: str,
        target: str,
    ) -> Iterator[Fault]:
        """A folder with files has a file group, and the group a division that points to it."""
        groups = {id for id, use in self.groups.items() if use.lower().startswith(label.lower())}
        if label.lower() in folders and not groups:
            yield group, label.lower()
        found = [d for d in self.divisions if d.label.lower().startswith(label.lower())]
        if groups and not found:
            yield division, label
        for one in found:
            if "ID" not in one.given:
                yield identifier, one.label
            if groups:
                yield from _pointers(one, groups, pointer, target)

    def _content(self, representations: set[str]) -> Iterator[Fault]:
        """Representations: with METS files of their own (CSIP105, CSIP114), or in this one (CSIP101 to CSIP104)."""
        groups = {id for id, use in self.groups.items() if use.lower().startswith("representations")}
        if representations and not groups:
            yield "CSIP114", "representations"
        pointed = {_folder_of(m.get("xlink:href", "")) for d in self.divisions for m in d.mets}
        for name in sorted(representations - pointed) if pointed or not self._flat() else ():
            yield "CSIP105", f"representations/{name}"
        if groups and not pointed:
            found = self._flat()
            if not found:
                yield "CSIP101", "Representations"
            for one in found:
                if "ID" not in one.given:
                    yield "CSIP102", one.label
                yield from _pointers(one, groups, "CSIP104", "CSIP119")

    def _flat(self) -> list[Division]:
        return [d for d in self.divisions if d.label == "Representations" and not d.mets]

    def _representation(self, division: Division) -> Iterator[Fault]:
        """A division that points to the METS file of a representation (CSIP106 to CSIP109)."""
        if "ID" not in division.given:
            yield "CSIP106", division.label
        if not division.label.lower().startswith("representations/"):
            yield "CSIP107", division.label
        if len(division.mets) > 1:
            yield "CSIP109", division.label
        for pointer in division.mets:
            if pointer.get("xlink:title") not in self.groups:
                yield "CSIP108", division.label


def _pointers(division: Division, groups: set[str], pointer: str, target: str) -> Iterator[Fault]:
    if not division.files:
        yield pointer, division.label
    for given in division.files:
        if not given.get("FILEID"):
            yield target, division.label


def _folder_of(href: str) -> str:
    """The name of the representation whose METS file an mptr leads to."""
    return posixpath.basename(posixpath.dirname(href))
