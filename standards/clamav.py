"""ClamAV: files sent to clamd over its socket, in one session (clamd(8): zIDSESSION, zINSTREAM).

The bytes are sent, not the path: the daemon runs as another user, who must not be able to read the deliveries.
"""

import contextlib
import os
import re
import socket
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

SOCKET = Path("/run/clamav/clamd.ctl")
_CHUNK = 1 << 18
_ANSWER_LIMIT = 4096
# With `AlertExceedsMax yes` clamd tells by this name that it did not look at all of a file.
_OVER_LIMITS = "Heuristics.Limits.Exceeded"
_VERSION = re.compile(r"ClamAV ([^/]+)(?:/(\d+)/(.+))?")


@dataclass(frozen=True, slots=True)
class VirusVerdict:
    """What clamd said of a file. `signature` names what was found, `reason` says why it was not scanned.

    `version` is like "1.4.6/27500" (engine and database), `database_date` as clamd writes it, None without a database.
    """

    outcome: Literal["clean", "infected", "not-scanned"]
    signature: str | None = None
    reason: str = ""
    version: str = ""
    database_date: str | None = None


class _Failed(Exception):
    """clamd did not answer as it should; the session is over. Stays in this module."""


class ClamAv:
    """A session with clamd, opened at the first file and again after a failure.

    `path` is the daemon's socket; None takes KHO_CLAMD_SOCKET, else Debian's. Safe to call from several threads, which
    then take turns. Where no daemon answers every verdict is "not-scanned".
    """

    def __init__(self, path: Path | None = None, *, seconds: float = 120) -> None:
        self._path = path or Path(os.environ.get("KHO_CLAMD_SOCKET") or SOCKET)
        self._seconds = seconds
        self._turn = threading.Lock()
        self._session: _Session | None = None

    def scan(self, path: Path) -> VirusVerdict:
        """Send one file to be scanned. Never raises: what could not be scanned is "not-scanned" with a reason."""
        with self._turn:
            try:
                with path.open("rb", buffering=0) as file:
                    return self._scanned(file.fileno())
            except OSError as error:
                return VirusVerdict("not-scanned", reason=error.strerror or str(error))

    def close(self) -> None:
        """End the session."""
        with self._turn:
            self._drop()

    def __enter__(self) -> "ClamAv":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.close()

    def _scanned(self, file: int) -> VirusVerdict:
        """Try the open session, and a new one where the daemon has ended it in the meantime."""
        reused = self._session is not None
        try:
            return self._once(file)
        except _Failed as failed:
            if not reused:
                return VirusVerdict("not-scanned", reason=str(failed))
        os.lseek(file, 0, os.SEEK_SET)
        try:
            return self._once(file)
        except _Failed as failed:
            return VirusVerdict("not-scanned", reason=str(failed))

    def _once(self, file: int) -> VirusVerdict:
        try:
            session = self._session = self._session or _Session(self._path, self._seconds)
            return session.scan(file)
        except _Failed:
            self._drop()
            raise

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None


class _Session:
    """One connection in session mode: answers carry the number of their request. Raises _Failed."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(seconds)
        try:
            self._socket.connect(os.fspath(path))
            self._socket.sendall(b"zIDSESSION\0zVERSION\0")
        except OSError as error:
            self._socket.close()
            raise _Failed(f"clamd: {error.strerror or error}") from error
        self._version, self._date = _told_version(self._answer())

    def scan(self, file: int) -> VirusVerdict:
        """Send an open file from its place. clamd cuts off what is longer than its StreamMaxLength, and says so."""
        sent_all = self._send(file)
        answer = self._answer()
        name = answer.removeprefix("stream: ")
        if name.startswith(_OVER_LIMITS):
            raise _Failed(f"clamd: {name}")
        if name.endswith(" FOUND"):
            return self._verdict("infected", signature=name.removesuffix(" FOUND"))
        if name == "OK" and sent_all:
            return self._verdict("clean")
        raise _Failed(f"clamd: {answer or 'no answer'}")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendall(b"zEND\0")
        self._socket.close()

    def _verdict(self, outcome: Literal["clean", "infected"], signature: str | None = None) -> VirusVerdict:
        return VirusVerdict(outcome, signature, version=self._version, database_date=self._date)

    def _send(self, file: int) -> bool:
        """Whether everything could be sent; where not, the daemon's answer says why."""
        try:
            self._socket.sendall(b"zINSTREAM\0")
            while part := os.read(file, _CHUNK):
                self._socket.sendall(struct.pack("!I", len(part)) + part)
            self._socket.sendall(struct.pack("!I", 0))
        except (BrokenPipeError, ConnectionResetError):
            return False
        except OSError as error:
            raise _Failed(f"clamd: {error.strerror or error}") from error
        return True

    def _answer(self) -> str:
        """The next answer without its request's number. A closed connection is an empty answer."""
        received = b""
        try:
            while not received.endswith(b"\0") and len(received) < _ANSWER_LIMIT:
                part = self._socket.recv(_ANSWER_LIMIT)
                if not part:
                    break
                received += part
        except OSError as error:
            raise _Failed(f"clamd: {error.strerror or error}") from error
        answer = received.rstrip(b"\0").decode("utf-8", "replace").strip()
        return re.sub(r"^\d+: ", "", answer)


def _told_version(answer: str) -> tuple[str, str | None]:
    match = _VERSION.fullmatch(answer)
    if match is None:
        raise _Failed(f"clamd: {answer or 'no answer'}")
    engine, database, date = match.groups()
    return (f"{engine}/{database}" if database else engine), date
