"""The table of bodies (CSV): one row for each time in which nothing of a body changed, with what happened at its ends.

Columns: agencyCode, name, khoi, level, superior, code, validFrom, validTo, event, eventDate, successor, legalBasis. A row
with the event `merged_into`, `split_into` or `dissolved` is a body's last; a second row for the same time carries a
second event. `code` is the code in that time, where it is another than agencyCode, by which Kho knows the body for ever.
"""

import csv
import datetime as dt
import io
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from preservation.bodies.codes import BadBlock, BadCode, block, code
from preservation.bodies.days import NoSuchDay, day_or_none
from preservation.bodies.setting import body_event
from repository.bodies import ENDINGS, UNKNOWN, Bodies, fact, no_effects, read_bodies
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.queries import sql
from repository.store import Store
from standards.errors import KhoError
from standards.findings import Finding, Level, finding
from standards.vietnamese import nfc

COLUMNS: Final = ("agencyCode", "name", "khoi", "level", "superior", "code", "validFrom", "validTo", "event", "eventDate",
                  "successor", "legalBasis")  # fmt: skip
EVENTS: Final = ("established", "renamed", "recoded", "reordered", *ENDINGS)
_OF_ROW: Final = {"name": "name", "khoi": "block", "level": "level", "superior": "superior", "code": "code"}


class BadTable(KhoError):
    """A table of bodies that cannot be read at all."""

    code = "bad-agency-table"
    exit_code = 2
    vi = "Không đọc được bảng {path}: {reason}. Cần CSV (UTF-8) có ít nhất các cột agencyCode, name."
    en = (
        "The table {path} cannot be read: {reason}. It must be CSV (UTF-8) with at least agencyCode and name."
    )


