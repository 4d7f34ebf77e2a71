"""The last step: the finished package into the store, and its rows into the catalogue."""

from collections.abc import Iterator
from typing import Any

import psycopg

from ingest import quarantine
from ingest.agents import KHO
from ingest.context import Context
from ingest.packing import Packed, packed
from ingest.texts import text_rows
from repository import catalogue, identifiers
from repository.aip import BuiltAip, open_built
from repository.holding import Holding, read_holding
from repository.holding_rows import FIRST, write_version
from repository.packages import AipId
from repository.policies import confirm_copies, policy_for
from repository.rows import PackageRow
from repository.steps import Outcome
from repository.store import Author, ObjectExists
from standards.findings import Verdict, finding, finding_from_json

_FROM_DELIVERY = "Tiếp nhận từ bàn giao / taken in from a delivery"
_FROM_PACKAGE = "Tiếp nhận từ gói / taken in from a package"
_UPDATED = "Cập nhật từ gói / updated by a package"
_AUTHOR = Author("Kho", "urn:kho:software")


def store(package: PackageRow, context: Context) -> Outcome:
    """Put the built package into the store, unless a killed try already did; then its rows, with the event."""
    built = open_built(context.workspace(package).building)
    content = packed(package, context)
    held = catalogue.value(context.connection, "version_of_aip", id=package.aip)
    context.connection.commit()
    if held and held != _looked_at(package):
        return _overtaken(package, context)
    version = (
        _put_version(package, context, built, held) if held else _put_new(package, context, built, content)
    )

    holding = read_holding(context.store.tree(AipId(package.aip), version), version)
    copies = _confirmed(package, context, holding)

    def rows(connection: psycopg.Connection) -> None:
        catalogue.do(connection, "drop_page_texts", aip=package.aip)
        write_version(connection, context.store, holding, list(package.findings), catalogue.now(), copies)
        catalogue.do_many(connection, "new_page_text", _texts(package, content))
        identifiers.put(connection, package.aip, _mentions(package, context, content, holding))

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


def _looked_at(package: PackageRow) -> str | None:
    """The version that was held when the package was found to be a later state of it."""
    told = [finding_from_json(f) for f in package.findings if f["code"] == "HOLD-UPDATE"]
    return str(told[-1].values["held"]) if told else None


def _overtaken(package: PackageRow, context: Context) -> Outcome:
    """Another version came between: what was built does not know of it, so that a person has to look at both."""
    found = finding("HOLD-CONFLICT", key=package.key, aip=package.aip)
    return quarantine.keep(package, context, Outcome(findings=(found,), agents=(KHO,)), status="conflict")


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
    return FIRST


def _put_version(package: PackageRow, context: Context, built: BuiltAip, held: str) -> str:
    """The next version of what is held; a try that was killed after it was placed has put it there whole."""
    placed = context.store.put_version(
        AipId(package.aip), built.files(), expected_head=held, message=_UPDATED, user=_AUTHOR, created=built.created,
        move=True,
    )  # fmt: skip
    return placed.version


def _mentions(
    package: PackageRow, context: Context, content: Packed, holding: Holding
) -> Iterator[dict[str, Any]]:
    """Where numbers of persons stand, by their keyed digests: in descriptions and on pages."""
    key = identifiers.key_of(context.home)
    yield from identifiers.described(key, package.aip, 0, holding.aip["fields"])
    for document in holding.documents():
        yield from identifiers.described(key, package.aip, document["ordinal"], document["fields"])
    for row in content.unit.documents:
        texts = content.texts_of(content.checked[row.file.path]) if row.file else ()
        yield from identifiers.rows(key, package.aip, row.order, enumerate(texts, start=1))


def _texts(package: PackageRow, content: Packed) -> Iterator[dict[str, Any]]:
    """The page texts of the documents, for the index."""
    for row in content.unit.documents:
        texts = content.texts_of(content.checked[row.file.path]) if row.file else ()
        yield from text_rows(package.aip, row.order, texts)
