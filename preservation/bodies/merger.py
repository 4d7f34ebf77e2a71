"""A reorganisation: planned by one person, shown with all its consequences, approved by another, carried out once.

Provenance stays: a fonds keeps the body that made it and is closed on the day that body ends. Custody moves. The whole
act is one decision with one event in the journal, however many packages it touches; the history of each tells it.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from preservation.bodies.days import before, today
from preservation.bodies.merger_plan import Plan, plan_of, problems
from preservation.bodies.setting import body_event
from preservation.persons import must_differ
from repository import catalogue
from repository.acts import MERGER, ActRow, find_act
from repository.bodies import Bodies, closed, fact, no_effects, read_bodies
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.queries import sql
from repository.store import Store
from standards.errors import KhoError
from standards.findings import Finding, Level

_CARRIED_OUT: Final = uuid.UUID("c51f0f63-7d62-53b5-8c0b-6f3a4f1c2b90")


class NoSuchAct(KhoError):
    """No plan has this id."""

    code = "no-such-merger"
    vi = "Không có phương án sắp xếp {id}. Xem `kho agency merge list`."
    en = "There is no plan {id}. See `kho agency merge list`."


class PlanRefused(KhoError):
    """A plan that breaks a rule."""

    code = "merger-refused"
    exit_code = 3
    vi = "Phương án chưa thực hiện được: {vi}"
    en = "The plan cannot be carried out: {en}"


class WrongState(KhoError):
    """An act that is not where the command wants it."""

    code = "merger-state"
    exit_code = 3
    vi = "Phương án {id} đang ở trạng thái “{status}”, không thể {wanted_vi}."
    en = "The plan {id} is {status}; it cannot be {wanted}."


class TooEarly(KhoError):
    """A reorganisation before its day."""

    code = "merger-too-early"
    exit_code = 3
    vi = "Việc sắp xếp có hiệu lực từ {day}; đến ngày đó mới thực hiện được."
    en = "The reorganisation takes effect on {day}; it can be carried out from that day on."


@dataclass(frozen=True, slots=True)
class FondsHeld:
    """A fonds of a body with what is held of it."""

    agency: str
    code: str
    name: str
    opened_on: dt.date | None
    closed_on: dt.date | None
    files: int
    documents: int
    bytes: int
    published: bool


def plan(connection: psycopg.Connection, store: Store, planned: Plan, *, by: str) -> dict[str, Any]:
    """Record a plan. Raises PlanRefused where it breaks a rule."""
    with deciding(connection, store) as record:
        _refuse(problems(read_bodies(connection), planned))
        decision = new_decision(
            "merger-plan", by=by, basis=planned.basis, **planned.as_record(), about=_about(planned)
        )
        record(decision)
    return decision


def act_of(connection: psycopg.Connection, id: str) -> ActRow:
    """A plan by its id, or by the beginning of it where only one begins so. Raises NoSuchAct."""
    found = [
        a for a in catalogue.many(connection, ActRow, "acts", kind=MERGER) if str(a.id).startswith(id.lower())
    ]
    connection.commit()
    if not id or len(found) != 1:
        raise NoSuchAct(id=id)
    return found[0]


def approve(connection: psycopg.Connection, store: Store, act: ActRow, *, by: str, basis: str) -> None:
    """The second person's yes. Raises SamePerson, WrongState, PlanRefused."""
    with deciding(connection, store) as record:
        act = _in_state(connection, act, "planned", "phê duyệt", "approved")
        must_differ(act.planned_by, by)
        planned = plan_of(act.record)
        _refuse(problems(read_bodies(connection), planned))
        record(new_decision("merger-approval", by=by, basis=basis, act=str(act.id), verdict="approved",
                            about=_about(planned)))  # fmt: skip


def withdraw(connection: psycopg.Connection, store: Store, act: ActRow, *, by: str, basis: str) -> None:
    """Take back a plan that was not carried out. Raises WrongState."""
    with deciding(connection, store) as record:
        act = _in_state(connection, act, ("planned", "approved"), "rút lại", "withdrawn")
        record(new_decision("merger-approval", by=by, basis=basis, act=str(act.id), verdict="withdrawn",
                            about=_about(plan_of(act.record))))  # fmt: skip


