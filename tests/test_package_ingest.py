"""Packages made by others on their way in, by the command that people use: kept whole, found, updated, or refused."""

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import bagit
import pytest
from fpdf import FPDF

from ingest.receipt import receipt_font
from repository.config import CHECKOUT
from repository.home import Home
from repository.verify import verify
from tests.make_delivery import make_delivery, tiny_pdf
from tests.make_package import OBJID, Sip, document_fields, eark_sip, make_bag, make_sip
from tests.running import Ended, kho, normalised_dump

INFO = {
    "Source-Organization": "H26.99.07",
    "External-Identifier": "TUI-01",
    "External-Description": "Túi thử",
}


def take_in(*paths: Path, options: tuple[str, ...] = (), **env: str) -> Ended:
    return kho("ingest", *paths, *options, "--wait", "--processes", "1", "--json", env=env)


def only(ended: Ended) -> dict[str, Any]:
    """The one package of a report."""
    (package,) = ended.json["packages"]
    return package


def codes(package: dict[str, Any], level: str = "MUST") -> set[str]:
    return {f["code"] for f in package["findings"] if f["level"] == level}


def rows(table: str) -> list[dict[str, Any]]:
    dumped = kho("store", "dump")
    assert dumped.code == 0, dumped.err
    return [row for row in map(json.loads, dumped.out.splitlines()) if row["table"] == table]


def head_files(aip: str) -> dict[str, str]:
    """The files of an AIP by logical path, each with the name it came under."""
    return {row["path"]: row["original_name"] for row in rows("file") if row["aip"] == aip}


@pytest.fixture(scope="module")
def jars() -> str:
    folder = Path(os.environ.get("KHO_LIB") or CHECKOUT / "lib") / "commons-ip"
    found = sorted(folder.glob("*.jar"))
    if not found or shutil.which("java") is None:
        pytest.skip(f"no commons-ip in {folder}, or no java (make setup, or KHO_LIB)")
    return ":".join(map(str, found))


