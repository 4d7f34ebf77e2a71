"""From a received hồ sơ to the content of an AIP: names, roles, events, agents."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path

from repository.aip import portable_name

from fixity.digest import digests
from ingest.agents import KHO, software
from ingest.context import Context
from ingest.retention import retention_of
from ingest.workspace import CheckedFile, Workspace
from repository import catalogue
from repository.packages import (
    Agent,
    AipContent,
    AipDocument,
    AipId,
    ContentFile,
    DeliveredFileUnit,
    Event,
    FileFacts,
)
from repository.rows import AgencyRow, EventRow, PackageRow
from repository.steps import event_id
from standards.findings import Finding, finding_from_json
from standards.shown import for_people

HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Again:
    """An iterable that reads its items anew each time, so that a large package never stands in memory."""

    read: object

    def __iter__(self) -> Iterator[object]:
        return iter(self.read())  # type: ignore[operator]


def clear(folder: Path) -> None:
    """An empty folder to build in: what an earlier try left is made again."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)


def content_of(package: PackageRow, context: Context) -> AipContent:
    """Everything that the AIP of a hồ sơ is made of."""
    workspace = context.workspace(package)
    _root, unit = workspace.unit()
    checked = {c.path: c for c in workspace.checked()}
    names = _names(checked.values())
    events = tuple(_events(package, context))
    retention, _findings = retention_of(unit.fields, unit.cells)
    return AipContent(
        id=AipId(package.aip),
        key=package.key or "",
        agency=unit.agency,
        agency_name=_agency_name(context, unit),
        fonds=fonds_of(unit),
        fonds_name=fonds_of(unit),
        fields=unit.fields,
        documents=tuple(_documents(unit, checked, names, workspace)),
        documentation=tuple(_files(checked.values(), "documentation", names, workspace)),
        submission=(_rows_as_received(unit, workspace),),
        events=events,
        agents=tuple(_agents(unit, context, events)),
        retention=retention,
        mode=unit.fields.get("mode", ""),
        created=events[-1].time,
        label=unit.fields.get("title", package.key or ""),
    )


def fonds_of(unit: DeliveredFileUnit) -> str:
    """The fonds as the sheet names it; without one, the body stands for it."""
    return unit.fields.get("x_fonds") or unit.agency


def _agency_name(context: Context, unit: DeliveredFileUnit) -> str:
    known = catalogue.one(context.connection, AgencyRow, "agency", code=unit.agency)
    context.connection.commit()
    return known.name if known else unit.agency


def _names(checked: Iterable[CheckedFile]) -> dict[str, str]:
    """A portable name for each delivered file, by its path; the same name twice gets its number before it."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for number, file in enumerate(checked, start=1):
        name = portable_name(os.path.basename(file.path))
        if name.casefold() in taken:
            name = f"{number:06d}_{name}"
        taken.add(name.casefold())
        names[file.path] = name
    return names


def _documents(
    unit: DeliveredFileUnit, checked: dict[str, CheckedFile], names: dict[str, str], workspace: Workspace
) -> Iterator[AipDocument]:
    for row in sorted(unit.documents, key=lambda d: d.order):
        if row.file:
            file = _content(checked[row.file.path], names, workspace)
            yield AipDocument(order=row.order, fields=row.fields, file=file)


def _files(
    checked: Iterable[CheckedFile], role: str, names: dict[str, str], workspace: Workspace
) -> Iterator[ContentFile]:
    return (_content(c, names, workspace) for c in checked if c.role == role)


def _content(file: CheckedFile, names: dict[str, str], workspace: Workspace) -> ContentFile:
    return ContentFile(
        name=names[file.path],
        original_name=for_people(file.path),
        source=workspace.files / file.name,
        facts=file.facts,
    )


def _rows_as_received(unit: DeliveredFileUnit, workspace: Workspace) -> ContentFile:
    path = workspace.folder / "rows.csv"
    path.write_text(unit.rows_received, encoding="utf-8")
    size, found = digests(path)
    facts = FileFacts(size=size, sha256=found["sha256"], sha512=found["sha512"], mime="text/csv", puid="x-fmt/18",
                      format_name="Comma Separated Values")  # fmt: skip
    return ContentFile(name="rows.csv", original_name="rows.csv", source=path, facts=facts)


def _events(package: PackageRow, context: Context) -> Iterator[Event]:
    """The events so far as the journal has them, and the making of this package, which is now."""
    rows = catalogue.many(context.connection, EventRow, "events_of_package", package=package.id)
    context.connection.commit()
    findings = [finding_from_json(f) for f in package.findings]
    for row in rows:
        yield _event(row, [f for f in findings if f.code in row.codes])
    yield Event(
        id=f"urn:uuid:{event_id(package, 'build-aip')}",
        type="information package creation",
        time=in_hanoi(catalogue.now()),
        outcome="success",
        agents=((KHO[0], "executing program"),),
    )


def _event(row: EventRow, findings: list[Finding]) -> Event:
    return Event(
        id=f"urn:uuid:{row.id}",
        type=row.type,
        time=in_hanoi(row.time),
        outcome=row.outcome,
        detail=json.dumps(dict(row.detail), ensure_ascii=False, sort_keys=True) if row.detail else row.step,
        findings=tuple(findings),
        agents=tuple((str(a["id"]), "executing program") for a in row.agents),
    )


def in_hanoi(time: object) -> str:
    """RFC 3339 in Hanoi's time, milliseconds."""
    return time.astimezone(HANOI).isoformat(timespec="milliseconds")  # type: ignore[attr-defined,no-any-return]


def _agents(unit: DeliveredFileUnit, context: Context, events: Iterable[Event]) -> Iterator[Agent]:
    versions = {KHO[0]: KHO[1]}
    named = {agent for event in events for agent, _role in event.agents}
    versions |= {"verapdf": context.tools.verapdf.version}
    for agent in sorted(named):
        yield software(agent, versions.get(agent, ""))
    name = _agency_name(context, unit)
    yield Agent(id=f"agency:{unit.agency}", name=name, kind="organization")
