"""The bytes of one OCFL object, wherever they lie: what the validator needs of a disk or of a bucket.

Paths are relative to the object's root, '/' between parts, "" for the root itself. Every method may raise OSError.
"""

import os
import stat
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, Protocol, cast

Kind = Literal["file", "folder", "link", "other"]


class Entry(NamedTuple):
    """A name in a folder and what it is; links are told and never followed."""

    name: str
    kind: Kind


class ObjectFolder(Protocol):
    """One object, read only."""

    def entries(self, path: str) -> list[Entry]:
        """What lies in a folder, sorted by name; a bucket has no empty folders."""
        ...

    def size(self, path: str) -> int:
        """Bytes of a file."""
        ...

    def open(self, path: str) -> BinaryIO:
        """A file's bytes, unbuffered."""
        ...


class DiskFolder:
    """An object in the folder `home` of a file system.

    With `cold` what the machine's memory holds of a file is dropped before it is read and after: an audit proves the
    disk, not the memory, and leaves the memory to others.
    """

    __slots__ = ("_cold", "home")

    def __init__(self, home: Path, *, cold: bool = False) -> None:
        self.home = home
        self._cold = cold

    def entries(self, path: str) -> list[Entry]:
        with os.scandir(self.home / path if path else self.home) as found:
            return sorted(Entry(entry.name, _kind(entry)) for entry in found)

    def size(self, path: str) -> int:
        return (self.home / path).lstat().st_size

    def open(self, path: str) -> BinaryIO:
        descriptor = os.open(self.home / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(22, os.strerror(22), os.fspath(self.home / path))
        return cast(BinaryIO, _ColdFile(descriptor) if self._cold else FileIO(descriptor))


class _ColdFile(FileIO):
    """A file that is read from its disk: dropped from memory when it is opened and when it is closed."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_SEQUENTIAL)

    def close(self) -> None:
        if not self.closed:
            os.posix_fadvise(self.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        super().close()


def _kind(entry: "os.DirEntry[str]") -> Kind:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"
