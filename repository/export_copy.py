"""Copying a package out of its tree, each file compared with the digest that is known of it."""

import hashlib
import os
from pathlib import Path

from repository.packages import StoredFile
from standards.errors import KhoError
from standards.package_tree import CHUNK, PackageTree

MODE = 0o644


class DamagedFile(KhoError):
    """A stored file is not what its digest says: nothing is exported from it."""

    code = "damaged-file"
    exit_code = 3
    vi = "Tệp {path} trong kho đã hỏng ({algorithm} không khớp). Chưa xuất gói: hãy sửa bằng kho repair."
    en = "The stored file {path} is damaged ({algorithm} differs). Nothing was exported: mend it with kho repair."


def copy_package(tree: PackageTree, folder: Path) -> None:
    """Every file of the package below `folder`, under its logical path."""
    for path in tree.paths():
        copy_file(tree, path, folder / path)


def copy_file(tree: PackageTree, path: str, target: Path) -> StoredFile:
    """One file of the package as the new file `target`. Raises DamagedFile, FileExistsError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digests = {name: hashlib.new(name) for name in ("sha256", "sha512")}
    size = 0
    with tree.open(path) as source, target.open("xb") as copy:
        while chunk := source.read(CHUNK):
            size += copy.write(chunk)
            for digest in digests.values():
                digest.update(chunk)
    found = {name: digest.hexdigest() for name, digest in digests.items()}
    for algorithm, hexadecimal in found.items():
        known = tree.digest(path, algorithm)
        if known is not None and known.lower() != hexadecimal:
            raise DamagedFile(path=path, algorithm=algorithm)
    target.chmod(MODE)
    return StoredFile(path, target, size, found["sha256"], found["sha512"])


def fsync_tree(folder: Path, *, deep: bool = True) -> None:
    """Put a folder's entries on the disk; with `deep` every file and folder below it too."""
    if deep:
        for below, folders, files in os.walk(folder):
            for name in (*files, *folders):
                _fsync(Path(below) / name)
    _fsync(folder)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