def broken_for_commons_ip(jars: str, package: Path, objid: str, reports: Path) -> list[tuple[str, Any]]:
    """The rules that commons-ip finds broken; it wants the folder to be named by OBJID as it is."""
    named = package.rename(package.parent / objid)
    reports.mkdir(parents=True)
    main = ["java", "-Xmx256m", "-cp", jars, "org.roda_project.commons_ip2.cli.Main", "validate"]
    subprocess.run(
        [*main, "-i", named, "-o", reports, "--specification-version", "2.2.0"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    report = json.loads(next(reports.glob("*.json")).read_text("utf-8"))
    return [(v["id"], v["testing"]["issues"]) for v in report["validation"]
            if v["level"] == "MUST" and v["testing"]["outcome"] == "FAILED"]  # fmt: skip


def test_the_sip_of_these_tests_is_a_good_one(jars: str, tmp_path: Path):
    """So that what Kho says of it is about Kho. (The circular's own structural map is none for commons-ip.)"""
    sip = eark_sip()
    assert broken_for_commons_ip(jars, make_sip(tmp_path, sip), sip.objid, tmp_path / "reports") == []


def found_by(query: str, *fonds: str) -> list[dict[str, Any]]:
    """The documents that the public finds, once these fonds are published; in their order."""
    for code in fonds:
        assert kho("rights", "publish", code, "--basis", "QĐ 1").code == 0
    hits = kho("search", query, "--json").json["hits"]
    return sorted((hit for hit in hits if hit["document"]), key=lambda hit: hit["id"])


def page_of(*lines: str) -> bytes:
    """A PDF with these lines on its page."""
    fonts = receipt_font()
    if fonts is None:
        pytest.skip("no font with Vietnamese letters")
    pdf = FPDF()
    pdf.add_page()
    pdf.add_font("Kho", "", str(fonts[0]))
    pdf.set_font("Kho", size=20)
    for line in lines:
        pdf.cell(0, 20, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def test_each_kind_becomes_an_aip_with_its_own_files_kept(kho_home: Home, tmp_path: Path):
    """A folder of packages: each by itself, descriptions in the register, tag files under submission/."""
    batch = tmp_path / "lo"
    make_sip(batch, Sip(documentation={"Bìa.pdf": tiny_pdf(1, "bia")}))
    make_sip(batch, eark_sip())
    make_bag(batch / "tui", {"a.pdf": tiny_pdf(1, "x"), "sâu/b b.txt": b"hello"}, INFO)
    make_sip(batch, Sip(objid="uuid-AA", kind="Collection", ead={
        "fileCode": "H26.99.07.2001.010000001", "title": "Văn bản đi năm 2001", "source": "0", "totalDoc": "2",
    }))  # fmt: skip
    ended = take_in(batch)
    assert ended.code == 0, ended.out[-2000:] + ended.err
    held = {p["key"]: p for p in ended.json["packages"]}
    assert {(p["kind"], p["status"], p["documents"]) for p in held.values()} == {
        ("tt05", "stored", 2), ("eark", "stored", 2), ("bag", "stored", 2)}  # fmt: skip
    documents = rows("document")
    assert verify(kho_home.store).verdict in ("valid", "valid-with-warning")

    hoso = held["H26.99.07/H26.99.07.2001.01.TH"]["aip"]
    mine = [d["fields"] for d in documents if d["aip"] == hoso]
    assert [f["subject"][-5:] for f in mine] == ["lần 1", "lần 2"]
    assert [f["issuedDate"] for f in mine] == ["2001-06-01", "2001-06-02"]
    files = head_files(hoso)
    assert files["documentation/B=C3=ACa.pdf"] == "documentation/Bìa.pdf"
    assert files["submission/METS.xml"] == "METS.xml"
    assert files["submission/representations/rep1/metadata/descriptive/EAD_DOC_160.1.xml"]

    report = head_files(held["H26.99.07/BC-1999"]["aip"])
    assert report["representations/rep1/data/bao=20cao.docx"] == "representations/rep1/data/bao cao.docx"
    assert report["representations/rep1/data/phu=20luc/bang.csv"]
    assert report["representations/rep2/data/bao=20cao.pdf"]
    assert report["submission/representations/rep2/METS.xml"]

    bag = head_files(held["H26.99.07/TUI-01"]["aip"])
    assert {"submission/bagit.txt", "submission/bag-info.txt", "submission/manifest-sha256.txt"} <= bag.keys()
    assert bag["representations/rep1/data/s=C3=A2u/b=20b.txt"] == "data/sâu/b b.txt"
    by_key = {row["key"]: row for row in rows("aip")}
    assert by_key["H26.99.07/TUI-01"]["fields"]["title"] == "Túi thử"
    assert by_key["H26.99.07/BC-1999"]["fields"]["startDate"] == "1999"
    assert by_key["H26.99.07/H26.99.07.2001.01.TH"]["submission_id"] == OBJID

    again = take_in(batch)
    assert {p["status"] for p in again.json["packages"]} == {"already-held"}
    assert {row["version"] for row in rows("aip")} == {"v1"}


def test_a_later_sip_is_a_new_version_and_the_earlier_one_again_adds_nothing(kho_home: Home, tmp_path: Path):
    first = make_sip(tmp_path / "1", Sip())
    later = Sip(status="REPLACEMENT")
    later.data["rep1"]["160.3.pdf"] = tiny_pdf(1, "Ba")
    later.documents["160.3.pdf"] = document_fields(3)
    second = make_sip(tmp_path / "2", later)
    aip = only(take_in(first))["aip"]
    updated = only(take_in(second))
    assert (updated["status"], updated["aip"], updated["documents"]) == ("stored", aip, 3)
    assert "HOLD-UPDATE" in codes(updated, "MAY")
    (row,) = rows("aip")
    assert (row["id"], row["version"], row["documents"]) == (aip, "v2", 3)
    assert len(rows("document")) == 3
    assert len(rows("aip_version")) == 2

    assert [hit["title"][-5:] for hit in found_by("cap dat lam nha van hoa", "P9907")] == [
        "lần 1",
        "lần 2",
        "lần 3",
    ]

    assert only(take_in(first))["status"] == "already-held"
    assert rows("aip")[0]["version"] == "v2"
    assert verify(kho_home.store).verdict in ("valid", "valid-with-warning")
    out = tmp_path / "out"
    assert kho("aip", "export", aip, out, "--format", "eark").code == 0
    premis = next(out.glob("*/metadata/preservation/PREMIS.xml")).read_text("utf-8")
    assert premis.count(">transfer<") == 2
    assert premis.count(">information package creation<") == 2


def test_what_could_be_another_package_is_a_conflict_for_a_person(kho_home: Home, tmp_path: Path):
    """Another OBJID, another kind, a supplement, the same OBJID under another key: nothing is overwritten."""
    assert only(take_in(make_sip(tmp_path / "1", Sip())))["status"] == "stored"
    other = Sip(objid="uuid-OTHER", data={"rep1": {"x.pdf": tiny_pdf(1, "x")}}, documents={})
    supplement = Sip(status="SUPPLEMENT", data={"rep1": {"x.pdf": tiny_pdf(1, "x")}}, documents={})
    moved = Sip(ead={**Sip().ead, "fileCode": "H26.99.07.2001.02.TH"})  # type: ignore[dict-item]
    test = Sip(objid="uuid-TEST", status="TEST", ead={**Sip().ead, "fileCode": "H26.99.07.2001.03.TH"})  # type: ignore[dict-item]
    batch = tmp_path / "lo"
    for name, sip in {"1": other, "2": supplement, "3": moved, "4": test}.items():
        make_sip(batch, sip, name)
    ended = take_in(batch)
    assert ended.code == 3
    told = {p["path"]: (p["status"], codes(p)) for p in ended.json["packages"]}
    assert told == {
        "1": ("conflict", {"HOLD-CONFLICT"}), "2": ("conflict", {"HOLD-SUPPLEMENT"}),
        "3": ("conflict", {"HOLD-OTHER-KEY"}), "4": ("quarantined", {"PKG-TEST"}),
    }  # fmt: skip
    assert [row["version"] for row in rows("aip")] == ["v1"]


def test_two_states_of_one_package_in_one_batch_are_for_a_person(kho_home: Home, tmp_path: Path):
    """Which of them is the later one nobody said."""
    make_sip(tmp_path / "lo", Sip(), "1")
    make_sip(tmp_path / "lo", Sip(data={"rep1": {"x.pdf": tiny_pdf(1, "x")}}, documents={}), "2")
    ended = take_in(tmp_path / "lo")
    assert sorted(p["status"] for p in ended.json["packages"]) == ["conflict", "stored"]


def test_a_person_may_let_a_test_package_in(kho_home: Home, tmp_path: Path):
    """Out of quarantine it is judged again, under the name that it came with."""
    package = only(take_in(make_sip(tmp_path, Sip(status="TEST"))))
    assert package["status"] == "quarantined"
    released = kho("quarantine", "release", str(package["id"]), "--reason", "Đã xem", "--json")
    assert (released.code, only(released)["status"]) == (0, "stored"), released.err
    files = head_files(only(released)["aip"])
    assert {"submission/METS.xml", "representations/rep1/data/160.1.pdf"} <= files.keys()


def test_what_was_taken_in_is_found_and_goes_out_whole(kho_home: Home, tmp_path: Path, jars: str):
    """Search, and every form of export, with the judges of others."""
    batch = tmp_path / "lo"
    make_sip(batch, Sip())
    make_sip(batch, eark_sip())
    page = page_of("Số điện thoại của ông", "Căn cước 001199012345")
    make_bag(batch / "tui", {"a.pdf": page, "sâu/b b.txt": b"hello"}, {**INFO, "Access": "Công khai"})
    held = [p["aip"] for p in take_in(batch).json["packages"]]
    assert [hit["file"] for hit in found_by("cap dat lam nha van hoa", "P9907", "H26.99.07")] == [
        f"representations/rep1/data/160.{i}.pdf" for i in (1, 2)]  # fmt: skip
    assert len(found_by("so dien thoai cua ong")) == 1
    assert found_by("001199012345") == []
    for aip in held:
        for form in ("eark", "tt05", "bag"):
            out = tmp_path / f"{form}-{aip[-12:]}"
            assert kho("aip", "export", aip, out, "--format", form).code == 0
            (made,) = out.iterdir()
            verified = kho("verify", made, "--json").json
            musts = {f["code"] for f in verified["findings"] if f["level"] == "MUST"}
            # What nobody described has no field for the circular: its package says so, and no other rule is broken.
            assert musts <= ({"TT05-MISSING"} if form == "tt05" else set())
            if form == "bag":
                bagit.Bag(str(made)).validate()
            else:
                assert broken_for_commons_ip(jars, made, aip, tmp_path / "reports" / made.parent.name) == []


def test_a_wrong_package_is_kept_in_quarantine_and_its_neighbours_go_on(kho_home: Home, tmp_path: Path):
    batch = tmp_path / "lo"
    make_sip(batch, Sip(), "1-tot")
    changed = make_sip(
        batch, Sip(objid="uuid-B", ead={**Sip().ead, "fileCode": "H26.99.07.2002.01"}), "2-doi"
    )  # type: ignore[dict-item]
    (changed / "representations/rep1/data/160.1.pdf").write_bytes(tiny_pdf(2, "Khac"))
    nobody = make_sip(batch, eark_sip(agency="không rõ là ai"), "3-vo-chu")
    bag = make_bag(batch / "4-tui", {"a.txt": b"a"}, INFO)
    (bag / "data/la.txt").write_bytes(b"stray")
    (batch / "5.pdf").write_bytes(tiny_pdf(1, "le"))
    no_mets = make_sip(
        batch, Sip(objid="uuid-C", ead={**Sip().ead, "fileCode": "H26.99.07.2003.01"}), "6-mets"
    )  # type: ignore[dict-item]
    (no_mets / "METS.xml").unlink()
    link = make_sip(batch, eark_sip(objid="uuid-D"), "7-lien-ket")
    (link / "representations/rep1/data/ra.txt").symlink_to("/etc/passwd")
    ended = take_in(batch)
    assert ended.code == 3, ended.out
    told = {p["path"]: (p["status"], codes(p)) for p in ended.json["packages"]}
    assert told["1-tot"] == ("stored", set())
    assert (told["2-doi"][0], "CSIP71" in told["2-doi"][1]) == ("quarantined", True)
    assert told["3-vo-chu"] == ("quarantined", {"PKG-NO-AGENCY"})
    assert told["4-tui"] == ("quarantined", {"BAGIT-STRAY"})
    assert told["5.pdf"] == ("refused", {"KIND-PDF-ALONE"})
    assert told["6-mets"] == ("quarantined", {"CSIPSTR4"})
    assert (told["7-lien-ket"][0], "PKG-LINK" in told["7-lien-ket"][1]) == ("quarantined", True)
    kept = {p.relative_to(kho_home.quarantine).as_posix().split("/", 2)[2]: p for p in kho_home.quarantine.rglob("*")
            if p.is_file() and "/files/" in str(p)}  # fmt: skip
    assert kept["data/la.txt"].read_bytes() == b"stray"
    delivered = sum(1 for p in batch.rglob("*") if p.is_file() and not p.is_symlink())
    assert sum(f.get("files", 1) for f in ended.json["files"]) == delivered

    assert only(take_in(nobody, options=("--agency", "H26.99.07")))["key"] == "H26.99.07/BC-1999"


@pytest.mark.parametrize("form", ["zip", "tar.gz"])
def test_an_archive_is_as_good_as_its_folder(kho_home: Home, tmp_path: Path, form: str):
    sip = make_sip(tmp_path / "sip", Sip())
    archive = tmp_path / f"goi.{form}"
    if form == "zip":
        shutil.make_archive(str(tmp_path / "goi"), "zip", sip.parent, sip.name)
    else:
        with tarfile.open(archive, "w:gz") as packed:
            packed.add(sip, sip.name)
    package = only(take_in(archive))
    assert (package["status"], package["kind"], package["documents"]) == ("stored", "tt05", 2)
    assert [p.name for p in kho_home.workspace.iterdir() if p.name != "tools"] == []
    assert only(take_in(sip))["status"] == "already-held"


def test_what_an_archive_says_of_its_shape_is_told_with_the_package(kho_home: Home, tmp_path: Path):
    """A bag that was packed from within its own folder has the archive's name, and is taken."""
    make_bag(tmp_path / "tui", {"a.txt": b"a"}, {"Source-Organization": "H26.99.07"})
    archive = Path(shutil.make_archive(str(tmp_path / "lo-07"), "zip", tmp_path / "tui"))
    package = only(take_in(archive))
    assert (package["status"], package["key"]) == ("stored", "H26.99.07/lo-07")
    assert {"BAGIT-NO-BASE", "PKG-NO-CODE"} <= codes(package, "SHOULD")


def test_a_broken_archive_is_refused_and_left_where_it_is(kho_home: Home, tmp_path: Path):
    sip = make_sip(tmp_path / "sip", Sip())
    with tarfile.open(tmp_path / "goi.tar", "w") as packed:
        packed.add(sip, sip.name)
        out = tarfile.TarInfo(f"{sip.name}/../../ngoai.txt")
        packed.addfile(out)
    package = only(take_in(tmp_path / "goi.tar"))
    assert (package["status"], package["verdict"]) == ("refused", "invalid")
    assert codes(package) == {"ARC-ESCAPE"}
    assert (tmp_path / "goi.tar").is_file()
    assert not list(tmp_path.rglob("ngoai.txt"))


def test_an_archive_of_something_else_is_told_what_it_holds(kho_home: Home, tmp_path: Path):
    """A delivery, several packages, no package at all: in words, and left where it lies."""
    make_delivery(tmp_path / "giao" / "lo-1", files=1, documents=1)
    make_sip(tmp_path / "nhieu", Sip(), "1")
    make_sip(tmp_path / "nhieu", eark_sip(), "2")
    (tmp_path / "khac").mkdir()
    (tmp_path / "khac" / "thu.txt").write_text("x", "utf-8")
    batch = tmp_path / "lo"
    batch.mkdir()
    for name in ("giao", "nhieu", "khac"):
        shutil.make_archive(str(batch / name), "zip", tmp_path / name)
    make_sip(batch, eark_sip(), "tot")
    ended = take_in(batch)
    assert ended.code == 3
    assert {p["path"]: (p["status"], codes(p)) for p in ended.json["packages"]} == {
        "tot": ("stored", set()), "giao.zip": ("refused", {"KIND-ARCHIVE"}), "nhieu.zip": ("refused", {"KIND-ARCHIVE"}),
        "khac.zip": ("refused", {"ARC-NO-PACKAGE"}),
    }  # fmt: skip
    assert sum(f["files"] for f in ended.json["files"] if f["fate"] == "refused") == 3
    assert [p.name for p in kho_home.workspace.iterdir() if p.name != "tools"] == []


@pytest.mark.parametrize("place", ["hoso", "document", "bag", "text-layer"])
def test_a_secrecy_mark_seals_the_whole_package(kho_home: Home, tmp_path: Path, place: str):
    """Nothing of it is told or kept but that it was there."""
    sip = Sip(objid="uuid-S")
    if place == "hoso":
        sip.ead = {**sip.ead, "mode": "03", "title": "Chuyện kín"}  # type: ignore[dict-item]
    elif place == "document":
        sip.documents["160.2.pdf"]["mode"] = "Mật"
        sip.documents["160.2.pdf"]["subject"] = "Chuyện kín"
    elif place == "text-layer":
        sip.data["rep1"]["160.2.pdf"] = page_of("MẬT", "Chuyện kín")
    package = make_sip(tmp_path, sip, "goi")
    if place == "bag":
        shutil.rmtree(package)
        make_bag(package, {"chuyen kin.txt": b"x"}, {**INFO, "Access": "Mật"})
    ended = take_in(package)
    told = only(ended)
    assert (told["status"], told["verdict"], told["key"], told["path"]) == (
        "quarantined",
        "quarantined",
        None,
        "goi",
    )
    assert codes(told) == {"DLV-SEALED"}
    everything = "\n".join(normalised_dump()) + ended.out
    for said in ("Chuyện kín", "chuyen kin", "160.2", "H26.99.07.2001.01.TH"):
        assert said not in everything
    assert not [p for p in kho_home.quarantine.rglob("*") if p.is_file()]
    assert [p.name for p in kho_home.workspace.iterdir() if p.name != "tools"] == []


def test_a_store_of_others_is_judged_and_told_that_it_is_not_taken(kho_home: Home, tmp_path: Path):
    assert only(take_in(make_sip(tmp_path, Sip())))["status"] == "stored"
    copy = tmp_path / "kho-khac"
    shutil.copytree(kho_home.store, copy)
    package = only(take_in(copy))
    assert (package["kind"], package["status"], codes(package)) == ("ocfl-root", "refused", {"KIND-OCFL"})


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    ["step.unpack.begin", "step.unpack.done", "step.find-held.committed", "store.before-staging", "store.staged-content",
     "store.staged-inventory", "store.before-release", "store.version-placed", "store.inventory-placed", "step.store.done", "step.store.committed"],
)  # fmt: skip
def test_an_update_killed_anywhere_goes_on_to_the_same_end(kho_home: Home, tmp_path: Path, point: str):
    first = make_sip(tmp_path / "1", Sip())
    later = Sip(status="REPLACEMENT", documents={"160.1.pdf": document_fields(1, subject="Sửa lại")})
    folder = make_sip(tmp_path / "2", later)
    second = Path(shutil.make_archive(str(tmp_path / "goi"), "zip", folder.parent, folder.name))
    aip = only(take_in(first))["aip"]
    take_in(second, KHO_FAULT=f"{point}:kill")
    ended = take_in(second)
    assert ended.code == 0, ended.out[-2000:] + ended.err
    (row,) = rows("aip")
    assert (row["id"], row["version"]) == (aip, "v2")
    assert [d["fields"]["subject"] for d in rows("document")] == ["Sửa lại", "160.2.pdf"]
    assert verify(kho_home.store).verdict in ("valid", "valid-with-warning")
    assert [p.name for p in kho_home.workspace.iterdir() if p.name != "tools"] == []
