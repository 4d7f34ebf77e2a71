"""The last step: the finished package into the store, and its rows into the catalogue."""

from collections.abc import Iterator
from typing import Any

import psycopg

from ingest.agents import KHO
from ingest.context import Context
from ingest.packing import Packed, packed
from ingest.texts import text_rows
from repository import catalogue
from repository.agencies import record_agency
from repository.aip import BuiltAip, open_built
from repository.copies import know_inventory, note_written
from repository.holding import Holding, read_holding
from repository.packages import AipId
from repository.policies import confirm_copies, policy_for
from repository.rows import PackageRow
from repository.steps import Outcome
from repository.store import Author, ObjectExists
from standards.findings import Verdict

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

    holding = read_holding(context.store.tree(AipId(package.aip), version), version)
    copies = _confirmed(package, context, holding)

    def rows(connection: psycopg.Connection) -> None:
        _write_aip(connection, package, context, holding)
        know_inventory(connection, context.store, package.aip, version)
        for location in copies:
            now = catalogue.now()
            note_written(connection, package.aip, version, now, location=location, verified=now)
        catalogue.do_many(connection, "new_page_text", _texts(package, content))

    return Outcome(
        ends_as="stored", verdict=_decided(package), agents=(KHO,), commit=rows, detail={"version": version}
    )


def _confirmed(package: PackageRow, context: Context, holding: Holding) -> list[str]:
    """The copies that the policy asks for, in place and read back before the package counts as stored."""
    retention = str(holding.aip["retention"]["code"])
    policy = policy_for(context.connection, holding.content.agency, retention)
    made = confirm_copies(context.connection, context.home, context.store, package.aip, policy)
    context.connection.commit()
    return made


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
    connection: psycopg.Connection, package: PackageRow, context: Context, holding: Holding
) -> None:
    """The rows of the version that is in the store now, made from what lies there."""
    content, version = holding.content, str(holding.aip["version"])
    name = content.agency_name
    record_agency(connection, context.store, content.agency, name=name)
    catalogue.do(
        connection, "upsert_fonds", agency=content.agency, code=content.fonds, name=content.fonds_name
    )
    now = catalogue.now()
    row = {**holding.aip, "findings": list(package.findings)}
    if version == _FIRST:
        catalogue.do(connection, "new_aip", created_at=content.created, stored_at=now, **row)
    else:
        for query in ("drop_page_texts", "drop_documents", "drop_files"):
            catalogue.do(connection, query, aip=package.aip)
        catalogue.do(connection, "update_aip", **row)
    catalogue.do(connection, "new_version", aip=package.aip, version=version, stored_at=now,
                 content_digest=holding.aip["content_digest"])  # fmt: skip
    note_written(connection, package.aip, version, now)
    catalogue.do_many(connection, "new_file", holding.files)
    catalogue.do_many(connection, "new_document", holding.documents())


def _texts(package: PackageRow, content: Packed) -> Iterator[dict[str, Any]]:
    """The page texts of the documents, for the index."""
    for row in content.unit.documents:
        texts = content.texts_of(content.checked[row.file.path]) if row.file else ()
        yield from text_rows(package.aip, row.order, texts)
