"""A hồ sơ with a secrecy mark: nothing of it but the place of the mark leaves the reader."""

import json
import os
import unicodedata
from pathlib import Path

import pytest

from ingest.delivery import account, read_delivery
from ingest.receipt import write_receipt
from tests.make_delivery import make_delivery, plan, write_plan

SECRET = "KIMCUONG"


@pytest.mark.parametrize(
    "word",
    [
        "MẬT",
        "mật",
        "Tối Mật",
        " TUYỆT  MẬT ",
        unicodedata.normalize("NFD", "Tối mật"),
        "03",
        3,
        "mat",
        "M ẬT",
    ],
)
@pytest.mark.parametrize("column", ["document.mode", "file.mode"])
def test_any_spelling_seals_the_whole_file(tmp_path: Path, word: object, column: str) -> None:
    p = plan(2)
    p.rows[1][column] = word
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [u.sealed for u in delivery.units] == [True, False]
    assert len(delivery.units[0].sealed_cells) == 1


def test_nothing_of_it_is_told(tmp_path: Path) -> None:
    p = plan(2)
    for row in p.rows[:3]:
        for name in ("file.title", "file.fileCode", "document.subject", "document.organName", "file.x_box"):
            row[name] = SECRET
    p.rows[0]["document.issuedDate.day"] = 99
    p.rows[1]["document.mode"] = "Mật"
    p.rows[2]["document.docOrdinal"] = 1
    p.files[f"hs01/{SECRET}.pdf"] = b"%PDF-1.4"
    delivery = read_delivery(write_plan(tmp_path / "giao", p), agency="H26")
    sealed = delivery.units[0]
    assert (sealed.key, sealed.file_code, sealed.fields, sealed.rows_received) == (None, None, {}, "")
    assert [(d.fields, d.cells) for d in sealed.documents] == [({}, {})] * 3
    assert [(f.code, f.cell, f.values) for f in sealed.findings] == [("DLV-SEALED", "Sheet1!AM3", {})]
    assert len({d.file.path for d in sealed.documents if d.file}) == 3, (
        "its files are known, to be left alone"
    )
    every = [*delivery.findings, *(f for u in delivery.units for f in u.findings)]
    assert SECRET not in json.dumps([f.as_json() for f in every])
    report = {
        "batch": "1", "packages": [{"findings": [f.as_json() for f in sealed.findings], "status": "quarantined"}],
        "files": [{"path": a.path, "size": a.size, "fate": a.fate} for a in account(delivery)],
    }  # fmt: skip
    text, _ = write_receipt(report, tmp_path / "out")
    assert SECRET not in text.read_text(encoding="utf-8")
    assert "Sheet1!AM3" in text.read_text(encoding="utf-8")


def test_its_files_are_sealed_in_the_account(tmp_path: Path) -> None:
    delivery = read_delivery(make_delivery(tmp_path, faults=["sealed", "pdf-without-row"]))
    fates = {a.path: a.fate for a in account(delivery)}
    assert {fate for path, fate in fates.items() if path.startswith("hs01/")} == {"sealed"}
    assert "sealed" not in {fate for path, fate in fates.items() if path.startswith("hs02/")}


@pytest.mark.parametrize(
    "skipped",
    [
        ["file.x_inventory"],
        ["file.x_fonds"],
        ["file.fileCode", "file.title"],
        ["file.fileCode", "file.title", "file.x_box"],
    ],
)
@pytest.mark.parametrize("index", [0, 2])
def test_skipped_cells_of_the_marked_row_save_no_other_row(
    tmp_path: Path, skipped: list[str], index: int
) -> None:
    p = plan(2)
    p.rows[index]["document.mode"] = "Mật"
    if index == 0 and "file.fileCode" in skipped:
        p.rows[0], p.rows[1] = p.rows[1], p.rows[0]
        index = 1
    for name in skipped:
        del p.rows[index][name]
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [(u.sealed, len(u.documents)) for u in delivery.units] == [(True, 3), (False, 3)]


def test_a_file_under_the_key_of_a_sealed_one_waits_for_a_person(tmp_path: Path) -> None:
    p = plan(2)
    for row in p.rows[3:]:
        row |= {"file.fileCode": "2024.01.VP", "file.x_inventory": "02"}
    p.rows[0]["document.mode"] = "Mật"
    units = read_delivery(write_plan(tmp_path, p)).units
    assert [u.sealed for u in units] == [True, False]
    assert [f.code for f in units[0].findings] == ["DLV-SEALED"]
    assert "DLV-KEY-TWICE" in {f.code for f in units[1].findings}


def test_a_neighbour_that_names_a_sealed_file_is_sealed_too(tmp_path: Path) -> None:
    p = plan(2)
    p.rows[1]["document.mode"] = "Mật"
    p.rows[3]["document.path"] = p.rows[0]["document.path"]
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [u.sealed_cells for u in delivery.units] == [("Sheet1!AM3",), ("Sheet1!AT5",)]


def test_the_name_of_a_sealed_file_is_not_told_for_its_bytes(tmp_path: Path) -> None:
    root = make_delivery(tmp_path, faults=["sealed"])
    for folder in ("hs01", "hs02"):
        Path(os.fsdecode(os.fsencode(root / folder) + b"/b\xeca.pdf")).write_bytes(b"x")
    delivery = read_delivery(root)
    every = [*delivery.findings, *(f for u in delivery.units for f in u.findings)]
    assert [f.path for f in every if f.code == "DLV-NAME-BYTES"] == ["hs02/b%ECa.pdf"]


def test_a_mark_alone_in_any_column_seals(tmp_path: Path) -> None:
    p = plan(1)
    p.rows[2]["document.description"] = "TỐI MẬT"
    assert read_delivery(write_plan(tmp_path, p)).units[0].sealed_cells == ("Sheet1!AJ4",)


def test_a_mark_in_a_column_that_no_mapping_knows_seals(tmp_path: Path) -> None:
    p = plan(1)
    p.extra_headings = ["Phân loại"]
    p.rows[2]["Phân loại"] = "Mật"
    assert read_delivery(write_plan(tmp_path, p)).units[0].sealed_cells == ("Sheet1!AU4",)


def test_a_secrecy_column_of_its_own(tmp_path: Path) -> None:
    p = plan(1)
    p.extra_headings = ["Độ mật"]
    p.rows[0]["Độ mật"] = "A - tối mật"
    p.rows[1]["Độ mật"] = "Không"
    assert read_delivery(write_plan(tmp_path, p)).units[0].sealed_cells == ("Sheet1!AU2",)


@pytest.mark.parametrize(
    "title", ["Quy chế bảo vệ bí mật nhà nước", "Cấp lại mật khẩu", "Mật độ dân cư", "Nuôi ong lấy mật"]
)
def test_words_in_titles_do_not_seal(tmp_path: Path, title: str) -> None:
    p = plan(1)
    for row in p.rows:
        row |= {"file.title": title, "document.subject": title}
    assert not read_delivery(write_plan(tmp_path, p)).units[0].sealed
