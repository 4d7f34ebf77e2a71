"""`kho check` on a lone PDF: an archival master claims a PDF/A level and is what it claims. A delivered PDF may not."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.filecheck import FileReport, check_file
from ingest.inspector import Inspector
from repository.config import CHECKOUT
from standards import verapdf
from standards.findings import Level, Verdict, verdict_of
from standards.verapdf import VeraPdf
from tests import pdf_fixtures as made

JARS = CHECKOUT / "lib" / "verapdf"
SAMPLES = ("pdfa/", "pdf-problem/", "hostile/d05")
pytestmark = pytest.mark.skipif(
    not (JARS / verapdf.JAR).is_file() or shutil.which("java") is None,
    reason="no veraPDF or Java (make setup)",
)


@dataclass(frozen=True, slots=True)
class Judges:
    """Both judges, kept for the module."""

    inspector: Inspector
    verapdf: VeraPdf

    def report(self, path: Path, *, as_master: bool = True) -> FileReport:
        return check_file(
            path, shown=path.name, inspector=self.inspector, verapdf=self.verapdf, as_master=as_master
        )


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judges]:
    with Inspector() as inspector, VeraPdf(JARS, workdir=tmp_path_factory.mktemp("verapdf")) as judge:
        yield Judges(inspector, judge)


def test_every_sample_gets_its_verdict(judges: Judges, samples: Path) -> None:
    with (samples / "expected.tsv").open(encoding="utf-8", newline="") as table:
        cases = [
            c
            for c in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
            if c["path"].startswith(SAMPLES)
        ]
    assert len(cases) == 50
    wrong = []
    for case in cases:
        findings = judges.report(samples / case["path"]).findings
        accepted = verdict_of(findings) is not Verdict.INVALID
        if accepted != case["verdict"].startswith("valid"):
            wrong.append((case["path"], case["verdict"], [f.text("en") for f in findings]))
    assert wrong == []


def codes(report: FileReport, level: Level) -> list[str]:
    return [f.code for f in report.findings if f.level is level]


def test_a_true_master_has_no_finding(judges: Judges, tmp_path: Path) -> None:
    report = judges.report(made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B"))
    assert report.findings == ()
    assert (report.facts.pdfa_claim, report.facts.pdfa_verdict) == ("2b", "passed")


def test_no_claim_is_refused_as_a_master_and_kept_in_a_delivery(judges: Judges, tmp_path: Path) -> None:
    path = made.scan(tmp_path / "a.pdf")
    assert codes(judges.report(path), Level.MUST) == ["PDFA-NO-CLAIM"]
    delivered = judges.report(path, as_master=False)
    assert (codes(delivered, Level.MUST), codes(delivered, Level.SHOULD)) == ([], ["PDFA-NO-CLAIM"])
    assert delivered.facts.pdfa_verdict is None


def test_a_false_claim_names_its_clauses(judges: Judges, samples: Path) -> None:
    path = samples / "pdfa/1b/fail-6-1-6-005.pdf"
    (found,) = [f for f in judges.report(path, as_master=False).findings if f.code == "PDFA-FALSE-CLAIM"]
    assert (found.level, found.values["clauses"]) == (Level.SHOULD, "6.1.6")
    assert "PDFA-FALSE-CLAIM" in codes(judges.report(path), Level.MUST)


def test_no_answer_from_verapdf_refuses_a_master(judges: Judges, tmp_path: Path) -> None:
    silent = tmp_path / "java"
    silent.write_text("#!/bin/sh\nexit 0\n")
    silent.chmod(0o700)
    path = made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B")
    with VeraPdf(JARS, java=str(silent), workdir=tmp_path) as mute:
        report = Judges(judges.inspector, mute).report(path)
        delivered = Judges(judges.inspector, mute).report(path, as_master=False)
    assert codes(report, Level.MUST) == ["PDFA-NO-ANSWER"]
    assert codes(delivered, Level.SHOULD) == ["PDFA-NO-ANSWER"]
    assert report.facts.pdfa_verdict == "unknown"


def test_what_is_no_pdf_is_no_master(judges: Judges, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("văn bản")
    assert codes(judges.report(path), Level.MUST) == ["PDF-NOT-A-PDF"]


def test_an_encrypted_file_is_refused_everywhere(judges: Judges, tmp_path: Path) -> None:
    path = made.encrypted(tmp_path / "a.pdf", user="x")
    assert codes(judges.report(path, as_master=False), Level.MUST) == ["PDF-ENCRYPTED"]
