"""One stored object with all its versions, as bytes: what a copy in another location is made from, and compared with."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from fixity.digest import CHUNK
from repository.packages import AipId
from repository.store import DamagedObject, Store
from repository.store_layout import OBJECT_DECLARATION
from standards.ocfl_folder import ObjectFolder
from standards.ocfl_inventory import DIGEST_ALGORITHM, INVENTORY, SIDECAR
from standards.ocfl_reading import SmallInventory

DECLARATION: Final = f"{OBJECT_DECLARATION[2:]}\n".encode()


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object whose root inventory was read and is what its sidecar says. Its bytes come out of `folder`."""

    object_id: str
    folder: ObjectFolder
    inventory: SmallInventory
    root: bytes

    @property
    def head(self) -> str:
        """The newest version's name."""
        return self.inventory.heading.head

    def versions(self) -> list[str]:
        """The names of all versions, the first first."""
        return [f"v{number}" for number in range(1, int(self.head[1:]) + 1)]

    def content(self, version: str) -> list[tuple[str, str]]:
        """The files that came with a version: path below the object's root, sha512."""
        return sorted(
            (path, digest.lower())
            for digest, path in self.inventory.manifest()
            if path.startswith(f"{version}/")
        )

    def inventory_of(self, version: str) -> bytes:
        """A version's own inventory, which must be what its sidecar says. Raises DamagedObject, OSError."""
        return read_sound(self.folder, self.object_id, version)

    def open(self, path: str) -> BinaryIO:
        """A file below the object's root. Raises OSError."""
        return self.folder.open(path)


def stored_object(store: Store, object_id: str) -> StoredObject:
    """The object as it lies in a store, past what the machine remembers of it.

    Raises NoSuchObject, DamagedObject (its inventory is not what its sidecar says), OSError.
    """
    folder = store.folder(AipId(object_id))
    root = read_sound(folder, object_id)
    try:
        inventory = SmallInventory.of(root)
    except (ValueError, KeyError, TypeError) as problem:
        raise DamagedObject(object_id=object_id, path=INVENTORY, reason=problem) from problem
    heading = inventory.heading
    if heading.id != object_id or heading.digest_algorithm != DIGEST_ALGORITHM:
        raise DamagedObject(object_id=object_id, path=INVENTORY, reason=heading.id)
    return StoredObject(object_id, folder, inventory, root)


def read_sound(folder: ObjectFolder, object_id: str, version: str = "") -> bytes:
    """The inventory of a version (the root's where empty), compared with its sidecar. Raises DamagedObject."""
    below = f"{version}/" if version else ""
    with folder.open(below + INVENTORY) as file:
        data = file.read()
    with folder.open(below + SIDECAR) as file:
        told = file.read().split()[:1]
    if told != [hashlib.sha512(data).hexdigest().encode()]:
        raise DamagedObject(object_id=object_id, path=below + INVENTORY, reason="mã băm không khớp / digest")
    return data


class Hashing:
    """A stream that hashes what is read from it, and must come to `sha512`."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._digest = hashlib.sha512()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._digest.update(data)
        return data

    @property
    def sha512(self) -> str:
        """The digest of what was read so far."""
        return self._digest.hexdigest()


def pieces(source: BinaryIO) -> Iterator[bytes]:
    """A stream in pieces."""
    while piece := source.read(CHUNK):
        yield piece
