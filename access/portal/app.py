"""The portal as an application: its addresses, its error pages, and the guard around all of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from access.portal import routes
from access.portal.api import API, api_error, api_router
from access.portal.desk import RecordsDesk
from access.portal.guard import Guard
from access.portal.limiting import Limiter
from access.portal.page_images import PageImages
from access.portal.pages import page, texts_of
from access.portal.people import BY_PROVIDER, SigningIn
from access.portal.ports import (
    PortalDoors,
    PortalOai,
    PortalPeople,
    PortalProvider,
    PortalRecords,
    PortalRender,
    PortalSearch,
)
from access.portal.viewing import Pictures
from standards.errors import KhoError, UsageError

if TYPE_CHECKING:
    from access.portal_desk import Desk

ERROR_TEXTS = {
    400: "bad_request",
    401: "no_key",
    403: "no_scope",
    404: "not_found",
    405: "method",
    410: "gone",
    429: "too_much",
    500: "failed",
    503: "away",
}


def error_page(request: Request, status: int, error: KhoError | None = None) -> Response:
    """The page of an error in the reader's language. Only what the reader did wrong is told in its own words."""
    status = status if status in ERROR_TEXTS else 400 if status < 500 else 500
    if request.url.path.startswith(API):
        return api_error(status, ERROR_TEXTS[status], error)
    texts, name = texts_of(request), ERROR_TEXTS[status]
    said = error.text(texts.lang) if isinstance(error, UsageError) else texts(f"errors.{name}")
    response = page(request, "error.html", status=status, title=texts(f"errors.{name}_title"), said=said)
    response.headers["Cache-Control"] = "no-store"
    return response


def _guard_page(scope: Scope, status: int, error: KhoError | None) -> Response:
    return error_page(Request(scope), status, error)


def _http_error(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 303 and error.headers:
        return Response(status_code=303, headers={**error.headers, "Cache-Control": "no-store"})
    response = error_page(request, error.status_code if isinstance(error, HTTPException) else 500)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _usage_error(request: Request, error: Exception) -> Response:
    return error_page(request, 400, error if isinstance(error, UsageError) else None)


def _not_understood(request: Request, _error: Exception) -> Response:
    return error_page(request, 400)


def create_app(
    records: PortalRecords,
    search: PortalSearch,
    render: PortalRender,
    oai: PortalOai | None = None,
    people: PortalPeople | None = None,
    provider: PortalProvider | None = None,
    desk: "Desk | None" = None,
    *,
    hosts: Iterable[str] = (),
    limited: bool = False,
) -> FastAPI:
    """The portal over its ports; `records` and `search` are the public's. `hosts` are the names it is called by, beside 127.0.0.1 and localhost; `limited` counts what each client asks for."""
    app = FastAPI(
        title="Kho", docs_url=None, redoc_url=None, openapi_url=f"{API}openapi.json", redirect_slashes=False
    )
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(UsageError, _usage_error)
    app.add_exception_handler(RequestValidationError, _not_understood)
    portal = routes.Portal(PortalDoors(records, search), Pictures(render, PageImages()), people)
    app.state.signing_in = people is not None
    for path, answer in (
        ("/", portal.home),
        ("/search", portal.results),
        ("/xuat.csv", portal.sheet),
        ("/xuat.xlsx", portal.sheet),
        ("/hoso/{id}", portal.record),
        ("/vanban/{id}", portal.document),
        ("/duyet", portal.browse),
        ("/trang/{id}/{n:int}.jpg", portal.page_image),
        ("/manh/{id}/{n:int}/{width:int}/{across:int}_{down:int}.jpg", portal.page_part),
        ("/tep/{id}", portal.original),
        ("/ban-doc/{id}", portal.reading),
        ("/static/{name}", routes.static),
        ("/healthz", routes.health),
    ):
        app.add_route(path, answer, methods=["GET"], include_in_schema=False)
    if people is not None:
        signing = SigningIn(people, provider)
        app.add_route("/dang-nhap", signing.sign_in, methods=["GET", "POST"], include_in_schema=False)
        app.add_route("/dang-xuat", signing.sign_out, methods=["POST"], include_in_schema=False)
        app.add_route("/tai-khoan", signing.account, methods=["GET", "POST"], include_in_schema=False)
        app.add_route("/tim-da-luu", signing.save_search, methods=["POST"], include_in_schema=False)
        app.add_route("/tra-cuu-dinh-danh", signing.look_up, methods=["GET", "POST"], include_in_schema=False)
        app.add_route(BY_PROVIDER, signing.to_provider, methods=["GET"], include_in_schema=False)
        app.add_route(f"{BY_PROVIDER}/ve", signing.from_provider, methods=["GET"], include_in_schema=False)
    app.include_router(api_router(portal))
    if people is not None and desk is not None:
        for path, answer, methods in RecordsDesk(people, desk).routes():
            app.add_route(path, answer, methods=methods, include_in_schema=False)
    if oai is not None:
        app.add_route("/oai", oai.__call__, methods=["GET", "POST"], include_in_schema=False)
        app.add_route("/oai/tt05.xsd", oai.tt05_schema, methods=["GET"], include_in_schema=False)
    if limited:
        app.add_middleware(Limiter, error_page=_guard_page)
    app.add_middleware(Guard, hosts=tuple(hosts), error_page=_guard_page)
    return app
