"""Ctrl-C and SIGTERM end the portal, and with the demo everything that it started."""

import signal
from pathlib import Path

import pytest

from repository.home import Home
from repository.services.ports import free_port
from tests.running import kho, served


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_portal(kho_home: Home, number: signal.Signals) -> None:
    process = served(free_port(), "serve")
    process.send_signal(number)
    assert process.wait(60) == 0


@pytest.mark.slow
def test_ctrl_c_ends_all_that_the_demo_started(own_settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_settings.setenv("KHO_HOME", str(tmp_path / "home"))
    process = served(free_port(), "demo")
    try:
        assert [s["running"] for s in kho("status", "--json").json["services"]] == [True, True]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert [s["running"] for s in kho("status", "--json").json["services"]] == [False, False]
    finally:
        kho("stop")
