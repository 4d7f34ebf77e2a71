"""What a path holds, told by its content."""

import csv
import os
import shutil
from pathlib import Path

import pytest

from ingest.kinds import tell_kind
from repository.kind import Kind
from tests.make_delivery import make_delivery, plan, tiny_pdf, write_plan

_KINDS = {"bag": Kind.BAG, "eark-ip": Kind.EARK, "ocfl-object": Kind.OCFL_OBJECT, "pdf": Kind.PDF}
# Nothing in these tells a package from anything else: they are refused as unknown.
_NOTHING = {"eark/ev_struct_empty.zip", "eark/ev_bad_multi_dir.zip", "eark/ev_bad_single_file.zip"}


def test_samples_made_by_others(samples: Path) -> None:
    with (samples / "expected.tsv").open(encoding="utf-8") as file:
        cases = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    told = {
        c["path"]: tell_kind(samples / c["path"])
        for c in cases
        if c["kind"] in _KINDS and "!" not in c["path"]
    }
    wanted = {c["path"]: _KINDS[c["kind"]] for c in cases if c["path"] in told}
    assert told == wanted | dict.fromkeys(_NOTHING, Kind.UNKNOWN)
    assert len(told) > 50


def test_delivery_and_batch(tmp_path: Path) -> None:
    make_delivery(tmp_path / "dot1")
    make_delivery(tmp_path / "dot2", form="csv")
    assert tell_kind(tmp_path / "dot1") is Kind.DELIVERY
    assert tell_kind(tmp_path / "dot2") is Kind.DELIVERY
    assert tell_kind(tmp_path) is Kind.BATCH


def test_a_list_in_a_folder_of_its_own(tmp_path: Path) -> None:
    p = plan()
    p.sheet = "muc_luc/danhmuc.xlsx"
    assert tell_kind(write_plan(tmp_path, p)) is Kind.DELIVERY


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"a,b,c\n1,2,3\n"])
def test_a_list_that_cannot_be_read_is_still_a_delivery(tmp_path: Path, data: bytes) -> None:
    root = make_delivery(tmp_path)
    (root / "danhmuc.xlsx").write_bytes(data)
    assert tell_kind(root) is Kind.DELIVERY


def test_loose_pdfs_are_a_batch(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(tiny_pdf())
    assert tell_kind(tmp_path) is Kind.BATCH
    assert tell_kind(tmp_path / "a.pdf") is Kind.PDF


def test_tt05_is_told_by_its_simpledc(tmp_path: Path) -> None:
    place = tmp_path / "aip" / "metadata" / "descriptive"
    place.mkdir(parents=True)
    (tmp_path / "aip" / "METS.xml").write_text("<mets/>")
    assert tell_kind(tmp_path / "aip") is Kind.EARK
    (place / "EAD.xml").write_text('<?xml version="1.0"?>\n<simpledc>\n<title>x</title></simpledc>')
    assert tell_kind(tmp_path / "aip") is Kind.TT05
    packed = shutil.make_archive(str(tmp_path / "aip"), "zip", tmp_path, "aip")
    assert tell_kind(Path(packed)) is Kind.TT05
    packed = shutil.make_archive(str(tmp_path / "aip"), "gztar", tmp_path, "aip")
    assert tell_kind(Path(packed)) is Kind.TT05


def test_ocfl_root(tmp_path: Path) -> None:
    (tmp_path / "0=ocfl_1.1").write_text("ocfl_1.1\n")
    assert tell_kind(tmp_path) is Kind.OCFL_ROOT


def test_the_name_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"hello")
    (tmp_path / "y.txt").write_bytes(tiny_pdf())
    assert tell_kind(tmp_path / "x.pdf") is Kind.UNKNOWN
    assert tell_kind(tmp_path / "y.txt") is Kind.PDF


def test_nothing_is_unknown(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ong")
    assert tell_kind(tmp_path / "ong") is Kind.UNKNOWN
    assert tell_kind(tmp_path / "khong-co") is Kind.UNKNOWN
    assert tell_kind(tmp_path) is Kind.UNKNOWN
