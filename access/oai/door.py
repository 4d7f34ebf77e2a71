"""OAI-PMH over HTTP: GET and POST at one address, gzip, and "come back later" where there is too much to do."""

import datetime as dt
import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import parse_qsl

import psycopg
from psycopg_pool import ConnectionPool
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from access.oai.verbs import Verbs
from access.portal.bearer import bearer
from access.rights import today
from repository import catalogue, keys
from standards import oai
from standards.xml import schema_path

XML: Final = "text/xml; charset=utf-8"
LONGEST_REQUEST: Final = 8192  # bytes of a form
RETRY_SECONDS: Final = 10
_FORM: Final = "application/x-www-form-urlencoded"
_SMALL: Final = 500


class OaiDoor:
    """The door over a pool of connections. At most `places` requests are worked on; the next is asked to come later.

    Without a key it tells of what is public; with one of the scope `harvest`, of what its account's posts cover.
    """

    def __init__(
        self, pool: ConnectionPool[psycopg.Connection], key: Callable[[], str], email: str, *, places: int = 4
    ) -> None:
        self._pool, self._key, self._email = pool, key, email
        self._places = threading.Semaphore(places)

    async def __call__(self, request: Request) -> Response:
        """/oai: an answer of the protocol, whatever was asked; 503 with Retry-After where it must wait."""
        pairs = await _pairs(request)
        return await run_in_threadpool(self._answer, request, pairs)

    def tt05_schema(self, request: Request) -> Response:
        """/oai/tt05.xsd: the schema of the format tt05."""
        return Response(schema_path("oai_tt05.xsd").read_bytes(), media_type="application/xml")

    def _answer(self, request: Request, pairs: list[tuple[str, str]]) -> Response:
        if not self._places.acquire(blocking=False):
            return _later()
        try:
            with self._reading() as connection:
                if connection is None:
                    return _later()
                who = _harvester(connection, request)
                content = self._content(connection, str(request.base_url).rstrip("/"), pairs, who)
        finally:
            self._places.release()
        return _packed(request, content)

    @contextmanager
    def _reading(self) -> Iterator[psycopg.Connection | None]:
        """A connection within one transaction that no stamp is written beside; None where one is being written."""
        with self._pool.connection() as connection, connection.transaction():
            yield connection if catalogue.value(connection, "try_read_oai") else None

    def _content(
        self, connection: psycopg.Connection, site: str, pairs: list[tuple[str, str]], who: str | None
    ) -> bytes:
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        verbs = Verbs(connection, site, self._key(), self._email, now, who)
        asked: dict[str, str] = {}
        try:
            asked = oai.read_request(pairs)
            body = verbs.body(asked)
        except oai.Fault as fault:
            body = oai.fault_body(fault)
            if fault.code in ("badVerb", "badArgument"):
                asked = {}
        return oai.answer(verbs.base, asked, now, body)


def _harvester(connection: psycopg.Connection, request: Request) -> str | None:
    """The account of the request's key; None where it has none. A key that does not hold is refused (401, 403)."""
    secret = bearer(request)
    if secret is None:
        return None
    found = keys.key_of(connection, secret, today())
    if found is None:
        raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="kho", error="invalid_token"'})
    if "harvest" not in found.scopes:
        raise HTTPException(403)
    return found.account


async def _pairs(request: Request) -> list[tuple[str, str]]:
    if request.method != "POST":
        return list(request.query_params.multi_items())
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(400)
    content = b""
    async for block in request.stream():
        content += block
        if len(content) > LONGEST_REQUEST:
            raise HTTPException(400)
    try:
        return parse_qsl(content.decode("ascii"), keep_blank_values=True, errors="replace", max_num_fields=50)
    except ValueError as error:
        raise HTTPException(400) from error


def _later() -> Response:
    return PlainTextResponse("503", 503, {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"})


def _packed(request: Request, content: bytes) -> Response:
    headers = {"Vary": "Accept-Encoding, Authorization", "Cache-Control": "no-store"}
    accepted = [part.partition(";") for part in request.headers.get("accept-encoding", "").lower().split(",")]
    wanted = any(
        name.strip() == "gzip" and q.replace(" ", "") not in ("q=0", "q=0.0") for name, _, q in accepted
    )
    if wanted and len(content) > _SMALL:
        content = gzip.compress(content, compresslevel=5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=XML, headers=headers)
