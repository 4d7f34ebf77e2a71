"""Lists in every form that they come in: encodings, separators, worksheets, formulas, dates, other columns."""

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest

from ingest.delivery import read_delivery
from ingest.delivery_columns import MappingBroken, best_fit, mappings_for
from ingest.delivery_csv import decode
from ingest.delivery_tables import read_tables
from ingest.sheet import SheetRefused, cell_name
from repository.packages import Delivery
from standards.findings import Level
from standards.vietnamese import TCVN3, VNI
from tests.make_delivery import (
    known_mapping,
    make_delivery,
    plan,
    sheet_rows,
    tiny_pdf,
    write_csv,
    write_plan,
)

TITLE = "Hồ sơ số 1 của Ủy ban nhân dân xã Tân Mẫu"
_TCVN3 = dict(zip(
    "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ",
    "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ¡¢£¤¥¦§", strict=True,
))  # fmt: skip


def as_tcvn3(value: object) -> object:
    """Text as an old TCVN3 list has it, read as Latin-1; capitals that TCVN3 lacks stay small."""
    if not isinstance(value, str):
        return value
    return "".join(_TCVN3.get(c) or _TCVN3.get(c.lower(), c) for c in value)


def codes(delivery: Delivery) -> set[str]:
    return {f.code for f in [*delivery.findings, *(f for u in delivery.units for f in u.findings)]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_unicode(tmp_path: Path, encoding: str, delimiter: str) -> None:
    make_delivery(tmp_path, form="csv", encoding=encoding, delimiter=delimiter)
    sheet = tmp_path / "danhmuc.csv"
    if encoding in ("utf-16-le", "utf-16-be"):
        mark = b"\xff\xfe" if encoding == "utf-16-le" else b"\xfe\xff"
        sheet.write_bytes(mark + sheet.read_bytes())
    delivery = read_delivery(tmp_path)
    assert codes(delivery) == (set() if encoding.startswith("utf-8") else {"DLV-ENCODING-CONVERTED"})
    assert delivery.units[0].fields["title"] == TITLE
    assert delivery.units[0].documents[0].cells["path"] == "danhmuc.csv!AT2"


def test_csv_in_windows_1258_is_converted_with_a_finding(tmp_path: Path) -> None:
    delivery = read_delivery(make_delivery(tmp_path, form="csv", encoding="cp1258"))
    assert codes(delivery) == {"DLV-ENCODING-CONVERTED"}
    assert delivery.findings[0].values["encoding"] == "windows-1258"
    assert delivery.units[0].fields["title"] == TITLE


def test_csv_in_tcvn3_is_converted_with_a_finding(tmp_path: Path) -> None:
    p = plan()
    write_plan(tmp_path, p)
    (tmp_path / "danhmuc.xlsx").unlink()
    write_csv(tmp_path / "danhmuc.csv", [[as_tcvn3(v) for v in row] for row in sheet_rows(p)], "tcvn3")
    delivery = read_delivery(tmp_path)
    assert codes(delivery) == {"DLV-ENCODING-CONVERTED"}
    assert delivery.findings[0].values["encoding"] == TCVN3
    assert delivery.units[0].fields["title"].casefold() == TITLE.casefold()
    assert delivery.units[0].fields["maintenance"] == "01"


def test_vni_bytes_are_told(tmp_path: Path) -> None:
    text = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp"
    assert decode(text.encode("latin-1")) == ("Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập", VNI)


def test_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    make_delivery(tmp_path, form="csv")
    (tmp_path / "danhmuc.csv").write_bytes(
        "Номер,Название дела,Опись,Фонд\n1,Документы,2,3\n".encode("cp1251") * 20
    )
    delivery = read_delivery(tmp_path)
    assert codes(delivery) == {"DLV-ENCODING-REFUSED"}
    assert "cp1251" in delivery.findings[0].text("vi").replace("windows_1251", "cp1251")
    assert delivery.units == ()


def test_unicode_list_with_cells_in_tcvn3(tmp_path: Path) -> None:
    p = plan(1)
    p.rows[1]["document.subject"] = "Céng hßa x· héi chñ nghÜa ViÖt Nam"
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [(f.code, f.cell, f.values["count"]) for f in delivery.findings] == [
        ("DLV-CELLS-CONVERTED", "Sheet1!AG3", "1")
    ]
    fields = delivery.units[0].documents[1].fields
    assert fields["subject"] == "Cộng hòa xã hội chủ nghĩa Việt Nam"
    assert fields["x_raw_subject"] == "Céng hßa x· héi chñ nghÜa ViÖt Nam"


def test_a_secret_word_in_tcvn3_seals_too(tmp_path: Path) -> None:
    p = plan(1)
    p.rows[1]["document.mode"] = "MËt"
    assert read_delivery(write_plan(tmp_path, p)).units[0].sealed


def test_titles_above_the_headings(tmp_path: Path) -> None:
    p = plan(1)
    p.head = [["DANH MỤC HỒ SƠ, TÀI LIỆU"], [None, "Phông Ủy ban nhân dân xã Tân Mẫu"], []]
    delivery = read_delivery(write_plan(tmp_path, p))
    assert codes(delivery) == set()
    assert delivery.units[0].documents[0].row == 5


@pytest.mark.parametrize("form", ["{}", "({})"])
def test_a_row_of_column_numbers_below_the_headings_is_none_of_data(tmp_path: Path, form: str) -> None:
    p = plan(1)
    rows = sheet_rows(p)
    rows.insert(1, [form.format(n) for n in range(1, 47)])
    write_plan(tmp_path, p, form="csv")
    write_csv(tmp_path / "danhmuc.csv", rows)
    (unit,) = read_delivery(tmp_path).units
    assert [d.row for d in unit.documents] == [3, 4, 5]
    assert unit.findings == ()


def test_a_workbook_locked_with_a_password_is_refused_by_that_name(tmp_path: Path) -> None:
    p = plan(1)
    write_plan(tmp_path, p)
    ole = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(900)
    (tmp_path / "danhmuc.xlsx").write_bytes(ole)
    delivery = read_delivery(tmp_path)
    assert [f.code for f in delivery.findings] == ["DLV-SHEET-LOCKED"]
    assert delivery.units == ()


def test_a_list_without_readable_headings_is_not_called_missing(tmp_path: Path) -> None:
    write_plan(tmp_path, plan(1))
    (tmp_path / "danhmuc.xlsx").unlink()
    (tmp_path / "danhmuc.csv").write_text("S?, Ph?ng, M?c l?c\n1,2,3\n")
    assert [f.code for f in read_delivery(tmp_path).findings] == ["DLV-NO-COLUMNS"]


def test_extra_and_missing_columns(tmp_path: Path) -> None:
    p = plan(1)
    p.extra_headings = ["Người nhập liệu"]
    p.drop_fields = {"document.autograph"}
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [(f.code, f.level) for f in delivery.findings] == [
        ("DLV-COLUMN-MISSING", Level.SHOULD),
        ("DLV-COLUMN-EXTRA", Level.MAY),
    ]
    assert delivery.units[0].documents[0].fields["format"] == "02", (
        "columns behind the missing one keep their place"
    )


def test_without_the_path_column_nothing_can_be_read(tmp_path: Path) -> None:
    p = plan(1)
    p.drop_fields = {"document.path"}
    delivery = read_delivery(write_plan(tmp_path, p))
    assert delivery.units == ()
    assert "DLV-COLUMN-KEY-MISSING" in codes(delivery)


def test_hidden_worksheets_are_not_read(tmp_path: Path) -> None:
    p = plan(1)
    p.more_sheets["Nháp"] = sheet_rows(plan(2))
    p.more_sheets["Hướng dẫn"] = [["Cách nhập liệu"]]
    p.hidden = {"Nháp"}
    delivery = read_delivery(write_plan(tmp_path, p))
    assert len(delivery.units) == 1
    assert codes(delivery) == {"DLV-SHEET-HIDDEN", "DLV-SHEET-SKIPPED"}


def test_several_spreadsheets_are_one_delivery(tmp_path: Path) -> None:
    p = plan(2)
    second = plan(2)
    second.rows, p.rows = p.rows[3:], p.rows[:3]
    write_plan(tmp_path, p)
    second.sheet, second.files = "hs2.xlsx", {}
    write_plan(tmp_path, second)
    delivery = read_delivery(tmp_path)
    assert [f.path for f in delivery.sheets] == ["danhmuc.xlsx", "hs2.xlsx"]
    assert [u.findings[0].path if u.findings else None for u in delivery.units] == [None, None]
    assert len(delivery.units) == 2


def test_dates_and_numbers_as_the_spreadsheet_holds_them(tmp_path: Path) -> None:
    p = plan(1)
    p.rows[0] |= {"document.issuedDate.day": dt.datetime(2024, 6, 5), "document.issuedDate.month": None}
    p.rows[0] |= {"document.issuedDate.year": None, "document.docOrdinal": 1.0, "document.numberOfPage": "2"}
    p.rows[1] |= {"document.issuedDate.day": dt.datetime(1900, 1, 5), "document.issuedDate.year": "2024"}
    p.rows[2] |= {"document.issuedDate.day": "07/06/2024", "document.codeNumber": dt.datetime(2024, 5, 6)}
    unit = read_delivery(write_plan(tmp_path, p)).units[0]
    assert [d.fields["issuedDate"] for d in unit.documents] == ["2024-06-05", "2024-06-05", "2024-06-07"]
    assert [d.order for d in unit.documents] == [1, 2, 3]
    assert [(f.code, f.cell) for f in unit.findings] == [("DLV-DATE-CELL", "Sheet1!AA4")]


def test_a_formula_without_result_is_told(tmp_path: Path) -> None:
    p = plan(1)
    p.rows[1]["document.subject"] = '="Quyết định"&" số 2"'
    p.rows[2]["document.subject"] = "#REF!"
    unit = read_delivery(write_plan(tmp_path, p)).units[0]
    assert [(f.code, f.cell) for f in unit.findings] == [
        ("DLV-FORMULA", "Sheet1!AG3"),
        ("DLV-FORMULA", "Sheet1!AG4"),
    ]


def test_a_formula_with_its_result_is_read(tmp_path: Path) -> None:
    root = make_delivery(tmp_path, files=1)
    _edit_sheet(root / "danhmuc.xlsx", b'<c r="AI2" t="n"><v>2</v></c>', b'<c r="AI2"><f>1+1</f><v>2</v></c>')
    unit = read_delivery(root).units[0]
    assert unit.documents[0].fields["numberOfPage"] == "2"
    assert unit.findings == ()


def _edit_sheet(path: Path, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {i.filename: archive.read(i) for i in archive.infolist()}
    assert old in parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    root = make_delivery(tmp_path, files=1)
    dtd = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet '
    _edit_sheet(root / "danhmuc.xlsx", b"<worksheet ", dtd)
    assert codes(read_delivery(root)) == {"DLV-SHEET-UNREADABLE"}


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    root = make_delivery(tmp_path, files=1)
    with zipfile.ZipFile(root / "danhmuc.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/x.bin", b"\0" * (300 * 1024 * 1024))
    assert codes(read_delivery(root)) == {"DLV-SHEET-TOO-LARGE"}


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"x" * 100, b"\xd0\xcf\x11\xe0", b"hello", b"\x00" * 50]
)
def test_broken_lists_are_findings(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.pdf").write_bytes(tiny_pdf())
    for name in ("a.xlsx", "b.csv"):
        (tmp_path / name).write_bytes(data)
    delivery = read_delivery(tmp_path)
    assert delivery.units == ()
    assert Level.MUST in {f.level for f in delivery.findings}


def test_headings_in_another_order_and_wording(tmp_path: Path) -> None:
    p = plan(1)
    rows = sheet_rows(p)
    at = rows[0].index("Đường dẫn file")
    for row in rows:
        row.insert(24, row.pop(at))
    rows[0] = [h.upper().replace("( NẾU CÓ )", "") if h else h for h in rows[0]]
    write_plan(tmp_path, p)
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "danhmuc.xlsx")
    assert codes(read_delivery(tmp_path)) == set()


