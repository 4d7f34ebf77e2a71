"""Links between records: one of them must not be destroyed while the other is still to be kept."""

from collections.abc import Sequence
from typing import Any

import psycopg

from repository.deciding import deciding
from repository.decisions import new_decision
from repository.store import Store


def link(
    connection: psycopg.Connection, store: Store, aip: str, others: Sequence[str], *, by: str, basis: str
) -> dict[str, Any]:
    """Record that a record is linked to others; the decision."""
    with deciding(connection, store) as record:
        decision = new_decision("record-link", by=by, basis=basis, aip=aip, others=list(others),
                                about=[{"aip": each} for each in (aip, *others)])  # fmt: skip
        record(decision)
    return decision
