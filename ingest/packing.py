"""From a received hồ sơ to the content of an AIP: names, roles, events, agents."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path

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
from standards.portable import portable_name

HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Packed:
    """A received hồ sơ with the names that its files have in the AIP. `checked` and `names` are by delivered path.

    Where several rows name one file, each document has the file under a name of its own (`copies`, by the document's
    order); the store keeps the bytes once.
    """

    unit: DeliveredFileUnit
    workspace: Workspace
    checked: dict[str, CheckedFile]
    names: dict[str, str]
    copies: dict[int, str]
    agency_name: str
    fonds: str

    def logical_path(self, file: CheckedFile, order: int | None = None) -> str:
        """Where a file lies in the AIP (docs/format.md); `order` where it is the file of that document."""
        folder = "representations/rep1/data" if file.role == "content" else "documentation"
        return f"{folder}/{self._name(file, order)}"

    def content(self, file: CheckedFile, order: int | None = None) -> ContentFile:
        """The file as the AIP builder takes it."""
        source = self.workspace.files / file.name
        return ContentFile(self._name(file, order), file.shown, source, file.facts)

    def by_logical_path(self) -> dict[str, CheckedFile]:
        """Every file by where it lies in the AIP, one that several documents share once for each."""
        found = {self.logical_path(c): c for c in self.checked.values()}
        shared = (d for d in self.unit.documents if d.file and d.order in self.copies)
        return found | {self.logical_path(self.checked[d.file.path], d.order): self.checked[d.file.path]
                        for d in shared if d.file}  # fmt: skip

    def _name(self, file: CheckedFile, order: int | None) -> str:
        return self.copies.get(order, self.names[file.path]) if order is not None else self.names[file.path]


def packed(package: PackageRow, context: Context) -> Packed:
    """Read the workspace of a received hồ sơ."""
    workspace = context.workspace(package)
    _root, unit = workspace.unit()
    checked = {c.path: c for c in workspace.checked()}
    # Without a fonds in the sheet the body stands for it.
    fonds = unit.fields.get("x_fonds") or unit.agency
    names = _names(checked.values())
    copies = _copies(unit, names)
    return Packed(unit, workspace, checked, names, copies, _agency_name(context, unit), fonds)


def clear(folder: Path) -> None:
    """An empty folder to build in: what an earlier try left is made again."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)


def content_of(package: PackageRow, context: Context) -> AipContent:
    """Everything that the AIP of a hồ sơ is made of."""
    given = packed(package, context)
    unit = given.unit
    journal = catalogue.many(context.connection, EventRow, "events_of_package", package=package.id)
    context.connection.commit()
    events = tuple(_events(package, journal))
    retention, _findings = retention_of(unit.fields, unit.cells)
    return AipContent(
        id=AipId(package.aip),
        key=package.key or "",
        agency=unit.agency,
        agency_name=given.agency_name,
        fonds=given.fonds,
        fonds_name=given.fonds,
        fields=unit.fields,
        documents=tuple(_documents(given)),
        documentation=tuple(given.content(c) for c in given.checked.values() if c.role == "documentation"),
        submission=(_rows_as_received(unit, given.workspace),),
        events=events,
        agents=tuple(_agents(given, journal)),
        retention=retention,
        mode=unit.fields.get("mode", ""),
        created=events[-1].time,
        label=unit.fields.get("title", package.key or ""),
    )


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


def _copies(unit: DeliveredFileUnit, names: dict[str, str]) -> dict[int, str]:
    """For each document whose file an earlier row names too: the name under which it has the file."""
    copies: dict[int, str] = {}
    first: set[str] = set()
    taken = {name.casefold() for name in names.values()}
    for row in unit.documents:
        if row.file is None or row.file.path not in first:
            first.update([row.file.path] if row.file else ())
            continue
        name = f"vb{row.order:07d}_{names[row.file.path]}"
        while name.casefold() in taken:
            name = f"_{name}"
        taken.add(name.casefold())
        copies[row.order] = name
    return copies


def _documents(given: Packed) -> Iterator[AipDocument]:
    for row in sorted(given.unit.documents, key=lambda d: d.order):
        if row.file:
            yield AipDocument(row.order, row.fields, given.content(given.checked[row.file.path], row.order))


def _rows_as_received(unit: DeliveredFileUnit, workspace: Workspace) -> ContentFile:
    path = workspace.folder / "rows.csv"
    path.write_text(unit.rows_received, encoding="utf-8")
    size, found = digests(path)
    facts = FileFacts(size=size, sha256=found["sha256"], sha512=found["sha512"], mime="text/csv", puid="x-fmt/18",
                      format_name="Comma Separated Values")  # fmt: skip
    return ContentFile(name="rows.csv", original_name="rows.csv", source=path, facts=facts)


def _events(package: PackageRow, rows: Iterable[EventRow]) -> Iterator[Event]:
    """The events so far as the journal has them, and the making of this package, which is now."""
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


def _agents(given: Packed, rows: Iterable[EventRow]) -> Iterator[Agent]:
    """The tools that the events name, with the versions that worked, and the body that made the records."""
    versions = dict((KHO,)) | {str(a["id"]): str(a["version"]) for row in rows for a in row.agents}
    for agent, version in sorted(versions.items()):
        yield software(agent, version)
    yield Agent(id=f"agency:{given.unit.agency}", name=given.agency_name, kind="organization")