@dataclass(frozen=True, slots=True)
class Period:
    """A row that was read: `values` by kind of fact, the event where there is one."""

    agency: str
    values: Mapping[str, str]
    since: dt.date | None
    until: dt.date | None
    event: str
    date: dt.date | None
    others: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read: its periods, and what is wrong with its rows."""

    periods: tuple[Period, ...]
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """Whether nothing in it breaks a rule."""
        return not any(f.level is Level.MUST for f in self.findings)


def read_table(path: Path, bodies: Bodies, holding: frozenset[str]) -> Table:
    """A table of bodies. What is wrong with a row is a finding with its line. Raises BadTable.

    `holding` are the bodies whose records are held: such a body is ended by an act of two persons alone.
    """
    try:
        reader = csv.DictReader(io.StringIO(nfc(path.read_bytes().decode("utf-8-sig"))))
        rows = [{c: (row.get(c) or "").strip() for c in COLUMNS} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadTable(path=path.name, reason=error) from error
    if not {"agencyCode", "name"} <= set(reader.fieldnames or ()):
        raise BadTable(path=path.name, reason=", ".join(reader.fieldnames or ()) or "—")
    periods, found = [], []
    for line, row in enumerate(rows, start=2):
        wrong = list(_wrong(row))
        found += [f.at(cell=f"dòng {line}") for f in wrong]
        if not any(f.level is Level.MUST for f in wrong):
            periods.append(_period(row))
    found += list(_wrong_together(periods, bodies))
    found += [finding("BODY-TABLE-HOLDS", agency=c) for c in _ended_by_table(periods, bodies, holding)]
    return Table(tuple(periods), tuple(found))


def _ended_by_table(periods: list[Period], bodies: Bodies, holding: frozenset[str]) -> list[str]:
    """The bodies with records that the table would end, or end on another day or otherwise than it is recorded."""
    known = {(e.agency, e.type, e.date) for e in bodies.events}
    changed = set()
    for agency, own in _by_agency(periods).items():
        until = own[-1].until
        other_day = until is not None and until != bodies.life(agency)[1]
        new = any(p.event in ENDINGS and (agency, p.event, p.date) not in known for p in own)
        if agency in holding and (other_day or new):
            changed.add(agency)
    return sorted(changed)


def bodies_with_records(connection: psycopg.Connection) -> frozenset[str]:
    """The bodies whose records Kho holds."""
    return frozenset(row[0] for row in connection.execute(sql("agencies_with_records")))


def _wrong(row: Mapping[str, str]) -> Iterator[Finding]:
    for column in (
        "agencyCode",
        "superior",
        "code",
        *(("successor",) if ";" not in row["successor"] else ()),
    ):
        if row[column] or column == "agencyCode":
            try:
                code(row[column])
            except BadCode:
                yield finding("BODY-TABLE-CODE", word=row[column])
    if not row["name"]:
        yield finding("BODY-TABLE-NAME", agency=row["agencyCode"])
    for column in ("validFrom", "validTo", "eventDate"):
        try:
            day_or_none(row[column])
        except NoSuchDay:
            yield finding("BODY-TABLE-DAY", word=row[column])
    try:
        block(row["khoi"])
    except BadBlock:
        yield finding("BODY-TABLE-BLOCK", word=row["khoi"])
    if row["event"] and row["event"] not in EVENTS:
        yield finding("BODY-TABLE-EVENT", word=row["event"], known=", ".join(EVENTS))
    if row["event"] and not row["legalBasis"]:
        yield finding("BODY-TABLE-NO-BASIS", agency=row["agencyCode"])


def _period(row: Mapping[str, str]) -> Period:
    values = {kind: row[column] for column, kind in _OF_ROW.items() if row[column]}
    if "block" in values:
        values["block"] = block(values["block"]) or ""
    since, until = day_or_none(row["validFrom"]), day_or_none(row["validTo"])
    date = day_or_none(row["eventDate"]) or (_after(until) if row["event"] in ENDINGS else since)
    others = tuple(c.strip() for c in row["successor"].split(";") if c.strip())
    return Period(row["agencyCode"], values, since, until, row["event"], date, others, row["legalBasis"])


def _after(day: dt.date | None) -> dt.date | None:
    return day + dt.timedelta(days=1) if day else None


def _wrong_together(periods: list[Period], bodies: Bodies) -> Iterator[Finding]:
    """Times of one body that overlap, bodies that nobody knows, endings without a day."""
    known = {p.agency for p in periods} | set(bodies.rows)
    for agency, own in _by_agency(periods).items():
        times = sorted({(p.since or UNKNOWN, p.until or dt.date.max) for p in own})
        if any(a[1] >= b[0] for a, b in itertools.pairwise(times)) or any(a > b for a, b in times):
            yield finding("BODY-TABLE-DAYS", agency=agency)
        for period in own:
            named = [*period.others, *([period.values["superior"]] if "superior" in period.values else [])]
            for other in named:
                if other not in known:
                    yield finding("BODY-TABLE-OTHER", agency=agency, other=other)
            if period.event and period.date is None:
                yield finding("BODY-TABLE-DAY", word="")


def _by_agency(periods: list[Period] | tuple[Period, ...]) -> dict[str, list[Period]]:
    found: dict[str, list[Period]] = {}
    for period in sorted(periods, key=lambda p: p.since or UNKNOWN):
        found.setdefault(period.agency, []).append(period)
    return found


def import_table(
    connection: psycopg.Connection, store: Store, table: Table, *, by: str, basis: str
) -> dict[str, Any] | None:
    """Record all of a good table as one decision; None where Kho knows all of it already."""
    with deciding(connection, store) as record:
        effects = new_effects(read_bodies(connection), table)
        if not any(effects.values()):
            return None
        about = [{"agency": c} for c in sorted({f["agency"] for f in effects["facts"]})]
        decision = new_decision("bodies", by=by, basis=basis, act="import", effects=effects, about=about)
        record(decision)
    return decision


def new_effects(bodies: Bodies, table: Table) -> dict[str, list[dict[str, Any]]]:
    """What a table says that is not known yet, in the shape of a decision."""
    said = no_effects()
    for agency, periods in _by_agency(table.periods).items():
        since, until = periods[0].since, periods[-1].until
        said["facts"].append(fact(agency, "life", "", since, until))
        for kind in _OF_ROW.values():
            said["facts"] += list(_runs(agency, kind, periods))
        for period in periods:
            for other in (period.others or ("",)) if period.event else ():
                day = period.date or UNKNOWN
                said["events"].append(body_event(period.event, day, agency, other, period.basis))
    known = {_key(f) for facts in bodies.facts.values() for f in map(_as_fact, facts)}
    happened = {str(e.id) for e in bodies.events}
    said["facts"] = [f for f in said["facts"] if _key(f) not in known]
    said["events"] = [e for e in said["events"] if e["id"] not in happened]
    return said


def _as_fact(row: Any) -> dict[str, Any]:
    return fact(row.agency, row.kind, row.value, row.valid_from, row.valid_to)


def _key(one: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(one[name] for name in ("agency", "kind", "value", "from", "to"))


def _runs(agency: str, kind: str, periods: list[Period]) -> Iterator[dict[str, Any]]:
    """Facts of one kind: neighbouring times with the same value are one."""
    run: tuple[str, dt.date | None, dt.date | None] | None = None
    for period in periods:
        value = period.values.get(kind, "")
        if run and run[0] == value and _after(run[2]) in (period.since, None):
            run = (value, run[1], period.until)
        elif not run or (value, period.since, period.until) != run:
            if run and run[0]:
                yield fact(agency, kind, *run)
            run = (value, period.since, period.until)
    if run and run[0]:
        yield fact(agency, kind, *run)


def export_rows(bodies: Bodies) -> Iterator[dict[str, str]]:
    """Every body as rows of the table, in the order of codes and days."""
    for id in sorted(bodies.rows):
        periods = list(_periods(bodies, id))
        for number, (since, until) in enumerate(periods):
            events = _events_of(bodies, id, since, until, last=number == len(periods) - 1)
            for event in events or [{}]:
                yield _row(bodies, id, since, until, event)


def _periods(bodies: Bodies, id: str) -> list[tuple[dt.date, dt.date | None]]:
    """The times in which nothing of a body changes."""
    facts = bodies.facts.get(id, ())
    first, last = bodies.life(id)
    starts = sorted({f.valid_from for f in facts} | {first or UNKNOWN})
    starts = [s for s in starts if s >= (first or UNKNOWN)]
    ends = [*(s - dt.timedelta(days=1) for s in starts[1:]), last]
    return list(zip(starts, ends, strict=True))


def _events_of(
    bodies: Bodies, id: str, since: dt.date, until: dt.date | None, *, last: bool
) -> list[dict[str, str]]:
    """The events that a row tells: what began its time, and what ended the body."""
    mine = [e for e in bodies.events if e.agency == id and e.type in EVENTS]
    begun = [
        e for e in mine if e.type not in ENDINGS and since <= e.date and (until is None or e.date <= until)
    ]
    ended = [e for e in mine if e.type in ENDINGS] if last else []
    told = [
        {"event": e.type, "eventDate": e.date.isoformat(), "successor": e.other, "legalBasis": e.basis}
        for e in begun
    ]
    for type_, date, basis in dict.fromkeys((e.type, e.date, e.basis) for e in ended):
        others = ";".join(
            e.other for e in ended if (e.type, e.date, e.basis) == (type_, date, basis) and e.other
        )
        told.append({"event": type_, "eventDate": date.isoformat(), "successor": others, "legalBasis": basis})
    return told


def _row(
    bodies: Bodies, id: str, since: dt.date, until: dt.date | None, event: Mapping[str, str]
) -> dict[str, str]:
    own = bodies.of(id, "code", since)
    row = {
        "agencyCode": id, "name": bodies.of(id, "name", since) or bodies.name(id, since),
        "khoi": bodies.of(id, "block", since), "level": bodies.of(id, "level", since),
        "superior": bodies.of(id, "superior", since), "code": own if own != id else "",
        "validFrom": "" if since == UNKNOWN else since.isoformat(), "validTo": until.isoformat() if until else "",
        "event": "", "eventDate": "", "successor": "", "legalBasis": "", **event,
    }  # fmt: skip
    return {column: row[column] for column in COLUMNS}


def write_table(rows: Iterator[dict[str, str]], path: Path) -> int:
    """Write rows as CSV (UTF-8 with a byte-order mark, which spreadsheet programs want); their number."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
