"""The plan of a reorganisation: which bodies end on a day, what follows them, and who takes their records over.

One act may be a whole resolution: 30 communes that become one, or hundreds that become 126.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from preservation.bodies.codes import block, code, known_block
from preservation.bodies.days import before
from repository.bodies import ENDINGS, Bodies
from standards.errors import KhoError
from standards.findings import Finding, finding
from standards.vietnamese import nfc

COLUMNS: Final = ("code", "event", "successor", "successorName", "khoi", "level", "superior", "custodian")


class BadPlan(KhoError):
    """The table of a plan cannot be read."""

    code = "bad-merger-plan"
    exit_code = 2
    vi = "Không đọc được phương án {path}: {reason}. Cần bảng CSV (UTF-8) có các cột: {columns}."
    en = "The plan {path} cannot be read: {reason}. It must be CSV (UTF-8) with the columns: {columns}."


@dataclass(frozen=True, slots=True)
class Ending:
    """One body that ends: `event` is merged_into, split_into or dissolved; `custodian` takes its records over."""

    agency: str
    event: str
    successors: tuple[str, ...]
    custodian: str


@dataclass(frozen=True, slots=True)
class Successor:
    """A body that takes over: what it is called from the day on. Empty values of a body that is there stay."""

    agency: str
    name: str = ""
    block: str = ""
    level: str = ""
    superior: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A reorganisation on one day, on one legal basis."""

    on: dt.date
    basis: str
    endings: tuple[Ending, ...]
    successors: tuple[Successor, ...]

    def as_record(self) -> dict[str, Any]:
        """The shape that the decision keeps (docs/format.md)."""
        return {
            "on": self.on.isoformat(),
            "endings": [{"agency": e.agency, "event": e.event, "successors": list(e.successors),
                         "custodian": e.custodian} for e in self.endings],
            "successors": [{"agency": s.agency, "name": s.name, "block": s.block, "level": s.level,
                            "superior": s.superior} for s in self.successors],
        }  # fmt: skip


def plan_of(record: Mapping[str, Any]) -> Plan:
    """The plan out of its decision."""
    return Plan(
        dt.date.fromisoformat(record["on"]), record["basis"],
        tuple(Ending(e["agency"], e["event"], tuple(e["successors"]), e["custodian"]) for e in record["endings"]),
        tuple(Successor(**s) for s in record["successors"]),
    )  # fmt: skip


def merge(into: Successor, ended: Iterable[str], *, on: dt.date, basis: str, custodian: str = "") -> Plan:
    """Several bodies become one, which may be one of them. Raises BadCode, BadBlock."""
    into = Successor(code(into.agency), nfc(into.name), block(into.block) or "", into.level,
                     into.superior and code(into.superior))  # fmt: skip
    holder = code(custodian) if custodian else into.agency
    ending = [Ending(c, "merged_into", (into.agency,), holder)
              for c in dict.fromkeys(map(code, ended)) if c != into.agency]  # fmt: skip
    return Plan(on, basis, tuple(ending), (into,))


def read_plan(path: Path, *, on: dt.date, basis: str) -> Plan:
    """A plan out of a table, one row for each body that ends and each body that follows it. Raises BadPlan."""
    rows = _rows(path)
    ended: dict[str, Ending] = {}
    followers: dict[str, Successor] = {}
    for row in rows:
        if not row["code"]:
            raise BadPlan(path=path.name, reason="cột/column code: —", columns=", ".join(COLUMNS))
        agency, into = code(row["code"]), row["successor"] and code(row["successor"])
        event = row["event"] or ("merged_into" if into else "dissolved")
        if event not in ENDINGS:
            raise BadPlan(path=path.name, reason=f"event: {event}", columns=", ".join(COLUMNS))
        if into:
            given = Successor(into, row["successorName"], block(row["khoi"]) or "", row["level"],
                              row["superior"] and code(row["superior"]))  # fmt: skip
            followers[into] = _filled(followers.get(into), given)
        if agency == into:
            continue  # the body goes on under its own code, enlarged
        known = ended.get(agency)
        into_all = (*(known.successors if known else ()), *([into] if into else []))
        holder = (
            row["custodian"] or (known.custodian if known else "") or (into if event == "merged_into" else "")
        )
        ended[agency] = Ending(agency, event, tuple(dict.fromkeys(into_all)), holder and code(holder))
    return Plan(on, basis, tuple(ended.values()), tuple(followers.values()))


