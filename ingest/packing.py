"""From a received hồ sơ to the content of an AIP: places, roles, documents, history."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixity.digest import digests
from ingest.context import Context
from ingest.held import content_digest
from ingest.history import held_content, history_of
from ingest.naming import copy_paths, logical_paths, name_in_folder, shared_paths
from ingest.retention import retention_of
from ingest.workspace import AccessCopy, CheckedFile, Workspace
from repository import catalogue
from repository.packages import (
    FIRST,
    Agent,
    AipContent,
    AipDocument,
    AipFile,
    AipId,
    ContentFile,
    DeliveredFileUnit,
    FileFacts,
)
from repository.rows import AgencyRow, PackageRow
from repository.steps import event_id


@dataclass(frozen=True, slots=True)
class Packed:
    """A received hồ sơ with the places of its files in the AIP. `checked` and `paths` are by delivered path.

    `copies` are the access copies that Kho made, with their places; `made_by` is the event that made them. Where several
    rows name one file, each document has the file under a name of its own (`shared`, by the document's
    order); the store keeps the bytes once.
    """

    unit: DeliveredFileUnit
    workspace: Workspace
    checked: dict[str, CheckedFile]
    paths: dict[str, str]
    shared: dict[int, str]
    agency_name: str
    fonds: str
    copies: dict[str, AccessCopy]
    made_by: str

    def logical_path(self, file: CheckedFile, order: int | None = None) -> str:
        """Where a file lies in the AIP (docs/format.md); `order` where it is the file of that document."""
        return self.paths[file.path] if order is None else self.shared.get(order, self.paths[file.path])

    def content(self, file: CheckedFile, order: int | None = None) -> ContentFile:
        """The file as the AIP builder takes it."""
        _representation, name = name_in_folder(self.logical_path(file, order))
        return ContentFile(name, file.shown, self.workspace.files / file.name, file.facts)

    def of_role(self, role: str) -> Iterator[ContentFile]:
        """The files of one role, in the order of the delivery."""
        return (self.content(c) for c in self.checked.values() if c.role == role)

    def by_logical_path(self) -> dict[str, CheckedFile]:
        """Every file by where it lies in the AIP, one that several documents share once for each."""
        found = {self.logical_path(c): c for c in self.checked.values()}
        of_documents = {d.order: d.file for d in self.unit.documents if d.file}
        return found | {path: self.checked[of_documents[order].path] for order, path in self.shared.items()}

    def texts_of(self, file: CheckedFile) -> tuple[str, ...]:
        """The texts of a file for the index: page by page where there is a copy with pages."""
        copy = next((c for c in self.copies.values() if c.source == file.path), None)
        return copy.texts if copy else file.texts


def packed(package: PackageRow, context: Context) -> Packed:
    """Read the workspace of a received hồ sơ."""
    workspace = context.workspace(package)
    _root, unit = workspace.unit()
    checked = {c.path: c for c in workspace.checked()}
    # Without a fonds in the sheet the body stands for it.
    fonds = unit.fields.get("x_fonds") or unit.agency
    paths = logical_paths(unit, checked.values())
    shared = shared_paths(unit, paths)
    copies = copy_paths(paths, workspace.copies())
    made_by = f"urn:uuid:{event_id(package, 'access-copies')}"
    return Packed(
        unit, workspace, checked, paths, shared, _agency_name(context, unit), fonds, copies, made_by
    )


def clear(folder: Path) -> None:
    """An empty folder to build in: what an earlier try left is made again."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)


def content_of(package: PackageRow, context: Context) -> AipContent:
    """Everything that the AIP of a hồ sơ is made of."""
    given = packed(package, context)
    unit = given.unit
    history = history_of(package, context)
    retention, _findings = retention_of(unit.fields, unit.cells)
    held = held_content(package, context)
    body = Agent(id=f"agency:{unit.agency}", name=given.agency_name, kind="organization")
    return AipContent(
        id=AipId(package.aip),
        key=package.key or "",
        agency=unit.agency,
        agency_name=given.agency_name,
        fonds=given.fonds,
        fonds_name=given.fonds,
        fields=unit.fields,
        documents=tuple(_documents(given)),
        documentation=tuple(given.of_role("documentation")),
        submission=tuple(_submission(given)),
        events=history.events,
        agents=(*(a for a in history.agents if a.id != body.id), body),
        retention=retention,
        mode=unit.fields.get("mode", ""),
        created=history.events[-1].time,
        label=unit.fields.get("title", package.key or ""),
        extra=_extra(given, held),
        files=(*_other_files(given), *_copies(given)),
        representations=_representations(given),
        begun=(held.begun or held.created) if held else "",
    )


