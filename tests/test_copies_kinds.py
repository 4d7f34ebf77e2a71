"""Audit and repair over every kind of location: a disk, a bucket, an offline set; from any good copy to any other."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from repository import s3_client
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.packages import AipId
from standards.ocfl_rules import check_root
from tests.audit_fixtures import hold
from tests.make_delivery import plan, write_plan
from tests.ocfl_fixtures import put, stored_files
from tests.running import kho, kho_here
from tests.s3_server import ROOT_KEYS, free_port, make_bucket, s3_service
from tests.test_store_conformance import _bytes_below

KINDS = ("primary", "dia2", "xa", "bo1")


@dataclass(frozen=True)
class Held:
    """A home whose objects lie in a primary, on a disk, in a bucket and on an offline set; the folder of each."""

    opened: Opened
    ids: list[str]
    roots: dict[str, Path]
    bucket: s3_client.Bucket


@pytest.fixture(scope="module")
def held(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder = tmp_path_factory.mktemp("places")
    opened = open_catalogue(Settings.load())
    with s3_service(folder / "buckets") as url, pytest.MonkeyPatch.context() as patch:
        bucket = make_bucket(url, "replica")
        patch.setenv("KHO_S3_XA_ACCESS_KEY", ROOT_KEYS.access)
        patch.setenv("KHO_S3_XA_SECRET_KEY", ROOT_KEYS.secret)
        patch.setenv("KHO_S3_XA_PURGE_ACCESS_KEY", ROOT_KEYS.access)
        patch.setenv("KHO_S3_XA_PURGE_SECRET_KEY", ROOT_KEYS.secret)
        for words in (("dia2", (folder / "dia2").as_uri()), ("xa", f"s3://replica/kho?endpoint={url}"),
                      ("bo1", (folder / "bo1").as_uri(), "--offline")):  # fmt: skip
            added = kho_here("store", "add", *words)
            assert added.code == 0, added.err
        ids = hold(opened, folder, 3)
        assert kho_here("store", "replicate", "--to", "dia2", "--to", "xa", "--to", "bo1").code == 0
        roots = {"primary": opened.store.root, "dia2": folder / "dia2", "bo1": folder / "bo1",
                 "xa": folder / "buckets" / "replica" / "kho"}  # fmt: skip
        yield Held(opened, ids, roots, bucket)


def audit(*words: str) -> dict[str, Any]:
    ended = kho_here("audit", "run", *words, "--json")
    return {**ended.json, "code": ended.code}


@dataclass(frozen=True)
class Copy:
    """An object's copy to be spoiled: files of a disk, or objects of a bucket, by the service's own doors."""

    home: Path
    bucket: s3_client.Bucket | None
    below: str

    def read(self, path: str) -> bytes:
        return (self.home / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        if self.bucket:
            self.bucket.put(f"{self.below}/{path}", data)
            return
        if (self.home / path).exists():
            (self.home / path).chmod(0o640)
        (self.home / path).write_bytes(data)

    def remove(self, path: str) -> None:
        if self.bucket:
            self.bucket.remove(f"{self.below}/{path}")
        else:
            (self.home / path).unlink()

    def remove_all(self) -> None:
        if self.bucket:
            self.bucket.remove_below(f"{self.below}/")
            return
        shutil.rmtree(self.home)
        with contextlib.suppress(OSError):
            os.removedirs(self.home.parent)


def copy_at(held: Held, location: str, id: str) -> Copy:
    below = held.opened.store.place_of(AipId(id))
    return Copy(held.roots[location] / below, held.bucket if location == "xa" else None, below)


def test_every_kind_is_audited_and_has_the_same_bytes(held: Held):
    report = audit()
    assert (report["code"], report["checked"], report["skipped"]) == (0, 12, [])
    by_location = {line["location"]: line for line in kho_here("audit", "report", "--json").json["locations"]}
    assert {name: by_location[name]["objects"] for name in KINDS} == dict.fromkeys(KINDS, 3)
    assert len({by_location[name]["bytes"] for name in KINDS}) == 1
    wanted = {k: v for k, v in _bytes_below(held.roots["primary"]).items() if "README" not in k}
    for name in KINDS:
        assert {k: v for k, v in _bytes_below(held.roots[name]).items() if "README" not in k} == wanted


def flip(copy: Copy) -> None:
    copy.write("v1/content/data/0.txt", b"X" + copy.read("v1/content/data/0.txt")[1:])


def cut(copy: Copy) -> None:
    copy.write("v1/content/data/1.txt", copy.read("v1/content/data/1.txt")[:10])


def lose_file(copy: Copy) -> None:
    copy.remove("v1/content/data/2.txt")


def lose_object(copy: Copy) -> None:
    copy.remove_all()


def spoil_inventory(copy: Copy) -> None:
    for path in ("inventory.json", "v1/inventory.json"):
        copy.write(path, copy.read(path).replace(b"v1/content", b"v1/c0ntent", 1))


def add_stray(copy: Copy) -> None:
    copy.write("v1/content/data/la.txt", b"stray")


DAMAGES = (flip, cut, lose_file, lose_object, spoil_inventory, add_stray)


@pytest.mark.parametrize("location", KINDS)
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_damage_of_every_kind_is_found_and_put_right_in_every_place(
    held: Held, location: str, damage: Callable[[Copy], None]
):
    before = _bytes_below(held.roots[location])
    damage(copy_at(held, location, held.ids[1]))
    report = audit("--location", location)
    found = {line["aip"] for what in ("damaged", "missing", "stray") for line in report[what]}
    assert (report["code"], found) == (3, {held.ids[1]})
    done = kho_here("repair", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    (one,) = done.json["repaired"]
    assert (one["location"], one["outcome"]) == (location, "good")
    assert _bytes_below(held.roots[location]) == before
    assert audit("--location", location)["code"] == 0


@pytest.mark.parametrize("source", ["dia2", "xa", "bo1"])
def test_one_good_copy_of_any_kind_puts_all_others_right(held: Held, source: str):
    before = _bytes_below(held.roots["primary"])
    for name in set(KINDS) - {source}:
        lose_object(copy_at(held, name, held.ids[0]))
    assert len(audit()["missing"]) == 3
    done = kho_here("repair", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert {one["source"] for one in done.json["repaired"]} == {source}
    assert _bytes_below(held.roots["primary"]) == before
    assert audit()["code"] == 0


def test_a_set_that_is_away_is_skipped_with_its_reason_and_comes_back_to_be_checked(held: Held):
    hidden = held.roots["bo1"].with_name("in-the-safe")
    assert kho_here("store", "offline", "away", "bo1", "--label", "Hộp 1").code == 0
    held.roots["bo1"].rename(hidden)
    report = audit()
    (skipped,) = report["skipped"]
    assert (report["code"], report["checked"], skipped["location"], skipped["objects"]) == (0, 9, "bo1", 3)
    assert "Hộp 1" in skipped["reason"]
    hidden.rename(held.roots["bo1"])
    flip(copy_at(held, "bo1", held.ids[2]))
    assert kho_here("store", "offline", "return", "bo1").code == 0
    assert [line["aip"] for line in audit("--location", "bo1")["damaged"]] == [held.ids[2]]
    assert kho_here("repair", "--yes").code == 0
    assert audit("--location", "bo1")["code"] == 0


@pytest.mark.parametrize("location", ["dia2", "xa"])
def test_a_place_that_is_not_there_was_not_read_and_is_not_called_good(
    held: Held, location: str, monkeypatch: pytest.MonkeyPatch
):
    if location == "xa":
        monkeypatch.setattr(s3_client, "ATTEMPTS", 1)
        s3_client._client.cache_clear()
        monkeypatch.setattr("repository.locations.bucket_of",
                            lambda _url: s3_client.Place("replica", "kho/", f"http://127.0.0.1:{free_port()}", "x"))  # fmt: skip
        report = audit("--location", "xa")
    else:
        root = held.roots["dia2"]
        root.rename(root.with_name("unplugged"))
        report = audit("--location", "dia2")
        root.with_name("unplugged").rename(root)
    assert (report["code"], report["checked"], report["missing"], report["damaged"]) == (3, 0, [], [])
    assert [(s["location"], s["objects"]) for s in report["skipped"]] == [(location, 3)]
    s3_client._client.cache_clear()


def test_a_repair_of_a_bucket_that_is_killed_is_done_again(held: Held):
    before = _bytes_below(held.roots["xa"])
    spoil_inventory(copy_at(held, "xa", held.ids[1]))
    flip(copy_at(held, "xa", held.ids[1]))
    audit("--location", "xa")
    for count in (1, 2):
        killed = kho("repair", "--yes", env={"KHO_FAULT": f"repair.before-rename:kill@{count}"})
        assert killed.code == -9
    assert kho_here("repair", "--yes").code == 0
    assert _bytes_below(held.roots["xa"]) == before


def test_without_the_right_to_delete_what_is_stray_in_a_bucket_stays_and_is_told(
    held: Held, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("KHO_S3_XA_PURGE_ACCESS_KEY")
    add_stray(copy_at(held, "xa", held.ids[1]))
    audit("--location", "xa")
    done = kho_here("repair", "--yes", "--json")
    assert (done.code, done.json["repaired"][0]["outcome"]) == (3, "failed")
    copy_at(held, "xa", held.ids[1]).remove("v1/content/data/la.txt")
    assert audit("--location", "xa")["code"] == 0


def test_a_copy_that_lags_behind_is_no_damage_and_follows(held: Held, tmp_path: Path):
    """A new version in the primary: the older copies are whole; they lack it, and status says so."""
    new = {f"data/{n}.txt": os.urandom(50) for n in range(2)}
    put(held.opened.store, AipId(held.ids[0]), stored_files(tmp_path / "v2", new), expected_head="v1")
    with held.opened.connect() as connection:
        from repository import catalogue
        from repository.copies import note_written

        note_written(connection, held.ids[0], "v2", catalogue.now())
        connection.commit()
    assert audit()["code"] == 0
    behind = {p["name"]: p["behind"] for p in kho_here("status", "--json").json["copies"]["locations"]}
    assert behind == {"primary": 0, "dia2": 1, "xa": 1, "bo1": 1}
    assert kho_here("store", "replicate", "--to", "dia2", "--to", "xa", "--to", "bo1").code == 0
    assert audit()["code"] == 0
    assert all(not list(check_root(root)) for root in held.roots.values())


def test_a_package_is_confirmed_with_its_copies_and_status_names_what_lacks_them(held: Held, tmp_path: Path):
    root = held.roots["dia2"]
    kho_here("store", "policy", "set", "--copies", "2", "--location", "dia2")
    delivery = write_plan(tmp_path / "dot", plan(1, 1))
    hidden = root.with_name("unplugged")
    root.rename(hidden)
    words = ("ingest", delivery, "--agency", "H26.99.07", "--wait", "--processes", "1", "--json")
    refused = kho(*words)
    assert refused.code == 1 and "dia2" in refused.out + refused.err
    assert kho_here("aip", "list", "--json").out == "", "it is in the primary store and not confirmed"
    hidden.rename(root)
    stored = kho(*words)
    assert (stored.code, stored.json["packages"][0]["status"]) == (0, "stored")
    aip = stored.json["packages"][0]["aip"]
    copies = kho_here("aip", "show", aip, "--json").json["copies"]
    assert [(c["location"], c["verified"] is not None) for c in copies] == [
        ("primary", False),
        ("dia2", True),
    ]
    assert kho_here("status", "--json").json["copies"]["below_policy"] == 0
    kho_here("store", "policy", "set", "--copies", "3")
    told = kho_here("status", "--json").json["copies"]
    assert (told["below_policy"], told["packages"][0]["aip"], told["packages"][0]["have"]) == (1, aip, 2)
    assert aip in kho_here("status").err
    assert kho_here("store", "replicate").code == 0
    assert kho_here("status", "--json").json["copies"]["below_policy"] == 0
