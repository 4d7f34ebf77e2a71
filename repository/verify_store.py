"""The verifier of OCFL storage roots and objects: the rules of OCFL, the place of each object, the package in its head."""

import os
from collections.abc import Iterator
from pathlib import Path

from repository.store import NotAStore
from repository.store_layout import object_folder, read_layout
from repository.store_tree import FileTree
from repository.verify_told import unverified
from standards.eark_rules import check_package
from standards.errors import KhoError
from standards.findings import Finding, finding
from standards.ocfl_inventory import INVENTORY, read_heading
from standards.ocfl_rules import Tally, check_object, check_root, object_roots, under
from standards.shown import for_people


def verify_root(path: Path, tally: Tally) -> Iterator[Finding]:
    yield from check_root(path, tally)
    if not tally.objects:
        yield unverified("VERIFY-EMPTY-ROOT", path)
    layout = _layout(path)
    for home in object_roots(path):
        if isinstance(home, Path):
            where = os.path.relpath(home, path)
            yield from (under(where, fault) for fault in _verify_head(home))
            yield from _verify_place(home, where, layout)


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
    yield from check_object(path, tally)
    yield from _verify_head(path)


def _verify_head(home: Path) -> Iterator[Finding]:
    """The E-ARK package in an object's head; an administrative object, without METS.xml, holds none."""
    try:
        tree = FileTree(home)
        if tree.has("METS.xml"):
            yield from check_package(tree)
    except (OSError, KhoError) as problem:
        yield unverified("VERIFY-UNREADABLE", home, problem)
