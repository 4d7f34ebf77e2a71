"""Rows of a list that describe nothing are told and left out; whatever may be a document, or a secret, stays."""

from pathlib import Path

import openpyxl
import pytest

from ingest.delivery import read_delivery
from repository.packages import Delivery
from tests.make_delivery import make_delivery

FIRST, SUBJECT, TYPE = 1, 33, 26


def delivered(folder: Path, rows: list[dict[int, object]], *, between: bool = False) -> Delivery:
    """A list of two hồ sơ of two documents, with rows added below it, or between the hồ sơ."""
    make_delivery(folder, files=2, documents=2)
    sheet = folder / "danhmuc.xlsx"
    book = openpyxl.load_workbook(sheet)
    page = book.active
    assert (
        page.cell(1, SUBJECT).value == "Trích yếu nội dung" and page.cell(1, TYPE).value == "Tên loại văn bản"
    )
    for number, cells in enumerate(rows):
        at = 4 + number if between else page.max_row + 1 + number
        if between:
            page.insert_rows(at)
        for column, value in cells.items():
            page.cell(at, column).value = value
    book.save(sheet)
    return read_delivery(folder)


def told(delivery: Delivery) -> list[str]:
    return [f.code for f in delivery.findings]


@pytest.mark.parametrize(
    "rows",
    [
        [{1: "Tổng cộng: 4 văn bản"}],
        [{1: "Người lập biểu: Nguyễn Văn A"}],
        [{6: "NGƯỜI LẬP", 33: "THỦ TRƯỞNG CƠ QUAN"}, {6: "Nguyễn Văn A", 33: "Trần Thị B"}],
        [{2: "Lập biểu", 26: "Kiểm tra", 40: "Thủ trưởng"}],
    ],
)
def test_what_stands_below_a_list_is_no_document(tmp_path: Path, rows: list[dict[int, object]]) -> None:
    delivery = delivered(tmp_path, rows)
    assert [len(u.documents) for u in delivery.units] == [2, 2]
    assert told(delivery) == ["DLV-ROW-NOTE"] * len(rows)
    assert delivery.findings[0].cell is not None
    assert not any(f.level == "MUST" for u in delivery.units for f in u.findings)


def test_a_heading_between_the_rows_is_no_document(tmp_path: Path) -> None:
    delivery = delivered(tmp_path, [{1: "II. HỒ SƠ NĂM 2025"}], between=True)
    assert [len(u.documents) for u in delivery.units] == [2, 2]
    assert [(f.code, f.cell) for f in delivery.findings] == [("DLV-ROW-NOTE", "Sheet1!A4")]


@pytest.mark.parametrize(
    ("rows", "between"),
    [
        ([{SUBJECT: "Về việc giao đất"}], True),
        ([{SUBJECT: "Về việc giao đất", TYPE: "Quyết định"}], False),
        ([{SUBJECT: "Về việc giao đất", 25: 3}], False),
        ([{1: 5}], False),
        ([{1: "5"}], False),
    ],
)
def test_what_may_be_a_document_breaks_a_must(
    tmp_path: Path, rows: list[dict[int, object]], between: bool
) -> None:
    delivery = delivered(tmp_path, rows, between=between)
    assert "DLV-ROW-NOTE" not in told(delivery)
    assert any(f.level == "MUST" for u in delivery.units for f in u.findings)


def test_a_secrecy_mark_below_a_list_seals_the_rows_above_it(tmp_path: Path) -> None:
    delivery = delivered(tmp_path, [{1: "MẬT"}])
    assert [u.sealed for u in delivery.units] == [False, True]
    assert "DLV-ROW-NOTE" not in told(delivery)
