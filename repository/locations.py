"""Storage locations: the places that hold the packages, each a complete OCFL storage root that stands on its own.

The home's own store is the location `primary`. Every other one is a replica that is always there, or an offline set
that is written, labelled, taken away and read back in. Where a location lies is a URL: `file:///path`, or
`s3://bucket/prefix?endpoint=https://host&region=name` with credentials of its own.
"""

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg

from repository import catalogue
from repository.config import s3_keys
from repository.home import Home
from repository.s3_client import Bucket, Keys, Place
from repository.store import Store
from repository.store_fs import FileStore
from repository.store_s3 import S3Store
from standards.errors import KhoError, UsageError

PRIMARY: Final = "primary"
REPLICA: Final = "replica"
OFFLINE: Final = "offline"
ONLINE: Final = "online"
AWAY: Final = "away"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class BadLocation(UsageError):
    """A location's name or URL cannot be used."""

    code = "bad-location"
    vi = "Nơi lưu trữ {given} không dùng được: {reason}."
    en = "The storage location {given} cannot be used: {reason}."


class NoSuchLocation(KhoError):
    """No storage location has this name."""

    code = "no-such-location"
    vi = "Không có nơi lưu trữ nào tên {name}. Xem danh sách bằng `kho store list`."
    en = "No storage location is called {name}. See `kho store list`."


class LocationAway(KhoError):
    """The location is an offline set that was taken away."""

    code = "location-away"
    vi = "Bộ lưu trữ {name} ({label}) đang cất nơi khác. Gắn ổ đĩa vào rồi chạy `kho store offline return {name}`."
    en = "The set {name} ({label}) is away. Attach its disk, then run `kho store offline return {name}`."


class NoCredentials(KhoError):
    """An S3 location has no credentials."""

    code = "no-credentials"
    vi = (
        "Chưa có khoá truy cập cho nơi lưu trữ {name}. Đặt KHO_S3_{variable}_ACCESS_KEY và KHO_S3_{variable}_SECRET_KEY, "
        "hoặc ghi tệp {path} (access_key, secret_key; quyền 0600)."
    )
    en = (
        "There are no credentials for the location {name}. Set KHO_S3_{variable}_ACCESS_KEY and "
        "KHO_S3_{variable}_SECRET_KEY, or write {path} (access_key, secret_key; mode 0600)."
    )


@dataclass(frozen=True, slots=True)
class Location:
    """A storage location. `kind` is file or s3, `role` primary, replica or offline, `state` online or away; `label` is
    what stands on the disk of an offline set."""

    name: str
    url: str
    kind: str
    role: str
    state: str
    label: str
    added_at: datetime


def locations(connection: psycopg.Connection) -> list[Location]:
    """Every location, the primary first."""
    return catalogue.many(connection, Location, "locations")


def location(connection: psycopg.Connection, name: str) -> Location:
    """The location of that name. Raises NoSuchLocation."""
    found = catalogue.one(connection, Location, "location", name=name)
    if found is None:
        raise NoSuchLocation(name=name)
    return found


def open_location(home: Home, place: Location) -> Store:
    """The store of a location, looked at: it is there and is a storage root that Kho made.

    Raises LocationAway, NotAStore (the disk is not there, or holds something else), StoreFailed.
    """
    if place.state == AWAY:
        raise LocationAway(name=place.name, label=place.label or "—")
    store = store_at(home, place)
    store.check()
    return store


def store_at(home: Home, place: Location) -> Store:
    """The store of a location, not looked at."""
    if place.role == PRIMARY:
        return FileStore(home.store)
    if place.kind == "s3":
        scratch = home.workspace / "tools" / f"s3-{place.name}"
        where, purge = bucket_of(place.url), s3_keys(place.name, purge=True)
        remover = Bucket(where, Keys(*purge)) if purge else None
        return S3Store(Bucket(where, _keys(home, place.name)), scratch, remover)
    return FileStore(folder_of(place.url))


