"""The store in a bucket: an OCFL 1.1 storage root whose objects are replicas (docs/adr/0011-s3-holds-replicas.md).

A bucket has no rename and no lock. So the content goes up first, then the version's inventory, then the root inventory by a
conditional write (two writers: one wins, the other is told), its sidecar last. A reader trusts only what the root inventory
names; a sidecar that is stale is healed from it by the next writer. Nothing deletes but `purge`, with credentials of its own.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from repository.bucket_writing import BucketFolder, heal_sidecar, place_versions
from repository.packages import AipId, StoredFile
from repository.s3_client import Bucket
from repository.store import (
    Author,
    NoSuchObject,
    NotAStore,
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
    layout_in,
    next_version,
    object_folder,
    root_files,
)
from repository.store_lock import staging_of
from repository.store_object import StoredObject
from repository.store_tree import BucketTree
from repository.store_version import build_version, plan_version, same_state, sources
from standards.findings import Finding
from standards.ocfl_facts import issue
from standards.ocfl_folder import DiskFolder, ObjectFolder
from standards.ocfl_inventory import INVENTORY, VersionBlock
from standards.ocfl_reading import SmallInventory


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
        with self.told():
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
        with self.told(), staging_of(self._staging(), object_id) as work:
            if self.has(object_id):
                raise ObjectExists(object_id=object_id)
            plan = plan_version(object_id, files, work)
            built = build_version(plan, block, work, move=False, verified=verified)
            place_versions(
                self.bucket, self._home(object_id), self._built(object_id, work, "v1"), ["v1"], None
            )
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
        with self.told(), staging_of(self._staging(), object_id) as work:
            tag, data = self._root_inventory(object_id)
            previous = work / "previous.json"
            previous.write_bytes(data)
            inventory = SmallInventory.of(data)
            head = inventory.heading.head
            plan = plan_version(object_id, files, work, previous)
            if head == name and same_state(plan, inventory.state(head)):
                heal_sidecar(self.bucket, home, data)
                return ObjectVersion(
                    object_id, name, home, sidecar_of(data).split()[0].decode(), plan.files, 0
                )
            if head != expected_head:
                raise VersionConflict(object_id=object_id, head=head, expected=expected_head)
            built = build_version(plan, block, work, move=False, verified=verified)
            place_versions(self.bucket, home, self._built(object_id, work, name), [name], tag)
            _release(sources(plan), move)
        return ObjectVersion(object_id, name, home, built.inventory_sha512, plan.files, built.bytes)

    def put_copy(self, source: StoredObject) -> list[str]:
        """See `Store.put_copy`."""
        object_id = AipId(source.object_id)
        with self.told():
            if not self.has(object_id):
                place_versions(self.bucket, self._home(object_id), source, source.versions(), None)
                return source.versions()
            tag, data = self._root_inventory(object_id)
            head = SmallInventory.of(data).heading.head
            refuse_other(source, object_id, data, head)
            heal_sidecar(self.bucket, self._home(object_id), data)
            missing = source.versions()[int(head[1:]) :]
            if missing:
                place_versions(self.bucket, self._home(object_id), source, missing, tag)
            return missing

    def has(self, object_id: AipId) -> bool:
        """See `Store.has`: what has no root inventory is not there."""
        return self.bucket.has(f"{self._home(object_id)}/{INVENTORY}")

    def head(self, object_id: AipId) -> str:
        """See `Store.head`."""
        with self.told():
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
        with self.told():
            data = self._root_inventory(object_id)[1]
        return BucketTree(self.bucket, self._home(object_id), SmallInventory.of(data), version)

    def places(self) -> Iterator[str]:
        """See `Store.places`."""
        with self.told():
            for name, _size in self.bucket.names():
                if (
                    name.endswith(f"/{INVENTORY}")
                    and name.count("/") == LEVELS
                    and name[:11] != "extensions/"
                ):
                    yield name.rpartition("/")[0]

    def tree_at(self, place: str, version: str | None = None) -> BucketTree:
        """See `Store.tree_at`."""
        with self.told():
            data = self.bucket.read(f"{place}/{INVENTORY}")
        return BucketTree(self.bucket, place, SmallInventory.of(data), version)

    def folder(self, object_id: AipId) -> ObjectFolder:
        """See `Store.folder`; a bucket's bytes always come from the service."""
        home = self._home(object_id)
        with self.told():
            if not any(self.bucket.level(f"{home}/")):
                raise NoSuchObject(object_id=object_id)
        return BucketFolder(self.bucket, home)

    def place_of(self, object_id: AipId) -> str:
        """See `Store.place_of`."""
        return self._home(object_id)

    def everything(self) -> Iterator[str | Finding]:
        """See `Store.everything`: names come sorted, so that all of an object come one after another."""
        with self.told():
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
        with self.told():
            try:
                gone = self.remover.remove_below(f"{self._home(object_id)}/", (INVENTORY,))
            except PermissionError as problem:
                raise PurgeForbidden(path=self.root, reason=problem) from problem
        return gone > 0

    def recover(self) -> tuple[Recovered, ...]:
        """See `Store.recover`: what a dead writer left of an upload in parts; its other objects are named by nothing."""
        with self.told():
            ended = self.bucket.drop_broken_uploads()
        shutil.rmtree(self._staging(), ignore_errors=True)
        return tuple(Recovered(None, "removed-staging") for _each in range(ended))

    def _root_inventory(self, object_id: str) -> tuple[str, bytes]:
        """The root inventory and its tag, of one moment. Raises NoSuchObject."""
        name = f"{self._home(object_id)}/{INVENTORY}"
        try:
            return self.bucket.read_with_tag(name)
        except FileNotFoundError as missing:
            raise NoSuchObject(object_id=object_id) from missing

    def _built(self, object_id: str, work: Path, version: str) -> StoredObject:
        """What was made in `work` as an object to be placed."""
        data = (work / version / INVENTORY).read_bytes()
        return StoredObject(object_id, DiskFolder(work), SmallInventory.of(data), data)

    def _layout(self) -> str:
        with self.told():
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
    def told(self) -> Iterator[None]:
        """The service's refusals as errors that tell people what to do."""
        try:
            yield
        except OSError as problem:
            raise StoreFailed(path=self.root, reason=problem) from problem


def _release(paths: Iterator[Path], move: bool) -> None:
    """With `move`, the sources go, now that the store has the bytes."""
    if move:
        for path in paths:
            path.unlink(missing_ok=True)
