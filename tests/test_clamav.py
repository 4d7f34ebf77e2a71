"""Viruses: the real clamd, with a signature file of the test's own; and no daemon, which is never silence."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.filecheck import virus_findings
from standards.clamav import ClamAv
from standards.findings import Level
from tests import clamd
from tests.clamd import EICAR, Daemon


@pytest.fixture(scope="module")
def daemon() -> Iterator[Daemon]:
    with clamd.running() as made:
        yield made


@pytest.fixture
def clamav(daemon: Daemon) -> Iterator[ClamAv]:
    with ClamAv(daemon.socket, seconds=20) as opened:
        yield opened


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_eicar_is_found_and_its_neighbours_are_clean(clamav: ClamAv, tmp_path: Path) -> None:
    clean, eicar = put(tmp_path / "a.pdf", b"%PDF-1.7 sach"), put(tmp_path / "b.pdf", EICAR)
    verdicts = [clamav.scan(path) for path in (clean, eicar, clean)]
    assert [v.outcome for v in verdicts] == ["clean", "infected", "clean"]
    assert verdicts[1].signature == "Kho.Eicar-Test.UNOFFICIAL"
    assert verdicts[0].version[0].isdigit()


def test_an_infected_file_is_a_must_with_its_signature(clamav: ClamAv, tmp_path: Path) -> None:
    (found,) = virus_findings([("b.pdf", clamav.scan(put(tmp_path / "b.pdf", EICAR)))])
    assert (found.code, found.level, found.path) == ("VIRUS-FOUND", Level.MUST, "b.pdf")
    assert "Kho.Eicar-Test" in found.text("vi")


@pytest.mark.parametrize("size", [0, 1, 500_000])
def test_every_size_up_to_the_limit_is_scanned(clamav: ClamAv, tmp_path: Path, size: int) -> None:
    assert clamav.scan(put(tmp_path / "a", bytes(size))).outcome == "clean"


def test_what_exceeds_the_daemons_limit_is_not_scanned_and_says_so(clamav: ClamAv, tmp_path: Path) -> None:
    verdict = clamav.scan(put(tmp_path / "big", bytes(16 << 20)))
    assert verdict.outcome == "not-scanned"
    assert "limit" in verdict.reason or "clamd" in verdict.reason
    assert clamav.scan(put(tmp_path / "b", EICAR)).outcome == "infected"


def test_what_the_daemon_did_not_look_at_completely_is_not_scanned(clamav: ClamAv, tmp_path: Path) -> None:
    verdict = clamav.scan(put(tmp_path / "a", bytes(800_000)))
    assert verdict.outcome == "not-scanned"
    assert "Limits.Exceeded" in verdict.reason


def test_a_daemon_that_was_restarted_is_found_again(daemon: Daemon, clamav: ClamAv, tmp_path: Path) -> None:
    path = put(tmp_path / "b", EICAR)
    assert clamav.scan(path).outcome == "infected"
    daemon.stop()
    assert clamav.scan(path).outcome == "not-scanned"
    daemon.start()
    assert clamav.scan(path).outcome == "infected"


def test_threads_take_turns(clamav: ClamAv, tmp_path: Path) -> None:
    eicar, clean = put(tmp_path / "b", EICAR), put(tmp_path / "a", b"sach")
    wrong: list[str] = []

    def scan(path: Path, expected: str) -> None:
        wrong.extend(v for v in (clamav.scan(path).outcome for _ in range(20)) if v != expected)

    threads = [
        threading.Thread(target=scan, args=pair) for pair in ((eicar, "infected"), (clean, "clean")) * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_without_a_daemon_one_finding_tells_how_many(tmp_path: Path) -> None:
    with ClamAv(tmp_path / "no-socket") as absent:
        verdicts = [(name, absent.scan(put(tmp_path / name, b"x"))) for name in ("a", "b")]
    (found,) = virus_findings(verdicts)
    assert (found.code, found.level, found.values["count"]) == ("VIRUS-NOT-SCANNED", Level.SHOULD, "2")


def test_a_missing_file_is_not_scanned(clamav: ClamAv, tmp_path: Path) -> None:
    assert clamav.scan(tmp_path / "none").outcome == "not-scanned"


def test_the_socket_comes_from_the_environment(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KHO_CLAMD_SOCKET", str(daemon.socket))
    with ClamAv() as found:
        assert found.scan(put(tmp_path / "b", EICAR)).outcome == "infected"
