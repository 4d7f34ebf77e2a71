"""The last step: the finished package into the store, and its rows into the catalogue."""


import psycopg
from repository.aip import open_built

from ingest.agents import KHO
from ingest.context import Context
from ingest.held import content_digest
from ingest.packing import content_of
from repository.rows import PackageRow
from repository.steps import Outcome
from repository.store import ObjectExists

_MESSAGE = "Tiếp nhận từ bàn giao / taken in from a delivery"


def store(package: PackageRow, context: Context) -> Outcome:
    """Put the built package into the store, unless a killed try already did; then its rows, with the event."""
    workspace = context.workspace(package)
    built = open_built(workspace.building)
    try:
        context.store.put_new(package.aip, built.files(), message=_MESSAGE, user=KHO[0],
                              created=built.created, move=True)  # fmt: skip
    except ObjectExists:
        _same_as_built(package, context, built)
    content = content_of(package, context)
    _root, unit = workspace.unit()
    checked = list(workspace.checked())
    digest = content_digest(unit, checked)

    def rows(connection: psycopg.Connection) -> None:
        _write_aip(connection, package, content, built, unit, digest)
        _write_files(connection, package, built, content)
        _write_texts(connection, package, unit, checked)

    return Outcome(ends_as="stored", agents=(KHO,), commit=rows, detail={"version": "v1"})
