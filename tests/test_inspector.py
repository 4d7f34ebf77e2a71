"""The inspector: what it tells of a PDF, and that no file takes it down."""

import hashlib
import json
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.inspector import CannotInspect, Inspector
from standards import tools
from tests import pdf_fixtures as made


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    with Inspector(memory_mb=700, seconds=30) as opened:
        yield opened


def codes(inspector: Inspector, path: Path) -> set[str]:
    return {f.code for f in inspector.inspect(path).findings}


def test_a_scan_with_text_is_described_completely(inspector: Inspector, tmp_path: Path) -> None:
    path = made.scan(tmp_path / "văn bản 1.pdf", pages=3, compliance="PDF/A-2B")
    looked = inspector.inspect(path)
    assert looked.findings == ()
    assert [text.strip() for text in looked.texts] == [f"{made.TEXT} {n}" for n in (1, 2, 3)]
    facts = looked.facts
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts.sha512 == hashlib.sha512(path.read_bytes()).hexdigest()
    assert (facts.size, facts.pages, facts.text_pages) == (path.stat().st_size, 3, (True,) * 3)
    assert (facts.puid, facts.mime, facts.pdfa_claim, facts.pdfa_verdict) == (
        "fmt/477",
        "application/pdf",
        "2b",
        None,
    )
    assert facts.dpi in range(198, 203)
    assert facts.created is not None and facts.created[:2] == "20"
    assert inspector.texts(path) == looked.texts


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (made.javascript, "PDF-JAVASCRIPT"),
        (made.signed, "PDF-SIGNED"),
        (made.with_attachment, "PDF-EMBEDDED-FILES"),
        (made.encrypted, "PDF-OWNER-PASSWORD"),
        (lambda path: made.encrypted(path, user="mật khẩu"), "PDF-ENCRYPTED"),
        (lambda path: made.cut(path, made.scan(path, pages=2)), "PDF-TRUNCATED"),
        (lambda path: made.scan(path, dpi=150), "PDF-LOW-DPI"),
        (made.plain, "PDF-NO-TEXT"),
        (made.page_loop, "PDF-DAMAGED"),
        (made.huge_image, "PDF-HUGE-IMAGE"),
    ],
)
def test_a_fault_is_told_by_its_code(
    inspector: Inspector, tmp_path: Path, make: Callable[[Path], Path], code: str
) -> None:
    assert code in codes(inspector, make(tmp_path / "a.pdf"))


def test_javascript_in_a_text_is_no_javascript(inspector: Inspector, tmp_path: Path) -> None:
    assert "PDF-JAVASCRIPT" not in codes(inspector, made.talks_of_javascript(tmp_path / "a.pdf"))


def test_encrypted_signed_and_javascript_are_facts(inspector: Inspector, tmp_path: Path) -> None:
    assert inspector.inspect(made.encrypted(tmp_path / "a.pdf", user="x")).facts.encrypted
    assert inspector.inspect(made.encrypted(tmp_path / "b.pdf")).facts.encrypted
    assert inspector.inspect(made.signed(tmp_path / "c.pdf")).facts.signed
    assert inspector.inspect(made.javascript(tmp_path / "d.pdf")).facts.javascript


def test_pages_of_a_finding_are_named(inspector: Inspector, tmp_path: Path) -> None:
    (found,) = inspector.inspect(made.scan(tmp_path / "a.pdf", pages=3, dpi=100)).findings
    assert (found.code, found.values["pages"], found.values["lowest"]) == ("PDF-LOW-DPI", "1-3", "200")


def test_maps_want_a_finer_scan(inspector: Inspector, tmp_path: Path) -> None:
    path = made.scan(tmp_path / "a.pdf", dpi=250)
    assert not inspector.inspect(path).findings
    assert [f.code for f in inspector.inspect(path, lowest_dpi=300).findings] == ["PDF-LOW-DPI"]


