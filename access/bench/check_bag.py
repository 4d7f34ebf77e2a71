"""`kho bench check-bag`: `kho check` of a bag, against `bagit.py --validate` on as many processes as there are cores.

Two bags: very many small files, and a few large ones. Both are whole commands, their start included, as users call them.
"""

import os
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from access.bench.timing import machine, median, seconds_of
from access.cli.common import Call
from access.program import program
from standards.errors import ToolFailed

SIZE = 50_000
_SMALL = 4096
_LARGE_FILES, _LARGE_MIB = 4, 256
_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """`ratios.many` and `ratios.large`: bagit's seconds over Kho's. `size` is the number of small files."""
    count = size or SIZE
    told: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="kho-bench-") as folder:
        for name, files, length in (("many", count, _SMALL), ("large", _LARGE_FILES, _LARGE_MIB << 20)):
            bag = Path(folder) / name
            _write(bag, files, length)
            told[name] = _turns(call, bag, rounds)
    figures = {
        "seconds": told, "large_files": _LARGE_FILES, "large_file_mib": _LARGE_MIB, "small_file_bytes": _SMALL,
        "algorithms": ["sha256", "sha512"], "bagit": metadata.version("bagit"),
        "bagit_flags": ["--validate", "--processes", str(os.cpu_count())], **machine(),
    }  # fmt: skip
    ratios = {name: round(seconds["bagit"] / seconds["kho"], 3) for name, seconds in told.items()}
    return {"size": count, "ratios": ratios, "figures": figures}


def _turns(call: Call, bag: Path, rounds: int) -> dict[str, float]:
    peer = [
        sys.executable,
        "-m",
        "bagit",
        "--quiet",
        "--validate",
        "--processes",
        str(os.cpu_count()),
        os.fspath(bag),
    ]
    ours = [*program(), "--home", os.fspath(call.settings.home), "--json", "check", os.fspath(bag)]
    for words in (peer, ours):  # warm: the caches of the disk
        _run(words)
    seconds: dict[str, list[float]] = {"bagit": [], "kho": []}
    for _round in range(rounds):
        seconds["bagit"].append(seconds_of(lambda: _run(peer)))
        seconds["kho"].append(seconds_of(lambda: _run(ours)))
    return {name: median(values) for name, values in seconds.items()}


def _run(words: list[str]) -> None:
    ended = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if ended.returncode != 0:
        raise ToolFailed(tool=words[2], reason=ended.stderr.decode("utf-8", "replace")[-300:])


def _write(bag: Path, files: int, length: int) -> None:
    """A bag of files that all differ, with both manifests of coreutils' making."""
    block = os.urandom(min(length, 1 << 20))
    for number in range(files):
        folder = bag / "data" / f"{number // 1000:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{number:07d}.bin").open("wb") as file:
            file.write(number.to_bytes(8, "big"))
            for start in range(8, length, len(block)):
                file.write(block[: length - start])
    (bag / "bagit.txt").write_text(_DECLARATION)
    for algorithm in ("sha256", "sha512"):
        script = f"find data -type f -print0 | xargs -0 {algorithm}sum > manifest-{algorithm}.txt"
        subprocess.run(["sh", "-c", script], cwd=bag, check=True)
