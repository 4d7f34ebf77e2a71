"""Clocks and commands for measurements."""

import os
import platform
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def seconds_of(work: Callable[[], object]) -> float:
    """How long a call takes, in seconds of the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def processor_seconds() -> float:
    """What this process and its ended children have used of the processors; it says the same on a busy machine."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def together(commands: Sequence[Sequence[str]]) -> float:
    """Run commands side by side; seconds until the last ends. Their exit codes are answers, not errors."""

    def work() -> None:
        running = [
            subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for c in commands
        ]
        for process in running:
            process.wait()

    return seconds_of(work)


def median(values: Sequence[float]) -> float:
    """The median, to the millisecond."""
    return round(statistics.median(values), 3)


def machine() -> dict[str, object]:
    """What was measured on."""
    return {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def shares(files: Sequence[Path], count: int) -> list[list[str]]:
    """The files dealt out to `count` processes."""
    return [[os.fspath(f) for f in files[at::count]] for at in range(count)]
