"""Bringing the index up to what the catalogue holds: every AIP that has not been indexed since it last changed."""

from collections.abc import Callable, Iterator

import psycopg

from access.index import IndexedDocument, IndexedFile, index_package
from access.labels import block_of, type_name
from access.oai.items import refresh
from access.solr import Solr
from repository import catalogue
from repository.queries import sql
from repository.rows import AipRow


def index_pending(
    connection: psycopg.Connection, solr: Solr, told: Callable[[int, int], None] = lambda _done, _all: None
) -> int:
    """Index what waits for it and record that; the number of AIPs. The caller commits the index (`index.commit`).

    `told` hears after each how many of how many are done.
    """
    waiting = [row[0] for row in connection.execute(sql("aips_to_index")).fetchall()]
    connection.commit()
    for done, aip_id in enumerate(waiting, start=1):
        index_one(connection, solr, aip_id)
        told(done, len(waiting))
    return len(waiting)


def index_one(connection: psycopg.Connection, solr: Solr, aip_id: str) -> None:
    """Index one AIP as it is in the catalogue now, tell harvesters what changed, and record that.

    Of one that is no longer there harvesters hear that it is deleted.
    """
    aip = catalogue.aip(connection, aip_id)
    if aip is not None:
        index_package(solr, _file(aip), _documents(connection, aip), aip.published)
        catalogue.do(connection, "aip_was_indexed", id=aip_id, time=catalogue.now())
    refresh(connection, aip_id)
    connection.commit()


def _file(aip: AipRow) -> IndexedFile:
    return IndexedFile(
        aip=aip.id, key=aip.key, agency=aip.agency, agency_name=aip.agency_name,
        block=aip.block or block_of(aip.agency), level=aip.level or "", fonds=aip.fonds, fonds_name=aip.fonds_name,
        fields=aip.fields, stored=aip.stored_at.date().isoformat(),
    )  # fmt: skip


def _documents(connection: psycopg.Connection, aip: AipRow) -> Iterator[IndexedDocument]:
    texts = catalogue.page_texts(connection, aip.id)
    for row in catalogue.documents(connection, aip.id):
        yield IndexedDocument(
            id=row.id.rpartition("#")[2], order=row.ordinal, fields=row.fields, file_name=row.original_name or "",
            pages=texts.get(row.ordinal, ()), puid=row.puid or "", page_count=row.pages,
            type_name=type_name(row.fields),
        )  # fmt: skip
