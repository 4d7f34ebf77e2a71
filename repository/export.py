"""An AIP for others: a BagIt bag, the E-ARK package extracted, the package after TT 05/2025, or a reading copy.

Nothing is overwritten. What is made lies in a hidden folder beside its place until every byte of it is on the disk;
then it is renamed. Every file is compared with its digest while it is copied.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from repository.export_bag import write_bag
from repository.export_copy import copy_package, fsync_tree
from repository.export_dip import write_dip
from repository.export_tt05 import write_tt05
from repository.packages import AipContent
from standards.eark import folder_name
from standards.errors import KhoError
from standards.package_tree import PackageTree


class UnknownFormat(KhoError):
    """A form of export that Kho does not make."""

    code = "unknown-format"
    exit_code = 2
    vi = "Không xuất được dạng {form}. Các dạng có sẵn: bag, dip, eark, tt05."
    en = "There is no export as {form}. Known: bag, dip, eark, tt05."


class ExportExists(KhoError):
    """There is something at the place of the export already."""

    code = "export-exists"
    vi = "Đã có {path}. Không ghi đè: hãy xóa hoặc chọn thư mục khác."
    en = "{path} exists already. It is not overwritten: remove it or choose another folder."


# Each writes the package into an empty folder and gives the name that the export is to have.
_Form = Callable[[PackageTree, AipContent, Path], str]


def write_eark(tree: PackageTree, content: AipContent, folder: Path) -> str:
    """The E-ARK package as it is stored; the folder has OBJID's very name (CSIP1, as commons-ip reads it)."""
    copy_package(tree, folder)
    return content.id


_FORMS: dict[str, _Form] = {"bag": write_bag, "dip": write_dip, "eark": write_eark, "tt05": write_tt05}


def export_aip(tree: PackageTree, content: AipContent, dest: Path, form: str) -> Path:
    """Write the AIP as `form` ("bag", "dip", "eark", "tt05") into a new folder below `dest`, and give that folder.

    The folder is named by the package's OBJID: `eark` as it is, the others with '_' for ':' (TT 05/2025). `content` is what `read_aip(tree)` gives. Raises
    UnknownFormat, ExportExists, DamagedFile, OSError.
    """
    if form not in _FORMS:
        raise UnknownFormat(form=form)
    dest.mkdir(parents=True, exist_ok=True)
    if form != "dip":
        _refuse_existing(dest / (content.id if form == "eark" else folder_name(content.id)))
    with _staging(dest) as folder:
        target = dest / _FORMS[form](tree, content, folder)
        fsync_tree(folder)
        _refuse_existing(target)
        folder.rename(target)
    fsync_tree(dest, deep=False)
    return target


def _refuse_existing(target: Path) -> None:
    if os.path.lexists(target):
        raise ExportExists(path=target)


@contextmanager
def _staging(dest: Path) -> Iterator[Path]:
    """A hidden folder on the file system of `dest`, gone again where the export fails."""
    folder = Path(tempfile.mkdtemp(prefix=".kho-export-", dir=dest))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if folder.exists():
            shutil.rmtree(folder)
