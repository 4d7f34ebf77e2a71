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
    paths = sorted(_paths(os.fspath(root)))
    found = [*name_findings(paths), *archives_inside(paths)]
    files = [path for path in paths if _is_looked_into(root, path)]
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


def _paths(root: str) -> Iterator[str]:
    """Every file, relative to the package; no link is followed."""
    for folder, _folders, names in os.walk(root):
        at = folder[len(root) + 1 :]
        yield from (f"{at}/{name}" if at else name for name in names)


def _is_looked_into(root: Path, path: str) -> bool:
    if os.path.splitext(path)[1].lower() not in _LOOKED_INTO or path.partition("/")[0] in _ABOUT_ITSELF:
        return False
    return (root / path).is_file() and not (root / path).is_symlink()


@functools.cache
def _inspector() -> "Inspector":
    """One child for all that this process checks."""
    from ingest.inspector import Inspector

    inspector = Inspector()
    atexit.register(inspector.close)
    return inspector
