"""The facts of a period, read in one snapshot of the catalogue. Nothing is judged here."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import metadata
from typing import Any, Final

import psycopg

from repository import catalogue, journal
from repository.decisions import HANOI
from repository.journal_stored import months_stored
from repository.queries import sql
from repository.store import Store
from standards.errors import UsageError
from standards.verapdf import VERSION as VERAPDF

Facts = dict[str, Any]
_LISTS: Final = (
    "locations",
    "copies_of_aips",
    "failures",
    "repairs",
    "formats",
    "pdfa",
    "invalid",
    "tools",
    "events",
)
_ROWS: Final = ("holdings", "checks", "packages", "posts")


class BadPeriod(UsageError):
    """A period that is none."""

    code = "bad-period"
    vi = "Kỳ báo cáo {since} đến {to} không dùng được: ngày cuối phải sau ngày đầu và không ở tương lai."
    en = "The period {since} to {to} cannot be used: its last day comes after the first and not after today."


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included, in Hanoi's time."""

    first: date
    last: date

    @staticmethod
    def of(first: date, last: date) -> "Period":
        """Raises BadPeriod for one that ends before it begins, or in the future."""
        if last < first or last > datetime.now(HANOI).date():
            raise BadPeriod(since=first, to=last)
        return Period(first, last)

    @property
    def bounds(self) -> dict[str, datetime]:
        """`since` and `until` of the queries; the last day is whole."""
        return {
            "since": datetime.combine(self.first, time(), HANOI),
            "until": datetime.combine(self.last + timedelta(days=1), time(), HANOI),
        }


def gather(connection: psycopg.Connection, store: Store, period: Period, days: int) -> Facts:
    """All that the report is made from; the journal is sealed first, so that it covers what is told. Commits.

    `days` is the audit's promise: a copy that was written later than that before the end of the period is not due yet.
    """
    journal.seal(connection)
    connection.commit()
    with connection.transaction():
        connection.execute(sql("evidence_snapshot"))
        connection.execute(sql("report_memory"))
        facts: Facts = {name: _rows(connection, name, period) for name in _LISTS}
        facts |= {name: _rows(connection, name, period)[0] for name in _ROWS}
        facts["below_policy"] = catalogue.value(connection, "evidence_below_policy", **period.bounds)
        facts["notes"] = [row["record"] for row in _rows(connection, "notes", period)]
        due = period.bounds["until"] - timedelta(days=days)
        facts["promise_days"] = days
        facts["unread"] = [
            {**row, "due": row["written_at"] < due} for row in _rows(connection, "unread", period)
        ]
        facts["unread_three_years"] = _not_read_for_three_years(connection, period)
        facts["journal_begun"] = catalogue.value(connection, "evidence_journal_begun")
        rebuilt = connection.execute(sql("evidence_rebuilds")).fetchone()
        facts["rebuilt"] = rebuilt[0] if rebuilt else None
        facts["server"] = connection.info.server_version
    checked = journal.check(connection)
    connection.commit()
    facts["journal"] = {"entries": checked.entries, "waiting": checked.waiting, "head": checked.head, "broken": len(checked.broken),
                        "lost": len(checked.lost), "strange": len(checked.strange)}  # fmt: skip
    facts["journal_months"] = months_stored(store)
    facts["installed"] = {
        "kho": metadata.version("kho"),
        "verapdf": VERAPDF,
        "python": platform.python_version(),
    }
    return facts


def _rows(connection: psycopg.Connection, name: str, period: Period) -> list[dict[str, Any]]:
    return list(catalogue.as_dicts(connection, f"evidence_{name}", **period.bounds))


def _not_read_for_three_years(connection: psycopg.Connection, period: Period) -> int:
    """Primary copies that are older than three years and were not read back within them."""
    since = period.bounds["until"] - timedelta(days=3 * 365 + 1)
    bounds = {**period.bounds, "since": since}
    found = catalogue.as_dicts(connection, "evidence_unread", **bounds)
    return sum(row["location"] == "primary" and row["written_at"] < since for row in found)


def months_of(period: Period, now: date) -> Iterator[str]:
    """The months of the period that are over, like 2026-11 (UTC's and Hanoi's differ by hours, which is left out here)."""
    month = period.first.replace(day=1)
    while month <= period.last:
        following = (month + timedelta(days=32)).replace(day=1)
        if following <= now:
            yield f"{month:%Y-%m}"
        month = following
