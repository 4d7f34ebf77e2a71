"""The standby: a worker of the home that stays when its batch is done, so that the next one finds a warm judge.

A JVM judges a file in half the time once it has judged some hundred (docs/performance.md), and a delivery of one hồ sơ
is done before a new one has started. So `kho ingest --wait` keeps one worker for a while. It listens at a socket in
the home's `run/` (the home is 0700), works for one command at a time, and dies with the connection: a killed command
leaves nothing at work. After KHO_STANDBY_SECONDS without work it ends. What it was started with (settings, program) is
its stamp: a command with another one replaces it.
"""

import contextlib
import hashlib
import json
import logging
import os
import signal
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from ingest.context import Tools, open_tools
from ingest.work import in_words, work_on
from repository.config import CHECKOUT, Settings
from repository.home import Home, HomeBusy, open_home, write_whole
from repository.opening import open_catalogue
from repository.services import overview, process
from standards.errors import KhoError

NAME = "standby"
GONE = -signal.SIGKILL

_IN_USE = "standby-use"
_PATIENCE = 20.0  # seconds until it must listen
_LOOK = 1.0
_LINE = 1 << 20
# How a command speaks to people, and where its home is (its own argument), change nothing in what a worker does.
_NOT_IN_STAMP = ("KHO_LANG", "KHO_HOME", "KHO_DEBUG")
_PACKAGES = ("standards", "fixity", "repository", "preservation", "ingest")
log = logging.getLogger("kho.standby")


class Standby:
    """The command's end: `begin` hands over batches, `poll` tells like a process's, `said` is the error's JSON."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._socket: socket.socket | None = None
        self._received = b""
        self.said = ""

    def begin(self, batches: Sequence[str]) -> None:
        """Give it these batches. Where it does not listen in time, `poll` tells that it is gone."""
        deadline = time.monotonic() + _PATIENCE
        while self._socket is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                self._socket = _connected(self._home)
                self._socket.sendall(json.dumps({"batches": list(batches)}).encode() + b"\n")
                self._socket.setblocking(False)
                return
            if process.find(self._home, NAME) is None:
                return
            time.sleep(0.02)

    def poll(self) -> int | None:
        """None while it works; then 0, an exit code with `said`, or GONE."""
        if self._socket is None:
            return GONE
        try:
            part = self._socket.recv(_LINE)
        except BlockingIOError:
            return None
        except OSError:
            part = b""
        self._received += part
        if part and not self._received.endswith(b"\n"):
            return None
        return self._answered() if part else GONE

    def close(self) -> None:
        """Let go of it. While it works this ends it."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _answered(self) -> int:
        answer = json.loads(self._received)
        self.said = json.dumps(answer, ensure_ascii=False)
        return int(answer["code"])


@contextlib.contextmanager
def reserved(settings: Settings, home: Home) -> Iterator[Standby | None]:
    """The home's standby, for this command alone, started in the background where there is none.

    None where it is switched off, where another command has it, or where it cannot be started.
    """
    with contextlib.ExitStack() as held:
        standby = Standby(home) if settings.standby_seconds and _ready(settings, home, held) else None
        try:
            yield standby
        finally:
            if standby:
                standby.close()


def _ready(settings: Settings, home: Home, held: contextlib.ExitStack) -> bool:
    try:
        held.enter_context(home.lock(_IN_USE, timeout=0))
        mark, stamp = home.run / f"{NAME}.stamp", _stamp()
        if not mark.exists() or mark.read_text() != stamp:
            overview.stop_one(home, NAME)
            write_whole(mark, stamp)
        overview.start(home, NAME, [sys.executable, "-m", "ingest.standby", str(settings.home)])
    except (HomeBusy, KhoError, OSError):
        return False
    return True


