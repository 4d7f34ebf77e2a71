"""Handover end to end: a frozen list, packages, another Kho that compares and answers, custody that moves only then."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from repository.home import Home
from tests.conftest import SETTINGS, SharedServices, fresh_home
from tests.make_delivery import plan, write_plan
from tests.running import kho_here as kho

AGENCY, ARCHIVE = "H26.99.07", "LS26"
FILES = [("Vĩnh viễn", 2010), ("Vĩnh viễn", 2012), ("5 năm", 2010), ("", 2011)]
KEYS = [f"{AGENCY}/2024.{n:02}.VP" for n in range(1, 5)]
FROZEN = ("handover", "plan", "--from", AGENCY, "--to", ARCHIVE, "--basis", "QĐ 77", "--by", "Lê C", "--json")


@pytest.fixture
def world(kho_home: Home, tmp_path: Path) -> Home:
    delivery = plan(len(FILES), 1)
    for row, (term, closed) in zip(delivery.rows, FILES, strict=True):
        row |= {"file.maintenance": term, "file.startDate.year": closed, "file.endDate.year": closed,
                "document.issuedDate.year": closed}  # fmt: skip
    write_plan(tmp_path / "giao", delivery)
    assert kho("ingest", tmp_path / "giao", "--agency", AGENCY, "--wait").code == 0
    assert kho("agency", "set", ARCHIVE, "--name", "Lưu trữ lịch sử thành phố").code == 0
    done = kho("retention", "assign", KEYS[3], "--permanent", "--basis", "QĐ 5", "--by", "Lê C")
    assert done.code == 0, done.err
    return kho_home


@contextmanager
def another_kho(services: SharedServices, folder: Path) -> Iterator[None]:
    """The commands inside speak to a second Kho of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        with fresh_home(services, patch, folder):
            yield


