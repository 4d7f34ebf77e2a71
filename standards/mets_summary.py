"""What a METS file says of its package, read leniently: whoever takes a package in must know whose it is, whatever is
wrong with it. What is wrong is told by `standards.eark_rules`, which shares no code with this reader.
"""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from standards.package_tree import FileNotInPackage, PackageTree
from standards.xml import METS, XLINK, BadXml, Reader, read_stream

_HREF = f"{{{XLINK}}}href"


@dataclass(slots=True)
class MetsAgent:
    """An agent of metsHdr: `notes` in order, `code` the one marked as an identification code."""

    role: str
    type: str
    name: str = ""
    code: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class MetsSummary:
    """One METS file: `descriptions` (dmdSec id to path) and `files` (file id to path) are logical paths in the package.

    `links` are pairs of ids that one division holds: its descriptions and its files.
    """

    objid: str = ""
    label: str = ""
    type: str = ""
    status: str = ""
    agents: list[MetsAgent] = field(default_factory=list)
    descriptions: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    links: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def described(self) -> dict[str, str]:
        """The description of each file that a division ties to one: the path of the file to that of the description."""
        tied: dict[str, str] = {}
        for descriptions, files in self.links:
            paths = [self.descriptions[d] for d in descriptions if d in self.descriptions]
            for file in files:
                if file in self.files and len(paths) == 1:
                    tied[self.files[file]] = paths[0]
        return tied


def read_mets(tree: PackageTree, path: str) -> MetsSummary | None:
    """The METS file at `path`; None where there is none that can be read."""
    reader = _Summary(posixpath.dirname(path))
    try:
        with tree.open(path) as stream:
            read_stream(stream, path, reader)
    except (FileNotInPackage, BadXml, OSError):
        return None
    return reader.summary


class _Summary(Reader):
    """Gathers a MetsSummary. Files are in groups below groups, divisions below divisions."""

    def __init__(self, folder: str) -> None:
        self.summary = MetsSummary()
        self._folder = folder
        self._text: list[str] = []
        self._code = False
        self._section = self._file = ""
        self._divs: list[tuple[tuple[str, ...], list[str]]] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._text = []
        if tag.startswith(f"{{{METS}}}") and (act := getattr(self, f"_on_{tag.rpartition('}')[2]}", None)):
            act(attributes)

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == "div" and self._divs:
            descriptions, files = self._divs.pop()
            if descriptions and files:
                self.summary.links.append((descriptions, tuple(files)))
        elif name in ("name", "note") and self.summary.agents:
            self._of_agent(name, " ".join("".join(self._text).split()))
        elif name == "dmdSec":
            self._section = ""

    def _of_agent(self, name: str, text: str) -> None:
        agent = self.summary.agents[-1]
        if name == "name":
            agent.name = agent.name or text
        else:
            agent.notes.append(text)
            agent.code = agent.code or (text if self._code else "")

    def _on_mets(self, given: Mapping[str, str]) -> None:
        told = self.summary
        told.objid, told.label, told.type = (given.get(k, "").strip() for k in ("OBJID", "LABEL", "TYPE"))

    def _on_metsHdr(self, given: Mapping[str, str]) -> None:
        self.summary.status = given.get("RECORDSTATUS", "").strip().upper()

    def _on_agent(self, given: Mapping[str, str]) -> None:
        self.summary.agents.append(MetsAgent(given.get("ROLE", ""), given.get("TYPE", "")))

    def _on_note(self, given: Mapping[str, str]) -> None:
        types = (value for key, value in given.items() if key.rpartition("}")[2] == "NOTETYPE")
        self._code = "IDENTIFICATIONCODE" in types

    def _on_dmdSec(self, given: Mapping[str, str]) -> None:
        self._section = given.get("ID", "")

    def _on_mdRef(self, given: Mapping[str, str]) -> None:
        if self._section and (path := self._path(given)):
            self.summary.descriptions[self._section] = path

    def _on_file(self, given: Mapping[str, str]) -> None:
        self._file = given.get("ID", "")

    def _on_FLocat(self, given: Mapping[str, str]) -> None:
        if self._file and (path := self._path(given)):
            self.summary.files[self._file] = path

    def _on_div(self, given: Mapping[str, str]) -> None:
        self._divs.append((tuple(given.get("DMDID", "").split()), []))

    def _on_fptr(self, given: Mapping[str, str]) -> None:
        if self._divs:
            self._divs[-1][1].append(given.get("FILEID", ""))

    def _path(self, given: Mapping[str, str]) -> str:
        href = given.get(_HREF, "")
        for prefix in ("file:///", "file://", "file:", "./"):
            href = href.removeprefix(prefix)
        path = posixpath.normpath(posixpath.join(self._folder, unquote(href, errors="surrogateescape")))
        return "" if path.startswith(("..", "/")) or not href else path
