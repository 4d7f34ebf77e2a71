"""PREMIS.xml (the hồ sơ, its events, agents and rights) and PREMIS_rep1.xml (the representation and its files)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from repository.aip_records import of_representation
from repository.packages import FIRST, Agent, AipContent, AipFile, ContentFile, Event, data_path
from standards import premis
from standards.xml import XmlWriter

# Who answers for an event that names nobody: the system that recorded it.
SYSTEM: Final = "kho"
_CLOSED: Final = "closed until a publication decision is recorded"
_BASIS: Final = "Thông tư 05/2025/TT-BNV: chế độ sử dụng (mode)"


def entity_id(content: AipContent) -> premis.Identifier:
    """The hồ sơ itself: its OBJID."""
    return ("URI", content.id)


def representation_id(content: AipContent, name: str = FIRST) -> premis.Identifier:
    return ("URI", f"{content.id}/representations/{name}")


def file_id(content: AipContent, path: str) -> premis.Identifier:
    """A file: OBJID and logical path, unique in the store (TT 05/2025: type File)."""
    return ("File", f"{content.id}/{path}")


@dataclass(frozen=True, slots=True)
class Derived:
    """What was made from what: by the logical path of the source, the files that were made from it."""

    by_source: Mapping[str, list[AipFile]]

    @staticmethod
    def of(content: AipContent) -> "Derived":
        made: dict[str, list[AipFile]] = {}
        for file in content.files:
            if file.derived_from:
                made.setdefault(file.derived_from, []).append(file)
        return Derived(made)

    def links(self, content: AipContent, path: str, file: AipFile | None) -> Iterator[premis.Link]:
        """The derivations of the file at `path`, both ways."""
        if file and file.derived_from:
            yield premis.Link("has source", file_id(content, file.derived_from), file.event)
        for made in self.by_source.get(path, ()):
            yield premis.Link("is source of", file_id(content, data_path(made)), made.event)


def write_root(writer: XmlWriter, content: AipContent, others: Iterable[tuple[str, ContentFile]]) -> None:
    """The package's PREMIS; `others` are documentation and submission by logical path."""
    premis.start_premis(writer, "../../schemas/")
    retention = content.retention
    years = f", {retention.years} years" if retention.years is not None else ""
    premis.entity_object(
        writer,
        premis.Entity(
            entity_id(content), content.label, (retention.code, retention.text + years, retention.basis),
            [representation_id(content, name) for name in content.representations],
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


def write_representation(
    writer: XmlWriter, content: AipContent, name: str, paths: Iterable[str], derived: Derived
) -> None:
    """The PREMIS of the representation `name`; `paths` are the logical paths of its data files in order."""
    premis.start_premis(writer, "../../../../schemas/")
    includes = (file_id(content, path) for path in paths)
    parent = representation_id(content, name)
    premis.representation_object(writer, parent, name, entity_id(content), includes)
    for document in of_representation(content.documents, name):
        path = data_path(document)
        links = derived.links(content, path, None)
        premis.file_object(writer, _object(content, path, document.file, parent, links))
    for file in of_representation(content.files, name):
        path = data_path(file)
        links = derived.links(content, path, file)
        premis.file_object(writer, _object(content, path, file.file, parent, links))
    writer.end()


def agents(content: AipContent) -> Iterator[Agent]:
    """The agents of the content, and the system itself where they leave it out."""
    yield from content.agents
    if all(agent.id != SYSTEM for agent in content.agents):
        yield Agent(SYSTEM, "Kho", "software")


def _object(
    content: AipContent,
    path: str,
    file: ContentFile,
    parent: premis.Identifier,
    links: Iterable[premis.Link] = (),
) -> premis.FileObject:
    facts = file.facts
    return premis.FileObject(
        id=file_id(content, path), original_name=file.original_name, size=facts.size, sha256=facts.sha256,
        sha512=facts.sha512, format_name=facts.format_name or facts.mime, format_version=facts.format_version,
        puid=facts.puid or "", signature_version=facts.signature_version, application=facts.creating_application,
        created=facts.created or "", encrypted=facts.encrypted, parent=parent, links=tuple(links),
    )  # fmt: skip


def _event(content: AipContent, event: Event) -> premis.EventEntry:
    subjects = {
        "package": entity_id(content),
        "representation": representation_id(content, content.representations[0]),
    }
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
