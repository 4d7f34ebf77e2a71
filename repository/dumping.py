"""The whole catalogue as lines that compare: what `kho store dump` prints.

One object a line with its `table`, keys sorted, rows in the order of table and stable key. Normalised, the ids and times
that differ from run to run are left out, so that two runs over the same input give the same lines.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from repository import catalogue

TABLES = (
    "agency",
    "agency_fact",
    "agency_event",
    "copy_policy",
    "fonds",
    "custody",
    "batch",
    "package",
    "aip",
    "aip_version",
    "document",
    "file",
    "event",
    "publication",
    "decision",
    "act",
    "retention_rule",
    "retention_term",
    "retention_event",
    "hold",
    "disposal",
    "disposal_line",
    "tombstone",
    "record_link",
    "spill",
    "handover",
    "handover_line",
    "record_custody",
    "correction",
    "arrangement",
    "register_entry",
    "programme_target",
)

# Made anew at each run: identifiers, times, and what is computed from them.
_GENERATED: Mapping[str, frozenset[str]] = {
    "batch": frozenset({"id", "created_at", "finished_at"}),
    "package": frozenset({"batch", "aip", "finished_at"}),
    "aip": frozenset({"id", "created_at", "stored_at", "bytes"}),
    "aip_version": frozenset({"aip", "stored_at"}),
    "document": frozenset({"id", "aip"}),
    "file": frozenset({"aip"}),
    "event": frozenset({"id", "aip", "batch", "time", "detail"}),
    "publication": frozenset({"id", "decided_at"}),
    "agency_event": frozenset({"id"}),
    "decision": frozenset({"id", "decided_at", "record"}),
    "act": frozenset({"id", "record"}),
    "retention_term": frozenset({"decision", "decided_at"}),
    "retention_event": frozenset({"decision"}),
    "hold": frozenset({"id", "placed_at", "lifted_at"}),
    "disposal": frozenset({"id", "approved_at", "completed_at"}),
    "disposal_line": frozenset({"disposal"}),
    "tombstone": frozenset({"disposal", "decision", "destroyed_at"}),
    "record_link": frozenset({"other", "decision"}),
    "spill": frozenset({"id"}),
    "handover": frozenset({"id", "origin", "listed_at"}),
    "handover_line": frozenset({"handover"}),
    "record_custody": frozenset({"handover"}),
    "correction": frozenset({"decision"}),
    "arrangement": frozenset({"id", "made_at", "undoes", "undone_by"}),
    "programme_target": frozenset({"decision"}),
    "register_entry": frozenset({"id", "parent", "document"}),
}
_WRITTEN_BY_US = ("metadata", "schema")


def dump(connection: psycopg.Connection, *, normalise: bool) -> Iterator[dict[str, Any]]:
    """Every row of every table but jobs, caches and operators' notes."""
    for table in TABLES:
        for row in catalogue.as_dicts(connection, f"dump_{table}"):
            yield {"table": table, **dict(sorted(_plain(table, row, normalise).items()))}


def _plain(table: str, row: dict[str, Any], normalise: bool) -> dict[str, Any]:
    if not normalise:
        return row
    left = {name: v for name, v in row.items() if name not in _GENERATED.get(table, frozenset())}
    if table == "file" and row["role"] in _WRITTEN_BY_US:
        left = {"aip_key": row["aip_key"], "path": row["path"], "role": row["role"]}
    return {name: _without_ids(v) for name, v in left.items() if name not in ("aip", "package")}


def _without_ids(value: Any) -> Any:
    """The findings and accounts of a row speak of AIPs and packages by number: those go too."""
    if isinstance(value, dict):
        return {n: _without_ids(v) for n, v in value.items() if n not in ("aip", "package")}
    if isinstance(value, list):
        return [_without_ids(v) for v in value]
    return value
