"""One bucket of an S3 service, below a prefix: the few calls that the store makes. The one place that knows boto3.

Calls are tried again by boto3 (`ATTEMPTS`); a read that breaks off goes on where it broke, as long as the object is the same.
Failures come out as OSError: KeyError-like absence as FileNotFoundError, a condition that does not hold as FileExistsError.
Nothing deletes but `remove` and `remove_below`, which a repair and a decided destruction call with credentials of their own.
"""

import errno
import functools
import io
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, Final, cast

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ResponseStreamingError

ATTEMPTS: Final = 6
_CONNECT: Final = 10  # seconds
_READ: Final = 60
_LARGE: Final = 64 << 20  # bytes; larger files go up in parts of this size
_MISSING: Final = ("404", "NoSuchKey", "NotFound", "NoSuchBucket")
_CONDITION: Final = ("412", "PreconditionFailed", "409", "ConditionalRequestConflict")
_FORBIDDEN: Final = ("403", "AccessDenied")
_NEVER_THERE: Final = ".kho-may-this-account-delete"
_OLD: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bucket is. `endpoint` is the service's URL, None for Amazon's own; `prefix` ends in '/' or is empty."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The credentials of an account of the service."""

    access: str
    secret: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """The objects of a bucket below its prefix; names are relative to it. Safe in several threads."""

    place: Place
    keys: Keys

    def read(self, name: str) -> bytes:
        """A small object whole. Raises FileNotFoundError."""
        with self.open(name) as file:
            return file.read()

    def read_with_tag(self, name: str) -> tuple[str, bytes]:
        """An object whole, and the tag of just that content. Raises FileNotFoundError."""
        with _Reading(self, name) as reading:
            return reading.tag, reading.readall()

    def open(self, name: str) -> BinaryIO:
        """An object as a stream. Raises FileNotFoundError."""
        return cast(BinaryIO, io.BufferedReader(_Reading(self, name), 1 << 20))

    def size(self, name: str) -> int:
        """Bytes of an object. Raises FileNotFoundError."""
        return int(self._call("head_object", name)["ContentLength"])

    def has(self, name: str) -> bool:
        """Whether there is such an object."""
        try:
            self._call("head_object", name)
        except FileNotFoundError:
            return False
        return True

    def tag(self, name: str) -> str | None:
        """The entity tag, which changes with the content; None where there is no such object."""
        try:
            return str(self._call("head_object", name).get("ETag", ""))
        except FileNotFoundError:
            return None

    def put(self, name: str, data: bytes, **condition: str) -> None:
        """Write a small object; `IfNoneMatch="*"` or `IfMatch=tag` make it fail with FileExistsError otherwise."""
        self._call("put_object", name, Body=data, **condition)

    def upload(self, name: str, source: BinaryIO) -> None:
        """Write an object from a stream, a large one in parts."""
        with _told(name):
            config = TransferConfig(multipart_threshold=_LARGE, multipart_chunksize=_LARGE, max_concurrency=4)
            self._client().upload_fileobj(source, self.place.bucket, self.place.prefix + name, Config=config)

    def names(self, below: str = "") -> Iterator[tuple[str, int]]:
        """Every object below a name, sorted by it, with its size."""
        with _told(below):
            pages = self._client().get_paginator("list_objects_v2")
            whole = self.place.prefix + below
            for page in pages.paginate(Bucket=self.place.bucket, Prefix=whole):
                for entry in page.get("Contents", ()):
                    yield entry["Key"].removeprefix(self.place.prefix), int(entry["Size"])

    def level(self, below: str) -> tuple[list[str], list[str]]:
        """What lies directly below `below` ('' or ending in '/'): names of folders, names of objects."""
        with _told(below):
            pages = self._client().get_paginator("list_objects_v2")
            whole = self.place.prefix + below
            folders: list[str] = []
            objects: list[str] = []
            for page in pages.paginate(Bucket=self.place.bucket, Prefix=whole, Delimiter="/"):
                folders += [
                    each["Prefix"].removeprefix(whole).rstrip("/") for each in page.get("CommonPrefixes", ())
                ]
                objects += [each["Key"].removeprefix(whole) for each in page.get("Contents", ())]
            return folders, [name for name in objects if name]

    def drop_broken_uploads(self) -> int:
        """End uploads in parts that a killed writer left more than a day ago; how many. They are no objects."""
        with _told(""):
            client, ended = self._client(), 0
            found = client.list_multipart_uploads(Bucket=self.place.bucket, Prefix=self.place.prefix)
            for upload in found.get("Uploads", ()):
                if upload["Initiated"] < datetime.now(UTC) - _OLD:
                    client.abort_multipart_upload(
                        Bucket=self.place.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )
                    ended += 1
            return ended

    def remove_below(self, below: str, first: Collection[str] = ()) -> int:
        """Delete every object below a name with all its versions, those that end in one of `first` before the others.

        How many versions went. Raises PermissionError where the account may not.
        """
        with _told(below):
            client, gone = self._client(), 0
            pages = client.get_paginator("list_object_versions")
            found = [
                (entry["Key"], str(entry["VersionId"]))
                for page in pages.paginate(Bucket=self.place.bucket, Prefix=self.place.prefix + below)
                for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
            ]
            for key, version in sorted(found, key=lambda each: not each[0].endswith(tuple(first))):
                client.delete_object(Bucket=self.place.bucket, Key=key, VersionId=version)
                gone += 1
            return gone

    def may_delete(self) -> bool:
        """Whether this account may delete, asked by deleting what was never there."""
        try:
            self.remove(_NEVER_THERE)
        except PermissionError:
            return False
        return True

    def keeps_versions(self) -> bool:
        """Whether the bucket keeps what is overwritten. Raises PermissionError where the account may not know."""
        with _told(""):
            told = self._client().get_bucket_versioning(Bucket=self.place.bucket)
        return str(told.get("Status", "")) == "Enabled"

    def remove(self, name: str) -> None:
        """Delete one object; a bucket that keeps versions keeps what it was. Raises PermissionError."""
        self._call("delete_object", name)

    def get(self, name: str, start: int, tag: str | None) -> tuple[Any, str]:
        """The body of an object from byte `start` on, and its tag; with `tag` only of that content."""
        wanted: dict[str, str] = {"Range": f"bytes={start}-"} if start else {}
        answer = self._call("get_object", name, **wanted, **({"IfMatch": tag} if tag else {}))
        return answer["Body"], str(answer.get("ETag", ""))

    def _call(self, method: str, name: str, **options: Any) -> Any:
        with _told(name):
            call: Callable[..., Any] = getattr(self._client(), method)
            return call(Bucket=self.place.bucket, Key=self.place.prefix + name, **options)

    def _client(self) -> Any:
        return _client(self.place, self.keys)


