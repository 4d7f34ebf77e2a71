"""SIPs by TT 05/2025: read leniently, judged by the field table of their own kind."""

from dataclasses import replace
from pathlib import Path

import pytest

from standards.eark_rules import check_package
from standards.findings import Finding, Level, may_be_released
from standards.package_tree import FolderTree
from tests.make_package import HOSO, TAILIEU, Sip, document_fields, make_sip


def found(parent: Path, sip: Sip) -> list[Finding]:
    return list(check_package(FolderTree(make_sip(parent, sip))))


def told(findings: list[Finding], level: Level) -> set[tuple[str, str]]:
    return {(f.code, f.values.get("field", f.values.get("place", ""))) for f in findings if f.level is level}


@pytest.mark.parametrize(
    "sip", [Sip(), Sip(ead=dict(TAILIEU), kind="Collection", documents={})], ids=["hoso", "tailieu"]
)
def test_a_good_sip_has_nothing_to_mend(tmp_path: Path, sip: Sip) -> None:
    assert {f.code for f in found(tmp_path, sip)} <= {"CSIPSTR13", "CSIPSTR16"}


@pytest.mark.parametrize(
    "field", ["fileCode", "title", "maintenance", "mode", "language", "startDate", "totalDoc"]
)
def test_what_a_file_always_owes_binds_and_a_person_may_release_it(tmp_path: Path, field: str) -> None:
    findings = found(tmp_path, Sip(ead={**HOSO, field: ""}))
    assert ("TT05-MISSING", field) in told(findings, Level.MUST)
    assert all(may_be_released(f) for f in findings if f.level is Level.MUST)


def test_what_hangs_on_another_field_is_advice(tmp_path: Path) -> None:
    ead = {**HOSO, "paperFileCode": "", "numberOfPaper": "", "riskRecovery": "1", "riskRecoveryStatus": ""}
    findings = found(tmp_path, Sip(ead=ead))
    assert not told(findings, Level.MUST)
    missing = {field for code, field in told(findings, Level.SHOULD) if code == "TT05-MISSING"}
    assert missing == {"paperFileCode", "numberOfPaper", "riskRecoveryStatus"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"mode": "09"}, "TT05-CODE"),
        ({"typeName": "33"}, "TT05-CODE"),
        ({"issuedDate": "31/02/2001"}, "TT05-DATE"),
        ({"docId": "x" * 26}, "TT05-LENGTH"),
        ({"docId": ""}, "TT05-MISSING"),
        ({"subject": ""}, "TT05-MISSING"),
        ({"numberOfPage": "hai"}, "TT05-NUMBER"),
    ],
)
def test_the_21_fields_of_a_document_are_judged(tmp_path: Path, changed: dict[str, str], code: str) -> None:
    documents = {"160.1.pdf": document_fields(1, **changed), "160.2.pdf": document_fields(2)}
    assert code in {f.code for f in found(tmp_path, Sip(documents=documents)) if f.level is Level.MUST}


def test_fields_of_another_package_are_told(tmp_path: Path) -> None:
    documents = {"160.1.pdf": document_fields(1, arcDocCode="x"), "160.2.pdf": document_fields(2)}
    assert ("TT05-UNKNOWN", "arcDocCode") in told(found(tmp_path, Sip(documents=documents)), Level.SHOULD)


def test_codes_of_documents_that_do_not_follow_the_file_are_told_once(tmp_path: Path) -> None:
    documents = {
        f"160.{i}.pdf": document_fields(i, docCode=f"H26.99.07.2002.01.TH.000000{i}") for i in (1, 2)
    }
    findings = [f for f in found(tmp_path, Sip(documents=documents)) if f.code == "TT05-DOC-CODE"]
    assert [f.values["count"] for f in findings] == ["2"]


def test_what_mets_says_otherwise_is_told(tmp_path: Path) -> None:
    sip = replace(
        Sip(), objid="goi-1", kind="SIP", profile="https://earkcsip.dilcis.eu/profile/other.xml", status="MOI"
    )
    assert {place for code, place in told(found(tmp_path, sip), Level.SHOULD) if code == "TT05-METS"} == {
        "OBJID", "PROFILE", "TYPE", "RECORDSTATUS",
    }  # fmt: skip


def test_a_lot_of_loose_documents_has_its_own_fields(tmp_path: Path) -> None:
    findings = found(
        tmp_path, Sip(ead={**TAILIEU, "totalDoc": "", "mode": "01"}, kind="Collection", documents={})
    )
    assert ("TT05-MISSING", "totalDoc") in told(findings, Level.MUST)
    assert ("TT05-UNKNOWN", "mode") in told(findings, Level.SHOULD)
