"""The report on the programme that the standing body sends up, as PDF/A and as a spreadsheet."""

from collections.abc import Sequence
from typing import Final

from access.register_forms import as_pdf, as_xlsx
from preservation.programme.progress import Line, Report

_TITLE: Final = "BÁO CÁO TIẾN ĐỘ SỐ HÓA HỒ SƠ, TÀI LIỆU"
_BY: Final = {"body": "Cơ quan, đơn vị", "block": "Khối", "level": "Cấp", "superior": "Cơ quan cấp trên",
              "phase": "Giai đoạn", "week": "Tuần (từ thứ hai)"}  # fmt: skip
HEADINGS: Final = ("Chỉ tiêu (hồ sơ)", "Đã lưu trữ", "Tỷ lệ (%)", "Văn bản", "Trang", "Đang kiểm tra", "Chờ xử lý",
                   "Bị từ chối", "Chậm", "Hạn")  # fmt: skip


def table(report: Report) -> tuple[list[str], list[list[str]]]:
    """Headings and rows; the last row is the sum."""
    total = report.total
    total.name = "Tổng cộng"
    return [_BY[report.by], *HEADINGS], [_row(line) for line in (*report.lines, total)]


def _row(line: Line) -> list[str]:
    share = "—" if line.share is None else f"{line.share:.1f}".replace(".", ",")
    due = f"{line.due:%d/%m/%Y}" if line.due else "—"
    return [line.name, *(_number(n) for n in (line.target, line.files)), share, _number(line.documents),
            _number(line.pages), *(_number(n) for n in (line.checking, line.waiting, line.refused, line.late)), due]  # fmt: skip


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _lines(report: Report, plan: str, extra: Sequence[str]) -> list[str]:
    return [f"Thực hiện {plan}. Tính đến hết ngày {report.on:%d/%m/%Y}.", *extra]


def write(report: Report, plan: str, kind: str, extra: Sequence[str] = ()) -> bytes:
    """The report as "pdf" or "xlsx"."""
    make = as_pdf if kind == "pdf" else as_xlsx
    return make(_TITLE, _lines(report, plan, extra), *table(report))
