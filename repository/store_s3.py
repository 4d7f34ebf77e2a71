"""The store in a bucket: an OCFL 1.1 storage root whose objects are replicas (docs/adr/0011-s3-holds-replicas.md).

A bucket has no rename and no lock. So the content goes up first, then the version's inventory, then the root inventory by a
conditional write (two writers: one wins, the other is told), its sidecar last. A reader trusts only what the root inventory
names; a sidecar that is stale is healed from it by the next writer. Nothing deletes but `purge`, with credentials of its own.
"""

import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, cast

from repository.faults import fault, register
from repository.packages import AipId, StoredFile
from repository.s3_client import Bucket
from repository.store import (
    Author,
    DamagedObject,
    NoSuchObject,
    NotAStore,
    ObjectBusy,
    ObjectExists,
    ObjectVersion,
    PurgeForbidden,
    Recovered,
    StoreFailed,
    VersionConflict,
)
from repository.store_copy import refuse_other, sidecar_of
from repository.store_layout import (
    DECLARATION,
    DEFAULT_LAYOUT,
    LEVELS,
    OBJECT_DECLARATION,
    layout_in,
    next_version,
    object_folder,
    root_files,
)
from repository.store_lock import staging_of
from repository.store_object import DECLARATION as OBJECT_TEXT
from repository.store_object import Hashing, StoredObject
from repository.store_tree import BucketTree
from repository.store_version import build_version, plan_version, same_state, sources
from standards.findings import Finding
from standards.ocfl_facts import issue
from standards.ocfl_folder import DiskFolder, Entry, ObjectFolder
from standards.ocfl_inventory import INVENTORY, SIDECAR, VersionBlock
from standards.ocfl_reading import SmallInventory

POINTS = register("s3.content", "s3.version", "s3.root-inventory", "s3.sidecar")
_WRITERS: Final = 8


