"""Data after TT 02/2019, which TT 05/2025 repealed: as XML, as a spreadsheet, and as the description of a package."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.delivery import read_delivery
from ingest.delivery_columns import known_mappings
from ingest.delivery_tables import may_be_list
from ingest.kinds import tell_kind
from ingest.package_reading import read_package
from repository.kind import Kind
from repository.packages import Delivery
from standards.described import read_description
from standards.findings import Level
from tests.make_delivery import tiny_pdf
from tests.make_package import Sip, make_sip

FILE = {
    "FileCode": "H26.99.07.P9907.01.12", "Title": "Hồ sơ xây dựng trường học", "Maintenance": "Vĩnh viễn",
    "Rights": "Công khai", "Language": "Tiếng Việt", "StartDate": "01/02/1999", "EndDate": "30/12/1999", "TotalDoc": "2",
    "Maximum": "4", "PageNumber": "4", "Format": "Tốt", "Description": "Bìa rách",
}  # fmt: skip
DOCUMENTS = [
    {"DocCode": str(n), "DocOrdinal": str(n), "TypeName": "Quyết định", "CodeNumber": "12", "CodeNotation": "QĐ-UB",
     "IssuedDate": f"0{n}/03/1999", "OrganName": "UBND xã Tân Mẫu", "Subject": f"Về việc xây trường {n}",
     "Language": "Tiếng Việt", "PageAmount": "2", "Mode": "Công khai", "Path": f"hs01\\vb{n}.pdf"}
    for n in (1, 2)
]  # fmt: skip


def elements(values: dict[str, str]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


def xml(more: str = "", head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    documents = "".join(f"<VanBan>{elements(d)}</VanBan>" for d in DOCUMENTS)
    return f"{head}<DuLieu><HoSo>{more}{elements(FILE)}<DanhSach>{documents}</DanhSach></HoSo></DuLieu>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hs01").mkdir()
    for n in (1, 2):
        (tmp_path / f"hs01/vb{n}.pdf").write_bytes(tiny_pdf(2, f"van ban {n}"))
    return tmp_path


def as_expected(delivery: Delivery) -> None:
    (unit,) = delivery.units
    assert delivery.mapping == "tt02-fields"
    assert unit.file_code == "H26.99.07.P9907.01.12"
    assert not [f for f in (*delivery.findings, *unit.findings) if f.level is Level.MUST]
    fields = unit.fields
    assert (fields["title"], fields["maintenance"], fields["mode"], fields["language"]) == (
        FILE["Title"],
        "01",
        "01",
        "01",
    )
    assert (fields["startDate"], fields["numberOfPaper"], fields["numberOfPage"]) == ("1999-02-01", "4", "4")
    assert fields["description"] == "Bìa rách"
    assert [d.fields["subject"] for d in unit.documents] == [d["Subject"] for d in DOCUMENTS]
    assert [d.fields["numberOfPage"] for d in unit.documents] == ["2", "2"]
    assert [d.file.path for d in unit.documents if d.file] == ["hs01/vb1.pdf", "hs01/vb2.pdf"]
    assert unit.documents[0].fields["typeName"] == "02"


def test_a_list_in_xml(folder: Path) -> None:
    (folder / "dulieu.xml").write_text(
        xml("<OrganId>P9907</OrganId><Identifier>H26.99.07</Identifier>"), "utf-8"
    )
    assert tell_kind(folder) is Kind.DELIVERY
    as_expected(read_delivery(folder))


def test_a_list_in_a_spreadsheet(folder: Path) -> None:
    mapping = next(m for m in known_mappings() if m.name == "tt02-fields")
    headings = ["Identifier", *(c.heading for c in mapping.columns)]
    border = headings.index("DocCode")
    with (folder / "dulieu.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(headings)
        for document in DOCUMENTS:
            of_file = [{"Identifier": "H26.99.07", **FILE}.get(h, "") for h in headings[:border]]
            rows.writerow(of_file + [document.get(h, "") for h in headings[border:]])
    as_expected(read_delivery(folder))


def test_an_unknown_field_is_told_and_kept_with_the_row(folder: Path) -> None:
    (folder / "dulieu.xml").write_text(
        xml("<Identifier>H26.99.07</Identifier><LaLung>giữ lại</LaLung>"), "utf-8"
    )
    delivery = read_delivery(folder)
    assert "DLV-COLUMN-EXTRA" in {f.code for f in delivery.findings}
    assert "giữ lại" in delivery.units[0].rows_received


@pytest.mark.parametrize(
    "text",
    [
        xml(head='<!DOCTYPE a [<!ENTITY b "c">]>'), xml().replace("</HoSo>", ""), xml().replace("Hồ sơ", "&b;"),
        "<FileCode>", "<a><FileCode/></a>" * 2,
    ],
)  # fmt: skip
def test_a_list_that_is_no_xml_or_hostile_is_refused_in_words(folder: Path, text: str) -> None:
    (folder / "dulieu.xml").write_text(text, "utf-8")
    assert may_be_list(folder / "dulieu.xml")
    delivery = read_delivery(folder)
    assert not delivery.units
    assert "DLV-SHEET-UNREADABLE" in {f.code for f in delivery.findings if f.level is Level.MUST}


def test_other_xml_is_no_list(folder: Path) -> None:
    (folder / "METS.xml").write_text("<mets/>")
    (folder / "ead.xml").write_text("<simpledc><fileCode>1</fileCode></simpledc>")
    assert not may_be_list(folder / "METS.xml")
    assert not may_be_list(folder / "ead.xml")


def test_a_description_of_the_old_circular_in_a_package(tmp_path: Path) -> None:
    sip = replace(Sip(), ead=f"<HoSo>{elements(FILE)}</HoSo>", documents={})
    unit = read_package(make_sip(tmp_path, sip), Kind.EARK, name="x", agency=None, agencies={})
    assert (unit.file_code, unit.fields["title"], unit.fields["mode"]) == (
        FILE["FileCode"],
        FILE["Title"],
        "01",
    )
    assert unit.fields["numberOfPaper"] == "4"


def test_a_file_code_in_four_parts_is_put_together() -> None:
    parts = {
        "Identifier": "H26.99.07",
        "OrganId": "P9907",
        "FileCatalog": "01",
        "FileNotation": "12/UB",
        "Title": "x",
    }
    told = read_description(f"<a>{elements(parts)}</a>".encode(), "file")
    assert told.kind == "tt02"
    assert told.fields["fileCode"] == "H26.99.07.P9907.01.12/UB"


def test_a_secret_of_the_old_circular_is_seen() -> None:
    assert read_description(f"<a>{elements(FILE | {'Rights': 'Mật'})}</a>".encode(), "file").secret
