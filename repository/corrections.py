"""Corrections of descriptions in the catalogue: rows made from decisions, and what waits to become a version."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import psycopg

from repository import catalogue
from repository.decisions import Decision
from repository.queries import sql

KIND = "description"


def restore_correction(connection: psycopg.Connection, decision: Decision) -> None:
    """The row of a correction; whether a version holds it is told by the AIP."""
    catalogue.do(connection, "new_correction", decision=decision["id"], aip=decision["aip"])


def waiting(connection: psycopg.Connection, aip: str) -> list[Decision]:
    """The corrections of an AIP that no version holds yet, in their order."""
    return [row[0] for row in connection.execute(sql("corrections_waiting"), {"aip": aip}).fetchall()]


def due(connection: psycopg.Connection) -> list[str]:
    """The AIPs whose corrections may become a version now."""
    return [row[0] for row in connection.execute(sql("corrections_due")).fetchall()]


def applied(connection: psycopg.Connection, aip: str, decisions: Iterable[str]) -> None:
    """The version that is in the store holds these decisions. The caller commits."""
    connection.execute(sql("corrections_applied"), {"aip": aip, "decisions": list(decisions)})


@contextmanager
def alone(connection: psycopg.Connection, aip: str) -> Iterator[None]:
    """While it lasts nobody else makes a version of the AIP out of corrections. The lock falls with the process."""
    connection.commit()
    connection.execute(sql("lock_aip"), {"aip": aip})
    connection.commit()
    try:
        yield
    finally:
        with suppress(psycopg.Error):
            connection.rollback()
            connection.execute(sql("unlock_aip"), {"aip": aip})
            connection.commit()
