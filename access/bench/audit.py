"""`kho bench audit`: the audit of a store, against the limits of the hash (`openssl`), the disk (a cold `cat`) and `sha512sum`.

A scratch home with a catalogue of its own. The audit reads past the machine's memory, so its limit is the lower of the two.
"""

import resource
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from access.bench import stored
from access.bench.timing import machine, median, processor_seconds, seconds_of, shares, together
from access.cli.common import Call
from fixity.schedule import Promise
from preservation.audit import Limits, Scope, audit
from repository.copy_check import Depth
from repository.opening import Opened, open_catalogue
from repository.services import overview

SIZE: Final = 480
_FILES: Final = 8  # in each object
_LENGTH: Final = 4 << 20


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """`ratios.limit` and `ratios.sha512sum`: the audit's bytes a second over theirs. `size` is the number of files."""
    count = size or SIZE
    with tempfile.TemporaryDirectory(prefix="kho-bench-", dir="/tmp") as folder:
        home = Path(folder) / "home"
        opened = open_catalogue(replace(call.settings, home=home, database_url=None, database_owner_url=None))
        try:
            ids = stored.fill(opened.store, Path(folder), -(-count // _FILES), _FILES, _LENGTH)
            with opened.connect() as connection:
                stored.record(connection, opened.store, ids)
            told, used, growth = _turns(opened, rounds)
        finally:
            overview.stop(opened.home)
    size_in_bytes = len(ids) * _FILES * _LENGTH
    speed = {name: round(size_in_bytes / seconds / 1e6) for name, seconds in told.items()}
    limit = min(speed["openssl"], speed["cat-cold"])
    figures = {
        "megabytes_per_second": speed, "seconds": told, "processor_seconds": used, "file_bytes": _LENGTH, "files_an_object": _FILES, "memory_growth_mb": growth,
        "openssl": _version(["openssl", "version"]), "flags": ["dgst -sha256, one process a core", "sha512sum, one process a core"],
        **machine(),
    }  # fmt: skip
    ratios = {"limit": round(speed["quick"] / limit, 3), "sha512sum": round(speed["quick"] / speed["sha512sum"], 3),
              "deep_limit": round(speed["deep"] / limit, 3)}  # fmt: skip
    return {"size": len(ids) * _FILES, "ratios": ratios, "figures": figures}


def _turns(opened: Opened, rounds: int) -> tuple[dict[str, float], dict[str, float], int]:
    """The medians of each, turn by turn, by the clock and in processor time; and by how many MB the peak of memory grew
    over all rounds but the first."""
    files = stored.content(opened.store)
    cores = int(str(machine()["cores"]))
    parts = shares(files, cores)
    work: dict[str, Callable[[], float]] = {
        "openssl": lambda: together([["openssl", "dgst", "-sha256", *part] for part in parts]),
        "sha512sum": lambda: together([["sha512sum", *part] for part in parts]),
        "cat-cold": lambda: _cold_cat(files, parts),
        "quick": lambda: _audit(opened, "quick"), "deep": lambda: _audit(opened, "deep"),
    }  # fmt: skip
    seconds: dict[str, list[float]] = {name: [] for name in work}
    used: dict[str, list[float]] = {name: [] for name in work}
    peaks = []
    for _round in range(rounds + 1):
        for name, measured in work.items():
            before = processor_seconds()
            seconds[name].append(measured())
            used[name].append(processor_seconds() - before)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    # The first round fills the caches of everything but the audit's, and is not counted.
    told, spent = ({name: median(values[1:]) for name, values in each.items()} for each in (seconds, used))
    return told, spent, peaks[-1] - peaks[0]


def _cold_cat(files: list[Path], parts: Sequence[Sequence[str]]) -> float:
    stored.forget_cached(files)
    return together([["cat", *part] for part in parts])


def _audit(opened: Opened, depth: Depth) -> float:
    with opened.connect() as connection:
        return seconds_of(
            lambda: audit(
                connection, {"primary": lambda: opened.store}, Scope(depth=depth), Limits(), Promise()
            )
        )


def _version(words: list[str]) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
