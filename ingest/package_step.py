"""Packages made by others on their way in: taken apart at its beginning, judged by their standard's rules further on."""

import os
import shutil
from pathlib import Path

from ingest import quarantine
from ingest.agents import KHO
from ingest.context import Context
from ingest.kinds import tell_kind
from ingest.package_reading import PACKAGES, read_package
from ingest.units import sealed_account
from ingest.workspace import Workspace
from repository import catalogue
from repository.packages import DeliveredFileUnit, Kind
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


def take_apart(package: PackageRow, context: Context) -> Outcome:
    """Unpack an archive into the workspace, and read what the package says of itself."""
    workspace = context.workspace(package)
    given = workspace.read(_GIVEN)
    source = Path(given["root"])
    root, name, told = source, source.name, tuple[Finding, ...]()
    if source.is_file():
        shutil.rmtree(workspace.unpacked, ignore_errors=True)
        unpacked = unpack(source, workspace.unpacked)
        told = unpacked.findings
        if unpacked.root is None:
            return _left(source, told)
        root = unpacked.root
        name = root.name if root != workspace.unpacked else source.name.partition(".")[0]
    kind = tell_kind(root)
    if kind not in PACKAGES:
        return _left(source, (*told, *_not_taken(root, kind)))
    unit = read_package(root, kind, name=name, agency=given["agency"], agencies=_agencies(context))
    if unit.sealed:
        return _sealed(package, context, unit)
    workspace.write_unit(root, unit)
    changes = {"documents": len(unit.documents)}
    return Outcome(findings=told, changes=changes, agents=(KHO,), detail={"kind": kind.value})


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


def _not_taken(root: Path, kind: Kind) -> tuple[Finding, ...]:
    """Why what lies in `root` is not taken in; a store of another is judged all the same."""
    if kind not in (Kind.OCFL_OBJECT, Kind.OCFL_ROOT):
        return (finding("KIND-UNKNOWN", path=for_people(root.name)),)
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
