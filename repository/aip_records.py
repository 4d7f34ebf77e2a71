"""Kho's own account of an AIP as JSON: everything of its content, so that the catalogue can be rebuilt from storage.

`metadata/other/kho.json` (the hồ sơ), `kho-events.jsonl`, `kho-files.jsonl` (documentation and submission) and, in each
representation, `metadata/other/kho-documents.jsonl` (one file a line, documents first). docs/format.md tells every key.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from repository.packages import (
    FIRST,
    Agent,
    AipContent,
    AipDocument,
    AipFile,
    ContentFile,
    Event,
    FileFacts,
    Retention,
    about_path,
    data_path,
    facts_from_json,
)
from standards.findings import finding_as_record, finding_from_json

FILE: Final = "metadata/other/kho.json"
EVENTS: Final = "metadata/other/kho-events.jsonl"
FILES: Final = "metadata/other/kho-files.jsonl"
SCHEMA: Final = 1
_DEFAULTS: Final = {f.name: f.default for f in dataclasses.fields(FileFacts)}
_Placed = TypeVar("_Placed", AipDocument, AipFile)


def documents_of(representation: str) -> str:
    """Where the account of a representation's files lies."""
    return f"representations/{representation}/metadata/other/kho-documents.jsonl"


def of_representation(placed: Iterable[_Placed], representation: str) -> Iterator[_Placed]:
    """Those of one representation, in order."""
    return (each for each in placed if each.representation == representation)


def records(content: AipContent, representation: str) -> Iterator[dict[str, Any]]:
    """The lines of a representation's account: its documents, then its other files."""
    yield from map(document_record, of_representation(content.documents, representation))
    yield from map(file_line, of_representation(content.files, representation))


def file_record(content: AipContent) -> dict[str, Any]:
    """kho.json: all of `content` that is not listed in the other three."""
    begun = {"begun": content.begun} if content.begun else {}
    return {
        "schema": SCHEMA, "id": content.id, "key": content.key, "agency": content.agency,
        "agency_name": content.agency_name, "fonds": content.fonds, "fonds_name": content.fonds_name,
        "label": content.label, "created": content.created, "mode": content.mode, "fields": dict(content.fields),
        "retention": dataclasses.asdict(content.retention),
        "agents": [dataclasses.asdict(agent) for agent in content.agents], "extra": dict(content.extra),
        "representations": list(content.representations), **begun,
    }  # fmt: skip


def heading(record: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of AipContent that `file_record` wrote."""
    given = {name: record[name] for name in ("id", "key", "agency", "agency_name", "fonds", "fonds_name",
                                             "label", "created", "mode", "fields", "extra")}  # fmt: skip
    agents = tuple(Agent(**agent) for agent in record["agents"])
    representations = tuple(record.get("representations", (FIRST,)))
    return given | {
        "retention": Retention(**record["retention"]),
        "agents": agents,
        "representations": representations,
        "begun": record.get("begun", ""),
    }


def document_record(document: AipDocument) -> dict[str, Any]:
    """A line of kho-documents.jsonl that is a document."""
    about: dict[str, Any] = {"order": document.order, "fields": dict(document.fields)}
    if not document.described:
        about["described"] = False
    return about | content_record(data_path(document), document.file)


def document_from(record: Mapping[str, Any]) -> AipDocument:
    return AipDocument(
        record["order"],
        record["fields"],
        content_from(record),
        _representation(record),
        record.get("described", True),
    )


def file_line(file: AipFile) -> dict[str, Any]:
    """A line of kho-documents.jsonl that is no document."""
    about = [content_record(about_path(file, each), each) for each in file.about]
    made = {"derived_from": file.derived_from, "event": file.event, "about": about}
    return {k: v for k, v in made.items() if v} | content_record(data_path(file), file.file)


def file_from(record: Mapping[str, Any]) -> AipFile:
    return AipFile(
        content_from(record),
        _representation(record),
        record.get("derived_from", ""),
        record.get("event", ""),
        tuple(map(content_from, record.get("about", ()))),
    )


def is_document(record: Mapping[str, Any]) -> bool:
    return "order" in record


def _representation(record: Mapping[str, Any]) -> str:
    return str(record["path"]).split("/")[1]


def content_record(path: str, file: ContentFile) -> dict[str, Any]:
    """A line of kho-files.jsonl; facts that say nothing are left out."""
    facts = dataclasses.asdict(file.facts)
    told = {name: value for name, value in facts.items() if value != _DEFAULTS[name]}
    return {"path": path, "name": file.name, "original_name": file.original_name, "facts": told}


def content_from(record: Mapping[str, Any]) -> ContentFile:
    """The file; `source` is its logical path in the package, to be opened through the package's tree."""
    facts = facts_from_json(record["facts"])
    return ContentFile(record["name"], record["original_name"], Path(record["path"]), facts)


def event_record(event: Event) -> dict[str, Any]:
    """A line of kho-events.jsonl."""
    findings = [finding_as_record(finding) for finding in event.findings]
    return dataclasses.asdict(event) | {"findings": findings}


def event_from(record: Mapping[str, Any]) -> Event:
    findings = tuple(finding_from_json(finding) for finding in record["findings"])
    agents = tuple((agent, role) for agent, role in record["agents"])
    return Event(**dict(record) | {"findings": findings, "agents": agents})
