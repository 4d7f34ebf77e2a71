"""Unpacking an archive from outside (zip, tar, tar.gz, tar.bz2, tar.xz) into a fresh folder, or refusing it whole.

Only regular files and folders are written, only below the folder, each with bytes that were counted and, where the
format keeps a sum, checked. One bad member refuses the whole archive, and then nothing of it stays. Archives inside an
archive are files like others: they are not opened.
"""

import gzip
import lzma
import os
import shutil
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from standards.archive_members import MIB, Budget, Member, MemberKind, Names, Refusal, UnpackLimits, fault
from standards.archive_tar import tar_members
from standards.archive_zip import zip_members
from standards.errors import KhoError
from standards.findings import Finding, Level
from standards.shown import for_people

__all__ = ["UnpackFailed", "UnpackLimits", "Unpacked", "is_archive", "peek", "unpack"]

_CHUNK: Final = MIB
_LOOK_AT_DISK: Final = 64 * MIB
# What systems add to archives beside the one folder that was packed.
_TRACES: Final = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
# What the readers of the standard library raise for bytes that are not what they should be.
_BROKEN: Final = (
    ValueError, EOFError, RuntimeError, OverflowError, struct.error,
    zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile,
)  # fmt: skip


class UnpackFailed(KhoError):
    """The archive could not be unpacked for a reason that is not its own: a full disk, a file that cannot be read."""

    code = "unpack-failed"
    vi = "Không giải nén được {path}: {reason}. Kiểm tra ổ đĩa rồi làm lại."
    en = "{path} could not be unpacked: {reason}. Check the disk, then try again."


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came of an archive. `root` is the package's folder, None where the archive was refused.

    `findings` with the level MUST say why it was refused; others are to be reported with the package. `files` and
    `bytes` count what was written.
    """

    root: Path | None
    findings: tuple[Finding, ...]
    files: int
    bytes: int


def is_archive(path: Path) -> bool:
    """Whether the file's first bytes are those of an archive that `unpack` reads. Office documents are zips too."""
    with path.open("rb") as file:
        head = file.read(512)
    magic = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
    return head.startswith(magic) or _is_tar_header(head)


def unpack(archive: Path, into: Path, limits: UnpackLimits | None = None) -> Unpacked:
    """Unpack `archive` into the folder `into`, which is made (0700) and must not be there yet.

    Files are 0600. A refused archive leaves no `into` behind, and neither does an exception. Where everything lies in
    one folder, `root` is that folder, else `into`. Raises UnpackFailed for what is not the archive's fault (no room on
    the disk, FileExistsError among them); what is wrong with the archive is only ever a finding (ARC-...).
    """
    limits = limits or UnpackLimits()
    try:
        into.mkdir(mode=0o700)
    except OSError as problem:
        raise _failed(archive, problem) from problem
    kept = False
    try:
        taking = _Taking(into, Budget(limits, archive.stat().st_size), Names(limits), [])
        taking.take(archive)
        kept = not taking.is_refused
        findings = tuple(taking.findings)
        return Unpacked(_root(into) if kept else None, findings, taking.files, taking.bytes)
    except OSError as problem:
        raise _failed(archive, problem) from problem
    finally:
        if not kept:
            shutil.rmtree(into, ignore_errors=True)


def peek(archive: Path, wanted: Callable[[str], bool], *, count: int, head: int) -> dict[str, bytes]:
    """The names of the first `count` members (folders end in "/"), with the first `head` bytes of the wanted ones.

    Under the same limits as `unpack`. Where the archive cannot be read on, the names until there. Raises OSError where
    the file itself cannot be read.
    """
    budget = Budget(UnpackLimits(), archive.stat().st_size)
    seen: dict[str, bytes] = {}
    try:
        for item in islice(_members(archive)(archive, budget), count):
            if isinstance(item, Member):
                is_folder = item.kind is MemberKind.FOLDER
                name = item.name.rstrip("/") + "/" if is_folder else item.name
                is_wanted = item.kind is MemberKind.FILE and wanted(name)
                seen[name] = item.open().read(head) if is_wanted else b""
    except OSError as problem:
        if problem.errno is not None:
            raise
    except (Refusal, *_BROKEN):
        pass
    return seen


