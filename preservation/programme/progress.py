"""How far the programme is: targets against what is stored, being checked, waiting, refused and late; by whatever people ask."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from preservation.bodies.codes import block_of_code, known_block
from preservation.bodies.days import today
from repository import programme_rows as rows
from repository.bodies import Bodies, read_bodies
from repository.decisions import HANOI

BY: Final = ("body", "block", "level", "superior", "phase", "week")
_COUNTS: Final = ("target", "files", "documents", "pages", "bytes", "checking", "waiting", "refused", "late")


@dataclass(slots=True)
class Line:
    """A line of the report. `target` and `files` are hồ sơ; `checking`, `waiting` (for a person) and `refused` packages;
    `late` hồ sơ of targets whose day is past; `due` the nearest day of a target that is not reached."""

    key: str
    name: str
    target: int = 0
    files: int = 0
    documents: int = 0
    pages: int = 0
    bytes: int = 0
    checking: int = 0
    waiting: int = 0
    refused: int = 0
    late: int = 0
    due: dt.date | None = None

    @property
    def share(self) -> float | None:
        """Hồ sơ stored of those wanted, in percent; None where nobody set a target. More than 100 is possible."""
        return round(100 * self.files / self.target, 1) if self.target else None

    def add(self, other: "Line") -> None:
        """Count another line in."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        days = [d for d in (self.due, other.due) if d]
        self.due = min(days) if days else None


@dataclass(frozen=True, slots=True)
class Report:
    """The lines by what was asked, and their sum."""

    on: dt.date
    by: str
    lines: list[Line] = field(default_factory=list)
    total: Line = field(default_factory=lambda: Line("", ""))


def report(
    connection: psycopg.Connection, *, by: str = "body", on: dt.date | None = None, phase: str | None = None
) -> Report:
    """The state of the programme at the end of a day (packages on their way: as they are now).

    With `phase`, or by phase, only bodies with a target in it count; what a body stored counts for its earliest targets first.
    """
    day = on or today()
    until = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), HANOI)
    bodies = read_bodies(connection)
    stored, way, wanted = rows.done(connection, until), rows.on_the_way(connection), rows.targets(connection)
    connection.commit()
    if by == "week":
        made = _summed((str(d.week), f"{d.week:%d/%m/%Y}", _done_line(d)) for d in stored)
    else:
        parts = _by_target(stored, way, wanted, day)
        parts = [p for p in parts if phase in (None, p[0])]
        made = _summed((*_group(bodies, by, day)(p[0], p[1]), p[2]) for p in parts)
    result = Report(day, by, made)
    for line in made:
        result.total.add(line)
    return result


def _done_line(d: rows.DoneRow) -> Line:
    return Line("", "", files=d.files, documents=d.documents, pages=d.pages, bytes=d.bytes)


def _by_target(
    stored: Iterable[rows.DoneRow],
    way: Mapping[str, rows.OnTheWayRow],
    wanted: Iterable[rows.TargetRow],
    day: dt.date,
) -> list[tuple[str, str, Line]]:
    """(phase, body, counts): a body's hồ sơ fill its targets in the order of their days; what is left has no phase, or
    belongs to the last target."""
    have: dict[str, Line] = {}
    for d in stored:
        have.setdefault(d.agency, Line("", "")).add(_done_line(d))
    for agency, w in way.items():
        line = have.setdefault(agency, Line("", ""))
        line.checking, line.waiting, line.refused = w.checking, w.waiting, w.refused
    targets: dict[str, list[rows.TargetRow]] = {}
    for t in sorted(wanted, key=lambda t: (t.due or dt.date.max, t.phase)):
        targets.setdefault(t.agency, []).append(t)
    parts = []
    for agency in sorted({*have, *targets}):
        left = have.get(agency, Line("", ""))
        own = targets.get(agency, [])
        for n, t in enumerate(own):
            part = left if n == len(own) - 1 or left.files <= t.files else _part(left, t.files)
            left = Line("", "") if part is left else left
            missing = max(0, t.files - part.files)
            part.target, part.due = t.files, t.due if missing else None
            part.late = missing if t.due and day > t.due else 0
            parts.append((t.phase, agency, part))
        if not own:
            parts.append(("", agency, left))
    return parts


def _part(whole: Line, files: int) -> Line:
    """So many hồ sơ out of a line, with their share of the documents, pages and bytes."""
    taken = Line("", "", files=files)
    for name in ("documents", "pages", "bytes"):
        setattr(taken, name, getattr(whole, name) * files // whole.files)
    for name in ("files", "documents", "pages", "bytes"):
        setattr(whole, name, getattr(whole, name) - getattr(taken, name))
    return taken


def _group(bodies: Bodies, by: str, day: dt.date) -> Callable[[str, str], tuple[str, str]]:
    def name(code: str) -> str:
        return bodies.name(code, day) if code in bodies.rows else code or "—"

    def of(phase: str, agency: str) -> tuple[str, str]:
        known = agency in bodies.rows
        if by == "phase":
            return phase, phase or "—"
        if by == "block":
            block = known_block(bodies.rows[agency].block or "") if known else ""
            block = block or block_of_code(agency)
            return block, block or "—"
        if by == "level":
            level = (bodies.of(agency, "level", day) or bodies.rows[agency].level or "") if known else ""
            return level, level or "—"
        if by == "superior":
            above = bodies.of(agency, "superior", day) if known else ""
            return above, name(above)
        return agency, name(agency)

    return of


def _summed(parts: Iterable[tuple[str, str, Line]]) -> list[Line]:
    found: dict[str, Line] = {}
    for key, name, line in parts:
        found.setdefault(key, Line(key, name)).add(line)
    return sorted(found.values(), key=lambda each: each.key)


def line_json(line: Line) -> dict[str, Any]:
    """A line as JSON."""
    return {"key": line.key, "name": line.name, **{n: getattr(line, n) for n in _COUNTS}, "share": line.share,
            "due": line.due and line.due.isoformat()}  # fmt: skip
