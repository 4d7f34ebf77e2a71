"""The members of a zip archive, read with the suspicion that its directory lies.

Python's zipfile holds the whole directory in memory and believes its offsets; so its size is looked at before, and
each member must lie by itself: an archive whose members share bytes unpacks to far more than it is.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from io import SEEK_END
from pathlib import Path
from typing import IO, Final

from standards.archive_members import Budget, Member, MemberKind, Refusal, fault
from standards.findings import Finding

_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENTRY: Final = 2048  # the bytes of one directory entry: 46, a name of 1024 at most, what systems add
_LOCAL: Final = struct.Struct("<4s2xHH4xLLLHH")
_END: Final = struct.Struct("<4s4xHHLLH")
_END_64: Final = struct.Struct("<4s28xQQ8x")
_DESCRIPTOR: Final = 24  # sizes and CRC after the bytes of a member that was packed as a stream
_ENCRYPTED, _STREAMED, _UTF8 = 0x1, 0x8, 0x800
_UNICODE_PATH: Final = 0x7075


def zip_members(path: Path, budget: Budget) -> Iterator[Member | Finding]:
    """Every member in the order of the directory, or a finding about one that cannot be taken."""
    with path.open("rb") as file:
        entries, after = _check_directory_size(file, budget)
        if after > 0:
            yield fault("ARC-UNNAMED-BYTES", "", after)
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            if len(infos) > budget.limits.members:
                raise Refusal(fault("ARC-COUNT", "", budget.limits.members))
            # Old packers keep no more than 16 bits of the count.
            if entries not in (len(infos), len(infos) & 0xFFFF):
                raise Refusal(fault("ARC-BROKEN", "", f"{entries} members stated, {len(infos)} found"))
            yield from _check_extents(file, infos, archive.start_dir)
            for info in infos:
                budget.member()
                yield _member(archive, info, budget)


def _check_directory_size(file: IO[bytes], budget: Budget) -> tuple[int, int]:
    """Refuse a directory that is too large to be held, before zipfile reads it.

    Gives how many members the archive says it has, and how many bytes follow its end.
    """
    size = file.seek(0, SEEK_END)
    start = max(0, size - 65536 - _END.size)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise Refusal(fault("ARC-BROKEN", "", "end of central directory not found"))
    _, _, entries, length, _, comment = _END.unpack_from(tail, at)
    at_64 = tail.rfind(b"PK\x06\x06", 0, at)
    if at_64 >= 0 and at - at_64 >= _END_64.size:
        _, entries_64, length_64 = _END_64.unpack_from(tail, at_64)
        entries = entries_64 if entries == 0xFFFF else entries
        length = length_64 if length == 0xFFFFFFFF else length
    if min(length, size) > budget.limits.members * _ENTRY or entries > max(budget.limits.members, 0xFFFF):
        raise Refusal(fault("ARC-COUNT", "", budget.limits.members))
    file.seek(0)
    return entries, len(tail) - at - _END.size - comment


def _check_extents(file: IO[bytes], infos: list[zipfile.ZipInfo], end: int) -> Iterator[Finding]:
    """Each member's bytes by themselves, all before the directory, and nothing between them."""
    before, unnamed = 0, 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        unnamed += max(0, info.header_offset - before)
        header = os.pread(file.fileno(), _LOCAL.size, info.header_offset) if info.header_offset >= 0 else b""
        if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
            raise Refusal(fault("ARC-BROKEN", info.orig_filename, "no local header"))
        local = _LOCAL.unpack(header)
        if not _agrees(local, info):
            yield fault("ARC-HEADERS", info.orig_filename)
        *_, name, extra = local
        stop = info.header_offset + _LOCAL.size + name + extra + info.compress_size
        if info.header_offset < before or stop > end:
            raise Refusal(fault("ARC-OVERLAP", info.orig_filename))
        before = stop
        unnamed -= min(_DESCRIPTOR, end - stop) if info.flag_bits & _STREAMED else 0
    if unnamed + end - before > 0:
        yield fault("ARC-UNNAMED-BYTES", "", unnamed + end - before)


def _agrees(local: tuple[int, ...], info: zipfile.ZipInfo) -> bool:
    """Whether a member's own header says of its packing, sum and sizes what the directory says.

    Zeros stand where the packer knew them only afterwards, and all ones where they are in the zip64 field.
    """
    _, flags, method, *numbers, _, _ = local
    stated = (info.CRC, info.compress_size, info.file_size)
    unknown = (0, 0xFFFFFFFF)
    same = all(a == b or (a in unknown and at > 0) or (not a and flags & _STREAMED)
               for at, (a, b) in enumerate(zip(numbers, stated, strict=True)))  # fmt: skip
    return same and method == info.compress_type and not (flags ^ info.flag_bits) & _ENCRYPTED


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Member | Finding:
    name = _name(info)
    if info.flag_bits & _ENCRYPTED:
        return fault("ARC-ENCRYPTED", name)
    if info.compress_type not in _METHODS:
        return fault("ARC-METHOD", name, info.compress_type)
    kind = _kind(info, name)
    if kind is MemberKind.FOLDER and info.file_size:
        return fault("ARC-BROKEN", name, "a folder with bytes")
    return Member(name, kind, partial(_open, archive, info, budget))


def _kind(info: zipfile.ZipInfo, name: str) -> MemberKind:
    """By the Unix mode where one is kept; a name that ends in a slash is a folder."""
    mode = stat.S_IFMT(info.external_attr >> 16)
    if mode == stat.S_IFLNK:
        return MemberKind.LINK
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        return MemberKind.SPECIAL
    return MemberKind.FOLDER if name.endswith("/") else MemberKind.FILE


def _name(info: zipfile.ZipInfo) -> str:
    """The stored name: UTF-8 where it says so or is so, else Info-ZIP's Unicode path, else its bytes."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _unicode_path(info.extra, raw) or raw.decode("utf-8", "surrogateescape")


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if (
            kind == _UNICODE_PATH
            and len(body) > 5
            and struct.unpack_from("<BL", body) == (1, zlib.crc32(raw))
        ):
            return body[5:].decode("utf-8", "surrogateescape")
    return None


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> IO[bytes]:
    return _Counted(archive.open(info), budget, info.file_size)  # type: ignore[return-value]


class _Counted:
    """A member's bytes, each counted; as many as the directory says."""

    def __init__(self, stream: IO[bytes], budget: Budget, size: int) -> None:
        self._stream = stream
        self._budget = budget
        self._left = size

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if not data and self._left:
            raise zipfile.BadZipFile(f"{self._left} bytes fewer than the directory says")
        self._budget.take(len(data))
        return data

    def close(self) -> None:
        self._stream.close()
