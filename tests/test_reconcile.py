"""Rows against objects: every difference is explained, what is safe is mended, nothing is deleted."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from repository import faults
from repository.home import Home
from repository.services.postgres import owner_conninfo
from tests.make_delivery import make_delivery, plan, write_plan
from tests.make_package import Sip, document_fields, make_sip
from tests.running import Ended, kho, kho_here

_TABLES = ("page_text", "document", "file", "aip_version", "event", "copy")


@pytest.fixture(scope="module")
def held(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with packages, a second version, a decision, and a copy of everything."""
    folder = tmp_path_factory.mktemp("held")
    take_in(make_delivery(folder / "dot"))
    take_in(make_sip(folder / "1", Sip(), "mot"))
    later = Sip(documents={f"160.{i}.pdf": document_fields(i, subject=f"Sửa lần {i}") for i in (1, 2)})
    take_in(make_sip(folder / "2", later, "mot"))
    assert kho_here("rights", "publish", "P9907", "--agency", "H26.99.07", "--basis", "QĐ 12").code == 0
    assert kho_here("store", "add", "dia2", (folder / "dia2").as_uri()).code == 0
    assert kho_here("store", "replicate").code == 0
    return kho_home_of_module


def take_in(path: Path, **env: str) -> Ended:
    return kho("ingest", path, "--agency", "H26.99.07", "--wait", "--processes", "1", "--json", env=env)


def reconcile() -> dict[str, Any]:
    """What the command says; its exit code beside it."""
    ended = kho_here("store", "reconcile", "--json")
    assert ended.err == ""
    return {**ended.json, "code": ended.code}


