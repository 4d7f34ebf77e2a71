"""Rules, proposals and lists of what is due, told: as JSON, and as lines for people."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from access.cli.bodies_telling import day
from access.cli.common import Call
from preservation.retention.explaining import term_words
from preservation.retention.proposing import Proposal
from preservation.retention.schedules import in_force
from preservation.retention.terms import Term
from repository.retention_rows import RecordRow, RuleRow

_SHOWN = 50  # lines for people; programs get all


def rule_json(rule: RuleRow, on: dt.date) -> dict[str, Any]:
    """A rule with its state on a day."""
    return {
        "schedule": rule.schedule, "code": rule.code, "group": rule.grouped, "title": rule.title,
        "subcase": rule.subcase, "kind": rule.kind, "years": rule.years, "trigger": rule.trigger,
        "disposition": rule.disposition, "legal_basis": rule.legal_basis, "status": rule.status,
        "valid_from": rule.valid_from and rule.valid_from.isoformat(),
        "valid_to": rule.valid_to and rule.valid_to.isoformat(), "blocks": list(rule.blocks),
        "levels": list(rule.levels), "in_force": in_force(rule, on),
    }  # fmt: skip


def tell_rule(call: Call, rule: RuleRow, on: dt.date) -> None:
    """A rule on one line."""
    state = call.word("rule-in-force" if in_force(rule, on) else "rule-superseded")
    title = f"{rule.title} — {rule.subcase}" if rule.subcase else rule.title
    call.tell("rule-line", code=rule.code, term=term_words(Term(rule.kind, rule.years), call.lang), title=title,
              basis=rule.legal_basis, state=state)  # fmt: skip


def proposal_json(record: RecordRow, found: Sequence[Proposal]) -> dict[str, Any]:
    """The proposals for a hồ sơ, the best first."""
    return {
        "aip": record.id, "key": record.key, "title": record.title,
        "proposals": [{"rule": p.rule.code, "schedule": p.rule.schedule, "title": p.rule.title,
                       "subcase": p.rule.subcase, "legal_basis": p.rule.legal_basis, "kind": p.rule.kind,
                       "years": p.rule.years, "score": p.score} for p in found],
    }  # fmt: skip


def tell_proposals(call: Call, entry: Mapping[str, Any]) -> None:
    """What is proposed for one hồ sơ."""
    call.tell("proposal-record", record=entry["key"], title=entry["title"])
    for each in entry["proposals"]:
        call.tell("proposal-line", rule=each["rule"], term=term_words(Term(each["kind"], each["years"]), call.lang),
                  title=each["title"], subcase=each["subcase"] or "—", basis=each["legal_basis"])  # fmt: skip
    if not entry["proposals"]:
        call.tell("proposal-none")


def tell_due(call: Call, found: Mapping[str, Any]) -> None:
    """The list for people: what is due, what is coming, what cannot be told."""
    for name in ("due", "coming"):
        for each in found[name][:_SHOWN]:
            call.tell("due-line", record=each["key"], term=each[f"term_{call.lang}"], last=day(each["expires_on"]),
                      title=each["title"])  # fmt: skip
            if each["holds"]:
                call.tell("due-held", holds=", ".join(each["holds"]))
        if len(found[name]) > _SHOWN:
            call.tell("due-more", count=len(found[name]) - _SHOWN)
    for each in found["abstained"][:_SHOWN]:
        call.tell("due-abstained", record=each["key"], reason=each[f"reason_{call.lang}"])
    counts = found["counts"]
    call.tell("due-total", on=day(found["on"]), due=counts.get("due", 0), running=counts.get("running", 0),
              permanent=counts.get("permanent", 0), abstained=counts.get("abstained", 0))  # fmt: skip
