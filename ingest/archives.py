"""What archives tell by their shape once they are unpacked, and by their name where they lie in a package."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from repository.kind import Kind
from standards import suffixes
from standards.findings import Finding, finding
from standards.shown import for_people


def about_shape(archive: Path, kind: Kind, root: Path, into: Path) -> tuple[Finding, ...]:
    """Findings about the folder `root` that `archive` was unpacked to in `into`: what packs a package has one folder.

    A bag must not be packed from within its own folder (BagIt, serialization); it is taken all the same. An archive that
    holds no package is told by what lies at its top.
    """
    where = for_people(archive.name)
    if kind is Kind.BAG and root == into:
        return (finding("BAGIT-NO-BASE", path=where, where=where),)
    if kind is Kind.UNKNOWN:
        return (finding("ARC-NO-PACKAGE", path=where, where=where, count=len(list(into.iterdir()))),)
    return ()


def archives_inside(paths: Iterable[str]) -> Iterator[Finding]:
    """PKG-ARCHIVE about each of a package's files that has an archive's name."""
    yield from (
        finding("PKG-ARCHIVE", path=for_people(p)) for p in paths if p.lower().endswith(suffixes.ARCHIVES)
    )
