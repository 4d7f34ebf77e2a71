"""A delivery as contractors hand it over, and each way in which it can be wrong."""

import os
import socket
from pathlib import Path

import pytest

from ingest.delivery import account, read_delivery
from repository.packages import Delivery
from standards.errors import PathNotFound
from standards.findings import Level, Verdict, verdict_of
from tests.make_delivery import AGENCY, FAULTS, FONDS, make_delivery, plan, tiny_pdf, write_plan


def found(delivery: Delivery, code: str) -> list[tuple[str | None, str | None]]:
    """(path, cell) of each finding with a code, of the delivery and of its hồ sơ."""
    every = [*delivery.findings, *(f for u in delivery.units for f in u.findings)]
    return [(f.path, f.cell) for f in every if f.code == code]


def test_a_faultless_delivery_has_no_findings(tmp_path: Path) -> None:
    delivery = read_delivery(make_delivery(tmp_path))
    assert delivery.mapping == "tt02-46"
    assert [f.code for f in delivery.findings] == []
    assert [f.code for u in delivery.units for f in u.findings] == []
    assert [u.key for u in delivery.units] == ["P9907/2024.01.VP", "P9907/2024.02.VP"]
    assert [f.path for f in delivery.units[0].documentation] == ["hs01/Bia_hoso01.pdf", "hs01/MLVB_01.pdf"]


def test_fields_are_coded_and_normal(tmp_path: Path) -> None:
    unit = read_delivery(make_delivery(tmp_path), agency=AGENCY).units[0]
    assert unit.key == f"{AGENCY}/2024.01.VP"
    assert {n: unit.fields[n] for n in ("maintenance", "x_raw_maintenance", "mode", "startDate", "totalDoc")} == {
        "maintenance": "01", "x_raw_maintenance": "Vĩnh viễn", "mode": "01", "startDate": "2024-01-05", "totalDoc": "3",
    }  # fmt: skip
    fields = unit.documents[1].fields
    assert fields["codeNumber"] == "02"
    assert (fields["codeNotation"], fields["x_raw_codeNotation"]) == ("QĐ-UBND", "/ QĐ-UBND")
    assert fields["issuedDate"] == "2024-06-02"
    assert unit.documents[1].cells["numberOfPage"] == "Sheet1!AI3"
    assert unit.rows_received.splitlines()[0].startswith("STT,Phông,Mục lục")
    assert "/ QĐ-UBND" in unit.rows_received


