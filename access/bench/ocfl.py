"""`kho bench ocfl`: `kho verify` of a storage root, against the validators of others, each as users call them."""

import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from access.bench import stored
from access.bench.timing import machine, median, processor_seconds, seconds_of
from access.cli.common import Call
from access.program import program
from repository.store_fs import FileStore
from standards.errors import ToolFailed

SIZE: Final = 400
_FILES: Final = 25
_LENGTH: Final = 64 << 10
_HOW: Final = {
    "rocfl": "cargo install rocfl --no-default-features, and rocfl in PATH",
    "ocfl-py": "pip install ocfl-py",
}


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """`ratios.rocfl` and `ratios.ocfl-py`: their seconds over Kho's. `size` is the number of objects, of 25 files of 64 KiB."""
    count = size or SIZE
    with tempfile.TemporaryDirectory(prefix="kho-bench-", dir="/tmp") as folder:
        store = FileStore(Path(folder) / "store")
        store.create()
        stored.fill(store, Path(folder), count, _FILES, _LENGTH)
        root = os.fspath(store.root)
        rocfl = _rocfl(call)
        commands = {"kho": [*program(), "--json", "verify", root], **_peers(root, rocfl)}
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        used: dict[str, list[float]] = {name: [] for name in commands}
        for _round in range(rounds + 1):
            for name, words in commands.items():
                before = processor_seconds()
                seconds[name].append(seconds_of(partial(_run, name, words)))
                used[name].append(processor_seconds() - before)
    # The first round reads the store into memory, for all of them alike, and is not counted.
    told = {name: median(values[1:]) for name, values in seconds.items()}
    missing = {name: how for name, how in _HOW.items() if name not in told}
    figures = {
        "seconds": told, "processor_seconds": {name: median(values[1:]) for name, values in used.items()}, "files_an_object": _FILES, "file_bytes": _LENGTH, "missing": missing,
        "versions": {"ocfl-py": metadata.version("ocfl-py"), "rocfl": _version(rocfl)}, **machine(),
    }  # fmt: skip
    ratios = {name: round(value / told["kho"], 3) for name, value in told.items() if name != "kho"}
    return {"size": count, "ratios": ratios, "figures": figures}


def _rocfl(call: Call) -> str | None:
    """rocfl as `make test-all` builds it, or the machine's own."""
    return shutil.which("rocfl", path=os.fspath(call.settings.lib / "rocfl" / "bin")) or shutil.which("rocfl")


def _peers(root: str, rocfl: str | None) -> dict[str, list[str]]:
    """The commands of the validators that are there."""
    found = {"rocfl": [rocfl, "-r", root, "validate"]} if rocfl else {}
    script = Path(sys.executable).with_name("ocfl-root.py")
    if script.is_file():
        options = ["validate", "--root", root, "--validate-objects", "--check-digests"]
        found["ocfl-py"] = [sys.executable, os.fspath(script), *options]
    return found


def _version(rocfl: str | None) -> str | None:
    if rocfl is None:
        return None
    return subprocess.run([rocfl, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def _run(name: str, words: list[str]) -> None:
    """A root that is good must be called good, or the time says nothing. Raises ToolFailed."""
    ended = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if ended.returncode != 0:
        raise ToolFailed(tool=name, reason=ended.stderr.decode("utf-8", "replace")[-300:])