def test_a_file_by_another_name_is_no_pdf(inspector: Inspector, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"khong phai")
    assert codes(inspector, path) == {"PDF-NOT-A-PDF"}


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (made.million_pages, "PDF-REPAIRED"),
        (made.deep_nesting, "PDF-DAMAGED"),
        (made.page_loop, "PDF-DAMAGED"),
        (made.operator_bomb, "PDF-NO-ANSWER"),
    ],
)
def test_a_hostile_file_gets_a_finding_and_the_next_file_is_seen(
    inspector: Inspector, tmp_path: Path, make: Callable[[Path], Path], code: str
) -> None:
    looked = inspector.inspect(make(tmp_path / "hostile.pdf"))
    assert code in {f.code for f in looked.findings}
    assert looked.facts.sha256 == hashlib.sha256((tmp_path / "hostile.pdf").read_bytes()).hexdigest()
    assert inspector.inspect(made.scan(tmp_path / "good.pdf")).findings == ()


def test_memory_is_limited(tmp_path: Path) -> None:
    with Inspector(memory_mb=400, seconds=60) as small:
        looked = small.inspect(made.operator_bomb(tmp_path / "bomb.pdf"))
    assert [f.code for f in looked.findings] == ["PDF-NO-ANSWER"]


def test_time_is_limited(tmp_path: Path) -> None:
    path = made.scan(tmp_path / "a.pdf")
    with Inspector(seconds=0.001) as hurried:
        (found,) = hurried.inspect(path).findings
    assert (found.code, found.values["reason"]) == ("PDF-NO-ANSWER", "out of time")


def test_a_killed_child_is_replaced(inspector: Inspector, tmp_path: Path) -> None:
    path = made.scan(tmp_path / "a.pdf")
    inspector.inspect(path)
    pid = inspector._children[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert inspector.inspect(path).findings == ()


def test_a_missing_file_is_a_finding(inspector: Inspector, tmp_path: Path) -> None:
    looked = inspector.inspect(tmp_path / "khong-co.pdf")
    assert [f.code for f in looked.findings] == ["FILE-UNREADABLE"]


def test_a_pipe_in_the_delivery_does_not_hang(inspector: Inspector, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    assert codes(inspector, tmp_path / "a.pdf") == {"FILE-UNREADABLE"}


def test_names_of_any_bytes_are_read(inspector: Inspector, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"a\nb\xe9.pdf")
    odd.write_bytes(made.scan(tmp_path / "a.pdf").read_bytes())
    assert inspector.inspect(odd, shown="odd").findings == ()


def test_a_page_is_drawn(inspector: Inspector, tmp_path: Path) -> None:
    path = made.scan(tmp_path / "a.pdf", pages=2)
    assert inspector.render(path, 2, 300).startswith(b"\xff\xd8\xff")
    with pytest.raises(CannotInspect):
        inspector.render(path, 3, 300)
    with pytest.raises(CannotInspect):
        inspector.render(tmp_path / "none.pdf", 1, 300)
    with pytest.raises(CannotInspect):
        inspector.render(path, 1, 1_000_000)


@pytest.mark.skipif(
    not tools.limits_in_force()["network"], reason="this kernel gives children no empty network"
)
def test_the_child_has_no_network(inspector: Inspector, tmp_path: Path) -> None:
    inspector.inspect(made.plain(tmp_path / "a.pdf"))
    pid = inspector._children[0].pid
    assert pid is not None
    devices = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in devices] == ["lo"]


def test_findings_fit_the_contract(inspector: Inspector, tmp_path: Path) -> None:
    (found,) = inspector.inspect(made.scan(tmp_path / "a.pdf", dpi=72), shown="tài liệu/a.pdf").findings
    told = json.loads(json.dumps(found.as_json()))
    assert told["path"] == "tài liệu/a.pdf" and "72 dpi" in told["vi"]


def test_threads_have_children_of_their_own(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        (tmp_path / f"{name}.txt").write_text(name)
    with Inspector(memory_mb=700, seconds=30, children=2) as several, ThreadPoolExecutor(4) as pool:
        looked = list(pool.map(lambda n: several.inspect(tmp_path / f"{n}.txt"), ["a", "b", "c", "d"] * 5))
        pids = {child.pid for child in several._children}
    assert [i.facts.size for i in looked if i.facts] == [1] * 20
    assert len(pids) == 2
