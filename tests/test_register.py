"""Arrangement: paper registers out of spreadsheets, acts on many entries, each undone as long as nothing came after it."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.register_forms import as_xlsx
from access.registering import NoRegister, read_register
from preservation.arrangement.reading import natural
from repository.home import Home
from tests.make_delivery import plan, write_plan
from tests.running import kho_here as kho

AGENCY, FONDS = "H26.99.07", "P9907"
WHERE = ("--agency", AGENCY, "--fonds", FONDS)
HEADINGS = ["Hộp/cặp số", "Hồ sơ số", "Tiêu đề hồ sơ", "Ngày tháng bắt đầu và kết thúc", "Số tờ", "Thời hạn bảo quản",
            "Số, ký hiệu", "Trích yếu nội dung", "Độ mật"]  # fmt: skip
ROWS = [
    ["H1", "1", "Kỷ niệm thành lập xã", "1998 - 1999", 45, "Vĩnh viễn", "12/QĐ-UB", "Lập ban tổ chức", ""],
    ["", "", "", "", "", "", "13/KH-UB", "Kế hoạch", ""],
    ["H1", "2", "Công văn năm 2001", "2001", 30, "10 năm", "", "", ""],
    ["H1", "2b", "Chuyện kín", "2001", 3, "10 năm", "1/M", "Nội dung kín", "Mật"],
    ["", "", "", "", "", "", "2/M", "Cũng kín", ""],
    ["H2", "10", "Khiếu nại thôn 2", "2010 – 2011", 12, "15 năm", "", "", ""],
    ["H2", "9", "Đường thôn 3", "2008-2009", 80, "Vĩnh viễn", "", "", ""],
    ["H2", "11", "Họp kín", "2012", 8, "5 năm", "1/BC", "Báo cáo", ""],
    ["", "", "", "", "", "", "2/BC", "Báo cáo về việc kín", "Tối mật"],
    ["", "", "", "", "", "", "3/BC", "Vẫn của hồ sơ kín", ""],
]  # fmt: skip


def spreadsheet(path: Path, rows: list[list[Any]], headings: list[str] = HEADINGS) -> Path:
    book = openpyxl.Workbook()
    for row in (["MỤC LỤC HỒ SƠ"], [], headings, list(range(1, len(headings) + 1)), *rows):
        book.active.append(row)
    book.save(path)
    return path


def files(*where: str) -> list[dict[str, Any]]:
    return kho("register", "list", *WHERE, *(w for each in where for w in ("--where", each)), "--json").json[
        "files"
    ]


def done(*words: str | Path, by: str = "Lê C") -> dict[str, Any]:
    ended = kho("register", *words, "--by", by, "--json")
    assert ended.code == 0, ended.out
    return ended.json


def test_a_register_is_read_and_nothing_of_a_secret_row_is_kept(tmp_path: Path):
    found = read_register(spreadsheet(tmp_path / "so.xlsx", ROWS))
    assert [(f["number"], len(d)) for f, d in found.files] == [("1", 2), ("2", 0), ("10", 0), ("9", 0)]
    assert (found.files[0][0]["start"], found.files[0][0]["end"]) == ("1998", "1999")
    assert "kín" not in json.dumps([found.files, found.sealed, found.empty], ensure_ascii=False)
    assert len(found.sealed) >= 4
    with pytest.raises(NoRegister):
        read_register(spreadsheet(tmp_path / "khac.xlsx", [], ["Tên", "Tuổi"]))


def test_acts_change_many_entries_and_are_undone_in_turn(kho_home: Home, tmp_path: Path):
    write_plan(tmp_path / "giao", plan(2, 2))
    assert kho("ingest", tmp_path / "giao", "--agency", AGENCY, "--wait").code == 0
    held = kho("aip", "list").out
    taken = kho(
        "register", "import", spreadsheet(tmp_path / "so.xlsx", ROWS), *WHERE, "--by", "Lê C", "--json"
    )
    assert (taken.code, taken.json["files"], taken.json["documents"]) == (3, 4, 2)
    done("sync", *WHERE)
    assert kho("register", "sync", *WHERE, "--by", "x", "--json").json["error"]["code"] == "nothing-arranged"
    begin = files()
    assert len(begin) == 6 and [e["number"] for e in begin if e["kept"] == "paper"] == ["1", "2", "9", "10"]

    bulk = done("set", *WHERE, "--where", "box=H2", "inventory=02", "box=H7")
    assert bulk["changed"] == 2 and [e["number"] for e in files("inventory=02", "box=H7")] == ["9", "10"]
    renumbered = done("renumber", *WHERE, "--where", "inventory=02")
    assert [(e["number"], e["title"]) for e in files("inventory=02")] == [
        ("1", "Đường thôn 3"),
        ("2", "Khiếu nại thôn 2"),
    ]
    assert kho("register", "undo", bulk["id"], "--by", "x", "--json").json["error"]["code"] == "cannot-undo"
    done("undo", renumbered["id"])
    done("undo", bulk["id"])
    assert files() == begin
    assert kho("register", "undo", bulk["id"], "--by", "x").code == 3  # once

    one, two = (next(e for e in begin if e["number"] == n and e["kept"] == "paper")["id"] for n in ("1", "2"))
    below = kho("register", "show", one, "--json").json["documents"]
    split = done("split", one, "--document", below[1]["id"], "--title", "Kế hoạch riêng", "--number", "1b")
    assert [e["title"] for e in files("number=1b")] == ["Kế hoạch riêng"]
    merged = done("merge", two, "--into", one)
    assert [e["sheets"] for e in files("number=1")] == ["75"] and files("number=2") == []
    done("undo", merged["id"])
    done("undo", split["id"])
    assert files() == begin

    digital = next(e for e in begin if e["kept"] == "digital")
    done("set", digital["id"], "title=Tiêu đề mới trong mục lục")
    assert kho("aip", "list").out == held  # nothing preserved changed
    history = kho("register", "history", digital["id"], "--json").json["history"]
    assert [h["what"] for h in history] == ["sync", "set"]

    done("exclude", two, "--why", "duplicate", "--reason", "trùng hồ sơ 1")
    done("lend", one, "--to", "Nguyễn M", "--until", "2026-01-01")
    assert kho("register", "lend", one, "--to", "B", "--until", "2026-01-01", "--by", "x").code == 2
    due = kho("register", "due", *WHERE, "--on", "2012-01-01", "--json").json
    assert ([e["number"] for e in due["due"]], due["late_loans"]) == (["2"], [])
    assert kho("register", "due", *WHERE, "--on", "2027-01-01", "--json").json["late_loans"][0]["id"] == one
    done("return", one)

    for name in ("ml.pdf", "ml.xlsx"):
        assert (
            kho("register", "inventory", tmp_path / name, *WHERE, "--json").json["rows"] == 5
        )  # without the excluded
    assert kho("register", "inventory", tmp_path / "mlvb.xlsx", "--file", one).code == 0
    assert kho("check", tmp_path / "ml.pdf", "--json").json["packages"][0]["verdict"] == "valid"
    sheet = openpyxl.load_workbook(tmp_path / "ml.xlsx").active
    assert [c.value for c in sheet[4]][:3] == ["Hộp/cặp số", "Hồ sơ số", "Tiêu đề hồ sơ"]
    assert "Tiêu đề mới trong mục lục" in [row[2].value for row in sheet.iter_rows(min_row=5)]

    dumped = kho("store", "dump").out
    assert kho("store", "rebuild", "--replace").code == 0
    assert kho("store", "dump").out == dumped


def test_paper_is_handed_over_with_the_rest(kho_home: Home, tmp_path: Path):
    for code, name in ((AGENCY, "UBND xã Tân Mẫu"), ("LS26", "Lưu trữ lịch sử")):
        assert kho("agency", "set", code, "--name", name).code == 0
    kho("register", "import", spreadsheet(tmp_path / "so.xlsx", ROWS), *WHERE, "--by", "Lê C")
    nine = files("number=9")[0]["id"]
    done("lend", nine, "--to", "Nguyễn M", "--until", "2030-01-01")
    plan_ = (
        "handover",
        "plan",
        "--kind",
        "historical",
        "--from",
        AGENCY,
        "--to",
        "LS26",
        "--basis",
        "QĐ 7",
        "--by",
        "Lê C",
    )
    assert kho(*plan_).code == 3  # nothing digital
    listed = kho(*plan_, "--paper", "--json").json
    assert (listed["packages"], sorted(e["why"] for e in listed["left_out"])) == (
        1,
        ["lent", "not-permanent", "not-permanent"],
    )
    assert kho(*plan_, "--paper").code == 3  # on a list already
    assert kho("handover", "export", listed["id"], tmp_path / "ra").code == 0
    assert "Kỷ niệm thành lập xã" in (tmp_path / "ra" / "danh-muc.csv").read_text("utf-8-sig")
    ended = kho(
        "handover",
        "settle",
        listed["id"],
        "--number",
        "3/BN",
        "--received-by",
        "Trần N",
        "--by",
        "Lê C",
        "--json",
    )
    assert ended.json["counts"] == {"accepted": 1}
    one = files("number=1")[0]
    assert one["custodian"] == "LS26"
    history = kho("register", "history", one["id"], "--json").json["history"]
    assert [h["what"] for h in history] == ["import", "handover"]
    assert kho("register", "set", one["id"], "custodian=H26", "--by", "x").code == 2
    assert kho("handover", "minutes", listed["id"], tmp_path / "bb").code == 0
    done("return", nine)
    again = kho(*plan_, "--paper", "--json").json
    assert again["packages"] == 1  # the one that was lent; what went is not the sender's any more
    dumped = kho("store", "dump").out
    assert kho("store", "rebuild", "--replace").code == 0
    assert kho("store", "dump").out == dumped


def test_a_spreadsheet_computes_nothing():
    made = as_xlsx("Mục lục", [], ["Tiêu đề hồ sơ"], [["=1+1"], ["@SUM(A1)"]])
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert [c.value for c in openpyxl.load_workbook(io.BytesIO(made)).active["A"]][2:] == ["=1+1", "@SUM(A1)"]


@given(st.lists(st.text(max_size=8), max_size=8))
def test_any_numbers_can_be_ordered(numbers: list[str]):
    assert [natural(n) for n in sorted(numbers, key=natural)] == sorted(natural(n) for n in numbers)
    assert natural("2") < natural("10") and natural("H2") < natural("H10")
