"""Commands of the programme of digitisation: phases, targets, and the report on how far it is."""

import os
from pathlib import Path

import click

from access import programme_report
from access.cli.agencies import BASIS, BY, ON, Exists
from access.cli.common import DONE, Call, command
from access.cli.groups import kho
from preservation.bodies import days
from preservation.persons import person
from preservation.programme import planning, progress
from standards.errors import UsageError
from standards.paths import must_be_there
from standards.shown import for_people as shown


@kho.group("programme")
def programme() -> None:
    """Chương trình số hóa (kế hoạch 155): chỉ tiêu và tiến độ / the programme of digitisation."""


@command(programme, "phases")
def programme_phases(call: Call) -> int:
    """Các giai đoạn / the phases."""
    found = planning.phases().values()
    call.emit({"schema": 1, "phases": [
        {"name": p.name, "vi": p.vi, "en": p.en, "due": p.due.isoformat()} for p in found]})  # fmt: skip
    for p in found:
        call.say(f"{p.name}  {p.vi if call.lang == 'vi' else p.en}")
    return DONE


@command(programme, "targets")
@click.argument("path", type=click.Path(path_type=Path))
@BASIS
@BY
def programme_targets(call: Call, path: Path, basis: str, by: str | None) -> int:
    """Ghi chỉ tiêu của từng cơ quan từ bảng CSV / set the targets of bodies from a table."""
    must_be_there(path)
    opened, who = call.open(create=False, writing=True), person(by)
    with opened.connect() as connection:
        decision = planning.set_targets(connection, opened.store, path, by=who, basis=basis)
    call.emit({"schema": 1, "decision": decision["id"], "targets": decision["targets"]})
    call.tell("programme-targets", count=len(decision["targets"]), id=decision["id"])
    return DONE


@command(programme, "report")
@click.argument("dest", required=False, type=click.Path(path_type=Path))
@click.option("--group", "by", type=click.Choice(progress.BY), default="body")
@click.option("--phase", type=click.Choice(["2025", "2026"]))
@ON
def programme_report_(call: Call, dest: Path | None, by: str, phase: str | None, on: str | None) -> int:
    """Tiến độ theo cơ quan, khối, cấp, giai đoạn, tuần; ra PDF hoặc XLSX / how far the programme is."""
    if dest is not None and dest.suffix.lower() not in (".pdf", ".xlsx"):
        raise UsageError(reason=f"{dest.name}: .pdf | .xlsx")
    if dest is not None and dest.exists():
        raise Exists(path=shown(os.fspath(dest)))
    with call.open(create=False).connect() as connection:
        found = progress.report(connection, by=by, on=days.day_or_none(on), phase=phase)
    call.emit({"schema": 1, "on": found.on.isoformat(), "by": by, "phase": phase,
               "lines": [progress.line_json(line) for line in found.lines],
               "total": progress.line_json(found.total), "path": dest and os.fspath(dest)})  # fmt: skip
    headings, rows = programme_report.table(found)
    if dest is not None:
        extra = [planning.phases()[phase].vi] if phase else []
        dest.write_bytes(programme_report.write(found, planning.PLAN, dest.suffix.lower()[1:], extra))
        call.tell("body-exported", count=len(rows), path=os.fspath(dest))
    else:
        for row in rows:
            call.say(
                "  ".join(f"{h}: {v}" if n else v for n, (h, v) in enumerate(zip(headings, row, strict=True)))
            )
    return DONE
