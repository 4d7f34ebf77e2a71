"""The receipt for the producer of a delivery: what came, what was taken in, what was not and why; in Vietnamese.

Of a sealed hồ sơ nothing is written but where its mark stands in the list.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from standards.shown import for_terminal

if TYPE_CHECKING:
    from fpdf import FPDF

_HANOI: Final = dt.timezone(dt.timedelta(hours=7))
_FONTS: Final = (
    ("/usr/share/fonts/truetype/liberation2", "LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf"),
    ("/usr/share/fonts/truetype/liberation", "LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf"),
    ("/usr/share/fonts/truetype/dejavu", "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"),
    ("/usr/share/fonts/truetype/dejavu", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
)
_STATUS: Final = {
    "stored": "Đã nhận và lưu trữ",
    "already-held": "Đã có trong kho từ trước, không nhận lại",
    "conflict": "Trùng mã nhưng khác nội dung, đang chờ người có thẩm quyền xem xét",
    "quarantined": "Chưa nhận, đang cách ly chờ bổ sung hoặc sửa",
    "refused": "Không nhận",
    "queued": "Đang chờ xử lý",
    "checked": "Đã kiểm tra, chưa nhận",
}
_FATES: Final = {
    "sheet": "Bảng kê",
    "document": "Văn bản có dòng trong bảng kê",
    "documentation": "Bìa, mục lục giữ kèm hồ sơ",
    "stored": "Đã lưu trữ",
    "already-held": "Đã có trong kho từ trước",
    "quarantined": "Đang giữ ở khu cách ly",
    "taken": "Đang xử lý",
    "refused": "Không nhận, để nguyên ở nơi giao",
    "unclaimed": "Tệp không thuộc dòng nào, không nhận",
    "sealed": "Tệp của hồ sơ niêm phong, không mở",
    "ignored": "Tệp do hệ điều hành tạo ra, bỏ qua",
}
_LEVELS: Final = {"MUST": "Phải sửa", "SHOULD": "Nên sửa", "MAY": "Lưu ý"}
_ORDER: Final = tuple(_LEVELS)
_SEALED: Final = "DLV-SEALED"
_MOST_FINDINGS: Final = 200
_MOST_FILES: Final = 2_000
_MOST_PLACES: Final = 20

Line = tuple[str, str]  # (style: title, head, name, text, item, two columns parted by a tab; what it says)
_SIGNATURES: Final[tuple[Line, ...]] = (
    ("columns", "BÊN GIAO\tBÊN NHẬN"),
    ("columns", "(ký, ghi rõ họ tên)\t(ký, ghi rõ họ tên)"),
)


def write_receipt(
    report: Mapping[str, Any],
    dest: Path,
    *,
    now: dt.datetime | None = None,
    title: str = "PHIẾU NHẬN TÀI LIỆU",
    stem: str = "phieu-nhan",
) -> tuple[Path, Path | None]:
    """Writes the receipt of a report into the folder `dest`, as (text, PDF), under `title`.

    `report` is the document of `check` and `ingest --wait`, with `files`: [{"path", "size", "fate"}] (see
    `ingest.delivery.account`) where it is a delivery. The PDF is None where the machine has no Unicode font
    (`receipt_font` tells). Raises OSError where `dest` cannot be written.
    """
    dest.mkdir(parents=True, exist_ok=True)
    lines = [("title", title), *_lines(report, now or dt.datetime.now(_HANOI))]
    stem = f"{stem}-{_batch_of(report)}"
    text = dest / f"{stem}.txt"
    text.write_text("\n".join(_as_text(lines)) + "\n", encoding="utf-8")
    font = receipt_font()
    if font is None:
        return text, None
    pdf = dest / f"{stem}.pdf"
    write_pdf(lines, font, pdf)
    return text, pdf


def _batch_of(report: Mapping[str, Any]) -> str:
    batch = "".join(c for c in str(report.get("batch") or "") if c.isascii() and (c.isalnum() or c in "-_"))
    return batch or "kiem-tra"


def receipt_font() -> tuple[Path, Path] | None:
    """The regular and bold font files for the PDF, from the system; None where it has none that fits."""
    for folder, regular, bold in _FONTS:
        pair = Path(folder) / regular, Path(folder) / bold
        if pair[0].is_file() and pair[1].is_file():
            return pair
    return None


def _lines(report: Mapping[str, Any], now: dt.datetime) -> Iterator[Line]:
    packages: list[Mapping[str, Any]] = list(report.get("packages", ()))
    yield "text", f"Đợt giao nhận: {report.get('batch') or '(kiểm tra, chưa nhận)'}"
    if report.get("source"):
        yield "text", f"Nguồn: {report['source']}"
    yield "text", f"Lập lúc: {now.astimezone(_HANOI):%H:%M ngày %d/%m/%Y} (giờ Hà Nội)"
    taken = [p for p in packages if p.get("status") in ("stored", "already-held")]
    sealed = [p for p in packages if _is_sealed(p)]
    rest = [p for p in packages if p not in taken and p not in sealed]
    parts = (
        _what_came(report, packages), _group("Chưa nhận", rest), _sealed_places(sealed), _group("Đã nhận", taken),
        _about_all(report), _files(report), 
    )  # fmt: skip
    number = 0
    for style, text in (line for part in parts for line in part):
        number += style == "head"
        yield style, f"{number}. {text}" if style == "head" else text
    yield from _SIGNATURES


def _what_came(report: Mapping[str, Any], packages: list[Mapping[str, Any]]) -> Iterator[Line]:
    files: list[Mapping[str, Any]] = list(report.get("files", ()))
    yield "head", "Tài liệu đã giao"
    yield "text", f"Hồ sơ hoặc gói: {len(packages)}"
    documents = sum(int(p.get("documents") or 0) for p in packages if not _is_sealed(p))
    pages = sum(int(p.get("pages") or 0) for p in packages if not _is_sealed(p))
    besides = " (không kể hồ sơ niêm phong)" if any(map(_is_sealed, packages)) else ""
    yield "text", f"Văn bản: {documents}; trang: {pages}{besides}"
    counts: Counter[str] = Counter()
    for f in files:  # files of a sealed hồ sơ may come as one entry without a path, with their number
        counts[f["fate"]] += int(f.get("files", 1))
    if files:
        yield "text", f"Tệp: {counts.total()}; dung lượng: {_bytes(sum(map(_size, files)))}"
    for fate, label in _FATES.items():
        if counts[fate]:
            yield "item", f"{label}: {counts[fate]} tệp"


def _size(file: Mapping[str, Any]) -> int:
    return int(file.get("size") or file.get("bytes") or 0)


def _bytes(size: int) -> str:
    whole = f"{size:,}".replace(",", ".")
    return f"{whole} byte"


def _is_sealed(package: Mapping[str, Any]) -> bool:
    return any(f.get("code") == _SEALED for f in package.get("findings", ()))


def _group(title: str, packages: list[Mapping[str, Any]]) -> Iterator[Line]:
    yield "head", f"{title}: {len(packages)} hồ sơ"
    for package in packages:
        name = package.get("key") or package.get("path") or "(không có mã)"
        status = _STATUS.get(str(package.get("status")), str(package.get("status")))
        yield (
            "name",
            f"{name} – {status}; {package.get('documents') or 0} văn bản, {package.get('pages') or 0} trang",
        )
        if package.get("aip"):
            yield "item", f"Mã gói lưu trữ: {package['aip']}"
        yield from _findings(package.get("findings", ()))


def _findings(findings: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    """What must be mended first; the same words once, with all their places."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for f in sorted(
        (f for f in findings if f.get("code") != _SEALED), key=lambda f: _ORDER.index(f["level"])
    ):
        places.setdefault((f["level"], f["code"], f["vi"]), []).append(_place(f))
    for (level, code, text), found in list(places.items())[:_MOST_FINDINGS]:
        named = [place for place in found if place]
        more = f" … và {len(named) - _MOST_PLACES} chỗ khác" if len(named) > _MOST_PLACES else ""
        where = f"{'; '.join(named[:_MOST_PLACES])}{more}: " if named else ""
        yield "item", f"{_LEVELS.get(level, level)} [{code}] {where}{text}"
    if len(places) > _MOST_FINDINGS:
        yield "item", f"… và {len(places) - _MOST_FINDINGS} điểm khác, xem báo cáo kiểm tra đầy đủ."


