"""Lists for disposal, told: as JSON, and as lines for people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from access.cli.bodies_telling import day
from access.cli.common import Call
from access.disposing import Destroyed
from preservation.bodies.days import today
from preservation.disposal.procedure import Procedure, next_step
from repository.disposal_rows import DisposalRow, LineRow


def procedure_json(one: Procedure) -> dict[str, Any]:
    """A procedure."""
    return {"name": one.name, "vi": one.vi, "en": one.en, "blocks": list(one.blocks), "steps": list(one.steps),
            "basis": one.basis, "council_members": one.members, "present": one.present, "days": one.days,
            "dossier_years": one.dossier_years}  # fmt: skip


def disposal_json(row: DisposalRow, lines: Sequence[LineRow]) -> dict[str, Any]:
    """A list with its state: what it waits for, and how many lines are where."""
    until = (row.approval or {}).get("until")
    late = row.status == "approved" and until is not None and str(until) < today().isoformat()
    return {
        "id": str(row.id), "procedure": row.procedure, "agency": row.agency, "block": row.block, "status": row.status,
        "next": next_step(row), "listed_by": row.listed_by, "listed_on": row.listed_on.isoformat(),
        "council": list(row.council), "verdict": row.verdict, "opinion": row.opinion, "approval": row.approval,
        "destroy_until": until, "late": late, "counts": dict(sorted(Counter(line.state for line in lines).items())),
    }  # fmt: skip


def line_json(line: LineRow) -> dict[str, Any]:
    """A line of a list."""
    return {"number": line.ordinal, "aip": line.aip, "key": line.key, "ground": line.ground, "state": line.state,
            "reason": line.reason, "dissent": list(line.dissent), "years": line.years}  # fmt: skip


def tell_disposal(call: Call, told: Mapping[str, Any]) -> None:
    """A list on one line, and what it waits for."""
    counts = ", ".join(f"{call.word(f'line-{state}')}: {count}" for state, count in told["counts"].items())
    call.tell("disposal-one", id=told["id"], agency=told["agency"], status=call.word(f"disposal-{told['status']}"),
              counts=counts)  # fmt: skip
    if told["next"]:
        call.tell("disposal-next", step=call.word(f"step-{told['next']}"))
    if told["late"]:
        call.tell("disposal-late", day=day(told["destroy_until"]))


def destroyed_json(row: DisposalRow, lines: Sequence[LineRow], result: Destroyed) -> dict[str, Any]:
    """What one call of `destroy` came to."""
    return {**disposal_json(row, lines), "destroyed_now": result.destroyed, "complete": result.complete,
            "stopped": [{"aip": aip, "why": why} for aip, why in sorted(result.stopped.items())],
            "remains": [{"aip": aip, "where": where} for aip, where in sorted(result.remains.items())],
            "exports_changed": result.exports, "awaiting": result.awaiting}  # fmt: skip


def tell_destroyed(call: Call, told: Mapping[str, Any]) -> None:
    """The same for people."""
    call.tell("destroyed-now", count=told["destroyed_now"])
    for each in told["stopped"]:
        call.tell(
            "destroyed-stopped", aip=each["aip"], why=", ".join(call.word(f"guard-{w}") for w in each["why"])
        )
    for each in told["remains"]:
        call.tell("destroyed-remains", aip=each["aip"], where=", ".join(each["where"]))
    for path in told["exports_changed"]:
        call.tell("destroyed-export", path=path)
    for path in told["backups"]:
        call.tell("destroyed-backup", path=path)
    for name, count in told["awaiting"].items():
        call.tell("destroyed-awaiting", name=name, count=count)
    tell_disposal(call, told)
