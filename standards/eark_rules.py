"""Judges information packages: E-ARK CSIP / AIP 2.2.0, PREMIS 3.0, TT 05/2025. Shares no code with the writers.

Streams: what is held of a package is its paths, ids and digests, never its documents.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from standards.eark import PROFILES, Profile, folder_name, profile
from standards.eark_digests import Digests
from standards.eark_layout import Layout
from standards.eark_mets_rules import MetsReader, Reference
from standards.eark_sip_rules import level_in, sip_faults
from standards.findings import Finding, Level, finding
from standards.package_tree import PackageTree, read_bytes
from standards.premis_rules import PremisReader, PremisSeen
from standards.shown import for_people
from standards.tt05_rules import Descriptions, package_faults
from standards.xml import BadXml, Fault, Reader, read_stream

ROOT = "METS.xml"
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|/", re.I)
_OF_REPRESENTATION = re.compile(r"representations/[^/]+/METS\.xml")
# Content and its documentation, but for what systems leave beside them.
_HELD = re.compile(
    r"(representations/[^/]+/)?(data|documentation|schemas)/(?!(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$)"
)
_SMALL = 1 << 20


def check_package(tree: PackageTree, profile_name: str | None = None) -> Iterator[Finding]:
    """Every finding about the package, METS first.

    `profile_name` ("eark", "tt05", "dip") adds that profile's own rules; None judges what CSIP asks of any package, and
    the rules of the AIP profile whose PROFILE it states. What a tree knows of digests of content is trusted;
    metadata is always read and digested.
    """
    return _Check(tree, profile(profile_name) if profile_name else None).run()


@dataclass(frozen=True, slots=True)
class _Codes:
    """The codes of a reference: that it leads nowhere, its size, its digest."""

    href: str
    size: str
    digest: str


_CODES = {
    "dmdSec": _Codes("CSIP24", "CSIP27", "CSIP29"),
    "rightsMD": _Codes("CSIP51", "CSIP54", "CSIP56"),
    "file": _Codes("CSIP79", "CSIP69", "CSIP71"),
    "mptr": _Codes("CSIP110", "CSIP69", "CSIP71"),
}
_OTHER_MD = _Codes("CSIP38", "CSIP41", "CSIP43")


class _Check:
    """One package under check."""

    def __init__(self, tree: PackageTree, wanted: Profile | None) -> None:
        self.tree = tree
        self.profile = wanted
        self.named = {ROOT}
        self.found: list[Finding] = []
        self.below: list[str] = []
        self.premis: list[str] = []
        self.data: list[str] = []
        self.digests = Digests(tree)
        self.descriptions = Descriptions(self.note)
        self.layout = Layout(tree.paths())
        self.header: Mapping[str, str] = {}

    def note(self, code: str, path: str | None = None, *, level: Level | None = None, **values: Any) -> None:
        told: dict[str, Any] = {
            name: for_people(value) if isinstance(value, str) else value for name, value in values.items()
        }
        self.found.append(finding(code, path=path and for_people(path), level=level, **told))

    def told(self) -> Iterator[Finding]:
        """What was found since the last time."""
        found, self.found = self.found, []
        yield from found

    def run(self) -> Iterator[Finding]:
        if not self.tree.has(ROOT):
            yield finding("CSIPSTR4", path=ROOT)
            return
        root = self._mets(ROOT)
        yield from self.told()
        self._profile(root)
        self._submitted(root)
        for path in self.below:
            self._representation(path)
            yield from self.told()
        self._preservation(root.root.get("OBJID", ""))
        yield from self.told()
        self.descriptions.finish(len(self.data))
        if self.descriptions.is_circular and self._oais_type() == "SIP":
            for place, found, stated in package_faults(
                root.root, root.header, root.records, is_loose=self.descriptions.is_loose
            ):
                self.note("TT05-METS", ROOT, place=place, found=found, stated=stated)
        self._structure()
        yield from self.told()

    def _mets(self, path: str) -> MetsReader:
        reader = MetsReader(
            path, self.note, lambda reference: self._reference(path, reference), ours=self.profile is not None
        )
        if path == ROOT:
            self.header = reader.header
        self._read(path, reader, "METS.xsd", "CSIP0")
        reader.finish()
        self._outline(path, reader)
        return reader

    def _outline(self, path: str, reader: MetsReader) -> None:
        """What the parts of a METS file owe each other and the folders beside it."""
        if not reader.root:
            return
        profile = reader.root.get("PROFILE", "")
        folders, representations = self.layout.beside(path)
        for code, found in reader.structure.faults(folders, representations, reader.root.get("OBJID", "")):
            level = level_in(profile, code)
            if level is not None:
                self.note(code, path, level=level, found=found)

    def _submitted(self, root: MetsReader) -> None:
        """The rules of an E-ARK SIP, where the package is one (SIP2 to SIP31)."""
        for code, level, found in sip_faults(
            root.root, root.header, root.agents, circular=self.descriptions.is_circular
        ):
            self.note(code, ROOT, level=level, found=found)

    def _representation(self, path: str) -> None:
        reader = self._mets(path)
        stated = self.profile and self.profile.representation_profile
        if stated and reader.root.get("PROFILE") != stated:
            self._profile_differs(path, reader, stated)

    def _read(self, path: str, reader: Reader, xsd: str, code: str) -> None:
        self._tell_faults(code, path, self._faults(path, reader, xsd, code))

    def _faults(
        self, path: str, reader: Reader, xsd: str, code: str, content: bytes | None = None
    ) -> tuple[Fault, ...]:
        """What the schema says; a document that is not well-formed is told at once."""
        try:
            with BytesIO(content) if content is not None else self.tree.open(path) as stream:
                return read_stream(stream, path, reader, xsd)
        except BadXml as error:
            self.note(code, path, line=error.values["line"], reason=error.values["reason"])
            return ()

    def _tell_faults(self, code: str, path: str, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            self.note(code, path, line=fault.line, reason=fault.reason)

    def _reference(self, mets: str, reference: Reference) -> None:
        """A pointer of a METS file, as it is read: does it lead to a file of that size and digest?"""
        codes = _CODES.get(reference.section, _OTHER_MD)
        target = _target(mets, reference.href)
        if target is None:
            self._broken(codes.href, mets, reference.href, "trỏ ra ngoài gói", "it leads out of the package")
            return
        if not self.tree.has(target):
            self._broken(codes.href, mets, target, "gói không có tệp này", "the package has no such file")
            return
        self.named.add(target)
        self._placed(mets, target, reference)
        if reference.section == "mptr" or _OF_REPRESENTATION.fullmatch(target):
            self._lower_mets(target)
        if reference.section != "mptr":
            self._bytes(mets, target, reference, codes)
        if reference.mdtype == "PREMIS":
            self.premis.append(target)
        if "/data/" in f"/{target}":
            self.data.append(target)

    def _placed(self, mets: str, target: str, reference: Reference) -> None:
        """Metadata lies in the folders of its kind (CSIPSTR6, CSIPSTR7)."""
        if reference.section == "dmdSec" and "metadata/descriptive/" not in target:
            self.note("CSIPSTR7", mets, target=target)
        elif reference.section == "digiprovMD" and "metadata/preservation/" not in target:
            self.note("CSIPSTR6", mets, target=target)

    def _broken(self, code: str, mets: str, target: str, vi: str, en: str) -> None:
        self.note(code, mets, target=target, reason=vi, reason_en=en)

    def _lower_mets(self, target: str) -> None:
        if target not in self.below and target != ROOT:
            self.below.append(target)

    def _bytes(self, mets: str, target: str, reference: Reference, codes: _Codes) -> None:
        size = self.tree.size(target)
        if reference.size and reference.size != str(size):
            self.note(codes.size, mets, target=target, found=size, stated=reference.size)
        content = None
        if reference.section == "dmdSec" and size <= _SMALL:
            content = read_bytes(self.tree, target)
            if posixpath.basename(target).upper().startswith("EAD"):
                self._description(target, content)
        algorithm = reference.algorithm.lower().replace("-", "")
        if not reference.checksum:
            return
        found = self.digests.of(target, algorithm, content)
        if found is None:
            self.note("CSIP-CHECKSUM-UNKNOWN", mets, algorithm=reference.algorithm, target=target)
        elif found != reference.checksum.lower():
            self.note(
                codes.digest, mets, target=target, algorithm=reference.algorithm,
                stated=reference.checksum, found=found,
            )  # fmt: skip

    def _description(self, path: str, content: bytes) -> None:
        """A description by TT 05/2025; one of another kind (EAD 3) is nobody's fault in a package of others."""
        level = self.profile.description_level if self.profile else "SHOULD"
        reader = self.descriptions.reader(path, level, oais_type=self._oais_type())
        if reader is None:
            return
        faults = self._faults(path, reader, reader.xsd, "TT05-XSD", content)
        if reader.is_simpledc:
            self._tell_faults("TT05-XSD", path, faults)
            reader.finish()
        elif self.profile is not None and reader.root:
            self.note("TT05-NOT-SIMPLEDC", path, found=reader.root)

    def _oais_type(self) -> str:
        """SIP, AIP or DIP: of our own profile, else what the header of the package's METS says."""
        stated = self.profile.oais_type if self.profile else self.header.get("OAISPACKAGETYPE", "")
        return stated if stated in ("SIP", "DIP") else "AIP"

    def _profile(self, root: MetsReader) -> None:
        """The rules of the AIP profile: AIPM1 to AIPM7, and the folder's name."""
        stated = root.root.get("PROFILE", "")
        if self.profile is None:
            self.profile = next((p for p in map(profile, PROFILES) if p.root_profile == stated), None)
        objid = root.root.get("OBJID", "")
        if root.root and self.tree.name is not None and self.tree.name not in (objid, folder_name(objid)):
            self.note("CSIPSTR2", None, found=self.tree.name, stated=objid)
        if self.profile is None:
            return
        wanted = self.profile
        if not re.fullmatch(wanted.objid, objid):
            self.note("AIPM1", ROOT, found=objid, profile=wanted.title)
        if stated != wanted.root_profile:
            self._profile_differs(ROOT, root, wanted.root_profile)
        if root.header.get("OAISPACKAGETYPE") != wanted.oais_type:
            self.note("AIPM3", ROOT, found=root.header.get("OAISPACKAGETYPE", ""), stated=wanted.oais_type)
        if wanted.oais_type == "AIP":
            root.provenance_rules()

    def _profile_differs(self, path: str, reader: MetsReader, stated: str) -> None:
        title = self.profile.title if self.profile else ""
        self.note("AIPM2", path, found=reader.root.get("PROFILE", ""), profile=title, stated=stated)

    def _preservation(self, objid: str) -> None:
        """PREMIS against the files, and its links among themselves over all PREMIS files of the package."""
        seen = PremisSeen(objid, self.tree, self.digests, self.note)
        for path in self.premis:
            self._read(path, PremisReader(path, seen), "premis.xsd", "PREMIS-XSD")
        seen.finish()
        if self.profile is not None and self.profile.oais_type == "AIP":
            for path in self.data:
                if path not in seen.files:
                    self.note("PREMIS-NO-OBJECT", None, target=path)

    def _structure(self) -> None:
        """Files that no METS names, and the folders that CSIP wants."""
        for path in self.tree.paths():
            if path not in self.named:
                # Nobody answers for the bytes of such a file; in a package that we made there is none at all.
                is_held = self.profile is not None or (bool(_HELD.match(path)) and self.tree.size(path) > 0)
                self.note("CSIP58", path, level=Level.MUST if is_held else Level.SHOULD, target=path)
        for code, target in self.layout.faults(documented=self.profile is not None):
            self.note(code, None, target=target)


def _target(mets: str, href: str) -> str | None:
    """The logical path that an href of the METS file at `mets` leads to; None where that is outside the package."""
    path = unquote(
        href.removeprefix("file:///").removeprefix("file://").removeprefix("file:"), errors="surrogateescape"
    )
    if not path or _OUTSIDE.match(path):
        return None
    target = posixpath.normpath(posixpath.join(posixpath.dirname(mets), path))
    return None if target.startswith("..") or target == "." else target
