"""What `kho check` says of the office files, pictures, sound and film in a package that keeps its own account of them."""

import atexit
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.archives import archives_inside
from repository.packages import DeliveredFile
from standards import suffixes
from standards.findings import Finding, finding
from standards.names import name_findings
from standards.shown import for_people

if TYPE_CHECKING:
    from ingest.inspector import Inspector

_LOOKED_INTO: Final = suffixes.OFFICE | suffixes.PICTURES | suffixes.MEDIA
_ABOUT_ITSELF: Final = ("schemas", "metadata", "submission")


def look_inside(root: Path) -> tuple[Finding, ...] | None:
    """The findings about every such file, or None where one carries a secrecy mark: then nothing more may be said."""
    files = list(_files(root))
    if not files:
        return ()
    from ingest import looking  # loads the readers of every kind

    found: list[Finding] = []
    for number, path in enumerate(files, start=1):
        file = DeliveredFile(os.fspath(path.relative_to(root)), 0)
        shown = for_people(file.path)
        looked = _inspector().inspect(path, shown=shown)
        if looking.is_sealed(looked):
            return None
        checked = looking.checked(number, file, "content", looked)
        found += looking.findings(file, looked)
        found += looking.about_format(checked)
        found += looking.judge_media([checked], lambda _file, path=path: path)  # type: ignore[misc]
    return tuple(found)


def about_names(root: Path) -> tuple[Finding, ...]:
    """What the names in a package tell: those that do not travel, and archives, which are not opened."""
    base = os.fspath(root)
    below = ((folder[len(base) + 1 :], names) for folder, _folders, names in os.walk(base))
    paths = sorted(f"{at}/{name}" if at else name for at, names in below for name in names)
    return (*name_findings(paths), *archives_inside(paths))


def sealed() -> tuple[Finding, ...]:
    """All that is said of a package with a secrecy mark in it."""
    return (finding("DLV-SEALED"),)


def _files(root: Path) -> Iterator[Path]:
    """The files whose kind is looked into, in order; no link is followed."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if Path(folder) != root or f not in _ABOUT_ITSELF)
        for name in sorted(names):
            path = Path(folder, name)
            is_one = os.path.splitext(name)[1].lower() in _LOOKED_INTO
            if is_one and path.is_file() and not path.is_symlink():
                yield path


@functools.cache
def _inspector() -> "Inspector":
    """One child for all that this process checks."""
    from ingest.inspector import Inspector

    inspector = Inspector()
    atexit.register(inspector.close)
    return inspector
