"""Running `kho` as users do, in a process of its own, and killing it as the world does."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KHO = [sys.executable, "-m", "access.cli"]


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended: exit code, standard output and standard error as text."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one document on standard output."""
        return json.loads(self.out)


def kho(*words: str | Path, env: Mapping[str, str] | None = None, timeout: float = 240) -> Ended:
    """Run a command to its end; `env` is added to this process's environment."""
    done = subprocess.run(
        [*KHO, *map(str, words)],
        env={**os.environ, **(env or {})},
        capture_output=True,
        check=False,
        text=True,
        timeout=timeout,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def kho_here(*words: str | Path) -> Ended:
    """The same within this process: for tests that call many commands and kill none."""
    from access.cli import run

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([*map(str, words)])
    return Ended(code, out.getvalue(), err.getvalue())


def served(port: int, *words: str) -> "subprocess.Popen[bytes]":
    """The command in a session of its own, as a terminal has it, once its portal answers."""
    command = [*KHO, *words, "--port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    for _ in range(1200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
            return process
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, f"it ended with {process.returncode}"
            time.sleep(0.1)
    process.kill()
    raise AssertionError("the portal did not answer")


def normalised_dump() -> list[str]:
    """`kho store dump --normalise` of the home in the environment, as lines."""
    dumped = kho("store", "dump", "--normalise")
    assert dumped.code == 0, dumped.err
    return dumped.out.splitlines()


def killed_after(seconds: float, *words: str | Path) -> bool:
    """Start a command, kill its whole process tree after `seconds`; whether it was still running."""
    process = subprocess.Popen([*KHO, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    running = process.poll() is None
    for pid in [process.pid, *descendants(process.pid)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()
    return running


def descendants(pid: int) -> list[int]:
    """Every process below `pid`, whatever session it made for itself."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(stat[1]), []).append(int(entry.name))
    found: list[int] = []
    todo = [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found
