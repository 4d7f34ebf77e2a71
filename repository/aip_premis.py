"""PREMIS.xml (the hồ sơ, its events, agents and rights) and PREMIS_rep1.xml (the representation and its files)."""

from collections.abc import Iterable, Iterator
from typing import Final

from repository.packages import Agent, AipContent, ContentFile, Event
from standards import premis
from standards.eark import REPRESENTATION
from standards.xml import XmlWriter

# Who answers for an event that names nobody: the system that recorded it.
SYSTEM: Final = "kho"
_CLOSED: Final = "closed until a publication decision is recorded"
_BASIS: Final = "Thông tư 05/2025/TT-BNV: chế độ sử dụng (mode)"


def entity_id(content: AipContent) -> premis.Identifier:
    """The hồ sơ itself: its OBJID."""
    return ("URI", content.id)


def representation_id(content: AipContent) -> premis.Identifier:
    return ("URI", f"{content.id}/{REPRESENTATION}")


def file_id(content: AipContent, path: str) -> premis.Identifier:
    """A file: OBJID and logical path, unique in the store (TT 05/2025: type File)."""
    return ("File", f"{content.id}/{path}")


def write_root(writer: XmlWriter, content: AipContent, others: Iterable[tuple[str, ContentFile]]) -> None:
    """The package's PREMIS; `others` are documentation and submission by logical path."""
    premis.start_premis(writer, "../../schemas/")
    retention = content.retention
    years = f", {retention.years} years" if retention.years is not None else ""
    premis.entity_object(
        writer,
        premis.Entity(
            entity_id(content), content.label, (retention.code, retention.text + years, retention.basis),
            representation_id(content),
        ),
    )  # fmt: skip
    for path, file in others:
        premis.file_object(writer, _object(content, path, file, entity_id(content)))
    for event in content.events:
        premis.event(writer, _event(content, event))
    for agent in agents(content):
        premis.agent(writer, agent.id, agent.name, agent.kind, agent.version, agent.note)
    premis.rights(writer, _rights(content))
    writer.end()


def write_representation(writer: XmlWriter, content: AipContent, paths: Iterable[str]) -> None:
    """The representation's PREMIS; `paths` are the logical paths of its data files in order."""
    premis.start_premis(writer, "../../../../schemas/")
    includes = (file_id(content, path) for path in paths)
    premis.representation_object(writer, representation_id(content), "rep1", entity_id(content), includes)
    for document in content.documents:
        path = f"{REPRESENTATION}/data/{document.file.name}"
        premis.file_object(writer, _object(content, path, document.file, representation_id(content)))
    writer.end()


def agents(content: AipContent) -> Iterator[Agent]:
    """The agents of the content, and the system itself where they leave it out."""
    yield from content.agents
    if all(agent.id != SYSTEM for agent in content.agents):
        yield Agent(SYSTEM, "Kho", "software")


def _object(
    content: AipContent, path: str, file: ContentFile, parent: premis.Identifier
) -> premis.FileObject:
    facts = file.facts
    return premis.FileObject(
        id=file_id(content, path), original_name=file.original_name, size=facts.size, sha256=facts.sha256,
        sha512=facts.sha512, format_name=facts.format_name or facts.mime, format_version=facts.format_version,
        puid=facts.puid or "", signature_version=facts.signature_version, application=facts.creating_application,
        created=facts.created or "", encrypted=facts.encrypted, parent=parent,
    )  # fmt: skip


def _event(content: AipContent, event: Event) -> premis.EventEntry:
    subjects = {"package": entity_id(content), "representation": representation_id(content)}
    about = subjects.get(event.subject) or file_id(content, event.subject)
    linked = event.agents or ((SYSTEM, "executing program"),)
    return premis.EventEntry(
        event.id, event.type, event.time, event.outcome, event.detail, event.findings, linked, about
    )


def _rights(content: AipContent) -> premis.RightsEntry:
    return premis.RightsEntry(
        id=("URI", f"{content.id}/rights/1"), basis=_BASIS, note=f"mode proposed: {content.mode or 'none'}",
        act="disseminate", restriction=_CLOSED, object=entity_id(content),
    )  # fmt: skip
