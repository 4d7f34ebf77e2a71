"""A list on its way: made from what is due, looked at by a council, opined upon, approved by the head of the body.

Each step is a decision of its own, and comes in the order of the procedure. Who made the list does not approve it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from preservation.bodies.days import today
from preservation.disposal.guards import block_of, stops
from preservation.disposal.procedure import Procedure, next_step, procedure_for, procedures
from preservation.persons import must_differ, same
from preservation.retention.told import told
from repository import catalogue
from repository.bodies import read_bodies
from repository.deciding import Record, deciding
from repository.decisions import new_decision
from repository.disposal_rows import DisposalRow, LineRow, lines_of
from repository.queries import sql
from repository.retention_rows import records
from repository.store import Store
from standards.errors import KhoError

VERDICTS: Final = ("destroy", "keep", "transfer")


class NoSuchDisposal(KhoError):
    """No list has this id."""

    code = "no-such-disposal"
    vi = "Không có danh mục xét hủy {id}. Xem `kho disposition list`."
    en = "There is no disposal list {id}. See `kho disposition list`."


class NothingToReview(KhoError):
    """A list without a line."""

    code = "nothing-to-review"
    exit_code = 3
    vi = "Không có hồ sơ nào đưa vào danh mục được ({left} hồ sơ bị loại: còn hạn, vĩnh viễn, bị giữ, khối khác hoặc đang xét)."
    en = "No file can be put on the list ({left} left out: running, permanent, held, of another block or under review)."


class WrongStep(KhoError):
    """A step out of turn."""

    code = "disposal-step"
    exit_code = 3
    vi = "Danh mục {id} đang chờ bước “{wanted}”, chưa (hoặc không còn) đến bước “{given}”."
    en = "The list {id} waits for the step {wanted}; it is not the turn of {given}."


class CouncilRefused(KhoError):
    """A council, or a meeting of it, that the procedure does not allow."""

    code = "council-refused"
    exit_code = 3
    vi = "Hội đồng xét hủy chưa hợp lệ: {reason}"
    en = "The council is not as the procedure wants it: {reason_en}"


class GuardRefused(KhoError):
    """A record on the list may not be destroyed."""

    code = "guard-refused"
    exit_code = 3
    vi = "Không được hủy {count} hồ sơ trong danh mục, ví dụ {key}: {why}. Hội đồng phải loại các hồ sơ này."
    en = "{count} files on the list may not be destroyed, for example {key}: {why}. The council must take them out."


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list was made of: the decision, and what was left out, with why."""

    decision: Mapping[str, Any]
    left: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Exception_:
    """A line that the council decides otherwise than the list as a whole."""

    aip: str
    verdict: str
    reason: str
    dissent: tuple[str, ...] = ()
    years: int | None = None


def find_disposal(connection: psycopg.Connection, id: str) -> DisposalRow:
    """A list by its id, or by the beginning of it. Raises NoSuchDisposal."""
    found = [
        d for d in catalogue.many(connection, DisposalRow, "disposals") if str(d.id).startswith(id.lower())
    ]
    connection.commit()
    if not id or len(found) != 1:
        raise NoSuchDisposal(id=id)
    return found[0]


def all_disposals(connection: psycopg.Connection) -> list[DisposalRow]:
    """Every list, the oldest first."""
    return catalogue.many(connection, DisposalRow, "disposals")


