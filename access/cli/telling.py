"""Reports and progress for people, on standard error: paste-able, in the caller's language."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from access.cli.common import Call, size_words
from standards.findings import finding_from_json

_SHOWN = 40  # findings told in full; the rest are counted, and stand in the report


@contextmanager
def progress(call: Call, task: str) -> Iterator[Callable[..., None]]:
    """A bar with rate and time left; the function takes (done, total, figures). Silent where a program listens."""
    if call.as_json and not call.console.is_terminal:
        yield lambda *_args: None
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(), TextColumn("·"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=call.console, transient=True) as bar:
        line = bar.add_task(call.word(f"progress-{task}"), total=None, rate="")

        def advance(done: int, total: int, figures: Mapping[str, Any]) -> None:
            rate = call.word("progress-figures", documents=figures.get("documents", 0),
                             size=size_words(figures.get("bytes", 0)))  # fmt: skip
            bar.update(line, completed=done, total=total, rate=rate)

        yield advance


def tell_report(call: Call, document: Mapping[str, Any]) -> None:
    """A summary that can be pasted into a report: counts first, then what needs a person."""
    if call.as_json:
        return
    if document["batch"]:
        call.tell("report-batch", batch=document["batch"])
    call.tell("report-totals", packages=len(document["packages"]), documents=document["documents"],
              pages=document["pages"], size=size_words(document["bytes"]), seconds=document["seconds"])  # fmt: skip
    for status, count in document["statuses"].items():
        call.tell("report-status", status=call.word(f"status-{status}"), count=count)
    for verdict, count in document["counts"].items():
        if count:
            call.tell("report-verdict", verdict=call.word(f"verdict-{verdict}"), count=count)
    tell_findings(call, document)


def tell_findings(call: Call, document: Mapping[str, Any]) -> None:
    """The gravest findings first, each with its place; the same words without a place once, with their number."""
    told = [*document["findings"], *(f for e in document["packages"] for f in e["findings"])]
    order = {"MUST": 0, "SHOULD": 1, "MAY": 2}
    lines = Counter(_line(call, found) for found in sorted(told, key=lambda f: order[f["level"]]))
    for line, count in list(lines.items())[:_SHOWN]:
        call.say(f"{line} (×{count})" if count > 1 else line)
    if len(lines) > _SHOWN:
        call.tell("report-more", count=len(lines) - _SHOWN)


def _line(call: Call, found: Mapping[str, Any]) -> str:
    place = " ".join(str(found[part]) for part in ("cell", "path", "page") if found[part])
    where = f" {place}" if place else ""
    return f"  {call.word('level-' + found['level'])} {found['code']}{where}: {found[call.lang]}"


def tell_finding(call: Call, found: Mapping[str, Any]) -> None:
    """One finding on one line: level, code, place, words."""
    call.say(_line(call, found))


def tell_entries(call: Call, entries: Sequence[Mapping[str, Any]]) -> None:
    """One line for each package."""
    for entry in entries:
        codes = ", ".join(dict.fromkeys(f["code"] for f in entry["findings"] if f["level"] == "MUST"))
        call.tell("entry-line", id=entry["id"], record=entry["key"] or "—", path=entry["path"],
                  status=call.word(f"status-{entry['status']}"), codes=codes)  # fmt: skip
    if not entries:
        call.tell("nothing")


def tell_receipts(call: Call, documents: Sequence[Mapping[str, Any]]) -> None:
    """Where the producer's receipts lie."""
    for document in documents:
        for path in document.get("receipt", ()):
            call.tell("receipt-at", path=path)


def finding_json(record: Mapping[str, Any]) -> dict[str, Any]:
    """A stored finding in the shape of the contract."""
    return finding_from_json(record).as_json()