@dataclass(slots=True)
class _Taking:
    """The state of one unpacking. After the first fault nothing more is written, but the rest is still looked at."""

    into: Path
    budget: Budget
    names: Names
    findings: list[Finding]
    is_refused: bool = False
    files: int = 0
    bytes: int = 0
    unlooked: int = _LOOK_AT_DISK
    warned: int = 0

    def take(self, archive: Path) -> None:
        try:
            for item in _members(archive)(archive, self.budget):
                for found in [item] if isinstance(item, Finding) else self._take_member(item):
                    self._add(found)
        except Refusal as refusal:
            self._add(refusal.found, last=True)
        except OSError as problem:
            if problem.errno is not None:
                raise
            self._add(fault("ARC-BROKEN", "", problem), last=True)
        except _BROKEN as problem:
            self._add(fault("ARC-BROKEN", "", problem), last=True)
        if self.warned > self.budget.limits.told:
            self.findings.append(fault("ARC-MORE-WARNINGS", "", self.warned))

    def _add(self, found: Finding, *, last: bool = False) -> None:
        """Faults end the reading once they are many; warnings go on being counted, and the first are told."""
        is_fault = found.level is Level.MUST
        self.warned += not is_fault
        if not is_fault and self.warned > self.budget.limits.told:
            return
        self.findings.append(found)
        self.is_refused |= is_fault
        if is_fault and len(self.findings) - self.warned >= self.budget.limits.told and not last:
            raise Refusal(fault("ARC-MORE", "", self.budget.limits.told))

    def _take_member(self, member: Member) -> Iterator[Finding]:
        path, found = self.names.accept(member.name, is_folder=member.kind is MemberKind.FOLDER)
        yield from found
        if member.kind is MemberKind.LINK:
            yield fault("ARC-LINK", member.name)
        elif member.kind is MemberKind.SPECIAL:
            yield fault("ARC-SPECIAL", member.name)
        elif path is not None and not self.is_refused:
            self._write(member, self.into / path)

    def _write(self, member: Member, target: Path) -> None:
        if member.kind is MemberKind.FOLDER:
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            return
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source = member.open()
        new = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(target, new, 0o600), "wb", buffering=0) as file:
            while data := source.read(_CHUNK):
                self._leave_room(len(data))
                file.write(data)
                self.bytes += len(data)
        source.close()
        self.files += 1

    def _leave_room(self, size: int) -> None:
        """Stop before the disk is full: others need it too."""
        self.unlooked += size
        if self.unlooked > _LOOK_AT_DISK:
            self.unlooked = 0
            if shutil.disk_usage(self.into).free < self.budget.limits.keep_free:
                raise OSError(28, "no room left on the disk", os.fspath(self.into))


def _members(archive: Path) -> Callable[[Path, Budget], Iterator[Member | Finding]]:
    with archive.open("rb") as file:
        return zip_members if file.read(2) == b"PK" else tar_members


def _root(into: Path) -> Path:
    """The one folder that was packed, else `into`. What a system added of its own does not count."""
    entries = [e for e in os.scandir(into) if e.name not in _TRACES]
    only = len(entries) == 1 and entries[0].is_dir(follow_symlinks=False)
    return Path(entries[0].path) if only else into


def _is_tar_header(head: bytes) -> bool:
    """By the sum that every tar header carries, also those without a magic word."""
    try:
        stated = int(head[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return len(head) == 512 and stated == sum(head) - sum(head[148:156]) + 256


def _failed(archive: Path, problem: OSError) -> UnpackFailed:
    return UnpackFailed(path=for_people(archive.name), reason=problem.strerror or str(problem))
