"""Phases out of the plan's file, and targets as people set them: a table, recorded as a decision."""

import csv
import datetime as dt
import functools
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

import psycopg

from preservation.bodies.days import NoSuchDay, day_or_none
from repository.bodies import Bodies, read_bodies
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.store import Store
from standards.errors import KhoError
from standards.vietnamese import nfc

PLAN: Final = "Kế hoạch 155/KH-UBND ngày 05/06/2025"
COLUMNS: Final = ("phase", "agencyCode", "files", "documents", "pages", "due")


class BadTargets(KhoError):
    """A table of targets that cannot be taken as it is; nothing of it is."""

    code = "bad-programme-targets"
    exit_code = 2
    vi = "Bảng chỉ tiêu {place}: {reason}. Chưa ghi gì. Các cột: phase, agencyCode, files, documents, pages, due."
    en = "The table of targets, {place}: {reason}. Nothing was recorded. Columns: phase, agencyCode, files, documents, pages, due."


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the plan; `due` is its last day."""

    name: str
    vi: str
    en: str
    due: dt.date


@functools.cache
def phases() -> Mapping[str, Phase]:
    """The phases by name."""
    data = tomllib.loads(
        (resources.files("preservation.programme.plans") / "155.toml").read_text(encoding="utf-8")
    )
    return {p["name"]: Phase(p["name"], p["vi"], p["en"], p["due"]) for p in data["phases"]}


def read_targets(path: Path, bodies: Bodies) -> list[dict[str, Any]]:
    """The targets of a table (CSV, UTF-8). Raises BadTargets for the first row that is wrong."""
    try:
        rows = list(csv.DictReader(io.StringIO(nfc(path.read_text(encoding="utf-8-sig")))))
    except (OSError, ValueError, csv.Error) as error:
        raise BadTargets(place=path.name, reason=error) from error
    if not rows or not {"phase", "agencyCode", "files"} <= set(rows[0]):
        raise BadTargets(place=path.name, reason="phase, agencyCode, files?")
    return [_target(f"{path.name}:{n}", row, bodies) for n, row in enumerate(rows, start=2)]


def _target(place: str, row: Mapping[str, str | None], bodies: Bodies) -> dict[str, Any]:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    agency = bodies.find(said["agencyCode"])
    if said["phase"] not in phases() or agency is None:
        raise BadTargets(place=place, reason=f"{said['phase']} {said['agencyCode']}")
    numbers = {}
    for name in ("files", "documents", "pages"):
        if (said[name] and not said[name].isdigit()) or (name == "files" and not said[name]):
            raise BadTargets(place=place, reason=f"{name}: {said[name] or '—'}")
        numbers[name] = int(said[name]) if said[name] else None
    try:
        due = day_or_none(said["due"]) or phases()[said["phase"]].due
    except NoSuchDay as error:
        raise BadTargets(place=place, reason=said["due"]) from error
    return {"phase": said["phase"], "agency": agency, **numbers, "due": due.isoformat()}


def set_targets(
    connection: psycopg.Connection, store: Store, path: Path, *, by: str, basis: str
) -> dict[str, Any]:
    """Record the targets of a table; the decision. Raises BadTargets."""
    with deciding(connection, store) as record:
        found = read_targets(path, read_bodies(connection))
        decision = new_decision("programme-targets", by=by, basis=basis, targets=found,
                                about=[{"agency": a} for a in sorted({t["agency"] for t in found})])  # fmt: skip
        record(decision)
    return decision