def make_list(
    connection: psycopg.Connection, store: Store, *, agency: str, on: dt.date, by: str, name: str | None = None,
    duplicates: Iterable[str] = (),
) -> Listed:  # fmt: skip
    """Put all that is due in a body's custody on a list, and the duplicates that are named. Raises NothingToReview."""
    with deciding(connection, store) as record:
        bodies, taken = read_bodies(connection), {r[0] for r in connection.execute(sql("lines_under_review"))}
        doubles = set(duplicates)
        mine = [r for r in records(connection) if r.custodian(bodies, on) == agency]
        block = block_of(mine[0]) if mine else ""
        procedure = procedure_for(block, name) if mine else None
        grounds = {r.id: "duplicate" if r.id in doubles else "expired" for r in mine
                   if r.id in doubles or told(r).state(on) == "due"}  # fmt: skip
        stopped = stops(connection, grounds, block=block, on=on)
        left = {id: [*why, *(["under-review"] if id in taken else [])] for id, why in stopped.items()}
        lines = [{"aip": r.id, "key": r.key, "ground": grounds[r.id]} for r in mine
                 if r.id in grounds and not left[r.id]]  # fmt: skip
        left = {id: why for id, why in left.items() if why}
        if procedure is None or not lines:
            raise NothingToReview(left=len(left))
        decision = new_decision(
            "disposal-list", by=by, basis=procedure.basis, procedure=procedure.name, agency=agency, block=block,
            on=on.isoformat(), lines=lines, about=[{"aip": line["aip"]} for line in lines],
        )  # fmt: skip
        record(decision)
    return Listed(decision, left)


def set_council(
    connection: psycopg.Connection, store: Store, disposal: DisposalRow, members: Sequence[Mapping[str, str]], *,
    by: str, basis: str,
) -> None:  # fmt: skip
    """Set up the council. Raises CouncilRefused, WrongStep."""
    with deciding(connection, store) as record:
        now, procedure = _at(connection, disposal, "council")
        _check_members(procedure, members)
        record(new_decision("disposal-council", by=by, basis=basis, disposal=str(now.id),
                            members=[dict(m) for m in members], about=[]))  # fmt: skip


def _check_members(procedure: Procedure, members: Sequence[Mapping[str, str]]) -> None:
    names = [m["name"] for m in members]
    twice = any(same(a, b) for i, a in enumerate(names) for b in names[:i])
    if len(members) < procedure.members or twice:
        raise CouncilRefused(reason=f"cần ít nhất {procedure.members} người khác nhau",
                             reason_en=f"it needs at least {procedure.members} different persons")  # fmt: skip
    if sum(m["role"] == "chair" for m in members) != 1 or not any(m["role"] == "secretary" for m in members):
        raise CouncilRefused(reason="cần một chủ tịch (chair) và thư ký (secretary)",
                             reason_en="it needs one chair and a secretary")  # fmt: skip
    odd = [m["stands_for"] for m in members if m["stands_for"] not in procedure.stands_for]
    if odd:
        raise CouncilRefused(reason=f"đại diện cho: {', '.join(procedure.stands_for)}",
                             reason_en=f"members stand for: {', '.join(procedure.stands_for)}")  # fmt: skip


def decide(
    connection: psycopg.Connection, store: Store, disposal: DisposalRow, *, present: Sequence[str], default: str,
    exceptions: Sequence[Exception_], minutes: str, by: str,
) -> None:  # fmt: skip
    """The council's verdict on the list as a whole, with exceptions. Raises CouncilRefused, WrongStep."""
    with deciding(connection, store) as record:
        now, procedure = _at(connection, disposal, "verdict")
        there = [m for m in now.council if any(same(m["name"], p) for p in present)]
        if len(there) < procedure.present * len(now.council) or not any(m["role"] == "chair" for m in there):
            raise CouncilRefused(reason=f"chỉ có {len(there)}/{len(now.council)} thành viên dự, hoặc vắng chủ tịch",
                                 reason_en=f"{len(there)} of {len(now.council)} members present, or no chair")  # fmt: skip
        known = {line.aip for line in lines_of(connection, now.id)}
        if strange := [e.aip for e in exceptions if e.aip not in known]:
            raise CouncilRefused(
                reason=f"không có trong danh mục: {strange[0]}", reason_en=f"not on the list: {strange[0]}"
            )
        record(new_decision(
            "disposal-verdict", by=by, basis=procedure.basis, disposal=str(now.id), present=[m["name"] for m in there],
            default=default, minutes=minutes, about=[],
            exceptions=[{"aip": e.aip, "verdict": e.verdict, "reason": e.reason, "dissent": list(e.dissent),
                         "years": e.years} for e in exceptions],
        ))  # fmt: skip
        _keep_longer(record, exceptions, by, minutes)