def _agency_name(context: Context, unit: DeliveredFileUnit) -> str:
    known = catalogue.one(context.connection, AgencyRow, "agency", code=unit.agency)
    context.connection.commit()
    if known and known.name != known.code:
        return known.name
    return unit.agency_name or unit.agency


def _extra(given: Packed, held: AipContent | None) -> dict[str, str]:
    """What the catalogue needs when it is made anew from storage; an AIP stays the package that it first came as."""
    told = given.unit.submission
    submission = {"submission_kind": told.kind, "submission_id": told.id} if told.kind else {}
    if held:
        submission = {
            name: held.extra[name] for name in ("submission_kind", "submission_id") if name in held.extra
        }
    return {"content_digest": content_digest(given.unit, given.checked.values()), **submission}


def _representations(given: Packed) -> tuple[str, ...]:
    content = [c for c in given.checked.values() if c.role == "content"]
    named = {name_in_folder(given.logical_path(c))[0] for c in content}
    made = sorted({name_in_folder(path)[0] for path in given.copies})
    return (*(sorted(named) or (FIRST,)), *made)


def _documents(given: Packed) -> Iterator[AipDocument]:
    for row in sorted(given.unit.documents, key=lambda d: d.order):
        if row.file:
            checked = given.checked[row.file.path]
            representation, _name = name_in_folder(given.logical_path(checked, row.order))
            file = given.content(checked, row.order)
            yield AipDocument(row.order, row.fields, file, representation, row.described)


def _other_files(given: Packed) -> Iterator[AipFile]:
    """Content that is no document: other forms of one, links to what is held elsewhere."""
    for file in given.unit.other_files:
        checked = given.checked[file.path]
        representation, _name = name_in_folder(given.logical_path(checked))
        yield AipFile(given.content(checked), representation)


def _copies(given: Packed) -> Iterator[AipFile]:
    """What Kho made of office files and of scans, for reading."""
    for path, copy in given.copies.items():
        representation, name = name_in_folder(path)
        source = given.checked[copy.source]
        shown = f"{source.shown.rpartition('.')[0]}.pdf"
        file = ContentFile(name, shown, given.workspace.access / copy.name, copy.facts)
        yield AipFile(
            file, representation, given.logical_path(source), given.made_by, tuple(_beside(given, name, copy))
        )


def _beside(given: Packed, name: str, copy: AccessCopy) -> Iterator[ContentFile]:
    """What was read of a copy's pages, and the fields off them, under the copy's name (docs/format.md)."""
    for told, kept in ((copy.hocr, f"hocr/{name}.hocr.gz"), (copy.fields, f"fields/{name}.json")):
        if told:
            yield ContentFile(kept, kept, given.workspace.access / told.name, told.facts)


def _submission(given: Packed) -> Iterator[ContentFile]:
    """What came in besides the records: the rows of a delivery, or a package's own files about itself."""
    if not given.unit.submission.kind:
        yield _rows_as_received(given.unit, given.workspace)
    yield from given.of_role("submission")


def _rows_as_received(unit: DeliveredFileUnit, workspace: Workspace) -> ContentFile:
    path = workspace.folder / "rows.csv"
    path.write_text(unit.rows_received, encoding="utf-8")
    size, found = digests(path)
    facts = FileFacts(size=size, sha256=found["sha256"], sha512=found["sha512"], mime="text/csv", puid="x-fmt/18",
                      format_name="Comma Separated Values")  # fmt: skip
    return ContentFile(name="rows.csv", original_name="rows.csv", source=path, facts=facts)
