"""Which copies the account that Kho runs as can destroy, asked of each place itself and not of what was configured.

Where one location at least holds a complete copy out of its reach, no single account of the product can delete every copy.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from repository.home import Home
from repository.locations import AWAY, Location, open_location
from repository.s3_client import Bucket
from repository.store_fs import FileStore
from repository.store_s3 import S3Store
from standards.errors import KhoError

_READ_ONLY: Final = os.ST_RDONLY
Reason = Literal[
    "away", "read-only", "writable", "no-right-to-delete", "may-delete", "overwrites", "not-there"
]


@dataclass(frozen=True, slots=True)
class Separation:
    """Whether a location is `apart`: out of this account's reach; None where it could not be asked."""

    location: str
    apart: bool | None
    reason: Reason

    def as_json(self) -> dict[str, Any]:
        """As the command tells it."""
        return {"location": self.location, "apart": self.apart, "reason": self.reason}


def separation(home: Home, place: Location) -> Separation:
    """Ask a location. Nothing is written and nothing that is there is removed."""
    if place.state == AWAY:
        return Separation(place.name, True, "away")
    try:
        store = open_location(home, place)
        apart, reason = _bucket(store.bucket) if isinstance(store, S3Store) else _folder(store)
    except (KhoError, OSError):
        return Separation(place.name, None, "not-there")
    return Separation(place.name, apart, reason)


def _bucket(bucket: Bucket) -> tuple[bool, Reason]:
    """A key that may not delete still overwrites, unless the bucket keeps what was there before."""
    if bucket.may_delete():
        return False, "may-delete"
    return (True, "no-right-to-delete") if bucket.keeps_versions() else (False, "overwrites")


def _folder(store: object) -> tuple[bool, Reason]:
    root: Path = store.root if isinstance(store, FileStore) else Path()
    read_only = bool(os.statvfs(root).f_flag & _READ_ONLY) or not os.access(root, os.W_OK)
    return (True, "read-only") if read_only else (False, "writable")
