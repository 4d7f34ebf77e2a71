"""Builds test deliveries: a list in any form it comes in, tiny PDFs, and every fault by name.

    make_delivery(tmp_path / "giao", faults=["row-without-pdf"], form="csv", encoding="cp1258")

A `Plan` is rows by field of the mapping `tt02-46` and files by path; faults change the plan before it is written.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from ingest.delivery_columns import ColumnMapping, known_mappings

AGENCY = "H26.99.07"
FONDS = "P9907"


def tiny_pdf(pages: int = 1, text: str = "") -> bytes:
    """A small PDF of `pages` pages with an ASCII text on each."""
    out = io.BytesIO(b"")
    offsets = []
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i in range(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text} {i + 1}) Tj ET".encode("ascii", "replace")
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * i} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects += [page.encode(), b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)]
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % o for o in offsets))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


@dataclass
class Plan:
    """A delivery before it is written. `rows` are by field; `files` by path; `head` rows stand above the headings."""

    rows: list[dict[str, Any]]
    files: dict[str, bytes]
    sheet: str = "danhmuc.xlsx"
    head: list[list[Any]] = field(default_factory=list)
    extra_headings: list[str] = field(default_factory=list)
    drop_fields: set[str] = field(default_factory=set)
    merges: list[str] = field(default_factory=list)
    more_sheets: dict[str, list[list[Any]]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)


def plan(files: int = 2, documents: int = 3) -> Plan:
    """A faultless plan: `files` hồ sơ of `documents` documents, each with its folder, cover sheet and list."""
    rows: list[dict[str, Any]] = []
    pdfs: dict[str, bytes] = {}
    for f in range(1, files + 1):
        for d in range(1, documents + 1):
            rows.append(_row(f, d, documents, len(rows) + 1))
            pdfs[_pdf(f, d)] = tiny_pdf(1 + d % 3, f"ho so {f} van ban {d}")
        pdfs[f"hs{f:02}/Bia_hoso{f:02}.pdf"] = tiny_pdf(1, "bia")
        pdfs[f"hs{f:02}/MLVB_{f:02}.pdf"] = tiny_pdf(1, "muc luc")
    return Plan(rows, pdfs)


def _pdf(f: int, d: int) -> str:
    return f"hs{f:02}/001.03.08.{AGENCY}.2024.{f:02}.{d:03}.pdf"


def _row(f: int, d: int, documents: int, number: int) -> dict[str, Any]:
    return {
        "row": number, "file.x_fonds": FONDS, "file.x_inventory": "01", "file.x_box": "H001",
        "file.fileCode": f"2024.{f:02}.VP", "file.title": f"Hồ sơ số {f} của Ủy ban nhân dân xã Tân Mẫu",
        "file.maintenance": "Vĩnh viễn", "file.mode": "Công khai", "file.language": "Tiếng Việt",
        "file.startDate.day": "05", "file.startDate.month": "01", "file.startDate.year": 2024,
        "file.endDate.day": 29, "file.endDate.month": 12, "file.endDate.year": 2024,
        "file.totalDoc": documents, "file.numberOfPaper": 2 * documents, "file.format": "Bình thường",
        "file.confidenceLevel": "Số hóa", "file.paperFileCode": f"LS26.H001.{f:03}",
        "document.docOrdinal": d, "document.typeName": "Quyết định", "document.codeNumber": f"{d:02}",
        "document.codeNotation": "/ QĐ-UBND", "document.issuedDate.day": d, "document.issuedDate.month": "06",
        "document.issuedDate.year": 2024, "document.organName": "Ủy ban nhân dân xã Tân Mẫu",
        "document.subject": f"Quyết định thứ {d} về việc phân công nhiệm vụ", "document.language": "Tiếng Việt",
        "document.numberOfPage": 1 + d % 3, "document.mode": "Công khai", "document.confidenceLevel": "Số hóa",
        "document.format": "Bình thường", "document.x_sheet_number": str(d), "document.x_material": "Giấy",
        "document.path": "\\" + _pdf(f, d).replace("/", "\\"),
    }  # fmt: skip


Fault = Callable[[Plan], None]


def _set(index: int, name: str, value: Any) -> Fault:
    return lambda p: p.rows[index].__setitem__(name, value)


def _without_pdf(p: Plan) -> None:
    p.files.pop(_pdf(1, 2), None)


def _stray_pdf(p: Plan) -> None:
    p.files["hs01/thua.pdf"] = tiny_pdf(1, "thua")


def _unclaimed_pdf(p: Plan) -> None:
    p.files["khac/thua.pdf"] = tiny_pdf(1, "thua")


def _same_pdf(p: Plan) -> None:
    p.rows[1]["document.path"] = p.rows[0]["document.path"]
    p.files.pop(_pdf(1, 2), None)


def _blank_rows(p: Plan) -> None:
    p.rows.insert(2, {})
    p.rows += [{}, {}]


def _second_sheet(p: Plan) -> None:
    mapping = known_mapping("tt02-46")
    moved = [p.rows.pop()]
    p.more_sheets["Sheet2"] = [[c.heading for c in mapping.columns], *(_values(mapping, r) for r in moved)]


def _link(p: Plan) -> None:
    p.links["hs01/lien-ket.pdf"] = "/etc/passwd"


FAULTS: dict[str, Fault] = {
    "row-without-pdf": _without_pdf,
    "row-without-path": _set(1, "document.path", None),
    "pdf-without-row": _stray_pdf,
    "pdf-unclaimed": _unclaimed_pdf,
    "pdf-twice": _same_pdf,
    "order-doubled": _set(1, "document.docOrdinal", 1),
    "order-missing": _set(1, "document.docOrdinal", None),
    "order-text": _set(1, "document.docOrdinal", "hai"),
    "date-impossible": _set(1, "document.issuedDate.day", 31),
    "date-unclear": _set(1, "document.issuedDate.year", "24"),
    "date-incomplete": _set(1, "document.issuedDate.month", None),
    "date-order": _set(0, "file.startDate.year", 2025),
    "date-outside": _set(1, "document.issuedDate.year", 2019),
    "file-code-missing": _set(1, "file.fileCode", None),
    "title-missing": lambda p: [r.pop("file.title") for r in p.rows] and None,
    "subject-missing": _set(1, "document.subject", None),
    "code-unknown": _set(1, "document.typeName", "Văn tự"),
    "mode-unknown": _set(1, "document.mode", "Tùy"),
    "file-differs": _set(1, "file.title", "Tiêu đề khác"),
    "total-differs": _set(0, "file.totalDoc", 9),
    "text-long": _set(1, "document.subject", "Về việc " * 100),
    "control-chars": _set(1, "document.subject", "Quyết định\u202e về việc"),
    "page-count": _set(1, "document.numberOfPage", 9),
    "not-a-number": _set(1, "document.numberOfPage", "hai trang"),
    "path-outside": _set(1, "document.path", "..\\..\\etc\\passwd"),
    "path-case": _set(1, "document.path", _pdf(1, 2).upper()),
    "path-elsewhere": _set(1, "document.path", _pdf(1, 2).rpartition("/")[2]),
    "link": _link,
    "sealed": _set(1, "document.mode", "MẬT"),
    "blank-rows": _blank_rows,
    "second-sheet": _second_sheet,
}


def known_mapping(name: str) -> ColumnMapping:
    """A shipped mapping by name."""
    return next(m for m in known_mappings() if m.name == name)


def _values(mapping: ColumnMapping, row: dict[str, Any]) -> list[Any]:
    return [row.get(c.field) for c in mapping.columns]


def sheet_rows(p: Plan, mapping: str = "tt02-46") -> list[list[Any]]:
    """The rows of the list with its headings, as written."""
    profile = known_mapping(mapping)
    columns = [c for c in profile.columns if c.field not in p.drop_fields]
    heads = [[c.heading for c in columns] + p.extra_headings]
    if any(c.english for c in columns):
        heads.append([c.english for c in columns])
    rows = [[r.get(c.field) for c in columns] + [r.get(h) for h in p.extra_headings] for r in p.rows]
    return [*p.head, *heads, *rows]


def write_xlsx(path: Path, p: Plan, mapping: str = "tt02-46", sheet: str = "Sheet1") -> None:
    """The list as .xlsx, with merges, further and hidden worksheets of the plan."""
    book = openpyxl.Workbook()
    first = book.active
    first.title = sheet
    for row in sheet_rows(p, mapping):
        first.append(row)
    for area in p.merges:
        first.merge_cells(area)
    for name, rows in p.more_sheets.items():
        more = book.create_sheet(name)
        for row in rows:
            more.append(row)
    for name in p.hidden:
        book[name].sheet_state = "hidden"
    book.save(path)


def write_csv(
    path: Path, rows: Iterable[list[Any]], encoding: str = "utf-8-sig", delimiter: str = ","
) -> None:
    """The list as CSV. Encodings of Python, and `tcvn3`, whose bytes the caller gives as Latin-1 text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([["" if v is None else v for v in row] for row in rows])
    text = out.getvalue()
    if encoding == "cp1258":
        path.write_bytes(_cp1258(text))
    else:
        path.write_bytes(text.encode("latin-1" if encoding in ("tcvn3", "vni") else encoding))


