"""What `kho check` says of the office files, pictures, sound and film in a package that keeps its own account of them."""

import atexit
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.archives import archives_inside
from standards import suffixes
from standards.findings import Finding, finding
from standards.names import name_findings
from standards.shown import for_people

if TYPE_CHECKING:
    from ingest.inspector import Inspector

_LOOKED_INTO: Final = suffixes.OFFICE | suffixes.PICTURES | suffixes.MEDIA
_ABOUT_ITSELF: Final = ("schemas", "metadata", "submission")


def look_inside(root: Path) -> tuple[Finding, ...] | None:
    """What is to be said of the names in a package, of the archives in it (which are not opened), and of each file whose
    kind is looked into; None where one carries a secrecy mark: then nothing more may be said."""
    there = sorted(_paths(os.fspath(root)))
    paths = [path for path, _ in there]
    found = [*name_findings(paths), *archives_inside(paths)]
    if not (root / "bagit.txt").is_file():  # of a bag its own rules tell them
        found += [finding("PKG-LINK", path=for_people(path)) for path, is_file in there if not is_file]
    files = [path for path, is_file in there if is_file and _is_looked_into(path)]
    if files:
        from ingest import looking  # loads the readers of every kind
        from repository.packages import DeliveredFile

    for number, path in enumerate(files, start=1):
        where = root / path
        looked = _inspector().inspect(where, shown=for_people(path))
        if looking.is_sealed(looked):
            return None
        file = DeliveredFile(path, 0)
        checked = looking.checked(number, file, "content", looked)
        found += looking.findings(file, looked)
        found += looking.about_format(checked)
        found += looking.judge_media([checked], lambda _file, where=where: where)  # type: ignore[misc]
    return tuple(found)


def sealed() -> tuple[Finding, ...]:
    """All that is said of a package with a secrecy mark in it."""
    return (finding("DLV-SEALED"),)


def _paths(root: str, at: str = "") -> Iterator[tuple[str, bool]]:
    """Everything that is no folder, relative to the package, and whether it is a regular file; no link is followed."""
    try:
        entries = list(os.scandir(f"{root}/{at}"))
    except OSError:
        return  # a folder that cannot be read is told by the package's own rules
    for entry in entries:
        path = f"{at}/{entry.name}" if at else entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _paths(root, path)
        else:
            yield path, entry.is_file(follow_symlinks=False)


def _is_looked_into(path: str) -> bool:
    return os.path.splitext(path)[1].lower() in _LOOKED_INTO and path.partition("/")[0] not in _ABOUT_ITSELF


@functools.cache
def _inspector() -> "Inspector":
    """One child for all that this process checks."""
    from ingest.inspector import Inspector

    inspector = Inspector()
    atexit.register(inspector.close)
    return inspector
