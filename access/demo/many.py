"""A bigger delivery for measurements: thousands of small scans made fast, each with a page of its own.

The bodies of the pages are drawn once and used again; number, date and subject on the first page are the
document's own.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from access.demo.delivery import LETTER_DPI, SCANNED, SHEET_NAME
from access.demo.fonds import DemoDocument, DemoFile, demo_documents, demo_files
from access.demo.layout import Run
from access.demo.letter import Leaf, Marks, leaves
from access.demo.pdfa import Provenance, write_pdfa
from access.demo.scan import ScannedPage, develop, expose, write
from access.demo.sheet import Entry, workbook

DOCUMENTS_PER_FILE = 20
MODELS = (("04", 1), ("04", 2), ("08", 2), ("09", 1), ("06", 1), ("05", 1))  # documents whose bodies are used
HEAD_END = 250.0  # points from the top: what stands above is the document's own


@dataclass(frozen=True, slots=True)
class _Body:
    """The reusable part of a document: the first page without its head, and the finished pages after it."""

    model: DemoDocument
    first: Image.Image
    runs: tuple[Run, ...]
    rest: tuple[ScannedPage, ...]


def _body(file: str, order: int, pages: int) -> _Body:
    rng = random.Random(f"many/{file}/{order}")  # noqa: S311 - a look, not a secret
    model = replace(demo_documents(file)[order - 1], pages=pages)
    first, *rest = leaves(model)
    runs = tuple(run for run in first.runs if run.y > HEAD_END)
    exposed = expose(Leaf(runs, Marks(stamp=first.marks.stamp)), rng, dpi=LETTER_DPI, age=0.3, skew=0.0)
    finished = tuple(
        develop(expose(leaf, rng, dpi=LETTER_DPI, age=0.3, skew=0.0), leaf.runs, dpi=LETTER_DPI, skew=0.0)
        for leaf in rest
    )
    return _Body(model, exposed, runs, finished)


def _first_page(body: _Body, document: DemoDocument) -> ScannedPage:
    head = tuple(run for run in leaves(replace(document, pages=1))[0].runs if run.y <= HEAD_END)
    page = body.first.copy()
    write(page, head, LETTER_DPI)
    return develop(page, head + body.runs, dpi=LETTER_DPI, skew=0.0)


def _document(body: _Body, index: int) -> DemoDocument:
    """The `index`-th document (from 0): a number, a date and a subject that no other has."""
    order = index % DOCUMENTS_PER_FILE + 1
    date = f"{index % 28 + 1:02d}/{index // 28 % 12 + 1:02d}/{2000 + index % 24}"
    subject = f"{body.model.subject} (việc số {index + 1})"
    return replace(
        body.model, order=order, number=str(index + 1), notation="QĐ-UBND", date=date, subject=subject
    )


def _file(number: int) -> DemoFile:
    return replace(
        demo_files()[3], number=f"{number:03d}", box=f"H{number // 8 + 1:03d}", notation=f"{number:03d}.ĐL",
        title=f"Tập lưu văn bản dùng để đo lường, số {number}", start="01/01/2000", end="28/12/2023",
        keyword="", paper_file_code=f"LS26.K9-G01-{number:03d}", papers=str(DOCUMENTS_PER_FILE),
    )  # fmt: skip


def _entries(dest: Path, documents: int, pages: int) -> Iterator[Entry]:
    bodies = [_body(file, order, pages) for file, order in MODELS]
    for index in range(documents):
        file = _file(index // DOCUMENTS_PER_FILE + 1)
        total = min(DOCUMENTS_PER_FILE, documents - index // DOCUMENTS_PER_FILE * DOCUMENTS_PER_FILE)
        body = bodies[index % len(bodies)]
        document = _document(body, index)
        scanned = [_first_page(body, document), *body.rest]
        path = f"Do luong/Hoso{file.number}/{file.code}.{document.order:03d}.pdf"
        target = dest / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(write_pdfa(scanned, Provenance(document.subject, SCANNED)))
        yield Entry(file, total, document, len(scanned), document.order, path)


def write_many(dest: Path, documents: int, pages: int = 2) -> Path:
    """Writes a delivery of `documents` two-layer PDFs of about `pages` pages into `dest` and returns it.

    Twenty documents make a hồ sơ; all are public; the same arguments give the same bytes.
    """
    dest.mkdir(parents=True, exist_ok=True)
    (dest / SHEET_NAME).write_bytes(workbook(_entries(dest, documents, pages)))
    return dest
