"""One search, whoever asks and through whatever door: the index finds, the catalogue decides once more what is shown."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import psycopg

from access.holdings import Holdings, count
from access.rights import index_filter, opening_posts, today
from access.search import Hit, SearchResult, search, similar
from access.solr import Solr
from repository.permissions import PUBLIC, Viewer
from repository.queries import sql
from standards.errors import UsageError


def find(
    connection: psycopg.Connection,
    solr: Solr,
    query: str,
    *,
    viewer: Viewer = PUBLIC,
    facets: Iterable[str] = (),
    sort: str = "relevance",
    limit: int = 10,
    offset: int = 0,
) -> SearchResult:
    """Search as somebody who asks. `facets` are "name=value". Raises UsageError.

    Who may see no more than the public is answered from the public's index; its ranking tells of nothing hidden.
    """
    day, filters = today(), _filters(facets)
    page: Mapping[str, Any] = {"filters": filters, "sort": sort, "limit": limit, "offset": offset}
    if viewer.whole:
        return search(solr, query, collection="all", **page)
    if opening_posts(viewer, day):
        found = search(solr, query, collection="all", only=index_filter(viewer, day), **page)
    else:
        found = search(solr, query, collection="public", **page)
    return _still_visible(connection, found, viewer, day)


def find_similar(
    connection: psycopg.Connection, solr: Solr, id: str, *, viewer: Viewer = PUBLIC, limit: int = 5
) -> tuple[Hit, ...]:
    """What is like a record that the viewer has open, of what the viewer may see."""
    day = today()
    if viewer.whole or opening_posts(viewer, day):
        only = None if viewer.whole else index_filter(viewer, day)
        hits = similar(solr, id, collection="all", only=only, limit=limit)
    else:
        hits = similar(solr, id, collection="public", limit=limit)
    return hits if viewer.whole else _allowed(connection, hits, viewer, day)


def holdings(solr: Solr, *, viewer: Viewer = PUBLIC) -> Holdings:
    """What is held of that which the viewer may see, counted."""
    day = today()
    if viewer.whole or opening_posts(viewer, day):
        return count(solr, "all", None if viewer.whole else index_filter(viewer, day))
    return count(solr, "public", None)


def _filters(facets: Iterable[str]) -> Mapping[str, list[str]]:
    chosen: dict[str, list[str]] = {}
    for facet in facets:
        name, mark, value = facet.partition("=")
        if not mark:
            raise UsageError(reason=f"--facet {facet}: NAME=VALUE")
        chosen.setdefault(name, []).append(value)
    return chosen


def _still_visible(
    connection: psycopg.Connection, found: SearchResult, viewer: Viewer, day: dt.date
) -> SearchResult:
    """Drop what may not be seen any more, though the index does not know it yet."""
    hits = _allowed(connection, found.hits, viewer, day)
    return replace(found, hits=hits, total=found.total - (len(found.hits) - len(hits)))


def _allowed(
    connection: psycopg.Connection, hits: tuple[Hit, ...], viewer: Viewer, day: dt.date
) -> tuple[Hit, ...]:
    asked = {"ids": [hit.id for hit in hits], "who": viewer.account, "day": day}
    allowed = {row[0] for row in connection.execute(sql("visible_hits"), asked)}
    connection.commit()
    return tuple(hit for hit in hits if hit.id in allowed)
