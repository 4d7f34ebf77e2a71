"""How the copies stand: what each location holds and lacks, when its next check falls due, which packages have too few."""

from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from repository import catalogue, locations
from repository.config import Settings
from repository.locations import OFFLINE, Location

_SHOWN: Final = 20


def copy_status(connection: psycopg.Connection, settings: Settings) -> dict[str, Any]:
    """`{"below_policy": N, "packages": [the poorest], "locations": [...]}`: of what must be copied, what is not."""
    poor = list(catalogue.as_dicts(connection, "packages_below_policy"))
    places = [location_status(connection, place, settings) for place in locations.locations(connection)]
    return {"below_policy": len(poor), "packages": poor[:_SHOWN], "locations": places}


def location_status(connection: psycopg.Connection, place: Location, settings: Settings) -> dict[str, Any]:
    """A location with what is known of its copies: how many, how many it lacks or has older, when it is to be checked."""
    counted = next(iter(catalogue.as_dicts(connection, "copies_of_location", name=place.name)))
    oldest = counted["oldest_check"]
    due = _due(place, counted["objects"], counted["never_checked"], oldest, settings)
    return {"name": place.name, "url": place.url, "kind": place.kind, "role": place.role, "state": place.state,
            "label": place.label, "objects": counted["objects"], "behind": counted["behind"],
            "never_checked": counted["never_checked"], "oldest_check": oldest.isoformat() if oldest else None,
            "check_due": due.isoformat() if due else None, "overdue": due is not None and due <= catalogue.now()}  # fmt: skip


def _due(
    place: Location, objects: int, never: int, oldest: datetime | None, settings: Settings
) -> datetime | None:
    """When its oldest copy is to be read back again; since when it was added where one never was."""
    if objects == 0:
        return None
    days = settings.offline_days if place.role == OFFLINE else settings.audit_days
    since = place.added_at if never or oldest is None else oldest
    return since + timedelta(days=days)
