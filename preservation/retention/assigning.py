"""Deciding terms: by a rule that is in force, or by analogy with a reason. What was fixed is never made shorter here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from preservation.bodies.days import today
from preservation.retention.schedules import in_force
from preservation.retention.terms import Term, shortens
from preservation.retention.told import told
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.retention_rows import RecordRow, RuleRow, records, rules
from repository.store import Store
from standards.errors import KhoError


class NoSuchRule(KhoError):
    """No rule has this code."""

    code = "no-such-rule"
    vi = "Không có quy tắc {rule}. Xem `kho retention schedule show`."
    en = "There is no rule {rule}. See `kho retention schedule show`."


class RuleNotInForce(KhoError):
    """A rule that may explain, but not decide."""

    code = "rule-not-in-force"
    exit_code = 3
    vi = "Quy tắc {rule} ({basis}) không còn hiệu lực: chỉ giải thích thời hạn đã ấn định, không dùng để ấn định mới."
    en = (
        "The rule {rule} ({basis}) is not in force: it explains terms fixed under it and decides no new ones."
    )


class TermShortened(KhoError):
    """A decision that would shorten a fixed term."""

    code = "term-shortened"
    exit_code = 3
    vi = "Hồ sơ {key} đã có thời hạn dài hơn; thời hạn đã ấn định không được rút ngắn."
    en = "The file {key} has a longer term; a term that was fixed is not made shorter."


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person decides: a rule by its code (`TC-01`, or `SCHEDULE/TC-01`), or a term; and the year the work ended."""

    rule: str | None = None
    term: Term | None = None
    closed_year: int | None = None


def assign(
    connection: psycopg.Connection, store: Store, ids: Sequence[str], choice: Choice, *, by: str, basis: str
) -> dict[str, Any]:
    """Decide the term of some hồ sơ. Raises NoSuchRule, RuleNotInForce, TermShortened."""
    with deciding(connection, store) as record:
        rule = _rule(connection, choice.rule) if choice.rule else None
        about = list(records(connection, ids=list(ids)))
        terms = {_term(each, rule, choice) for each in about}
        if len(terms) != 1:
            raise TermShortened(key=", ".join(r.key for r in about))
        term = terms.pop()
        decision = new_decision(
            "retention", by=by, basis=basis, term={"kind": term.kind, "years": term.years},
            closed_year=choice.closed_year, rule=rule and _kept(rule), about=[{"aip": r.id} for r in about],
        )  # fmt: skip
        record(decision)
    return decision


def _rule(connection: psycopg.Connection, wanted: str, on: dt.date | None = None) -> RuleRow:
    found = [r for r in rules(connection) if wanted in (r.code, f"{r.schedule}/{r.code}")]
    if not found:
        raise NoSuchRule(rule=wanted)
    usable = [r for r in found if in_force(r, on or today())]
    if not usable:
        raise RuleNotInForce(rule=wanted, basis=found[0].legal_basis)
    return usable[0]


def _term(record: RecordRow, rule: RuleRow | None, choice: Choice) -> Term:
    """The new term; where only the closing year is said, the term that the hồ sơ has."""
    now = told(record).term
    new = Term(rule.kind, rule.years) if rule else choice.term or now
    if shortens(new, now):
        raise TermShortened(key=record.key)
    return new


def _kept(rule: RuleRow) -> dict[str, Any]:
    """The rule as it was on the day of the decision."""
    return {"schedule": rule.schedule, "code": rule.code, "title": rule.title, "legal_basis": rule.legal_basis,
            "valid_from": rule.valid_from and rule.valid_from.isoformat(),
            "valid_to": rule.valid_to and rule.valid_to.isoformat()}  # fmt: skip


def record_event(
    connection: psycopg.Connection, store: Store, ids: Sequence[str], *, on: dt.date, what: str, by: str
) -> dict[str, Any]:
    """The event that the terms of some hồ sơ count from has happened."""
    with deciding(connection, store) as record:
        decision = new_decision("retention-event", by=by, basis=what, what=what, date=on.isoformat(),
                                about=[{"aip": id} for id in ids])  # fmt: skip
        record(decision)
    return decision