def _cp1258(text: str) -> bytes:
    """windows-1258: the five tones as combining marks, all other diacritics in the letter."""
    out = []
    for c in unicodedata.normalize("NFC", text):
        apart = unicodedata.normalize("NFD", c)
        tone = "".join(m for m in apart[1:] if m in "\u0300\u0301\u0303\u0309\u0323")
        out.append(unicodedata.normalize("NFC", "".join(m for m in apart if m not in tone)) + tone)
    return "".join(out).encode("cp1258")


def write_plan(
    root: Path, p: Plan, *, form: str = "xlsx", mapping: str = "tt02-46", **csv_options: str
) -> Path:
    """The delivery on disk."""
    root.mkdir(parents=True, exist_ok=True)
    for name, data in p.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name, target in p.links.items():
        (root / name).symlink_to(target)
    sheet = (root / p.sheet).with_suffix(f".{form}")
    sheet.parent.mkdir(parents=True, exist_ok=True)
    if form == "xlsx":
        write_xlsx(sheet, p, mapping)
    else:
        write_csv(sheet, sheet_rows(p, mapping), **csv_options)
    return root


def make_delivery(
    root: Path,
    *,
    files: int = 2,
    documents: int = 3,
    faults: Iterable[str] = (),
    form: str = "xlsx",
    mapping: str = "tt02-46",
    **csv_options: str,
) -> Path:
    """A delivery in `root`, with the named `faults` (see FAULTS), mostly in the second row of the first hồ sơ."""
    p = plan(files, documents)
    for fault in faults:
        FAULTS[fault](p)
    return write_plan(root, p, form=form, mapping=mapping, **csv_options)
