"""The portal's ports over the catalogue, the store and the index: what one viewer may see, and nothing else."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from access.finding import find, find_similar, holdings
from access.holdings import Holdings
from access.portal.ports import Kept, Shelf
from access.rights import today
from access.search import Hit, SearchResult
from access.solr import Solr
from ingest.inspector import Inspector
from repository import catalogue
from repository.opening import Opened
from repository.packages import AipId
from repository.permissions import PUBLIC, Viewer
from repository.rows import AipRow, DocumentRow, EventRow
from repository.store_fs import FileStore
from standards.page_words import PageWords
from standards.personal import mask_identifiers

_TOLD_TO_ALL = ("merger",)  # of what was decided about a record; the rest is the archive's to know


class Records:
    """What a viewer may see out of the catalogue and the store; each call is one short read of its own."""

    def __init__(
        self, pool: ConnectionPool[psycopg.Connection], store: FileStore, viewer: Viewer = PUBLIC
    ) -> None:
        self._pool = pool
        self._store = store
        self._viewer = viewer

    def _asked(self, **values: str) -> dict[str, Any]:
        return {**values, "who": self._viewer.account, "day": today()}

    def shelves(self) -> Sequence[Shelf]:
        """Every fonds of which the viewer may see anything."""
        with self._pool.connection() as connection:
            return catalogue.many(connection, Shelf, "visible_shelves", **self._asked())

    def kept(self, agency: str, fonds: str, *, limit: int, offset: int) -> Sequence[Kept]:
        """The visible hồ sơ of a fonds, in order."""
        with self._pool.connection() as connection:
            found = catalogue.many(
                connection,
                Kept,
                "visible_kept",
                **self._asked(agency=agency, fonds=fonds),
                limit=limit,
                offset=offset,
            )
        return [
            replace(row, title=mask_identifiers(row.title), code=mask_identifiers(row.code)) for row in found
        ]

    def record(self, aip: str) -> AipRow | None:
        """The hồ sơ with this id."""
        with self._pool.connection() as connection:
            found = catalogue.one(connection, AipRow, "visible_aip", **self._asked(id=aip))
        return replace(found, fields=_masked(found.fields)) if found else None

    def destroyed(self, aip: str) -> bool:
        """Whether a hồ sơ that was public once was destroyed by decision."""
        with self._pool.connection() as connection:
            return bool(catalogue.value(connection, "was_public_and_destroyed", aip=aip))

    def documents(self, aip: str) -> Sequence[DocumentRow]:
        """The documents of a hồ sơ, in order."""
        with self._pool.connection() as connection:
            found = catalogue.many(connection, DocumentRow, "visible_documents", **self._asked(aip=aip))
        return [
            replace(row, fields=_masked(row.fields), original_name=mask_identifiers(row.original_name or ""))
            for row in found
        ]

    def document(self, id: str) -> DocumentRow | None:
        """The document with this id."""
        return next((d for d in self.documents(id.partition("#")[0]) if d.id == id), None)

    def events(self, aip: str) -> Sequence[EventRow]:
        """What happened to a hồ sơ, the oldest first."""
        if self.record(aip) is None:
            return []
        with self._pool.connection() as connection:
            found = catalogue.many(connection, EventRow, "events_of_aip", aip=aip)
            decided = catalogue.many(connection, EventRow, "decision_events_of_aip", aip=aip)
        found += [event for event in decided if event.step in _TOLD_TO_ALL]
        return sorted(found, key=lambda event: event.time)

    def page_texts(self, document: DocumentRow) -> Sequence[str]:
        """The text of each page, personal numbers masked."""
        with self._pool.connection() as connection:
            return catalogue.page_texts(connection, document.aip).get(document.ordinal, ())

    def content(self, document: DocumentRow) -> Path:
        """Where the stored bytes of a document's file lie."""
        return self._store.tree(AipId(document.aip)).content_path(document.file)

    def pages_of(self, document: DocumentRow) -> Path:
        """Where the PDF lies whose pages are shown."""
        return self._store.tree(AipId(document.aip)).content_path(document.reading or document.file)


def _masked(fields: Mapping[str, str]) -> dict[str, str]:
    """A description without the numbers of persons, which the public does not see anywhere."""
    return {name: mask_identifiers(value) for name, value in fields.items()}


class Search:
    """A viewer's search."""

    def __init__(self, pool: ConnectionPool[psycopg.Connection], solr: Solr, viewer: Viewer = PUBLIC) -> None:
        self._pool = pool
        self._solr = solr
        self._viewer = viewer

    def __call__(
        self,
        query: str,
        *,
        filters: Mapping[str, Sequence[str]],
        limit: int,
        offset: int,
        sort: str = "relevance",
    ) -> SearchResult:
        """A page of hits that the viewer may see now."""
        facets = [f"{name}={value}" for name, values in filters.items() for value in values]
        with self._pool.connection() as connection:
            return find(
                connection, self._solr, query, viewer=self._viewer, facets=facets, sort=sort, limit=limit, offset=offset,
            )  # fmt: skip

    def holdings(self) -> Holdings:
        """What the viewer may see, counted."""
        return holdings(self._solr, viewer=self._viewer)

    def similar(self, id: str) -> Sequence[Hit]:
        """What is like a record that the viewer has open."""
        with self._pool.connection() as connection:
            return find_similar(connection, self._solr, id, viewer=self._viewer)


class Render:
    """Pages drawn in limited child processes, as many at once as there are children."""

    def __init__(self, children: int = 2) -> None:
        self._idle = [Inspector(seconds=20) for _n in range(children)]
        self._room = threading.Semaphore(children)
        self._lock = threading.Lock()

    def __call__(self, pdf: Path, *, page: int, width: int) -> bytes:
        """A JPEG of a page."""
        with self._taken() as inspector:
            return inspector.render(pdf, page, width)

    def tile(self, pdf: Path, *, page: int, width: int, left: int, top: int, side: int) -> bytes:
        """A JPEG of a part of a page."""
        with self._taken() as inspector:
            return inspector.tile(pdf, page, width, left, top, side)

    def words(self, pdf: Path, *, page: int) -> PageWords:
        """Where the words of a page stand."""
        with self._taken() as inspector:
            return inspector.words(pdf, page)

    @contextmanager
    def _taken(self) -> Iterator[Inspector]:
        with self._room:
            with self._lock:
                inspector = self._idle.pop()
            try:
                yield inspector
            finally:
                with self._lock:
                    self._idle.append(inspector)

    def close(self) -> None:
        """End the children."""
        for inspector in self._idle:
            inspector.close()


def open_pool(opened: Opened) -> ConnectionPool[psycopg.Connection]:
    """Connections for the web process, which reads."""
    conninfo = catalogue.with_search_path(opened.conninfo)
    options = {"autocommit": True, "application_name": "kho-portal"}
    return ConnectionPool(conninfo, min_size=1, max_size=8, timeout=10, kwargs=options, open=True)