def _place(f: Mapping[str, Any]) -> str:
    page = f"trang {f['page']}" if f.get("page") else None
    return ", ".join(str(part) for part in (f.get("path"), f.get("cell"), page) if part)


def _sealed_places(sealed: list[Mapping[str, Any]]) -> Iterator[Line]:
    if not sealed:
        return
    yield "head", f"Niêm phong vì có dấu chỉ độ mật: {len(sealed)} hồ sơ"
    yield (
        "text",
        "Các hồ sơ sau không được xử lý. Liên hệ người phụ trách bảo vệ bí mật nhà nước để lập biên bản.",
    )
    for package in sealed:
        places = [f for f in package["findings"] if f.get("code") == _SEALED]
        cells = ", ".join(str(f["cell"]) for f in places if f.get("cell"))
        yield "item", f"Vị trí trong bảng kê: {cells}" if cells else "Dấu nằm trong tệp, không nêu vị trí"


def _about_all(report: Mapping[str, Any]) -> Iterator[Line]:
    findings = list(report.get("findings", ()))
    if findings:
        yield "head", "Lưu ý chung về đợt giao"
        yield from _findings(findings)


def _files(report: Mapping[str, Any]) -> Iterator[Line]:
    """The files that were not taken, by name; those taken are counted above and named in the report."""
    left = [f for f in report.get("files", ()) if f["fate"] == "unclaimed"]
    if not left:
        return
    yield "head", f"Tệp không nhận: {len(left)}"
    for f in left[:_MOST_FILES]:
        yield "item", f"{f['path']} ({_bytes(_size(f))})"
    if len(left) > _MOST_FILES:
        yield "item", f"… và {len(left) - _MOST_FILES} tệp khác, xem báo cáo kiểm tra đầy đủ."


