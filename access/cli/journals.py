"""Commands about the journal: seal, export, verify."""

import click

from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from preservation import journal_asking, journal_export
from repository import journal
from repository.bodies import read_bodies
from standards.errors import KhoError
from standards.shown import for_people
from standards.timestamps import stamper


class NothingKnown(KhoError):
    """Neither a record nor a body has this id."""

    code = "nothing-known"
    vi = "Không có hồ sơ (kể cả đã hủy) hay cơ quan nào có mã {id}."
    en = "Neither a record, held or destroyed, nor a body has the id {id}."


@kho.group("journal")
def journals() -> None:
    """Nhật ký không sửa được / the journal that cannot be changed."""


@command(journals, "seal")
def journal_seal(call: Call) -> int:
    """Nối các mục mới vào chuỗi / chain the entries that wait."""
    with call.open(create=False).connect() as connection:
        sealed = journal.seal(connection)
        position, head = journal.head(connection)
    call.emit({"schema": 1, "sealed": sealed, "position": position, "head": head})
    call.tell("journal-sealed", count=sealed, position=position, head=head)
    return DONE


@command(journals, "export")
def journal_export_(call: Call) -> int:
    """Đưa nhật ký vào kho lưu trữ, mỗi tháng một đối tượng / put the journal into storage, an object a month."""
    opened = call.open(create=False, writing=True)
    with opened.connect() as connection:
        done = journal_export.export(connection, opened.store, stamper(call.settings.tsa_url))
    call.emit({"schema": 1, "parts": [{"month": m, "first": f, "last": last} for m, f, last in done.parts],
               "position": done.position, "head": done.head, "stamped": done.stamped,
               "unstamped": done.unstamped or None})  # fmt: skip
    for month, first, last in done.parts:
        call.tell("journal-part", month=month, first=first, last=last)
    call.tell("journal-head", position=done.position, head=done.head, stamped=done.stamped)
    if done.unstamped:
        call.tell("journal-unstamped", reason=done.unstamped)
    return REFUSED if done.unstamped else DONE


@command(journals, "about")
@click.argument("id")
def journal_about(call: Call, id: str) -> int:
    """Nhật ký nói gì về một hồ sơ (kể cả đã hủy) hoặc một cơ quan / what the journal tells of a record or a body."""
    opened = call.open(create=False)
    with opened.connect() as connection:
        journal.seal(connection)
        place, body = journal_asking.place_of(connection, id), read_bodies(connection).find(id)
        connection.commit()
        if place is None and body is None:
            raise NothingKnown(id=for_people(id))
        aip, agency, fonds = place or ("", str(body), "")
        found = journal_asking.asked(connection, opened.store, aip=aip, agency=agency, fonds=fonds)
    call.emit({"schema": 1, "aip": aip or None, "agency": agency, "entries": [
        {"position": a.position, "time": a.time, "step": a.step, "type": a.type, "outcome": a.outcome,
         "decision": a.decision and {n: a.decision.get(n) for n in ("id", "decision", "decided_by", "decided_at", "basis",
                                                                    "number", "second", "received_by")},
         "missing": a.missing} for a in found]})  # fmt: skip
    for a in found:
        said = a.decision or {}
        call.tell("journal-answer", position=a.position, time=a.time[:16].replace("T", " "), step=a.step or a.type,
                  outcome=a.outcome, by=said.get("decided_by", "—"), basis=said.get("number") or said.get("basis") or "—")  # fmt: skip
    return REFUSED if any(a.missing for a in found) else DONE


@command(journals, "verify")
@click.option("--storage/--no-storage", default=True)
def journal_verify(call: Call, storage: bool) -> int:
    """Đối chiếu chuỗi với chính nó, với cơ sở dữ liệu và kho lưu trữ / the chain against itself, rows and storage."""
    opened = call.open(create=False)
    with opened.connect() as connection:
        found = journal.check(connection)
        differing = journal_export.differing(connection, opened.store) if storage else []
    good = found.good and not differing
    call.emit({"schema": 1, "verdict": "valid" if good else "invalid", "entries": found.entries, "waiting": found.waiting,
               "head": found.head, "broken": list(found.broken), "lost": list(found.lost), "strange": list(found.strange),
               "differing": differing})  # fmt: skip
    for position in [*found.broken, *differing]:
        call.tell("journal-broken", position=position)
    for row in found.lost:
        call.tell("journal-lost", position=row["position"], kind=row["kind"])
    for row in found.strange:
        call.tell("journal-strange", kind=row["kind"], ids=row["ids"])
    call.tell(
        "journal-good" if good else "journal-bad",
        entries=found.entries,
        waiting=found.waiting,
        head=found.head,
    )
    return DONE if good else REFUSED