def _stamp() -> str:
    """What a worker that was started now would have been started with."""
    told = [sys.executable, os.environ.get("PATH", ""), os.environ.get("TMPDIR", "")]
    told += [
        f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith("KHO_") and k not in _NOT_IN_STAMP
    ]
    files = (
        f.stat() for name in _PACKAGES for f in (CHECKOUT / name).rglob("*") if f.suffix not in ("", ".pyc")
    )
    told.append(str(max(f.st_mtime_ns for f in files)))
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def main(words: Sequence[str]) -> int:
    """Listen and work until nobody has asked for a while; the exit code."""
    settings = Settings.load(words[0])
    home = open_home(settings.home, create=False)
    logging.basicConfig(filename=home.logs / "work.log", format="%(asctime)s %(process)d %(message)s")
    with _listening(home) as door:
        keeper = _Keeper(settings, home, door)
        signal.signal(signal.SIGTERM, keeper.told_to_end)
        with open_tools(settings, home, 1) as tools:
            tools.verapdf.warm()
            keeper.serve(tools)
    return 0


class _Keeper:
    """The server's end."""

    def __init__(self, settings: Settings, home: Home, door: socket.socket) -> None:
        self._settings, self._home, self._door = settings, home, door
        self._at_work = threading.Event()

    def told_to_end(self, _number: int, _frame: FrameType | None) -> None:
        """SIGTERM: at once where it works (everything is resumable), in good order where it waits."""
        if self._at_work.is_set():
            os._exit(1)
        raise SystemExit(0)

    def serve(self, tools: Tools) -> None:
        ours = _door_of(self._home).stat().st_ino
        until = time.monotonic() + self._settings.standby_seconds
        self._door.settimeout(_LOOK)
        while time.monotonic() < until and _is_there(self._home, ours):
            try:
                connection, _address = self._door.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(None)
                self._work_for(connection, tools)
            until = time.monotonic() + self._settings.standby_seconds

    def _work_for(self, connection: socket.socket, tools: Tools) -> None:
        asked = connection.makefile("rb").readline(_LINE)
        if not asked.endswith(b"\n"):
            return
        self._at_work.set()
        watching = threading.Thread(target=self._end_with, args=(connection,), daemon=True)
        watching.start()
        answer = self._done(tools, json.loads(asked)["batches"])
        self._at_work.clear()
        with contextlib.suppress(OSError):
            connection.sendall(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
        watching.join(_PATIENCE)

    def _done(self, tools: Tools, batches: Sequence[str]) -> dict[str, object]:
        try:
            opened = open_catalogue(self._settings, create=False)
            for batch in batches:
                work_on(opened, tools, batch)
        except Exception as error:
            told = in_words(error)
            if told is None:
                log.exception("the standby ends")
                os._exit(1)  # a process of the command's own tells it, if it happens again
            return {"code": told.exit_code, **told.as_json()}
        return {"code": 0}

    def _end_with(self, connection: socket.socket) -> None:
        """Nobody waits for the work of a command that was killed or interrupted; the next one goes on from there."""
        with contextlib.suppress(OSError):
            connection.recv(1)
        if self._at_work.is_set():
            os._exit(1)


def _door_of(home: Home) -> Path:
    return home.run / f"{NAME}.sock"


def _is_there(home: Home, inode: int) -> bool:
    """Whether the home still is what it was started in: one that was removed needs nobody."""
    try:
        told = _door_of(home).stat()
    except OSError:
        return False
    return stat.S_ISSOCK(told.st_mode) and told.st_ino == inode


@contextlib.contextmanager
def _listening(home: Home) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door, _short(home) as name:
        _door_of(home).unlink(missing_ok=True)
        door.bind(name)
        door.listen(1)
        yield door
        _door_of(home).unlink(missing_ok=True)


def _connected(home: Home) -> socket.socket:
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(home) as name:
            door.connect(name)
    except OSError:
        door.close()
        raise
    return door


@contextlib.contextmanager
def _short(home: Home) -> Iterator[str]:
    """The socket's name by way of the open folder: an address may have 107 bytes, and a home may lie deep."""
    folder = os.open(home.run, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{NAME}.sock"
    finally:
        os.close(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
