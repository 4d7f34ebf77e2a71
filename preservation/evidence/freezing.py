"""A report that is made once: the object `urn:kho:evidence:<first>:<last>` of the store, with all its files."""

from collections.abc import Mapping
from typing import Final

import psycopg

from preservation.evidence.facts import Period
from repository import catalogue
from repository.administrative import PREFIX, put_record
from repository.decisions import HANOI
from repository.packages import AipId
from repository.store import NoSuchObject, Store
from standards.package_tree import read_bytes

EVIDENCE: Final = f"{PREFIX}evidence:"


def object_of(period: Period) -> AipId:
    """The id of the object that keeps the report of a period."""
    return AipId(f"{EVIDENCE}{period.first}:{period.last}")


def frozen(store: Store, period: Period) -> dict[str, bytes] | None:
    """The files of the report as it was frozen last; None where none was."""
    try:
        tree = store.tree(object_of(period))
    except NoSuchObject:
        return None
    return {path: read_bytes(tree, path) for path in tree.paths()}


def freeze(connection: psycopg.Connection, store: Store, period: Period, files: Mapping[str, bytes]) -> str:
    """Keep the report in the store; the version. A later one of the same period is its next version. Commits."""
    time = catalogue.now().astimezone(HANOI).isoformat(timespec="milliseconds")
    version = put_record(connection, store, object_of(period), files, message="Báo cáo bằng chứng / evidence report",
                         created=time)  # fmt: skip
    connection.commit()
    return version
