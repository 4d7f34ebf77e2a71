"""The audit from the doors' side: which locations there are, and how each is opened."""

import time
from collections.abc import Callable
from typing import Any

import psycopg

from fixity.schedule import Budget, Promise
from fixity.throttle import Throttle
from preservation import audit_report
from preservation.audit import Limits, Progress, Scope, audit
from repository import locations
from repository.config import Settings
from repository.opening import Opened
from repository.store import Store


def promise_of(settings: Settings) -> Promise:
    """What this installation promises (KHO_AUDIT_DAYS, KHO_AUDIT_DEEP_DAYS)."""
    return Promise(settings.audit_days, settings.audit_deep_days)


def run(
    settings: Settings,
    opened: Opened,
    scope: Scope,
    *,
    max_seconds: float | None = None,
    max_bytes: int | None = None,
    rate: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Audit what `scope` names; the document of the contract. Raises NoSuchLocation, UsageError."""
    began = time.monotonic()
    until = began + max_seconds if max_seconds is not None else None
    limits = Limits(Budget(until, max_bytes), Throttle(rate) if rate else None)
    with opened.connect() as connection:
        places = _places(connection, scope.location)
        stores = {place.name: _opener(opened, place) for place in places}
        connection.commit()
        done = audit(connection, stores, scope, limits, promise_of(settings), progress)
        away = [place.name for place in places if place.state == locations.AWAY]
        report = audit_report.document(
            connection, done, scope, promise_of(settings), [place.name for place in places], away
        )
    return {**report, "seconds": round(time.monotonic() - began, 3)}


def openers(connection: psycopg.Connection, opened: Opened) -> dict[str, Callable[[], Store]]:
    """What opens each location."""
    places = locations.locations(connection)
    connection.commit()
    return {place.name: _opener(opened, place) for place in places}


def _places(connection: psycopg.Connection, wanted: str | None) -> list[locations.Location]:
    if wanted:
        return [locations.location(connection, wanted)]
    return locations.locations(connection)


def _opener(opened: Opened, place: locations.Location) -> Callable[[], Store]:
    return lambda: locations.open_location(opened.home, place)
