"""Reads PREMIS 3.0 files as streams and judges them: digests against the files, links among themselves.

An object of type file is tied to a file of the package where its identifier is OBJID, '/' and the logical path
(docs/format.md); objects named otherwise are judged for their links alone.
"""

import functools
import re
from collections.abc import Mapping
from importlib import resources
from typing import Final

from standards.eark_digests import Digests
from standards.eark_mets_rules import Note
from standards.package_tree import PackageTree
from standards.xml import XSI, Reader

_ALGORITHMS: Final = ("SHA-256", "SHA-512")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")


@functools.cache
def event_types() -> frozenset[str]:
    """The event types of the Library of Congress list."""
    text = (resources.files("standards") / "codes" / "event_types.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line and not line.startswith("#"))


class PremisSeen:
    """What was read of all PREMIS files of one package; `files` are the logical paths that are described."""

    def __init__(self, objid: str, tree: PackageTree, digests: Digests, note: Note) -> None:
        self.files: set[str] = set()
        self.note = note
        self._objid = objid
        self._tree = tree
        self._digests = digests
        self._objects: set[int] = set()
        self._agents: set[str] = set()
        self._objects_linked: dict[str, str] = {}
        self._agents_linked: dict[str, tuple[str, str]] = {}

    def finish(self) -> None:
        """Links to what no PREMIS file of the package describes."""
        for value, path in self._objects_linked.items():
            if hash(value) not in self._objects:
                self.note("PREMIS-LINK-DANGLING", path, found=value)
        for value, (path, event) in self._agents_linked.items():
            if value not in self._agents:
                self.note("AIP18", path, event=event, found=value)

    def object(self, path: str, kind: str, told: Mapping[str, list[str]]) -> None:
        """An object that ended: `told` has the texts of its leaves by name."""
        for value in told.get("objectIdentifierValue", ()):
            if hash(value) in self._objects:
                self.note("PREMIS-ID-DOUBLE", path, found=value)
            self._objects.add(hash(value))
            self._objects_linked.pop(value, None)
        if kind == "file":
            self._file(path, told)

    def linked_object(self, path: str, value: str) -> None:
        if hash(value) not in self._objects:
            self._objects_linked.setdefault(value, path)

    def event(self, path: str, told: Mapping[str, list[str]]) -> None:
        """An event that ended."""
        name = _first(told, "eventIdentifierValue")
        if not name:
            self.note("AIP15", path)
        agents = [value for value in told.get("linkingAgentIdentifierValue", ()) if value]
        if not agents:
            self.note("AIP16", path, found=name)
        for agent in agents:
            self._agents_linked.setdefault(agent, (path, name))
        if _first(told, "eventType") not in event_types():
            self.note("PREMIS-EVENT-TYPE", path, found=_first(told, "eventType"))
        if not _TIME.fullmatch(_first(told, "eventDateTime")):
            self.note("PREMIS-EVENT-TIME", path, event=name, found=_first(told, "eventDateTime"))

    def agent(self, told: Mapping[str, list[str]]) -> None:
        self._agents.update(told.get("agentIdentifierValue", ()))

    def _file(self, path: str, told: Mapping[str, list[str]]) -> None:
        name = _first(told, "objectIdentifierValue")
        if not name.startswith(f"{self._objid}/"):
            return
        target = name.removeprefix(f"{self._objid}/")
        if not self._tree.has(target):
            self.note("PREMIS-NO-FILE", path, target=target)
            return
        self.files.add(target)
        size = _first(told, "size")
        if size and size != str(self._tree.size(target)):
            self.note("PREMIS-SIZE", path, target=target, stated=size, found=self._tree.size(target))
        self._fixity(path, target, told)

    def _fixity(self, path: str, target: str, told: Mapping[str, list[str]]) -> None:
        algorithms = told.get("messageDigestAlgorithm", [])
        stated = dict(zip(algorithms, told.get("messageDigest", ()), strict=False))
        for algorithm in _ALGORITHMS:
            if algorithm not in stated:
                self.note("PREMIS-NO-DIGEST", path, target=target, algorithm=algorithm)
                continue
            found = self._digests.of(target, algorithm.lower().replace("-", ""))
            if found != stated[algorithm].lower():
                self.note("PREMIS-DIGEST", path, target=target, algorithm=algorithm,
                          stated=stated[algorithm], found=found)  # fmt: skip


class PremisReader(Reader):
    """Tells a PremisSeen each object, event and agent of one PREMIS file as it ends."""

    def __init__(self, path: str, seen: PremisSeen) -> None:
        self._path = path
        self._seen = seen
        self._depth = 0
        self._kind = ""
        self._told: dict[str, list[str]] = {}
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._text = []
        if self._depth == 2:
            self._kind = attributes.get(f"{{{XSI}}}type", "").rpartition(":")[2]
            self._told = {}

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        self._depth -= 1
        name = tag.rpartition("}")[2]
        if name in ("relatedObjectIdentifierValue", "linkingObjectIdentifierValue"):
            self._seen.linked_object(self._path, "".join(self._text))
        elif self._depth > 1:
            self._told.setdefault(name, []).append("".join(self._text))
        else:
            self._entity(name)
        self._text = []

    def _entity(self, name: str) -> None:
        if name == "object":
            self._seen.object(self._path, self._kind, self._told)
        elif name == "event":
            self._seen.event(self._path, self._told)
        elif name == "agent":
            self._seen.agent(self._told)


def _first(told: Mapping[str, list[str]], name: str) -> str:
    return next(iter(told.get(name, ())), "")
