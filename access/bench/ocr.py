"""`kho bench ocr`: pages without text to two-layer PDF/A, against Tesseract on the same pictures and ocrmypdf as shipped.

All three have one process a core, the same one-page scans (`access/samples`, layouts to measure), Vietnamese. Tesseract
writes hOCR and no PDF; Kho's time has the proofs in it, veraPDF's is told beside it.
"""

import hashlib
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from access.bench.timing import machine, median, seconds_of, shares, together
from access.cli.common import Call
from access.samples import pdf_of, sample
from preservation.ocr import Recogniser
from standards import tools
from standards.errors import ToolFailed
from standards.verapdf import VERSION, VeraPdf

SIZE = 20
DPI = 300


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """Turn by turn; `ratios` are Kho's pages a minute over theirs."""
    count, cores = size or SIZE, os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="kho-bench-") as folder, _Children(cores) as children:
        root = Path(folder)
        pdfs = _pages(root, count)
        peers, missing = _peers(root, pdfs, cores)
        _kho(pdfs, root, children)  # warm: the language is loaded
        times: dict[str, list[float]] = {name: [] for name in ("kho", *peers)}
        for _round in range(rounds):
            for name, work in peers.items():
                times[name].append(work())
            times["kho"].append(seconds_of(lambda: _kho(pdfs, root, children)))
        judged = _judged(call, sorted(root.glob("*-ocr.pdf")), cores)
    medians = {name: median(each) for name, each in times.items()}
    figures = {
        "pages_per_minute": {name: round(count * 60 / seconds, 1) for name, seconds in medians.items()},
        "seconds": medians, "verapdf_seconds": judged, "dpi": DPI, "missing": missing,
        "versions": {"verapdf": VERSION, "tesserocr": metadata.version("tesserocr"), "ocrmypdf": metadata.version("ocrmypdf")},
        **machine(),
    }  # fmt: skip
    ratios = {name: round(medians[name] / medians["kho"], 3) for name in peers}
    return {"size": count, "ratios": ratios, "figures": figures}


class _Children:
    """A recogniser for each core, lent to whoever works."""

    def __init__(self, cores: int) -> None:
        self._all = [Recogniser() for _core in range(cores)]
        self._idle: SimpleQueue[Recogniser] = SimpleQueue()
        self.count = cores

    def __enter__(self) -> "_Children":
        for child in self._all:
            self._idle.put(child)
        return self

    def __exit__(self, *_ended: object) -> None:
        for child in self._all:
            child.close()

    def lend(self, work: Callable[[Recogniser], None]) -> None:
        child = self._idle.get()
        try:
            work(child)
        finally:
            self._idle.put(child)


def _pages(root: Path, count: int) -> list[Path]:
    """One-page scans as PDFs, and their pictures beside them."""
    made = []
    for number in range(count):
        of = sample(number, use="measure", condition="typical", dpi=DPI)
        path = root / f"{number:04d}.pdf"
        path.write_bytes(pdf_of(replace(of, pages=of.pages[:1])))
        path.with_suffix(".jpg").write_bytes(of.pages[0].jpeg)
        made.append(path)
    return made


def _kho(pdfs: Sequence[Path], root: Path, children: "_Children") -> None:
    def read(path: Path) -> None:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()

        def work(child: Recogniser) -> None:
            out = root / f"{path.stem}-ocr"
            read = child.recognise(path, digest, out, pages=[0], languages=["vie"], title=path.name)
            if read.state != "made":
                raise ToolFailed(tool="kho", reason=f"{path.name}: {read.state} {read.reason}")

        children.lend(work)

    with ThreadPoolExecutor(children.count) as pool:
        list(pool.map(read, pdfs))


def _peers(root: Path, pdfs: Sequence[Path], cores: int) -> tuple[dict[str, Callable[[], float]], list[str]]:
    peers: dict[str, Callable[[], float]] = {}
    missing = []
    if shutil.which("tesseract"):
        peers["tesseract"] = lambda: together(_tesseract(root, pdfs, cores))
    else:
        missing.append("tesseract (apt-get install tesseract-ocr)")
    peers["ocrmypdf"] = lambda: _lanes(root, pdfs, cores)
    return peers, missing


def _tesseract(root: Path, pdfs: Sequence[Path], cores: int) -> list[list[str]]:
    commands = []
    for lane, share in enumerate(shares([pdf.with_suffix(".jpg") for pdf in pdfs], cores)):
        listed = root / f"lane{lane}.txt"
        listed.write_text("\n".join(share) + "\n", encoding="utf-8")
        commands.append(
            [
                "env",
                "OMP_THREAD_LIMIT=1",
                "tesseract",
                str(listed),
                str(root / f"lane{lane}"),
                "-l",
                "vie",
                "hocr",
            ]
        )
    return commands


def _lanes(root: Path, pdfs: Sequence[Path], cores: int) -> float:
    """ocrmypdf on each file, one process a core."""
    program = Path(sys.executable).with_name("ocrmypdf")
    failed: list[str] = []

    def lane(share: Sequence[str]) -> None:
        for path in share:
            out = root / f"{Path(path).stem}-peer.pdf"
            ended = tools.run([program, "-l", "vie", "-q", path, out], limits=tools.Limits(seconds=600))
            if ended.code not in (0, 10):
                failed.append(ended.err.decode("utf-8", "replace")[-200:])

    def work() -> None:
        running = [threading.Thread(target=lane, args=(share,)) for share in shares(pdfs, cores)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()

    seconds = seconds_of(work)
    if failed:
        raise ToolFailed(tool="ocrmypdf", reason=failed[0])
    return seconds


def _judged(call: Call, made: Sequence[Path], cores: int) -> float:
    """Seconds that veraPDF takes for what was made, warm; every one must pass."""
    with VeraPdf(call.settings.lib / "verapdf", processes=cores) as verapdf:
        verapdf.warm()
        list(map(verapdf.judge, made[:cores]))

        def work() -> None:
            for future in [verapdf.submit(path) for path in made]:
                if future.result().outcome != "passed":
                    raise ToolFailed(tool="veraPDF", reason="not PDF/A-2u")

        return median([seconds_of(work)])
