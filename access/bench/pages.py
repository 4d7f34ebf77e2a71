"""`kho bench pages`: how long a reader waits for a picture of a page, for a finely drawn part, and for the places of words.

Scans of the demo, drawn in the limited child as the portal does, none of them from memory.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from access.bench.timing import machine
from access.cli.common import Call
from access.demo.fonds import demo_documents
from access.demo.letter import leaves
from access.demo.pdfa import Provenance, write_pdfa
from access.demo.scan import scan
from access.portal_doors import Render

SIZE: Final = 40
DOCUMENTS: Final = (("04", 1), ("04", 4), ("05", 1), ("09", 3))


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """Figures in milliseconds; there is no peer."""
    count = size or SIZE
    with tempfile.TemporaryDirectory(prefix="kho-bench-", dir="/tmp") as folder:
        pdfs = [_written(Path(folder), file, order) for file, order in DOCUMENTS]
        render = Render()
        try:
            render(pdfs[0], page=1, width=100)  # the child has started
            kinds: dict[str, Callable[[Path], object]] = {
                "page_900": lambda pdf: render(pdf, page=1, width=900),
                "page_200": lambda pdf: render(pdf, page=1, width=200),
                "part_of_3600": lambda pdf: render.tile(pdf, page=1, width=3600, left=600, top=600, side=600),
                "words": lambda pdf: render.words(pdf, page=1),
            }
            figures = {name: _timed(draw, pdfs, count * rounds) for name, draw in kinds.items()}
        finally:
            render.close()
        sizes = [pdf.stat().st_size for pdf in pdfs]
    return {"size": count, "ratios": {}, "figures": {**figures, "pdf_bytes": sizes, **machine()}}


def _timed(draw: Callable[[Path], object], pdfs: list[Path], count: int) -> dict[str, float]:
    times = []
    for number in range(count):
        began = time.perf_counter()
        draw(pdfs[number % len(pdfs)])
        times.append(1000 * (time.perf_counter() - began))
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[18], 1),
    }


def _written(folder: Path, file: str, order: int) -> Path:
    document = demo_documents(file)[order - 1]
    rng = random.Random(order)  # noqa: S311 - a look, not a secret
    path = folder / f"{file}.{order}.pdf"
    pages = [scan(leaf, rng) for leaf in leaves(document)]
    path.write_bytes(write_pdfa(pages, Provenance(document.subject, "2025-08-01T08:00:00+07:00")))
    return path