def carry_out(connection: psycopg.Connection, store: Store, act: ActRow, *, by: str) -> bool:
    """Make an approved plan true, once; whether this call did. Raises WrongState, TooEarly, PlanRefused."""
    with deciding(connection, store) as record:
        now = find_act(connection, act.id)
        if now is not None and now.status == "carried-out":
            return False
        act = _in_state(connection, act, "approved", "thực hiện", "carried out")
        planned, bodies = plan_of(act.record), read_bodies(connection)
        if planned.on > today():
            raise TooEarly(day=planned.on.strftime("%d/%m/%Y"))
        _refuse(problems(bodies, planned))
        record(new_decision(
            "merger", id=uuid.uuid5(_CARRIED_OUT, str(act.id)), by=by, basis=planned.basis, act=str(act.id),
            planned_by=act.planned_by, approved_by=act.approved_by, on=planned.on.isoformat(),
            effects=effects(bodies, planned, held(connection, bodies, planned)), about=_about(planned),
        ))  # fmt: skip
    return True


def _in_state(
    connection: psycopg.Connection, act: ActRow, wanted: str | tuple[str, ...], vi: str, en: str
) -> ActRow:
    now = find_act(connection, act.id)
    if now is None or now.status not in ((wanted,) if isinstance(wanted, str) else wanted):
        raise WrongState(id=act.id, status=now.status if now else "—", wanted=en, wanted_vi=vi)
    return now


def _refuse(found: list[Finding]) -> None:
    broken = [f for f in found if f.level is Level.MUST]
    if broken:
        raise PlanRefused(
            vi=" ".join(f.text("vi") for f in broken), en=" ".join(f.text("en") for f in broken)
        )


def _about(planned: Plan) -> list[dict[str, str]]:
    return [{"agency": e.agency} for e in planned.endings]


def held(connection: psycopg.Connection, bodies: Bodies, planned: Plan) -> list[FondsHeld]:
    """Every fonds that the ending bodies made or hold."""
    ended = {e.agency for e in planned.endings}
    makers = ended | {c.agency for c in bodies.custody if c.custodian in ended}
    found = catalogue.many(connection, FondsHeld, "fonds_of_bodies", agencies=sorted(makers))
    there = before(planned.on)
    return [f for f in found if f.agency in ended or bodies.custodian(f.agency, f.code, there) in ended]


def effects(bodies: Bodies, planned: Plan, fonds: list[FondsHeld]) -> dict[str, list[dict[str, Any]]]:
    """All that the act changes, in the shape of a decision."""
    made, last = no_effects(), before(planned.on)
    for successor in planned.successors:
        made["facts"] += list(_begins(bodies, planned, successor.agency))
        if successor.agency not in bodies.rows:
            made["events"].append(body_event("established", planned.on, successor.agency, "", planned.basis))
    for ending in planned.endings:
        id = ending.agency
        known = bodies.facts.get(id, ())
        made["facts"] += list(closed(known, last))
        if not any(f.kind == "life" for f in known):
            made["facts"].append(fact(id, "life", "", None, last))
        for other in ending.successors or ("",):
            made["events"].append(body_event(ending.event, planned.on, id, other, planned.basis))
        made["facts"] += [
            f for child in _orphans(bodies, planned, id) for f in _moved(bodies, planned, child)
        ]
    made["custody"] = [{"agency": a, "fonds": f, "custodian": to, "since": planned.on.isoformat()}
                       for a, f, _from, to in custody_moves(bodies, planned, fonds)]  # fmt: skip
    ended = {e.agency for e in planned.endings}
    made["fonds"] = [{"agency": f.agency, "code": f.code, "opened": None, "closed": last.isoformat()}
                     for f in fonds if f.agency in ended and f.closed_on is None]  # fmt: skip
    return made


def _begins(bodies: Bodies, planned: Plan, id: str) -> Iterator[dict[str, Any]]:
    """A successor's facts from the day on; of a body that is there, those alone that the plan changes."""
    successor = next(s for s in planned.successors if s.agency == id)
    new = id not in bodies.rows
    if new:
        yield fact(id, "life", "", planned.on, None)
        yield fact(id, "code", id, planned.on, None)
    said = {
        "name": successor.name,
        "block": successor.block,
        "level": successor.level,
        "superior": successor.superior,
    }
    for kind, value in said.items():
        if value and (new or bodies.of(id, kind, planned.on) != value):
            told = [f for f in bodies.facts.get(id, ()) if f.kind == kind]
            yield from closed(told, before(planned.on))
            yield fact(id, kind, value, planned.on, None)


