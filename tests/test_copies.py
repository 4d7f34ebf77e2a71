"""Copies by the command that people use: complete, read back, resumed after a kill, confirmed as the policy asks."""

import filecmp
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from repository import faults, store_copy
from repository.home import Home
from standards.ocfl_rules import check_root
from tests.conftest import SharedServices, fresh_home
from tests.make_delivery import make_delivery, plan, write_plan
from tests.make_package import Sip, document_fields, make_sip
from tests.running import Ended, kho
from tests.test_rebuild import dump


def take_in(path: Path) -> Ended:
    return kho("ingest", path, "--agency", "H26.99.07", "--wait", "--processes", "1", "--json")


def add(name: str, folder: Path, *options: str) -> Path:
    """A new file location; its storage root."""
    root = folder / name
    added = kho("store", "add", name, root.as_uri(), *options, "--json")
    assert added.code == 0, added.err + added.out
    return root


def location(name: str) -> dict[str, Any]:
    return next(each for each in kho("store", "list", "--json").json["locations"] if each["name"] == name)


def same(one: Path, two: Path) -> bool:
    """Whether two storage roots have the same files with the same bytes."""
    names = [sorted(p.relative_to(root) for p in root.rglob("*") if p.is_file()) for root in (one, two)]
    return names[0] == names[1] and all(filecmp.cmp(one / n, two / n, shallow=False) for n in names[0])


def test_copies_are_complete_resumed_and_stand_on_their_own(kho_home: Home, tmp_path: Path):
    taken = take_in(make_delivery(tmp_path / "dot"))
    assert taken.code == 0, taken.err
    root = add("dia2", tmp_path)
    behind = location("dia2")["behind"]
    assert behind == location("primary")["objects"] > 2
    part = kho("store", "replicate", "--most", "1", "--json")
    assert (part.json["locations"][0]["copied"], location("dia2")["behind"]) == (1, behind - 1)
    for point in store_copy.POINTS:
        killed = kho("store", "replicate", "--json", env={faults.ENVIRONMENT: f"{point}:kill@2"})
        assert killed.code == -signal.SIGKILL
    ended = kho("store", "replicate", "--json")
    assert (ended.code, ended.json["locations"][0]["failed"], location("dia2")["behind"]) == (0, [], 0)
    assert same(kho_home.store, root)
    assert list(check_root(root)) == []
    assert kho("verify", root, "--json").json["verdict"] in ("valid", "valid-with-warning")
    assert [p for p in root.with_name("dia2.staging").iterdir() if p.is_dir()] == []
    again = kho("store", "replicate", "--json")
    assert again.json["locations"][0]["copied"] == 0
    shown = kho("aip", "show", taken.json["packages"][0]["aip"], "--json").json["copies"]
    assert [(c["location"], c["version"], c["verified"] is not None) for c in shown] == [
        ("primary", "v1", False), ("dia2", "v1", True)]  # fmt: skip


def test_a_new_version_follows_and_the_catalogue_comes_back_from_the_copy(kho_home: Home, tmp_path: Path):
    assert take_in(make_sip(tmp_path / "1", Sip(), "mot")).code == 0
    root = add("dia2", tmp_path)
    assert kho("store", "replicate").code == 0
    later = Sip(documents={f"160.{i}.pdf": document_fields(i, subject=f"Sửa lần {i}") for i in (1, 2)})
    assert take_in(make_sip(tmp_path / "2", later, "mot")).json["packages"][0]["status"] == "stored"
    assert location("dia2")["behind"] == 2, "the AIP's new version, and the account of its batch"
    assert kho("store", "replicate").code == 0
    assert same(kho_home.store, root)
    before = dump()
    rebuilt = kho("store", "rebuild", "--from", "dia2", "--replace", "--json")
    assert (rebuilt.code, dump()) == (0, before)


def test_a_location_that_is_gone_stops_nothing_but_its_own_copies(kho_home: Home, tmp_path: Path):
    take_in(make_delivery(tmp_path / "dot", files=1, documents=1))
    first, _second = add("dia2", tmp_path), add("dia3", tmp_path)
    first.rename(tmp_path / "unplugged")
    ended = kho("store", "replicate", "--json")
    assert ended.code == 3
    assert [each["location"] for each in ended.json["skipped"]] == ["dia2"]
    assert (location("dia3")["behind"], location("dia2")["objects"]) == (0, 0)
    assert not first.exists(), "nothing is made where the disk should be"


def test_a_damaged_original_is_no_copy_and_the_others_go_on(kho_home: Home, tmp_path: Path):
    take_in(make_delivery(tmp_path / "dot"))
    add("dia2", tmp_path)
    damaged = next(kho_home.store.rglob("*.pdf"))
    damaged.chmod(0o640)
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    ended = kho("store", "replicate", "--json")
    (failed,) = ended.json["locations"][0]["failed"]
    assert (ended.code, failed["code"], location("dia2")["behind"]) == (3, "damaged-object", 1)


