"""The worker that stays for the next delivery: used again, replaced, ended, killed; and nothing changes for users."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest import standby
from repository.config import Settings
from repository.home import Home, open_home
from repository.services import overview, process
from standards.verapdf import clear_left_behind
from tests.conftest import SharedServices, fresh_home
from tests.make_delivery import make_delivery
from tests.running import KHO, kho


def take_in(delivery: Path, agency: str = "H26.99.07", **env: str):
    return kho("ingest", delivery, "--agency", agency, "--wait", "--json", env=env)


def statuses(ended) -> list[str]:
    return sorted(p["status"] for p in ended.json["packages"])


def waits_for(what: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        time.sleep(0.05)
    return what()


def is_alive(service: process.Running) -> bool:
    return process.start_time(service.pid) == service.start


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    make_delivery(tmp_path / "giao", files=2, documents=2)
    return tmp_path / "giao"


def started(home: Home) -> process.Running:
    found = process.find(home, standby.NAME)
    assert found is not None
    return found


def test_the_next_delivery_finds_the_same_worker_and_stop_ends_it(kho_home: Home, delivery: Path):
    assert statuses(take_in(delivery)) == ["stored", "stored"]
    first = started(kho_home)
    assert statuses(take_in(delivery, "H26.99.08")) == ["stored", "stored"]
    assert started(kho_home) == first
    told = kho("status", "--json").json["services"]
    assert [s["pid"] for s in told if s["name"] == "standby"] == [first.pid]
    assert "standby" in kho("stop", "--json").json["stopped"]
    assert not is_alive(first)
    assert list((kho_home.workspace / "tools").iterdir()) == []


def test_other_settings_get_another_worker(kho_home: Home, delivery: Path):
    take_in(delivery)
    first = started(kho_home)
    assert statuses(take_in(delivery, "H26.99.08", KHO_CONVERT_SECONDS="60")) == ["stored", "stored"]
    assert not is_alive(first)
    assert started(kho_home) != first


def test_it_ends_when_nobody_asks(kho_home: Home, delivery: Path):
    assert statuses(take_in(delivery, KHO_STANDBY_SECONDS="1")) == ["stored", "stored"]
    assert waits_for(lambda: process.find(kho_home, standby.NAME) is None)


def test_it_ends_when_its_home_is_removed(kho_home: Home, delivery: Path):
    take_in(delivery)
    first = started(kho_home)
    (kho_home.run / "standby.sock").unlink()
    assert waits_for(lambda: not is_alive(first))


def test_switched_off_there_is_none(kho_home: Home, delivery: Path):
    assert statuses(take_in(delivery, KHO_STANDBY_SECONDS="0")) == ["stored", "stored"]
    assert process.find(kho_home, standby.NAME) is None


def test_while_another_command_has_it_a_command_works_with_its_own(kho_home: Home, delivery: Path):
    with standby.reserved(Settings.load(), kho_home) as ours:
        assert ours is not None
        with standby.reserved(Settings.load(), kho_home) as theirs:
            assert theirs is None
        assert statuses(take_in(delivery)) == ["stored", "stored"]


def test_killed_at_work_the_command_goes_on_without_it(kho_home: Home, delivery: Path):
    """Each kill comes behind a step of one of the two, so that the command's own two workers get further."""
    ended = take_in(delivery, KHO_FAULT="step.validate-files.committed:kill")
    assert statuses(ended) == ["stored", "stored"]
    assert process.find(kho_home, standby.NAME) is None


def test_it_dies_with_the_command_that_it_works_for(kho_home: Home, tmp_path: Path):
    make_delivery(tmp_path / "nhieu", files=8, documents=4)
    words = [*KHO, "ingest", str(tmp_path / "nhieu"), "--agency", "H26.99.07", "--wait", "--json"]
    command = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert waits_for(lambda: any(p.is_file() for p in kho_home.workspace.glob("*/*/checked.jsonl")))
    at_work = started(kho_home)
    command.send_signal(signal.SIGKILL)
    command.wait()
    assert waits_for(lambda: not is_alive(at_work))
    ended = take_in(tmp_path / "nhieu")
    assert set(statuses(ended)) == {"stored"}
    assert len(statuses(ended)) == 8


def test_its_errors_are_the_command_s(kho_home: Home, delivery: Path):
    full = take_in(delivery, KHO_FAULT="step.store.begin:enospc")
    assert full.code == 1
    assert json.loads(full.out)["error"]["code"] == "worker-failed"
    assert "đĩa" in full.json["error"]["vi"]
    assert statuses(take_in(delivery)) == ["stored", "stored"]


@pytest.fixture
def deep_home(
    services_home: SharedServices, own_settings: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Home]:
    with fresh_home(services_home, own_settings, tmp_path / ("thu-muc-rat-dai-" * 8) / "home") as home:
        yield home


def test_a_home_deeper_than_an_address_is_long(deep_home: Home, delivery: Path):
    assert len(str(deep_home.run)) > 107
    assert statuses(take_in(delivery)) == ["stored", "stored"]
    assert (deep_home.run / "standby.sock").exists()


def test_a_queued_batch_is_read_from_wherever_the_worker_stands(
    kho_home: Home, delivery: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(delivery.parent)
    assert kho("ingest", delivery.name, "--agency", "H26.99.07", "--json").json["status"] == "queued"
    monkeypatch.chdir("/")
    assert statuses(take_in(delivery)) == ["stored", "stored"]


def test_what_a_killed_judge_left_is_cleared_and_a_living_one_s_is_not(tmp_path: Path):
    from standards.verapdf import _room

    living, handle = _room(tmp_path)
    dead, other = _room(tmp_path)
    os.close(other)
    for room in (living, dead):
        os.utime(room, (0, 0))
    fresh = tmp_path / "verapdf-moi"
    fresh.mkdir()
    assert clear_left_behind(tmp_path) == [dead.name]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([living.name, fresh.name])
    os.close(handle)


def test_nobody_is_started_where_the_home_cannot_take_it(tmp_path: Path):
    home = open_home(tmp_path / "home")
    (home.run / "standby.stamp").mkdir()
    with standby.reserved(Settings.load(home.path), home) as ours:
        assert ours is None
    overview.stop(home)
