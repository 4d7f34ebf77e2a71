"""Commands about the versions of an AIP: describe, diff."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import click

from access.cli.agencies import BY, account, follow_in_index
from access.cli.common import DONE, Call, command
from access.cli.holdings import aip, find_aip
from preservation.versions.describing import Correction, describe
from preservation.versions.differing import diff
from standards.errors import UsageError

_CHANGE = re.compile(r"(?:([0-9]{1,9}):)?([A-Za-z_]+)=(.*)", re.DOTALL)


@command(aip, "describe")
@click.argument("id")
@click.argument("changes", nargs=-1, required=True)
@click.option("--reason", required=True)
@click.option("--now", is_flag=True)
@BY
def aip_describe(call: Call, id: str, changes: Sequence[str], reason: str, now: bool, by: str | None) -> int:
    """Sửa mô tả: TRƯỜNG=GIÁ TRỊ, của văn bản 3: 3:TRƯỜNG=GIÁ TRỊ / correct the description; a new version of the AIP."""
    fields, documents = _read(changes)
    opened = call.open(create=False, writing=True)
    row = find_aip(opened, id)
    done = describe(opened, row, Correction(fields, documents, reason, account(by), now))
    if done.version:
        with opened.connect() as connection:
            follow_in_index(call, opened, connection)
    call.emit({"schema": 1, "aip": row.id, "decision": done.decision["id"], "version": done.version,
               "waits": done.version is None, "fields": done.decision["fields"],
               "documents": done.decision["documents"]})  # fmt: skip
    if done.version:
        call.tell("described", aip=row.id, version=done.version)
    else:
        call.tell("described-waits", aip=row.id, version=done.after)
    return DONE


def _read(changes: Sequence[str]) -> tuple[dict[str, str], dict[int, dict[str, str]]]:
    """FIELD=VALUE and N:FIELD=VALUE. Raises UsageError."""
    fields: dict[str, str] = {}
    documents: dict[int, dict[str, str]] = {}
    for change in changes:
        read = _CHANGE.fullmatch(change)
        if read is None:
            raise UsageError(
                reason=f"{change!r}: TRƯỜNG=GIÁ TRỊ, SỐ:TRƯỜNG=GIÁ TRỊ / FIELD=VALUE, NUMBER:FIELD=VALUE"
            )
        order, name, value = read.groups()
        of = documents.setdefault(int(order), {}) if order else fields
        if name in of:
            raise UsageError(reason=f"{change!r}: hai lần / twice")
        of[name] = value
    return fields, documents


@command(aip, "diff")
@click.argument("id")
@click.argument("versions", nargs=-1)
def aip_diff(call: Call, id: str, versions: Sequence[str]) -> int:
    """Khác nhau giữa hai phiên bản: ID [v1 v2] / what differs between two versions."""
    if len(versions) not in (0, 2):
        raise UsageError(reason="ID [v1 v2]")
    opened = call.open(create=False)
    row = find_aip(opened, id)
    old, new = versions or (None, None)
    found = diff(opened.store, row.id, old, new)
    call.emit({"schema": 1, **found})
    call.tell("diff-head", aip=row.id, old=found["from"], new=found["to"])
    _tell_fields(call, "", found["fields"])
    for document in found["documents"]:
        call.tell("diff-document", order=document["order"], change=call.word(f"diff-{document['change']}"))
        _tell_fields(call, f"{document['order']}:", document["fields"])
    for part in ("files", "metadata"):
        for change, paths in found[part].items():
            for path in paths:
                call.tell("diff-file", change=call.word(f"diff-{change}"), path=path)
    for event in found["events"]:
        call.tell("diff-event", type=event["type"], time=event["time"], detail=event["detail"])
    return DONE


def _tell_fields(call: Call, of: str, fields: Mapping[str, Any]) -> None:
    for name, (old, new) in fields.items():
        call.tell("diff-field", field=f"{of}{name}", old=old or "—", new=new or "—")