@dataclass(frozen=True, slots=True)
class S3Store:
    """A `Store` in a bucket; `scratch` is a folder of this machine where a version is made before it goes up.

    `remover` is the same bucket as an account that may delete, which is there for a decided destruction alone.
    """

    bucket: Bucket
    scratch: Path
    remover: Bucket | None = None

    @property
    def root(self) -> str:
        """The storage root for people."""
        return f"s3://{self.bucket.place.bucket}/{self.bucket.place.prefix}"

    def create(self) -> None:
        """See `Store.create`."""
        with self._told():
            self.scratch.mkdir(parents=True, exist_ok=True, mode=0o750)
            if not self.bucket.has(DECLARATION):
                self._refuse_other_content()
                for name, data in root_files(DEFAULT_LAYOUT):
                    self.bucket.put(name, data)
        self.check()

    def check(self) -> None:
        """See `Store.check`."""
        self._layout()

    def put_new(
        self,
        object_id: AipId,
        files: Iterable[StoredFile],
        *,
        message: str,
        user: Author,
        created: str,
        move: bool = False,
        verified: bool = False,
    ) -> ObjectVersion:
        """See `Store.put_new`."""  # fmt: skip
        block = VersionBlock("v1", created, message, user.name, user.address, state=())
        with self._told(), staging_of(self._staging(), object_id) as work:
            if self.has(object_id):
                raise ObjectExists(object_id=object_id)
            plan = plan_version(object_id, files, work)
            built = build_version(plan, block, work, move=False, verified=verified)
            self._place(self._built(object_id, work, "v1"), ["v1"], None)
            _release(sources(plan), move)
        return ObjectVersion(
            object_id, "v1", self._home(object_id), built.inventory_sha512, plan.files, built.bytes
        )

    def put_version(
        self,
        object_id: AipId,
        files: Iterable[StoredFile],
        *,
        expected_head: str,
        message: str,
        user: Author,
        created: str,
        move: bool = False,
        verified: bool = False,
    ) -> ObjectVersion:
        """See `Store.put_version`."""  # fmt: skip
        name, home = next_version(expected_head), self._home(object_id)
        block = VersionBlock(name, created, message, user.name, user.address, state=())
        with self._told(), staging_of(self._staging(), object_id) as work:
            tag, data = self._root_inventory(object_id)
            previous = work / "previous.json"
            previous.write_bytes(data)
            inventory = SmallInventory.of(data)
            head = inventory.heading.head
            plan = plan_version(object_id, files, work, previous)
            if head == name and same_state(plan, inventory.state(head)):
                self._heal_sidecar(home, data)
                return ObjectVersion(
                    object_id, name, home, sidecar_of(data).split()[0].decode(), plan.files, 0
                )
            if head != expected_head:
                raise VersionConflict(object_id=object_id, head=head, expected=expected_head)
            built = build_version(plan, block, work, move=False, verified=verified)
            self._place(self._built(object_id, work, name), [name], tag)
            _release(sources(plan), move)
        return ObjectVersion(object_id, name, home, built.inventory_sha512, plan.files, built.bytes)

    def put_copy(self, source: StoredObject) -> list[str]:
        """See `Store.put_copy`."""
        object_id = AipId(source.object_id)
        with self._told():
            if not self.has(object_id):
                self._place(source, source.versions(), None)
                return source.versions()
            tag, data = self._root_inventory(object_id)
            head = SmallInventory.of(data).heading.head
            refuse_other(source, object_id, data, head)
            self._heal_sidecar(self._home(object_id), data)
            missing = source.versions()[int(head[1:]) :]
            if missing:
                self._place(source, missing, tag)
            return missing

    def has(self, object_id: AipId) -> bool:
        """See `Store.has`: what has no root inventory is not there."""
        return self.bucket.has(f"{self._home(object_id)}/{INVENTORY}")

    def head(self, object_id: AipId) -> str:
        """See `Store.head`."""
        with self._told():
            return SmallInventory.of(self._root_inventory(object_id)[1]).heading.head

    def objects(self) -> Iterator[AipId]:
        """See `Store.objects`."""
        for place in self.places():
            yield AipId(self.tree_at(place).object_id)

    def open(self, object_id: AipId, logical_path: str, version: str | None = None) -> BinaryIO:
        """See `Store.open`."""
        return self.tree(object_id, version).open(logical_path)

    def tree(self, object_id: AipId, version: str | None = None) -> BucketTree:
        """See `Store.tree`."""
        with self._told():
            data = self._root_inventory(object_id)[1]
        return BucketTree(self.bucket, self._home(object_id), SmallInventory.of(data), version)

    def places(self) -> Iterator[str]:
        """See `Store.places`."""
        with self._told():
            for name, _size in self.bucket.names():
                if (
                    name.endswith(f"/{INVENTORY}")
                    and name.count("/") == LEVELS
                    and name[:11] != "extensions/"
                ):
                    yield name.rpartition("/")[0]

    def tree_at(self, place: str, version: str | None = None) -> BucketTree:
        """See `Store.tree_at`."""
        with self._told():
            data = self.bucket.read(f"{place}/{INVENTORY}")
        return BucketTree(self.bucket, place, SmallInventory.of(data), version)

    def folder(self, object_id: AipId) -> ObjectFolder:
        """See `Store.folder`; a bucket's bytes always come from the service."""
        home = self._home(object_id)
        with self._told():
            if not any(self.bucket.level(f"{home}/")):
                raise NoSuchObject(object_id=object_id)
        return BucketFolder(self.bucket, home)

    def place_of(self, object_id: AipId) -> str:
        """See `Store.place_of`."""
        return self._home(object_id)

    def everything(self) -> Iterator[str | Finding]:
        """See `Store.everything`: names come sorted, so that all of an object come one after another."""
        with self._told():
            if not self.bucket.has(DECLARATION):
                yield issue("E069", "")
            last = ""
            for name, _size in self.bucket.names():
                parts = name.split("/")
                place = "/".join(parts[:LEVELS])
                if len(parts) == 1 or parts[0] == "extensions" or place == last:
                    continue
                last = place
                yield place if len(parts) > LEVELS else issue("E072", name)

    def purge(self, object_id: AipId) -> bool:
        """See `Store.purge`: the root inventory goes first, and with it the object; then all that it named, in every version.

        Raises PurgeForbidden where there are no credentials to delete with, or they do not suffice.
        """
        if self.remover is None:
            raise PurgeForbidden(path=self.root, reason="chưa có khoá xoá / no credentials to delete with")
        with self._told():
            try:
                gone = self.remover.remove_below(f"{self._home(object_id)}/", (INVENTORY,))
            except PermissionError as problem:
                raise PurgeForbidden(path=self.root, reason=problem) from problem
        return gone > 0

    def recover(self) -> tuple[Recovered, ...]:
        """See `Store.recover`: what a dead writer left of an upload in parts; its other objects are named by nothing."""
        with self._told():
            ended = self.bucket.drop_broken_uploads()
        shutil.rmtree(self._staging(), ignore_errors=True)
        return tuple(Recovered(None, "removed-staging") for _each in range(ended))

    def _place(self, source: StoredObject, versions: list[str], tag: str | None) -> None:
        """Content, inventories of the versions, the root inventory where it is still `tag`'s, its sidecar.

        Raises ObjectBusy where another writer was faster.
        """
        home = self._home(source.object_id)
        for version in versions:
            with ThreadPoolExecutor(_WRITERS) as pool:
                list(pool.map(partial(self._upload, source, home), source.content(version)))
            fault("s3.content")
            data = source.inventory_of(version)
            self.bucket.put(f"{home}/{version}/{INVENTORY}", data)
            self.bucket.put(f"{home}/{version}/{SIDECAR}", sidecar_of(data))
            fault("s3.version")
        if tag is None:
            self.bucket.put(f"{home}/{OBJECT_DECLARATION}", OBJECT_TEXT)
        condition = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
        try:
            self.bucket.put(f"{home}/{INVENTORY}", source.root, **condition)
        except FileExistsError as other:
            raise ObjectBusy(object_id=source.object_id) from other
        fault("s3.root-inventory")
        self.bucket.put(f"{home}/{SIDECAR}", sidecar_of(source.root))
        fault("s3.sidecar")

    def _upload(self, source: StoredObject, home: str, content: tuple[str, str]) -> None:
        path, sha512 = content
        with source.open(path) as file:
            hashing = Hashing(file)
            self.bucket.upload(f"{home}/{path}", cast(BinaryIO, hashing))
        if hashing.sha512 != sha512:
            raise DamagedObject(object_id=source.object_id, path=path, reason="mã băm không khớp / digest")

    def _root_inventory(self, object_id: str) -> tuple[str, bytes]:
        """The root inventory and its tag, of one moment. Raises NoSuchObject."""
        name = f"{self._home(object_id)}/{INVENTORY}"
        try:
            body, tag = self.bucket.get(name, 0, None)
            return tag, body.read()
        except FileNotFoundError as missing:
            raise NoSuchObject(object_id=object_id) from missing

    def _heal_sidecar(self, home: str, data: bytes) -> None:
        """After a crash between the root inventory and its sidecar the sidecar is the older one's, or missing."""
        try:
            told = self.bucket.read(f"{home}/{SIDECAR}")
        except FileNotFoundError:
            told = b""
        if told != sidecar_of(data):
            self.bucket.put(f"{home}/{SIDECAR}", sidecar_of(data))

    def _built(self, object_id: str, work: Path, version: str) -> StoredObject:
        """What was made in `work` as an object to be placed."""
        data = (work / version / INVENTORY).read_bytes()
        return StoredObject(object_id, DiskFolder(work), SmallInventory.of(data), data)

    def _layout(self) -> str:
        with self._told():
            return layout_in(self.root, self.bucket.read)

    def _home(self, object_id: str) -> str:
        return object_folder(object_id, DEFAULT_LAYOUT)

    def _staging(self) -> Path:
        self.scratch.mkdir(parents=True, exist_ok=True, mode=0o750)
        return self.scratch

    def _refuse_other_content(self) -> None:
        folders, names = self.bucket.level("")
        ours = {name for name, _data in root_files(DEFAULT_LAYOUT)}
        strangers = sorted({*names} - ours | {*folders} - {"extensions"})
        if strangers:
            raise NotAStore(path=self.root, reason=f"đã có / it already holds {strangers[0]}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The service's refusals as errors that tell people what to do."""
        try:
            yield
        except OSError as problem:
            raise StoreFailed(path=self.root, reason=problem) from problem


@dataclass(frozen=True, slots=True)
class BucketFolder:
    """An `ObjectFolder` in a bucket."""

    bucket: Bucket
    home: str

    def entries(self, path: str) -> list[Entry]:
        """See `ObjectFolder.entries`."""
        folders, names = self.bucket.level(f"{self.home}/{path}/" if path else f"{self.home}/")
        return sorted(
            [*(Entry(name, "folder") for name in folders), *(Entry(name, "file") for name in names)]
        )

    def size(self, path: str) -> int:
        """See `ObjectFolder.size`."""
        return self.bucket.size(f"{self.home}/{path}")

    def open(self, path: str) -> BinaryIO:
        """See `ObjectFolder.open`."""
        return self.bucket.open(f"{self.home}/{path}")


def _release(paths: Iterator[Path], move: bool) -> None:
    """With `move`, the sources go, now that the store has the bytes."""
    if move:
        for path in paths:
            path.unlink(missing_ok=True)
