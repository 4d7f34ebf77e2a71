"""Writes PREMIS 3.0 objects, events, agents and rights, one after another, as a stream.

Order in a document: objects, events, agents, rights. Identifiers are given whole; every one is (type, value).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from standards.findings import Finding
from standards.xml import PREMIS, XSI, XmlWriter, xml_text

XSD: Final = "premis.xsd"
VERSION: Final = "3.0"
FINDINGS: Final = "urn:kho:schema:findings:1"
LOC_EVENTS: Final = "http://id.loc.gov/vocabulary/preservation/eventType"
PRONOM: Final = "PRONOM"
Identifier = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FileObject:
    """A file: digests in lower-case hex, `format_*` as identified, `parent` the representation it is part of."""

    id: Identifier
    original_name: str
    size: int
    sha256: str
    sha512: str
    format_name: str
    format_version: str
    puid: str
    signature_version: str
    application: str
    created: str
    encrypted: bool
    parent: Identifier
    links: Sequence["Link"] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A derivation: `sub` is "has source" or "is source of", `event` the id of the act, where it is known."""

    sub: str
    other: Identifier
    event: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """The intellectual entity: what was described. `retention` is (code, text and years, basis)."""

    id: Identifier
    name: str
    retention: tuple[str, str, str]
    representations: Sequence[Identifier]


@dataclass(frozen=True, slots=True)
class EventEntry:
    """An event as PREMIS tells it; `agents` are (agent id, role), `object` what it is about."""

    id: str
    type: str
    time: str
    outcome: str
    detail: str
    findings: Sequence[Finding]
    agents: Sequence[tuple[str, str]]
    object: Identifier


@dataclass(frozen=True, slots=True)
class RightsEntry:
    """The access mode that was proposed, and the restriction that holds until it is decided."""

    id: Identifier
    basis: str
    note: str
    act: str
    restriction: str
    object: Identifier


def start_premis(writer: XmlWriter, schemas: str) -> None:
    """The root's start tag; `schemas` is the path to the package's schemas folder, with its slash."""
    located = f"{PREMIS} {schemas}premis.xsd"
    writer.start(
        "premis",
        {"xmlns": PREMIS, "xmlns:xsi": XSI, "xsi:schemaLocation": located, "version": VERSION},
    )


def entity_object(writer: XmlWriter, entity: Entity) -> None:
    """The intellectual entity, with the retention that was assigned to it as its preservation level."""
    code, text, basis = entity.retention
    with writer.element("object", {"xsi:type": "intellectualEntity"}):
        _identifier(writer, "object", entity.id)
        with writer.element("preservationLevel"):
            writer.leaf("preservationLevelType", "retention")
            writer.leaf("preservationLevelValue", code)
            writer.leaf("preservationLevelRole", "requirement")
            writer.leaf("preservationLevelRationale", f"{text} ({basis})" if basis else text)
        writer.leaf("originalName", entity.name)
        relationship(writer, "structural", "is represented by", entity.representations)


def representation_object(
    writer: XmlWriter, identifier: Identifier, name: str, entity: Identifier, files: Iterable[Identifier]
) -> None:
    """The representation: what it represents, and every file that it includes, in order."""
    with writer.element("object", {"xsi:type": "representation"}):
        _identifier(writer, "object", identifier)
        writer.leaf("originalName", name)
        relationship(writer, "structural", "represents", (entity,))
        relationship(writer, "structural", "includes", files)


def file_object(writer: XmlWriter, file: FileObject) -> None:
    """A file with its digests, size, format, creating application and place."""
    with writer.element("object", {"xsi:type": "file"}):
        _identifier(writer, "object", file.id)
        with writer.element("objectCharacteristics"):
            writer.leaf("compositionLevel", "0")
            _fixity(writer, "SHA-256", file.sha256)
            _fixity(writer, "SHA-512", file.sha512)
            writer.leaf("size", str(file.size))
            _format(writer, file)
            _application(writer, file)
            if file.encrypted:
                with writer.element("inhibitors"):
                    writer.leaf("inhibitorType", "encryption")
        writer.leaf("originalName", file.original_name)
        relationship(writer, "structural", "is included in", (file.parent,))
        for link in file.links:
            relationship(writer, "derivation", link.sub, (link.other,), link.event)


def _fixity(writer: XmlWriter, algorithm: str, digest: str) -> None:
    with writer.element("fixity"):
        writer.leaf("messageDigestAlgorithm", algorithm)
        writer.leaf("messageDigest", digest)


def _format(writer: XmlWriter, file: FileObject) -> None:
    with writer.element("format"):
        with writer.element("formatDesignation"):
            writer.leaf("formatName", file.format_name or "unknown")
            if file.format_version:
                writer.leaf("formatVersion", file.format_version)
        if file.puid:
            with writer.element("formatRegistry"):
                writer.leaf("formatRegistryName", PRONOM)
                writer.leaf("formatRegistryKey", file.puid)
                writer.leaf("formatRegistryRole", "identification")
        if file.signature_version:
            writer.leaf("formatNote", f"signature version: {file.signature_version}")


