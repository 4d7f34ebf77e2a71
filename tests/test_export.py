"""Exports: what leaves the storehouse is whole, plain to others' tools, and never on top of anything."""

import dataclasses
import re
from pathlib import Path

import bagit
import pytest

from repository.aip import build_aip, read_aip
from repository.export import ExportExists, UnknownFormat, export_aip
from repository.export_copy import DamagedFile
from standards.bag import check_bag
from standards.eark_rules import check_package
from standards.package_tree import FolderTree, ManifestTree, read_bytes
from tests.aip_fixtures import FOLDER, NAMES, OBJID, alike, plain, small_content


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    (folder / "aip").mkdir()
    built = build_aip(small_content(folder / "in"), folder / "aip")
    with ManifestTree(built.manifest) as tree:
        yield tree


def files_below(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_eark_is_the_stored_package_byte_for_byte(stored, tmp_path):
    made = export_aip(stored, read_aip(stored), tmp_path / "out", "eark")
    assert made == tmp_path / "out" / OBJID
    assert sorted(files_below(made)) == list(stored.paths())
    assert all(read_bytes(stored, path) == content for path, content in files_below(made).items())
    assert [f.code for f in check_package(FolderTree(made), "eark")] == []


def test_a_bag_is_bagit_1_0_for_us_and_for_others(stored, tmp_path):
    made = export_aip(stored, read_aip(stored), tmp_path, "bag")
    assert (made / "bagit.txt").read_text(
        "utf-8"
    ) == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert list(check_bag(made)) == []
    bag = bagit.Bag(str(made))
    bag.validate()
    assert bag.info["External-Identifier"] == OBJID
    payload = files_below(made / "data" / FOLDER)
    assert bag.info["Payload-Oxum"] == f"{sum(map(len, payload.values()))}.{len(payload)}"
    assert sorted(payload) == list(stored.paths())
    assert {
        "manifest-sha256.txt",
        "manifest-sha512.txt",
        "tagmanifest-sha256.txt",
        "tagmanifest-sha512.txt",
    } <= {p.name for p in made.iterdir()}


def test_the_delivery_s_own_files_are_tag_files_of_the_bag(stored, tmp_path):
    made = export_aip(stored, read_aip(stored), tmp_path, "bag")
    assert (made / "submission/rows.csv").read_bytes() == read_bytes(stored, "submission/rows.csv")
    assert "submission/rows.csv" in (made / "tagmanifest-sha512.txt").read_text("utf-8")


def test_a_title_of_many_lines_is_one_line_of_bag_info(stored, tmp_path):
    content = dataclasses.replace(read_aip(stored), label="Hồ sơ\nPayload-Oxum: 1.1\r\n  và nữa")
    made = export_aip(stored, content, tmp_path, "bag")
    assert "External-Description: Hồ sơ Payload-Oxum: 1.1 và nữa\n" in (made / "bag-info.txt").read_text(
        "utf-8"
    )
    bagit.Bag(str(made)).validate()


def test_tt05_is_rendered_without_loss_and_says_that_it_is_unconfirmed(stored, tmp_path):
    content = read_aip(stored)
    made = export_aip(stored, content, tmp_path, "tt05")
    assert [f.code for f in check_package(FolderTree(made), "tt05")] == []
    rendered = read_aip(FolderTree(made))
    same = dataclasses.replace(rendered, documentation=content.documentation, submission=content.submission)
    assert alike(same, content)
    mets = (made / "METS.xml").read_text("utf-8")
    assert 'PROFILE="http://www.ra.ee/METS/v01/IP.xml"' in mets
    assert "unconfirmed" in mets
    assert "CHƯA XÁC NHẬN" in (made / "documentation/README.txt").read_text("utf-8")
    assert (made / "documentation/submission_rows.csv").is_file()
    assert (made / "documentation/B=C3=ACa_hoso01.pdf").is_file()


def test_a_reading_copy_holds_the_documents_and_not_the_storehouse_s_business(stored, tmp_path):
    made = export_aip(stored, read_aip(stored), tmp_path, "dip")
    assert re.fullmatch(r"uuid-[0-9A-F-]{36}", made.name)
    assert {f.code for f in check_package(FolderTree(made), "dip")} == {"CSIP31"}
    paths = set(files_below(made))
    assert sum(path.startswith("representations/rep1/data/") for path in paths) == len(NAMES)
    assert not [path for path in paths if "kho" in path or "PREMIS" in path]
    readme = (made / "documentation/README.txt").read_text("utf-8")
    assert "1. Về việc số 1 & <khác> (05/06/2025)" in readme
    assert NAMES[1] in readme


def test_two_reading_copies_are_two_packages(stored, tmp_path):
    made = {export_aip(stored, read_aip(stored), tmp_path, "dip").name for _ in range(2)}
    assert len(made) == 2


@pytest.mark.parametrize("form", ["eark", "bag", "tt05"])
def test_nothing_is_overwritten(stored, tmp_path, form):
    name = OBJID if form == "eark" else FOLDER
    (tmp_path / name).mkdir()
    with pytest.raises(ExportExists, match=name):
        export_aip(stored, read_aip(stored), tmp_path, form)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert files_below(tmp_path) == {}


def test_an_unknown_form_is_a_usage_error(stored, tmp_path):
    with pytest.raises(UnknownFormat) as refused:
        export_aip(stored, read_aip(stored), tmp_path, "zip")
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("form", ["eark", "bag", "tt05", "dip"])
def test_a_damaged_file_is_not_exported_and_leaves_nothing(tmp_path, form):
    (tmp_path / "aip").mkdir()
    content = small_content(tmp_path / "in")
    built = build_aip(content, tmp_path / "aip")
    content.documents[2].file.source.write_bytes(b"%PDF-1.7 0")
    with (
        ManifestTree(built.manifest) as tree,
        pytest.raises(DamagedFile, match="representations/rep1/data/Quye"),
    ):
        export_aip(tree, read_aip(tree), tmp_path / "out", form)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_read_of_a_bag_s_payload_is_the_content(stored, tmp_path):
    made = export_aip(stored, read_aip(stored), tmp_path, "bag")
    assert plain(read_aip(FolderTree(made / "data" / FOLDER))) == plain(read_aip(stored))
