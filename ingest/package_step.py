"""Packages made by others on their way in: taken apart at its beginning, judged by their standard's rules further on."""

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from ingest import quarantine
from ingest.agents import KHO
from ingest.archives import about_shape
from ingest.bodies import told_of_bodies, under_known
from ingest.context import Context
from ingest.kinds import tell_kind
from ingest.package_reading import PACKAGES, read_package
from ingest.units import sealed_account
from ingest.workspace import Workspace
from repository import catalogue
from repository.bodies import read_bodies
from repository.kind import Kind
from repository.packages import DeliveredFileUnit
from repository.rows import AgencyRow, PackageRow
from repository.steps import Outcome
from repository.verify import verify
from standards.eark_rules import check_package
from standards.findings import Finding, finding
from standards.package_tree import FolderTree
from standards.shown import for_people
from standards.unpacking import unpack

_GIVEN = "given.json"


def keep_given(workspace: Workspace, root: Path, agency: str | None) -> None:
    """Note what the command gave, for the step that takes the package apart."""
    workspace.create()
    workspace.write(_GIVEN, {"root": os.fspath(root), "agency": agency})


@dataclass(frozen=True, slots=True)
class _Opened:
    """A package as a folder: `root` None where the archive was refused; its name, its kind, what was found so far."""

    root: Path | None
    name: str
    kind: Kind
    findings: tuple[Finding, ...] = ()


def take_apart(package: PackageRow, context: Context) -> Outcome:
    """Unpack an archive into the workspace, and read what the package says of itself."""
    workspace = context.workspace(package)
    given = workspace.read(_GIVEN)
    source = Path(given["root"])
    opened = (
        _unpacked(source, workspace) if source.is_file() else _Opened(source, source.name, tell_kind(source))
    )
    if opened.root is None:
        return _left(source, opened.findings)
    if opened.kind not in PACKAGES:
        return _left(
            source, (*opened.findings, *_not_taken(opened.root, opened.kind, archive=source.is_file()))
        )
    unit = read_package(
        opened.root, opened.kind, name=opened.name, agency=given["agency"], agencies=_agencies(context)
    )
    if unit.sealed:
        return _sealed(package, context, unit)
    bodies = read_bodies(context.connection)
    context.connection.commit()
    told, unit = tuple(told_of_bodies(bodies, [unit.agency])), under_known(bodies, unit)
    # Findings name files: they are told once the pages are known to carry no secrecy mark.
    workspace.write_unit(opened.root, replace(unit, findings=(*opened.findings, *told, *unit.findings)))
    changes = {"documents": len(unit.documents)}
    return Outcome(changes=changes, agents=(KHO,), detail={"kind": opened.kind.value})


def _unpacked(archive: Path, workspace: Workspace) -> _Opened:
    shutil.rmtree(workspace.unpacked, ignore_errors=True)
    out = unpack(archive, workspace.unpacked)
    stem = archive.name.partition(".")[0]
    if out.root is None:
        return _Opened(None, stem, Kind.UNKNOWN, out.findings)
    kind = tell_kind(out.root)
    name = stem if out.root == workspace.unpacked else out.root.name
    found = (*out.findings, *about_shape(archive, kind, out.root, workspace.unpacked))
    return _Opened(out.root, name, kind, found)


def _agencies(context: Context) -> dict[str, str]:
    known = catalogue.many(context.connection, AgencyRow, "agencies")
    context.connection.commit()
    return {row.name: row.code for row in known}


def refused_account(source: Path) -> list[dict[str, object]]:
    """What stays where it was delivered, as one line of the account: its name, its files and their bytes."""
    below = [source] if source.is_file() else source.rglob("*")
    sizes = [p.lstat().st_size for p in below if p.is_file() and not p.is_symlink()]
    return [{"path": for_people(source.name), "files": len(sizes), "bytes": sum(sizes), "fate": "refused"}]


def _left(source: Path, findings: tuple[Finding, ...]) -> Outcome:
    """Refused; it stays where it was delivered, and the account says so."""
    account = {"files": refused_account(source)}
    return Outcome(findings=findings, ends_as="refused", changes=account, agents=(KHO,))


def _not_taken(root: Path, kind: Kind, *, archive: bool) -> tuple[Finding, ...]:
    """Why what lies in `root` is not taken in; a store of another is judged all the same."""
    if kind in (Kind.DELIVERY, Kind.BATCH, Kind.PDF):
        return (finding("KIND-ARCHIVE"),)
    if kind is Kind.UNKNOWN:
        # What lies at the top of an archive is told already.
        return () if archive else (finding("KIND-UNKNOWN"),)
    report = verify(root)
    return (*report.findings, finding("KIND-OCFL", objects=report.objects or 1, files=report.files))


def _sealed(package: PackageRow, context: Context, unit: DeliveredFileUnit) -> Outcome:
    sealed = quarantine.seal(package, context, unit.findings)
    return Outcome(
        findings=sealed.findings,
        forget=True,
        ends_as=sealed.ends_as,
        verdict=sealed.verdict,
        changes={**sealed.changes, "files": sealed_account(unit)},
    )


def judged(workspace: Workspace, unit: DeliveredFileUnit) -> tuple[Finding, ...]:
    """What the package's standard says of the received bytes, under the paths and the name that they came with."""
    if not unit.submission.kind:
        return ()
    shutil.rmtree(workspace.laid_out, ignore_errors=True)
    laid = workspace.laid_out / (unit.submission.name or "package")
    for file in workspace.checked():
        target = laid / file.path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.link(workspace.files / file.name, target)
    has_mets = (laid / "METS.xml").is_file()
    if unit.submission.kind == Kind.BAG or has_mets:
        return verify(laid).findings
    return tuple(check_package(FolderTree(laid)))
