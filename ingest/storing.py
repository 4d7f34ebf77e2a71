"""The last step: the finished package into the store, and its rows into the catalogue."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import psycopg

from ingest.agents import KHO
from ingest.context import Context
from ingest.held import content_digest
from ingest.packing import Packed, packed
from ingest.retention import retention_of
from ingest.workspace import CheckedFile
from repository import catalogue
from repository.aip import BuiltAip, open_built
from repository.packages import AipId, FileFacts
from repository.rows import PackageRow
from repository.steps import Outcome
from repository.store import Author, ObjectExists
from standards.findings import Verdict
from standards.personal import mask_identifiers

_FROM_DELIVERY = "Tiếp nhận từ bàn giao / taken in from a delivery"
_FROM_PACKAGE = "Tiếp nhận từ gói / taken in from a package"
_UPDATED = "Cập nhật từ gói / updated by a package"
_AUTHOR = Author("Kho", "urn:kho:software")
_FIRST = "v1"


def store(package: PackageRow, context: Context) -> Outcome:
    """Put the built package into the store, unless a killed try already did; then its rows, with the event."""
    built = open_built(context.workspace(package).building)
    content = packed(package, context)
    held = catalogue.value(context.connection, "version_of_aip", id=package.aip)
    context.connection.commit()
    version = (
        _put_version(package, context, built, held) if held else _put_new(package, context, built, content)
    )

    def rows(connection: psycopg.Connection) -> None:
        _write_aip(connection, package, content, built, version)
        _write_files(connection, package, content, built)
        _write_documents(connection, package, content)

    return Outcome(
        ends_as="stored", verdict=_decided(package), agents=(KHO,), commit=rows, detail={"version": version}
    )


def _decided(package: PackageRow) -> Verdict | None:
    """Of what a person let out of quarantine: the broken rules stand in its findings, and were decided upon."""
    return Verdict.WARNING if package.released else None


def _put_new(package: PackageRow, context: Context, built: BuiltAip, content: Packed) -> str:
    message = _FROM_PACKAGE if content.unit.submission.kind else _FROM_DELIVERY
    aip = AipId(package.aip)
    try:
        context.store.put_new(
            aip, built.files(), message=message, user=_AUTHOR, created=built.created, move=True
        )
    except ObjectExists:
        # The id was drawn for this package alone: a try that was killed after the rename had put it there whole.
        context.store.head(aip)
    return _FIRST


def _put_version(package: PackageRow, context: Context, built: BuiltAip, held: str) -> str:
    """The next version of what is held; a try that was killed after it was placed has put it there whole."""
    placed = context.store.put_version(
        AipId(package.aip), built.files(), expected_head=held, message=_UPDATED, user=_AUTHOR, created=built.created,
        move=True,
    )  # fmt: skip
    return placed.version


def _write_aip(
    connection: psycopg.Connection, package: PackageRow, content: Packed, built: BuiltAip, version: str
) -> None:
    unit = content.unit
    retention, _findings = retention_of(unit.fields, unit.cells)
    catalogue.do(
        connection, "upsert_agency", code=unit.agency, name=content.agency_name, block=None, level=None
    )
    catalogue.do(connection, "upsert_fonds", agency=unit.agency, code=content.fonds, name=content.fonds)
    digest, now = content_digest(unit, content.checked.values()), catalogue.now()
    row = {
        "id": package.aip, "fonds": content.fonds, "version": version, "fields": dict(unit.fields),
        "retention": dataclasses.asdict(retention), "mode": unit.fields.get("mode", ""), "content_digest": digest,
        "documents": package.documents, "pages": package.pages, "bytes": built.bytes,
        "findings": list(package.findings),
    }  # fmt: skip
    if version == _FIRST:
        catalogue.do(
            connection, "new_aip", key=package.key or package.aip, agency=unit.agency, profile="eark",
            created_at=built.created, stored_at=now, submission_kind=unit.submission.kind,
            submission_id=unit.submission.id, **row,
        )  # fmt: skip
    else:
        for query in ("drop_page_texts", "drop_documents", "drop_files"):
            catalogue.do(connection, query, aip=package.aip)
        catalogue.do(connection, "update_aip", **row)
    catalogue.do(
        connection, "new_version", aip=package.aip, version=version, content_digest=digest, stored_at=now
    )


def _write_files(
    connection: psycopg.Connection, package: PackageRow, content: Packed, built: BuiltAip
) -> None:
    by_path = content.by_logical_path()
    catalogue.do_many(
        connection, "new_file", (_file_row(package, f, by_path.get(f.logical_path)) for f in built.files())
    )


def _file_row(package: PackageRow, file: Any, checked: CheckedFile | None) -> dict[str, Any]:
    facts = checked.facts if checked else None
    return {
        "aip": package.aip, "path": file.logical_path, "role": role_of(file.logical_path),
        "original_name": content_name(checked), "size": file.size, "sha256": file.sha256, "sha512": file.sha512,
        "puid": facts.puid if facts else None, "mime": facts.mime if facts else None,
        "pages": facts.pages if facts else None, "facts": _facts_row(facts),
    }  # fmt: skip


def content_name(checked: CheckedFile | None) -> str | None:
    """The delivered path of a file, for people."""
    return checked.shown if checked else None


def _facts_row(facts: FileFacts | None) -> dict[str, Any]:
    """What the catalogue keeps of a file's facts beyond its own columns."""
    if facts is None:
        return {}
    kept = dataclasses.asdict(facts)
    for column in ("size", "sha256", "sha512", "puid", "mime", "pages"):
        kept.pop(column)
    return {name: value for name, value in kept.items() if value not in (None, "", False, ())}


def role_of(path: str) -> str:
    """The role of a file in a package, told by its logical path (docs/format.md)."""
    if path.startswith("representations/") and "/data/" in path:
        return "content"
    top = path.partition("/")[0]
    return {"documentation": "documentation", "submission": "submission", "schemas": "schema"}.get(
        top, "metadata"
    )


def _write_documents(connection: psycopg.Connection, package: PackageRow, content: Packed) -> None:
    rows = [d for d in content.unit.documents if d.file]
    catalogue.do_many(
        connection,
        "new_document",
        (
            {"id": document_id(package.aip, d.order), "aip": package.aip, "ordinal": d.order,
             "fields": dict(d.fields), "file": content.logical_path(content.checked[d.file.path], d.order)}
            for d in rows if d.file
        ),
    )  # fmt: skip
    catalogue.do_many(connection, "new_page_text", _texts(package, content))


def document_id(aip: str, order: int) -> str:
    """A document's id, for ever: the AIP's, and its order in seven digits (TT 05/2025's docCode)."""
    return f"{aip}#{order:07d}"


def _texts(package: PackageRow, content: Packed) -> Iterator[dict[str, Any]]:
    """The page texts for the index, without the numbers of persons and without what a database cannot hold."""
    for row in content.unit.documents:
        texts = content.checked[row.file.path].texts if row.file else ()
        for page, text in enumerate(texts, start=1):
            clean = mask_identifiers(text.replace("\0", " ").encode("utf-8", "replace").decode())
            if clean.strip():
                yield {"aip": package.aip, "ordinal": row.order, "page": page, "text": clean}