class _Reading(io.RawIOBase):
    """An object's bytes; a connection that breaks is taken up again where it broke."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        super().__init__()
        self._bucket, self._name, self._at, self._breaks = bucket, name, 0, 0
        self._body, self._tag = bucket.get(name, 0, None)

    @property
    def tag(self) -> str:
        """The entity tag of the content that is read."""
        return self._tag

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            try:
                data = self._body.read(len(buffer))
            except (BotoCoreError, ResponseStreamingError, OSError) as broken:
                self._again(broken)
                continue
            buffer[: len(data)] = data
            self._at += len(data)
            return len(data)

    def _again(self, broken: Exception) -> None:
        self._breaks += 1
        if self._breaks >= ATTEMPTS:
            raise OSError(errno.EREMOTEIO, f"{self._name}: {broken}") from broken
        self._body.close()
        self._body, self._tag = self._bucket.get(self._name, self._at, self._tag)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()


@functools.cache
def _client(place: Place, keys: Keys) -> Any:
    """One client for each account and service; boto3's are safe in threads."""
    return boto3.session.Session().client(
        "s3", endpoint_url=place.endpoint, region_name=place.region, aws_access_key_id=keys.access,
        aws_secret_access_key=keys.secret,
        config=Config(
            retries={"max_attempts": ATTEMPTS, "mode": "standard"}, connect_timeout=_CONNECT, read_timeout=_READ,
            max_pool_connections=32, s3={"addressing_style": "path" if place.endpoint else "auto"}, proxies={},
            request_checksum_calculation="when_required", response_checksum_validation="when_required",
        ),
    )  # fmt: skip


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise FileNotFoundError(2, f"{name}: {code}") from error
        if code in _FORBIDDEN:
            raise PermissionError(13, f"{name}: {code}") from error
        if code in _CONDITION:
            raise FileExistsError(17, f"{name}: {code}") from error
        raise OSError(errno.EREMOTEIO, f"{name}: {error}") from error
    except BotoCoreError as error:
        raise OSError(errno.EREMOTEIO, f"{name}: {error}") from error
