"""Repairs: from an agreeing good copy, under a quorum, the evidence kept; a storm calls a person."""

import shutil
from pathlib import Path

import pytest

from access import auditing
from preservation import repair
from preservation.audit import Scope
from preservation.selftest_damage import DAMAGES, Damage
from repository import catalogue
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.packages import AipId
from repository.store_fs import FileStore
from repository.verify import verify
from tests.audit_fixtures import content_of, hold, home_of
from tests.ocfl_fixtures import content
from tests.running import kho


@pytest.fixture
def opened(kho_home: Home) -> Opened:
    return open_catalogue(Settings.load())


def two_copies(opened: Opened, folder: Path, count: int = 3) -> tuple[list[str], FileStore]:
    """The same objects in the primary and in `second`, both proved good."""
    assert kho("store", "add", "second", (folder / "second").as_uri()).code == 0
    second = FileStore(folder / "second")
    ids = hold(opened, folder, count)
    for id in ids:
        place = opened.store.place_of(AipId(id))
        shutil.copytree(opened.store.root / place, second.root / place)
        with opened.connect() as connection:
            from repository.copies import note_written

            note_written(connection, id, "v1", catalogue.now(), location="second")
    audited(opened)
    return ids, second


def audited(opened: Opened) -> dict:
    return auditing.run(Settings.load(), opened, Scope())


def test_a_flipped_bit_is_put_right_and_the_bad_bytes_are_kept(opened: Opened, tmp_path: Path):
    ids, _second = two_copies(opened, tmp_path)
    good = content(opened.store, AipId(ids[0]))
    path = content_of(opened, ids[0])
    bad = b"X" + path.read_bytes()[1:]
    path.write_bytes(bad)
    assert [e["aip"] for e in audited(opened)["damaged"]] == [ids[0]]
    told = kho("repair", "--json")
    assert (told.code, told.json["carried_out"]) == (3, False)
    assert path.read_bytes() == bad
    assert told.json["plans"][0]["witnesses"] == ["catalogue", "itself", "second"]
    done = kho("repair", "--yes", "--json")
    assert done.code == 0, done.err
    (one,) = done.json["repaired"]
    assert (one["outcome"], one["source"], one["replaced"]) == ("good", "second", ["v1/content/data/0.txt"])
    assert (Path(one["kept_in"]) / "v1/content/data/0.txt").read_bytes() == bad
    assert content(opened.store, AipId(ids[0])) == good
    assert verify(opened.store.root).verdict == "valid"
    assert audited(opened)["damaged"] == []
    with opened.connect() as connection:
        event = connection.execute(
            "select type, outcome, detail from event where aip = %s", [ids[0]]
        ).fetchone()
        entry = connection.execute(
            "select entry from journal_pending where entry like '%%repair%%'"
        ).fetchall()
    assert event == ("recovery", "success", {"location": "primary", "source": "second", "files": 1})
    assert entry


@pytest.mark.parametrize("damage", [
    d for d in DAMAGES if not d.package and d.outcome == "bad" and "disk error" not in d.name and "older" not in d.name
], ids=lambda d: d.name)  # fmt: skip
def test_every_kind_of_damage_is_mended(damage: Damage, tmp_path: Path):
    """The bytes alone, without a catalogue: afterwards the copy is the same as the good one, and nothing was deleted."""
    from repository.copy_check import check_copy
    from repository.mending import mend
    from tests.test_standalone import scratch as make_scratch

    made = make_scratch.__wrapped__(tmp_path)
    good = FileStore(tmp_path / "good/store")
    shutil.copytree(made.store.root, good.root)
    shutil.copytree(made.store.staging, good.staging)
    damage.plant(made)
    before = {p.read_bytes() for p in made.store.root.rglob("*") if p.is_file() and not p.is_symlink()}
    mend(made.store, made.id, good.folder(made.id), tmp_path / "kept")
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as hashers:
        assert check_copy(made.store, made.id, "deep", hashers).outcome == "good"
    places = [store.root / store.place_of(made.id) for store in (made.store, good)]
    files = [
        {p.relative_to(at).as_posix(): p.read_bytes() for p in at.rglob("*") if p.is_file()} for at in places
    ]
    assert files[0] == files[1]
    kept = {
        p.read_bytes() for at in (made.store.root, tmp_path / "kept") for p in at.rglob("*") if p.is_file()
    }
    assert before <= kept


