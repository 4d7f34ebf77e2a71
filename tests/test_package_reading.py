"""Packages of others, read: descriptions of every kind into our fields, files to their places, nothing left out."""

from pathlib import Path

import pytest

from ingest.package_parts import agency_of_code
from ingest.package_reading import read_package
from ingest.retention import retention_of
from ingest.units import files_of
from repository.kind import Kind
from repository.packages import DeliveredFileUnit
from standards.bag_info import read_bag_info
from standards.described import read_description, secrecy_in
from standards.mets_summary import read_mets
from standards.package_tree import FolderTree, MemoryTree
from tests.make_package import FILE_CODE, OBJID, Sip, document_fields, eark_sip, make_bag, make_sip


def read(root: Path, kind: Kind, agency: str | None = None, **agencies: str) -> DeliveredFileUnit:
    return read_package(root, kind, name=root.name, agency=agency, agencies=agencies)


def codes(unit: DeliveredFileUnit) -> set[str]:
    return {f.code for f in unit.findings}


DESCRIPTIONS = {
    "simpledc": (
        "<simpledc><maintenance>Vĩnh viễn</maintenance><startDate>2/1/2001</startDate><title>Hồ sơ\n  đất</title>"
        "<mode>1</mode><endDate>cuối năm</endDate><lạ>x</lạ></simpledc>",
        {"maintenance": "01", "startDate": "2001-01-02", "title": "Hồ sơ đất", "mode": "01", "x_raw_endDate": "cuối năm",
         "lạ": "x"},
    ),
    "ead": (
        '<ead xmlns="urn:isbn:1-931666-22-9"><archdesc level="file"><did><unitid>HS-01</unitid>'
        '<unittitle>Hồ <emph>sơ</emph></unittitle><unitdate normal="1998/1999">Năm 1998-1999</unitdate>'
        "<origination>Ủy ban</origination></did><scopecontent><p>Nội dung</p></scopecontent></archdesc></ead>",
        {"title": "Hồ sơ", "fileCode": "HS-01", "startDate": "1998", "endDate": "1999", "x_creator": "Ủy ban",
         "description": "Nội dung"},
    ),
    "ead3": (
        '<ead xmlns="http://ead3.archivists.org/schema/"><control><recordid>r1</recordid></control>'
        '<archdesc level="fonds"><did><unitid>P1</unitid><unittitle>Phông</unittitle><unitdatestructured><daterange>'
        '<fromdate standarddate="1998-01-02">1998</fromdate><todate standarddate="2001">2001</todate></daterange>'
        "</unitdatestructured></did></archdesc></ead>",
        {"title": "Phông", "x_unitid": "P1", "startDate": "1998-01-02", "endDate": "2001"},
    ),
    "dc": (
        '<oai_dc:dc xmlns:oai_dc="o" xmlns:dc="d"><dc:title>Báo cáo</dc:title><dc:date>12/05/1999</dc:date>'
        "<dc:subject>a</dc:subject><dc:subject>b</dc:subject><dc:language>Tiếng Việt</dc:language>"
        "<dc:rights>closed for 30 years</dc:rights></oai_dc:dc>",
        {"title": "Báo cáo", "startDate": "1999-05-12", "endDate": "1999-05-12", "keyword": "a; b", "language": "01"},
    ),
    "mods": (
        '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>Sách</title></titleInfo><identifier>I1</identifier>'
        "<originInfo><dateIssued>1999</dateIssued></originInfo></mods>",
        {"title": "Sách", "fileCode": "I1", "startDate": "1999", "endDate": "1999"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_descriptions_of_every_kind_become_our_fields(kind: str):
    xml, fields = DESCRIPTIONS[kind]
    found = read_description(xml.encode(), "file")
    assert (found.kind, found.fields, found.secret) == (kind.removesuffix("3"), fields, "")


@pytest.mark.parametrize("xml", [
    "<simpledc><mode>03</mode></simpledc>", "<simpledc><mode>Tuyệt mật</mode></simpledc>",
    "<simpledc><inforSign>MẬT</inforSign></simpledc>",
    "<dc xmlns='d'><title>x</title><rights>Mật</rights></dc>",
    "<ead><archdesc><did><unittitle>x</unittitle></did><accessrestrict><p>Tối mật</p></accessrestrict></archdesc></ead>",
])  # fmt: skip
def test_a_secrecy_mark_in_any_description_is_seen(xml: str):
    assert read_description(xml.encode(), "file").secret


@pytest.mark.parametrize("value", ["Hồ sơ bí mật kinh doanh", "Mặt bằng", "đã giải mật"])
def test_words_that_are_no_mark_seal_nothing(value: str):
    assert secrecy_in({"title": value}) == ""


@pytest.mark.parametrize(
    "xml", ["", "<a/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><dc><title>&x;</title></dc>", "<dc><title>"]
)
def test_what_is_no_description_says_nothing(xml: str):
    assert read_description(xml.encode(), "file").kind == ""


@pytest.mark.parametrize(("code", "agency"), [
    ("H26.99.07.2001.01.TH", "H26.99.07"), ("H49.64.33.2001.160.1", "H49.64.33"), ("LS26.H26.1998.3", "H26"),
    ("G09.1998.01", "G09"), ("P9907.1998.01", ""), ("155/KH-UBND", ""), ("H26.99.07", ""),
])  # fmt: skip
def test_a_file_code_tells_its_agency(code: str, agency: str):
    assert agency_of_code(code) == agency


def test_every_file_of_a_sip_has_one_place(tmp_path: Path):
    sip = Sip(documentation={"ghi chu.txt": b"x"})
    sip.data["rep2"] = {"160.1.docx": b"office", "them.txt": b"text"}
    sip.data["rep1"]["160.9.pdf.fetch.txt"] = b"{x}"
    root = make_sip(tmp_path, sip)
    (root / "Thumbs.db").write_bytes(b"trace")
    unit = read(root, Kind.TT05)
    delivered = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    assert sorted(f.path for f in files_of(unit)) == delivered
    assert [d.file.path for d in unit.documents if d.file] == [
        "representations/rep1/data/160.1.pdf", "representations/rep1/data/160.2.pdf",
        "representations/rep2/data/them.txt"]  # fmt: skip
    assert {f.path for f in unit.other_files} == {
        "representations/rep2/data/160.1.docx", "representations/rep1/data/160.9.pdf.fetch.txt"}  # fmt: skip
    assert {f.place for f in unit.documentation} == {"documentation/ghi chu.txt"}
    assert {"submission/METS.xml", "submission/Thumbs.db"} <= {f.place for f in unit.submission_files}
    assert (unit.key, unit.submission.id) == (f"H26.99.07/{FILE_CODE}", OBJID)
    assert unit.fields["x_fonds"] == "P9907"
    assert codes(unit) == {"PKG-UNDESCRIBED"}


def test_a_description_finds_its_file_by_mets_by_name_or_by_its_id(tmp_path: Path):
    """As METS ties them; else EAD_doc_<file>.xml, with and without suffix; else docId."""
    sip = Sip(data={"rep1": dict.fromkeys(("a.pdf", "b.pdf", "H26.1.pdf"), b"x")}, documents={})
    root = make_sip(tmp_path, sip)
    below = root / "representations/rep1/metadata/descriptive"
    below.mkdir(parents=True)
    for name, doc_id in (("EAD_DOC_a.xml", ""), ("ead_doc_b.pdf.xml", ""), ("EAD_doc_0001.xml", "H26.1"),
                         ("EAD_doc_mat-tich.xml", "z")):  # fmt: skip
        text = f"<simpledc><docId>{doc_id}</docId><subject>{name}</subject></simpledc>"
        (below / name).write_text(text, "utf-8")
    unit = read(root, Kind.TT05)
    told = {d.file.path.rpartition("/")[2]: d.fields["subject"] for d in unit.documents if d.file}
    assert told == {"a.pdf": "EAD_DOC_a.xml", "b.pdf": "ead_doc_b.pdf.xml", "H26.1.pdf": "EAD_doc_0001.xml"}
    assert [f.path for f in unit.findings if f.code == "PKG-NO-FILE"] == [
        "representations/rep1/metadata/descriptive/EAD_doc_mat-tich.xml"]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "orders"), [
    ({"docCode": "x.0000007"}, {"docCode": "x.0000003"}, [7, 3]),
    ({"docOrdinal": "2"}, {"docOrdinal": "1"}, [2, 1]),
    ({"docCode": "x.0000007"}, {"docCode": "x.0000007"}, [1, 2]),
    ({"docCode": "x"}, {"docCode": "x.0000007"}, [1, 2]),
])  # fmt: skip
def test_documents_have_the_order_that_they_are_given_where_it_is_one(tmp_path: Path, first, second, orders):
    sip = Sip(documents={"160.1.pdf": document_fields(1, **first), "160.2.pdf": document_fields(2, **second)})
    unit = read(make_sip(tmp_path, sip), Kind.TT05)
    by_path = sorted((d.file.path, d.order) for d in unit.documents if d.file)
    assert [order for _path, order in by_path] == orders
    assert [d.order for d in unit.documents] == sorted(orders)


def test_a_package_without_a_readable_mets_is_read_by_its_folders(tmp_path: Path):
    root = make_sip(tmp_path, Sip())
    (root / "METS.xml").write_text("<mets", "utf-8")
    (root / "representations/rep1/METS.xml").unlink()
    unit = read(root, Kind.TT05)
    assert [d.fields["codeNumber"] for d in unit.documents] == ["151", "152"]
    assert unit.agency == "H26.99.07"


def test_nothing_is_read_through_a_linked_folder(tmp_path: Path):
    """What lies behind it is not the package's, whatever METS says."""
    root = make_sip(tmp_path, Sip(label="Nhãn"), "goi")
    (root / "metadata").rename(tmp_path / "ngoai")
    (root / "metadata").symlink_to(tmp_path / "ngoai")
    unit = read(root, Kind.TT05)
    assert (unit.fields["title"], unit.fields.get("fileCode")) == ("Nhãn", None)
    assert [(f.code, f.path) for f in unit.findings if f.code == "PKG-LINK"] == [("PKG-LINK", "metadata")]


def test_whose_a_package_is(tmp_path: Path):
    """The command before all, then the package, then a name that is known; nobody is a finding."""
    root = make_sip(tmp_path, eark_sip(agency="không có mã"), "goi")
    assert codes(read(root, Kind.EARK)) >= {"PKG-NO-AGENCY"}
    assert read(root, Kind.EARK).key is None
    assert read(root, Kind.EARK, agency="H26").key == "H26/BC-1999"
    known = {"ỦY BAN NHÂN DÂN XÃ TÂN MẪU": "H26.99.07"}
    assert read(root, Kind.EARK, **known).agency == "H26.99.07"
    other = make_sip(tmp_path, eark_sip(agency="ORG.123"), "khac")
    assert read(other, Kind.EARK).agency == "ORG.123"
    assert read(other, Kind.EARK, agency="H26").agency == "H26"


def test_in_a_sip_by_the_circular_mets_names_the_fonds(tmp_path: Path):
    """The file code tells the agency before METS, whose code is that of the fonds."""
    unit = read(make_sip(tmp_path, Sip(agency="H26.99"), "goi"), Kind.TT05)
    assert (unit.agency, unit.fields["x_fonds"]) == ("H26.99.07", "H26.99")
    plain = Sip(agency="H26.99", ead={**Sip().ead, "fileCode": "01.TH"})  # type: ignore[dict-item]
    assert read(make_sip(tmp_path, plain, "khac"), Kind.TT05).key == "H26.99/01.TH"


def test_bag_info_describes_a_bag(tmp_path: Path):
    info = {
        "Source-Organization": "H26.99.07",
        "external-identifier": "TUI 1",
        "External-Description": "Túi\n  thứ nhất",
    }
    root = make_bag(tmp_path / "tui", {"a.txt": b"a", "Thumbs.db": b"t"}, info)
    unit = read(root, Kind.BAG)
    assert (unit.key, unit.fields["title"], unit.submission.id) == (
        "H26.99.07/TUI 1",
        "Túi thứ nhất",
        "TUI 1",
    )
    assert [d.fields for d in unit.documents] == [{"subject": "a.txt"}]
    assert not any(d.described for d in unit.documents)
    assert "submission/data/Thumbs.db" in {f.place for f in unit.submission_files}


def test_a_bag_without_any_identifier_is_named_by_its_folder(tmp_path: Path):
    unit = read(make_bag(tmp_path / "lo-07", {"a.txt": b"a"}, {"Source-Organization": "H26"}), Kind.BAG)
    assert (unit.key, codes(unit)) == ("H26/lo-07", {"PKG-NO-CODE"})


def test_a_bag_around_a_sip_is_that_sip(tmp_path: Path):
    sip = make_sip(tmp_path, Sip(), "goi")
    payload = {f"goi/{p.relative_to(sip).as_posix()}": p.read_bytes() for p in sip.rglob("*") if p.is_file()}
    unit = read(make_bag(tmp_path / "tui", payload, {"External-Identifier": "TUI"}), Kind.BAG)
    assert (unit.key, unit.submission.kind, unit.submission.id) == (f"H26.99.07/{FILE_CODE}", "bag", OBJID)
    assert [d.file.place for d in unit.documents if d.file] == [
        f"representations/rep1/data/160.{i}.pdf" for i in (1, 2)]  # fmt: skip
    assert {"submission/bagit.txt", "submission/METS.xml"} <= {f.place for f in unit.submission_files}


def test_bag_info_is_read_in_its_own_encoding_and_on_several_lines(tmp_path: Path):
    (tmp_path / "bagit.txt").write_bytes(b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-16\n")
    text = "Contact-Name: A\nContact-Name: B\nExternal-Description: một\n  hai\nvô nghĩa\nEmpty:\n"
    (tmp_path / "bag-info.txt").write_bytes(text.encode("utf-16"))
    assert read_bag_info(tmp_path) == {"contact-name": ("A", "B"), "external-description": ("một hai",)}
    assert read_bag_info(tmp_path / "nirgends") == {}


def test_mets_leads_nowhere_out_of_the_package():
    mets = (
        '<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink" OBJID="x">'
        '<dmdSec ID="d"><mdRef xlink:href="file:../../../etc/passwd"/></dmdSec><dmdSec ID="e">'
        '<mdRef xlink:href="file:///metadata/a%20b.xml"/></dmdSec></mets>'
    )
    told = read_mets(MemoryTree({"METS.xml": mets.encode()}), "METS.xml")
    assert told is not None
    assert told.descriptions == {"e": "metadata/a b.xml"}
    assert read_mets(MemoryTree({"METS.xml": b"<!DOCTYPE x><mets/>"}), "METS.xml") is None
    assert read_mets(MemoryTree({}), "METS.xml") is None


def test_descriptions_are_tied_to_files_as_mets_says(tmp_path: Path):
    root = make_sip(tmp_path, Sip())
    told = read_mets(FolderTree(root), "representations/rep1/METS.xml")
    assert told is not None
    below = "representations/rep1"
    assert told.described() == {
        f"{below}/data/160.{i}.pdf": f"{below}/metadata/descriptive/EAD_DOC_160.{i}.xml" for i in (1, 2)
    }


@pytest.mark.parametrize(("fields", "code"), [
    ({}, "RET-NONE"), ({"maintenance": "07", "x_raw_maintenance": "Lâu dài"}, "RET-UNKNOWN"),
    ({"maintenance": "01"}, ""), ({"maintenance": "07", "x_raw_maintenance": "15 năm"}, ""),
])  # fmt: skip
def test_a_term_that_nobody_gave_is_told_apart_from_one_not_understood(fields: dict[str, str], code: str):
    retention, findings = retention_of(fields, {})
    assert [f.code for f in findings] == ([code] if code else [])
    assert (retention.years is None and not retention.permanent) == bool(code)
