"""Reads one METS file as a stream and judges it by CSIP 2.2.0, requirement by requirement."""

import functools
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final, Protocol

from standards.eark_agents import Agents
from standards.eark_structure import Structure
from standards.findings import Level
from standards.xml import CSIP, METS, XLINK, Reader

_PREFIXES: Final = {f"{{{CSIP}}}": "csip:", f"{{{XLINK}}}": "xlink:"}
_SECTIONS: Final = ("dmdSec", "techMD", "rightsMD", "sourceMD", "digiprovMD")
_REFERRING: Final = ("DMDID", "ADMID", "FILEID", "STRUCTID")


class Note(Protocol):
    """Takes a finding's code, place and values; `level` where it is not the catalogue's."""

    def __call__(
        self, code: str, path: str | None = None, *, level: Level | None = None, **values: object
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to a file: `section` is dmdSec, techMD, rightsMD, sourceMD, digiprovMD, file or mptr."""

    section: str
    href: str
    size: str
    checksum: str
    algorithm: str
    mdtype: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """An attribute that an element must carry, with the values that are allowed (none: any)."""

    name: str
    code: str
    values: tuple[str, ...]


@functools.cache
def _rules() -> Mapping[str, tuple[_Rule, ...]]:
    text = (resources.files("standards") / "codes" / "csip.toml").read_text(encoding="utf-8")
    rules: dict[str, tuple[_Rule, ...]] = {}
    for entry in tomllib.loads(text)["attribute"]:
        rule = _Rule(entry["name"], entry["code"], tuple(entry.get("values", ())))
        rules[entry["element"]] = (*rules.get(entry["element"], ()), rule)
    return rules


class MetsReader(Reader):
    """`root` and `header` hold the attributes of mets and metsHdr; pointers are told as they come.

    `ours`: the package is to fit one of our profiles, so that nothing older is read leniently.
    """

    def __init__(self, path: str, note: Note, refer: Callable[[Reference], None], *, ours: bool) -> None:
        self.path = path
        self.root: Mapping[str, str] = {}
        self.header: dict[str, str] = {}
        self.records: set[str] = set()
        self._note = note
        self._refer = refer
        self._ours = ours
        self._open: list[str] = []
        self._file: Mapping[str, str] = {}
        self._ids: set[int] = set()
        self._links: dict[str, str] = {}
        self._seen: set[str] = set()
        self.agents = Agents()
        self.structure = Structure()
        self._premis: list[Mapping[str, str]] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        parent = self._open[-1] if self._open else ""
        self._open.append(name)
        if not tag.startswith(f"{{{METS}}}"):
            return
        self._seen.add(name)
        given = {_prefixed(key): value for key, value in attributes.items()}
        for rule in (*_rules().get(name, ()), *_rules().get(f"{parent}/{name}", ())):
            self._judge(name, rule, given)
        self._identify(given)
        self.agents.start(name, given)
        self.structure.start(name, given)
        self._act(name, parent, given)

    def data(self, text: str) -> None:
        self.agents.data(text)

    def end(self, tag: str) -> None:
        name = self._open.pop()
        if tag.startswith(f"{{{METS}}}"):
            self.agents.end(name)
            self.structure.end(name)

    def finish(self) -> None:
        """What can be said only at the end: links, and what is not there."""
        for target, attribute in self._links.items():
            if hash(target) not in self._ids:
                self._note("CSIP-ID-DANGLING", self.path, found=target, attribute=attribute)
        if not self.root:
            return
        wanted = [("metsHdr", "CSIP117"), ("structMap", "CSIP80")]
        if "/" not in self.path:
            # A representation may well have no metadata of its own.
            wanted += [("dmdSec", "CSIP17"), ("amdSec", "CSIP31")]
        for name, code in wanted:
            if name not in self._seen:
                self._note(code, self.path)
        if "structMap" in self._seen and not self.structure.has_map:
            # The structural map had other labels before CSIP 2.0.4: such a map is read, and said.
            is_older = self.structure.has_older_map and not self._ours
            self._note("CSIP82", self.path, level=Level.SHOULD if is_older else None)
        if "metsHdr" in self._seen:
            for code in self.agents.faults():
                self._note(code, self.path)
        self._judge_types()

    def _judge_types(self) -> None:
        """The category of the content (CSIP2), and what the value of one attribute asks of another (CSIP3 to CSIP5).

        The vocabulary is called fixed; before 2.2.0 it was another, and countries and systems wrote their own.
        """
        if (category := self.root.get("TYPE", "")) and _folded(category) not in _categories():
            level = None if "-v2-2" in self.root.get("PROFILE", "") else Level.SHOULD
            self._note("CSIP2", self.path, level=level, found=category)
        if self.root.get("TYPE", "").upper() == "OTHER" and not self.root.get("csip:OTHERTYPE"):
            self._note("CSIP3", self.path)
        kind = self.root.get("csip:CONTENTINFORMATIONTYPE")
        if not kind:
            self._note("CSIP4", self.path)
        elif kind == "OTHER" and not self.root.get("csip:OTHERCONTENTINFORMATIONTYPE"):
            self._note("CSIP5", self.path)

    def provenance_rules(self) -> None:
        """AIPM5 to AIPM7, for the METS file of a whole AIP."""
        if "digiprovMD/mdRef" not in self._seen:
            self._note("AIPM5", self.path)
        elif not self._premis:
            self._note("AIPM6", self.path)
        for given in self._premis:
            version = given.get("MDTYPEVERSION", "")
            if not version.startswith("3"):
                self._note("AIPM7", self.path, found=version)

    def _judge(self, element: str, rule: _Rule, given: Mapping[str, str]) -> None:
        found = given.get(rule.name)
        if found and (not rule.values or found in rule.values):
            return
        if rule.name == "TYPE" and element == "structMap" and given.get("LABEL") != "CSIP":
            return
        if rule.name in ("SIZE", "CHECKSUM", "xlink:href"):
            self._missing(element, rule, found or "")
        else:
            self._note(rule.code, self.path, found=found or "∅")

    def _missing(self, element: str, rule: _Rule, found: str) -> None:
        """These codes tell of a file; a pointer without the attribute is told with the same words."""
        target = f"<{element}>"
        if rule.name == "xlink:href":
            vi, en = "không có đường dẫn", "it has no path"
            self._note(rule.code, self.path, target=target, reason=vi, reason_en=en)
        elif rule.name == "SIZE":
            self._note(rule.code, self.path, target=target, found="∅", stated="∅")
        else:
            self._note(rule.code, self.path, target=target, algorithm="", found="∅", stated="∅")

    def _identify(self, given: Mapping[str, str]) -> None:
        name = given.get("ID")
        if name is not None:
            key = hash(name)
            if key in self._ids:
                self._note("CSIP-ID-DOUBLE", self.path, found=name)
            self._ids.add(key)
            self._links.pop(name, None)
        for attribute in _REFERRING:
            for target in given.get(attribute, "").split():
                if hash(target) not in self._ids:
                    self._links[target] = attribute

    def _act(self, name: str, parent: str, given: Mapping[str, str]) -> None:
        if name == "mets":
            self.root = given
        elif name == "metsHdr":
            self.header.update(given, OAISPACKAGETYPE=given.get("csip:OAISPACKAGETYPE", ""))
        elif name == "altRecordID":
            self.records.add(given.get("TYPE", ""))
        elif name == "file":
            self._file = given
        elif name in ("mdRef", "FLocat", "mptr"):
            self._pointer(name, parent, given)

    def _pointer(self, name: str, parent: str, given: Mapping[str, str]) -> None:
        if parent in _SECTIONS:
            self._seen.add(f"{parent}/mdRef")
            if given.get("MDTYPE") == "PREMIS" and parent == "digiprovMD":
                self._premis.append(given)
        about = self._file if name == "FLocat" else given
        section = {"mdRef": parent, "FLocat": "file", "mptr": "mptr"}[name]
        if href := given.get("xlink:href"):
            self._refer(Reference(section, href, about.get("SIZE", ""), about.get("CHECKSUM", ""),
                                  about.get("CHECKSUMTYPE", ""), about.get("MDTYPE", "")))  # fmt: skip


@functools.cache
def _categories() -> frozenset[str]:
    text = (resources.files("standards") / "codes" / "csip_content_categories.toml").read_text(
        encoding="utf-8"
    )
    return frozenset(map(_folded, tomllib.loads(text)["terms"]))


def _folded(term: str) -> str:
    return " ".join(term.replace("–", "-").casefold().split())


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _prefixed(name: str) -> str:
    if not name.startswith("{"):
        return name
    namespace, _, local = name.rpartition("}")
    return _PREFIXES.get(namespace + "}", "") + local
