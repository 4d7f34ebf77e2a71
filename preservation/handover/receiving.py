"""The receiving side: what was taken in, compared with the sender's list, count by count and digest by digest."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from preservation.handover.sending import AGREED, LIST, RECEIPT, find_handover, list_digest, term_of
from preservation.retention.told import told
from repository import catalogue
from repository.deciding import Record, deciding
from repository.decisions import new_decision
from repository.handover_rows import HandoverRow, contents
from repository.home import write_whole
from repository.register_rows import PAPER
from repository.retention_rows import records
from repository.store import Store
from standards.errors import KhoError

_RECEIVED: Final = uuid.UUID("0f6a1a0a-57a4-5f0e-9d43-0d7f6c1f2e11")
_NOT_TAKEN_IN: Final = "chưa nhận được vào kho / could not be taken in"
_DIFFERS: Final = (
    "số tệp, dung lượng hoặc mã băm khác danh mục / files, bytes or digests are not those of the list"
)


class BadHandoverList(KhoError):
    """What came with the packages is no list of a handover."""

    code = "bad-handover-list"
    exit_code = 2
    vi = "Không đọc được danh mục bàn giao {path}: {reason}."
    en = "The list of the handover {path} cannot be read: {reason}."


class NotOnTheList(KhoError):
    """A refusal of something that nobody handed over."""

    code = "not-on-handover-list"
    exit_code = 2
    vi = "Hồ sơ {key} không có trong danh mục bàn giao."
    en = "The file {key} is not on the list of the handover."


@dataclass(frozen=True, slots=True)
class Compared:
    """Lines that are held here as the list says, by key and AIP; and the others, each with why."""

    accepted: tuple[dict[str, str], ...]
    refused: tuple[dict[str, str], ...]


def read_list(folder: Path) -> dict[str, Any]:
    """The sender's list in a folder of a handover. Raises BadHandoverList, also where its lines are not its digest."""
    path = folder / LIST
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        lines = found["lines"]
        fits = list_digest(lines) == found["digest"] and found["packages"] == len(lines)
        [(line["version"], line["term"]["kind"]) for line in lines]
        uuid.UUID(found["handover"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadHandoverList(path=LIST, reason=type(error).__name__) from error
    if not fits:
        raise BadHandoverList(path=LIST, reason="sha256")
    return found


def compare(
    connection: psycopg.Connection, listed: Mapping[str, Any], refusals: Mapping[str, str]
) -> Compared:
    """What is held here as the sender's list says; what is not, or what a person refuses. Raises NotOnTheList."""
    keys = [line["key"] for line in listed["lines"]]
    if strange := sorted(set(refusals) - set(keys)):
        raise NotOnTheList(key=strange[0])
    held = {c.key: c for c in contents(connection, keys=keys)}
    accepted, refused = [], []
    for line in listed["lines"]:
        mine, key = held.get(line["key"]), line["key"]
        if key in refusals:
            refused.append({"key": key, "reason": refusals[key]})
        elif key.startswith(
            PAPER
        ):  # looked at by persons; the register of this side takes it in from the table
            accepted.append({"key": key, "aip": ""})
        elif mine is None:
            refused.append({"key": key, "reason": _NOT_TAKEN_IN})
        elif any(getattr(mine, name) != line[name] for name in AGREED):
            refused.append({"key": key, "reason": _DIFFERS})
        else:
            accepted.append({"key": key, "aip": mine.id})
    return Compared(tuple(accepted), tuple(refused))


def record_received(
    connection: psycopg.Connection, store: Store, listed: Mapping[str, Any], found: Compared, *, by: str, number: str,
    on: dt.date,
) -> HandoverRow:  # fmt: skip
    """Take the accepted records over: custody and terms here. Called again it gives what was recorded."""
    id = uuid.uuid5(_RECEIVED, listed["handover"])
    with deciding(connection, store) as record:
        if catalogue.one(connection, HandoverRow, "handover", id=id) is None:
            aips = {each["key"]: each["aip"] for each in found.accepted}
            names = ("version", "term", *AGREED)
            record(new_decision(
                "handover-received", id=id, by=by, basis=str(listed.get("basis", "")), handover=listed["handover"],
                kind=listed["kind"], sender=listed["sender"], receiver=listed["receiver"], digest=listed["digest"],
                lines=[{**{n: line[n] for n in names}, "aip": aips.get(line["key"], "")} for line in listed["lines"]],
                on=on.isoformat(), number=number, received_by=by, by_hand=False, accepted=list(found.accepted),
                refused=list(found.refused), about=[{"aip": aip} for aip in aips.values() if aip],
            ))  # fmt: skip
        _carry_terms(connection, record, listed, found, by, f"Bàn giao {number}")
    return find_handover(connection, str(id))


def _carry_terms(
    connection: psycopg.Connection,
    record: Record,
    listed: Mapping[str, Any],
    found: Compared,
    by: str,
    basis: str,
) -> None:
    """The terms that the sender told, where the packages themselves do not say the same."""
    terms = {line["key"]: line["term"] for line in listed["lines"]}
    aips = [each["aip"] for each in found.accepted if each["aip"]]
    here = [told(r) for r in records(connection, ids=aips)]
    differing = [
        (one.record.id, terms[one.record.key]) for one in here if term_of(one) != terms[one.record.key]
    ]
    for term, ids in _by_term(differing):
        about = [{"aip": id} for id in ids]
        if term["kind"] != "open":
            record(new_decision("retention", by=by, basis=basis, rule=None, closed_year=term["closed_year"],
                                term={"kind": term["kind"], "years": term["years"]}, about=about))  # fmt: skip
        if term["event"]:
            record(
                new_decision(
                    "retention-event", by=by, basis=basis, what=basis, date=term["event"], about=about
                )
            )


def _by_term(
    differing: Sequence[tuple[str, Mapping[str, Any]]],
) -> Iterator[tuple[Mapping[str, Any], list[str]]]:
    grouped: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for id, term in differing:
        grouped.setdefault(json.dumps(term, sort_keys=True), (term, []))[1].append(id)
    yield from grouped.values()


def write_receipt(row: HandoverRow, compared: Compared, dest: Path) -> Path:
    """The receipt for the sender, as JSON; where it lies."""
    settled = row.settled or {}
    receipt = {
        "schema": 1, "handover": str(row.origin), "sender": row.sender, "receiver": row.receiver, "digest": row.digest,
        "received_by": settled["received_by"], "number": settled["number"], "on": settled["on"],
        "accepted": len(compared.accepted), "refused": list(compared.refused),
    }  # fmt: skip
    write_whole(dest / RECEIPT, json.dumps(receipt, ensure_ascii=False, indent=2) + "\n", mode=0o644)
    return dest / RECEIPT
