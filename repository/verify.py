"""The stand-alone verifier: what a path holds is told by its content, and checked to the last byte.

Offline, with no database and no configuration. What was skipped is never called good: what cannot be read is a
finding, and so is a path that holds nothing that is known.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from standards.errors import KhoError
from standards.findings import Finding, finding, verdict_of
from standards.ocfl_facts import Tally, under
from standards.package_tree import FolderTree
from standards.shown import for_people


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """`verdict` is valid, valid-with-warning or invalid; what was read: OCFL objects, content files, their bytes."""

    verdict: str
    findings: tuple[Finding, ...]
    objects: int
    files: int
    bytes: int


def verify(path: Path, tally: Tally | None = None) -> VerifyReport:
    """Verify the storage root, OCFL object, bag, exported journal or extracted E-ARK package in the folder `path`.

    Paths in findings are relative to `path`; `tally` grows as the work goes on, for whoever watches from another
    thread. Never raises for what the folder holds.
    """
    tally = tally or Tally()
    try:
        findings = tuple(_verifier(path)(path, tally))
    except (OSError, KhoError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else problem
        findings = (_issue("VERIFY-UNREADABLE", path, reason),)
    return VerifyReport(verdict_of(findings).value, findings, tally.objects, tally.files, tally.bytes)


def _verifier(path: Path) -> Callable[[Path, Tally], Iterator[Finding]]:
    """Which verifier the content of `path` calls for; it is loaded only then, since each brings much with it."""
    names = {entry.name for entry in os.scandir(path)} if path.is_dir() else set()
    if any(name.startswith("0=ocfl_object_") for name in names) or "inventory.json" in names:
        return _verify_object
    if any(name.startswith("0=ocfl_") for name in names) or "ocfl_layout.json" in names:
        return _verify_root
    if "bagit.txt" in names or ("data" in names and any(name.startswith("manifest-") for name in names)):
        return _verify_bag
    if {"entries", "heads"} <= names:
        return _verify_journal
    if "METS.xml" in names or "representations" in names or {"metadata", "schemas"} <= names:
        return _verify_package
    return _verify_unknown


def _verify_object(path: Path, tally: Tally) -> Iterator[Finding]:
    from repository.verify_store import verify_object

    yield from verify_object(path, tally)


def _verify_root(path: Path, tally: Tally) -> Iterator[Finding]:
    from repository.verify_store import verify_root

    yield from verify_root(path, tally)


def _verify_journal(path: Path, tally: Tally) -> Iterator[Finding]:
    from repository.verify_store import verify_journal

    yield from verify_journal(path, tally)


def _verify_bag(path: Path, tally: Tally) -> Iterator[Finding]:
    from standards.bag import BagTally, check_bag

    counted = BagTally()
    yield from check_bag(path, counted)
    tally.files, tally.bytes = counted.files, counted.bytes
    for mets in [*path.glob("data/METS.xml"), *path.glob("data/*/METS.xml")]:
        where = os.path.relpath(mets.parent, path)
        yield from (under(where, fault) for fault in _check_package(mets.parent))


def _verify_package(path: Path, tally: Tally) -> Iterator[Finding]:
    tree = FolderTree(path)
    for name in tree.paths():
        tally.files += 1
        tally.bytes += tree.size(name)
    yield from _check_package(path)


def _check_package(path: Path) -> Iterator[Finding]:
    from standards.eark_rules import check_package

    yield from check_package(FolderTree(path))


def _verify_unknown(path: Path, _tally: Tally) -> Iterator[Finding]:
    yield _issue("VERIFY-UNKNOWN", path)


def _issue(code: str, path: Path, detail: object = "") -> Finding:
    shown = for_people(os.fspath(path))
    return finding(code, path=shown, where=shown, detail=for_people(str(detail))[:300])