@pytest.mark.parametrize(
    ("fault", "code", "place", "verdict"),
    [
        ("row-without-pdf", "DLV-ROW-NO-FILE", "Sheet1!AT3", "invalid"),
        ("row-without-path", "DLV-ROW-NO-PATH", "Sheet1!AT3", "invalid"),
        ("pdf-without-row", "DLV-FILE-NO-ROW", "hs01/thua.pdf", "invalid"),
        ("pdf-unclaimed", "DLV-UNCLAIMED", "khac/thua.pdf", "valid"),
        ("pdf-twice", "DLV-FILE-TWICE", "Sheet1!AT3", "valid-with-warning"),
        ("order-doubled", "DLV-ORDER-DOUBLED", "Sheet1!Y3", "invalid"),
        ("order-missing", "DLV-ORDER-MISSING", "Sheet1!Y3", "invalid"),
        ("order-text", "DLV-ORDER-NOT-NUMBER", "Sheet1!Y3", "invalid"),
        ("date-impossible", "DLV-DATE-IMPOSSIBLE", "Sheet1!AC3", "invalid"),
        ("date-unclear", "DLV-DATE-UNCLEAR", "Sheet1!AC3", "valid-with-warning"),
        ("date-incomplete", "DLV-DATE-INCOMPLETE", "Sheet1!AC3", "valid-with-warning"),
        ("date-order", "DLV-DATE-ORDER", "Sheet1!J2", "valid-with-warning"),
        ("date-outside", "DLV-DATE-OUTSIDE", "Sheet1!AC3", "valid"),
        ("file-code-missing", "DLV-FIELD-REQUIRED", "Sheet1!E3", "invalid"),
        ("title-missing", "DLV-FIELD-REQUIRED", "Sheet1!F2", "invalid"),
        ("subject-missing", "DLV-FIELD-MISSING", "Sheet1!AG3", "valid-with-warning"),
        ("code-unknown", "DLV-CODE-UNKNOWN", "Sheet1!Z3", "valid-with-warning"),
        ("mode-unknown", "DLV-CODE-UNKNOWN", "Sheet1!AM3", "valid-with-warning"),
        ("file-differs", "DLV-FILE-DIFFERS", "Sheet1!F3", "valid-with-warning"),
        ("total-differs", "DLV-TOTAL-DIFFERS", "Sheet1!P2", "valid-with-warning"),
        ("text-long", "DLV-TEXT-LONG", "Sheet1!AG3", "valid-with-warning"),
        ("control-chars", "DLV-CONTROL-CHARS", "Sheet1!AG3", "valid-with-warning"),
        ("not-a-number", "DLV-NUMBER", "Sheet1!AI3", "valid-with-warning"),
        ("path-outside", "DLV-PATH-OUTSIDE", "Sheet1!AT3", "invalid"),
        ("path-case", "DLV-PATH-CASE", "Sheet1!AT3", "valid-with-warning"),
        ("path-elsewhere", "DLV-PATH-ELSEWHERE", "Sheet1!AT3", "valid"),
        ("link", "DLV-LINK", "hs01/lien-ket.pdf", "valid-with-warning"),
        ("sealed", "DLV-SEALED", "Sheet1!AM3", "invalid"),
        ("second-sheet", "DLV-FILE-IN-SHEETS", "Sheet1!E5", "valid"),
    ],
)
def test_each_fault_is_found_at_its_place(
    tmp_path: Path, fault: str, code: str, place: str, verdict: str
) -> None:
    delivery = read_delivery(make_delivery(tmp_path, faults=[fault]))
    assert place in {part for pair in found(delivery, code) for part in pair}
    assert verdict_of(delivery.units[0].findings) == verdict
    if fault not in ("title-missing", "second-sheet"):
        assert delivery.units[-1].findings == (), "the neighbour is none the worse"


def test_every_fault_of_the_builder_is_tried() -> None:
    tried = {
        m.args[1][i][0]
        for m in test_each_fault_is_found_at_its_place.pytestmark
        for i in range(len(m.args[1]))
    }
    assert set(FAULTS) - tried == {"blank-rows", "page-count"}, "the last needs the files opened"


def test_blank_rows_between_and_behind_are_nothing(tmp_path: Path) -> None:
    delivery = read_delivery(make_delivery(tmp_path, faults=["blank-rows"]))
    assert [len(u.documents) for u in delivery.units] == [3, 3]
    assert delivery.units[0].documents[2].row == 5


def test_unknown_words_fall_back_and_stay(tmp_path: Path) -> None:
    unit = read_delivery(make_delivery(tmp_path, faults=["code-unknown", "mode-unknown"])).units[0]
    fields = unit.documents[1].fields
    assert (fields["typeName"], fields["x_raw_typeName"]) == ("32", "Văn tự")
    assert (fields["mode"], fields["x_raw_mode"]) == ("02", "Tùy")


def test_long_text_is_kept_whole(tmp_path: Path) -> None:
    unit = read_delivery(make_delivery(tmp_path, faults=["text-long"])).units[0]
    assert len(unit.documents[1].fields["subject"]) == 799


@pytest.mark.parametrize(
    "written",
    [
        "hs01/001.03.08.H26.99.07.2024.01.002.pdf",
        "\\hs01\\001.03.08.H26.99.07.2024.01.002.pdf",
        "/hs01/001.03.08.H26.99.07.2024.01.002.pdf",
        ".\\hs01\\001.03.08.H26.99.07.2024.01.002.pdf",
        "hs02\\..\\hs01\\001.03.08.H26.99.07.2024.01.002.pdf",
        "D:\\giao\\dot1\\hs01\\001.03.08.H26.99.07.2024.01.002.pdf",
        "\\\\may-chu\\giao\\hs01\\001.03.08.H26.99.07.2024.01.002.pdf",
        " hs01/001.03.08.H26.99.07.2024.01.002.pdf ",
    ],
)
def test_paths_as_people_write_them(tmp_path: Path, written: str) -> None:
    p = plan()
    p.rows[1]["document.path"] = written
    delivery = read_delivery(write_plan(tmp_path, p))
    file = delivery.units[0].documents[1].file
    assert file is not None
    assert file.path == "hs01/001.03.08.H26.99.07.2024.01.002.pdf"
    assert delivery.units[0].findings == ()


