"""Quarantine: what may not go on is kept whole, with the reasons, for a person; nothing is ever deleted here.

A hồ sơ with a secrecy mark is the exception that the law makes: it is sealed, which means that nothing of it is kept
by Kho at all. Its bytes stay where they were delivered, and only its place in the sheet is recorded.
"""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

from fixity.digest import copy_with_digests
from ingest.context import Context, quarantine_of
from ingest.units import files_of
from ingest.workspace import Workspace
from repository.faults import fault, register
from repository.rows import PackageRow
from repository.steps import Outcome
from standards.findings import Finding, Verdict, finding, finding_from_json
from standards.shown import for_people

POINTS = register("quarantine.before-rename")


def keep(package: PackageRow, context: Context, outcome: Outcome, *, status: str = "quarantined") -> Outcome:
    """Copy the package into quarantine with its report, and end its way in with `status`. Safe to call twice."""
    workspace = context.workspace(package)
    target = quarantine_of(context.home, package)
    if not target.exists():
        partial = target.with_name(f".{target.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700, parents=True)
        _copy(workspace, partial)
        _report(package, outcome, partial)
        fault("quarantine.before-rename")
        partial.rename(target)
        _sync(target.parent)
    _root, unit = workspace.unit()
    account = [{"path": for_people(f.path), "bytes": f.size, "fate": "quarantined"} for f in files_of(unit)]
    return replace(outcome, ends_as=status, changes={**outcome.changes, "files": account})


def _copy(workspace: Workspace, partial: Path) -> None:
    """The delivered files under their delivered paths, taken from the workspace where they were received."""
    root, unit = workspace.unit()
    received = (
        {c.path: workspace.files / c.name for c in workspace.checked()}
        if workspace.has("checked.jsonl")
        else {}
    )
    for file in files_of(unit):
        target = partial / "files" / file.path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source = received.get(file.path)
        if source and source.exists():
            os.link(source, target)
        elif (root / file.path).is_file():
            copy_with_digests(root / file.path, target, fsync=True)
    shutil.copyfile(workspace.folder / "unit.json", partial / "unit.json")
    (partial / "rows.csv").write_text(unit.rows_received, encoding="utf-8")


def _report(package: PackageRow, outcome: Outcome, partial: Path) -> None:
    findings = [*(finding_from_json(f) for f in package.findings), *outcome.findings]
    report = {
        "schema": 1, "batch": package.batch, "package": package.id, "key": package.key,
        "path": package.path, "findings": [f.as_json() for f in findings],
    }  # fmt: skip
    target = partial / "report.json"
    target.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    _sync(target)


def seal(package: PackageRow, context: Context, places: tuple[Finding, ...]) -> Outcome:
    """End the way of a hồ sơ that carries a secrecy mark, forgetting all of it but its place in the sheet."""
    workspace = context.workspace(package)
    account: list[dict[str, object]] = list(package.files)  # type: ignore[arg-type]
    if workspace.has("unit.json"):
        _root, unit = workspace.unit()
        files = files_of(unit)
        account = [{"path": None, "files": len(files), "bytes": sum(f.size for f in files), "fate": "sealed"}]
    found = places or (finding("DLV-SEALED"),)
    forgotten = {"key": None, "path": package.path.split("/", 1)[0], "files": account, "pages": 0, "bytes": 0}
    return Outcome(
        findings=found, forget=True, ends_as="quarantined", verdict=Verdict.QUARANTINED, changes=forgotten
    )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
