"""Writes the demo's delivery as digitisation contractors hand one over: a spreadsheet and a tree of PDFs."""

import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from access.demo.covers import cover_leaf, list_leaf
from access.demo.fonds import DemoDocument, DemoFile, demo_documents, demo_files
from access.demo.letter import Leaf, leaves
from access.demo.pdfa import Provenance, write_pdfa
from access.demo.scan import ScannedPage, scan
from access.demo.sheet import Entry, workbook

SHEET_NAME = "Danh muc ho so, van ban.xlsx"
SCANNED = "2025-08-01T08:00:00+07:00"
DRAWING_DPI, LETTER_DPI = 300, 200
Progress = Callable[[int, int], None]


def folder_of(file: DemoFile) -> str:
    """Where the PDFs of a hồ sơ lie in the delivery, '/' between parts."""
    return f"UBND xã Tân Mẫu/{file.box}/Hoso{file.number}"


def file_name(file: DemoFile, document: DemoDocument) -> str:
    """The name of a document's PDF: fonds, inventory and box numbers, file code, order of the document."""
    return f"001.01.{int(file.box[1:]):02d}.{file.code}.{document.order:03d}.pdf"


def _age(year: str) -> float:
    """How yellow paper of a year is: 1 for 1998, 0 for 2025."""
    return max(0.0, min(1.0, (2025 - int(year)) / 27))


def _scan_all(sheets: list[Leaf], key: str, year: str) -> list[ScannedPage]:
    rng = random.Random(key)  # noqa: S311 - a look, not a secret
    return [
        scan(leaf, rng, dpi=DRAWING_DPI if leaf.marks.sketch else LETTER_DPI, age=_age(year))
        for leaf in sheets
    ]


def _write(path: Path, pages: list[ScannedPage], title: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_pdfa(pages, Provenance(title, SCANNED)))


def _write_documents(dest: Path, file: DemoFile, seed: int) -> Iterator[Entry]:
    documents, sheet = demo_documents(file.number), 1
    for document in documents:
        path = f"{folder_of(file)}/{file_name(file, document)}"
        key = f"{seed}/{file.number}/{document.order}"
        pages = _scan_all(leaves(document), key, document.date_parts[2])
        _write(dest / path, pages, document.subject)
        yield Entry(file, len(documents), document, len(pages), sheet, path)
        sheet += len(pages)


def _write_without_row(dest: Path, file: DemoFile, seed: int) -> None:
    """The cover sheet and the list of documents, which no row names."""
    folder, year = dest / folder_of(file), file.end[-4:]
    cover = _scan_all([cover_leaf(file)], f"{seed}/{file.number}/cover", year)
    _write(folder / f"Bia_hoso{file.number}.pdf", cover, f"Bìa hồ sơ số {file.number}")
    contents = _scan_all([list_leaf(file, demo_documents(file.number))], f"{seed}/{file.number}/list", year)
    _write(folder / f"MLVB_{file.number}.pdf", contents, f"Mục lục văn bản hồ sơ số {file.number}")


def _write_file_unit(dest: Path, file: DemoFile, seed: int) -> list[Entry]:
    _write_without_row(dest, file, seed)
    return list(_write_documents(dest, file, seed))


def write_delivery(
    dest: Path, *, files: int | None = None, seed: int = 0, progress: Progress | None = None
) -> Path:
    """Writes the delivery of the fictional fonds into the folder `dest` (made if missing) and returns it.

    `files` takes the first hồ sơ only; the same `seed` gives the same bytes. `progress` is told
    (hồ sơ done, all). Raises NoVietnameseFont.
    """
    chosen = demo_files()[:files]
    entries: list[Entry] = []
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        written = pool.map(_write_file_unit, repeat(dest), chosen, repeat(seed))
        for number, of_file in enumerate(written, start=1):
            entries += of_file
            if progress:
                progress(number, len(chosen))
    (dest / SHEET_NAME).write_bytes(workbook(entries))
    return dest