def _keep_longer(record: Record, exceptions: Sequence[Exception_], by: str, minutes: str) -> None:
    """What is kept longer gets its new term at once, as a decision about retention."""
    kept: dict[int, list[str]] = {}
    for each in exceptions:
        if each.verdict == "keep" and each.years:
            kept.setdefault(each.years, []).append(each.aip)
    for years, aips in sorted(kept.items()):
        record(new_decision("retention", by=by, basis=f"Hội đồng xét hủy, {minutes}", rule=None, closed_year=None,
                            term={"kind": "years", "years": years}, about=[{"aip": a} for a in aips]))  # fmt: skip


def opine(
    connection: psycopg.Connection, store: Store, disposal: DisposalRow, *, authority: str, agrees: bool, number: str,
    by: str,
) -> None:  # fmt: skip
    """The opinion of the competent archive. Raises WrongStep."""
    with deciding(connection, store) as record:
        now, procedure = _at(connection, disposal, "opinion")
        record(new_decision("disposal-opinion", by=by, basis=procedure.basis, disposal=str(now.id), authority=authority,
                            agrees=agrees, number=number, about=[]))  # fmt: skip


def approve(
    connection: psycopg.Connection, store: Store, disposal: DisposalRow, *, number: str, by: str
) -> None:
    """The head's decision to destroy. Raises SamePerson, GuardRefused, WrongStep."""
    with deciding(connection, store) as record:
        now, procedure = _at(connection, disposal, "approval")
        must_differ(now.listed_by, by)
        refuse_guarded(
            connection, now, [line for line in lines_of(connection, now.id) if line.state == "listed"]
        )
        until = today() + dt.timedelta(days=procedure.days)
        record(new_decision("disposal-approval", by=by, basis=procedure.basis, disposal=str(now.id), number=number,
                            until=until.isoformat(), about=[]))  # fmt: skip


def withdraw(
    connection: psycopg.Connection, store: Store, disposal: DisposalRow, *, by: str, basis: str
) -> None:
    """Take a list back before anything of it was destroyed. Raises WrongStep."""
    with deciding(connection, store) as record:
        now = _now(connection, disposal)
        gone = any(line.state in ("destroying", "destroyed") for line in lines_of(connection, now.id))
        if gone or next_step(now) is None:
            raise WrongStep(id=now.id, wanted=next_step(now) or now.status, given="withdraw")
        record(new_decision("disposal-withdrawal", by=by, basis=basis, disposal=str(now.id), about=[]))


def refuse_guarded(connection: psycopg.Connection, disposal: DisposalRow, lines: Sequence[LineRow]) -> None:
    """Raises GuardRefused where anything stops one of these lines today."""
    grounds = {line.aip: line.ground for line in lines}
    found = {
        id: why for id, why in stops(connection, grounds, block=disposal.block, on=today()).items() if why
    }
    if found:
        first = next(line for line in lines if line.aip in found)
        raise GuardRefused(count=len(found), key=first.key, why=", ".join(found[first.aip]))


def _now(connection: psycopg.Connection, disposal: DisposalRow) -> DisposalRow:
    return catalogue.one(connection, DisposalRow, "disposal", id=disposal.id) or disposal


def _at(connection: psycopg.Connection, disposal: DisposalRow, step: str) -> tuple[DisposalRow, Procedure]:
    """The list as it is now, where it waits for `step`. Raises WrongStep."""
    now = _now(connection, disposal)
    if next_step(now) != step:
        raise WrongStep(id=now.id, wanted=next_step(now) or now.status, given=step)
    return now, procedures()[now.procedure]
