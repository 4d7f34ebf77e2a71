"""Reports and progress for people, on standard error: paste-able, in the caller's language."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from access.cli.common import Call, size_words
from standards.findings import finding_from_json

_ORDER = ("MUST", "SHOULD", "MAY")
_SHOWN = 40  # findings told in full; the rest are counted, and stand in the report


@contextmanager
def progress(call: Call, task: str) -> Iterator[Callable[..., None]]:
    """A bar with rate and time left; the function takes (done, total, figures). Silent where nobody looks at a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_args: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(), TextColumn("·"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=call.console, transient=True) as bar:
        line = bar.add_task(call.word(f"progress-{task}"), total=None, rate="")

        def advance(done: int, total: int | None, figures: Mapping[str, Any]) -> None:
            told = _figures(call, figures, bar.tasks[line].elapsed or 0)
            bar.update(line, completed=done, total=total, rate=told)

        yield advance


def _figures(call: Call, figures: Mapping[str, Any], elapsed: float) -> str:
    """What was done so far (documents or files, bytes), and how much of it a second."""
    unit = next((name for name in ("documents", "files") if name in figures), None)
    if unit is None:
        return ""
    size = figures.get("bytes", 0)
    told = [call.word(f"progress-{unit}", count=figures[unit]), size_words(size, call.lang)]
    if elapsed >= 1 and size:
        told.append(call.word("progress-rate", rate=size_words(int(size / elapsed), call.lang)))
    return ", ".join(told)


def tell_report(call: Call, document: Mapping[str, Any]) -> None:
    """A summary that can be pasted into a report: counts first, then what needs a person."""
    if call.as_json:
        return
    if document["batch"]:
        call.tell("report-batch", batch=document["batch"])
    call.tell("report-totals", packages=len(document["packages"]), documents=document["documents"],
              pages=document["pages"], size=size_words(document["bytes"], call.lang),
              time=_time(call, document["seconds"]))  # fmt: skip
    for status, count in document["statuses"].items():
        call.tell("report-status", status=call.word(f"status-{status}"), count=count)
    for verdict, count in document["counts"].items():
        if count:
            call.tell("report-verdict", verdict=call.word(f"verdict-{verdict}"), count=count)
    tell_findings(call, document)
    if any(document["statuses"].get(status) for status in ("quarantined", "conflict")):
        call.tell("report-next")


def _time(call: Call, seconds: float) -> str:
    """A time in whole seconds, from a minute on in minutes."""
    minutes, rest = divmod(max(1, round(seconds)), 60)
    return (
        call.word("minutes", minutes=minutes, seconds=rest) if minutes else call.word("seconds", seconds=rest)
    )


@dataclass(slots=True)
class _Line:
    """What is told of findings that are alike: the words of the first, and all their places."""

    text: str
    places: list[str] = field(default_factory=list)


def tell_findings(call: Call, document: Mapping[str, Any]) -> None:
    """The gravest findings first. Errors stand alone, each with its place; of a warning the places are counted."""
    of_all = list(document["findings"])
    of_each = [(e, f) for e in document["packages"] for f in e["findings"] if f not in of_all]
    told = [*((None, f) for f in of_all), *of_each]
    lines: dict[tuple[str, ...], _Line] = {}
    for entry, found in sorted(told, key=lambda each: _ORDER.index(each[1]["level"])):
        place = _place(call, entry, found)
        alike = {"MUST": (found[call.lang], place), "SHOULD": (found[call.lang],), "MAY": ()}[found["level"]]
        line = lines.setdefault((found["level"], found["code"], *alike), _Line(found[call.lang]))
        line.places.append(place)
    for (level, code, *_alike), line in list(lines.items())[:_SHOWN]:
        call.say(f"  {call.word('level-' + level)} {code}{_where(call, line.places)}: {line.text}")
    if len(lines) > _SHOWN:
        call.tell("report-more", count=len(lines) - _SHOWN)


def _where(call: Call, places: Sequence[str]) -> str:
    """The first place, and how many more there are; where none has a place, how often it was found."""
    named = [place for place in places if place]
    if not named:
        return f" (×{len(places)})" if len(places) > 1 else ""
    more = call.word("report-more-places", count=len(named) - 1) if len(named) > 1 else ""
    return f" {named[0]}{more}"


def _place(call: Call, entry: Mapping[str, Any] | None, found: Mapping[str, Any]) -> str:
    """The cell, file and page of a finding; of one about a cell also the hồ sơ, since a list holds many."""
    page = call.word("report-page", page=found["page"]) if found["page"] else None
    record = entry["key"] if entry and found["cell"] else None
    return ", ".join(str(part) for part in (found["cell"], found["path"], page, record) if part)


def tell_finding(call: Call, found: Mapping[str, Any]) -> None:
    """One finding on one line: level, code, place, words."""
    where = _where(call, [_place(call, None, found)])
    call.say(f"  {call.word('level-' + found['level'])} {found['code']}{where}: {found[call.lang]}")


def tell_entries(call: Call, entries: Sequence[Mapping[str, Any]]) -> None:
    """One line for each package."""
    for entry in entries:
        codes = ", ".join(dict.fromkeys(f["code"] for f in entry["findings"] if f["level"] == "MUST"))
        call.tell("entry-line", id=entry["id"], record=entry["key"] or "—", path=entry["path"],
                  status=call.word(f"status-{entry['status']}"), codes=codes)  # fmt: skip
        if entry.get("held"):
            call.tell("entry-held", aip=entry["held"])
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
