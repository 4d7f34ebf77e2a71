"""Retention schedules (bảng thời hạn bảo quản): read from a table, recorded as a decision, in force for a time.

Columns: code, group, title, subcase, kind, years, trigger, maintenance, disposition, legal_basis, legal_status, evidence,
and, where they are known, valid_from, valid_to, block, level (several joined by `;`). `legal_status` is `in_force`, or
`superseded` with the day (`superseded-2023-02-15`); a word after `in_force` says when that was seen.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import psycopg

from preservation.bodies.codes import block
from preservation.bodies.days import before, day, day_or_none
from preservation.retention.terms import AFTER_EVENT, KINDS, YEARS, Term
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.retention_rows import RuleRow
from repository.store import Store
from standards.errors import KhoError
from standards.findings import Finding, finding
from standards.vietnamese import nfc

COLUMNS: Final = ("code", "group", "title", "subcase", "kind", "years", "trigger", "maintenance", "disposition",
                  "legal_basis", "legal_status", "evidence", "valid_from", "valid_to", "block", "level")  # fmt: skip
_NEEDED: Final = {"code", "title", "kind", "legal_basis", "legal_status"}
_STATUS: Final = re.compile(r"(in_force|superseded)(?:[-_](\d{4}(?:-\d{2}-\d{2})?))?")


class BadSchedule(KhoError):
    """A table that is no schedule."""

    code = "bad-schedule"
    exit_code = 2
    vi = "Không đọc được bảng thời hạn {path}: {reason}. Cần CSV (UTF-8) có các cột: {columns}."
    en = "The schedule {path} cannot be read: {reason}. It must be CSV (UTF-8) with the columns: {columns}."


class ScheduleRefused(KhoError):
    """A schedule with wrong rows."""

    code = "schedule-refused"
    exit_code = 3
    vi = "Bảng thời hạn có dòng sai nên không ghi gì: {reason}"
    en = "The schedule has wrong rows; nothing was recorded: {reason_en}"


def read_schedule(path: Path) -> tuple[list[dict[str, Any]], list[Finding]]:
    """The rules of a table, and what is wrong with its rows. Raises BadSchedule."""
    try:
        reader = csv.DictReader(io.StringIO(nfc(path.read_bytes().decode("utf-8-sig"))))
        rows = [{c: (row.get(c) or "").strip() for c in COLUMNS} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadSchedule(path=path.name, reason=error, columns=", ".join(COLUMNS)) from error
    if missing := _NEEDED - set(reader.fieldnames or ()):
        raise BadSchedule(
            path=path.name, reason=", ".join(sorted(missing)) + ": —", columns=", ".join(COLUMNS)
        )
    rules, found, seen = [], [], set()
    for line, row in enumerate(rows, start=2):
        try:
            rules.append(_rule(row))
        except (ValueError, KhoError) as error:
            found.append(
                finding("RET-RULE", cell=f"dòng {line}", rule=row["code"] or "—", reason=_words(error))
            )
        if row["code"] in seen:
            found.append(finding("RET-RULE-TWICE", cell=f"dòng {line}", rule=row["code"]))
        seen.add(row["code"])
    return rules, found


def _words(error: Exception) -> str:
    return error.text("vi") if isinstance(error, KhoError) else str(error)


def _rule(row: Mapping[str, str]) -> dict[str, Any]:
    """A row as the decision keeps it. Raises ValueError, NoSuchDay, BadBlock."""
    years = int(row["years"]) if row["years"] else None
    if not (row["code"] and row["title"] and row["legal_basis"]):
        raise ValueError("code, title, legal_basis: —")
    if row["kind"] not in KINDS:
        raise ValueError(f"kind: {row['kind'] or '—'} ({', '.join(KINDS)})")
    if (row["kind"] in (YEARS, AFTER_EVENT)) != (years is not None):
        raise ValueError(f"years: {row['years'] or '—'} ({row['kind']})")
    Term(row["kind"], years)
    status = _STATUS.fullmatch(row["legal_status"])
    if status is None:
        raise ValueError(f"legal_status: {row['legal_status'] or '—'}")
    until = day_or_none(row["valid_to"])
    if status[1] == "superseded" and until is None and status[2]:
        until = before(day(status[2])) if "-" in status[2] else dt.date(int(status[2]) - 1, 12, 31)
    since = day_or_none(row["valid_from"])
    kept = {name: row[name] for name in ("code", "title", "group", "subcase", "kind", "trigger", "maintenance",
                                         "disposition", "legal_basis", "evidence")}  # fmt: skip
    return {
        **kept, "years": years, "status": status[1], "valid_from": since and since.isoformat(),
        "valid_to": until and until.isoformat(), "blocks": list(_several(row["block"], block)),
        "levels": list(_several(row["level"], str)),
    }  # fmt: skip


def _several(cell: str, read: Any) -> Iterator[str]:
    for part in cell.split(";"):
        if part.strip():
            yield read(part.strip())


def import_schedule(
    connection: psycopg.Connection,
    store: Store,
    name: str,
    rules: list[dict[str, Any]],
    *,
    by: str,
    basis: str,
) -> dict[str, Any]:
    """Record the rules of a schedule; those of the same code in it are replaced, fixed terms stay as they are."""
    with deciding(connection, store) as record:
        decision = new_decision(
            "schedule", by=by, basis=basis, act="import", schedule=name, rules=rules, about=[]
        )
        record(decision)
    return decision


def supersede(
    connection: psycopg.Connection, store: Store, name: str, *, on: dt.date, by: str, basis: str
) -> dict[str, Any]:
    """From a day on a schedule proposes nothing more. What was fixed under it stays."""
    with deciding(connection, store) as record:
        decision = new_decision("schedule", by=by, basis=basis, act="supersede", schedule=name,
                                valid_to=before(on).isoformat(), about=[])  # fmt: skip
        record(decision)
    return decision


def in_force(rule: RuleRow, on: dt.date) -> bool:
    """Whether a rule may propose on a day: its schedule is in force, and the day is one of its days."""
    return (
        rule.status == "in_force"
        and (rule.valid_from is None or rule.valid_from <= on)
        and (rule.valid_to is None or on <= rule.valid_to)
    )