def kinds(told: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((d["kind"], d["location"]) for d in told["differences"])


def dump(*tables: str) -> list[str]:
    lines = kho_here("store", "dump").out.splitlines()
    return [line for line in lines if not tables or json.loads(line)["table"] in tables]


def place(root: Path, aip: str) -> Path:
    return next(root.glob(f"*/*/*/{aip.replace(':', '%3a')}"))


def aips(version: str | None = None) -> list[str]:
    rows = [json.loads(line) for line in dump("aip")]
    return [row["id"] for row in rows if version in (None, row["version"])]


@contextmanager
def away(path: Path) -> Iterator[None]:
    """Something is not there for a while."""
    hidden = path.with_name(f"{path.name}.hidden")
    path.rename(hidden)
    try:
        yield
    finally:
        hidden.rename(path)


def sql(home: Home, *statements: str) -> None:
    """What an accident did to the rows, as the owner of the tables."""
    from repository.config import Settings

    with psycopg.connect(owner_conninfo(home, Settings.load(home.path))) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_what_agrees_is_told_so_and_records_are_no_strays(held: Home):
    assert any("decision" in p.name for p in held.store.glob("*/*/*/*")), "there is a decision in storage"
    told = reconcile()
    assert told == {"schema": 1, "code": 0, "rows_without_objects": [], "objects_without_rows": [], "mended": [],
                    "differences": []}  # fmt: skip


def test_a_lost_object_is_a_loss_with_the_place_of_its_copy(held: Home, tmp_path: Path):
    aip = aips()[0]
    decision = next(p for p in held.store.glob("*/*/*/urn%3akho%3adecision*"))
    lost = place(held.store, aip)
    for path in (lost, decision):
        path.rename(tmp_path / path.name)
    told = reconcile()
    assert (told["code"], len(told["rows_without_objects"]), told["mended"]) == (3, 2, [])
    (one,) = [d for d in told["differences"] if d["object"] == aip]
    assert (one["kind"], one["copies"]) == ("lost", ["dia2"])
    assert "kho repair" in one["vi"] and "dia2" in one["en"]
    for path in (lost, decision):
        (tmp_path / path.name).rename(path)
    assert reconcile()["code"] == 0


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_whole_package_without_rows_gets_the_same_rows_again(held: Home, version: str):
    aip = aips(version)[0]
    before = dump("aip", "aip_version", "document", "file")
    sql(held, *(f"delete from {table} where aip = '{aip}'" for table in _TABLES[:4]),
        f"delete from copy where object = '{aip}'", f"delete from aip where id = '{aip}'")  # fmt: skip
    assert len(dump("aip")) < len([line for line in before if '"table": "aip"' in line])
    told = reconcile()
    assert (told["code"], kinds(told)) == (0, [("adopted", "primary")])
    mended = sorted((each["action"], each["location"]) for each in told["mended"])
    assert mended == [("copy-noted", "dia2"), ("rows-from-object", "primary")]
    assert dump("aip", "aip_version", "document", "file") == before
    assert (reconcile()["code"], reconcile()["mended"]) == (0, [])


def test_a_newer_version_in_storage_is_taken_up(held: Home):
    aip = aips("v2")[0]
    before = dump("aip", "aip_version", "document", "file")
    sql(held, f"delete from aip_version where aip = '{aip}' and version = 'v2'",
        f"update aip set version = 'v1', fields = '{{}}' where id = '{aip}'",
        f"update copy set version = 1 where object = '{aip}' and location = 'primary'")  # fmt: skip
    assert kinds(reconcile()) == [("adopted", "primary")]
    assert dump("aip", "aip_version", "document", "file") == before


def test_what_was_cut_off_is_left_to_its_batch(held: Home, tmp_path: Path):
    one = plan(1, 1)
    one.rows[0]["file.fileCode"] += ".cat-ngang"
    delivery = write_plan(tmp_path / "dot", one)
    assert take_in(delivery, **{faults.ENVIRONMENT: "store.after-rename:kill"}).code != 0
    told = reconcile()
    assert (told["code"], kinds(told), len(told["objects_without_rows"])) == (
        3,
        [("under-way", "primary")],
        1,
    )
    assert take_in(delivery).code == 0
    assert kho_here("store", "replicate").code == 0
    assert reconcile()["code"] == 0


def test_a_decision_that_was_cut_off_is_brought_to_its_end(held: Home):
    words = ("rights", "publish", "P9907", "--agency", "H26.99.07", "--basis", "QĐ 13")
    killed = kho(*words, env={faults.ENVIRONMENT: "decision.stored:kill"})
    assert killed.code == -signal.SIGKILL
    before = len(dump("decision"))
    told = reconcile()
    assert [each["action"] for each in told["mended"]][:1] == ["decision-completed"]
    assert (told["code"], len(dump("decision"))) == (0, before + 1)
    assert kho_here("store", "replicate").code == 0


def test_what_cannot_be_read_or_lies_elsewhere_is_told_and_left(held: Home, tmp_path: Path):
    one, two = aips("v1")[:2]
    inventory = place(held.store, one) / "inventory.json"
    good = inventory.read_bytes()
    inventory.chmod(0o640)
    inventory.write_bytes(good[:100])
    moved = place(held.store, two)
    elsewhere = held.store / "000" / "000" / "000" / moved.name
    elsewhere.parent.mkdir(parents=True)
    moved.rename(elsewhere)
    told = reconcile()
    assert kinds(told) == [("lost", "primary"), ("misplaced", "primary"), ("unreadable", "primary")]
    assert told["rows_without_objects"] == [two]
    assert told["code"] == 3
    elsewhere.rename(moved)
    os.removedirs(elsewhere.parent)
    inventory.write_bytes(good)
    assert reconcile()["code"] == 0


def test_a_location_is_compared_where_it_is_there_and_named_where_it_is_not(held: Home, tmp_path: Path):
    root = Path(
        json.loads(kho_here("store", "list", "--json").out)["locations"][1]["url"].removeprefix("file://")
    )
    lost = place(root, aips()[0])
    lost.rename(tmp_path / "lost")
    told = reconcile()
    assert (told["code"], kinds(told), told["rows_without_objects"]) == (3, [("copy-lost", "dia2")], [])
    (tmp_path / "lost").rename(lost)
    with away(root):
        told = reconcile()
        assert (told["code"], kinds(told)) == (3, [("location-skipped", "dia2")])
    assert reconcile()["code"] == 0


def test_rows_that_are_older_than_storage_call_for_a_rebuild(held: Home):
    """As after the restore of an old backup: a decision and a package that storage has and the rows do not know."""
    aip, everything = aips("v1")[0], dump()
    decision = json.loads(dump("decision")[0])["id"]
    sql(held, f"delete from copy where object = 'urn:kho:decision:{decision}'",
        *(f"delete from {table} where aip = '{aip}'" for table in _TABLES[:4]),
        f"delete from copy where object = '{aip}'", f"delete from aip where id = '{aip}'")  # fmt: skip
    told = reconcile()
    assert told["code"] == 3
    assert [k for k, _l in kinds(told) if k != "copy-unknown"] == ["behind", "record-unknown"]
    assert not [each for each in told["mended"] if each["action"] == "rows-from-object"]
    assert kho_here("store", "rebuild", "--replace").code == 0
    assert dump() == everything
    assert kho_here("store", "reconcile").code == 0
