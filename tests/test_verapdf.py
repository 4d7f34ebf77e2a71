"""veraPDF: the contract of the pinned version, and that no answer is never a pass."""

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from repository.config import CHECKOUT
from standards import verapdf
from standards.pdfa import no_answer, read_report
from standards.verapdf import VeraPdf, VeraPdfMissing
from tests import pdf_fixtures as made

JARS = CHECKOUT / "lib" / "verapdf"
pytestmark = pytest.mark.skipif(
    not (JARS / verapdf.JAR).is_file() or shutil.which("java") is None,
    reason="no veraPDF or Java (make setup)",
)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VeraPdf]:
    with VeraPdf(JARS, workdir=tmp_path_factory.mktemp("verapdf")) as opened:
        yield opened


def pid_of(judge: VeraPdf) -> int:
    """The process of its only JVM."""
    server = judge._idle.get()
    judge._idle.put(server)
    assert server._process is not None
    return server._process.pid


def left_behind(judge: VeraPdf) -> list[str]:
    """Reports and links that should be gone."""
    return [p.name for p in judge._room.rglob("*") if p.suffix in (".xml", ".pdf")]


def stub(folder: Path, script: str) -> str:
    """A program that is started in Java's place."""
    path = folder / "java"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_jar_is_the_pinned_one() -> None:
    assert hashlib.sha256((JARS / verapdf.JAR).read_bytes()).hexdigest() == verapdf.SHA256


def test_true_pdfa_passes_by_what_it_claims(judge: VeraPdf, tmp_path: Path) -> None:
    for compliance, flavour in (("PDF/A-2B", "2b"), ("PDF/A-2U", "2u"), ("PDF/A-4", "4")):
        path = made.scan(tmp_path / f"{flavour}.pdf", compliance=compliance)
        verdict = judge.judge(path)
        assert (verdict.outcome, verdict.flavour, verdict.failed_rules) == ("passed", flavour, ())
        assert verdict.version == verapdf.VERSION
        assert json.loads(verdict.report)["report"]["jobs"]


def test_a_failed_rule_is_named(judge: VeraPdf, samples: Path) -> None:
    verdict = judge.judge(samples / "pdfa/1b/fail-6-1-6-005.pdf")
    assert (verdict.outcome, verdict.flavour) == ("failed", "1b")
    ((clause, test, description),) = verdict.failed_rules
    assert (clause, test) == ("6.1.6", 2)
    assert "hexadecimal" in description


def test_a_level_can_be_asked_for(judge: VeraPdf, tmp_path: Path) -> None:
    path = made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B")
    assert judge.judge(path, "1b").outcome == "failed"
    assert judge.judge(path, "2b").outcome == "passed"


def test_what_cannot_be_parsed_is_unknown_with_a_reason(judge: VeraPdf, tmp_path: Path) -> None:
    broken = tmp_path / "a.pdf"
    broken.write_bytes(b"%PDF-1.4\n")
    verdict = judge.judge(broken)
    assert verdict.outcome == "unknown"
    assert "parse" in verdict.reason
    assert judge.judge(tmp_path / "none.pdf").outcome == "unknown"


def test_names_cannot_break_the_protocol(judge: VeraPdf, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"q\n\xe9 '%s.pdf")
    odd.write_bytes(made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B").read_bytes())
    assert judge.judge(odd).outcome == "passed"


def test_nothing_is_left_behind(judge: VeraPdf, tmp_path: Path) -> None:
    judge.judge(made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B"))
    assert left_behind(judge) == []


def test_answers_stay_with_their_files(judge: VeraPdf, tmp_path: Path, samples: Path) -> None:
    good = made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B")
    bad = samples / "pdfa/1b/fail-6-1-6-005.pdf"
    waiting = [judge.submit(path) for path in (good, bad, good, bad, bad, good)]
    assert [w.result().outcome[0] for w in waiting] == list("pfpffp")


def test_a_killed_jvm_is_replaced(judge: VeraPdf, tmp_path: Path) -> None:
    path = made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B")
    judge.judge(path)
    first = pid_of(judge)
    os.kill(first, 9)
    assert judge.judge(path).outcome == "passed"
    assert judge.judge(path).outcome == "passed"
    assert pid_of(judge) != first


def test_a_jvm_is_recycled(tmp_path: Path) -> None:
    path = made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B")
    with VeraPdf(JARS, workdir=tmp_path, recycle=1) as judge:
        judge.judge(path)
        first = pid_of(judge)
        assert judge.judge(path).outcome == "passed"
        assert pid_of(judge) != first
    assert not Path(f"/proc/{first}").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["a.pdf"]


def test_a_file_that_takes_too_long_is_unknown_and_costs_the_jvm(tmp_path: Path) -> None:
    path = made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B")
    with VeraPdf(JARS, java=stub(tmp_path, "exec sleep 600\n"), workdir=tmp_path, seconds=0.5) as judge:
        verdict = judge.judge(path)
    assert (verdict.outcome, verdict.reason) == ("unknown", "out of time")


def test_the_batch_command_stands_in_for_a_server_that_ends(tmp_path: Path) -> None:
    script = f'case "$*" in *--servermode*) exit 9;; esac\nexec {shutil.which("java")} "$@"\n'
    with VeraPdf(JARS, java=stub(tmp_path, script), workdir=tmp_path) as judge:
        assert judge.judge(made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B")).outcome == "passed"


@pytest.mark.parametrize(
    "script", ["exit 0\n", "exit 3\n", "echo '{}'\n", "kill -9 $$\n", "echo passed; exit 0\n"]
)
def test_a_judge_that_says_nothing_has_not_said_yes(tmp_path: Path, script: str) -> None:
    with VeraPdf(JARS, java=stub(tmp_path, script), workdir=tmp_path) as judge:
        verdict = judge.judge(made.plain(tmp_path / "a.pdf"))
    assert verdict.outcome == "unknown"
    assert verdict.reason


def test_too_little_memory_is_unknown(tmp_path: Path) -> None:
    with VeraPdf(JARS, workdir=tmp_path, heap_mb=8) as judge:
        assert judge.judge(made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B")).outcome == "unknown"


def test_a_missing_judge_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(VeraPdfMissing, match="make setup"):
        VeraPdf(tmp_path)
    with pytest.raises(VeraPdfMissing, match="Java"):
        VeraPdf(JARS, java="khong-co-java")


@pytest.mark.parametrize("report", [b"", b"null", b"[]", b'{"report": {}}', b'{"report": {"jobs": []}}'])
def test_a_report_that_is_none_is_unknown(report: bytes) -> None:
    assert read_report(report).outcome == "unknown"


def test_a_report_of_an_unfinished_job_is_unknown(judge: VeraPdf, tmp_path: Path) -> None:
    verdict = judge.judge(made.scan(tmp_path / "a.pdf", compliance="PDF/A-2B"))
    document = json.loads(verdict.report)
    document["report"]["jobs"][0]["validationResult"][0]["jobEndStatus"] = "cancelled"
    assert read_report(json.dumps(document).encode()).outcome == "unknown"
    assert no_answer("x").outcome == "unknown"
