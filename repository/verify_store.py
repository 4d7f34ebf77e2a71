"""The part of the stand-alone verifier for stores: roots and objects of OCFL with what lies in their heads, and journals."""

import os
from collections.abc import Iterator
from pathlib import Path

from repository.root_files import check_root_folder
from repository.store import NotAStore
from repository.store_layout import object_folder, read_layout
from repository.store_tree import FileTree
from standards.eark_rules import check_package
from standards.errors import KhoError
from standards.findings import Finding, finding
from standards.journal_rules import Span, check_journal, check_order, is_journal
from standards.ocfl_facts import Tally, issue, under
from standards.ocfl_inventory import INVENTORY, read_heading
from standards.ocfl_rules import check_object, check_root, object_roots
from standards.package_tree import FolderTree
from standards.shown import for_people


def verify_root(path: Path, tally: Tally) -> Iterator[Finding]:
    """Everything about a storage root and its objects; an object must lie where its id says."""
    yield from check_root(path, tally)
    yield from check_root_folder(path)
    if not tally.objects:
        yield issue("VERIFY-EMPTY-ROOT", os.fspath(path))
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


def verify_object(path: Path, tally: Tally) -> Iterator[Finding]:
    """Everything about an object, and about the package or the journal in its head."""
    yield from check_object(path, tally)
    yield from _verify_head(path)


def verify_journal(path: Path, tally: Tally) -> Iterator[Finding]:
    """Everything about an exported journal."""
    tree = FolderTree(path)
    for name in tree.paths():
        tally.files += 1
        tally.bytes += tree.size(name)
    yield from check_journal(tree)


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
        yield issue("VERIFY-UNREADABLE", os.fspath(home), problem)
