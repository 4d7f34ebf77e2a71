"""The kinds of damage that an audit must find: what disks, people and programs do to stored packages."""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from repository.packages import AipId
from repository.store import Store
from repository.store_fs import FileStore
from standards.ocfl_folder import DiskFolder


@dataclass(frozen=True, slots=True)
class Scratch:
    """The copy in which damage is planted: an object of two versions, and another object."""

    store: FileStore
    id: AipId
    other: AipId

    @property
    def home(self) -> Path:
        """The object's folder."""
        return self.store.root / self.store.place_of(self.id)

    def content(self, version: str = "v1") -> list[Path]:
        """The content files of a version, sorted."""
        return sorted(path for path in (self.home / version / "content").rglob("*") if path.is_file())


@dataclass(frozen=True, slots=True)
class Damage:
    """A kind of damage. `outcome` is the least that must be said of it; `depths` the checks that must say so."""

    name: str
    plant: Callable[[Scratch], object]
    outcome: Literal["bad", "skipped"] = "bad"
    depths: tuple[str, ...] = ("quick", "deep")
    wrap: Callable[[FileStore], Store] = field(default=lambda store: store)
    package: bool = False  # planted in a whole E-ARK package of which nothing is known beforehand


def flip(path: Path, at: int = 1000) -> None:
    """Turn one bit over."""
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1
    rewrite(path, bytes(data))


def rewrite(path: Path, data: bytes) -> None:
    """Other bytes under the same name, with the file's times as they were."""
    times = path.stat()
    path.chmod(0o640)
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _swap(scratch: Scratch) -> None:
    one, two = scratch.content()[:2]
    first, second = one.read_bytes(), two.read_bytes()
    rewrite(one, second)
    rewrite(two, first)


def _grow(path: Path) -> None:
    rewrite(path, path.read_bytes() + b"\0")


def _cut(path: Path) -> None:
    rewrite(path, path.read_bytes()[:-1])


def _rename(path: Path) -> None:
    path.rename(path.with_name(path.name + ".bak"))


def _link(path: Path) -> None:
    """The file lies elsewhere, and a link stands in its place."""
    elsewhere = path.parents[8] / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _change_inventories(
    scratch: Scratch, change: Callable[[dict[str, Any]], object], versions: tuple[str, ...] = ("v2",)
) -> None:
    """Change the newest inventory in both places, and make its sidecars fit: only what is known elsewhere tells."""
    for folder in (scratch.home, *(scratch.home / version for version in versions)):
        inventory = json.loads((folder / "inventory.json").read_bytes())
        change(inventory)
        data = json.dumps(inventory).encode()
        rewrite(folder / "inventory.json", data)
        rewrite(
            folder / "inventory.json.sha512", f"{hashlib.sha512(data).hexdigest()} inventory.json\n".encode()
        )


def _replace_content(scratch: Scratch) -> None:
    """Other content, with manifest, states, fixity and sidecars made to fit."""
    path = scratch.content()[0]
    old, new = path.read_bytes(), b"something else"
    rewrite(path, new)

    _change_inventories(scratch, lambda i: _renew(i, old, new))


def _fixity_alone(scratch: Scratch) -> None:
    """Content and its sha256 changed together: the manifest's sha512 still tells."""
    path = scratch.content()[0]
    old = path.read_bytes()
    flip(path)

    def change(inventory: dict[str, Any]) -> None:
        fixity = inventory["fixity"]["sha256"]
        fixity[hashlib.sha256(path.read_bytes()).hexdigest()] = fixity.pop(hashlib.sha256(old).hexdigest())

    _change_inventories(scratch, change)


def _metadata(name: str, old: bytes, new: bytes) -> Callable[[Scratch], object]:
    """A metadata file of the package changed, and the inventory, fixity block and sidecars made to fit."""

    def plant(scratch: Scratch) -> None:
        path = next(p for p in scratch.content() if p.name == name)
        data = path.read_bytes()
        if old not in data:
            raise ValueError(f"{name} has no {old!r}")
        rewrite(path, data.replace(old, new))
        _change_inventories(scratch, lambda i: _renew(i, data, path.read_bytes()), versions=("v1",))

    return plant


def _renew(inventory: dict[str, Any], old: bytes, new: bytes) -> None:
    """The inventory as a writer would have made it of the new bytes."""
    was, now = (hashlib.sha512(data).hexdigest() for data in (old, new))
    for block in (inventory["manifest"], *(v["state"] for v in inventory["versions"].values())):
        if was in block:
            block[now] = block.pop(was)
    fixity = inventory["fixity"]["sha256"]
    fixity[hashlib.sha256(new).hexdigest()] = fixity.pop(hashlib.sha256(old).hexdigest())


def _message(scratch: Scratch) -> None:
    _change_inventories(scratch, lambda i: i["versions"]["v2"].update(message="something else"))


