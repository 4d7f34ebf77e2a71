"""What an audit found, and how far the promise is kept: documents for people and programs."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import psycopg

from fixity.schedule import Promise
from preservation.audit import Run, Scope
from repository import catalogue
from repository.queries import sql

_NOT_REACHED = "time-or-byte-budget"
_STRAYS = "not-looked-for-strays"
# A set that was taken away on purpose, and a budget that was given, are no surprise; anything else unread is one.
_FORESEEN = (_NOT_REACHED, _STRAYS, "away")


def document(connection: psycopg.Connection, run: Run, scope: Scope, promise: Promise, locations: Iterable[str],
             expected_away: Iterable[str] = ()) -> dict[str, Any]:  # fmt: skip
    """The contract's shape: checked, bytes, damaged, missing, stray, skipped, promise; `seconds` is the caller's."""
    totals = next(iter(catalogue.as_dicts(connection, "audit_totals", run=run.id)))
    found: dict[str, list[dict[str, Any]]] = {"damaged": [], "missing": [], "stray": []}
    skipped = [_away(connection, name, run.away[name], name in expected_away) for name in sorted(run.away)]
    seen: set[tuple[Any, ...]] = set()
    for row in catalogue.as_dicts(connection, "audit_not_good", run=run.id):
        if row["outcome"] == "skipped":
            skipped.append({"aip": row["object"], "location": row["location"], "reason": row["reason"]})
        for fault in row["faults"]:
            line = _line(row, fault)
            key = tuple(line.values())
            if key not in seen:
                seen.add(key)
                found[fault["what"]].append(line)
    for lines in found.values():
        lines.sort(key=lambda line: (line["location"], line["aip"] or "~", line["path"]))
    skipped += _not_reached(connection, run, scope, [n for n in locations if n not in run.away])
    kept = kept_promise(connection, promise, catalogue.now())
    connection.commit()
    return {"schema": 1, "run": str(run.id), "resumed": run.resumed, "checked": totals["checked"], "files": totals["files"],
            "bytes": totals["bytes"], **found, "skipped": skipped, **kept}  # fmt: skip


def is_good(report: Mapping[str, Any]) -> bool:
    """Whether nothing is wrong and nothing went unread but what was to."""
    surprise = [s for s in report["skipped"] if s["reason"] not in _FORESEEN and not s.get("away")]
    return not (report["damaged"] or report["missing"] or report["stray"] or surprise)


def _line(row: Mapping[str, Any], fault: Mapping[str, str]) -> dict[str, Any]:
    return {"aip": row["object"] or None, "location": row["location"], "path": fault["path"], "kind": fault["kind"],
            "code": fault["code"]}  # fmt: skip


def _away(connection: psycopg.Connection, name: str, reason: str, foreseen: bool) -> dict[str, Any]:
    count = catalogue.value(connection, "audit_counted", location=name)
    return {"location": name, "objects": count, "reason": reason, "away": foreseen}


def _not_reached(
    connection: psycopg.Connection, run: Run, scope: Scope, locations: list[str]
) -> list[dict[str, Any]]:
    older = run.started_at - scope.max_age if scope.max_age else None
    window = {"locations": locations, "run": run.id, "older": older, "now": catalogue.now()}
    left = [{**row, "reason": _NOT_REACHED} for row in catalogue.as_dicts(connection, "audit_left", **window)]
    if run.unfinished:
        left += [{"location": name, "reason": _STRAYS} for name in locations]
    return left


def kept_promise(connection: psycopg.Connection, promise: Promise, now: datetime) -> dict[str, Any]:
    """`promise` in English words, `promise_days` and `promise_percent` for whoever words it."""
    since = now - timedelta(days=promise.days)
    connection.execute(sql("report_memory"))
    row = connection.execute(sql("audit_promise"), {"since": since, "now": now}).fetchone()
    read, held = row if row else (0, 0)
    percent = promise.percent(int(read), int(held))
    return {
        "promise": f"every byte of every copy within {promise.days} days; now at {percent} %",
        "promise_days": promise.days, "promise_percent": percent,
    }  # fmt: skip


def standing(connection: psycopg.Connection, promise: Promise, *, runs: int) -> dict[str, Any]:
    """What is known now: by location, every copy that is bad, the last runs."""
    now = catalogue.now()
    since = now - timedelta(days=promise.days)
    connection.execute(sql("report_memory"))
    locations = list(catalogue.as_dicts(connection, "audit_by_location", since=since, now=now))
    found: dict[str, list[dict[str, Any]]] = {"damaged": [], "missing": [], "stray": []}
    for row in catalogue.as_dicts(connection, "audit_bad_copies", location=None):
        for fault in row["faults"]:
            found[fault["what"]].append({**_line(row, fault), "since": row["time"]})
    kept = kept_promise(connection, promise, now)
    last = list(catalogue.as_dicts(connection, "audit_runs", limit=runs))
    connection.commit()
    return {"schema": 1, "time": now, **kept, "locations": locations, **found, "runs": last}


def history(connection: psycopg.Connection, object_id: str) -> list[dict[str, Any]]:
    """Every check of an object's copies, oldest first."""
    found = list(catalogue.as_dicts(connection, "audit_history", object=object_id))
    connection.commit()
    return found