def test_party_lists_have_english_names_in_row_2(tmp_path: Path) -> None:
    p = plan(1)
    for row in p.rows:
        row |= {
            "file.startDate": "05/01/2024",
            "file.endDate": "29/12/2024",
            "document.issuedDate": "02/06/2024",
        }
    delivery = read_delivery(write_plan(tmp_path, p, mapping="hd40-49"))
    assert delivery.mapping == "hd40-49"
    assert codes(delivery) == {"DLV-MAPPING-UNCONFIRMED"}
    assert delivery.units[0].documents[0].row == 3
    assert delivery.units[0].fields["startDate"] == "2024-01-05"


def test_mappings_have_as_many_columns_as_their_name_says() -> None:
    assert len(known_mapping("tt02-46").columns) == 46
    assert len(known_mapping("hd40-49").columns) == 49


def test_a_mapping_may_be_a_file_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "own"\ntitle = "x"\nconfirmed = true\ncolumns = [\n'
        '  { field = "file.fileCode", heading = "HS" },\n  { field = "document.docOrdinal", heading = "N" },\n'
        '  { field = "document.path", heading = "Tep" },\n]\n',
        encoding="utf-8",
    )
    root = tmp_path / "giao"
    root.mkdir()
    (root / "a.pdf").write_bytes(tiny_pdf())
    write_csv(root / "ds.csv", [["HS", "N", "Tep"], ["7", "1", "a.pdf"]])
    delivery = read_delivery(root, mapping=str(own), agency="H26")
    assert [(u.key, u.documents[0].file.path) for u in delivery.units if u.documents[0].file] == [
        ("H26/7", "a.pdf")
    ]
    own.write_text("name = ", encoding="utf-8")
    with pytest.raises(MappingBroken):
        read_delivery(root, mapping=str(own))


