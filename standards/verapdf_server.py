"""One long-lived veraPDF process and its line protocol: a path goes in, the path of a report comes out."""

import contextlib
import os
import selectors
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from standards import tools
from standards.errors import ToolFailed

LIMITS = tools.Limits(file_mb=256)


class NoAnswer(Exception):
    """The server gave none; `late` tells whether it was still at work when its time was up. Stays in `standards`."""

    def __init__(self, reason: str, *, late: bool) -> None:
        self.reason, self.late = reason, late
        super().__init__(reason)


class Server:
    """A JVM in server mode, started at the first file and again after `recycle` files or a failure.

    Not for several threads at once. `reports` is its private folder for reports, which it never clears itself.
    """

    def __init__(self, command: Sequence[str], reports: Path, recycle: int) -> None:
        self._command, self._reports, self._recycle = command, reports, recycle
        self._process: subprocess.Popen[bytes] | None = None
        self._judged = 0

    def ask(self, link: Path, seconds: float) -> bytes:
        """The JSON report about a file. Raises NoAnswer; the JVM is then dead and the next call starts another."""
        try:
            process = self._given(link)
            answer = self._answer(process, time.monotonic() + seconds)
            return self._take(answer)
        except (NoAnswer, OSError, ToolFailed) as error:
            self.stop()
            raise error if isinstance(error, NoAnswer) else NoAnswer(str(error), late=False) from error

    def finish(self, seconds: float) -> None:
        """Let the JVM end by itself within `seconds`, then make sure of it."""
        process = self._process
        if process is not None and process.stdin is not None and seconds:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                process.stdin.write(b"q\n")
                process.stdin.flush()
                process.wait(seconds)
        self.stop()

    def stop(self) -> None:
        """End the JVM, if there is one, and clear what it left behind."""
        if self._process is not None:
            tools.kill(self._process)
        self._process, self._judged = None, 0
        for left in self._reports.iterdir():
            with contextlib.suppress(OSError):
                left.unlink()

    def _given(self, link: Path) -> "subprocess.Popen[bytes]":
        """The running JVM, with the file handed to it: on the command line at the start, as a line afterwards."""
        if self._judged >= self._recycle:
            self.stop()
        self._judged += 1
        if self._process is None:
            command = [*self._command, "--servermode", str(link)]
            pipe = subprocess.PIPE
            self._process = tools.start(command, limits=LIMITS, stdin=pipe, stdout=pipe)
        elif self._process.stdin is not None:
            self._process.stdin.write(os.fsencode(link) + b"\n")
            self._process.stdin.flush()
        return self._process

    def _answer(self, process: "subprocess.Popen[bytes]", until: float) -> Path:
        """The next line that names a report; other lines are the chatter of libraries."""
        while True:
            line = Path(os.fsdecode(_line(process, until)))
            if line.parent == self._reports:
                return line

    def _take(self, answer: Path) -> bytes:
        report = answer.read_bytes()
        answer.unlink()
        return report


def _line(process: "subprocess.Popen[bytes]", until: float) -> bytes:
    """One line of the server's output without its end. Answers come one at a time, so nothing follows it."""
    if process.stdout is None:
        raise NoAnswer("no output", late=False)
    received = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not received.endswith(b"\n"):
            if not selector.select(max(0.0, until - time.monotonic())):
                raise NoAnswer("out of time", late=True)
            part = os.read(process.stdout.fileno(), 4096)
            if not part:
                raise NoAnswer("the process ended", late=False)
            received += part
    return received.splitlines()[-1]
