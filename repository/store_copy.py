"""Writing the copy of an object into a file system, byte for byte: every version, with its own inventory.

What is copied is hashed on the way and must be what the inventory says; nothing of a damaged source gets into the target.
"""

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from repository.faults import fault, register
from repository.store import CopyDiffers, DamagedObject
from repository.store_layout import OBJECT_DECLARATION, fsync_folder, write_file
from repository.store_object import DECLARATION, StoredObject, pieces
from standards.ocfl_inventory import INVENTORY, SIDECAR

POINTS = register("copy.content", "copy.version")
_WRITERS: Final = 8


def stage_whole(source: StoredObject, whole: Path) -> None:
    """Make the whole object in the folder `whole`, on the disk but for the root inventory."""
    whole.mkdir(mode=0o750)
    write_file(whole / OBJECT_DECLARATION, DECLARATION)
    for version in source.versions():
        stage_version(source, version, whole)


def stage_version(source: StoredObject, version: str, work: Path) -> None:
    """Make the folder `work`/<version>, on the disk. Raises DamagedObject, OSError."""
    (work / version).mkdir(mode=0o750)
    content = source.content(version)
    folders = {work / version, *_folders(work, (path for path, _digest in content))}
    for folder in sorted(folders):
        folder.mkdir(mode=0o750, exist_ok=True)
    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(partial(_copy, source, work), content))
    fault("copy.content")
    data = source.inventory_of(version)
    write_file(work / version / INVENTORY, data)
    write_file(work / version / SIDECAR, sidecar_of(data))
    for folder in sorted(folders, reverse=True):
        fsync_folder(folder)
    fault("copy.version")


def sidecar_of(inventory: bytes) -> bytes:
    """The sidecar that fits an inventory."""
    return f"{hashlib.sha512(inventory).hexdigest()} {INVENTORY}\n".encode()


def refuse_other(source: StoredObject, object_id: str, held: bytes, head: str) -> None:
    """The copy that is there must be an earlier state of the source, not another one. Raises CopyDiffers."""
    if int(head[1:]) > int(source.head[1:]) or source.inventory_of(head) != held:
        raise CopyDiffers(object_id=object_id, head=head)


def _folders(work: Path, paths: Iterable[str]) -> set[Path]:
    """Every folder between `work` and the files at `paths`."""
    found: set[Path] = set()
    for path in paths:
        folder = work / os.path.dirname(path)
        while folder not in found and folder != work:
            found.add(folder)
            folder = folder.parent
    return found


def _copy(source: StoredObject, work: Path, content: tuple[str, str]) -> None:
    path, sha512 = content
    digest = hashlib.sha512()
    descriptor = os.open(work / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
    with source.open(path) as read, os.fdopen(descriptor, "wb") as written:
        for piece in pieces(read):
            digest.update(piece)
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    if digest.hexdigest() != sha512:
        raise DamagedObject(object_id=source.object_id, path=path, reason="mã băm không khớp / digest")
