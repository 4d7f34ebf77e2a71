"""The sending side: what may go, the frozen list, the packages, and custody when the other side has agreed."""

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import psycopg

from preservation.arrangement.reading import Entry
from preservation.bodies.days import today
from preservation.handover.paper import paper_lines, paper_of
from preservation.persons import must_differ
from preservation.retention.told import Told, told
from repository import catalogue
from repository.aip import read_aip
from repository.bodies import read_bodies
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.export import export_aip
from repository.exports_known import note_export
from repository.handover_rows import HandoverLineRow, HandoverRow, contents, lines_of
from repository.hold_rows import holds_of
from repository.home import write_whole
from repository.opening import Opened
from repository.packages import AipId
from repository.queries import sql
from repository.retention_rows import records
from repository.store import Store
from standards.eark import folder_name
from standards.errors import KhoError
from standards.shown import for_csv

KINDS: Final = ("historical", "successor", "centre")
PACKAGES, TABLE, LIST, RECEIPT = "goi", "danh-muc.csv", "ban-giao.json", "bien-nhan.json"
AGREED: Final = ("key", "documents", "files", "bytes", "digest")  # what both sides compare of a line
_COLUMNS: Final = (
    "number",
    "key",
    "title",
    "aip",
    "folder",
    "version",
    "documents",
    "files",
    "bytes",
    "digest",
)


class NoSuchHandover(KhoError):
    """No handover has this id."""

    code = "no-such-handover"
    vi = "Không có lần bàn giao nào có mã {id}. Xem `kho handover list`."
    en = "There is no handover {id}. See `kho handover list`."


class NothingToHandOver(KhoError):
    """No record may go."""

    code = "nothing-to-hand-over"
    exit_code = 3
    vi = "Không có hồ sơ nào bàn giao được ({left} hồ sơ bị loại: {why})."
    en = "No file can be handed over ({left} left out: {why})."


class HandoverState(KhoError):
    """A handover that is not where the command wants it."""

    code = "handover-state"
    exit_code = 3
    vi = "Lần bàn giao {id} đang ở trạng thái {status}."
    en = "The handover {id} is {status}."


class ListChanged(KhoError):
    """The two sides do not mean the same list."""

    code = "handover-list-differs"
    exit_code = 3
    vi = "Biên nhận không ứng với danh mục đã chốt của lần bàn giao {id}: {reason}."
    en = "The receipt does not belong to the frozen list of the handover {id}: {reason}."


class BadReceipt(KhoError):
    """A file that is no receipt of a handover."""

    code = "bad-handover-receipt"
    exit_code = 2
    vi = "Không đọc được biên nhận {path}: {reason}."
    en = "The receipt {path} cannot be read: {reason}."


class NoSuchReceiver(KhoError):
    """The body that should take over is not known, or has ended."""

    code = "no-such-receiver"
    vi = "Bên nhận {code} chưa có trong danh sách cơ quan hoặc đã chấm dứt hoạt động. Ghi nhận bằng `kho agency set`."
    en = "The receiver {code} is no known body, or has ended. Record it by `kho agency set`."


def list_digest(lines: Sequence[Mapping[str, Any]]) -> str:
    """sha256 over the frozen lines: what both sides compare."""
    facts = [[line[c] for c in AGREED] for line in lines]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=True).encode()).hexdigest()


def freeze(
    connection: psycopg.Connection, store: Store, *, kind: str, sender: str, receiver: str, by: str, basis: str,
    ids: Sequence[str] = (), paper: bool = False,
) -> tuple[dict[str, Any], dict[str, str]]:  # fmt: skip
    """Freeze a list of all that the sender holds and may hand over, or of the records named; with `paper` also of its paper
    hồ sơ. What was left out, with why.

    Raises NothingToHandOver, NoSuchReceiver.
    """
    with deciding(connection, store) as record:
        bodies, on = read_bodies(connection), today()
        if receiver not in bodies.rows or not bodies.lives(receiver, on) or receiver == sender:
            raise NoSuchReceiver(code=receiver)
        wanted = {r.id: told(r) for r in records(connection, ids=list(ids) or None)}
        left = {id: "not-held" for id, each in wanted.items()
                if ids and each.record.custodian(bodies, on) != sender}  # fmt: skip
        mine = [each for each in wanted.values() if each.record.custodian(bodies, on) == sender]
        left |= _left_out(connection, kind, mine)
        found = contents(connection, ids=[each.record.id for each in mine if each.record.id not in left])
        on_paper, left_paper = (
            paper_lines(connection, bodies, sender=sender, kind=kind, on=on) if paper else ([], {})
        )
        left |= left_paper
        if not found and not on_paper:
            raise NothingToHandOver(left=len(left), why=", ".join(sorted(set(left.values()))) or "—")
        lines = [{"aip": c.id, "key": c.key, "version": c.version, "documents": c.documents, "files": c.files,
                  "bytes": c.bytes, "digest": c.digest, "term": term_of(wanted[c.id])} for c in found]  # fmt: skip
        lines += on_paper
        decision = new_decision(
            "handover-list", by=by, basis=basis, kind=kind, sender=sender, receiver=receiver, lines=lines,
            digest=list_digest(lines), about=[{"aip": line["aip"]} for line in lines if line["aip"]],
        )  # fmt: skip
        record(decision)
    return decision, left


