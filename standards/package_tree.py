"""The files of an information package, wherever its bytes lie: a folder, a finished manifest, an OCFL object.

A tree names its files by logical path: relative, '/' between parts, as METS and OCFL inventories name them.
Nothing in it is followed out of the package: symbolic links are listed, never read through.
"""

import errno
import hashlib
import json
import os
import stat
import weakref
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from standards.errors import KhoError

CHUNK = 1 << 20


class FileNotInPackage(KhoError):
    """A path was asked of a package that does not have it, or has something other than a file there."""

    code = "file-not-in-package"
    vi = "Gói không có tệp {path} ({reason}). Hãy kiểm tra lại gói."
    en = "The package has no file {path} ({reason}). Check the package."


class PackageTree(Protocol):
    """What readers and validators of packages need of one.

    `name` is the folder's name, which a rule may compare with OBJID; None where it lies in no folder of its own.
    """

    @property
    def name(self) -> str | None: ...

    def paths(self) -> Iterator[str]:
        """Every file once, in byte order of the path."""
        ...

    def has(self, path: str) -> bool: ...

    def size(self, path: str) -> int:
        """Bytes of the file. Raises FileNotInPackage."""
        ...

    def open(self, path: str) -> BinaryIO:
        """The file's bytes. Raises FileNotInPackage."""
        ...

    def digest(self, path: str, algorithm: str) -> str | None:
        """What is already known of a digest ("sha256", "sha512"; lower-case hex); None: read it then."""
        ...


def read_digest(tree: PackageTree, path: str, algorithm: str) -> str:
    """The digest of the bytes as they lie there now, in lower-case hex; `algorithm` as hashlib names it."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with tree.open(path) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def read_bytes(tree: PackageTree, path: str) -> bytes:
    """The whole file, for files that are small by nature."""
    with tree.open(path) as stream:
        return stream.read()


class FolderTree:
    """A package that lies extracted in a folder. Knows no digests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str | None:
        return self.folder.resolve().name

    def paths(self) -> Iterator[str]:
        return iter(sorted(self._walk(self.folder, "")))

    def has(self, path: str) -> bool:
        try:
            return stat.S_ISREG(self._at(path).lstat().st_mode)
        except (OSError, ValueError, FileNotInPackage):
            return False

    def size(self, path: str) -> int:
        try:
            return self._at(path).lstat().st_size
        except (OSError, ValueError) as error:
            raise FileNotInPackage(path=path, reason=str(error)) from error

    def open(self, path: str) -> BinaryIO:
        try:
            fd = os.open(self._at(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                os.close(fd)
                raise OSError(errno.EINVAL, "not a regular file")
            return os.fdopen(fd, "rb")
        except (OSError, ValueError) as error:
            raise FileNotInPackage(path=path, reason=str(error)) from error

    def digest(self, path: str, algorithm: str) -> str | None:
        return None

    def _at(self, path: str) -> Path:
        if path.startswith("/") or ".." in path.split("/"):
            raise FileNotInPackage(path=path, reason="outside the package")
        return self.folder / path

    def _walk(self, folder: Path, prefix: str) -> Iterator[str]:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from self._walk(Path(entry.path), f"{prefix}{entry.name}/")
                else:
                    yield prefix + entry.name


class ManifestTree:
    """A finished package that was not laid out: a `manifest.jsonl` says where the bytes of each file are.

    One JSON object a line: `logical_path`, `source` (absolute, or relative to the manifest's folder), `size`,
    `sha256`, `sha512`. Only the lines' positions are held in memory. `close()` or
    a `with` lets the manifest go early.
    """

    def __init__(self, manifest: Path, name: str | None = None) -> None:
        self._folder = os.fspath(manifest.parent)
        self._name = name
        self._at: dict[str, int] = {}
        descriptor = os.open(manifest, os.O_RDONLY | os.O_CLOEXEC)
        # The descriptor goes with the tree: whoever opens one need not close it.
        self.close = weakref.finalize(self, os.close, descriptor)
        self._lines = os.fdopen(descriptor, "rb", closefd=False)
        position = 0
        for line in self._lines:
            self._at[json.loads(line)["logical_path"]] = position
            position += len(line)
        self._last: tuple[str, dict[str, str]] = ("", {})

    @property
    def name(self) -> str | None:
        return self._name

    def paths(self) -> Iterator[str]:
        return iter(sorted(self._at))

    def has(self, path: str) -> bool:
        return path in self._at

    def size(self, path: str) -> int:
        return int(self._entry(path)["size"])

    def open(self, path: str) -> BinaryIO:
        try:
            # Not by pathlib, which interns every part of every path.
            return open(os.path.join(self._folder, self._entry(path)["source"]), "rb")  # noqa: PTH123
        except OSError as error:
            raise FileNotInPackage(path=path, reason=str(error)) from error

    def digest(self, path: str, algorithm: str) -> str | None:
        return self._entry(path).get(algorithm)

    def __enter__(self) -> "ManifestTree":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _entry(self, path: str) -> dict[str, str]:
        if path not in self._at:
            raise FileNotInPackage(path=path, reason="not in the manifest")
        if self._last[0] != path:
            self._lines.seek(self._at[path])
            self._last = (path, json.loads(self._lines.readline()))
        return self._last[1]


class MemoryTree:
    """A package held in memory: small ones, and those of tests."""

    def __init__(self, files: dict[str, bytes], name: str | None = None) -> None:
        self.files = files
        self._name = name

    @property
    def name(self) -> str | None:
        return self._name

    def paths(self) -> Iterator[str]:
        return iter(sorted(self.files))

    def has(self, path: str) -> bool:
        return path in self.files

    def size(self, path: str) -> int:
        return len(self._bytes(path))

    def open(self, path: str) -> BinaryIO:
        return BytesIO(self._bytes(path))

    def digest(self, path: str, algorithm: str) -> str | None:
        return None

    def _bytes(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotInPackage(path=path, reason="not in memory")
        return self.files[path]
