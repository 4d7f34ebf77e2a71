"""Bringing the index up to what the catalogue holds: every AIP that has not been indexed since it last changed."""

from collections.abc import Callable, Iterator

import psycopg

from access.index import IndexedDocument, IndexedFile, index_package, remove_package
from access.labels import block_of, type_name
from access.oai.items import refresh
from access.solr import Solr
from preservation.bodies.codes import known_block
from preservation.bodies.days import today
from repository import catalogue
from repository.bodies import Bodies, read_bodies
from repository.queries import sql
from repository.rows import AipRow, DocumentRow

_CLOSED = "03"  # a record that was closed because a secret was found in it waits for its purge


def index_pending(
    connection: psycopg.Connection, solr: Solr, told: Callable[[int, int], None] = lambda _done, _all: None
) -> int:
    """Index what waits for it and record that; the number of AIPs. The caller commits the index (`index.commit`).

    `told` hears after each how many of how many are done.
    """
    waiting = [row[0] for row in connection.execute(sql("aips_to_index")).fetchall()]
    bodies = read_bodies(connection) if waiting else None
    connection.commit()
    for done, aip_id in enumerate(waiting, start=1):
        index_one(connection, solr, aip_id, bodies)
        told(done, len(waiting))
    return len(waiting)


def index_one(connection: psycopg.Connection, solr: Solr, aip_id: str, bodies: Bodies | None = None) -> None:
    """Index one AIP as it is in the catalogue now, tell harvesters what changed, and record that.

    Of one that is no longer there harvesters hear that it is deleted.
    """
    aip = catalogue.aip(connection, aip_id)
    if aip is not None and aip.mode == _CLOSED:
        remove_package(solr, aip_id)
        catalogue.do(connection, "aip_was_indexed", id=aip_id, time=catalogue.now())
    elif aip is not None:
        index_package(
            solr,
            _file(connection, aip, bodies or read_bodies(connection)),
            _documents(connection, aip),
            aip.published,
        )
        catalogue.do(connection, "aip_was_indexed", id=aip_id, time=catalogue.now())
    refresh(connection, aip_id)
    connection.commit()


def _file(connection: psycopg.Connection, aip: AipRow, bodies: Bodies) -> IndexedFile:
    """Found by every name that its body, those after it, its custodian and those above them have or had."""
    on = today()
    handed = connection.execute(sql("record_custodian"), {"aip": aip.id, "on": on}).fetchone()
    custodian = bodies.heir(handed[0], on) if handed else bodies.custodian(aip.agency, aip.fonds, on)
    line = dict.fromkeys([*bodies.line(aip.agency), custodian])
    above = dict.fromkeys(f.value for id in line for f in bodies.facts.get(id, ()) if f.kind == "superior")
    names = [name for id in [*line, *(s for s in above if s in bodies.rows)] for name in bodies.names(id)]
    return IndexedFile(
        aip=aip.id, key=aip.key, agency=aip.agency, agency_name=aip.agency_name,
        block=known_block(aip.block or "") or block_of(aip.agency), level=aip.level or "", fonds=aip.fonds, fonds_name=aip.fonds_name,
        fields=aip.fields, stored=aip.stored_at.date().isoformat(), published=aip.published,
        custodian=bodies.name(custodian, on) if custodian != aip.agency else "",
        other_names=tuple(n for n in dict.fromkeys(names) if n != aip.agency_name),
    )  # fmt: skip


def _documents(connection: psycopg.Connection, aip: AipRow) -> Iterator[IndexedDocument]:
    texts = catalogue.page_texts(connection, aip.id)
    for row in catalogue.documents(connection, aip.id):
        yield IndexedDocument(
            id=row.id.rpartition("#")[2], order=row.ordinal, fields=row.fields, file_name=row.original_name or "",
            pages=texts.get(row.ordinal, ()), puid=row.puid or "", page_count=row.pages,
            type_name=type_name(row.fields), format_name=_format_name(row),
            size=row.size,
        )  # fmt: skip


def _format_name(row: DocumentRow) -> str:
    return " ".join(str(row.facts.get(name) or "") for name in ("format_name", "format_version")).strip()
