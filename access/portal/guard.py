"""What holds for every answer of the portal: known hosts only, security headers, no stack trace."""

import logging
import os
from collections.abc import Callable, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from standards.errors import KhoError

LOG = logging.getLogger("kho.portal")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ErrorPage = Callable[[Scope, int, KhoError | None], Response]


def host_of(header: str) -> str:
    """The name of a Host header without its port, in lower case."""
    name = header.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0].rstrip(".")


class Guard:
    """The outermost layer. A page that fails is answered with the error page and told to the log."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], error_page: ErrorPage) -> None:
        self.app = app
        self.hosts = {host.lower() for host in (*LOOPBACK, *hosts)}
        self.error_page = error_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI; everything but HTTP (lifespan) goes through as it is."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send, secure=scope["scheme"] == "https")
        if host_of(Headers(scope=scope).get("host", "")) not in self.hosts:
            await self.error_page(scope, 400, None)(scope, receive, answer)
            return
        try:
            await self.app(scope, receive, answer)
        except Exception as error:
            _report(error)
            if answer.begun:
                raise
            known = error if isinstance(error, KhoError) else None
            await self.error_page(scope, 503 if known else 500, known)(scope, receive, answer)


class _Answer:
    """The way out: adds the headers, and remembers whether the answer has begun."""

    def __init__(self, send: Send, *, secure: bool) -> None:
        self.send, self.secure, self.begun = send, secure, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if self.secure:
                headers["Strict-Transport-Security"] = "max-age=31536000"
            headers.setdefault("Cache-Control", "no-cache")
        await self.send(message)


def _report(error: Exception) -> None:
    """To the operator's log: what failed; the trace only where KHO_DEBUG asks for it."""
    debug = os.environ.get("KHO_DEBUG") == "1"
    LOG.error("%s: %s", type(error).__name__, error, exc_info=error if debug else None)
