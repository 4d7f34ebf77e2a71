"""Backup and restore of the catalogue's database, by PostgreSQL's own programs.

A backup is a folder: the dump, its sha256, and what it is of. The packages are not in it: copies are what keeps them
(docs/copies.md). A restore is one transaction, which ends well only where the whole dump was read: it is whole, or nothing
was changed.
"""

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from typing import IO, Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from fixity.digest import sha256_of
from repository import catalogue
from repository.faults import fault, register
from repository.home import Home, write_whole
from repository.opening import Opened
from repository.services.postgres import find_binaries, owner_conninfo
from repository.store_layout import fsync_folder
from standards import tools
from standards.errors import KhoError, ToolFailed

POINTS = register("backup.dumped", "restore.loaded")
DUMP: Final = "catalogue.dump"
ABOUT: Final = "backup.json"
NOTED: Final = "backups.jsonl"  # in the home's logs: where backups were made
_LIMITS: Final = tools.Limits(seconds=24 * 3600, network=True)
_KEYS: Final = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
}
_PIECE: Final = 1 << 20
# The owner's tables go and come back in one transaction; somebody who holds one is waited for, and not for ever.
_BEGIN: Final = b"begin; set local lock_timeout = '30s'; drop owned by current_user;\n"
_COMMIT: Final = b"\ncommit;\n"


class BackupExists(KhoError):
    """Something is at the place of the backup already."""

    code = "backup-exists"
    vi = "Đã có {path}; Kho không ghi đè bản sao lưu. Chọn thư mục khác."
    en = "{path} exists already; a backup is never overwritten. Choose another folder."


class BackupDamaged(KhoError):
    """A backup is not what it says."""

    code = "backup-damaged"
    vi = "Bản sao lưu {path} không dùng được: {reason}. Chọn bản khác, hoặc lập lại danh mục bằng «kho store rebuild»."
    en = "The backup {path} cannot be used: {reason}. Choose another one, or make the catalogue anew by `kho store rebuild`."


class RestoreRefused(KhoError):
    """A restore would replace rows, and nobody said that it may."""

    code = "catalogue-not-empty"
    vi = (
        "Danh mục đang có dữ liệu. Nếu chắc chắn muốn thay bằng bản sao lưu, chạy «kho backup» rồi chạy lại với "
        "--replace."
    )
    en = "The catalogue is not empty. To put the backup in its place, run `kho backup`, then this again with --replace."


class CatalogueInUse(KhoError):
    """Others are at work on the catalogue."""

    code = "catalogue-in-use"
    vi = "Còn {count} tiến trình khác đang dùng danh mục. Dừng «kho worker» và «kho serve» rồi chạy lại."
    en = "{count} other processes use the catalogue. Stop `kho worker` and `kho serve`, then run it again."


