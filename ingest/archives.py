"""What an unpacked archive tells by its shape, once its content has told the kind."""

from pathlib import Path

from repository.packages import Kind
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
