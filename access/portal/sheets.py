"""Results as a spreadsheet: what the reader may see and nothing else, in cells that no program runs.

A cell that begins like a formula is a way to run something on the machine of whoever opens the file: in CSV such a cell
gets an apostrophe in front, in XLSX every cell is written as text.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from access.portal.addresses import address_of
from access.portal.texts import Texts
from access.search import Hit
from standards.codes import word_of
from standards.dates import for_people
from standards.shown import for_csv

MOST: Final = 1000  # hits in one sheet
_COLUMNS: Final = (
    "kind", "title", "number", "date", "type", "organ", "agency", "fonds", "file", "page", "snippet", "address", "id",
)  # fmt: skip
Row = tuple[str, ...]


def rows(hits: Sequence[Hit], texts: Texts, site: str) -> Iterator[Row]:
    """The heading, then a row for each hit."""
    yield tuple(texts(f"sheet.{name}") for name in _COLUMNS)
    for hit in hits:
        path = "hoso" if hit.kind == "file" else "vanban"
        yield (
            texts(f"kinds.{hit.kind}"), hit.title, hit.cited_as, _date(hit.issued), word_of("typeName", hit.type, texts.lang) or "",
            hit.organ, hit.agency_name, hit.fonds_name, hit.file_title, str(hit.page or ""), hit.snippet,
            f"{site}/{path}/{address_of(hit.id)}", hit.id,
        )  # fmt: skip


def as_csv(table: Iterator[Row]) -> bytes:
    """RFC 4180 in UTF-8 with a mark that spreadsheet programs know it by."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([for_csv(cell) for cell in row] for row in table)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(table: Iterator[Row]) -> bytes:
    """A workbook of one sheet, every cell a text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kho")
    for number, row in enumerate(table):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet)
            cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", text)[:32_000]
            cell.data_type = "s"
            cell.font = Font(bold=number == 0)
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _date(issued: str | None) -> str:
    first, _slash, last = (issued or "").partition("/")
    return " - ".join(dict.fromkeys(for_people(part) for part in (first, last) if part))
