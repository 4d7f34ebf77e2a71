"""Commands about evidence: evidence, evidence-note."""

import json
import os
from pathlib import Path

import click

from access.cli.agencies import BY, account
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from access.cli.holdings import CannotWrite
from access.evidence import writing
from preservation.bodies import days
from preservation.evidence.facts import Period, gather
from preservation.evidence.freezing import freeze, frozen, object_of
from preservation.evidence.lines import NOTES, lines
from preservation.evidence.notes import note
from repository import catalogue
from repository.opening import Opened
from standards.shown import for_people


@command(kho, "evidence")
@click.option("--from", "first", required=True, help="2026-01-01")
@click.option("--to", "last", required=True, help="2026-12-31")
@click.option("--renew", is_flag=True)
@click.argument("dest", type=click.Path(path_type=Path), default=Path())
def evidence(call: Call, first: str, last: str, renew: bool, dest: Path) -> int:
    """Báo cáo bằng chứng của một kỳ, để ký; đã lập thì giữ nguyên / the evidence of a period, frozen, to be signed."""
    period = Period.of(days.day(first), days.day(last))
    opened = call.open(create=False, writing=True)
    made = None if renew else frozen(opened.store, period)
    new = made is None
    if made is None:
        made = _make(call, opened, period)
    document = json.loads(made[writing.JSON])
    paths = _write(made, dest, f"bao-cao-bang-chung-{period.first}-{period.last}")
    states = [line["state"] for line in document["lines"]]
    call.emit({"schema": 1, "object": object_of(period), "new": new, "made": document["made"], "files": paths,
               "lines": [{name: line[name] for name in ("id", "state", "iso16363", "ndsa", "tt05")} for line in document["lines"]],
               "unread": len(document["facts"]["unread"]), "journal_head": document["facts"]["journal"]["head"]})  # fmt: skip
    if not new:
        call.tell("evidence-frozen", made=document["made"])
    for line in document["lines"]:
        if line["state"] != "told":
            call.tell(f"evidence-{line['state']}", text=line[call.lang])
    call.tell("evidence-written", met=states.count("met"), wrong=states.count("not-met"), unknown=states.count("unknown"),
              paths=", ".join(paths))  # fmt: skip
    return REFUSED if "not-met" in states else DONE


def _make(call: Call, opened: Opened, period: Period) -> dict[str, bytes]:
    with opened.connect() as connection:
        facts = gather(connection, opened.store, period, call.settings.audit_days)
        told = list(lines(facts, period))
        files = writing.files(facts, told, period, catalogue.now(), call.settings.lib / "verapdf")
        freeze(connection, opened.store, period, files)
    return files


def _write(files: dict[str, bytes], dest: Path, stem: str) -> list[str]:
    """Copies for whoever asked. Raises CannotWrite."""
    written = []
    for name, data in sorted(files.items()):
        path = dest / f"{stem}{'-chua-doc' if name == writing.CSV else ''}{Path(name).suffix}"
        try:
            dest.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as problem:
            raise CannotWrite(path=for_people(os.fspath(path)), reason=problem.strerror) from problem
        written.append(os.fspath(path))
    return written


@command(kho, "evidence-note")
@click.argument("what", type=click.Choice(NOTES))
@click.option("--on", required=True, help="2026-06-30")
@click.option("--text", required=True)
@click.option("--failed", is_flag=True)
@BY
def evidence_note(call: Call, what: str, on: str, text: str, failed: bool, by: str | None) -> int:
    """Ghi lại một lần sao lưu, diễn tập, thay phương tiện, sự cố / note a backup, a drill, a migration of media, an incident."""
    opened = call.open(create=False, writing=True)
    with opened.connect() as connection:
        decision = note(
            connection, opened.store, what, on=days.day(on), good=not failed, text=text, by=account(by)
        )
    call.emit(
        {"schema": 1, "id": decision["id"], "what": what, "on": decision["on"], "result": decision["result"]}
    )
    call.tell("evidence-noted", what=what, on=decision["on"])
    return DONE