def test_a_path_from_the_folder_of_the_list(tmp_path: Path) -> None:
    p = plan(1)
    p.sheet = "giao/danhmuc.xlsx"
    p.files = {f"giao/{name}": data for name, data in p.files.items()}
    delivery = read_delivery(write_plan(tmp_path, p))
    assert delivery.units[0].findings == ()
    assert all(d.file for d in delivery.units[0].documents)


@pytest.mark.parametrize(
    "written", ["..\\..\\etc\\passwd", "/../../etc/passwd", "hs01/../../x.pdf", "C:\\..\\..\\x.pdf"]
)
def test_no_path_leads_out(tmp_path: Path, written: str) -> None:
    (tmp_path / "x.pdf").write_bytes(b"outside")
    p = plan(1)
    p.rows[1]["document.path"] = written
    delivery = read_delivery(write_plan(tmp_path / "giao", p))
    assert delivery.units[0].documents[1].file is None
    assert "DLV-PATH-OUTSIDE" in {f.code for f in delivery.units[0].findings}


def test_nfd_names_on_disk_are_the_same_names(tmp_path: Path) -> None:
    p = plan(1, 1)
    data = p.files.pop("hs01/001.03.08.H26.99.07.2024.01.001.pdf")
    p.files["hs01/Quye\u0302\u0301t \u0111i\u0323nh.pdf"] = data
    p.rows[0]["document.path"] = "hs01\\Quyết định.pdf"
    assert read_delivery(write_plan(tmp_path, p)).units[0].findings == ()


def test_a_name_that_is_not_utf8_is_told_and_accounted_for(tmp_path: Path) -> None:
    root = make_delivery(tmp_path, files=1)
    Path(os.fsdecode(os.fsencode(root / "hs01") + b"/b\xeca.pdf")).write_bytes(tiny_pdf())
    delivery = read_delivery(root)
    assert ("hs01/b%ECa.pdf", None) in found(delivery, "DLV-NAME-BYTES")
    assert any(a.path == "hs01/b\udceca.pdf" for a in account(delivery))


def test_a_row_without_any_file_columns_belongs_to_the_one_above(tmp_path: Path) -> None:
    p = plan(1)
    for name in [n for n in p.rows[1] if n.startswith("file.")]:
        del p.rows[1][name]
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [len(u.documents) for u in delivery.units] == [3]
    assert found(delivery, "DLV-FIELD-REQUIRED") == [("danhmuc.xlsx", "Sheet1!E3")]


@pytest.mark.parametrize(
    "skipped", [["file.x_inventory"], ["file.x_fonds"], ["file.x_fonds", "file.x_inventory"]]
)
@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("shuffled", [False, True])
def test_skipped_cells_part_no_file(tmp_path: Path, skipped: list[str], index: int, shuffled: bool) -> None:
    p = plan(2)
    for name in skipped:
        del p.rows[index][name]
    if shuffled:
        p.rows = [p.rows[at] for at in (0, 3, 1, 4, 2, 5)]
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [(u.key, len(u.documents)) for u in delivery.units] == [
        (f"{FONDS}/2024.01.VP", 3),
        (f"{FONDS}/2024.02.VP", 3),
    ]


def test_a_row_that_can_be_of_two_files_is_of_none(tmp_path: Path) -> None:
    p = plan(2)
    for row in p.rows[3:]:
        row |= {"file.fileCode": "2024.01.VP", "file.x_inventory": "02"}
    p.rows.append({**p.rows.pop(2), "file.x_inventory": None})
    p.rows.insert(3, {})
    units = read_delivery(write_plan(tmp_path, p)).units
    assert all(verdict_of(u.findings) == "invalid" for u in units)