def _filled(known: Successor | None, given: Successor) -> Successor:
    """A successor stands on many rows; one of them is enough to say what it is called."""
    if known is None:
        return given
    return Successor(known.agency, known.name or given.name, known.block or given.block, known.level or given.level,
                     known.superior or given.superior)  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = nfc(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadPlan(path=path.name, reason=error, columns=", ".join(COLUMNS)) from error
    reader = csv.DictReader(io.StringIO(text))
    if not {"code", "successor"} <= set(reader.fieldnames or ()):
        raise BadPlan(
            path=path.name, reason=", ".join(reader.fieldnames or ()) or "—", columns=", ".join(COLUMNS)
        )
    return [{c: (row.get(c) or "").strip() for c in COLUMNS} for row in reader]


def problems(bodies: Bodies, plan: Plan) -> list[Finding]:
    """What forbids the plan: MUST findings stop it, the others are told."""
    found = [] if plan.endings else [finding("BODY-NOTHING-ENDS")]
    ended = {e.agency for e in plan.endings}
    for ending in plan.endings:
        found += _problems_of_ending(bodies, plan, ending)
        named = [*ending.successors, *([ending.custodian] if ending.custodian else [])]
        found += [finding("BODY-ENDS-TOO", agency=c) for c in dict.fromkeys(named) if c in ended]
    for successor in plan.successors:
        found += _problems_of_successor(bodies, plan, successor)
    return found


def _problems_of_ending(bodies: Bodies, plan: Plan, ending: Ending) -> list[Finding]:
    id, found = ending.agency, []
    if id not in bodies.rows:
        return [finding("BODY-UNKNOWN", agency=id)]
    first, last = bodies.life(id)
    if last is not None and last < plan.on:
        found.append(finding("BODY-ENDED", agency=id, day=last.strftime("%d/%m/%Y")))
    if first is not None and first > before(plan.on):
        found.append(finding("BODY-NOT-YET", agency=id, day=first.strftime("%d/%m/%Y")))
    if not ending.custodian:
        found.append(finding("BODY-NO-CUSTODIAN", agency=id))
    elif ending.custodian not in bodies.rows and ending.custodian not in {s.agency for s in plan.successors}:
        found.append(finding("BODY-UNKNOWN", agency=ending.custodian))
    elif ending.custodian in bodies.rows and not bodies.lives(ending.custodian, plan.on):
        found.append(finding("BODY-CUSTODIAN-GONE", agency=ending.custodian))
    if ending.event != "dissolved" and not ending.successors:
        found.append(finding("BODY-NO-SUCCESSOR", agency=id))
    mine = block_on(bodies, id, plan.on)
    others = [
        block_in_plan(bodies, plan, c) for c in dict.fromkeys((*ending.successors, ending.custodian)) if c
    ]
    if any(other and mine and other != mine for other in others):
        found.append(
            finding("BODY-OTHER-BLOCK", agency=id, block=mine, others=", ".join(sorted({*others} - {mine})))
        )
    return found


def _problems_of_successor(bodies: Bodies, plan: Plan, successor: Successor) -> list[Finding]:
    id = successor.agency
    if id not in bodies.rows:
        if bodies.find(id) is not None:
            return [finding("BODY-CODE-TAKEN", agency=id, other=bodies.find(id))]
        return [] if successor.name else [finding("BODY-NO-NAME", agency=id)]
    if not bodies.lives(id, plan.on) and bodies.life(id)[1] is not None:
        return [finding("BODY-SUCCESSOR-GONE", agency=id)]
    return []


def block_on(bodies: Bodies, id: str, on: dt.date) -> str:
    """The block of a body around a day, by what is recorded; empty where nothing is."""
    told = bodies.of(id, "block", before(on)) or bodies.of(id, "block", on) or bodies.rows[id].block or ""
    return known_block(told)


def block_in_plan(bodies: Bodies, plan: Plan, id: str) -> str:
    """The block of a body that takes over: what the plan says, else what is recorded."""
    planned = next((s.block for s in plan.successors if s.agency == id), "")
    return planned or (block_on(bodies, id, plan.on) if id in bodies.rows else "")
