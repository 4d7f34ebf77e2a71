"""The members of a tar archive, plain or compressed (gzip, bzip2, xz), read as one stream from front to end.

Python's tarfile takes a damaged header for the end of the archive and reads headers of any size into memory. Here the
archive must end as POSIX says, with blocks of zeros and nothing after them.
"""

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, ClassVar, Final, Protocol, Self

from standards.archive_members import MIB, Budget, Member, MemberKind, Refusal, fault
from standards.findings import Finding

_XZ_MEMORY: Final = 256 * MIB
_CHUNK: Final = MIB
# tarfile passes over a member by reading as often as its stated size asks for, long after the end.
_ENDS: Final = 8
_FILES: Final = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_LINKS: Final = (tarfile.SYMTYPE, tarfile.LNKTYPE)
_META: Final = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


def tar_members(path: Path, budget: Budget) -> Iterator[Member | Finding]:
    """Every member in the order of the archive; the end is looked at after the last."""
    with path.open("rb") as file:
        stream = _Counted(_plain(file), budget)
        header = type("_Limited", (_Header,), {"longest": budget.limits.header})
        with tarfile.open(
            fileobj=stream,  # type: ignore[call-overload]
            mode="r|",
            tarinfo=header,
            encoding="utf-8",
            errors="surrogateescape",
        ) as archive:
            while (info := archive.next()) is not None:
                archive.members = []  # tarfile would keep them all
                if info.size < 0:
                    raise Refusal(fault("ARC-BROKEN", info.name, "negative size"))
                budget.member()
                yield _member(archive, info)
            _check_end(archive.fileobj)


def _member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    return Member(info.name, _kind(info), partial(_open, archive, info))


def _kind(info: tarfile.TarInfo) -> MemberKind:
    if info.type in _LINKS:
        return MemberKind.LINK
    if info.type == tarfile.DIRTYPE:
        return MemberKind.FOLDER
    return MemberKind.FILE if info.type in _FILES and not info.issparse() else MemberKind.SPECIAL


def _open(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(info)
    if stream is None:
        raise Refusal(fault("ARC-BROKEN", info.name, "no bytes"))
    return stream


def _check_end(stream: "_Reader | None") -> None:
    """Nothing but zeros until the end; reading there also checks the compressed stream's own sum."""
    while stream and (data := stream.read(_CHUNK)):
        if data.strip(b"\0"):
            raise Refusal(fault("ARC-TRAILING", ""))


class _Header(tarfile.TarInfo):
    """A header that is none, or asks to be held in memory whole, ends the reading."""

    longest: ClassVar[int] = 0

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            made = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as problem:
            if len(buf) == tarfile.BLOCKSIZE and not any(buf):
                raise  # a block of zeros: the end
            raise Refusal(fault("ARC-BROKEN", "", problem)) from problem
        if made.type in _META and not 0 <= made.size <= cls.longest:
            raise Refusal(fault("ARC-BROKEN", made.name, f"header of {made.size} bytes"))
        return made


class _Reader(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Counted:
    """The unpacked stream, headers and all, each byte counted."""

    def __init__(self, stream: _Reader, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget
        self._ends = 0

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._budget.take(len(data))
        self._ends += not data
        if self._ends > _ENDS:
            raise EOFError("the archive ends within a member")
        return data


def _plain(file: IO[bytes]) -> _Reader:
    head = file.read(6)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(b"BZh"):
        return bz2.BZ2File(file)
    return _Xz(file) if head == b"\xfd7zXZ\0" else file


class _Xz:
    """An xz stream with a limit on the memory that its dictionary may ask for, which lzma.LZMAFile has not."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._rest = b""
        self._new()

    def _new(self) -> None:
        self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        while True:
            if self._decompressor.eof and not self._next_stream():
                return b""
            feed, self._rest = self._rest, b""
            if not feed and self._decompressor.needs_input:
                feed = self._file.read(65536)
                if not feed:
                    raise EOFError("xz stream ends early")
            if data := self._decompressor.decompress(feed, size):
                return data

    def _next_stream(self) -> bool:
        """Take up another stream after the one that ended; zeros may lie between."""
        rest = self._decompressor.unused_data
        while not (rest := rest.lstrip(b"\0")):
            rest = self._file.read(65536)
            if not rest:
                return False
        self._rest = rest
        self._new()
        return True
