"""Writes METS 1.12.1 after E-ARK CSIP 2.2.0 (and TT 05/2025, which builds on it), section by section, as a stream.

The caller gives the ids; `href`s are logical paths relative to the METS file and are URL-encoded here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from standards.xml import CSIP, METS, XLINK, XSI, XmlWriter

XSD: Final = "METS.xsd"
_LINK: Final = {"LOCTYPE": "URL", "xlink:type": "simple"}


@dataclass(frozen=True, slots=True)
class Head:
    """The root element and metsHdr (CSIP1-CSIP16). Times are xs:dateTime; `status` is of RECORDSTATUS (NEW; VERSION
    where the package was there before), `modified` LASTMODDATE.

    `schemas` is the path from this METS file to the package's schemas folder, with its slash; `mark` a remark on
    the whole package.
    """

    objid: str
    label: str
    type: str
    profile: str
    oais_type: str
    created: str
    modified: str
    agents: Sequence["HeadAgent"]
    schemas: str
    mark: str = ""
    status: str = "NEW"


@dataclass(frozen=True, slots=True)
class HeadAgent:
    """An agent of metsHdr; `note` with its csip:NOTETYPE ("SOFTWARE VERSION", "IDENTIFICATIONCODE")."""

    role: str
    type: str
    name: str
    note: str
    note_type: str
    other_type: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as METS names it: digest in hex, size in bytes, `created` as xs:dateTime."""

    id: str
    href: str
    mime: str
    size: int
    sha256: str
    created: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """An mdRef and the section around it. `section` is the section's ID, `file` what it points to."""

    section: str
    file: Listed
    mdtype: str
    version: str
    other_mdtype: str = ""


@dataclass(frozen=True, slots=True)
class Division:
    """A div of the structural map without divs below it."""

    id: str
    label: str
    type: str = ""
    dmdid: Sequence[str] = ()
    admid: Sequence[str] = ()
    fptr: Sequence[str] = ()
    mptr: str = ""
    mptr_title: str = ""


def start_mets(writer: XmlWriter, head: Head) -> None:
    """The root's start tag and metsHdr; the caller ends the root."""
    located = f"{METS} {head.schemas}METS.xsd {CSIP} {head.schemas}DILCISExtensionMETS.xsd"
    writer.start("mets", {
        "xmlns": METS, "xmlns:csip": CSIP, "xmlns:xlink": XLINK, "xmlns:xsi": XSI, "xsi:schemaLocation": located,
        "OBJID": head.objid, "LABEL": head.label, "TYPE": head.type, "PROFILE": head.profile,
        "csip:CONTENTINFORMATIONTYPE": "MIXED",
    })  # fmt: skip
    about = {"CREATEDATE": head.created, "LASTMODDATE": head.modified, "RECORDSTATUS": head.status}
    with writer.element("metsHdr", about | {"csip:OAISPACKAGETYPE": head.oais_type}):
        for agent in head.agents:
            _agent(writer, agent)
        if head.mark:
            _remark(writer, head.mark)


def _agent(writer: XmlWriter, agent: HeadAgent) -> None:
    other = {"OTHERTYPE": agent.other_type} if agent.other_type else {}
    with writer.element("agent", {"ROLE": agent.role, "TYPE": agent.type} | other):
        writer.leaf("name", agent.name)
        writer.leaf("note", agent.note, {"csip:NOTETYPE": agent.note_type})


def _remark(writer: XmlWriter, mark: str) -> None:
    with writer.element(
        "agent", {"ROLE": "OTHER", "OTHERROLE": "REMARK", "TYPE": "OTHER", "OTHERTYPE": "PROFILE"}
    ):
        writer.leaf("name", mark)


def dmd_sec(writer: XmlWriter, metadata: Metadata) -> None:
    """A dmdSec that points to a descriptive file (CSIP17-CSIP30)."""
    about = {"ID": metadata.section, "CREATED": metadata.file.created, "STATUS": "CURRENT"}
    with writer.element("dmdSec", about):
        _md_ref(writer, metadata)


def amd_sec(writer: XmlWriter, section: str, kinds: Iterable[tuple[str, Metadata]]) -> None:
    """The amdSec: (element name, reference) pairs in the order of the schema (CSIP31-CSIP57)."""
    with writer.element("amdSec", {"ID": section}):
        for element, metadata in kinds:
            about = {"ID": metadata.section, "CREATED": metadata.file.created, "STATUS": "CURRENT"}
            with writer.element(element, about):
                _md_ref(writer, metadata)


def _md_ref(writer: XmlWriter, metadata: Metadata) -> None:
    other = {"OTHERMDTYPE": metadata.other_mdtype} if metadata.other_mdtype else {}
    kind = {"MDTYPE": metadata.mdtype} | other | {"MDTYPEVERSION": metadata.version}
    writer.leaf("mdRef", "", _LINK | kind | {"xlink:href": _href(metadata.file.href)} | _facts(metadata.file))


def _facts(file: Listed) -> dict[str, str]:
    return {
        "ID": file.id, "MIMETYPE": file.mime, "SIZE": str(file.size), "CREATED": file.created,
        "CHECKSUMTYPE": "SHA-256", "CHECKSUM": file.sha256,
    }  # fmt: skip


def file_group(writer: XmlWriter, group: str, use: str, files: Iterable[Listed]) -> None:
    """A fileGrp with its files (CSIP58-CSIP79)."""
    content = {"csip:CONTENTINFORMATIONTYPE": "MIXED"} if use.startswith("Representations") else {}
    with writer.element("fileGrp", {"ID": group, "USE": use} | content):
        for file in files:
            with writer.element("file", _facts(file)):
                writer.leaf("FLocat", "", _LINK | {"xlink:href": _href(file.href)})


def division(writer: XmlWriter, div: Division) -> None:
    """A div with its pointers (CSIP80-CSIP112)."""
    about = {"ID": div.id, "LABEL": div.label}
    for name, value in (("TYPE", div.type), ("DMDID", " ".join(div.dmdid)), ("ADMID", " ".join(div.admid))):
        if value:
            about[name] = value
    with writer.element("div", about):
        if div.mptr:
            title = {"xlink:title": div.mptr_title}
            writer.leaf("mptr", "", _LINK | {"xlink:href": _href(div.mptr)} | title)
        for pointer in div.fptr:
            writer.leaf("fptr", "", {"FILEID": pointer})


def _href(path: str) -> str:
    return quote(path, safe="/!$&'()*+,;=:@-._~")