def _older(scratch: Scratch) -> None:
    """The object is back at its first version, whole in itself."""
    shutil.rmtree(scratch.home / "v2")
    for name in ("inventory.json", "inventory.json.sha512"):
        rewrite(scratch.home / name, (scratch.home / "v1" / name).read_bytes())


def _other_object(scratch: Scratch) -> None:
    """A whole object, but another one, lies in the place."""
    shutil.rmtree(scratch.home)
    shutil.copytree(scratch.store.root / scratch.store.place_of(scratch.other), scratch.home)


def _failing(number: int) -> Callable[[FileStore], Store]:
    return lambda store: _FailingStore(store.root, store.staging, number)


@dataclass(frozen=True, slots=True)
class _FailingStore(FileStore):
    """A store whose disk answers the first content file of an object with an error."""

    number: int = errno.EIO

    def folder(self, object_id: AipId) -> DiskFolder:
        return _FailingFolder(FileStore.folder(self, object_id).home, self.number)


class _FailingFolder(DiskFolder):
    def __init__(self, home: Path, number: int) -> None:
        super().__init__(home)
        self._number = number

    def open(self, path: str) -> BinaryIO:
        if "/content/" in path and path.endswith("0.bin"):
            raise OSError(self._number, os.strerror(self._number), os.fspath(self.home / path))
        return super().open(path)


DAMAGES: Final = (
    Damage("bit flipped in content", lambda s: flip(s.content()[0])),
    Damage("bit flipped in the last byte of content", lambda s: flip(s.content()[1], -1)),
    Damage("bit flipped in content of an old version", lambda s: flip(s.content("v1")[-2])),
    Damage("bit flipped in metadata", lambda s: flip(s.content("v2")[-1], 1)),
    Damage("content cut short by one byte", lambda s: _cut(s.content()[0])),
    Damage("content grown by one byte", lambda s: _grow(s.content()[0])),
    Damage("content emptied", lambda s: rewrite(s.content()[0], b"")),
    Damage("content file gone", lambda s: s.content()[2].unlink()),
    Damage("content file renamed", lambda s: _rename(s.content()[2])),
    Damage("two content files swapped", _swap),
    Damage("stray file in content", lambda s: (s.content()[0].parent / "stray").write_bytes(b"x")),
    Damage("stray file in the object", lambda s: (s.home / "stray").write_bytes(b"x")),
    Damage("stray file in a version", lambda s: (s.home / "v1" / "stray").write_bytes(b"x")),
    Damage("stray folder", lambda s: (s.home / "v1" / "content" / "empty").mkdir()),
    Damage("stray version", lambda s: shutil.copytree(s.home / "v2", s.home / "v3")),
    Damage("link in place of content", lambda s: _link(s.content()[0])),
    Damage("bit flipped in the inventory", lambda s: flip(s.home / "inventory.json", 40)),
    Damage("bit flipped in an old inventory", lambda s: flip(s.home / "v1" / "inventory.json", 40)),
    Damage("bit flipped in a sidecar", lambda s: flip(s.home / "inventory.json.sha512", 3)),
    Damage("inventory gone", lambda s: (s.home / "inventory.json").unlink()),
    Damage("inventory of a version gone", lambda s: (s.home / "v1" / "inventory.json").unlink()),
    Damage("sidecar gone", lambda s: (s.home / "inventory.json.sha512").unlink()),
    Damage("declaration gone", lambda s: (s.home / "0=ocfl_object_1.1").unlink()),
    Damage("declaration changed", lambda s: rewrite(s.home / "0=ocfl_object_1.1", b"ocfl_object_1.0\n")),
    Damage("version folder gone", lambda s: shutil.rmtree(s.home / "v1")),
    Damage("object gone", lambda s: shutil.rmtree(s.home)),
    Damage("another object in its place", _other_object),
    Damage("put back to an older version", _older),
    Damage("inventory changed, sidecars made to fit", _message),
    Damage("content, inventory and sidecars changed together", _replace_content),
    Damage("content and its sha256 changed together", _fixity_alone),
    Damage("disk error under a content file", lambda s: None, wrap=_failing(errno.EIO)),
    Damage(
        "PREMIS changed, OCFL made to fit",
        _metadata("PREMIS.xml", b"success", b"failure"),
        package=True,
        depths=("deep",),
    ),
    Damage(
        "METS changed, OCFL made to fit",
        _metadata("METS.xml", b'href="metadata/', b'href="metadatA/'),
        package=True,
        depths=("deep",),
    ),
    Damage(
        "description changed, OCFL made to fit",
        _metadata("EAD.xml", b"simpledc", b"simpleDC"),
        package=True,
        depths=("deep",),
    ),
    Damage("content file not permitted to be read", lambda s: None, "skipped", wrap=_failing(errno.EACCES)),
)