def _keys(home: Home, name: str) -> Keys:
    """The location's own credentials: of the environment, else of `secrets/s3-NAME.json` in the home."""
    found = s3_keys(name)
    if found:
        return Keys(*found)
    path = home.path / "secrets" / f"s3-{name}.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Keys(str(told["access_key"]), str(told["secret_key"]))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise NoCredentials(name=name, variable=name.upper().replace("-", "_"), path=path) from problem


def add(connection: psycopg.Connection, home: Home, name: str, url: str, role: str = REPLICA) -> Location:
    """Make the storage root of a new location, or open the one that is there, and record it.

    The caller commits. Raises BadLocation, NotAStore, StoreFailed.
    """
    if not _NAME.fullmatch(name):
        raise BadLocation(given=name, reason="tên gồm a-z, 0-9, «-» / a name has a-z, 0-9 and '-'")
    kind = kind_of(url)
    place = Location(name, url, kind, role, ONLINE, "", catalogue.now())
    for other in locations(connection):
        _refuse_same(home, place, other)
    store_at(home, place).create()
    catalogue.do(
        connection, "new_location", name=name, url=url, kind=kind, role=role, state=ONLINE, label="",
        added_at=place.added_at,
    )  # fmt: skip
    return place


def kind_of(url: str) -> str:
    """What kind of place a URL names. Raises BadLocation."""
    scheme = urlsplit(url).scheme
    if scheme == "s3":
        bucket_of(url)
        return "s3"
    folder_of(url)
    return "file"


def bucket_of(url: str) -> Place:
    """The bucket of an `s3:` URL; what leaves this machine is encrypted on its way. Raises BadLocation."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    endpoint = asked.pop("endpoint", None)
    region = asked.pop("region", "us-east-1")
    if asked or parts.fragment or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{2,62}", parts.netloc):
        raise BadLocation(given=url, reason="s3://bucket/prefix?endpoint=https://host")
    if endpoint is not None:
        host = urlsplit(endpoint)
        plain = host.scheme == "http" and host.hostname in ("127.0.0.1", "localhost", "::1")
        if not (plain or host.scheme == "https") or host.username:
            raise BadLocation(given=url, reason="endpoint: https://host")
    prefix = unquote(parts.path).strip("/")
    return Place(parts.netloc, f"{prefix}/" if prefix else "", endpoint, region)


def folder_of(url: str) -> Path:
    """The folder of a `file:` URL. Raises BadLocation."""
    parts = urlsplit(url)
    path = Path(unquote(parts.path))
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not path.is_absolute():
        raise BadLocation(given=url, reason="file:///thư-mục / file:///folder")
    if parts.query or parts.fragment or path == Path("/"):
        raise BadLocation(given=url, reason="file:///thư-mục / file:///folder")
    return path


def _refuse_same(home: Home, new: Location, other: Location) -> None:
    """A location of its own: another name, and no folder that is, holds or lies in that of another."""
    if new.name == other.name:
        raise BadLocation(given=new.name, reason="đã có / there is one of this name")
    if new.url == other.url:
        raise BadLocation(given=new.url, reason=f"trùng / the same as {other.name}")
    if new.kind != "file" or other.kind != "file":
        _refuse_same_bucket(new, other)
        return
    mine = folder_of(new.url).resolve()
    theirs = (home.store if other.role == PRIMARY else folder_of(other.url)).resolve()
    if mine == theirs or mine in theirs.parents or theirs in mine.parents:
        raise BadLocation(given=os.fspath(mine), reason=f"trùng / the same as {other.name}")


def _refuse_same_bucket(new: Location, other: Location) -> None:
    if new.kind == other.kind == "s3":
        mine, theirs = bucket_of(new.url), bucket_of(other.url)
        nested = mine.prefix.startswith(theirs.prefix) or theirs.prefix.startswith(mine.prefix)
        if (mine.endpoint, mine.bucket) == (theirs.endpoint, theirs.bucket) and nested:
            raise BadLocation(given=new.url, reason=f"trùng / the same as {other.name}")