def test_cells_have_the_names_that_the_sheet_shows() -> None:
    assert [cell_name("S", i, 7) for i in (0, 25, 26, 45, 701, 702)] == [
        "S!A7",
        "S!Z7",
        "S!AA7",
        "S!AT7",
        "S!ZZ7",
        "S!AAA7",
    ]


def test_an_unknown_table_fits_nothing(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv", [["a", "b"], ["1", "2"]])
    assert best_fit(read_tables(tmp_path / "x.csv")[0], mappings_for(None)) is None


def test_an_unreadable_list_raises_what_can_be_told(tmp_path: Path) -> None:
    with pytest.raises(SheetRefused):
        read_tables(tmp_path / "khong-co.csv")


def test_a_worksheet_whose_packed_bytes_are_damaged_is_refused_in_words(tmp_path: Path) -> None:
    """Found by atheris: the compressed stream breaks off where the merged cells are looked for."""
    whole = write_plan(tmp_path / "giao", plan(1)) / "danhmuc.xlsx"
    with zipfile.ZipFile(whole) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(whole.read_bytes())
    middle = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    data[middle : middle + 40] = b"\xff" * 40
    whole.write_bytes(bytes(data))
    delivery = read_delivery(tmp_path / "giao")
    assert "DLV-SHEET-UNREADABLE" in {f.code for f in delivery.findings}