def term_of(one: Told) -> dict[str, Any]:
    """What the other side has to know of a record's term."""
    return {"kind": one.term.kind, "years": one.term.years, "closed_year": one.closed_year,
            "event": one.record.event_date and one.record.event_date.isoformat()}  # fmt: skip


def _left_out(connection: psycopg.Connection, kind: str, mine: Sequence[Told]) -> dict[str, str]:
    """Why records may not go: held, on another list, not permanent where only permanent records go."""
    held = holds_of(connection)
    frozen = {row[0] for row in connection.execute(sql("frozen_records"), {"ids": None})}
    reviewed = {row[0] for row in connection.execute(sql("lines_under_review"))}
    left = {}
    for each in mine:
        id = each.record.id
        if id in held:
            left[id] = "held"
        elif id in frozen:
            left[id] = "in-handover"
        elif id in reviewed:
            left[id] = "under-review"
        elif kind == "historical" and each.term.kind != "permanent":
            left[id] = "not-permanent"
    return left


def all_handovers(connection: psycopg.Connection) -> list[HandoverRow]:
    """Every handover, out and in, the oldest first."""
    return catalogue.many(connection, HandoverRow, "handovers")


def find_handover(connection: psycopg.Connection, id: str) -> HandoverRow:
    """A handover by its id, or the beginning of it. Raises NoSuchHandover."""
    found = [h for h in all_handovers(connection) if str(h.id).startswith(id.lower())]
    connection.commit()
    if not id or len(found) != 1:
        raise NoSuchHandover(id=id)
    return found[0]


def export(
    connection: psycopg.Connection, opened: Opened, handover: HandoverRow, dest: Path, *, form: str,
    advance: Callable[[int, int], None] = lambda _done, _all: None,
) -> Path:  # fmt: skip
    """Write the packages, their table and the list into `dest`; the list. A call that was cut short goes on."""
    _must_be_frozen(handover)
    lines = lines_of(connection, handover.id)
    connection.commit()
    folder = dest / PACKAGES
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    papers = paper_of(connection, [line.key for line in lines])
    connection.commit()
    for done, line in enumerate(lines, start=1):
        paper = papers.get(line.key)
        rows.append(_paper_row(line, paper) if paper else _export_one(connection, opened, line, folder, form))
        advance(done, len(lines))
    with (dest / TABLE).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS, lineterminator="\r\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(
            {name: for_csv("" if value is None else str(value)) for name, value in row.items()}
            for row in rows
        )
    sums = {name: sum(int(r[name]) for r in rows) for name in ("documents", "files", "bytes")}
    told_list = {
        "schema": 1, "handover": str(handover.id), "kind": handover.kind, "sender": handover.sender,
        "receiver": handover.receiver, "basis": handover.basis, "digest": handover.digest, "packages": len(rows),
        **sums, "lines": rows,
    }  # fmt: skip
    write_whole(dest / LIST, json.dumps(told_list, ensure_ascii=False, indent=2) + "\n", mode=0o644)
    return dest / LIST


def _export_one(
    connection: psycopg.Connection, opened: Opened, line: HandoverLineRow, folder: Path, form: str
) -> dict[str, Any]:
    """The package of one line, as it was when the list was frozen; one that is there already stays."""
    tree = opened.store.tree(AipId(line.aip), line.version)
    content = read_aip(tree)
    there = [folder / name for name in (line.aip, folder_name(line.aip)) if (folder / name).exists()]
    if there:
        path = there[0]
    else:
        path = export_aip(tree, content, folder, form)
        note_export(connection, line.aip, path, form)
    return {"number": line.ordinal, "key": line.key, "title": content.fields.get("title", ""), "aip": line.aip,
            "folder": path.name, "version": line.version, "documents": line.documents, "files": line.files,
            "bytes": line.bytes, "digest": line.digest, "term": dict(line.term)}  # fmt: skip


