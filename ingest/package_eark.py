"""E-ARK packages (CSIP, SIP, AIP of any version) and those of TT 05/2025, read leniently into their parts.

What a folder is for is told by its name, as CSIP fixes it; what belongs to what, by METS where it says so and by file
names where it does not. Whatever is neither content nor documentation is the package's account of itself.
"""

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from ingest.package_kho import overlay
from ingest.package_parts import AGENCY, Parts, agency_of_code, as_agency, placed
from ingest.traces import is_trace
from repository.kind import Kind
from repository.packages import DeliveredFile
from standards.described import Described, read_description
from standards.mets_summary import MetsAgent, MetsSummary, read_mets
from standards.package_tree import FileNotInPackage, FolderTree
from standards.portable import original_name

_LONGEST = 8 << 20
_DESCRIPTIVE = "metadata/descriptive/"
_KINDS = ("simpledc", "tt02", "ead", "mods", "dc")
_PREFIXES = ("ead_doc_", "ead_pic_", "ead_media_")


class _OwnFiles(FolderTree):
    """The regular files that were listed, and nothing that could be reached through a linked folder."""

    def __init__(self, folder: Path, own: Mapping[str, DeliveredFile]) -> None:
        super().__init__(folder)
        self._own = own

    def has(self, path: str) -> bool:
        return path in self._own

    def size(self, path: str) -> int:
        return super().size(self._listed(path))

    def open(self, path: str) -> BinaryIO:
        return super().open(self._listed(path))

    def _listed(self, path: str) -> str:
        if path not in self._own:
            raise FileNotInPackage(path=path, reason="not one of its regular files")
        return path


def read_eark(root: Path, files: list[DeliveredFile], kind: Kind, inside: str = "") -> Parts:
    """The package below the folder `inside` ("" or with its slash) of `root`, of whose files `files` gives each."""
    parts = Parts()
    own = {f.path.removeprefix(inside): f for f in files if f.path.startswith(inside)}
    tree = _OwnFiles(root / inside, own)
    _sort(parts, own)
    mets = read_mets(tree, _named(own, "METS.xml"))
    _of_package(parts, tree, own, mets or MetsSummary(), kind)
    for representation in dict.fromkeys(f.place.split("/")[1] for f in parts.content):
        _of_representation(parts, tree, own, f"representations/{representation}/", kind)
    parts.agency = agency_of_code(parts.code) or parts.agency
    if _named(own, "metadata/other/kho.json") in own:
        overlay(parts, tree, own)
    return parts


def _named(own: Mapping[str, DeliveredFile], path: str) -> str:
    """The path as the package writes it: upper and lower case differ in real ones."""
    if path in own:
        return path
    return next((p for p in own if p.casefold() == path.casefold()), path)


def _sort(parts: Parts, own: Mapping[str, DeliveredFile]) -> None:
    """Every file to its role, by its folder."""
    plain = not any(path.startswith("representations/") for path in own)
    for path, file in own.items():
        place = _place(path, plain)
        role = place.partition("/")[0]
        into = {"representations": parts.content, "documentation": parts.documentation}.get(role, parts.tags)
        into.append(placed(file, place))


def _place(path: str, plain: bool) -> str:
    """Where a file of the package goes; `plain`: there are no representations, and data/ is the content."""
    steps = path.split("/")
    if is_trace(path):
        return f"submission/{path}"
    if steps[0] == "representations" and len(steps) > 3 and steps[2] == "data":
        return path
    if steps[0] == "representations" and len(steps) > 3 and steps[2] == "documentation":
        return f"documentation/{steps[1]}/{'/'.join(steps[3:])}"
    if steps[0] == "documentation" and len(steps) > 1:
        return path
    if plain and steps[0] == "data" and len(steps) > 1:
        return f"representations/rep1/{path}"
    return f"submission/{path}"


def _of_package(
    parts: Parts, tree: FolderTree, own: Mapping[str, DeliveredFile], mets: MetsSummary, kind: Kind
) -> None:
    """What the package says of itself: descriptions of the whole, identifier, status, whose records they are."""
    told = [*mets.descriptions.values(), *sorted(p for p in own if p.startswith(_DESCRIPTIVE))]
    found = [
        _read(tree, path, "file") for path in dict.fromkeys(p for p in told if p.endswith((".xml", ".XML")))
    ]
    for description in sorted((d for d in found if d.kind), key=lambda d: _KINDS.index(d.kind)):
        parts.secret = parts.secret or bool(description.secret)
        for name, value in description.fields.items():
            parts.fields.setdefault(name, value)
    parts.fields.setdefault("title", " ".join(mets.label.split()))
    parts.id, parts.status = mets.objid, mets.status
    _of_agents(parts, mets.agents, kind)


