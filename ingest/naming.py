"""Where each received file lies in the AIP: its folder by its role, its name made portable, no two alike."""

import os
from collections.abc import Iterable, Mapping
from typing import Final

from ingest.units import files_of
from ingest.workspace import AccessCopy, CheckedFile
from repository.packages import FIRST, DeliveredFileUnit
from standards.portable import portable_name

_FOLDERS: Final = {
    "content": f"representations/{FIRST}/data",
    "documentation": "documentation",
    "submission": "submission",
}


def logical_paths(unit: DeliveredFileUnit, checked: Iterable[CheckedFile]) -> dict[str, str]:
    """The logical path of each file by its delivered path: the place that it asks for, or its role's folder."""
    places = {f.path: f.place for f in files_of(unit)}
    paths: dict[str, str] = {}
    taken: set[str] = set()
    for number, file in enumerate(checked, start=1):
        folder, name = _wanted(places.get(file.path, ""), file)
        if f"{folder}/{name}".casefold() in taken:
            name = f"{number:06d}_{name}"
        taken.add(f"{folder}/{name}".casefold())
        paths[file.path] = f"{folder}/{name}"
    return paths


def shared_paths(unit: DeliveredFileUnit, paths: Mapping[str, str]) -> dict[int, str]:
    """For each document whose file an earlier one has too, by its order: the path under which it has the file."""
    shared: dict[int, str] = {}
    first: set[str] = set()
    taken = {path.casefold() for path in paths.values()}
    for row in unit.documents:
        if row.file is None or row.file.path not in first:
            first.update([row.file.path] if row.file else ())
            continue
        folder, _, name = paths[row.file.path].rpartition("/")
        name = f"vb{row.order:07d}_{name}"
        while f"{folder}/{name}".casefold() in taken:
            name = f"_{name}"
        taken.add(f"{folder}/{name}".casefold())
        shared[row.order] = f"{folder}/{name}"
    return shared


def copy_paths(paths: Mapping[str, str], copies: Iterable[AccessCopy]) -> dict[str, AccessCopy]:
    """The logical path of each access copy: a representation of its own behind those that came, the name of its
    source with the suffix of a PDF."""
    representation = _free({name_in_folder(path)[0].casefold() for path in paths.values()} - {""})
    found: dict[str, AccessCopy] = {}
    taken: set[str] = set()
    for number, copy in enumerate(copies, start=1):
        came_from, whole = name_in_folder(paths[copy.source])
        folder, _, name = whole.rpartition("/")
        stem = name.rpartition(".")[0] or name
        choices = (f"{stem}.pdf", f"{name}.pdf", f"{came_from}_{name}.pdf", f"{number:06d}_{name}.pdf")
        below = [f"{folder}/{choice}" if folder else choice for choice in choices]
        free = next(choice for choice in below if choice.casefold() not in taken)
        taken.add(free.casefold())
        found[f"representations/{representation}/data/{free}"] = copy
    return found


def _free(taken: set[str]) -> str:
    """The first representation name behind those that are taken."""
    number = len(taken) + 1
    while f"rep{number}" in taken:
        number += 1
    return f"rep{number}"


def name_in_folder(path: str) -> tuple[str, str]:
    """A logical path as (representation, name in its folder); the representation is empty outside of them."""
    steps = path.split("/")
    if steps[0] == "representations":
        return steps[1], "/".join(steps[3:])
    return "", "/".join(steps[1:])


def _wanted(place: str, file: CheckedFile) -> tuple[str, str]:
    """The folder and the name that a file asks for, each part of the path portable."""
    if not place:
        return _FOLDERS[file.role], portable_name(os.path.basename(file.path))
    folder, _, name = "/".join(map(portable_name, place.split("/"))).rpartition("/")
    return folder, name
