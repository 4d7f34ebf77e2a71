"""How much one client may ask for: enough for a reader and a program, not for taking the whole house down.

It counts by address (a proxy on this machine tells it in X-Forwarded-For): a key that nobody checked yet would be a way to
begin anew with every request. The counters are this process's own.
"""

import time
from dataclasses import dataclass
from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from access.portal.guard import ErrorPage

# (beginning of the path, method or "", how much): the first that fits counts
RULES: Final = (
    ("/healthz", "", "6000/minute"), ("/static/", "", "1200/minute"), ("/dang-nhap", "POST", "20/minute"),
    ("/dang-nhap/oidc", "", "30/minute"), ("/tai-khoan", "POST", "20/minute"), ("/tra-cuu-dinh-danh", "POST", "30/minute"),
    ("/trang/", "", "1800/minute"), ("/manh/", "", "3600/minute"), ("/xuat.", "", "20/minute"), ("/tep/", "", "300/minute"),
    ("/ban-doc/", "", "300/minute"), ("/oai", "", "1200/minute"), ("/api/", "", "600/minute"), ("/", "", "300/minute"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rule:
    path: str
    method: str
    amount: RateLimitItem

    def fits(self, scope: Scope) -> bool:
        return scope["path"].startswith(self.path) and self.method in ("", scope["method"])


class Limiter:
    """A layer that answers 429 with Retry-After where a client asks for too much."""

    def __init__(
        self, app: ASGIApp, *, error_page: ErrorPage, rules: tuple[tuple[str, str, str], ...] = RULES
    ) -> None:
        self.app, self.error_page = app, error_page
        self._rules = [_Rule(path, method, parse(amount)) for path, method, amount in rules]
        self._counted = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI; everything but HTTP goes through as it is."""
        if scope["type"] == "http":
            rule = next((rule for rule in self._rules if rule.fits(scope)), None)
            who = scope["client"][0] if scope.get("client") else "?"
            if rule is not None and not self._counted.hit(rule.amount, rule.path, who):
                until = self._counted.get_window_stats(rule.amount, rule.path, who).reset_time
                response = self.error_page(scope, 429, None)
                response.headers["Retry-After"] = str(max(1, round(until - time.time())))
                await response(scope, receive, send)
                return
        await self.app(scope, receive, send)
