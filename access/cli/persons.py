"""Commands about numbers of persons and about bursts of views."""

import sys
import uuid
from pathlib import Path

import click

from access.cli.common import DONE, Call, command
from access.cli.groups import kho
from access.cli.users import at_the_machine, read_password, user
from access.rights import today
from repository import catalogue, identifiers, people, views
from standards.personal import mask_identifiers


@command(kho, "find-person")
@click.option("--as", "account", required=True)
@click.option("--purpose", required=True)
@click.option("--basis", required=True)
@click.option("--password-file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def find_person(call: Call, account: str, purpose: str, basis: str, password_file: Path | None) -> int:
    """Tìm theo số định danh, đọc từ đầu vào chuẩn / find by the number of a person, read from standard input."""
    opened = call.open(create=False, writing=True)
    password = read_password(password_file)
    number = sys.stdin.readline(100)
    with opened.connect() as connection:
        people.check_password(connection, account, password)
        viewer = people.viewer(connection, account)
        connection.commit()
        found = identifiers.look_up(connection, opened.home, viewer, number, purpose, basis, today())
    places = [
        {"aip": m.aip, "document": m.document, "page": m.page or None,
         "title": mask_identifiers((m.document_fields or {}).get("subject") or m.file_fields.get("title") or m.key)}
        for m in found
    ]  # fmt: skip
    call.emit({"schema": 1, "account": account, "found": len(places), "places": places})
    call.tell("person-found", count=len(places))
    for place in places:
        call.tell(
            "person-line",
            title=place["title"],
            id=place["document"] or place["aip"],
            page=place["page"] or "—",
        )
    return DONE


@command(user, "lookups")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50)
def user_lookups(call: Call, limit: int) -> int:
    """Ai đã tra cứu số định danh, vì sao / who searched by numbers of persons, and why."""
    opened = call.open(create=False)
    with opened.connect() as connection:
        rows = list(catalogue.as_dicts(connection, "identifier_searches", limit=limit))
    call.emit(
        {
            "schema": 1,
            "searches": [{**row, "id": str(row["id"]), "time": row["time"].isoformat()} for row in rows],
        }
    )
    for row in rows:
        call.tell("lookup-line", **{**row, "time": row["time"].isoformat(timespec="seconds")})
    return DONE


@command(user, "alarms")
@click.option("--seen", "seen", type=click.UUID)
def user_alarms(call: Call, seen: uuid.UUID | None) -> int:
    """Cảnh báo xem dồn dập; --seen MÃ khi đã kiểm tra / alarms of bursts of views; --seen ID once looked into."""
    opened = call.open(create=False, writing=seen is not None)
    with opened.connect() as connection, connection.transaction():
        if seen is not None:
            views.see(connection, seen, at_the_machine())
        rows = views.alarms(connection)
    call.emit({"schema": 1, "alarms": [
        {"id": str(a.id), "account": a.account, "views": a.views, "minutes": a.minutes,
         "raised_at": a.raised_at.isoformat(), "seen_by": a.seen_by} for a in rows]})  # fmt: skip
    for a in rows:
        call.tell("alarm-line", id=str(a.id), account=a.account, views=a.views, minutes=a.minutes,
                  time=a.raised_at.isoformat(timespec="seconds"), state=a.seen_by or call.word("alarm-open"))  # fmt: skip
    return DONE