def _of_agents(parts: Parts, agents: list[MetsAgent], kind: Kind) -> None:
    """The body whose records they are. In TT 05/2025 its code in METS is that of the fonds."""
    bodies = [a for a in agents if a.type == "ORGANIZATION" and a.role in ("ARCHIVIST", "CREATOR")]
    for agent in sorted(bodies, key=lambda a: a.role != "ARCHIVIST"):
        code = as_agency(agent.code or (agent.notes[0] if len(agent.notes) == 1 else ""))
        parts.agency_name = parts.agency_name or agent.name
        if kind is Kind.TT05 and code:
            parts.fields.setdefault("x_fonds", code)
        if kind is not Kind.TT05 or AGENCY.fullmatch(code):
            parts.agency = parts.agency or code


def _of_representation(
    parts: Parts, tree: FolderTree, own: Mapping[str, DeliveredFile], below: str, kind: Kind
) -> None:
    """The descriptions of a representation, each with the file that it belongs to."""
    mets = read_mets(tree, _named(own, f"{below}METS.xml")) or MetsSummary()
    _of_agents(parts, mets.agents, kind)
    inside = {p: f for p, f in own.items() if p.startswith(f"{below}data/") and not is_trace(p)}
    tied = {described: path for path, described in mets.described().items() if path in inside}
    by_name = _by_name(inside, f"{below}data/")
    for path in sorted(
        p for p in own if p.startswith(f"{below}{_DESCRIPTIVE}") and p.lower().endswith(".xml")
    ):
        description = _read(tree, path, "document")
        if description.kind not in ("simpledc", "tt02"):
            continue
        parts.secret = parts.secret or bool(description.secret)
        target = tied.get(path) or _file_of(path, description, by_name)
        if target:
            parts.described[inside[target].path] = description.fields
        else:
            parts.lost.append(own[path].path)


def _by_name(inside: Mapping[str, DeliveredFile], data: str) -> dict[str, str]:
    """Files by their name, and by their name without its suffix, where only one has it."""
    found: dict[str, str] = {}
    doubled: set[str] = set()
    for path in inside:
        name = path.removeprefix(data).casefold()
        for known in {name, posixpath.splitext(name)[0]}:
            if known in found:
                doubled.add(known)
            found[known] = path
    return {name: path for name, path in found.items() if name not in doubled}


def _file_of(path: str, description: Described, by_name: Mapping[str, str]) -> str | None:
    """The file that a description means by its own name (EAD_doc_<file>.xml) or by its docId."""
    stem = posixpath.basename(path)[:-4].casefold()
    stem = next((stem.removeprefix(p) for p in _PREFIXES if stem.startswith(p)), stem)
    fields = description.fields
    names = (
        stem,
        (original_name(stem) or stem).casefold(),
        fields.get("docId", ""),
        fields.get("docCode", ""),
    )
    return next((by_name[n.casefold()] for n in names if n and n.casefold() in by_name), None)


def _read(tree: FolderTree, path: str, block: str) -> Described:
    """A description; nothing for what is no description, is not there or is far too large for one."""
    try:
        if tree.size(path) > _LONGEST:
            return Described()
        with tree.open(path) as stream:
            return read_description(stream.read(_LONGEST), block)
    except (FileNotInPackage, OSError):
        return Described()


def inner_package(files: list[DeliveredFile]) -> str | None:
    """The folder (with its slash) of the one E-ARK package that a bag holds as its payload; None where it does not."""
    return next(_inner(files), None)


def _inner(files: list[DeliveredFile]) -> Iterator[str]:
    tops = {f.path.split("/")[1] for f in files if f.path.startswith("data/")}
    for file in files:
        steps = file.path.split("/")
        if (
            steps[0] == "data"
            and steps[-1] == "METS.xml"
            and (len(steps) == 2 or (len(steps) == 3 and len(tops) == 1))
        ):
            yield file.path.removesuffix("METS.xml")
