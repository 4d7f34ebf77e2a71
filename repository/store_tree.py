"""The logical state of an object's version: the package as it was stored, whatever lies where."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from repository.s3_client import Bucket
from standards.ocfl_inventory import INVENTORY, VersionBlock
from standards.ocfl_reading import Inventory, read_inventory
from standards.package_tree import FileNotInPackage


class InventoryState:
    """What an inventory tells of a version (default: the head): its files, their digests, where their bytes lie."""

    def __init__(self, inventory: Inventory, version: str | None = None) -> None:
        self.object_id = inventory.heading.id
        self.version = version or inventory.heading.head
        self._inventory = inventory
        self._algorithm = inventory.heading.digest_algorithm
        self._state = {path: digest for digest, path in inventory.state(self.version)}
        wanted = {digest.lower() for digest in self._state.values()}
        self._content = {d.lower(): path for d, path in inventory.manifest() if d.lower() in wanted}
        self._fixity = {(name, path): digest.lower() for name, digest, path in inventory.fixity()}

    @property
    def name(self) -> str | None:
        """None: the folder of an object says nothing about the package."""
        return None

    def has(self, path: str) -> bool:
        """Whether the version has a file at `path`."""
        return path in self._state

    def paths(self) -> Iterator[str]:
        """The logical paths, sorted."""
        return iter(sorted(self._state))

    def versions(self) -> Sequence[VersionBlock]:
        """Every version of the object, the first first."""
        return self._inventory.versions()

    def digest(self, path: str, algorithm: str) -> str | None:
        """The digest that the inventory records, in lower-case hex; None where it has none by `algorithm`."""
        content = self.below(path)
        wanted = algorithm.lower().replace("-", "")
        if wanted == self._algorithm:
            return self._state[path].lower()
        return self._fixity.get((wanted, content))

    def below(self, path: str) -> str:
        """Where a file's bytes lie below the object's root; FileNotInPackage also where that is outside of it."""
        content = self._content.get(self._state.get(path, "").lower(), "..")
        if ".." in content.split("/") or content.startswith("/"):
            raise FileNotInPackage(path=path, reason=f"{self.object_id} {self.version}")
        return content


class FileTree(InventoryState):
    """A `PackageTree` over the OCFL object in the folder `home`; `version` defaults to the head."""

    def __init__(self, home: Path, version: str | None = None) -> None:
        super().__init__(read_inventory(home / INVENTORY), version)
        self.home = home

    def open(self, path: str) -> BinaryIO:
        """A file's bytes. Raises FileNotInPackage, OSError."""
        return self.content_path(path).open("rb")

    def size(self, path: str) -> int:
        """A file's size in bytes. Raises FileNotInPackage, OSError."""
        return self.content_path(path).stat().st_size

    def content_path(self, path: str) -> Path:
        """Where a file's bytes lie; FileNotInPackage also where that would be outside the object."""
        return self.home / self.below(path)


class BucketTree(InventoryState):
    """A `PackageTree` over an OCFL object in a bucket; `home` is the object's root there."""

    def __init__(self, bucket: Bucket, home: str, inventory: Inventory, version: str | None = None) -> None:
        super().__init__(inventory, version)
        self.bucket = bucket
        self.home = home
        self._sizes: dict[str, int] | None = None

    def open(self, path: str) -> BinaryIO:
        """A file's bytes. Raises FileNotInPackage, OSError."""
        return self.bucket.open(f"{self.home}/{self.below(path)}")

    def size(self, path: str) -> int:
        """A file's size in bytes; the first call asks for those of all. Raises FileNotInPackage, OSError."""
        if self._sizes is None:
            self._sizes = dict(self.bucket.names(f"{self.home}/"))
        name = f"{self.home}/{self.below(path)}"
        if name not in self._sizes:
            raise FileNotInPackage(path=path, reason=name)
        return self._sizes[name]
