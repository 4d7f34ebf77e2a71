"""Audits: every copy proved, least recently tried first, within a budget, resumed after a kill, honest about the rest."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from access import auditing
from fixity.schedule import Budget, Promise, amount, duration
from preservation.audit import Scope
from preservation.audit_report import is_good, standing
from preservation.selftest import selftest
from repository import catalogue
from repository.config import Settings
from repository.copy_check import CopyCheck, check_copy
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.packages import AipId
from standards.errors import UsageError
from tests.audit_fixtures import content_of, hold, home_of
from tests.running import kho


@pytest.fixture
def opened(kho_home: Home) -> Opened:
    return open_catalogue(Settings.load())


def run(opened: Opened, scope: Scope | None = None, **limits: Any) -> dict[str, Any]:
    return auditing.run(Settings.load(), opened, scope or Scope(), **limits)


def checks(opened: Opened) -> list[tuple[str, str]]:
    with opened.connect() as connection:
        return connection.execute("select object, depth from audit_check order by id").fetchall()


def test_whole_copies_are_good_and_the_promise_is_kept(opened: Opened, tmp_path: Path):
    hold(opened, tmp_path, 5)
    report = run(opened)
    assert (report["checked"], report["files"]) == (5, 15)
    assert report["damaged"] == report["missing"] == report["stray"] == report["skipped"] == []
    assert report["promise"] == "every byte of every copy within 90 days; now at 100 %"
    assert is_good(report)


def test_the_first_check_is_deep_and_the_next_is_quick(opened: Opened, tmp_path: Path):
    hold(opened, tmp_path, 1)
    run(opened)
    run(opened)
    assert [depth for _object, depth in checks(opened)] == ["deep", "quick"]


def test_every_kind_of_loss_is_told_in_its_list(opened: Opened, tmp_path: Path):
    ids = hold(opened, tmp_path, 4)
    content_of(opened, ids[0]).write_bytes(b"other")
    content_of(opened, ids[1]).unlink()
    (home_of(opened, ids[2]) / "stray").write_text("x")
    shutil.rmtree(home_of(opened, ids[3]).parents[2])
    (opened.store.root / "abc").mkdir()
    (opened.store.root / "abc/loose.txt").write_text("x")
    report = run(opened)
    told = {
        what: [(e["aip"], e["path"], e["kind"]) for e in report[what]]
        for what in ("damaged", "missing", "stray")
    }
    assert told == {
        "damaged": [(ids[0], "v1/content/data/0.txt", "content")],
        "missing": [(ids[1], "v1/content/data/0.txt", "content"), (ids[3], "", "object")],
        "stray": [(ids[2], "stray", "structure"), (None, "abc/loose.txt", "storage-root")],
    }
    assert all(e["location"] == "primary" for what in ("damaged", "missing", "stray") for e in report[what])
    assert not is_good(report)
    assert kho("audit", "run", "--json").code == 3
    with opened.connect() as connection:
        known = standing(connection, Promise(), runs=5)
    assert [e["aip"] for e in known["damaged"]] == [ids[0]]
    assert known["locations"][0]["bad"] == 4


def test_an_object_that_no_row_knows_is_stray(opened: Opened, tmp_path: Path):
    hold(opened, tmp_path, 2)
    with opened.connect() as connection:
        connection.execute("delete from copy where object like '%1'")
    report = run(opened)
    assert [(e["aip"], e["kind"]) for e in report["stray"]] == [
        ("urn:uuid:00000000-0000-4000-8000-000000000001", "object")
    ]


def test_a_package_changed_with_its_inventory_is_found_at_the_quick_depth(opened: Opened, tmp_path: Path):
    """Whoever makes content, inventory and sidecars fit each other does not change what was known before."""
    ids = hold(opened, tmp_path, 2)
    run(opened)
    one, other = (home_of(opened, id) for id in ids)
    for name in ("inventory.json", "v1/inventory.json", "inventory.json.sha512", "v1/inventory.json.sha512"):
        (one / name).chmod(0o640)
    text = (one / "inventory.json").read_text().replace('"thử"', '"khác"')
    assert text != (one / "inventory.json").read_text()
    import hashlib

    for folder in (one, one / "v1"):
        (folder / "inventory.json").write_text(text)
        (folder / "inventory.json.sha512").write_text(
            f"{hashlib.sha512(text.encode()).hexdigest()} inventory.json\n"
        )
    report = run(opened, Scope(depth="quick"))
    assert [(e["aip"], e["kind"]) for e in report["damaged"]] == [(ids[0], "inventory-replaced")]
    assert other.is_dir()


def test_a_budget_leaves_the_rest_told_and_first_the_next_time(opened: Opened, tmp_path: Path):
    ids = hold(opened, tmp_path, 30)
    report = run(opened, max_bytes=1)
    left = next(s for s in report["skipped"] if "objects" in s)
    assert 0 < report["checked"] < 30
    assert left == {"location": "primary", "objects": 30 - report["checked"], "reason": "time-or-byte-budget"}
    assert report["promise_percent"] < 100
    done = [id for id, _depth in checks(opened)]
    run(opened)
    later = [id for id, _depth in checks(opened)][len(done) :]
    in_hand = 16  # several copies are read at once, so that their order is only nearly that of the plan
    assert set(later[: 30 - len(done) + in_hand]) >= set(ids) - set(done)


def test_what_was_proved_lately_is_left_where_an_age_is_given(opened: Opened, tmp_path: Path):
    hold(opened, tmp_path, 3)
    run(opened)
    assert run(opened, Scope(max_age=timedelta(days=1)))["checked"] == 0


@pytest.mark.parametrize("point", ["audit.checked", "audit.committed"])
def test_a_killed_run_is_gone_on_with_and_its_findings_are_kept(opened: Opened, tmp_path: Path, point: str):
    ids = hold(opened, tmp_path, 25)
    content_of(opened, ids[0]).write_bytes(b"other")
    killed = kho("audit", "run", "--json", env={"KHO_FAULT": f"{point}:kill@9"})
    assert killed.code == -9
    before = len(checks(opened))
    assert before == (8 if point == "audit.checked" else 9)
    ended = kho("audit", "run", "--json")
    assert ended.code == 3
    report = ended.json
    assert report["resumed"] is True
    assert report["checked"] == 25
    assert [e["aip"] for e in report["damaged"]] == [ids[0]]
    assert sorted(id for id, _depth in checks(opened)) == ids


def test_a_disk_that_is_gone_has_lost_nothing_it_was_not_read(opened: Opened, tmp_path: Path):
    hold(opened, tmp_path, 3)
    opened.store.root.rename(tmp_path / "away")
    opened.store.root.mkdir()
    with opened.connect() as connection:
        found = check_copy_there(opened)
        assert found.outcome == "skipped"
        connection.rollback()
    report = run(opened)
    assert report["missing"] == []
    assert [(s["location"], s["objects"]) for s in report["skipped"]] == [("primary", 3)]
    assert (report["checked"], report["promise_percent"], is_good(report)) == (0, 0, False)


def check_copy_there(opened: Opened) -> CopyCheck:
    """The check in mid-run: the location was there when the run began."""
    from repository.store import NotAStore

    with ThreadPoolExecutor(1) as hashers:
        try:
            return check_copy(opened.store, "urn:uuid:00000000-0000-4000-8000-000000000000", "quick", hashers)
        except NotAStore as problem:
            return CopyCheck("skipped", reason=str(problem))


def test_what_may_not_be_read_is_skipped_with_its_reason(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from standards.ocfl_folder import DiskFolder

    ids = hold(opened, tmp_path, 2)
    opening = DiskFolder.open

    def refuse(folder: DiskFolder, path: str) -> object:
        if ids[0][-12:] in str(folder.home) and path.endswith("1.txt"):
            raise PermissionError(13, "Permission denied", path)
        return opening(folder, path)

    monkeypatch.setattr(DiskFolder, "open", refuse)
    report = run(opened)
    assert [(s["aip"], s["reason"]) for s in report["skipped"]] == [
        (ids[0], "v1/content/data/1.txt: Permission denied")
    ]
    assert report["damaged"] == []
    assert report["promise_percent"] < 100
    assert not is_good(report)


def test_copies_of_another_location_are_told_by_its_name(opened: Opened, tmp_path: Path):
    hold(opened, tmp_path, 2)
    assert kho("store", "add", "second", (tmp_path / "second").as_uri()).code == 0
    from repository.store_fs import FileStore

    second = FileStore(tmp_path / "second")
    ids = hold(opened, tmp_path, 2, "second", second)
    path = second.root / second.place_of(AipId(ids[1])) / "v1/content/data/2.txt"
    path.unlink()
    report = run(opened)
    assert report["checked"] >= 4
    assert [(e["aip"], e["location"]) for e in report["missing"]] == [(ids[1], "second")]
    assert run(opened, Scope(location="primary"))["missing"] == []


@pytest.mark.parametrize("statement", ["update audit_check set outcome = 'good'", "delete from audit_check",
                                       "update known_inventory set sha512 = 'x'", "delete from known_inventory"])  # fmt: skip
def test_the_application_cannot_change_what_was_found(opened: Opened, statement: str):
    with opened.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_the_selftest_finds_all_that_it_plants(tmp_path: Path):
    trials = list(selftest(tmp_path))
    assert [t for t in trials if not t.found] == []
    assert len(trials) > 60


def never(*_words: Any) -> CopyCheck:
    return CopyCheck("good")


def blind_to_bytes(*words: Any) -> CopyCheck:
    found = check_copy(*words)
    faults = tuple(f for f in found.faults if f.code not in ("E092", "E093"))
    return found if faults else CopyCheck("good", inventories=found.inventories)


def blind_to_strays(*words: Any) -> CopyCheck:
    found = check_copy(*words)
    faults = tuple(f for f in found.faults if f.what != "stray")
    return found if faults or found.outcome != "bad" else CopyCheck("good", inventories=found.inventories)


def calls_unread_good(*words: Any) -> CopyCheck:
    found = check_copy(*words)
    return found if found.outcome != "skipped" else CopyCheck("good")


def always(*words: Any) -> CopyCheck:
    return CopyCheck("bad", inventories=check_copy(*words).inventories)


@pytest.mark.parametrize("broken", [never, blind_to_bytes, blind_to_strays, calls_unread_good, always])
def test_the_selftest_tells_a_broken_checker(tmp_path: Path, broken: Any):
    assert any(not t.found for t in selftest(tmp_path, broken))


NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(("checked", "deep", "wanted"), [(None, None, "deep"), (10, None, "deep"), (10, 100, "quick"),
                                                        (1, 364, "quick"), (1, 365, "deep")])  # fmt: skip
def test_how_deep_a_copy_is_read(checked: int | None, deep: int | None, wanted: str):
    ago = [NOW - timedelta(days=days) if days is not None else None for days in (checked, deep)]
    assert Promise().depth(ago[0], ago[1], NOW) == wanted


def test_a_hundred_percent_means_all():
    promise = Promise()
    assert (promise.percent(999_999, 1_000_000), promise.percent(5, 5), promise.percent(0, 0)) == (
        99,
        100,
        100,
    )


def test_words_of_time_and_size():
    assert duration("1h30m") == timedelta(minutes=90)
    assert amount("2G") == 2_000_000_000
    for call in (lambda: duration("soon"), lambda: duration("1h tomorrow"), lambda: amount("much")):
        with pytest.raises(UsageError):
            call()
    assert Budget(until=5.0).spent(5.0)
    assert not Budget().spent(1e9)
    assert catalogue.now().tzinfo
