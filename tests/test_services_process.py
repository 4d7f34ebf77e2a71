"""A background process of a home is found again, ended with all that belongs to it, and never taken for another."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from repository.home import Home, open_home
from repository.services import overview, process
from repository.services.errors import ServiceDidNotStart

SLEEP = ["sleep", "1000"]


@pytest.fixture
def home(tmp_path: Path):
    made = open_home(tmp_path / "home")
    yield made
    overview.stop(made)


def test_it_is_started_once_and_found_by_the_next_command(home: Home):
    first = overview.start(home, "worker-1", SLEEP)
    assert overview.start(home, "worker-1", SLEEP) == first
    assert process.running(home) == (first,)


def test_two_commands_at_once_start_one(home: Home):
    program = (
        "import sys; from repository.home import open_home; from repository.services import overview;"
        "print(overview.start(open_home(sys.argv[1]), 'worker-1', ['sleep', '1000']).pid)"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", program, str(home.path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    pids = {one.communicate()[0] for one in both}
    assert len(pids) == 1
    assert int(pids.pop()) == process.find(home, "worker-1").pid


def test_it_outlives_the_session_that_started_it(home: Home):
    pid = overview.start(home, "worker-1", SLEEP).pid
    assert os.getsid(pid) == pid


def test_what_it_prints_is_in_its_log(home: Home):
    worker = overview.start(home, "worker-1", ["sh", "-c", "echo told; echo warned >&2; exec sleep 1000"])
    process.await_ready(home, worker, lambda: "warned" in Path(worker.log).read_text(), 20, "worker")
    assert Path(worker.log).read_text() == "told\nwarned\n"


def test_a_pid_that_now_belongs_to_another_process_is_not_ours(home: Home):
    """As after a restart of the machine: the number in the file is taken by somebody else."""
    other = subprocess.Popen(SLEEP)
    time.sleep(0.05)  # start times count in hundredths of a second
    ours = overview.start(home, "worker-1", SLEEP)
    record = home.run / "worker-1.pid"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"pid": other.pid}))
    assert process.find(home, "worker-1") is None
    assert overview.stop(home) == ("worker-1",)
    assert process.start_time(ours.pid) is None
    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_record_from_before_a_restart_of_the_machine_counts_for_nothing(home: Home):
    overview.start(home, "worker-1", SLEEP)
    record = home.run / "worker-1.pid"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"boot": "another"}))
    assert process.find(home, "worker-1") is None


def test_a_copy_of_a_home_does_not_take_the_originals_processes_for_its_own(home: Home, tmp_path: Path):
    ours = overview.start(home, "worker-1", SLEEP)
    subprocess.run(["cp", "-a", home.path, tmp_path / "copy"], check=True)
    copy = open_home(tmp_path / "copy")
    assert process.find(copy, "worker-1") is None
    assert overview.stop(copy) == ()
    assert process.find(home, "worker-1") == ours


def test_a_half_written_record_is_no_obstacle(home: Home):
    ours = overview.start(home, "worker-1", SLEEP)
    (home.run / "worker-1.pid").write_text("{")
    again = overview.start(home, "worker-1", SLEEP)
    assert again.pid != ours.pid
    assert process.start_time(ours.pid) is None, "the one nobody knew any more was ended"


def test_orphans_of_a_killed_process_are_ended_before_the_next_start(home: Home):
    family = "sleep 1000 & echo $!; exec sleep 1000"
    first = overview.start(home, "worker-1", ["sh", "-c", family])
    process.await_ready(home, first, lambda: Path(first.log).read_text().strip() != "", 20, "worker")
    child = int(Path(first.log).read_text())
    os.kill(first.pid, signal.SIGKILL)
    while process.start_time(first.pid) is not None:
        pass
    overview.start(home, "worker-1", SLEEP)
    assert process.start_time(child) is None


def test_stop_ends_children_too_even_one_that_ignores_sigterm(home: Home):
    stubborn = "trap '' TERM; sleep 1000 & echo $!; wait; sleep 1000"
    first = overview.start(home, "worker-1", ["sh", "-c", stubborn])
    process.await_ready(home, first, lambda: Path(first.log).read_text().strip() != "", 20, "worker")
    child = int(Path(first.log).read_text())
    assert overview.stop_one(home, "worker-1", timeout=0.2)
    assert process.start_time(first.pid) is None
    assert process.start_time(child) is None
    assert process.running(home) == ()


def test_stop_where_nothing_runs_says_so(home: Home):
    assert overview.stop(home) == ()


def test_a_program_that_is_not_there_is_told_with_its_log(home: Home):
    with pytest.raises(ServiceDidNotStart) as told:
        worker = overview.start(home, "worker-1", ["no-such-program"])
        process.await_ready(home, worker, lambda: False, 20, "worker")
    assert "no-such-program" in told.value.text("vi")
    assert str(home.logs / "worker-1.log") in told.value.text("en")


def test_a_long_log_is_put_aside(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "LOG_LIMIT", 10)
    (home.logs / "worker-1.log").write_text("older than this run")
    overview.start(home, "worker-1", SLEEP)
    assert (home.logs / "worker-1.log.1").read_text() == "older than this run"
    assert (home.logs / "worker-1.log").read_text() == ""


def test_status_tells_what_runs_and_the_room_left(home: Home, own_settings):
    worker = overview.start(home, "worker-1", SLEEP)
    told = overview.status(home)
    lines = {line["name"]: line for line in told["services"]}
    assert set(lines) == {"postgres", "solr", "worker-1"}
    assert (lines["worker-1"]["running"], lines["worker-1"]["pid"]) == (True, worker.pid)
    assert lines["postgres"]["running"] is False
    assert told["disk_free"] > 0
    assert told["notes"] == []


def test_status_says_that_one_role_leaves_the_journal_unprotected(home: Home, own_settings):
    own_settings.setenv("KHO_DATABASE_URL", "postgresql://kho@db/kho")
    assert "KHO_DATABASE_OWNER_URL" in overview.status(home)["notes"][0]["en"]
    own_settings.setenv("KHO_DATABASE_OWNER_URL", "postgresql://owner@db/kho")
    assert overview.status(home)["notes"] == []
