"""Inventories as people use them: mục lục hồ sơ and mục lục văn bản, as PDF/A and as a spreadsheet."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from access.dossiers import NoFont
from ingest.receipt import receipt_font
from preservation.arrangement.reading import Entry
from standards.dates import for_people
from standards.shown import for_terminal

_FILES: Final = (  # heading, width, fields
    ("Hộp/cặp số", 16, ("box",)), ("Hồ sơ số", 26, ("number",)), ("Tiêu đề hồ sơ", 110, ("title",)),
    ("Ngày tháng bắt đầu – kết thúc", 36, ("start", "end")), ("Số tờ", 14, ("sheets",)), ("Thời hạn", 22, ("term",)),
    ("Ghi chú", 33, ("note",)),
)  # fmt: skip
_DOCUMENTS: Final = (
    ("STT", 12, ("order",)), ("Số, ký hiệu", 32, ("number",)), ("Ngày tháng", 24, ("date",)),
    ("Tên loại và trích yếu nội dung", 104, ("title",)), ("Tác giả", 45, ("organ",)), ("Tờ số", 14, ("sheet",)),
    ("Ghi chú", 26, ("note",)),
)  # fmt: skip
_NAMES: Final = ("Cơ quan, đơn vị", "Cơ quan cấp trên")
_DATES: Final = ("start", "end", "date")
_EDTF: Final = re.compile(r"\d{4}(?:-\d\d){0,2}")


def inventory_table(files: Sequence[Entry]) -> tuple[list[str], list[list[str]]]:
    """The inventory of hồ sơ: headings and rows."""
    return [c[0] for c in _FILES], [_row(e, _FILES) for e in files]


def documents_table(documents: Sequence[Entry]) -> tuple[list[str], list[list[str]]]:
    """The list of a hồ sơ's documents: headings and rows."""
    return [c[0] for c in _DOCUMENTS], [_row(e, _DOCUMENTS) for e in documents]


def _row(entry: Entry, columns: Sequence[tuple[str, int, Sequence[str]]]) -> list[str]:
    return [
        " – ".join(dict.fromkeys(p for p in (_value(entry, n) for n in names) if p))
        for _h, _w, names in columns
    ]


def _value(entry: Entry, name: str) -> str:
    return for_people(entry[name]) if name in _DATES and _EDTF.fullmatch(entry[name]) else entry[name]


def as_pdf(title: str, lines: Sequence[str], headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A table as PDF/A-2u, A4 across, its headings on every page. Raises NoFont."""
    from fpdf import FPDF
    from fpdf.enums import DocumentCompliance
    from fpdf.fonts import FontFace

    font = receipt_font()
    if font is None:
        raise NoFont()
    pdf = FPDF(orientation="L", format="A4", enforce_compliance=DocumentCompliance.PDFA_2U)
    pdf.set_title(title)
    pdf.set_lang("vi-VN")
    pdf.set_margins(20, 15, 15)
    pdf.set_auto_page_break(True, margin=15)
    pdf.add_font("Kho", "", str(font[0]))
    pdf.add_font("Kho", "B", str(font[1]))
    pdf.add_page()
    pdf.set_font("Kho", "B", 14)
    pdf.multi_cell(0, 8, for_terminal(title), align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Kho", "", 10)
    for line in lines:
        pdf.multi_cell(0, 5, for_terminal(line), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)
    widths = _widths(headings)
    with pdf.table(
        col_widths=widths, line_height=5, text_align="LEFT", headings_style=FontFace(emphasis="BOLD")
    ) as table:
        for each in (headings, *rows):
            table.row([for_terminal(cell) for cell in each])
    return bytes(pdf.output())


def _widths(headings: Sequence[str]) -> tuple[int, ...]:
    known: Mapping[str, int] = {c[0]: c[1] for c in (*_FILES, *_DOCUMENTS)}
    return tuple(known.get(h, 75 if h in _NAMES else 30) for h in headings)


def as_xlsx(
    title: str, lines: Sequence[str], headings: Sequence[str], rows: Sequence[Sequence[str]]
) -> bytes:
    """The same as a spreadsheet; every cell is text, so that nothing is computed from what somebody wrote."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31].replace("/", "-"))
    for n, heading in enumerate(headings):
        sheet.column_dimensions[chr(ord("A") + n)].width = max(10, _widths([heading])[0] // 2)

    def cells(values: Sequence[str], bold: bool = False) -> list[Any]:
        made = []
        for value in values:
            cell = WriteOnlyCell(sheet, for_terminal(value))
            cell.data_type = "s"
            cell.font, cell.alignment = Font(bold=bold), Alignment(wrap_text=True, vertical="top")
            made.append(cell)
        return made

    sheet.append(cells([title], bold=True))
    for line in lines:
        sheet.append(cells([line]))
    sheet.append(cells(headings, bold=True))
    for row in rows:
        sheet.append(cells(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
