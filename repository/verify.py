"""The stand-alone verifier: what a path holds is told by its content, and checked to the last byte.

Offline, with no database and no configuration. What was skipped is never called good: what cannot be read is a
finding, and so is a path that holds nothing that is known.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from repository.root_files import check_root_folder
from repository.store import NotAStore
from repository.store_layout import object_folder, read_layout
from repository.store_tree import FileTree
from standards.bag import BagTally, check_bag
from standards.eark_rules import check_package
from standards.errors import KhoError
from standards.findings import Finding, finding, verdict_of
from standards.journal_rules import Span, check_journal, check_order, is_journal
from standards.ocfl_inventory import INVENTORY, read_heading
from standards.ocfl_rules import Tally, check_object, check_root, object_roots, under
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
    """Which verifier the content of `path` calls for."""
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


def _verify_root(path: Path, tally: Tally) -> Iterator[Finding]:
    yield from check_root(path, tally)
    yield from check_root_folder(path)
    if not tally.objects:
        yield _issue("VERIFY-EMPTY-ROOT", path)
    layout = _layout(path)
    spans: dict[str, Span] = {}
    for home in object_roots(path):
        if isinstance(home, Path):
            where = os.path.relpath(home, path)
            yield from (under(where, fault) for fault in _verify_head(home, spans))
            yield from _verify_place(home, where, layout)
    yield from check_order(spans)


def _layout(path: Path) -> str | None:
    """The root's layout; None where it is none of those by which Kho finds an object."""
    try:
        return read_layout(path)
    except NotAStore:
        return None


def _verify_place(home: Path, where: str, layout: str | None) -> Iterator[Finding]:
    """An object lies where its id says: elsewhere nobody who asks for it by its id will find it."""
    try:
        place = object_folder(read_heading(home / INVENTORY).id, layout) if layout else where
    except (OSError, KhoError):
        return  # told by the rules of the object
    if place != where:
        yield finding("VERIFY-MISPLACED", path=for_people(where), where=for_people(where), place=place)


def _verify_object(path: Path, tally: Tally) -> Iterator[Finding]:
    yield from check_object(path, tally)
    yield from _verify_head(path)


def _verify_bag(path: Path, tally: Tally) -> Iterator[Finding]:
    counted = BagTally()
    yield from check_bag(path, counted)
    tally.files, tally.bytes = counted.files, counted.bytes
    for mets in [*path.glob("data/METS.xml"), *path.glob("data/*/METS.xml")]:
        where = os.path.relpath(mets.parent, path)
        yield from (under(where, fault) for fault in check_package(FolderTree(mets.parent)))


def _verify_journal(path: Path, tally: Tally) -> Iterator[Finding]:
    tree = FolderTree(path)
    for name in tree.paths():
        tally.files += 1
        tally.bytes += tree.size(name)
    yield from check_journal(tree)


def _verify_package(path: Path, tally: Tally) -> Iterator[Finding]:
    tree = FolderTree(path)
    for name in tree.paths():
        tally.files += 1
        tally.bytes += tree.size(name)
    yield from check_package(tree)


def _verify_unknown(path: Path, _tally: Tally) -> Iterator[Finding]:
    yield _issue("VERIFY-UNKNOWN", path)


def _verify_head(home: Path, spans: dict[str, Span] | None = None) -> Iterator[Finding]:
    """The E-ARK package or the journal in an object's head; other administrative objects hold neither."""
    try:
        tree = FileTree(home)
        if tree.has("METS.xml"):
            yield from check_package(tree)
        elif is_journal(tree):
            yield from check_journal(
                tree, spans.setdefault(tree.object_id, Span()) if spans is not None else None
            )
    except (OSError, KhoError) as problem:
        yield _issue("VERIFY-UNREADABLE", home, problem)


def _issue(code: str, path: Path, detail: object = "") -> Finding:
    shown = for_people(os.fspath(path))
    return finding(code, path=shown, where=shown, detail=for_people(str(detail))[:300])
