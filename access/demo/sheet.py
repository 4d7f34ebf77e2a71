"""The spreadsheet that goes with a delivery: 46 columns with Vietnamese headings, a row per document.

Seven headings occur twice (the hồ sơ's block, then the document's), so that only the position decides; days
and months are text in one row and numbers in the next; what the contractor skipped is empty.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from openpyxl import Workbook

from access.demo.fonds import DemoDocument, DemoFile, words

FIXED_TIME = datetime(2025, 8, 1, 8, 0, 0)
Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to be: a document, its hồ sơ, its PDF. `path` is relative, with '/'; `pages` what the PDF has."""

    file: DemoFile
    file_total: int
    document: DemoDocument
    pages: int
    first_sheet: int
    path: str


def headings() -> list[str]:
    """The 46 headings of the delivery's spreadsheet, in their order."""
    return (
        resources.files("access.demo").joinpath("data/headings.txt").read_text(encoding="utf-8").splitlines()
    )


def _untidy(part: str, row: int) -> Cell:
    """A day or month as contractors type them: text with its nought in one row, a number in the next."""
    if not part:
        return None
    return part if row % 2 else int(part)


def _file_cells(entry: Entry, row: int) -> list[Cell]:
    file, fonds = entry.file, words()["fonds"]
    dates = [_untidy(part, row) for date in (file.start, file.end) for part in date.split("/")]
    return [
        row, fonds["name"], fonds["inventory"], file.box, file.notation, file.title, file.maintenance,
        file.mode, "Tiếng Việt", *dates, entry.file_total, None, None, file.keyword, int(file.papers),
        file.condition, "Số hóa", file.paper_file_code, file.description or None,
    ]  # fmt: skip


def _document_cells(entry: Entry, row: int) -> list[Cell]:
    document = entry.document
    organ = words()["organs"][document.organ]["name"]
    dates = [_untidy(part, row) for part in document.date_parts]
    return [
        document.order, document.type_name, document.number or None, document.notation or None, *dates, organ,
        document.subject, "Tiếng Việt", entry.pages, None, None, None, document.mode, "Số hóa",
        document.autograph or None, document.condition, None, entry.first_sheet, "Tài liệu hành chính",
        "\\" + entry.path.replace("/", "\\"),
    ]  # fmt: skip


def workbook(entries: Iterable[Entry]) -> bytes:
    """The .xlsx of these rows, header in row 1; the same rows give the same bytes."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Sheet1"
    sheet.append(headings())
    for row, entry in enumerate(entries, start=1):
        sheet.append(_file_cells(entry, row) + _document_cells(entry, row))
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _timeless(data: bytes) -> bytes:
    """The same workbook without the moment of its writing."""
    out, stamp = io.BytesIO(), FIXED_TIME.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            new.writestr(
                zipfile.ZipInfo(member.filename, FIXED_TIME.timetuple()[:6]), content, zipfile.ZIP_DEFLATED
            )
    return out.getvalue()
