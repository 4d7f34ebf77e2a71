"""The logical state of an object's version: the package as it was stored, whatever lies where."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from standards.ocfl_inventory import INVENTORY, read_fixity, read_heading, read_manifest, read_state
from standards.package_tree import FileNotInPackage


class ObjectTree:
    """A `PackageTree` over the OCFL object in `home`; `version` defaults to the head."""

    def __init__(self, home: Path, version: str | None = None) -> None:
        inventory = home / INVENTORY
        heading = read_heading(inventory)
        self.home = home
        self.object_id = heading.id
        self.version = version or heading.head
        self._algorithm = heading.digest_algorithm
        self._state = {path: digest for digest, path in read_state(inventory, self.version)}
        wanted = {digest.lower() for digest in self._state.values()}
        self._content = {
            digest.lower(): path for digest, path in read_manifest(inventory) if digest.lower() in wanted
        }
        self._fixity = {(name, path): digest.lower() for name, digest, path in read_fixity(inventory)}

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

    def open(self, path: str) -> BinaryIO:
        """A file's bytes. Raises FileNotInPackage, OSError."""
        return self.content_path(path).open("rb")

    def size(self, path: str) -> int:
        """A file's size in bytes. Raises FileNotInPackage, OSError."""
        return self.content_path(path).stat().st_size

    def digest(self, path: str, algorithm: str) -> str | None:
        """The digest that the inventory records, in lower-case hex; None where it has none by `algorithm`."""
        self.content_path(path)
        digest = self._state[path].lower()
        if algorithm.lower().replace("-", "") == self._algorithm:
            return digest
        return self._fixity.get((algorithm.lower().replace("-", ""), self._content[digest]))

    def content_path(self, path: str) -> Path:
        """Where a file's bytes lie; FileNotInPackage also where that would be outside the object."""
        content = self._content.get(self._state.get(path, "").lower(), "..")
        if ".." in content.split("/") or content.startswith("/"):
            raise FileNotInPackage(path=path, reason=f"{self.object_id} {self.version}")
        return self.home / content
