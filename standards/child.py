"""A persistent child process that opens what may be hostile, so that no other process has to.

One request a line of JSON on its standard input, one answer on its standard output: a line `{"length": n}` and n bytes,
or a line `{"error": ...}`. `Child` is the asking side, `serve` the answering one. A file that kills the child or uses
up its time costs that child alone; the next request gets a new one.
"""

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from standards import tools

_MAX_ANSWER = 512 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[1]
Head = dict[str, Any]


class Gone(Exception):
    """The child ended (`late` False) or was still at work when its time was up."""

    def __init__(self, *, late: bool) -> None:
        self.late = late
        super().__init__("out of time" if late else "the child ended")


class Child:
    """One child, `python -m module`, started at the first request. Safe to call from several threads, which take turns.

    `seconds` is the time for one request where it is not told otherwise; `env` is added to the environment.
    """

    def __init__(
        self,
        module: str,
        limits: tools.Limits,
        seconds: float,
        *,
        words: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._command = [sys.executable, "-m", module, *words]
        self._limits, self._seconds = limits, seconds
        self._env = {**os.environ, **env} if env else None
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process that answers now; None before the first request and after an end."""
        return self._child.pid if self._child else None

    def ask(
        self, call: str, path: Path, *, seconds: float | None = None, **values: Any
    ) -> tuple[Head, bytes]:
        """Head and body of the answer. A child that died is given the file once more, new: it may have died of
        another cause. Raises Gone, ToolFailed where none can be started."""
        request = (
            json.dumps({"do": call, "path": os.fspath(path.absolute()), "with": values}).encode() + b"\n"
        )
        limit = self._seconds if seconds is None else seconds
        with self._turn:
            try:
                return self._try(request, limit)
            except Gone as gone:
                if gone.late:
                    raise
                return self._try(request, limit)

    def close(self) -> None:
        """End the child."""
        with self._turn:
            self._drop()

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.close()

    def _try(self, request: bytes, seconds: float) -> tuple[Head, bytes]:
        try:
            child = self._child = self._child or self._start()
            return _exchange(child, request, time.monotonic() + seconds)
        except OSError as error:
            self._drop()
            raise Gone(late=False) from error
        except BaseException:
            self._drop()
            raise

    def _start(self) -> "subprocess.Popen[bytes]":
        pipe = subprocess.PIPE
        return tools.start(
            self._command, limits=self._limits, stdin=pipe, stdout=pipe, cwd=_ROOT, env=self._env
        )

    def _drop(self) -> None:
        if self._child is not None:
            tools.kill(self._child)
        self._child = None


def _exchange(child: "subprocess.Popen[bytes]", request: bytes, until: float) -> tuple[Head, bytes]:
    """Send a request and read the whole answer. Raises Gone, OSError where the child has closed its end."""
    if child.stdin is None or child.stdout is None:
        raise Gone(late=False)
    child.stdin.write(request)
    child.stdin.flush()
    received = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        while b"\n" not in received:
            received += _part(ready, child.stdout.fileno(), until)
        line, _newline, rest = bytes(received).partition(b"\n")
        head = json.loads(line)
        body = bytearray(rest)
        while len(body) < min(head.get("length", 0), _MAX_ANSWER):
            body += _part(ready, child.stdout.fileno(), until)
    return head, bytes(body)


def _part(ready: selectors.BaseSelector, descriptor: int, until: float) -> bytes:
    if not ready.select(max(0.0, until - time.monotonic())):
        raise Gone(late=True)
    part = os.read(descriptor, 1 << 20)
    if not part:
        raise Gone(late=False)
    return part


# ---- the answering side

Answerer = Callable[..., Mapping[str, Any] | bytes]
Failures = Callable[[Exception], Head | None]


def serve(calls: Mapping[str, Answerer], failed: Failures) -> None:
    """Answer until standard input ends, which it does when the parent is gone.

    `failed` makes the head of the answer (`{"error", "reason"}`) to an exception that can be told of; None has it end
    the child.
    """
    answers = os.fdopen(os.dup(1), "wb")
    # Libraries that chat on standard output must not spoil the protocol.
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    _serve(sys.stdin.buffer, answers, calls, failed)


def _serve(requests: BinaryIO, answers: BinaryIO, calls: Mapping[str, Answerer], failed: Failures) -> None:
    for line in requests:
        head, body = _answer(line, calls, failed)
        answers.write(json.dumps(head).encode() + b"\n" + body)
        answers.flush()


def _answer(line: bytes, calls: Mapping[str, Answerer], failed: Failures) -> tuple[Head, bytes]:
    request = json.loads(line)
    try:
        made = calls[request["do"]](Path(request["path"]), **request.get("with", {}))
    except MemoryError:
        return {"error": "memory", "reason": "out of memory"}, b""
    except Exception as error:
        head = failed(error)
        if head is None:
            raise
        return head, b""
    body = (
        made if isinstance(made, bytes) else json.dumps(made, ensure_ascii=False).encode("utf-8", "replace")
    )
    return {"length": len(body)}, body
