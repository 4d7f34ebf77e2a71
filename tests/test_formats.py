"""Formats by PRONOM: told by content, with the version of the signatures."""

import os
from pathlib import Path

import pytest

from ingest.filecheck import format_findings
from repository.packages import FileFacts
from standards.formats import identify
from tests import pdf_fixtures as made


def facts(path: Path) -> FileFacts:
    found = identify(path)
    return FileFacts(
        1, "", "", puid=found.puid, mime=found.mime, format_name=found.name, format_version=found.version
    )


def test_pdfa_is_told_from_pdf(tmp_path: Path) -> None:
    archival = identify(made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B"))
    assert (archival.puid, archival.version, archival.mime) == ("fmt/477", "2b", "application/pdf")
    assert identify(made.scan(tmp_path / "b.pdf")).puid in ("fmt/17", "fmt/18", "fmt/19", "fmt/20", "fmt/276")


def test_the_signatures_are_named(tmp_path: Path) -> None:
    assert "DROID_SignatureFile_V" in identify(made.plain(tmp_path / "a.pdf")).signature_version


def test_a_name_that_is_not_utf8_hides_no_format(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xeca.pdf"))
    made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B").rename(odd)
    found = identify(odd)
    assert (found.puid, found.mismatch) == ("fmt/477", False)


def test_a_wrong_extension_is_a_finding(tmp_path: Path) -> None:
    path = made.scan(tmp_path / "a.pdf").rename(tmp_path / "a.jpg")
    assert identify(path).mismatch
    (found,) = format_findings(facts(path), shown="a.jpg")
    assert (found.code, found.values["extension"]) == ("FORMAT-EXTENSION", ".jpg")


def test_a_right_extension_in_capitals_is_none(tmp_path: Path) -> None:
    assert format_findings(facts(made.scan(tmp_path / "a.PDF")), shown="a.PDF") == ()


@pytest.mark.parametrize("data", [b"", b"\x01\x02khong ai biet\xff"])
def test_what_nobody_knows_is_a_finding(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    assert identify(tmp_path / "a").puid is None
    assert [f.code for f in format_findings(facts(tmp_path / "a"), shown="a")] == ["FORMAT-UNKNOWN"]


def test_a_missing_file_is_of_no_format(tmp_path: Path) -> None:
    assert identify(tmp_path / "none").puid is None
