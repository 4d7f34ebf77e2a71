"""The door for programs: search and descriptions as JSON, by the same doors as the pages. `/api/openapi.json` describes it.

Without a key it is the public's; with one (`Authorization: Bearer kho_...`) what the key's account and scopes open.
"""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from access.portal import asking, telling
from access.portal.addresses import address_of, document_id, record_id
from access.portal.routes import Portal
from access.portal.texts import catalogue
from access.search import FACETS
from repository.rows import AipRow, DocumentRow
from standards.errors import KhoError

API: Final = "/api/"
LARGEST_PAGE, LAST_HIT = 100, 10_000


class Told(BaseModel):
    """An error."""

    code: str
    vi: str
    en: str


class Refusal(BaseModel):
    """Why there is no answer."""

    schema_: Annotated[int, Field(alias="schema")] = 1
    error: Told


class FoundHit(BaseModel):
    """A hit of a search: a hồ sơ (kind "file") or a document of one."""

    id: str
    aip: str
    document: str | None
    file: str | None
    title: str
    snippet: str
    page: int | None
    kind: str
    file_title: str
    number: str
    issued: str | None
    organ: str
    agency: str
    fonds: str
    why: list[str]


class FoundPage(BaseModel):
    """A page of hits with the facets of all of them, as (value, count)."""

    total: int
    seconds: float
    facets: dict[str, list[tuple[str, int]]]
    hits: list[FoundHit]
    approximate: bool
    labels: dict[str, dict[str, str]]
    reading: list[tuple[str, str]]


class DocumentTold(BaseModel):
    """A document: its description and its file."""

    id: str
    record: str
    order: int
    title: str
    number: str
    date: str
    fields: dict[str, str]
    pages: int | None
    mime: str | None
    size: int
    sha256: str
    address: str


class RecordTold(BaseModel):
    """A hồ sơ: its description, its place and its documents."""

    id: str
    title: str
    agency: str
    fonds: str
    fields: dict[str, str]
    mode: str
    published: bool
    version: str
    address: str
    documents: list[DocumentTold]


Facet = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(FACETS)})=", max_length=asking.LONGEST_VALUE)]
_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Refusal} for status in (400, 401, 403, 404, 429, 503)
}


def api_error(status: int, name: str, error: KhoError | None) -> Response:
    """An error as programs read it. Only what the caller did wrong is told in its own words."""
    texts = catalogue()["errors"][name]
    said = error.as_json()["error"] if error is not None and status == 400 else {"code": name, **texts}
    content = {"schema": 1, "error": said}
    return JSONResponse(content, status, {"Cache-Control": "no-store"})


def api_router(portal: Portal) -> APIRouter:
    """The routes over the portal's doors."""
    router = APIRouter(prefix=API.rstrip("/"), responses=_ERRORS)

    @router.get("/search", response_model=FoundPage)
    def search(
        request: Request,
        q: Annotated[str, Query(max_length=asking.LONGEST_QUERY)] = "",
        facet: Annotated[list[Facet], Query(max_length=asking.MOST_VALUES)] = [],  # noqa: B006
        sort: Annotated[Literal["relevance", "newest", "oldest", "title"], Query()] = "relevance",
        limit: Annotated[int, Query(ge=0, le=LARGEST_PAGE)] = 20,
        offset: Annotated[int, Query(ge=0, le=LAST_HIT)] = 0,
    ) -> dict[str, Any]:
        """A page of hits."""
        filters = _filters(facet)
        found = portal.doors(request, "search").search(
            q, filters=filters, limit=limit, offset=offset, sort=sort
        )
        return found.as_json()

    @router.get("/records/{id}", response_model=RecordTold)
    def record(request: Request, id: str) -> dict[str, Any]:
        """A hồ sơ."""
        records, wanted = portal.doors(request, "read").records, record_id(id)
        found = records.record(wanted) if wanted else None
        if found is None:
            raise HTTPException(404)
        portal.note(request, found, None)
        return _record(found, [_document(each) for each in records.documents(found.id)])

    @router.get("/documents/{id}", response_model=DocumentTold)
    def document(request: Request, id: str) -> dict[str, Any]:
        """A document of a hồ sơ."""
        records, wanted = portal.doors(request, "read").records, document_id(id)
        found = records.document(wanted) if wanted else None
        holder = records.record(found.aip) if found else None
        if found is None or holder is None:
            raise HTTPException(404)
        portal.note(request, holder, found)
        return _document(found)

    return router


def _filters(facets: list[str]) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    for facet in facets:
        name, _mark, value = facet.partition("=")
        chosen[name] = (*chosen.get(name, ()), value)
    return chosen


def _record(row: AipRow, documents: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id, "title": row.fields.get("title") or row.key, "agency": row.agency_name,
        "fonds": row.fonds_name, "fields": dict(row.fields), "mode": row.mode, "published": row.published,
        "version": row.version, "address": f"/hoso/{address_of(row.id)}", "documents": documents,
    }  # fmt: skip


def _document(row: DocumentRow) -> dict[str, Any]:
    return {
        "id": row.id, "record": row.aip, "order": row.ordinal, "title": telling.title_of(row),
        "number": telling.number_of(row), "date": telling.date_of(row), "fields": dict(row.fields),
        "pages": row.pages, "mime": row.mime, "size": row.size, "sha256": row.sha256,
        "address": f"/vanban/{address_of(row.id)}",
    }  # fmt: skip