def backup(opened: Opened, dest: Path) -> dict[str, Any]:
    """Write a backup into the new folder `dest`, read its list of contents back, and tell what it is of.

    It may run while Kho works: it has the catalogue of one moment. Raises BackupExists, ToolFailed, OSError.
    """
    if os.path.lexists(dest):
        raise BackupExists(path=dest)
    partial = dest.with_name(f".{dest.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700, parents=True)
    dump, began = partial / DUMP, catalogue.now()
    with opened.connect() as connection:
        counts = next(iter(catalogue.as_dicts(connection, "rebuild_counts")))
    _finished("pg_dump", _started(opened, "pg_dump", ["--format=custom", "--compress=6", f"--file={dump}"]))
    fault("backup.dumped")
    _finished("pg_restore", _started(opened, "pg_restore", ["--list", os.fspath(dump)]))
    about = {"schema": 1, "home": opened.home.id, "time": began.isoformat(), "sha256": sha256_of(dump),
             "bytes": dump.stat().st_size, "rows": counts}  # fmt: skip
    write_whole(partial / ABOUT, json.dumps(about, indent=2) + "\n")
    _onto_disk(partial)
    partial.rename(dest)
    fsync_folder(dest.parent)
    _note(opened.home, dest, about)
    return about


def _note(home: Home, dest: Path, about: Mapping[str, Any]) -> None:
    """Remember where the backup lies, outside of the catalogue that it may once replace."""
    with (home.logs / NOTED).open("a", encoding="utf-8") as file:
        file.write(
            json.dumps({"path": os.fspath(dest), "time": about["time"], "sha256": about["sha256"]}) + "\n"
        )


def backups_before(home: Home, moment: datetime) -> list[Path]:
    """The backups of this home that were made up to a moment and still lie where they were made."""
    try:
        noted = [json.loads(line) for line in (home.logs / NOTED).read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []
    older = {Path(n["path"]): n["sha256"] for n in noted if datetime.fromisoformat(n["time"]) <= moment}
    return [path for path, sha256 in sorted(older.items()) if _is(path, sha256)]


def _is(path: Path, sha256: str) -> bool:
    """Whether the backup at a place is that one: another one may have come there since."""
    try:
        return bool(json.loads((path / ABOUT).read_text(encoding="utf-8"))["sha256"] == sha256)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def destroy_backup(path: Path) -> None:
    """Remove a backup with all that lies in its folder. Raises OSError."""
    shutil.rmtree(path)
    fsync_folder(path.parent)


def restore(opened: Opened, source: Path, *, replace: bool) -> dict[str, Any]:
    """Put the backup in `source` in the place of the catalogue, whole or not at all; what it was of.

    The caller opens the home again: an older backup has an older form. Raises BackupDamaged, RestoreRefused,
    CatalogueInUse, ToolFailed.
    """
    about = read_backup(source)
    with opened.connect() as connection:
        if not (replace or catalogue.value(connection, "catalogue_is_empty")):
            raise RestoreRefused()
        others = int(catalogue.value(connection, "other_sessions"))
    if others:
        raise CatalogueInUse(count=others)
    _load(opened, source / DUMP)
    return about


def read_backup(source: Path) -> dict[str, Any]:
    """What a backup is of, once its dump is what it says. Raises BackupDamaged."""
    try:
        about: dict[str, Any] = json.loads((source / ABOUT).read_text(encoding="utf-8"))
        found = sha256_of(source / DUMP)
    except (OSError, ValueError) as problem:
        raise BackupDamaged(path=source, reason=problem) from problem
    if not isinstance(about, dict) or found != about.get("sha256"):
        raise BackupDamaged(path=source, reason="sha256")
    return about


def _load(opened: Opened, dump: Path) -> None:
    """The dump as SQL into psql; only when all of it was read comes the word that makes it true."""
    reading = _started(opened, "pg_restore", ["--no-owner", "--exit-on-error", "--file=-", os.fspath(dump)])
    writing = _started(
        opened, "psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    )
    try:
        _pour(reading.process, writing.process)
        _finished("pg_restore", reading)
        fault("restore.loaded")
        _say(writing.process, _COMMIT)
        _hang_up(writing.process)
        _finished("psql", writing)
    finally:
        reading.end()
        writing.end()


def _pour(reading: "Popen[bytes]", writing: "Popen[bytes]") -> None:
    _say(writing, _BEGIN)
    if reading.stdout is None:
        raise ToolFailed(tool="pg_restore", reason="no output")
    while piece := reading.stdout.read(_PIECE):
        _say(writing, piece)


def _say(writing: "Popen[bytes]", words: bytes) -> None:
    """To psql; where it has ended, its own last words are told at the end."""
    if writing.stdin is not None:
        try:
            writing.stdin.write(words)
            writing.stdin.flush()
        except BrokenPipeError:
            _hang_up(writing)


def _hang_up(writing: "Popen[bytes]") -> None:
    """No more words: psql comes to its end."""
    if writing.stdin is not None:
        with suppress(BrokenPipeError):
            writing.stdin.close()
        writing.stdin = None


@dataclass(frozen=True, slots=True)
class _Started:
    """A program of PostgreSQL that was started, and what it says about errors."""

    process: "Popen[bytes]"
    errors: IO[bytes]

    def end(self) -> None:
        """Whatever it was doing, it ends."""
        tools.kill(self.process)
        self.errors.close()


def _started(opened: Opened, program: str, words: Sequence[str]) -> _Started:
    """One of PostgreSQL's programs as the owner of the tables; the password goes by the environment alone."""
    environment = _environment(owner_conninfo(opened.home, opened.settings))
    binary = find_binaries(opened.home.path / "postgres" / "data") / program
    errors = TemporaryFile()  # noqa: SIM115 - it ends with what was started
    handle = re.fullmatch(r"/proc/self/fd/(\d+)", environment.get("PGHOST", ""))
    process = tools.start(
        [os.fspath(binary), *words], limits=_LIMITS, stdin=PIPE, stdout=PIPE, stderr=errors, env=environment,
        pass_fds=[int(handle[1])] if handle else [],
    )  # fmt: skip
    return _Started(process, errors)


def _finished(program: str, started: _Started) -> None:
    """Wait for its end. Raises ToolFailed with its last words where it went wrong."""
    if started.process.stdout is not None:
        while started.process.stdout.read(_PIECE):
            continue
    code = started.process.wait()
    started.errors.seek(0)
    told = started.errors.read().decode(errors="replace").strip()
    started.end()
    if code != 0:
        raise ToolFailed(tool=program, reason=told[-300:] or f"exit {code}")


def _environment(conninfo: str) -> Mapping[str, str]:
    with psycopg.connect(conninfo) as connection:
        told = {**conninfo_to_dict(conninfo), "host": connection.info.host, "port": str(connection.info.port)}
    words = {name: str(told[key]) for key, name in _KEYS.items() if told.get(key)}
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **words}


def _onto_disk(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    fsync_folder(folder)