def test_a_row_without_code_and_title_holds_the_file_above_back(tmp_path: Path) -> None:
    p = plan(1)
    p.rows[1] |= {"file.fileCode": None, "file.title": None, "file.totalDoc": 9}
    units = read_delivery(write_plan(tmp_path, p)).units
    assert [len(u.documents) for u in units] == [3]
    assert verdict_of(units[0].findings) == "invalid"


@pytest.mark.parametrize("name", [" 001.pdf", "001 .pdf", " 001.pdf "])
def test_blanks_around_names_are_no_other_names_and_are_told(tmp_path: Path, name: str) -> None:
    p = plan(1, 1)
    p.files[f"hs01 /{name}"] = p.files.pop("hs01/001.03.08.H26.99.07.2024.01.001.pdf")
    p.rows[0]["document.path"] = f"\\hs01 \\{name}"
    delivery = read_delivery(write_plan(tmp_path, p))
    assert delivery.units[0].documents[0].file
    assert {f.code for f in (*delivery.findings, *delivery.units[0].findings)} == {"NAME-EDGE"}


def test_merged_file_columns_are_one_value(tmp_path: Path) -> None:
    p = plan(1)
    columns = "BCDEFGHIJKLMNOPTUVW"
    for row in p.rows[1:]:
        for name in [n for n in row if n.startswith("file.")]:
            del row[name]
    p.merges = [f"{c}2:{c}4" for c in columns]
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [len(u.documents) for u in delivery.units] == [3]
    assert delivery.units[0].findings == ()


def test_one_code_in_two_inventories_is_refused(tmp_path: Path) -> None:
    p = plan(2)
    for row in p.rows[3:]:
        row |= {"file.x_inventory": "02", "file.fileCode": "2024.01.VP"}
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [u.key for u in delivery.units] == ["P9907/2024.01.VP"] * 2
    assert len(found(delivery, "DLV-KEY-TWICE")) == 2


def test_file_columns_that_mean_the_same_do_not_differ(tmp_path: Path) -> None:
    p = plan(1)
    p.rows[1] |= {"file.startDate.day": 5, "file.startDate.month": 1, "file.startDate.year": "2024"}
    p.rows[1] |= {"file.maintenance": "VĨNH VIỄN", "file.totalDoc": "03"}
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [u.findings for u in delivery.units] == [()]


def test_a_file_code_as_text_and_as_number_is_one(tmp_path: Path) -> None:
    p = plan(1)
    for row, code in zip(p.rows, ["02", 2, "02"], strict=True):
        row |= {"file.fileCode": code, "file.x_inventory": code}
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [(u.key, len(u.documents)) for u in delivery.units] == [("P9907/02", 3)]
    assert found(delivery, "DLV-FILE-DIFFERS") == [
        ("danhmuc.xlsx", "Sheet1!C3"),
        ("danhmuc.xlsx", "Sheet1!E3"),
    ]


def test_no_agency_anywhere(tmp_path: Path) -> None:
    p = plan(1)
    for row in p.rows:
        del row["file.x_fonds"]
    unit = read_delivery(write_plan(tmp_path, p)).units[0]
    assert unit.key is None
    assert "DLV-AGENCY-MISSING" in {f.code for f in unit.findings}


def test_cover_sheets_in_one_folder_go_by_their_number(tmp_path: Path) -> None:
    p = plan(2)
    p.files = {name.partition("/")[2]: data for name, data in p.files.items()}
    for row in p.rows:
        row["document.path"] = row["document.path"].rpartition("\\")[2]
    for unit, code in zip(p.rows, ["01", "01", "01", "02", "02", "02"], strict=True):
        unit["file.fileCode"] = code
    p.files["MLVB_09.pdf"] = tiny_pdf()
    delivery = read_delivery(write_plan(tmp_path, p))
    covers = [[f.path for f in u.documentation] for u in delivery.units]
    assert covers == [["Bia_hoso01.pdf", "MLVB_01.pdf"], ["Bia_hoso02.pdf", "MLVB_02.pdf"]]
    assert found(delivery, "DLV-COVER-UNPLACED") == [("MLVB_09.pdf", None)]


