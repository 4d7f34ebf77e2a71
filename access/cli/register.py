"""Commands of arrangement: the register of a fonds, paper and digital, changed in acts that can be undone."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import psycopg

from access import register_forms as forms
from access.cli.agencies import BY, ON, Exists, NoSuchBody
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from access.registering import read_register
from preservation.arrangement import arranging
from preservation.arrangement.reading import FILE_FIELDS, Entry, due_on, last_day_of
from preservation.bodies import days
from preservation.persons import person
from repository import catalogue
from repository.bodies import read_bodies
from repository.decisions import HANOI
from repository.opening import Opened
from repository.register_rows import ArrangementRow
from standards.errors import UsageError
from standards.paths import must_be_there
from standards.shown import for_people as shown
from standards.vietnamese import nfc

_AGENCY = click.option("--agency", required=True, help="H26.99.07")
_FONDS = click.option("--fonds", required=True, help="P9907")
_WHERE = click.option("--where", multiple=True, help="inventory=01")
_NOTE = click.option("--basis", default="")


@kho.group("register")
def register() -> None:
    """Chỉnh lý: sổ đăng ký hồ sơ giấy và số / arrangement: the register of a fonds."""


def _pairs(given: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    found = {}
    for each in given:
        name, equals, value = nfc(each).partition("=")
        if not equals or name not in names:
            raise UsageError(reason=f"{each}: {', '.join(names)}")
        found[name] = value.strip()
    return found


def _body(connection: psycopg.Connection, code: str) -> str:
    known = read_bodies(connection).find(code)
    connection.commit()
    if known is None:
        raise NoSuchBody(code=shown(code))
    return known


def _arrange(
    call: Call, opened: Opened, connection: psycopg.Connection, what: str, act: arranging.Act, by: str, basis: str = "",
    **more: Any,
) -> int:  # fmt: skip
    made = arranging.arrange(connection, opened.store, what, act, by=by, basis=basis)
    call.emit({"schema": 1, **_act_json(made), **more})
    call.tell("register-done", id=made.id, count=made.changed, what=call.word(f"register-{made.what}"))
    return DONE


@command(register, "import")
@click.argument("path", type=click.Path(path_type=Path))
@_AGENCY
@_FONDS
@click.option("--dry-run", is_flag=True)
@BY
def register_import(call: Call, path: Path, agency: str, fonds: str, dry_run: bool, by: str | None) -> int:
    """Nhập mục lục giấy từ bảng tính / take in a paper register from a spreadsheet."""
    must_be_there(path)
    found = read_register(path)
    counts = {"files": len(found.files), "documents": sum(len(d) for _f, d in found.files)}
    more: dict[str, Any] = {**counts, "sealed": found.sealed, "without_title": found.empty}
    call.tell("register-read", **counts)
    for name, places in (("register-sealed", found.sealed), ("register-empty", found.empty)):
        if places:
            call.tell(name, count=len(places), places=", ".join(places[:20]))
    if dry_run or not found.files:
        call.emit({"schema": 1, **more})
    else:
        opened, who = call.open(create=False, writing=True), person(by)
        with opened.connect() as connection:
            code = _body(connection, agency)
            _arrange(
                call,
                opened,
                connection,
                "import",
                lambda: arranging.added(code, fonds, found.files),
                who,
                **more,
            )
    return REFUSED if found.sealed or found.empty or not found.files else DONE


@command(register, "sync")
@_AGENCY
@_FONDS
@BY
def register_sync(call: Call, agency: str, fonds: str, by: str | None) -> int:
    """Ghi vào sổ các hồ sơ số chưa có mục / enter the preserved hồ sơ that have no entry yet."""
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        code = _body(connection, agency)
        return _arrange(
            call, opened, connection, "sync", lambda: arranging.registered(connection, code, fonds), who
        )


@command(register, "list")
@_AGENCY
@_FONDS
@_WHERE
def register_list(call: Call, agency: str, fonds: str, where: tuple[str, ...]) -> int:
    """Phông → mục lục → hộp → hồ sơ / the hồ sơ of a fonds."""
    with call.open(create=False).connect() as connection:
        found = arranging.files(connection, _body(connection, agency), fonds, _pairs(where, FILE_FIELDS))
    boxes = Counter((e["inventory"], e["box"]) for e in found)
    call.emit({"schema": 1, "files": [_json(e) for e in found],
               "boxes": [{"inventory": i, "box": b, "files": n} for (i, b), n in boxes.items()]})  # fmt: skip
    for e in found:
        call.tell("register-file", id=e.id, inventory=e["inventory"] or "—", box=e["box"] or "—", number=e["number"] or "—",
                  title=e["title"], kept=call.word(f"register-{e.kept}"))  # fmt: skip
    if not found:
        call.tell("nothing")
    return DONE


@command(register, "show")
@click.argument("id")
def register_show(call: Call, id: str) -> int:
    """Một mục với các văn bản của nó / an entry with its documents."""
    with call.open(create=False).connect() as connection:
        (entry,) = arranging.find(connection, [id])
        below = arranging.documents(connection, entry.id) if entry.kind == "file" else []
    call.emit({"schema": 1, **_json(entry), "documents": [_json(d) for d in below]})
    for name, value in entry.fields.items():
        if value:
            call.say(f"{name}: {value}")
    for each in below:
        call.tell(
            "register-document", id=each.id, order=each["order"], number=each["number"], title=each["title"]
        )
    return DONE


@command(register, "history")
@click.argument("id")
def register_history(call: Call, id: str) -> int:
    """Một mục đã thay đổi ra sao / what was changed of an entry, and by whom."""
    with call.open(create=False).connect() as connection:
        arranging.find(connection, [id])
        found = list(catalogue.as_dicts(connection, "history_of_entry", id=id))
    told = [{**row, "made_at": row["made_at"].astimezone(HANOI).isoformat()} for row in found]
    call.emit({"schema": 1, "history": told})
    for row in told:
        call.tell("register-act", id=row["arrangement"], what=call.word(f"register-{row['what']}"), by=row["made_by"],
                  time=row["made_at"][:16].replace("T", " "), count=1)  # fmt: skip
    return DONE


@command(register, "set")
@click.argument("words", nargs=-1, required=True, metavar="[ID]... FIELD=VALUE...")
@click.option("--agency")
@click.option("--fonds")
@_WHERE
@_NOTE
@BY
def register_set(
    call: Call, words: tuple[str, ...], agency: str | None, fonds: str | None, where: tuple[str, ...], basis: str,
    by: str | None,
) -> int:  # fmt: skip
    """Đổi tiêu đề, hộp, mục lục, thời hạn … của một hoặc nhiều mục / say fields of one or many entries anew."""
    ids, values = [w for w in words if "=" not in w], [w for w in words if "=" in w]
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        about = _about(connection, ids, agency, fonds, where)
        names = sorted({n for e in about for n in e.fields} - {"custodian"})  # moved by a handover alone
        new = _pairs(values, names)
        return _arrange(call, opened, connection, "set",
                        lambda: arranging.changed(connection, about, lambda _e: new), who, basis)  # fmt: skip


def _about(
    connection: psycopg.Connection,
    ids: Sequence[str],
    agency: str | None,
    fonds: str | None,
    where: Sequence[str],
) -> list[Entry]:
    if ids:
        return arranging.find(connection, ids)
    if not (agency and fonds):
        raise UsageError(reason="ID… | --agency … --fonds … [--where …]")
    return arranging.files(connection, _body(connection, agency), fonds, _pairs(where, FILE_FIELDS))


@command(register, "renumber")
@_AGENCY
@_FONDS
@_WHERE
@click.option("--from", "begin", type=click.IntRange(1), default=1)
@BY
def register_renumber(
    call: Call, agency: str, fonds: str, where: tuple[str, ...], begin: int, by: str | None
) -> int:
    """Đánh số lại hồ sơ theo thứ tự hộp và số hiện nay / number the hồ sơ anew."""
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        about = _about(connection, (), agency, fonds, where)
        return _arrange(
            call, opened, connection, "renumber", lambda: arranging.renumbered(connection, about, begin), who
        )


@command(register, "merge")
@click.argument("ids", nargs=-1, required=True)
@click.option("--into", required=True, metavar="ID")
@_NOTE
@BY
def register_merge(call: Call, ids: tuple[str, ...], into: str, basis: str, by: str | None) -> int:
    """Nhập các hồ sơ vào một hồ sơ / merge hồ sơ into one."""
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        about, target = arranging.find(connection, ids), arranging.find(connection, [into])[0]
        return _arrange(
            call, opened, connection, "merge", lambda: arranging.merged(connection, about, target), who, basis
        )


@command(register, "split")
@click.argument("id")
@click.option("--document", "documents", multiple=True, required=True, metavar="ID")
@click.option("--title", required=True)
@click.option("--number", default="")
@_NOTE
@BY
def register_split(
    call: Call, id: str, documents: tuple[str, ...], title: str, number: str, basis: str, by: str | None
) -> int:
    """Tách một số văn bản thành hồ sơ mới / split documents off into a hồ sơ of their own."""
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        (file,), below = arranging.find(connection, [id]), arranging.find(connection, documents)
        fields = {"title": nfc(title), "number": nfc(number)}
        return _arrange(
            call,
            opened,
            connection,
            "split",
            lambda: arranging.split(connection, file, below, fields),
            who,
            basis,
        )


@command(register, "move")
@click.argument("documents", nargs=-1, required=True)
@click.option("--into", required=True, metavar="ID")
@BY
def register_move(call: Call, documents: tuple[str, ...], into: str, by: str | None) -> int:
    """Chuyển văn bản sang hồ sơ khác / move documents into another hồ sơ."""
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        about, target = arranging.find(connection, documents), arranging.find(connection, [into])[0]
        return _arrange(
            call, opened, connection, "move", lambda: arranging.moved(connection, about, target), who
        )


@command(register, "exclude")
@click.argument("ids", nargs=-1, required=True)
@click.option("--why", type=click.Choice(list(arranging.EXCLUDED)), required=True)
@click.option("--reason", default="")
@BY
def register_exclude(call: Call, ids: tuple[str, ...], why: str, reason: str, by: str | None) -> int:
    """Loại ra (trùng thừa, hư hỏng): mục vẫn còn trong sổ / take out of the inventory; the entry stays."""
    opened, who = call.open(create=False, writing=True), person(by)
    said = ": ".join(p for p in (arranging.EXCLUDED[why], nfc(reason)) if p)
    return _each(call, opened, "exclude", ids, {"excluded": said}, who)


@command(register, "lend")
@click.argument("ids", nargs=-1, required=True)
@click.option("--to", "borrower", required=True, help="họ tên / name")
@click.option("--until", required=True, help="2026-01-01")
@BY
def register_lend(call: Call, ids: tuple[str, ...], borrower: str, until: str, by: str | None) -> int:
    """Cho mượn hồ sơ giấy / lend paper hồ sơ."""
    opened, who, last = call.open(create=False, writing=True), person(by), days.day(until)
    with opened.connect() as connection:
        out = [e for e in arranging.find(connection, ids) if e["lent_to"]]
    if out:
        raise arranging.BadArrangement(reason=f"hồ sơ {out[0]['number']} đang cho mượn",
                                       reason_en=f"the hồ sơ {out[0]['number']} is lent")  # fmt: skip
    return _each(
        call, opened, "lend", ids, {"lent_to": person(borrower), "lent_until": last.isoformat()}, who
    )


@command(register, "return")
@click.argument("ids", nargs=-1, required=True)
@BY
def register_return(call: Call, ids: tuple[str, ...], by: str | None) -> int:
    """Nhận lại hồ sơ cho mượn / hồ sơ that were lent are back."""
    opened, who = call.open(create=False, writing=True), person(by)
    return _each(call, opened, "return", ids, {"lent_to": "", "lent_until": ""}, who)


def _each(call: Call, opened: Opened, what: str, ids: Sequence[str], new: dict[str, str], by: str) -> int:
    with opened.connect() as connection:
        about = arranging.find(connection, ids)
        if any(e.kind != "file" for e in about):
            raise arranging.BadArrangement(
                reason="chỉ làm được với hồ sơ", reason_en="this is done to hồ sơ alone"
            )
        return _arrange(
            call, opened, connection, what, lambda: arranging.changed(connection, about, lambda _e: new), by
        )


@command(register, "acts")
@click.option("--agency")
@click.option("--fonds")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100)
def register_acts(call: Call, agency: str | None, fonds: str | None, limit: int) -> int:
    """Các lần chỉnh lý, mới nhất trước / the acts of arrangement, newest first."""
    with call.open(create=False).connect() as connection:
        found = catalogue.many(
            connection, ArrangementRow, "arrangements", agency=agency, fonds=fonds, limit=limit
        )
    call.emit({"schema": 1, "acts": [_act_json(a) for a in found]})
    for a in found:
        call.tell("register-act", id=a.id, what=call.word(f"register-{a.what}"), by=a.made_by, count=a.changed,
                  time=f"{a.made_at.astimezone(HANOI):%d/%m/%Y %H:%M}")  # fmt: skip
        if a.undone_by:
            call.tell("register-act-undone", id=a.undone_by)
    return DONE


@command(register, "undo")
@click.argument("id")
@_NOTE
@BY
def register_undo(call: Call, id: str, basis: str, by: str | None) -> int:
    """Hoàn tác một lần chỉnh lý / take an act back."""
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        act = arranging.find_act(connection, id)
        made = arranging.arrange(connection, opened.store, "undo", lambda: arranging.undone(connection, act), by=who,
                                 basis=basis, undoes=act.id)  # fmt: skip
    call.emit({"schema": 1, **_act_json(made)})
    call.tell("register-done", id=made.id, count=made.changed, what=call.word("register-undo"))
    return DONE


@command(register, "due")
@_AGENCY
@click.option("--fonds")
@ON
def register_due(call: Call, agency: str, fonds: str | None, on: str | None) -> int:
    """Hồ sơ giấy hết hạn, và hồ sơ mượn quá hạn / paper hồ sơ that are due, and loans that are late."""
    day = days.day_or_none(on) or days.today()
    with call.open(create=False).connect() as connection:
        found = [
            e for e in arranging.files(connection, _body(connection, agency), fonds) if e.kept == "paper"
        ]
    due = [e for e in found if due_on(e, day)]
    late = [e for e in found if e["lent_until"] and e["lent_until"] < day.isoformat()]
    call.emit(
        {
            "schema": 1,
            "on": day.isoformat(),
            "due": [_json(e) for e in due],
            "late_loans": [_json(e) for e in late],
        }
    )
    for e in due:
        call.tell(
            "register-due",
            number=e["number"],
            title=e["title"],
            term=e["term"],
            last=f"{last_day_of(e):%d/%m/%Y}",
        )
    for e in late:
        call.tell(
            "register-late", number=e["number"], title=e["title"], to=e["lent_to"], until=e["lent_until"]
        )
    if not due and not late:
        call.tell("nothing")
    return DONE


@command(register, "inventory")
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--agency")
@click.option("--fonds")
@_WHERE
@click.option("--file", "file", metavar="ID", help="mục lục văn bản của hồ sơ / the documents of a hồ sơ")
def register_inventory(
    call: Call, dest: Path, agency: str | None, fonds: str | None, where: tuple[str, ...], file: str | None
) -> int:
    """Mục lục hồ sơ, mục lục văn bản: PDF hoặc XLSX theo đuôi tệp / the inventory, PDF or XLSX by the file's ending."""
    if dest.exists():
        raise Exists(path=shown(os.fspath(dest)))
    if dest.suffix.lower() not in (".pdf", ".xlsx"):
        raise UsageError(reason=f"{dest.name}: .pdf | .xlsx")
    with call.open(create=False).connect() as connection:
        if file:
            (entry,) = arranging.find(connection, [file])
            title, lines = "MỤC LỤC VĂN BẢN", [f"Hồ sơ số {entry['number']}: {entry['title']}"]
            table = forms.documents_table(arranging.documents(connection, entry.id))
        else:
            found = [e for e in _about(connection, (), agency, fonds, where) if not e["excluded"]]
            bodies = read_bodies(connection)
            body = _body(connection, str(agency))
            title = "MỤC LỤC HỒ SƠ"
            lines = [f"Phông {fonds} – {bodies.name(body, days.today())} ({body})",
                     f"Mục lục số: {', '.join(sorted({e['inventory'] for e in found if e['inventory']})) or '—'}. "
                     f"Số hồ sơ: {len(found)}"]  # fmt: skip
            table = forms.inventory_table(found)
    make = forms.as_pdf if dest.suffix.lower() == ".pdf" else forms.as_xlsx
    dest.write_bytes(make(title, lines, *table))
    call.emit({"schema": 1, "path": os.fspath(dest), "rows": len(table[1])})
    call.tell("body-exported", count=len(table[1]), path=os.fspath(dest))
    return DONE


def _json(entry: Entry) -> dict[str, Any]:
    last = last_day_of(entry) if entry.kind == "file" else None
    return {"id": str(entry.id), "kind": entry.kind, "agency": entry.agency, "fonds": entry.fonds, "kept": entry.kept,
            "parent": entry.parent and str(entry.parent), "aip": entry.aip or None, **entry.fields,
            **({"expires_on": last and last.isoformat()} if entry.kind == "file" else {})}  # fmt: skip


def _act_json(act: ArrangementRow) -> dict[str, Any]:
    return {"id": str(act.id), "agency": act.agency, "fonds": act.fonds, "what": act.what, "changed": act.changed,
            "by": act.made_by, "at": act.made_at.isoformat(), "undoes": act.undoes and str(act.undoes),
            "undone_by": act.undone_by and str(act.undone_by)}  # fmt: skip
