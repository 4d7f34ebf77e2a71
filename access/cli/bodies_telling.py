"""Bodies and plans told: as JSON, and as lines for people."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from access.cli.common import Call, size_words
from preservation.bodies.merger import FondsHeld
from repository.acts import ActRow
from repository.bodies import UNKNOWN, Bodies, FactRow
from standards.findings import Finding


def day(date: dt.date | str | None) -> str:
    """A day as people write it, dd/mm/yyyy."""
    date = dt.date.fromisoformat(date) if isinstance(date, str) else date
    return date.strftime("%d/%m/%Y") if date else "…"


def days(call: Call, since: dt.date | None, until: dt.date | None) -> str:
    """A time as people say it."""
    since = None if since == UNKNOWN else since
    if since is None and until is None:
        return call.word("body-no-days")
    key = "body-since" if until is None else "body-until" if since is None else "body-between"
    return call.word(key, since=day(since), until=day(until))


def body_json(bodies: Bodies, id: str, on: dt.date) -> dict[str, Any]:
    """A body as it is on a day, with its life."""
    since, until = bodies.life(id)
    return {
        "code": id, "name": bodies.name(id, on), "block": bodies.of(id, "block", on) or bodies.rows[id].block,
        "level": bodies.of(id, "level", on) or bodies.rows[id].level, "superior": bodies.of(id, "superior", on) or None,
        "code_now": bodies.of(id, "code", on) or id, "lives": bodies.lives(id, on),
        "valid_from": since and since.isoformat(), "valid_to": until and until.isoformat(),
    }  # fmt: skip


def tell_body(call: Call, bodies: Bodies, id: str, on: dt.date) -> None:
    """One body on one line."""
    told = body_json(bodies, id, on)
    call.tell("body-line", code=id, name=told["name"], block=told["block"] or "—", level=told["level"] or "—",
              days=days(call, *bodies.life(id)))  # fmt: skip


def facts_json(facts: list[FactRow]) -> list[dict[str, Any]]:
    """Dated facts of a body."""
    return [{"kind": f.kind, "value": f.value, "from": None if f.valid_from == UNKNOWN else f.valid_from.isoformat(),
             "to": f.valid_to and f.valid_to.isoformat()} for f in facts if f.kind != "life"]  # fmt: skip


def fonds_json(bodies: Bodies, fonds: FondsHeld, on: dt.date) -> dict[str, Any]:
    """A fonds with its state and who holds it."""
    custodian = bodies.custodian(fonds.agency, fonds.code, on)
    return {"fonds": fonds.code, "name": fonds.name, "agency": fonds.agency, "custodian": custodian,
            "state": "closed" if fonds.closed_on else "open", "closed_on": fonds.closed_on and fonds.closed_on.isoformat(),
            "files": fonds.files, "documents": fonds.documents, "bytes": fonds.bytes, "published": fonds.published}  # fmt: skip


def tell_findings(call: Call, found: list[Finding] | tuple[Finding, ...]) -> None:
    """What is wrong with a table, line by line."""
    for each in found:
        call.tell("body-finding", level=call.word(f"level-{each.level}"), code=each.code, where=each.cell or "",
                  text=each.text(call.lang))  # fmt: skip


def tell_preview(call: Call, told: Mapping[str, Any]) -> None:
    """All the consequences of a plan."""
    for each in told["established"]:
        call.tell("merger-established", code=each["agency"], name=each["name"], block=each["block"] or "—",
                  level=each["level"] or "—")  # fmt: skip
    for each in told["ends"]:
        call.tell("merger-ends", code=each["agency"], name=each["name"], event=call.word(f"merger-event-{each['event']}"),
                  into=", ".join(each["successors"]) or "—", custodian=each["custodian"])  # fmt: skip
    for each in told["custody"]:
        call.tell("merger-custody", agency=each["agency"], fonds=each["fonds"] or call.word("merger-all-fonds"),
                  from_=each["from"], to=each["to"], files=each["files"], size=size_words(each["bytes"], call.lang))  # fmt: skip
    for each in told["fonds_closed"]:
        call.tell("merger-fonds-closed", fonds=each["fonds"], agency=each["agency"], day=day(each["on"]))
    published = sum(each["published"] for each in told["rights"])
    call.tell("merger-rights", published=published, closed=len(told["rights"]) - published)
    for each in told["open_work"]:
        if each["open"] or each["quarantined"]:
            call.tell("merger-open-work", **each)
    for each in told["subordinates"]:
        call.tell("merger-subordinate", code=each["agency"], name=each["name"], superior=each["superior"],
                  new=each["new_superior"] or "—")  # fmt: skip
    for each in told["findings"]:
        call.tell("body-finding", level=call.word(f"level-{each['level']}"), code=each["code"], where="",
                  text=each[call.lang])  # fmt: skip


def act_json(act: ActRow) -> dict[str, Any]:
    """A plan's state."""
    return {"id": str(act.id), "status": act.status, "on": act.record["on"], "basis": act.record["basis"],
            "planned_by": act.planned_by, "approved_by": act.approved_by,
            "ends": [e["agency"] for e in act.record["endings"]]}  # fmt: skip


def tell_act(call: Call, act: ActRow) -> None:
    """A plan on one line."""
    call.tell("merger-line", id=act.id, status=call.word(f"merger-status-{act.status}"), day=day(act.record["on"]),
              ends=len(act.record["endings"]), planned_by=act.planned_by, approved_by=act.approved_by or "—")  # fmt: skip
