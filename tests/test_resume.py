"""Whatever is killed, whenever: the same command again, and nothing is lost, nothing doubled, nothing half."""

import json
import random
import shutil
from pathlib import Path

import pytest

from ingest.pipeline import PIPELINE
from ingest.pipeline import POINTS as STEP_POINTS
from repository.faults import points
from repository.home import Home
from repository.verify import verify
from tests.make_delivery import make_delivery
from tests.make_package import Sip, make_sip
from tests.running import kho, killed_after, normalised_dump

# Reached only where a held package gets a new version: tests/test_package_ingest.py kills there. And passed by one
# package once: the worker that is started again goes on to the end of the batch.
_OF_UPDATES = {"store.version-placed", "store.inventory-placed", "step.unpack.committed"}
_KILLED_OFTEN = [f"step.{step.name}.{when}" for step in PIPELINE for when in ("begin", "committed")]


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Two sound hồ sơ and one that belongs into quarantine; beside them a package that somebody else made."""
    make_delivery(tmp_path / "lo" / "giao", files=3, documents=2, faults=["order-doubled"])
    make_sip(tmp_path / "lo", Sip(), "sip")
    return tmp_path / "lo"


def take_in(delivery: Path, **env: str):
    return kho("ingest", delivery, "--agency", "H26.99.07", "--wait", "--processes", "1", "--json", env=env)


def state(home: Home) -> list[str]:
    """What must be the same with and without a kill; and that the store is whole and the workspace empty."""
    report = verify(home.store)
    assert report.verdict in ("valid", "valid-with-warning"), [f.as_json() for f in report.findings]
    assert [p.name for p in home.workspace.iterdir() if p.name != "tools"] == []
    return normalised_dump()


@pytest.fixture
def undisturbed(kho_home: Home, delivery: Path) -> list[str]:
    """The dump of a run that nobody disturbed, whose home is then emptied for the disturbed one."""
    ended = take_in(delivery)
    assert ended.code == 3, ended.out[-600:] + ended.err
    return state(kho_home)


def _empty(home: Home) -> None:
    """Everything as before the first command, on the same servers."""
    import psycopg

    from repository.config import Settings
    from repository.services.postgres import owner_conninfo

    for folder in (home.store, home.workspace, home.quarantine, home.receipts):
        shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
    with psycopg.connect(owner_conninfo(home, Settings.load()), autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("drop schema kho_jobs cascade")
        connection.execute("create schema public")


@pytest.mark.slow
@pytest.mark.parametrize("point", [p for p in _KILLED_OFTEN if not p.startswith("step.receive")][::4])
def test_killed_at_a_step(kho_home: Home, delivery: Path, undisturbed: list[str], point: str):
    _empty(kho_home)
    killed = take_in(delivery, KHO_FAULT=f"{point}:kill")
    # A killed worker is started again a few times: where each kill came behind a step, that was enough.
    ended = killed if killed.code == 3 else take_in(delivery)
    assert ended.code == 3, ended.out[-600:] + ended.err
    assert state(kho_home) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("point", sorted({*STEP_POINTS, *points()} - _OF_UPDATES))
def test_killed_at_every_point(kho_home: Home, delivery: Path, undisturbed: list[str], point: str):
    test_killed_at_a_step(kho_home, delivery, undisturbed, point)


@pytest.mark.slow
def test_killed_at_random_moments(kho_home: Home, delivery: Path, undisturbed: list[str]):
    """The whole tree, workers and tools with it, several times in a row.

    A kill may come when all is done; the next command is then a batch of its own, which finds everything held. So
    what is held is compared, and not the batches.
    """
    _empty(kho_home)
    moments = random.Random(20261124)
    words = ("ingest", delivery, "--agency", "H26.99.07", "--wait", "--json")
    for _time in range(5):
        killed_after(moments.uniform(0.5, 6), *words)
    ended = take_in(delivery)
    assert ended.code == 3, ended.out[-600:] + ended.err
    assert _held(state(kho_home)) == _held(undisturbed)


def _held(dump: list[str]) -> list[str]:
    return [
        line for line in dump if json.loads(line)["table"] in ("agency", "fonds", "aip", "document", "file")
    ]


def test_taken_in_twice_adds_nothing(kho_home: Home, delivery: Path):
    first = take_in(delivery).json
    again = take_in(delivery).json
    stored = [p["aip"] for p in first["packages"] if p["status"] == "stored"]
    held = [p["aip"] for p in again["packages"] if p["status"] == "already-held"]
    assert len(stored) == 3
    assert held == stored
    aips = [path for path in kho_home.store.rglob("inventory.json") if "urn%3auuid%3a" in str(path)]
    assert len(aips) == 2 * 3


def test_changed_bytes_under_the_same_code_are_a_conflict(kho_home: Home, delivery: Path):
    take_in(delivery)
    changed = sorted((delivery / "giao").rglob("*.pdf"))[-1]
    changed.write_bytes(changed.read_bytes() + b"\n% one byte more\n")
    again = take_in(delivery)
    assert again.code == 3
    statuses = sorted(p["status"] for p in again.json["packages"])
    assert statuses == ["already-held", "already-held", "conflict", "quarantined"]


def test_a_full_disk_is_told_and_recovered_from(kho_home: Home, delivery: Path, undisturbed: list[str]):
    _empty(kho_home)
    full = take_in(delivery, KHO_FAULT="step.store.begin:enospc")
    assert full.code == 1
    assert "đĩa" in full.json["error"]["vi"]
    assert take_in(delivery).code == 3
    assert state(kho_home) == undisturbed
