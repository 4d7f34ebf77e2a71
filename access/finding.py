"""One search, whoever asks and through whatever door: the index finds, the catalogue decides once more what is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import psycopg

from access.search import SearchResult, search
from access.solr import Collection, Solr
from repository.queries import sql
from standards.errors import UsageError


def find(
    connection: psycopg.Connection,
    solr: Solr,
    query: str,
    *,
    officer: bool = False,
    facets: Iterable[str] = (),
    limit: int = 10,
    offset: int = 0,
) -> SearchResult:
    """Search as the public, or as an officer of the archive. `facets` are "name=value". Raises UsageError."""
    filters = _filters(facets)
    collection: Collection = "all" if officer else "public"
    found = search(solr, query, collection=collection, filters=filters, limit=limit, offset=offset)
    return found if officer else _still_public(connection, found)


def _filters(facets: Iterable[str]) -> Mapping[str, list[str]]:
    chosen: dict[str, list[str]] = {}
    for facet in facets:
        name, mark, value = facet.partition("=")
        if not mark:
            raise UsageError(reason=f"--facet {facet}: NAME=VALUE")
        chosen.setdefault(name, []).append(value)
    return chosen


def _still_public(connection: psycopg.Connection, found: SearchResult) -> SearchResult:
    """Drop what is no longer public, though the index does not know it yet."""
    ids = {"ids": [hit.id for hit in found.hits]}
    rows = [*connection.execute(sql("published_documents"), ids),
            *connection.execute(sql("published_aips"), ids)]  # fmt: skip
    connection.commit()
    allowed = {row[0] for row in rows}
    hits = tuple(hit for hit in found.hits if hit.id in allowed)
    return replace(found, hits=hits, total=found.total - (len(found.hits) - len(hits)))