def _orphans(bodies: Bodies, planned: Plan, id: str) -> list[str]:
    """The bodies below one that ends, which do not end themselves."""
    ended = {e.agency for e in planned.endings}
    return [c for c in bodies.below(id, before(planned.on)) if c not in ended and bodies.lives(c, planned.on)]


def new_superior(planned: Plan, id: str) -> str:
    """Under whom a body comes whose superior ends: the one successor, else nobody until a person says."""
    ending = next(e for e in planned.endings if e.agency == id)
    return ending.successors[0] if len(ending.successors) == 1 else ""


def _moved(bodies: Bodies, planned: Plan, child: str) -> Iterator[dict[str, Any]]:
    told = [f for f in bodies.facts.get(child, ()) if f.kind == "superior"]
    yield from closed(told, before(planned.on))
    above = new_superior(planned, bodies.of(child, "superior", before(planned.on)))
    if above:
        yield fact(child, "superior", above, planned.on, None)


def custody_moves(
    bodies: Bodies, planned: Plan, fonds: list[FondsHeld]
) -> Iterator[tuple[str, str, str, str]]:
    """(body that made it, fonds or "" for all of it, custodian until the day, custodian from then on)."""
    there = before(planned.on)
    to = {e.agency: e.custodian for e in planned.endings}
    for id, custodian in to.items():
        if bodies.custodian(id, "", there) == id:
            yield id, "", id, custodian
    for each in fonds:
        now = bodies.custodian(each.agency, each.code, there)
        inherited = each.agency in to and bodies.custodian(each.agency, "", there) == each.agency == now
        if now in to and not inherited:
            yield each.agency, each.code, now, to[now]


def preview(connection: psycopg.Connection, planned: Plan) -> dict[str, Any]:
    """Everything that the act will change, and what forbids it: rights, custody, open work, codes."""
    bodies = read_bodies(connection)
    found, there = problems(bodies, planned), before(planned.on)
    fonds = held(connection, bodies, planned)
    known = [e for e in planned.endings if e.agency in bodies.rows]
    return {
        "on": planned.on.isoformat(), "basis": planned.basis,
        "ends": [{"agency": e.agency, "name": bodies.name(e.agency, there), "event": e.event,
                  "successors": list(e.successors), "custodian": e.custodian} for e in known],
        "established": [{"agency": s.agency, "name": s.name, "block": s.block, "level": s.level,
                         "superior": s.superior} for s in planned.successors if s.agency not in bodies.rows],
        "codes": [{"code": bodies.of(e.agency, "code", there), "answers_for": list(e.successors)} for e in known],
        "custody": [_custody(fonds, move) for move in custody_moves(bodies, planned, fonds)],
        "fonds_closed": [{"agency": f.agency, "fonds": f.code, "name": f.name, "on": there.isoformat()}
                         for f in fonds if f.agency in {e.agency for e in known} and f.closed_on is None],
        "rights": [{"agency": f.agency, "fonds": f.code, "published": f.published, "stays": True} for f in fonds],
        "open_work": [_open_work(connection, e.agency) for e in known],
        "subordinates": [{"agency": c, "name": bodies.name(c, planned.on), "superior": e.agency,
                          "new_superior": new_superior(planned, e.agency) or None}
                         for e in known for c in _orphans(bodies, planned, e.agency)],
        "findings": [f.as_json() for f in found],
    }  # fmt: skip


def _custody(fonds: list[FondsHeld], move: tuple[str, str, str, str]) -> dict[str, Any]:
    agency, code, now, to = move
    touched = [f for f in fonds if f.agency == agency and code in ("", f.code)]
    return {"agency": agency, "fonds": code or None, "from": now, "to": to, "files": sum(f.files for f in touched),
            "documents": sum(f.documents for f in touched), "bytes": sum(f.bytes for f in touched)}  # fmt: skip


def _open_work(connection: psycopg.Connection, agency: str) -> dict[str, Any]:
    row: Any = connection.execute(sql("open_work_of_body"), {"agency": agency}).fetchone()
    return {"agency": agency, "open": row[0], "quarantined": row[1]}
