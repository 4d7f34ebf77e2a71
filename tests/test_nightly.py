"""What a worker does at night, by the clock, without anybody asking."""

import datetime as dt
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from repository.config import BadSetting, Settings
from repository.home import Home
from repository.opening import open_catalogue
from tests.audit_fixtures import content_of, hold
from tests.running import KHO, kho_here


@pytest.mark.parametrize(("given", "read"), [("01:17", (1, 17)), ("9:05", (9, 5)), ("23:59", (23, 59))])
def test_when_the_audit_begins(given: str, read: tuple[int, int]):
    assert Settings.load("x", {"KHO_AUDIT_AT": given}).audit_at == read


@pytest.mark.parametrize("given", ["24:00", "1", "x", "12:60"])
def test_a_time_that_is_none_is_refused(given: str):
    with pytest.raises(BadSetting, match="KHO_AUDIT_AT"):
        Settings.load("x", {"KHO_AUDIT_AT": given})


@pytest.mark.slow
def test_a_worker_audits_by_the_clock(kho_home: Home, tmp_path: Path):
    """It begins in the minute that was set, finds what is damaged, and takes the rest as read."""
    opened = open_catalogue(Settings.load())
    ids = hold(opened, tmp_path, 3)
    content_of(opened, ids[1]).write_bytes(b"other")
    at = dt.datetime.now(dt.timezone(dt.timedelta(hours=7))) + dt.timedelta(minutes=1, seconds=15)
    worker = subprocess.Popen(
        [*KHO, "worker", "--processes", "1"], env={**os.environ, "KHO_AUDIT_AT": f"{at:%H:%M}"}
    )
    try:
        end = time.monotonic() + 240
        while time.monotonic() < end and not kho_here("audit", "report", "--json").json["runs"]:
            assert worker.poll() is None
            time.sleep(2)
        while (
            time.monotonic() < end
            and kho_here("audit", "report", "--json").json["runs"][0]["ended_at"] is None
        ):
            time.sleep(1)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
    report = kho_here("audit", "report", "--json").json
    assert [line["aip"] for line in report["damaged"]] == [ids[1]]
    (place,) = [each for each in report["locations"] if each["location"] == "primary"]
    assert place["never_checked"] == 0
    assert (report["runs"][0]["good"], report["runs"][0]["bad"]) == (2, 1)