def test_a_stray_in_a_shared_folder_goes_by_the_beginning_of_its_name(tmp_path: Path) -> None:
    p = plan(2)
    p.files = {name.partition("/")[2]: data for name, data in p.files.items()}
    p.files["001.03.08.H26.99.07.2024.02.099.pdf"] = tiny_pdf()
    p.files["la.pdf"] = tiny_pdf()
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [[f.path for f in u.unclaimed] for u in delivery.units] == [
        [],
        ["001.03.08.H26.99.07.2024.02.099.pdf"],
    ]
    assert found(delivery, "DLV-UNCLAIMED") == [("la.pdf", None)]


def test_links_pipes_and_sockets_are_never_opened(tmp_path: Path) -> None:
    root = make_delivery(tmp_path / "giao", files=1)
    (root / "hs02").symlink_to("/etc")
    os.mkfifo(root / "hs01" / "ong.pdf")
    here = Path.cwd()
    os.chdir(root)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind("o.pdf")
    os.chdir(here)
    delivery = read_delivery(root)
    assert {p for p, _ in found(delivery, "DLV-LINK")} == {"hs02", "hs01/ong.pdf", "o.pdf"}
    assert {f.path for f in delivery.unclaimed} == {"hs02", "o.pdf"}
    assert {f.path for f in delivery.units[0].beside} == {"hs01/ong.pdf"}


def test_a_row_that_names_a_link_says_so(tmp_path: Path) -> None:
    p = plan(1)
    path = "hs01/001.03.08.H26.99.07.2024.01.002.pdf"
    del p.files[path]
    p.links[path] = "/etc/passwd"
    delivery = read_delivery(write_plan(tmp_path, p))
    assert [f.code for f in delivery.units[0].findings] == ["DLV-PATH-NOT-A-FILE", "DLV-LINK"]


def test_traces_of_systems_are_ignored_by_name(tmp_path: Path) -> None:
    root = make_delivery(tmp_path, files=1)
    (root / "hs01" / "Thumbs.db").write_bytes(b"x")
    (root / "~$danhmuc.xlsx").write_bytes(b"x")
    delivery = read_delivery(root)
    assert {f.path for f in delivery.ignored} == {"hs01/Thumbs.db", "~$danhmuc.xlsx"}
    assert delivery.findings == ()


def test_a_must_of_the_delivery_leaves_no_units(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(tiny_pdf())
    delivery = read_delivery(tmp_path)
    assert delivery.units == ()
    assert [f.code for f in delivery.findings] == ["DLV-NO-SHEET"]
    assert verdict_of(delivery.findings) is Verdict.INVALID
    assert [(a.path, a.fate) for a in account(delivery)] == [("a.pdf", "unclaimed")]


def test_a_second_list_that_cannot_be_read_does_not_stop_the_first(tmp_path: Path) -> None:
    root = make_delivery(tmp_path)
    (root / "phu.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    delivery = read_delivery(root)
    assert len(delivery.units) == 2
    assert [(f.code, f.level) for f in delivery.findings if f.code == "DLV-SHEET-FORMAT"] == [
        ("DLV-SHEET-FORMAT", Level.SHOULD)
    ]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PathNotFound):
        read_delivery(tmp_path / "khong-co")
    with pytest.raises(PathNotFound):
        read_delivery(make_delivery(tmp_path / "co"), mapping="khong-co")


@pytest.mark.parametrize(
    ("name", "level"), [("a.docx", "SHOULD"), ("b.TIFF", "SHOULD"), ("c.mp3", "SHOULD"), ("d.dat", "MAY")]
)
@pytest.mark.parametrize("folder", ["hs01", "khac"])
def test_a_file_without_a_row_that_may_be_a_record_is_a_warning(
    tmp_path: Path, folder: str, name: str, level: str
) -> None:
    make_delivery(tmp_path)
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / name).write_bytes(b"x")
    delivery = read_delivery(tmp_path)
    every = [*delivery.findings, *(f for u in delivery.units for f in u.findings)]
    assert [(f.path, f.level) for f in every if f.code == "DLV-UNCLAIMED-OTHER"] == [
        (f"{folder}/{name}", level)
    ]
