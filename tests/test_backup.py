"""Backup and restore of the catalogue, rehearsed: the database is lost, and everything is there again."""

import hashlib
import json
import signal
from pathlib import Path

import psycopg
import pytest

from repository import faults
from repository.config import Settings
from repository.home import Home
from repository.services.postgres import owner_conninfo
from tests.make_delivery import make_delivery, plan, write_plan
from tests.running import Ended, kho, kho_here


@pytest.fixture(scope="module")
def held(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path]:
    """A home with packages, a body, a decision and audits; and a backup of it."""
    folder = tmp_path_factory.mktemp("held")
    assert take_in(make_delivery(folder / "dot", files=2, documents=2)).code == 0
    assert kho_here("agency", "set", "H26.99.07", "--name", "Xã Tân Mẫu").code == 0
    assert kho_here("audit", "run").code == 0
    made = kho_here("backup", folder / "sao-luu", "--json")
    assert made.code == 0, made.err + made.out
    assert made.json["rows"]["aips"] == 2
    return kho_home_of_module, folder / "sao-luu"


def take_in(path: Path) -> Ended:
    return kho("ingest", path, "--agency", "H26.99.07", "--wait", "--processes", "1", "--json")


def dump() -> list[str]:
    return kho_here("store", "dump").out.splitlines()


def lose_database(home: Home) -> None:
    with psycopg.connect(owner_conninfo(home, Settings.load(home.path))) as connection:
        connection.execute("drop owned by current_user")


def checks_of(aip: str) -> list[str]:
    history = kho_here("audit", "report", "--aip", aip, "--json").json
    return [line["time"] for line in history["checks"]]


def test_after_the_loss_of_the_database_everything_is_there_again(held: tuple[Home, Path], tmp_path: Path):
    home, backup = held
    later = plan(1, 2)
    later.rows[0]["file.fileCode"] = later.rows[1]["file.fileCode"] = "H26.99.07.sau"
    assert take_in(write_plan(tmp_path / "sau", later)).code == 0
    assert kho_here("rights", "publish", "P9907", "--agency", "H26.99.07", "--basis", "QĐ 7").code == 0
    everything = dump()
    aip = next(json.loads(line)["id"] for line in everything if json.loads(line)["table"] == "aip")
    audited = checks_of(aip)
    lose_database(home)
    assert dump() == [], "nothing is left of the catalogue"
    restored = kho_here("restore", backup, "--json")
    assert restored.code == 0, restored.err + restored.out
    assert (restored.json["caught_up"], restored.json["differences"]) == (True, [])
    assert dump() == everything, "what came after the backup is there as well: storage had it"
    assert checks_of(aip) == audited, "the history of audits comes with the backup"
    assert kho_here("journal", "verify").code == 0
    assert kho_here("audit", "run").code == 0
    assert kho_here("index", "rebuild").code == 0
    assert kho_here("search", "văn bản", "--as", "officer", "--json").json["total"] > 0


def test_a_backup_that_is_as_new_as_storage_is_taken_as_it_is(held: tuple[Home, Path], tmp_path: Path):
    home, _old = held
    everything = dump()
    assert kho_here("backup", tmp_path / "moi").code == 0
    lose_database(home)
    restored = kho_here("restore", tmp_path / "moi", "--json")
    assert (restored.code, restored.json["caught_up"], dump()) == (0, False, everything)


def test_a_full_catalogue_is_replaced_only_when_told_and_in_nobodys_way(held: tuple[Home, Path]):
    home, backup = held
    everything = dump()
    assert kho_here("restore", backup, "--json").json["error"]["code"] == "catalogue-not-empty"
    with psycopg.connect(owner_conninfo(home, Settings.load(home.path))):
        refused = kho_here("restore", backup, "--replace", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "catalogue-in-use")
    assert dump() == everything
    assert kho_here("restore", backup, "--replace", "--json").json["caught_up"] is True
    assert dump() == everything


@pytest.mark.parametrize("damage", ["flipped", "cut", "no dump", "no account", "not JSON"])
def test_a_damaged_backup_changes_nothing(held: tuple[Home, Path], tmp_path: Path, damage: str):
    _home, good = held
    bad = tmp_path / "bad"
    bad.mkdir()
    data = (good / "catalogue.dump").read_bytes()
    told = (good / "backup.json").read_bytes()
    if damage == "flipped":
        data = data[:-200] + bytes([data[-200] ^ 1]) + data[-199:]
    if damage == "cut":
        data = data[: len(data) // 2]
    if damage != "no dump":
        (bad / "catalogue.dump").write_bytes(data)
    if damage != "no account":
        (bad / "backup.json").write_bytes(b"[" if damage == "not JSON" else told)
    before = dump()
    refused = kho_here("restore", bad, "--replace", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "backup-damaged")
    assert dump() == before


def test_a_dump_that_breaks_off_is_not_half_restored(held: tuple[Home, Path], tmp_path: Path):
    """Its digest fits, and it is not whole: PostgreSQL's own program finds it, and the rows stay as they were."""
    _home, good = held
    bad = tmp_path / "bad"
    bad.mkdir()
    data = (good / "catalogue.dump").read_bytes()[:-2000]
    (bad / "catalogue.dump").write_bytes(data)
    told = {**json.loads((good / "backup.json").read_text()), "sha256": hashlib.sha256(data).hexdigest()}
    (bad / "backup.json").write_text(json.dumps(told))
    before = dump()
    refused = kho_here("restore", bad, "--replace", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "tool-failed")
    assert dump() == before


def test_a_restore_that_is_killed_leaves_the_catalogue_as_it_was(held: tuple[Home, Path]):
    _home, backup = held
    before = dump()
    killed = kho("restore", backup, "--replace", env={faults.ENVIRONMENT: "restore.loaded:kill"})
    assert killed.code == -signal.SIGKILL
    assert dump() == before


def test_a_backup_that_is_cut_off_is_no_backup_and_nothing_is_overwritten(
    held: tuple[Home, Path], tmp_path: Path
):
    dest = tmp_path / "b"
    assert kho("backup", dest, env={faults.ENVIRONMENT: "backup.dumped:kill"}).code == -signal.SIGKILL
    assert not dest.exists()
    full = kho("backup", dest, "--json", env={faults.ENVIRONMENT: "backup.dumped:enospc"})
    assert (full.code, dest.exists()) == (1, False)
    assert kho_here("backup", dest).code == 0
    assert dest.stat().st_mode & 0o077 == 0
    assert [p.name for p in tmp_path.iterdir()] == ["b"]
    assert kho_here("backup", dest, "--json").json["error"]["code"] == "backup-exists"
