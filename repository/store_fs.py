"""The store on a file system: an OCFL 1.1 storage root (docs/format.md, "Storage (OCFL)")."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from repository.faults import fault, register
from repository.packages import AipId, StoredFile
from repository.root_files import check_root_folder
from repository.store import (
    Author,
    DiskFull,
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
from repository.store_copy import refuse_other, stage_version, stage_whole
from repository.store_layout import (
    LEVELS,
    OBJECT_DECLARATION,
    create_root,
    fsync_folder,
    layout_of,
    next_version,
    object_folder,
    read_layout,
    write_file,
)
from repository.store_lock import left_over, left_overs, remove_staging, staging_of
from repository.store_object import StoredObject
from repository.store_place import copy_inventory, mend_object, place_object, place_version, prune
from repository.store_tree import FileTree
from repository.store_version import Plan, build_version, plan_version, same_state, sources
from standards.findings import Finding
from standards.ocfl_folder import DiskFolder
from standards.ocfl_inventory import (
    INVENTORY,
    SIDECAR,
    VersionBlock,
    read_heading,
    read_state,
)
from standards.ocfl_rules import check_root_files, object_roots

POINTS = register("store.before-staging", "store.before-release", "store.before-purge", "store.purged")


@dataclass(frozen=True, slots=True)
class FileStore:
    """A `Store` in the folder `root`; `staging` (default: beside it) must be on the same file system."""

    root: Path
    staging: Path = field(default=Path())

    def __post_init__(self) -> None:
        if self.staging == Path():
            object.__setattr__(self, "staging", self.root.with_name(f"{self.root.name}.staging"))

    def create(self) -> None:
        """Make the storage root and the staging folder; harmless when they are there.

        Raises NotAStore where the folder holds something else or staging is on another file system.
        """
        with self.told():
            create_root(self.root)
            self.staging.mkdir(parents=True, exist_ok=True, mode=0o750)
        self.check()

    def check(self) -> None:
        """Raises NotAStore unless this is a storage root that Kho made, with staging on its file system."""
        with self.told():
            read_layout(self.root)
            if self.root.stat().st_dev != self.staging.stat().st_dev:
                raise NotAStore(path=self.root, reason=f"{self.staging}: ổ đĩa khác / another file system")

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
        with self.told(), staging_of(self.staging, object_id) as work:
            if self.has(object_id):
                raise ObjectExists(object_id=object_id)
            fault("store.before-staging")
            plan = plan_version(object_id, files, work)
            whole = work / "object"
            whole.mkdir(mode=0o750)
            write_file(whole / OBJECT_DECLARATION, f"{OBJECT_DECLARATION[2:]}\n".encode())
            built = build_version(plan, block, whole, move=move, verified=verified)
            copy_inventory(built.folder, whole)
            fsync_folder(whole)
            place_object(whole, self._home(object_id), self.root)
            _release(plan, move)
        return self._stored(plan, "v1", built.inventory_sha512, built.bytes)

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
        name = next_version(expected_head)
        block = VersionBlock(name, created, message, user.name, user.address, state=())
        with self.told(), staging_of(self.staging, object_id) as work:
            home = self._known_home(object_id)
            mend_object(work, home)
            head = self.head(object_id)
            plan = plan_version(object_id, files, work, home / INVENTORY)
            if head == name and same_state(plan, read_state(home / INVENTORY, head)):
                return self._stored(plan, name, _sidecar_digest(home), 0)
            if head != expected_head:
                raise VersionConflict(object_id=object_id, head=head, expected=expected_head)
            fault("store.before-staging")
            built = build_version(plan, block, work, move=move, verified=verified)
            place_version(work, home, name)
            _release(plan, move)
        return self._stored(plan, name, built.inventory_sha512, built.bytes)

    def put_copy(self, source: StoredObject) -> list[str]:
        """See `Store.put_copy`."""
        object_id = AipId(source.object_id)
        with self.told(), staging_of(self.staging, object_id) as work:
            home = self._home(object_id)
            if not self.has(object_id):
                whole = work / "object"
                stage_whole(source, whole)
                copy_inventory(whole / source.head, whole)
                fsync_folder(whole)
                place_object(whole, home, self.root)
                return source.versions()
            mend_object(work, home)
            head = self.head(object_id)
            refuse_other(source, object_id, (home / INVENTORY).read_bytes(), head)
            missing = source.versions()[int(head[1:]) :]
            for version in missing:
                stage_version(source, version, work)
                place_version(work, home, version)
            return missing

    def has(self, object_id: AipId) -> bool:
        """See `Store.has`."""
        return (self._home(object_id) / OBJECT_DECLARATION).is_file()

    def head(self, object_id: AipId) -> str:
        """See `Store.head`."""
        return read_heading(self._known_home(object_id) / INVENTORY).head

    def objects(self) -> Iterator[AipId]:
        """See `Store.objects`: in the order of the sha256 of the ids."""
        for home in self._homes(self.root, LEVELS):
            yield AipId(read_heading(home / INVENTORY).id)

    def open(self, object_id: AipId, logical_path: str, version: str | None = None) -> BinaryIO:
        """See `Store.open`."""
        return self.tree(object_id, version).open(logical_path)

    def tree(self, object_id: AipId, version: str | None = None) -> FileTree:
        """See `Store.tree`."""
        return FileTree(self._known_home(object_id), version)

    def places(self) -> Iterator[str]:
        """See `Store.places`."""
        with self.told():
            for home in self._homes(self.root, LEVELS):
                yield home.relative_to(self.root).as_posix()

    def tree_at(self, place: str, version: str | None = None) -> FileTree:
        """See `Store.tree_at`."""
        return FileTree(self.root / place, version)

    def folder(self, object_id: AipId) -> DiskFolder:
        """See `Store.folder`: read from the disk, not from memory."""
        home = self._home(object_id)
        if not home.is_dir():
            raise NoSuchObject(object_id=object_id)
        return DiskFolder(home, cold=True)

    def place_of(self, object_id: AipId) -> str:
        """See `Store.place_of`."""
        return object_folder(object_id, self._layout())

    def everything(self) -> Iterator[str | Finding]:
        """See `Store.everything`."""
        yield from check_root_files(self.root)
        yield from check_root_folder(self.root)
        for found in object_roots(self.root):
            yield os.path.relpath(found, self.root) if isinstance(found, Path) else found

    def purge(self, object_id: AipId) -> bool:
        """See `Store.purge`: one rename takes the object out of the root; its files go with the staging folder."""
        with self.told():
            try:
                return self._purge(object_id)
            except PermissionError as problem:
                raise PurgeForbidden(path=self.root, reason=problem.strerror) from problem

    def _purge(self, object_id: AipId) -> bool:
        with staging_of(self.staging, object_id) as work:
            home = self._home(object_id)
            there = home.is_dir()
            if there:
                fault("store.before-purge")
                home.rename(work / "purged")
                fsync_folder(home.parent)
                fault("store.purged")
            prune(home.parent, self.root)
        return there

    def recover(self) -> tuple[Recovered, ...]:
        """See `Store.recover`. Looks only at what lies in staging, so it is quick."""
        found = []
        with self.told():
            for folder in left_overs(self.staging):
                with suppress(ObjectBusy), left_over(self.staging, folder) as object_id:
                    found.append(self._recover_one(folder, object_id))
        return tuple(found)

    def _recover_one(self, folder: Path, object_id: str | None) -> Recovered:
        """Mend the object of one dead writer, then remove what it had prepared."""
        if object_id is None:
            remove_staging(folder)
            return Recovered(None, "removed-staging")
        home = self._home(object_id)
        work = folder / "recover"
        remove_staging(work)
        work.mkdir()
        action = mend_object(work, home) if home.is_dir() else None
        prune(home.parent, self.root)
        remove_staging(folder)
        return Recovered(AipId(object_id), action or "removed-staging")

    def _layout(self) -> str:
        return layout_of(self.root)

    def _home(self, object_id: str) -> Path:
        return self.root / object_folder(object_id, self._layout())

    def _known_home(self, object_id: str) -> Path:
        if not self.has(AipId(object_id)):
            raise NoSuchObject(object_id=object_id)
        return self._home(object_id)

    def _homes(self, folder: Path, levels: int) -> Iterator[Path]:
        """Object folders: those `levels` below the root; extensions are no objects."""
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False) and entry.name != "extensions":
                below = Path(entry.path)
                yield from [below] if levels == 1 else self._homes(below, levels - 1)

    def _stored(self, plan: Plan, version: str, sha512: str, size: int) -> ObjectVersion:
        object_id = AipId(plan.object_id)
        return ObjectVersion(
            object_id, version, object_folder(object_id, self._layout()), sha512, plan.files, size
        )

    @contextmanager
    def told(self) -> Iterator[None]:
        """The system's refusals as errors that tell people what to do."""
        try:
            yield
        except OSError as problem:
            full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
            raise (DiskFull if full else StoreFailed)(path=self.root, reason=problem) from problem


def _release(plan: Plan, move: bool) -> None:
    """With `move`, the sources' own names go, now that the store has the bytes."""
    fault("store.before-release")
    if move:
        for source in sources(plan):
            source.unlink(missing_ok=True)


def _sidecar_digest(home: Path) -> str:
    return (home / SIDECAR).read_text(encoding="utf-8").split()[0]
