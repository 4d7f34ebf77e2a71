"""What the way in loses while it works: its disk's room, its database. A clear error, and the same command again."""

import ctypes
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from repository.config import Settings
from repository.home import Home
from repository.services.postgres import owner_conninfo
from repository.verify import verify
from tests.conftest import SharedServices, fresh_home
from tests.make_delivery import make_delivery
from tests.running import KHO, Ended, kho, normalised_dump

_MIB = 1 << 20


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Three sound hồ sơ of about a megabyte each, and one that belongs into quarantine."""
    make_delivery(tmp_path / "giao", files=4, documents=2, faults=["order-doubled"])
    for pdf in (tmp_path / "giao").rglob("*.pdf"):
        with pdf.open("ab") as out:
            out.write(b"\n%" + os.urandom(_MIB // 2).hex().encode())
    return tmp_path / "giao"


def words(delivery: Path) -> list[str]:
    return ["ingest", str(delivery), "--agency", "H26.99.07", "--wait", "--json"]


def finished(home: Home, delivery: Path) -> list[str]:
    """The same command to its end: the store is whole, the workspace empty; what there is."""
    ended = kho(*words(delivery))
    assert ended.code == 3, ended.out[-600:] + ended.err
    assert verify(home.store).verdict in ("valid", "valid-with-warning")
    assert [p.name for p in home.workspace.iterdir() if p.name != "tools"] == []
    return normalised_dump()


@pytest.fixture
def undisturbed(services_home: SharedServices, tmp_path: Path, delivery: Path) -> list[str]:
    """The dump of a home that nothing happened to."""
    with pytest.MonkeyPatch.context() as patch, fresh_home(services_home, patch, tmp_path / "other") as home:
        return finished(home, delivery)


@pytest.fixture
def small_home(
    services_home: SharedServices, own_settings: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Home]:
    """A home on a file system of its own, whose size `resize` changes."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = tmp_path / "small"
    folder.mkdir()
    if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"size=100m") != 0:
        pytest.skip(f"tmpfs cannot be mounted here: {os.strerror(ctypes.get_errno())}")
    try:
        with fresh_home(services_home, own_settings, folder / "home") as home:
            own_settings.setenv("KHO_MIN_FREE_MB", "0")
            yield home
    finally:
        libc.umount2(os.fsencode(folder), 2)


def resize(home: Home, size: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    remount = 32
    assert (
        libc.mount(b"tmpfs", os.fsencode(home.path.parent), b"tmpfs", remount, f"size={size}".encode()) == 0
    )


@pytest.mark.parametrize(
    "size", ["3m", pytest.param("1m", marks=pytest.mark.slow), pytest.param("6m", marks=pytest.mark.slow),
             pytest.param("8m", marks=pytest.mark.slow)]
)  # fmt: skip
def test_a_disk_that_fills_up(small_home: Home, delivery: Path, undisturbed: list[str], size: str):
    resize(small_home, size)
    full = kho(*words(delivery))
    assert full.code == 1, full.out[-600:]
    assert "đĩa" in full.json["error"]["vi"]
    assert "Traceback" not in full.err
    resize(small_home, "100m")
    assert finished(small_home, delivery) == undisturbed


def test_too_little_room_is_told_before_anything_begins(small_home: Home, delivery: Path):
    full = kho(*words(delivery), env={"KHO_MIN_FREE_MB": "500"})
    assert (full.code, full.json["error"]["code"]) == (1, "disk-too-full")
    assert list(small_home.workspace.iterdir()) == []


def _lose_database(home: Home, process: "subprocess.Popen[str]") -> None:
    """End every session of Kho's at the database, until the command has met it: one that is idle is not missed."""
    lost = 0
    while process.poll() is None:
        lost += _end_sessions(home)
        time.sleep(0.1)
    assert lost > 0


def _end_sessions(home: Home) -> int:
    with psycopg.connect(owner_conninfo(home, Settings.load()), autocommit=True) as connection:
        ended = connection.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and usename is not null"
        ).fetchone()
    return ended[0] if ended else 0


@pytest.mark.parametrize("sign", ["*/*/unit.json", "*/*/checked.jsonl", "*/*/aip"])
def test_a_database_that_is_lost_in_mid_job(
    kho_home: Home, delivery: Path, undisturbed: list[str], sign: str
):
    process = subprocess.Popen(
        [*KHO, *words(delivery)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not any(kho_home.workspace.glob(sign)):
        time.sleep(0.01)
    assert process.poll() is None, process.communicate()
    _lose_database(kho_home, process)
    out, err = process.communicate(timeout=240)
    lost = Ended(process.returncode, out, err)
    assert lost.code == 1, lost.out[-600:]
    assert "cơ sở dữ liệu" in lost.json["error"]["vi"]
    assert "Traceback" not in lost.err
    assert finished(kho_home, delivery) == undisturbed