def _paper_row(line: HandoverLineRow, entry: Entry) -> dict[str, Any]:
    """A paper hồ sơ: nothing to write, and all that its folder says."""
    said = {name: entry[name] for name in ("inventory", "box", "number", "start", "end", "sheets")}
    return {"number": line.ordinal, "key": line.key, "title": entry["title"], "aip": "", "folder": "", "version": "",
            "documents": line.documents, "files": 0, "bytes": 0, "digest": line.digest, "term": dict(line.term),
            "paper": said}  # fmt: skip


def settle(
    connection: psycopg.Connection, store: Store, handover: HandoverRow, *, received: Mapping[str, Any], by: str,
    by_hand: bool,
) -> dict[str, Any]:  # fmt: skip
    """What the other side took over and what it refused; custody of the accepted records moves by this and not before.

    Raises ListChanged, HandoverState, SamePerson.
    """
    with deciding(connection, store) as record:
        now = find_handover(connection, str(handover.id))
        _must_be_frozen(now)
        must_differ(by, str(received["received_by"]))
        lines = lines_of(connection, now.id)
        refused = {str(r["key"]): str(r["reason"]) for r in received["refused"]}
        _same_list(now, lines, received, refused)
        decision = new_decision(
            "handover-receipt", by=by, basis=now.basis, handover=str(now.id), receiver=now.receiver,
            on=str(received["on"]), number=str(received["number"]), received_by=str(received["received_by"]),
            by_hand=by_hand, accepted=[{"aip": x.aip, "key": x.key} for x in lines if x.key not in refused],
            refused=[{"aip": x.aip, "key": x.key, "reason": refused[x.key]} for x in lines if x.key in refused],
            about=[{"aip": line.aip} for line in lines if line.aip],
        )  # fmt: skip
        record(decision)
    return decision


def _must_be_frozen(handover: HandoverRow) -> None:
    if handover.way != "out" or handover.status != "frozen":
        raise HandoverState(id=handover.id, status=handover.status)


def _same_list(
    handover: HandoverRow,
    lines: Sequence[HandoverLineRow],
    received: Mapping[str, Any],
    refused: Mapping[str, str],
) -> None:
    keys = {line.key for line in lines}
    if received["digest"] != handover.digest:
        raise ListChanged(id=handover.id, reason="sha256")
    if strange := sorted(set(refused) - keys):
        raise ListChanged(id=handover.id, reason=strange[0])
    if (accepted := len(lines) - len(refused)) != received["accepted"]:
        raise ListChanged(id=handover.id, reason=f"{received['accepted']} ≠ {accepted}")


def withdraw(
    connection: psycopg.Connection, store: Store, handover: HandoverRow, *, by: str, basis: str
) -> None:
    """Take a handover back that nobody has received. Raises HandoverState."""
    with deciding(connection, store) as record:
        now = find_handover(connection, str(handover.id))
        _must_be_frozen(now)
        about = [{"aip": line.aip} for line in lines_of(connection, now.id) if line.aip]
        record(new_decision("handover-withdrawal", by=by, basis=basis, handover=str(now.id), about=about))


def by_hand(
    handover: HandoverRow, lines: Sequence[HandoverLineRow], refused: Mapping[str, str], *, number: str,
    received_by: str, on: dt.date,
) -> dict[str, Any]:  # fmt: skip
    """A receipt on paper, in the shape of one that another Kho gives."""
    return {"digest": handover.digest, "accepted": len(lines) - len(refused), "number": number, "on": on.isoformat(),
            "received_by": received_by, "refused": [{"key": k, "reason": r} for k, r in refused.items()]}  # fmt: skip


def read_receipt(path: Path) -> dict[str, Any]:
    """The receipt that the receiving Kho wrote. Raises BadReceipt."""
    try:
        told_: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        wanted = ("digest", "accepted", "number", "on", "received_by", "refused", "handover")
        if missing := [name for name in wanted if name not in told_]:
            raise BadReceipt(path=path.name, reason=", ".join(missing))
        dt.date.fromisoformat(str(told_["on"]))
        [(r["key"], r["reason"]) for r in told_["refused"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadReceipt(path=path.name, reason=type(error).__name__) from error
    return told_