@contextmanager
def at(settings: dict[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        yield


def frozen(*ids: str, kind: str = "historical") -> dict[str, Any]:
    ended = kho(*FROZEN, "--kind", kind, *ids)
    assert ended.code == 0, ended.out
    return ended.json


def custodians() -> dict[str, str]:
    found = kho("retention", "due", "--on", "2090-01-01", "--json").json
    rows = [json.loads(line) for line in kho("store", "dump").out.splitlines()]
    moved = {r["aip"]: r["custodian"] for r in rows if r["table"] == "record_custody"}
    keys = {r["id"]: r["key"] for r in rows if r["table"] == "aip"}
    return {keys[aip]: who for aip, who in moved.items()} | {e["key"]: e["custodian"] for e in found["due"]}


def test_two_khos_hand_over_to_each_other(world: Home, services_home: SharedServices, tmp_path: Path):
    here = {name: os.environ[name] for name in SETTINGS if name in os.environ}
    out = tmp_path / "ra"
    listed = frozen()
    assert (listed["packages"], [e["why"] for e in listed["left_out"]]) == (3, ["not-permanent"])
    assert kho("handover", "export", listed["id"], out).code == 0
    first = sorted(p.stat().st_mtime_ns for p in (out / "goi").iterdir())
    assert kho("handover", "export", listed["id"], out).code == 0  # goes on: nothing is written twice
    assert sorted(p.stat().st_mtime_ns for p in (out / "goi").iterdir()) == first
    assert custodians()[KEYS[2]] == AGENCY and KEYS[0] not in custodians()
    (tmp_path / "tu-choi.csv").write_text(f"record,reason\n{KEYS[1]},Thiếu tờ 3\n", "utf-8")
    with another_kho(services_home, tmp_path / "nhan"):
        got = kho("handover", "receive", out, "--number", "15/BN", "--by", "Trần Nhận", "--refusals",
                  tmp_path / "tu-choi.csv", "--json")  # fmt: skip
        assert got.code == 3, got.out
        assert ([e["key"] for e in got.json["accepted"]], [e["key"] for e in got.json["refused"]]) == (
            [KEYS[0], KEYS[3]], [KEYS[1]])  # fmt: skip
        again = kho("handover", "receive", out, "--number", "16/BN", "--by", "Ai khác", "--json")
        assert again.json["accepted"] == got.json["accepted"]  # received once
        assert custodians() == {KEYS[0]: ARCHIVE, KEYS[3]: ARCHIVE}
        assert kho("retention", "explain", KEYS[3], "--json").json["term"] == "permanent"
        dumped = kho("store", "dump").out
        assert kho("store", "rebuild", "--replace").code == 0
        assert kho("store", "dump").out == dumped
        # And back: the archive hands one over to a third body, by hand.
        assert kho("agency", "set", "LS99", "--name", "Lưu trữ khác").code == 0
        back = kho("handover", "plan", KEYS[0], "--kind", "successor", "--from", ARCHIVE, "--to", "LS99", "--basis", "x",
                   "--by", "Trần Nhận", "--json")  # fmt: skip
        assert back.json["packages"] == 1
        with at(here):
            receipt = out / "bien-nhan.json"
            assert (
                kho("handover", "settle", listed["id"], "--receipt", receipt, "--by", "trần  nhận").code == 3
            )
            done = kho("handover", "settle", listed["id"], "--receipt", receipt, "--by", "Lê C", "--json")
            assert done.json["counts"] == {"accepted": 2, "refused": 1}, done.out
            assert custodians() == {KEYS[0]: ARCHIVE, KEYS[3]: ARCHIVE, KEYS[2]: AGENCY}
            assert kho("handover", "settle", listed["id"], "--receipt", receipt, "--by", "Lê C").code == 3
            made = kho("handover", "minutes", listed["id"], tmp_path / "bb", "--json")
            assert made.json["files"] == ["bien-ban-giao-nhan.pdf", "danh-muc-ban-giao.pdf"]
            dumped = kho("store", "dump").out
            assert kho("store", "rebuild", "--replace").code == 0
            assert kho("store", "dump").out == dumped
            # What was refused is free again; what went is not the sender's to hand over once more.
            assert kho(*FROZEN, "--kind", "historical", KEYS[0]).code == 3
            assert frozen(KEYS[1])["packages"] == 1


def test_nothing_moves_by_a_list_that_is_not_the_frozen_one(world: Home, tmp_path: Path):
    kho(
        "hold",
        "place",
        KEYS[0],
        "--kind",
        "lawsuit",
        "--reason",
        "Vụ án 1",
        "--authority",
        "Tòa án",
        "--by",
        "A",
    )
    listed = frozen(KEYS[0], KEYS[1], KEYS[2], kind="successor")
    assert {e["why"] for e in listed["left_out"]} == {"held"}
    nothing_due = kho("disposition", "plan", "--agency", AGENCY, "--by", "X", "--json")
    assert (
        nothing_due.json["error"]["code"] == "nothing-to-review"
    )  # the one that is due is on the frozen list
    receipt = {"schema": 1, "handover": listed["id"], "digest": listed["digest"], "received_by": "N", "number": "1",
               "on": "2026-01-01", "accepted": 2, "refused": []}  # fmt: skip
    wrong = [
        {"digest": "0" * 64},
        {"accepted": 1},
        {"handover": "another"},
        {"refused": [{"key": "x", "reason": "y"}]},
    ]
    for change in wrong:
        (tmp_path / "r.json").write_text(json.dumps(receipt | change), "utf-8")
        ended = kho(
            "handover", "settle", listed["id"], "--receipt", tmp_path / "r.json", "--by", "L", "--json"
        )
        assert (ended.code, ended.json["error"]["code"]) == (3, "handover-list-differs")
    (tmp_path / "r.json").write_text("[]", "utf-8")
    assert kho("handover", "settle", listed["id"], "--receipt", tmp_path / "r.json", "--by", "L").code == 2
    assert kho("handover", "withdraw", listed["id"], "--basis", "nhầm", "--by", "L").code == 0
    assert kho("handover", "show", listed["id"], "--json").json["status"] == "withdrawn"
    assert kho("handover", "export", listed["id"], tmp_path / "ra").code == 3
    again = frozen(KEYS[1], kind="successor")
    by_hand = kho(
        "handover", "settle", again["id"], "--number", "3/BN", "--received-by", "N", "--by", "L", "--json"
    )
    assert (by_hand.json["status"], by_hand.json["settled"]["by_hand"]) == ("settled", True)


@pytest.mark.slow
def test_a_list_that_was_changed_on_the_way_is_refused(
    world: Home, services_home: SharedServices, tmp_path: Path
):
    out = tmp_path / "ra"
    kho("handover", "export", frozen(KEYS[0], KEYS[1])["id"], out)
    told = json.loads((out / "ban-giao.json").read_text("utf-8"))
    lines = [told["lines"][0] | {"bytes": 1}, told["lines"][1]]
    (out / "ban-giao.json").write_text(json.dumps(told | {"lines": lines}), "utf-8")
    (package,) = (p for p in (out / "goi").iterdir() if p.name == told["lines"][1]["folder"])
    content = next(p for p in package.rglob("*.pdf") if p.parent.name == "data" and "rep1" in str(p))
    with another_kho(services_home, tmp_path / "nhan"):
        ended = kho("handover", "receive", out, "--number", "1", "--by", "N", "--json")
        assert (ended.code, ended.json["error"]["code"]) == (2, "bad-handover-list")
        (out / "ban-giao.json").write_text(json.dumps(told), "utf-8")
        content.write_bytes(content.read_bytes() + b"\n")  # a byte more than the bag's manifest says
        ended = kho("handover", "receive", out, "--number", "1", "--by", "N", "--json")
        assert [e["key"] for e in ended.json["refused"]] == [KEYS[1]], ended.out
        assert [e["key"] for e in ended.json["accepted"]] == [KEYS[0]]
