"""`kho bench ingest`: a delivery of two-layer PDFs to stored, indexed AIPs, against the floor.

The floor is what nobody can go below while every PDF is judged: veraPDF's own batch over the same files (the best of
one process and one a core, with Java's options as shipped and with Kho's), a copy, and both digests. The delivery is taken in anew each round, under another
body's code, by the very command that users call, with the services already up.
"""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from access.bench.timing import machine, median, seconds_of, shares, together
from access.cli.common import Call
from access.demo.many import write_many
from access.program import program
from access.searching import open_solr
from standards.errors import ToolFailed
from standards.verapdf import COMPILED, JVM_FLAGS, jvm_flags

SIZE = 215


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """Floor and Kho turn by turn; `ratios.floor` is Kho's time over the floor's."""
    count = size or SIZE
    with tempfile.TemporaryDirectory(prefix="kho-bench-") as folder:
        delivery = Path(folder) / "delivery"
        write_many(delivery, count)
        opened = call.open(writing=True)
        open_solr(opened.home, call.settings)
        body = f"H{secrets.randbelow(10**9):09d}"  # of this run alone: what is held would cost nothing
        _kho(call, delivery, f"{body}.0")  # warm: the caches of the disk, the classes of Solr
        floors, ours = [], []
        for number in range(1, rounds + 1):
            floors.append(_floor(call, delivery, Path(folder) / "copy"))
            ours.append(_kho(call, delivery, f"{body}.{number}"))
    floor = median([sum(f.values()) for f in floors])
    kho = median(ours)
    parts = {name: median([f[name] for f in floors]) for name in floors[0]}
    figures = {"kho_seconds": kho, "floor_seconds": floor, "floor": parts, "documents_per_second": round(count / kho, 2),
               "java_flags": ["as shipped", [*JVM_FLAGS, f"C2 for {', '.join(COMPILED)} alone"]], **machine()}  # fmt: skip
    return {"size": count, "ratios": {"floor": round(kho / floor, 3)}, "figures": figures}


def _floor(call: Call, delivery: Path, copy: Path) -> dict[str, float]:
    pdfs = sorted(delivery.rglob("*.pdf"))
    jar = next((call.settings.lib / "verapdf").glob("*.jar"))
    cores = os.cpu_count() or 1
    ours = tuple(jvm_flags(copy.with_name("compiler.json")))
    verapdf = min(together(_verapdf(jar, pdfs, n, flags)) for n in sorted({1, cores}) for flags in ((), ours))
    shutil.rmtree(copy, ignore_errors=True)
    copying = seconds_of(lambda: shutil.copytree(delivery, copy))
    digests = {
        name: together([["openssl", "dgst", f"-{name}", *share] for share in shares(pdfs, cores)])
        for name in ("sha512", "sha256")
    }
    return {"verapdf": verapdf, "cp": copying, **digests}


def _verapdf(jar: Path, pdfs: list[Path], processes: int, flags: tuple[str, ...]) -> list[list[str]]:
    return [
        ["java", *flags, "-jar", os.fspath(jar), "--format", "json", *share]
        for share in shares(pdfs, processes)
    ]


def _kho(call: Call, delivery: Path, agency: str) -> float:
    words = [*program(), "--home", os.fspath(call.settings.home), "--json", "ingest", os.fspath(delivery)]

    def work() -> None:
        ended = subprocess.run([*words, "--agency", agency, "--wait"], stdout=subprocess.PIPE, check=False)
        told.append(ended)

    told: list[subprocess.CompletedProcess[bytes]] = []
    seconds = seconds_of(work)
    _all_stored(told[0])
    return seconds


def _all_stored(ended: "subprocess.CompletedProcess[bytes]") -> None:
    """Only a run that stored everything counts: what is held or refused takes no time."""
    statuses = {p["status"] for p in json.loads(ended.stdout).get("packages", ())}
    if ended.returncode != 0 or statuses != {"stored"}:
        raise ToolFailed(tool="kho ingest", reason=f"{ended.returncode} {sorted(statuses)}")
