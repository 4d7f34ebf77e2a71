"""`kho bench big-package`: one package of very many small files, against one of a tenth as many.

Time a file and memory must not grow with the number of files: METS, PREMIS and inventories are streams. Each size is
built, checked and stored in a process of its own, whose peak memory the kernel tells.
"""

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from access.bench.timing import machine, median
from access.cli.common import Call
from repository.aip import build_aip
from repository.packages import (
    Agent,
    AipContent,
    AipDocument,
    AipId,
    ContentFile,
    Event,
    FileFacts,
    Retention,
)
from repository.store import Author
from repository.store_fs import FileStore
from standards.eark_rules import check_package
from standards.package_tree import ManifestTree

SIZE = 100_000
_TIME = "2026-01-01T08:00:00.000+07:00"


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """`ratios.time` is seconds a file at `size` over those at a tenth; `figures.memory_growth_mb` the peak's growth."""
    large = size or SIZE
    small = max(large // 10, 1)
    told: dict[int, list[dict[str, float]]] = {small: [], large: []}
    for _round in range(rounds):
        for count in (small, large):
            told[count].append(_child(count))
    each = {n: median([t["seconds"] for t in told[n]]) / n for n in told}
    peak = {n: median([t["peak_mb"] for t in told[n]]) for n in told}
    figures = {
        "milliseconds_a_file": {str(n): round(each[n] * 1000, 3) for n in told},
        "peak_mb": {str(n): peak[n] for n in told},
        "memory_growth_mb": round(peak[large] - peak[small], 1),
        **machine(),
    }
    return {"size": large, "ratios": {"time": round(each[large] / each[small], 3)}, "figures": figures}


def _child(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="kho-bench-") as folder:
        words = [sys.executable, "-m", "access.bench.big_package", str(count), folder]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
        answer: dict[str, float] = json.loads(done.stdout)
        return answer


@dataclass(frozen=True, slots=True)
class SmallFiles:
    """The documents of the package, made anew each time they are gone through."""

    folder: Path
    count: int

    def write(self) -> None:
        """Put the bytes on the disk."""
        for number in range(self.count):
            if number % 1000 == 0:
                (self.folder / f"{number // 1000:04d}").mkdir(parents=True)
            self._path(number).write_bytes(_text(number))

    def _path(self, number: int) -> Path:
        return self.folder / f"{number // 1000:04d}" / f"{number:07d}.txt"

    def __iter__(self) -> Iterator[AipDocument]:
        for number in range(self.count):
            data = _text(number)
            facts = FileFacts(
                size=len(data), sha256=hashlib.sha256(data).hexdigest(), sha512=hashlib.sha512(data).hexdigest(),
                puid="x-fmt/111", mime="text/plain", format_name="Plain Text File", signature_version="bench",
            )  # fmt: skip
            file = ContentFile(f"{number:07d}.txt", f"{number:07d}.txt", self._path(number), facts)
            yield AipDocument(number + 1, _fields(number), file)


def _text(number: int) -> bytes:
    return f"Văn bản số {number}\n".encode() * 8


def _fields(number: int) -> dict[str, str]:
    return {"docOrdinal": str(number + 1), "typeName": "32", "subject": f"Văn bản số {number}", "language": "01",
            "issuedDate": "2025-06-05", "organName": "Cơ quan mẫu", "numberOfPage": "1", "mode": "01"}  # fmt: skip


def content_of(files: SmallFiles) -> AipContent:
    """The package of these documents; a new id each time."""
    event = Event(f"urn:uuid:{uuid.uuid4()}", "information package creation", _TIME, "success",
                  agents=(("kho", "executing program"),))  # fmt: skip
    return AipContent(
        id=AipId(f"urn:uuid:{uuid.uuid4()}"), key="H99/bench", agency="H99", agency_name="Cơ quan mẫu", fonds="P1",
        fonds_name="Phông mẫu", documents=files, documentation=(), submission=(), events=(event,),
        agents=(Agent("kho", "Kho", "software", "bench"),), retention=Retention("01", "Vĩnh viễn", None, True, "mẫu"),
        mode="01", created=_TIME, label="Hồ sơ mẫu",
        fields={"fileCode": "bench", "title": "Hồ sơ mẫu", "maintenance": "01", "mode": "01", "language": "01",
                "startDate": "2025-01-01", "endDate": "2025-12-31", "totalDoc": str(files.count)},
    )  # fmt: skip


def main(count: int, folder: Path) -> None:
    """Build, check and store one package; prints seconds and peak memory as JSON."""
    files = SmallFiles(folder / "in", count)
    files.write()
    store = FileStore(folder / "store")
    store.create()
    began = time.perf_counter()
    content = content_of(files)
    (folder / "work").mkdir()
    built = build_aip(content, folder / "work", profile="eark")
    broken = [
        f
        for f in check_package(ManifestTree(folder / "work" / "manifest.jsonl"), "eark")
        if f.level == "MUST"
    ]
    store.put_new(content.id, built.files(), message="bench", user=Author("Kho", "urn:kho:software"),
                  created=_TIME, move=True)  # fmt: skip
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_mb": round(peak, 1), "broken": len(broken)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
