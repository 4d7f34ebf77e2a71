"""Quarantine: what may not go on is kept whole, with the reasons, for a person; nothing is ever deleted here.

A hồ sơ with a secrecy mark is the exception that the law makes: it is sealed, which means that nothing of it is kept
by Kho at all. Its bytes stay where they were delivered, and only its place in the sheet is recorded.
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fixity.digest import copy_with_digests, digests
from ingest.context import Context, quarantine_of
from ingest.units import account_of, files_of, place_of, sealed_account
from ingest.workspace import Workspace
from repository.faults import fault, register
from repository.packages import DeliveredFileUnit
from repository.rows import PackageRow
from repository.steps import Outcome
from standards.findings import Finding, Verdict, finding, finding_from_json

POINTS = register("quarantine.before-rename")
DIGESTS = "sha512.json"  # of the kept files, by their delivered path


def keep(package: PackageRow, context: Context, outcome: Outcome, *, status: str = "quarantined") -> Outcome:
    """Copy the package into quarantine with its report, and end its way in with `status`. Safe to call twice."""
    workspace = context.workspace(package)
    root, unit = workspace.unit()
    package = replace(package, **named(package, root, unit))
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
    elif package.released:
        _report(package, outcome, target)
    changes = {"key": package.key, "path": package.path, "files": account_of(unit, "quarantined")}
    return replace(outcome, ends_as=status, changes={**outcome.changes, **changes})


def named(package: PackageRow, root: Path, unit: DeliveredFileUnit) -> dict[str, Any]:
    """The key and the place of a hồ sơ, for the catalogue, which learns them once the pages are known to carry no
    secrecy mark; a package made by others, and one let out of quarantine, stay where they were told to be."""
    if package.released:
        return {}
    return {"key": unit.key, "path": package.path if unit.submission.kind else place_of(root, unit)}


def _copy(workspace: Workspace, partial: Path) -> None:
    """The delivered files under their delivered paths, taken from the workspace where they were received."""
    root, unit = workspace.unit()
    received = (
        {c.path: workspace.files / c.name for c in workspace.checked()}
        if workspace.has("checked.jsonl")
        else {}
    )
    kept: dict[str, str] = {}
    for file in files_of(unit):
        target = partial / "files" / file.path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source = received.get(file.path)
        if source and source.exists():
            os.link(source, target)
            kept[file.path] = digests(target)[1]["sha512"]
        elif (root / file.path).is_file():
            kept[file.path] = copy_with_digests(root / file.path, target, fsync=True).by_algorithm["sha512"]
    (partial / DIGESTS).write_text(json.dumps(kept), encoding="ascii")
    shutil.copyfile(workspace.folder / "unit.json", partial / "unit.json")
    (partial / "rows.csv").write_text(unit.rows_received, encoding="utf-8")


def _report(package: PackageRow, outcome: Outcome, partial: Path) -> None:
    findings = [*(finding_from_json(f) for f in package.findings), *outcome.findings]
    report = {
        "schema": 1, "batch": package.batch, "package": package.id, "key": package.key,
        "path": package.path, "findings": [f.as_json() for f in findings],
    }  # fmt: skip
    target = partial / "report.json"
    text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    target.write_text(text, encoding="utf-8", errors="backslashreplace")
    _sync(target)


def seal(package: PackageRow, context: Context, places: tuple[Finding, ...]) -> Outcome:
    """End the way of a hồ sơ that carries a secrecy mark, forgetting all of it but its place in the sheet."""
    workspace = context.workspace(package)
    account: Sequence[Mapping[str, Any]] = package.files
    if workspace.has("unit.json"):
        account = sealed_account(workspace.unit()[1])
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
