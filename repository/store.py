"""The store's contract: what every backend of the archival storage does, and how it refuses.

An object is one AIP; its id is the METS OBJID, for ever. A version is whole or not there: `put_new` and
`put_version` return only when the bytes are on the disk.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from repository.packages import AipId, StoredFile
from standards.errors import KhoError
from standards.findings import Finding
from standards.ocfl_folder import ObjectFolder
from standards.ocfl_inventory import VersionBlock
from standards.package_tree import PackageTree

if TYPE_CHECKING:
    from repository.store_object import StoredObject


@dataclass(frozen=True, slots=True)
class Author:
    """Who made a version: a name, and a URI (mailto: or of the software), as the inventory keeps them."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """A version that is in the store. `path` is the object's root below the storage root, '/' between parts.

    `inventory_sha512` is the digest of the version's inventory; `files` counts logical files, and `bytes`
    what was newly written for this version's content.
    """

    object_id: AipId
    version: str
    path: str
    inventory_sha512: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """What `recover` did with one left-over of a crash.

    `action` is "removed-staging" (a version that was never in the store), "completed-version" (its folder was
    in place, the object's inventory was not) or "renewed-sidecar" (only the sidecar was stale).
    """

    object_id: AipId | None
    action: str


class ObjectTree(PackageTree, Protocol):
    """The logical state of a stored object's version (`version`: "v3"), with what its inventory tells besides."""

    object_id: str
    version: str

    def versions(self) -> Sequence[VersionBlock]:
        """Every version of the object, the first first; their states are not in it."""
        ...


class Store(Protocol):
    """Archival storage. Every method may raise StoreFailed; `put_*` also DiskFull."""

    def create(self) -> None:
        """Make the storage root; harmless where it is there. Raises NotAStore where something else is."""
        ...

    def check(self) -> None:
        """Raises NotAStore unless the storage root is there, as Kho made it."""
        ...

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
        """Store version v1. Raises ObjectExists, ObjectBusy, BadLogicalPath, SourceChanged.

        `move` takes the sources away once the version is in the store; with `verified` their digests are not
        computed again where no copy is needed.
        """  # fmt: skip
        ...

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
        """Store the next version; content that the object has already is referenced, not copied.

        Raises NoSuchObject, VersionConflict where the head is not `expected_head`. If the head is already the
        version that this call makes, with the same state, that version is returned: the call may be repeated.
        """  # fmt: skip
        ...

    def has(self, object_id: AipId) -> bool:
        """Whether the object is in the store."""
        ...

    def head(self, object_id: AipId) -> str:
        """The newest version's name, like "v3". Raises NoSuchObject."""
        ...

    def objects(self) -> Iterator[AipId]:
        """The ids of all objects, in no promised order."""
        ...

    def open(self, object_id: AipId, logical_path: str, version: str | None = None) -> BinaryIO:
        """A file of a version (default: the head). Raises NoSuchObject, FileNotInPackage."""
        ...

    def tree(self, object_id: AipId, version: str | None = None) -> ObjectTree:
        """The logical state of a version (default: the head). Raises NoSuchObject."""
        ...

    def places(self) -> Iterator[str]:
        """Where each object lies below the storage root, sorted; their inventories are not read."""
        ...

    def tree_at(self, place: str, version: str | None = None) -> ObjectTree:
        """The object at a place that `places` gave. Raises InventoryUnreadable."""
        ...

    def folder(self, object_id: AipId) -> ObjectFolder:
        """The object as it lies there, past what the machine remembers of it, for those who prove its bytes.

        Raises NoSuchObject.
        """
        ...

    def put_copy(self, source: "StoredObject") -> list[str]:
        """Bring this store's copy of an object up to the source's head, byte for byte; the versions written.

        None where it is there already. Raises CopyDiffers where another object lies under the id, DamagedObject where
        the source is not what its inventory says, ObjectBusy.
        """
        ...

    def place_of(self, object_id: AipId) -> str:
        """Where the object lies or would lie below the storage root."""
        ...

    def everything(self) -> Iterator[str | Finding]:
        """The place of every object that is there, and a finding for all else that lies in the storage root."""
        ...

    def purge(self, object_id: AipId) -> bool:
        """Destroy an object, all its versions; whether there was one. Only a disposal that was decided may call it.

        It is gone from the root in one step; called again after a crash it removes what was left. Raises ObjectBusy,
        PurgeForbidden.
        """
        ...

    def recover(self) -> tuple[Recovered, ...]:
        """Name and mend what crashed writers left behind; never touches what a living writer holds."""
        ...


class StoreFailed(KhoError):
    """The storage refused an operation."""

    code = "store-failed"
    vi = "Kho lưu trữ {path} không thực hiện được: {reason}. Kiểm tra ổ đĩa và quyền truy cập rồi chạy lại."
    en = (
        "The store {path} could not do it: {reason}. Check the disk and the access rights, then run it again."
    )


class DiskFull(StoreFailed):
    """No space left; nothing half-written stays."""

    code = "disk-full"
    vi = "Ổ đĩa của {path} đã đầy, lần này chưa ghi gì vào kho. Giải phóng chỗ trống rồi chạy lại lệnh đó."
    en = "The disk of {path} is full; nothing of this attempt was kept. Make room, then run the same again."


class NotAStore(KhoError):
    """The folder is no OCFL storage root of the layout that Kho uses."""

    code = "not-a-store"
    vi = "{path} không phải kho OCFL do Kho tạo: {reason}. Chọn thư mục khác hoặc tạo kho mới."
    en = "{path} is not an OCFL storage root made by Kho: {reason}. Choose another folder, or create a store."


class ObjectExists(KhoError):
    """`put_new` of an id that the store has."""

    code = "object-exists"
    vi = "Đối tượng {object_id} đã có trong kho, không ghi đè. Muốn sửa thì tạo phiên bản mới."
    en = (
        "The object {object_id} is already in the store and is never overwritten. Make a new version instead."
    )


class ObjectBusy(KhoError):
    """Another writer holds the object."""

    code = "object-busy"
    vi = "Đối tượng {object_id} đang được một tiến trình khác ghi. Chờ tiến trình đó xong rồi chạy lại."
    en = "Another process is writing the object {object_id}. Wait until it is done, then run it again."


class VersionConflict(KhoError):
    """The head has moved on."""

    code = "version-conflict"
    vi = "Đối tượng {object_id} đang ở phiên bản {head}, không phải {expected}. Đọc lại bản mới rồi làm lại."
    en = "The object {object_id} is at version {head}, not {expected}. Start again from the newer one."


class NoSuchObject(KhoError):
    """The store has no such object."""

    code = "no-such-object"
    vi = "Kho không có đối tượng {object_id}. Kiểm tra lại mã; «kho aip list» liệt kê các gói hiện có."
    en = "The store has no object {object_id}. Check the id; `kho aip list` shows what is there."


class DamagedObject(KhoError):
    """An object's bytes are not what its inventory says."""

    code = "damaged-object"
    vi = (
        "Đối tượng {object_id} bị hỏng ở {path}: {reason}. Chạy «kho repair» để khôi phục từ bản sao còn tốt."
    )
    en = "The object {object_id} is damaged at {path}: {reason}. Run `kho repair` to restore it from a good copy."


class PurgeForbidden(KhoError):
    """The account may not delete in the location."""

    code = "purge-forbidden"
    vi = (
        "Tài khoản đang dùng không được xoá trong {path}: {reason}. Việc huỷ theo quyết định ở đó do tài khoản được phép làm "
        "(cổng tra cứu không được; S3: đặt KHO_S3_<TÊN>_PURGE_ACCESS_KEY, KHO_S3_<TÊN>_PURGE_SECRET_KEY), chạy lại lệnh huỷ."
    )
    en = (
        "This account may not delete in {path}: {reason}. A decided destruction there is for one that may (the portal may not; "
        "S3: set KHO_S3_<NAME>_PURGE_ACCESS_KEY, KHO_S3_<NAME>_PURGE_SECRET_KEY); run the destruction again."
    )


class CopyDiffers(KhoError):
    """A copy is no earlier state of what it would be a copy of."""

    code = "copy-differs"
    vi = "Bản sao của {object_id} ở nơi nhận ({head}) khác bản gốc, không ghi đè. Chạy «kho audit run» để xem bản nào đúng."
    en = "The copy of {object_id} in the target ({head}) is another one and is not overwritten. `kho audit run` tells which is right."


class BadLogicalPath(KhoError):
    """A logical path that no package may have."""

    code = "bad-logical-path"
    vi = "Đường dẫn {path} trong gói {object_id} không dùng được: {reason}."
    en = "The path {path} in the package {object_id} cannot be used: {reason}."


class SourceChanged(KhoError):
    """A file is no longer what its digests say."""

    code = "source-changed"
    vi = "Tệp {path} của gói {object_id} đã thay đổi từ lúc tính mã băm. Chạy lại từ bước đọc bàn giao."
    en = "The file {path} of the package {object_id} changed since its digests were made. Take it in again."
