"""`kho check`: what loads for it is loaded for every package that a script looks at, so this module stands alone."""

import time
from pathlib import Path
from typing import Any

import click

from access.cli import telling
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from ingest import checking
from ingest.report_shape import is_left_out, report

PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))


@command(kho, "check")
@PATHS
@click.option("--as", "kind", help="delivery | pdf | ...")
@click.option("--columns", "mapping", help="TOML / tt02-46 / ...")
def check(call: Call, paths: tuple[Path, ...], kind: str | None, mapping: str | None) -> int:
    """Kiểm tra gói, không thay đổi gì / validate packages; changes nothing."""
    began = time.monotonic()
    entries: list[dict[str, Any]] = []
    findings: list[Any] = []
    with telling.progress(call, "checking") as advance, checking.open_judges(call.settings) as judges:
        for path in paths:
            checked = checking.check_path(path, judges, kind=kind, mapping=mapping, told=advance)
            entries += checked.entries
            findings += checked.findings
    document = report(entries, findings, time.monotonic() - began)
    call.emit(document)
    telling.tell_report(call, document)
    refused = any(e["verdict"] in ("invalid", "quarantined") for e in entries) or is_left_out(document)
    return REFUSED if refused else DONE