def test_a_lost_object_comes_back(opened: Opened, tmp_path: Path):
    ids, _second = two_copies(opened, tmp_path)
    shutil.rmtree(home_of(opened, ids[1]))
    audited(opened)
    assert kho("repair", "--yes").code == 0
    assert [e for what in ("damaged", "missing", "stray") for e in audited(opened)[what]] == []


def test_without_a_quorum_nothing_is_touched(opened: Opened, tmp_path: Path):
    """The catalogue does not know the object, and the copy itself is gone: one word is not enough."""
    ids, _second = two_copies(opened, tmp_path)
    with opened.connect() as connection:
        from psycopg import connect

        from repository.services.postgres import owner_conninfo

        with connect(owner_conninfo(opened.home, Settings.load())) as owner:
            owner.execute("delete from known_inventory")
        connection.commit()
    shutil.rmtree(home_of(opened, ids[0]))
    audited(opened)
    done = kho("repair", "--yes", "--json")
    assert done.code == 3
    assert [p["reason"] for p in done.json["plans"]] == ["no-quorum"]
    assert not home_of(opened, ids[0]).exists()


def test_where_every_copy_is_bad_nothing_is_touched(opened: Opened, tmp_path: Path):
    ids, second = two_copies(opened, tmp_path)
    for store in (opened.store, second):
        path = store.root / store.place_of(AipId(ids[0])) / "v1/content/data/1.txt"
        path.chmod(0o640)
        path.write_bytes(b"bad")
    audited(opened)
    done = kho("repair", "--yes", "--json")
    assert done.code == 3
    assert {p["reason"] for p in done.json["plans"]} == {"no-good-copy"}


def test_a_copy_that_went_bad_since_its_last_check_is_no_source(opened: Opened, tmp_path: Path):
    """What is put back is proved at the moment of the repair, not remembered."""
    ids, second = two_copies(opened, tmp_path)
    content_of(opened, ids[0]).write_bytes(b"bad")
    audited(opened)
    path = second.root / second.place_of(AipId(ids[0])) / "v1/content/data/0.txt"
    path.chmod(0o640)
    path.write_bytes(b"bad")
    assert kho("repair", "--yes", "--json").json["plans"][0]["reason"] == "no-good-copy"


def test_a_storm_calls_a_person(opened: Opened, tmp_path: Path):
    ids, _second = two_copies(opened, tmp_path, 12)
    for id in ids:
        content_of(opened, id).write_bytes(b"bad")
    audited(opened)
    stopped = kho("repair", "--yes", "--json")
    assert (stopped.code, stopped.json["error"]["code"]) == (3, "storm-of-failures")
    assert content_of(opened, ids[0]).read_bytes() == b"bad"
    assert kho("repair", "--yes", "--confirm", "11").code == 3
    assert kho("repair", "--yes", "--confirm", "12").code == 0
    assert audited(opened)["damaged"] == []


@pytest.mark.parametrize("point", ["repair.before-quarantine", "repair.before-rename"])
@pytest.mark.parametrize("action", ["kill", "enospc"])
def test_a_repair_that_is_cut_off_is_done_again(opened: Opened, tmp_path: Path, point: str, action: str):
    ids, _second = two_copies(opened, tmp_path)
    for name in ("0.txt", "1.txt"):
        content_of(opened, ids[0], name).write_bytes(b"bad " + name.encode())
    audited(opened)
    cut = kho("repair", "--yes", "--json", env={"KHO_FAULT": f"{point}:{action}@2"})
    assert cut.code == (-9 if action == "kill" else 1)
    assert kho("repair", "--yes").code == 0
    assert audited(opened)["damaged"] == []
    kept = {p.read_bytes() for p in (opened.home.quarantine / "repair").rglob("*.txt")}
    assert {b"bad 0.txt", b"bad 1.txt"} <= kept
    assert all(left.suffix == ".lock" for left in opened.store.staging.iterdir())


def test_nothing_bad_nothing_to_do(opened: Opened, tmp_path: Path):
    two_copies(opened, tmp_path, 1)
    assert kho("repair", "--yes").code == 0
    with opened.connect() as connection:
        assert repair.plans(connection, auditing.openers(connection, opened), None) == []
