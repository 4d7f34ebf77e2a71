"""An object in a bucket: how its bytes are read, and in which order a version is put there (docs/adr/0011-s3-holds-replicas.md)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Final, cast

from repository.faults import fault, register
from repository.s3_client import Bucket
from repository.store import DamagedObject, ObjectBusy
from repository.store_copy import sidecar_of
from repository.store_layout import OBJECT_DECLARATION
from repository.store_object import DECLARATION as OBJECT_TEXT
from repository.store_object import Hashing, StoredObject
from standards.ocfl_folder import Entry
from standards.ocfl_inventory import INVENTORY, SIDECAR

POINTS = register("s3.content", "s3.version", "s3.root-inventory", "s3.sidecar")
_WRITERS: Final = 8


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


def place_versions(
    bucket: Bucket, home: str, source: StoredObject, versions: list[str], tag: str | None
) -> None:
    """Content, inventories of the versions, the root inventory where it is still `tag`'s, its sidecar.

    Raises ObjectBusy where another writer was faster.
    """
    for version in versions:
        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(partial(_upload, bucket, source, home), source.content(version)))
        fault("s3.content")
        data = source.inventory_of(version)
        bucket.put(f"{home}/{version}/{INVENTORY}", data)
        bucket.put(f"{home}/{version}/{SIDECAR}", sidecar_of(data))
        fault("s3.version")
    if tag is None:
        bucket.put(f"{home}/{OBJECT_DECLARATION}", OBJECT_TEXT)
    condition = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
    try:
        bucket.put(f"{home}/{INVENTORY}", source.root, **condition)
    except FileExistsError as other:
        raise ObjectBusy(object_id=source.object_id) from other
    fault("s3.root-inventory")
    bucket.put(f"{home}/{SIDECAR}", sidecar_of(source.root))
    fault("s3.sidecar")


def _upload(bucket: Bucket, source: StoredObject, home: str, content: tuple[str, str]) -> None:
    path, sha512 = content
    with source.open(path) as file:
        hashing = Hashing(file)
        bucket.upload(f"{home}/{path}", cast(BinaryIO, hashing))
    if hashing.sha512 != sha512:
        raise DamagedObject(object_id=source.object_id, path=path, reason="mã băm không khớp / digest")


def heal_sidecar(bucket: Bucket, home: str, data: bytes) -> None:
    """After a crash between the root inventory and its sidecar the sidecar is the older one's, or missing."""
    try:
        told = bucket.read(f"{home}/{SIDECAR}")
    except FileNotFoundError:
        told = b""
    if told != sidecar_of(data):
        bucket.put(f"{home}/{SIDECAR}", sidecar_of(data))
