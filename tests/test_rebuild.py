"""The catalogue made anew from storage alone is the catalogue that was there: every row of a history of all kinds."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from repository.home import Home
from tests.conftest import SETTINGS, SharedServices, fresh_home
from tests.make_delivery import FAULTS, plan, tiny_pdf, write_plan
from tests.make_package import Sip, document_fields, eark_sip, make_bag, make_sip
from tests.running import kho, kho_here

INFO = {"Source-Organization": "H26.99.07", "External-Identifier": "TUI-01", "External-Description": "Túi"}


def dump() -> list[str]:
    """Every row, as `kho store dump` prints it."""
    dumped = kho("store", "dump")
    assert dumped.code == 0, dumped.err
    return dumped.out.splitlines()


def take_in(path: Path, *options: str) -> dict:
    ended = kho("ingest", path, *options, "--wait", "--processes", "1", "--json")
    assert ended.code in (0, 3), ended.err + ended.out
    return ended.json


def history(folder: Path) -> None:
    """Deliveries with faults, packages of others and a later state of them, names, decisions, what left quarantine."""
    kho("agency", "set", "H26.99.07", "--name", "Ủy ban nhân dân xã Tân Mẫu", "--block", "Chính quyền")
    faulty = folder / "dot"
    for fault in ("row-without-pdf", "blank-rows", "sealed", "pdf-twice", "date-unclear", "pdf-unclaimed"):
        p = plan(2, 2)
        for row in p.rows:
            row["file.fileCode"] += f".{fault}"
        FAULTS[fault](p)
        write_plan(faulty / fault, p)
    next((faulty / "blank-rows").rglob("*.pdf")).write_bytes(b"no pdf at all")
    report = take_in(faulty, "--agency", "H26.99.07")
    waiting = kho("quarantine", "list", "--json").json["packages"]
    first = next(p for p in waiting if any(f["code"] == "PDF-NOT-A-PDF" for f in p["findings"]))
    second = next(p for p in waiting if any(f["code"] == "DLV-ROW-NO-FILE" for f in p["findings"]))
    released = kho("quarantine", "release", str(first["id"]), "--reason", "đã xem \\ lại\tvới bên giao")
    assert released.code == 0, released.err
    assert kho("quarantine", "send-back", str(second["id"]), folder / "tra-lai").code == 0
    kho("ingest", faulty, "--agency", "H26.99.07", "--wait", "--json")
    packages = folder / "lo"
    make_sip(packages, Sip(documentation={"Bìa.pdf": tiny_pdf(1, "bia")}), "mot")
    make_sip(packages, eark_sip(), "hai")
    make_bag(packages / "tui", {"a.pdf": tiny_pdf(1, "x"), "sâu/b b.txt": b"hello"}, INFO)
    take_in(packages)
    later = Sip(documents={f"160.{i}.pdf": document_fields(i, subject=f"Sửa lần {i}") for i in (1, 2)})
    take_in(make_sip(folder / "sau", later, "mot"))
    assert any(p["status"] == "stored" for p in report["packages"])
    assert (
        kho("rights", "publish", "H26.99.07", "--agency", "H26.99.07", "--basis", "QĐ 12/QĐ-UBND").code == 0
    )
    kho("agency", "set", "H26.99.08", "--name", "Cơ quan chưa có tài liệu", "--level", "Xã, phường")
    decide(folder)
    correct()


def correct() -> None:
    """A description corrected, and once more on the same day: one is in a version, the other waits."""
    held = next(line["aip"] for line in map(json.loads, kho_here("aip", "list", "--json").out.splitlines()))
    for words in ("description=đã xem", "description=đã xem lại"):
        corrected = kho_here("aip", "describe", held, words, "--reason", "bổ sung", "--json")
        assert corrected.code == 0, corrected.err + corrected.out
    assert corrected.json["waits"]


def decide(folder: Path) -> None:
    """Decisions of the other kinds: another name from a day on, a merger, a schedule, a term, an event."""
    by = ("--by", "Nguyễn Văn A")
    kho_here("agency", "set", "H26.99.08", "--name", "Tên sau", "--from", "2020-01-01", *by)
    act = kho_here("agency", "merge", "plan", "H26.99.07", "H26.99.08", "--into", "H26.201", "--name", "Xã mới", "--on",
                   "2025-07-01", "--basis", "NQ 1656", *by, "--json").json["id"]  # fmt: skip
    kho_here("agency", "merge", "approve", act, "--by", "Trần Thị B")
    assert kho_here("agency", "merge", "carry-out", act, "--by", "Trần Thị B").code == 0
    table = (
        "code,title,kind,years,legal_basis,legal_status\nTC-01,Hồ sơ quy chế,years,20,TT 10/2022,in_force\n"
    )
    (folder / "thoi-han.csv").write_text(table, encoding="utf-8")
    kho_here("retention", "schedule", "import", folder / "thoi-han.csv", "--name", "Bảng thử", *by)
    held = [json.loads(line)["aip"] for line in kho_here("aip", "list", "--json").out.splitlines()]
    permanent = ("--permanent", "--basis", "giá trị lịch sử")
    assert kho_here("retention", "assign", *held[:2], *permanent, *by).code == 0
    placed = kho_here("hold", "place", "--agency", "H26.99.07", "--kind", "inspection", "--reason", "KL 1", "--authority",
                      "Thanh tra", *by, "--json").json["hold"]  # fmt: skip
    assert kho_here("hold", "lift", placed, "--basis", "KL 2", *by).code == 0
    assert kho_here("retention", "event", held[2], "--on", "2020-02-29", "--what", "Thanh lý", *by).code == 0


@dataclass(frozen=True, slots=True)
class Before:
    """A home with a history: what its dump was, and which documents the public found."""

    home: Home
    dump: list[str]
    found: dict


@pytest.fixture(scope="module")
def before(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Before:
    history(tmp_path_factory.mktemp("history"))
    return Before(kho_home_of_module, dump(), found())


def found() -> dict:
    """What the public and the officer find."""
    words = "văn bản", "cấp đất", "quyết định"
    asked = [
        kho("search", w, *who, "--limit", "1000", "--json").json
        for w in words
        for who in ((), ("--as", "officer"))
    ]
    return {"hits": [sorted(hit["id"] for hit in each["hits"]) for each in asked]}


@pytest.fixture
def empty_home(services_home: SharedServices, tmp_path: Path) -> Iterator[Home]:
    """A new home with a new database and nothing in it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        with fresh_home(services_home, patch, tmp_path / "new-home") as home:
            yield home


