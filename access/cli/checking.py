"""`kho check`: what loads for it is loaded for every package that a script looks at, so this module stands alone."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from access.cli import telling
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from ingest.checking_alone import check_alone
from ingest.kinds import tell_kind
from ingest.report_shape import is_left_out, report
from standards.findings import finding
from standards.paths import must_be_there

PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))


@command(kho, "check")
@PATHS
@click.option("--as", "kind", help="delivery | pdf | ...")
@click.option("--columns", "mapping", help="TOML / tt02-46 / ...")
def check(call: Call, paths: tuple[Path, ...], kind: str | None, mapping: str | None) -> int:
    """Kiểm tra gói, không thay đổi gì / validate packages; changes nothing."""
    began = time.monotonic()
    entries: list[dict[str, Any]] = []
    findings = [finding("CHECK-NO-VIRUS-SCAN")]  # clamd is a server: only the way in asks it
    with ExitStack() as stack:
        judge: Callable[[Path], Any] | None = None
        for path in paths:
            alone = None if kind else _alone(path)
            if alone:
                entries.append(alone)
                continue
            judge = judge or stack.enter_context(_judge(call, kind, mapping))
            checked = judge(path)
            entries += checked.entries
            findings += checked.findings
    document = report(entries, findings, time.monotonic() - began)
    call.emit(document)
    telling.tell_report(call, document)
    refused = any(e["verdict"] in ("invalid", "quarantined") for e in entries) or is_left_out(document)
    return REFUSED if refused else DONE


def _alone(path: Path) -> dict[str, Any] | None:
    """The entry of a folder that keeps its own account of its files, which needs nobody to look at its PDFs."""
    must_be_there(path)
    return check_alone(path, tell_kind(path)) if path.is_dir() else None


@contextmanager
def _judge(call: Call, kind: str | None, mapping: str | None) -> Iterator[Callable[[Path], Any]]:
    """All else: with the inspector and veraPDF at hand, which start when they are first asked."""
    from ingest import checking  # reads lists and PDFs, for which it loads much

    with telling.progress(call, "checking") as told, checking.open_judges(call.settings) as judges:
        yield lambda path: checking.check_path(path, judges, kind=kind, mapping=mapping, told=told)
