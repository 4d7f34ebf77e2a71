"""The row of a publication decision."""

import psycopg

from repository import catalogue
from repository.decisions import Decision, time_of


def restore_publication(connection: psycopg.Connection, decision: Decision) -> None:
    """A fonds may be seen by the public; the index follows."""
    agency, fonds = decision["agency"], decision["fonds"]
    catalogue.do(connection, "new_publication", id=decision["id"], agency=agency, fonds=fonds,
                 basis=decision["basis"], decided_by=decision["decided_by"], decided_at=time_of(decision))  # fmt: skip
    catalogue.do(connection, "aip_needs_index", agency=agency, fonds=fonds)
