"""Offline sets: a location that is written, labelled, taken away, and read back in when its check falls due.

While it is away nothing is asked of it. When it comes back it must be the set that left: what the catalogue knows of it is
compared with what lies there, and what is not there any more is told and forgotten, so that it is copied again.
"""

from dataclasses import dataclass
from typing import Any

import psycopg

from repository import catalogue
from repository.home import Home
from repository.locations import AWAY, OFFLINE, ONLINE, BadLocation, Location, store_at
from repository.packages import AipId
from repository.queries import sql
from standards.errors import KhoError


@dataclass(frozen=True, slots=True)
class Returned:
    """A set that came back: how many objects it holds as known, and which it lacks or has in another version."""

    name: str
    objects: int
    gone: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As the command tells it."""
        return {"location": self.name, "objects": self.objects, "gone": list(self.gone)}


def take_away(connection: psycopg.Connection, place: Location, label: str) -> None:
    """The set leaves, with `label` on its box. The caller commits. Raises BadLocation for one that is no offline set."""
    _must_be_offline(place)
    if not label.strip():
        raise BadLocation(given=place.name, reason="chưa có nhãn (--label) / a label is needed (--label)")
    catalogue.do(connection, "location_state", name=place.name, state=AWAY, label=label.strip())


def bring_back(connection: psycopg.Connection, home: Home, place: Location) -> Returned:
    """The set is attached again: it is looked at, and counts as there. The caller commits.

    Raises NotAStore where the disk is not there or is another one, BadLocation.
    """
    _must_be_offline(place)
    store = store_at(home, place)
    store.check()
    gone: list[str] = []
    known = connection.execute(sql("copies_in"), {"location": place.name}).fetchall()
    for object_id, version in known:
        try:
            found = store.head(AipId(object_id))
        except KhoError:
            found = ""
        if found != f"v{version}":
            gone.append(object_id)
            catalogue.do(connection, "copy_gone", location=place.name, object=object_id)
    catalogue.do(connection, "location_state", name=place.name, state=ONLINE, label=place.label)
    return Returned(place.name, len(known) - len(gone), tuple(gone))


def _must_be_offline(place: Location) -> None:
    if place.role != OFFLINE:
        raise BadLocation(
            given=place.name, reason="không phải bộ lưu trữ rời / it is no offline set (--offline)"
        )