def _application(writer: XmlWriter, file: FileObject) -> None:
    if not file.application and not file.created:
        return
    with writer.element("creatingApplication"):
        if file.application:
            writer.leaf("creatingApplicationName", file.application)
        if file.created:
            writer.leaf("dateCreatedByApplication", file.created)


def relationship(
    writer: XmlWriter, kind: str, sub: str, others: Iterable[Identifier], made_by: str = ""
) -> None:
    """A relationship of an object to one or more others, in order; none where there are none."""
    started = False
    for other in others:
        if not started:
            writer.start("relationship")
            writer.leaf("relationshipType", kind)
            writer.leaf("relationshipSubType", sub)
            started = True
        with writer.element("relatedObjectIdentifier"):
            writer.leaf("relatedObjectIdentifierType", other[0])
            writer.leaf("relatedObjectIdentifierValue", other[1])
    if started and made_by:
        with writer.element("relatedEventIdentifier"):
            writer.leaf("relatedEventIdentifierType", _event_type(made_by))
            writer.leaf("relatedEventIdentifierValue", made_by)
    if started:
        writer.end()


def event(writer: XmlWriter, entry: EventEntry) -> None:
    """An event with its outcome, its findings in detail, its agents and its object."""
    with writer.element("event"):
        _identifier(writer, "event", (_event_type(entry.id), entry.id))
        writer.leaf("eventType", entry.type, {"authority": "eventType", "authorityURI": LOC_EVENTS})
        writer.leaf("eventDateTime", entry.time)
        if entry.detail:
            with writer.element("eventDetailInformation"):
                writer.leaf("eventDetail", entry.detail)
        with writer.element("eventOutcomeInformation"):
            writer.leaf("eventOutcome", entry.outcome)
            for finding in entry.findings:
                _finding(writer, finding)
        for agent, role in entry.agents:
            _linking(writer, "Agent", ("local", agent), role)
        _linking(writer, "Object", entry.object, "outcome" if _makes(entry.type) else "source")


def _event_type(event: str) -> str:
    return "UUID" if event.startswith("urn:uuid:") else "local"


def _makes(event_type: str) -> bool:
    return event_type in ("information package creation", "migration", "normalization", "creation")


def _finding(writer: XmlWriter, finding: Finding) -> None:
    places = {"path": finding.path, "cell": finding.cell, "document": finding.document}
    about = {"xmlns": FINDINGS, "code": finding.code, "level": finding.level.value}
    about |= {name: value for name, value in places.items() if value is not None}
    if finding.page is not None:
        about["page"] = str(finding.page)
    with writer.element("eventOutcomeDetail"):
        writer.leaf("eventOutcomeDetailNote", finding.text("vi"))
        with writer.element("eventOutcomeDetailExtension"), writer.element("finding", about):
            for name, value in finding.values.items():
                writer.leaf("value", value, {"name": name})
            writer.leaf("text", finding.text("en"), {"xml:lang": "en"})


def agent(writer: XmlWriter, identifier: str, name: str, kind: str, version: str, note: str) -> None:
    """An agent: `kind` is software, organization or person (PREMIS agentType)."""
    with writer.element("agent"):
        _identifier(writer, "agent", ("local", identifier))
        writer.leaf("agentName", name)
        writer.leaf("agentType", kind)
        if version:
            writer.leaf("agentVersion", version)
        if note:
            writer.leaf("agentNote", note)


def rights(writer: XmlWriter, entry: RightsEntry) -> None:
    """What may be done with the object: basis, act, and the restriction that holds now."""
    with writer.element("rights"), writer.element("rightsStatement"):
        _identifier(writer, "rightsStatement", entry.id)
        writer.leaf("rightsBasis", "other")
        with writer.element("otherRightsInformation"):
            writer.leaf("otherRightsBasis", entry.basis)
            writer.leaf("otherRightsNote", entry.note)
        with writer.element("rightsGranted"):
            writer.leaf("act", entry.act)
            writer.leaf("restriction", entry.restriction)
        _linking(writer, "Object", entry.object, "source")


def _identifier(writer: XmlWriter, kind: str, identifier: Identifier) -> None:
    with writer.element(f"{kind}Identifier"):
        writer.leaf(f"{kind}IdentifierType", identifier[0])
        writer.leaf(f"{kind}IdentifierValue", xml_text(identifier[1]))


def _linking(writer: XmlWriter, kind: str, identifier: Identifier, role: str) -> None:
    with writer.element(f"linking{kind}Identifier"):
        writer.leaf(f"linking{kind}IdentifierType", identifier[0])
        writer.leaf(f"linking{kind}IdentifierValue", identifier[1])
        writer.leaf(f"linking{kind}Role", role)