def test_a_set_goes_away_with_its_label_and_comes_back_looked_at(kho_home: Home, tmp_path: Path):
    take_in(make_delivery(tmp_path / "dot"))
    root = add("bo1", tmp_path, "--offline")
    assert kho("store", "replicate", "--json").json["locations"] == [], (
        "an offline set is written when it is named"
    )
    assert kho("store", "replicate", "--to", "bo1").code == 0
    assert kho("store", "offline", "away", "bo1", "--label", "Hộp 12, đĩa 3").code == 0
    root.rename(tmp_path / "in-the-safe")
    told = location("bo1")
    assert (told["state"], told["label"]) == ("away", "Hộp 12, đĩa 3")
    refused = kho("store", "replicate", "--to", "bo1", "--json")
    assert (refused.code, refused.json["skipped"][0]["code"]) == (3, "location-away")
    assert kho("store", "offline", "return", "bo1", "--json").code == 1, "its disk is not attached"
    (tmp_path / "in-the-safe").rename(root)
    lost = next(p.parent for p in root.rglob("0=ocfl_object_1.1"))
    lost.rename(tmp_path / "lost")
    back = kho("store", "offline", "return", "bo1", "--json")
    assert (back.code, len(back.json["gone"])) == (3, 1)
    assert kho("store", "replicate", "--to", "bo1").code == 0
    assert (location("bo1")["state"], location("bo1")["behind"]) == ("online", 0)
    assert same(kho_home.store, root)
    assert kho("store", "offline", "away", "primary", "--label", "x").code == 2


def test_nothing_is_confirmed_with_fewer_copies_than_the_policy_asks(kho_home: Home, tmp_path: Path):
    assert kho("store", "policy", "set", "--copies", "2", "--agency", "H26.99.07").code == 0
    delivery = make_delivery(tmp_path / "dot", files=1, documents=2)
    refused = take_in(delivery)
    assert refused.code == 1, refused.out
    assert "2" in refused.json["error"]["vi"] and "chưa được xác" in refused.json["error"]["vi"]
    assert kho("aip", "list", "--json").out == ""
    root = add("dia2", tmp_path)
    ended = take_in(delivery)
    (entry,) = ended.json["packages"]
    assert (ended.code, entry["status"]) == (0, "stored")
    shown = kho("aip", "show", entry["aip"], "--json").json["copies"]
    assert [c["location"] for c in shown] == ["primary", "dia2"]
    assert list(check_root(root)) == []


def test_policies_say_where_copies_go_and_survive_a_rebuild(kho_home: Home, tmp_path: Path):
    add("dia2", tmp_path), add("dia3", tmp_path)
    kho("store", "policy", "set", "--copies", "1")
    assert (
        kho("store", "policy", "set", "--agency", "H26.99.07", "--copies", "1", "--location", "dia3").code
        == 0
    )
    assert kho("store", "policy", "set", "--copies", "2", "--location", "none", "--json").code == 1
    p = plan(1, 1)
    write_plan(tmp_path / "dot", p)
    aip = take_in(tmp_path / "dot").json["packages"][0]["aip"]
    assert kho("store", "replicate").code == 0
    shown = kho("aip", "show", aip, "--json").json["copies"]
    assert [c["location"] for c in shown] == ["primary", "dia3"]
    before = kho("store", "policy", "list", "--json").json["policies"]
    assert [(x["agency"], x["locations"]) for x in before] == [("H26.99.07", ["dia3"]), ("*", None)]
    lines = dump()
    assert kho("store", "rebuild", "--replace").code == 0
    assert dump() == lines
    assert kho("store", "policy", "list", "--json").json["policies"] == before


def test_json_is_one_document(kho_home: Home, tmp_path: Path):
    add("dia2", tmp_path)
    for words in (("store", "list"), ("store", "replicate"), ("store", "policy", "list")):
        assert json.loads(kho(*words, "--json").out)["schema"] == 1


def test_after_the_loss_of_everything_but_one_copy_all_is_there_again(
    kho_home: Home, services_home: SharedServices, tmp_path: Path
):
    """A new machine: the catalogue from the copy, the packages back into the primary, found again."""
    take_in(make_sip(tmp_path / "1", Sip(), "mot"))
    kho("rights", "publish", "H26.99.07", "--basis", "QĐ 1")
    root = add("dia2", tmp_path)
    assert kho("store", "replicate").code == 0
    before = dump()
    with pytest.MonkeyPatch.context() as patch, fresh_home(services_home, patch, tmp_path / "new") as home:
        assert kho("store", "add", "bansao", root.as_uri()).code == 0
        assert kho("store", "rebuild", "--from", "bansao").code == 0
        assert dump() == before
        ended = kho("store", "replicate", "--to", "primary", "--json")
        assert (ended.code, ended.json["locations"][0]["failed"]) == (0, [])
        assert same(home.store, root)
        assert kho("store", "reconcile").code == 0
        assert kho("index", "rebuild").code == 0
        assert kho("search", "cấp đất", "--as", "officer", "--json").json["total"] > 0