def _as_text(lines: list[Line]) -> Iterator[str]:
    for style, text in lines:
        safe = for_terminal(text)
        if style == "title":
            yield from (safe, "=" * len(safe), "")
        elif style == "head":
            yield from ("", safe, "-" * len(safe))
        elif style == "columns":
            left, _, right = text.partition("\t")
            yield from (*([""] if left.isupper() else []), f"{left:<40}{right}")
        else:
            yield f"  - {safe}" if style == "item" else safe


def write_pdf(
    lines: list[Line], font: tuple[Path, Path], dest: Path, title: str = "Phiếu nhận tài liệu"
) -> None:
    """Lines as a PDF/A-2u with embedded fonts (`receipt_font`)."""
    from fpdf import FPDF  # takes more than a second to load: only what writes a receipt should wait for it
    from fpdf.enums import DocumentCompliance

    pdf = FPDF(format="A4", enforce_compliance=DocumentCompliance.PDFA_2U)
    pdf.set_title(title)
    pdf.set_lang("vi-VN")
    pdf.set_auto_page_break(True, margin=20)
    pdf.set_margins(30, 20, 15)
    pdf.add_font("Kho", "", str(font[0]))
    pdf.add_font("Kho", "B", str(font[1]))
    pdf.add_page()
    widths: dict[str, float] = {}
    for style, text in lines:
        _write_line(pdf, style, text if style == "columns" else for_terminal(text), widths)
    pdf.output(str(dest))


def _write_line(pdf: "FPDF", style: str, text: str, widths: dict[str, float]) -> None:
    from fpdf.enums import XPos, YPos

    size, weight, before = {"title": (16, "B", 0), "head": (12, "B", 3), "name": (11, "B", 1)}.get(
        style, (11, "", 0)
    )
    pdf.set_font("Kho", weight, size)
    pdf.ln(before)
    if style == "columns":
        left, _, right = text.partition("\t")
        pdf.ln(8 if left.isupper() else 0)
        pdf.cell(pdf.epw / 2, 6, left, align="C")
        pdf.cell(pdf.epw / 2, 6, right, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return
    shown = f"–  {text}" if style == "item" else text
    if style in ("item", "text") and (rows := _rows(pdf, shown, widths)):
        for row in rows:
            pdf.cell(0, size * 0.5, row, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return
    align = "C" if style == "title" else "L"
    pdf.multi_cell(0, size * 0.5, shown, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _rows(pdf: "FPDF", text: str, widths: dict[str, float]) -> list[str]:
    """A text as the rows of a page, broken between words; nothing where a word alone is wider. A list of 20,000 lines takes
    seconds by this: each word is measured once, where the library measures every beginning of every row."""
    room = pdf.epw - 2 * pdf.c_margin
    rows, used = [""], 0.0
    for word in text.split(" "):
        if word not in widths:
            widths[word] = pdf.get_string_width(word)
        width = widths[word]
        if width > room:
            return []
        blank = widths.setdefault(" ", pdf.get_string_width(" ")) if rows[-1] else 0.0
        if used + blank + width > room:
            rows, used, blank = [*rows, ""], 0.0, 0.0
        rows[-1] += (" " if blank else "") + word
        used += blank + width
    return rows