def copy_of(store: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(store, target)


def by_table(lines: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in lines:
        table = json.loads(line)["table"]
        counts[table] = counts.get(table, 0) + 1
    return counts


def test_the_history_is_one_of_all_kinds(before: Before):
    counts = by_table(before.dump)
    assert set(counts) == {"agency", "fonds", "batch", "package", "aip", "aip_version", "document", "file", "event",
                           "publication", "agency_fact", "agency_event", "custody", "decision", "act", "retention_rule",
                           "retention_term", "retention_event", "hold", "correction"}  # fmt: skip
    rows = [json.loads(line) for line in before.dump]
    assert {"stored", "quarantined", "already-held"} <= {r["status"] for r in rows if r["table"] == "package"}
    assert {"v1", "v2"} <= {r["version"] for r in rows if r["table"] == "aip_version"}
    assert {"unquarantine", "dissemination"} <= {r["type"] for r in rows if r["table"] == "event"}
    assert any(before.found["hits"])


def test_the_catalogue_from_storage_alone_is_the_same(before: Before, empty_home: Home):
    copy_of(before.home.store, empty_home.store)
    rebuilt = kho("store", "rebuild", "--json")
    assert rebuilt.code == 0, rebuilt.err + rebuilt.out
    assert rebuilt.json["unreadable"] == []
    assert dump() == before.dump
    reconciled = kho("store", "reconcile", "--json")
    assert (reconciled.code, reconciled.json["mended"]) == (0, [])
    assert kho("index", "rebuild", "--json").code == 0
    assert found() == before.found
    assert all(each["behind"] == 0 for each in kho("store", "list", "--json").json["locations"])


def test_work_goes_on_after_a_rebuild(before: Before, empty_home: Home, tmp_path: Path):
    """What is held is known again, a new batch has a number of its own, new events stand after the old ones."""
    copy_of(before.home.store, empty_home.store)
    assert kho("store", "rebuild", "--json").code == 0
    sip = Sip(documentation={"Bìa.pdf": tiny_pdf(1, "bia")})
    assert [p["status"] for p in take_in(make_sip(tmp_path, sip, "mot"))["packages"]] == ["already-held"]
    new = plan(1, 1)
    new.rows[0]["file.fileCode"] += ".moi"
    write_plan(tmp_path / "moi", new)
    fresh = take_in(tmp_path / "moi", "--agency", "H26.99.07")
    assert [p["status"] for p in fresh["packages"]] == ["stored"]
    old = {json.loads(line).get("id") for line in before.dump}
    assert fresh["batch"] not in old


def test_a_full_catalogue_is_not_replaced_without_being_told(before: Before):
    os.environ["KHO_HOME"] = str(before.home.path)
    refused = kho("store", "rebuild", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "catalogue-not-empty")
    assert dump() == before.dump
    replaced = kho("store", "rebuild", "--replace", "--json")
    assert (replaced.code, dump()) == (0, before.dump)


def test_a_damaged_account_makes_no_rows_and_is_told(before: Before, empty_home: Home):
    copy_of(before.home.store, empty_home.store)
    accounts = empty_home.store.rglob("v1/content/metadata/other/kho.json")
    account = next(path for path in accounts if b'"mode":"01"' in path.read_bytes())
    account.chmod(0o640)
    account.write_bytes(account.read_bytes().replace(b'"mode":"01"', b'"mode":"03"'))
    rebuilt = kho("store", "rebuild", "--json")
    (bad,) = rebuilt.json["unreadable"]
    assert rebuilt.code == 3 and bad["place"] in str(account)
    assert by_table(dump())["aip"] == by_table(before.dump)["aip"] - 1
