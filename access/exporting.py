"""An AIP out of the store, as a package for others."""

from pathlib import Path

from repository.aip import read_aip
from repository.export import export_aip
from repository.opening import Opened
from repository.packages import AipId
from repository.rows import AipRow


def export(opened: Opened, aip: AipRow, dest: Path, form: str) -> Path:
    """Write the head version of an AIP below `dest` as bag, dip, eark or tt05; where it lies then."""
    tree = opened.store.tree(AipId(aip.id))
    return export_aip(tree, read_aip(tree), dest, form)
