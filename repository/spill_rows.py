"""The catalogue's rows about spills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from repository import catalogue
from repository.decisions import Decision, time_of


@dataclass(frozen=True, slots=True)
class SpillRow:
    """A spill: reported by one person, purged by another. `packages` have id, batch and ordinal."""

    id: UUID
    aip: str
    status: str
    reported_by: str
    packages: Sequence[Mapping[str, Any]]


def restore_report(connection: psycopg.Connection, decision: Decision) -> None:
    """The record is closed at once."""
    catalogue.do(connection, "new_spill", id=decision["id"], aip=decision["aip"], by=decision["decided_by"])
    catalogue.do(connection, "close_aip", aip=decision["aip"])


def restore_purge(connection: psycopg.Connection, decision: Decision) -> None:
    """The tombstone of a spill: an id, and nothing that tells the content."""
    aip = decision["aip"]
    catalogue.do(connection, "new_tombstone", aip=aip, key=aip, agency="", fonds="", disposal=None,
                 decision=decision["id"], time=time_of(decision))  # fmt: skip
    for query in ("drop_page_texts", "drop_documents", "drop_files", "drop_links", "drop_exports", "drop_versions",
                  "drop_aip", "scrub_register"):  # fmt: skip
        catalogue.do(connection, query, aip=aip)
    for location in decision["awaiting"]:
        catalogue.do(connection, "await_purge", aip=aip, location=location)
    catalogue.do(connection, "spill_ends", id=decision["report"])
