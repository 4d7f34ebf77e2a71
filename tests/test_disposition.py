"""Disposal end to end: guards that no role passes, a council, two persons, every copy gone, a tombstone, no half-counts."""

import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from access.searching import open_solr
from preservation.bodies.days import today
from preservation.disposal.guards import stops
from preservation.disposal.procedure import procedures
from repository import catalogue
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.packages import AipId
from tests.make_delivery import plan, write_plan
from tests.running import kho as kho_process
from tests.running import kho_here as kho
from tests.s3_server import ROOT_KEYS, make_bucket, program, s3_service

AGENCY = "H26.99.07"
FILES = [  # (term, closing year)
    ("5 năm", 2010), ("5 năm", 2011), ("5 năm", 2012), ("Vĩnh viễn", 2010), ("5 năm", 2090), ("5 năm", 2013), ("", 2010),
]  # fmt: skip
DUE = [f"{AGENCY}/2024.{n:02}.VP" for n in (1, 2, 3, 6)]
COUNCIL = (
    "--member",
    "Trần B;chair;lãnh đạo",
    "--member",
    "Lê C;secretary;lưu trữ",
    "--member",
    "Phạm D;member;chuyên môn",
)
MEETING = ("--present", "Trần B", "--present", "Phạm D", "--minutes", "05/BB-HĐXH", "--by", "Trần B")
TWO = ("--by", "Lê C", "--with", "Phạm D")


@dataclass(frozen=True, slots=True)
class World:
    """Seven hồ sơ, four of them due, each in a second location too; `aips` by key."""

    home: Home
    folder: Path
    second: Path
    aips: dict[str, str]
    opened: Opened


@pytest.fixture
def world(kho_home: Home, tmp_path: Path) -> World:
    delivery = plan(len(FILES), 1)
    for row, (term, closed) in zip(delivery.rows, FILES, strict=True):
        row |= {"file.maintenance": term, "file.startDate.year": closed, "file.endDate.year": closed,
                "document.issuedDate.year": closed}  # fmt: skip
    write_plan(tmp_path / "giao", delivery)
    assert kho("ingest", tmp_path / "giao", "--agency", AGENCY, "--wait").code == 0
    assert kho("store", "add", "phu", (tmp_path / "phu").as_uri()).code == 0
    held = [json.loads(line) for line in kho("aip", "list", "--json").out.splitlines()]
    opened = open_catalogue(Settings.load())
    for each in held:
        home = opened.store.tree(AipId(each["aip"])).home
        shutil.copytree(home, tmp_path / "phu" / home.relative_to(kho_home.store))
    return World(kho_home, tmp_path, tmp_path / "phu", {h["key"]: h["aip"] for h in held}, opened)


def listed() -> dict[str, Any]:
    ended = kho("disposition", "plan", "--agency", AGENCY, "--by", "Lê C", "--json")
    assert ended.code == 0, ended.out
    return ended.json


def approved(exceptions: Path | None = None) -> str:
    """A list with a council, a verdict, an opinion and the head's decision."""
    id = str(listed()["id"])
    more = ("--exceptions", exceptions) if exceptions else ()
    for words in (("council", id, *COUNCIL, "--basis", "QĐ 3", "--by", "Trần B"), ("decide", id, *MEETING, *more),
                  ("opinion", id, "--authority", "LS26", "--number", "9", "--by", "Hồ E"),
                  ("approve", id, "--number", "12/QĐ-UBND", "--by", "Chủ tịch G")):  # fmt: skip
        done = kho("disposition", *words)
        assert done.code == 0, done.err
    return id


def everywhere(world: World, aip: str) -> list[str]:
    """Where anything of a record is: folders below the home and the second location, rows, index."""
    name = aip.removeprefix("urn:uuid:")
    found = [str(p) for root in (world.home.path, world.second) for p in root.rglob(f"*{name}*")]
    with catalogue.connect(world.opened.conninfo) as connection:
        left = catalogue.value(connection, "rows_left_of", id=aip, aip=aip)
    solr = open_solr(world.home, Settings.load())
    body = {"query": "{!term f=aip v=$aip}", "params": {"aip": aip}, "limit": 0}
    return [*found, *(["rows"] if left else []),
            *(["index"] if any(c.ask(body)["response"]["numFound"] for c in (solr.all, solr.public)) else [])]  # fmt: skip


def kept_by_a_repair(world: World, aip: str) -> Path:
    """Bytes of a record that a repair found bad and moved away."""
    id = uuid.uuid4()
    kept = world.home.quarantine / "repair" / str(id)
    kept.mkdir(parents=True)
    (kept / "a.pdf").write_bytes(b"bad bytes of the record")
    with catalogue.connect(world.opened.conninfo) as connection:
        catalogue.do(
            connection, "new_repair", id=id, location="primary", object=aip, source="phu", outcome="good",
            witnesses=[], faults=[], replaced=[], quarantined=["a.pdf"], kept_in=str(kept), time=catalogue.now(),
        )  # fmt: skip
    return kept


def test_a_record_goes_from_every_place_and_is_answered_as_destroyed(world: World):
    kept = kept_by_a_repair(world, world.aips[DUE[0]])
    kho("rights", "publish", "P9907", "--basis", "QĐ 1")
    assert kho("aip", "export", DUE[0], world.folder / "ra").code == 0
    (world.folder / "ngoai-le.csv").write_text(
        f"record,verdict,reason,years,dissent\n{DUE[1]},keep,Còn giá trị tra cứu,20,Phạm D\n{DUE[2]},transfer,Giao nộp,,\n",
        "utf-8",
    )
    id = approved(world.folder / "ngoai-le.csv")
    assert everywhere(world, world.aips[DUE[0]])
    done = kho("disposition", "destroy", id, *TWO, "--json")
    assert done.code == 0, done.out + done.err
    told = done.json
    assert (told["complete"], told["destroyed_now"], told["remains"]) == (True, 2, [])
    assert told["counts"] == {"destroyed": 2, "keep": 1, "transfer": 1}
    for key in (DUE[0], DUE[3]):
        assert everywhere(world, world.aips[key]) == []
        gone = kho("aip", "show", key, "--json")
        assert (gone.code, gone.json["error"]["code"]) == (3, "destroyed")
    assert not any((world.folder / "ra").iterdir())
    assert not kept.exists()
    assert kho("retention", "explain", DUE[1], "--json").json["expires_on"] == "2031-12-31"
    assert kho("verify", world.home.store).code == 0
    assert kho("store", "reconcile").code == 0
    assert kho("disposition", "destroy", id, *TWO, "--json").json["destroyed_now"] == 0
    # The dossier has the forms; what was signed comes back into it.
    (world.folder / "ky.pdf").write_bytes(b"%PDF-1.4 signed")
    assert kho("disposition", "attach", id, world.folder / "ky.pdf").code == 0
    names = kho("disposition", "dossier", id, world.folder / "ho-so", "--json").json["files"]
    assert {"danh-muc.pdf", "danh-muc.csv", "bien-ban-hop.pdf", "bien-ban-huy.pdf", "dinh-kem/ky.pdf"} <= set(
        names
    )
    # Delivered once more, it waits for a person.
    again = kho("ingest", world.folder / "giao", "--agency", AGENCY, "--wait", "--json").json
    status = {p["key"]: (p["status"], {f["code"] for f in p["findings"]}) for p in again["packages"]}
    assert status[DUE[0]][0] == "conflict" and "HOLD-DESTROYED" in status[DUE[0]][1]
    assert status[DUE[1]][0] == "already-held"
    # Tombstones hold ids alone.
    dumped = [json.loads(line) for line in kho("store", "dump").out.splitlines()]
    stones = [row for row in dumped if row["table"] == "tombstone"]
    assert {s["aip"] for s in stones} == {world.aips[DUE[0]], world.aips[DUE[3]]}
    assert not any("Hồ sơ số" in json.dumps(s, ensure_ascii=False) for s in stones)


def test_steps_come_in_their_order_and_by_different_persons(world: World):
    id = str(listed()["id"])
    assert kho("disposition", "decide", id, *MEETING).code == 3
    few = kho("disposition", "council", id, *COUNCIL[:4], "--basis", "x", "--by", "B", "--json")
    assert few.json["error"]["code"] == "council-refused"
    kho("disposition", "council", id, *COUNCIL, "--basis", "x", "--by", "B")
    alone = kho("disposition", "decide", id, "--present", "Lê C", "--minutes", "1", "--by", "B", "--json")
    assert alone.json["error"]["code"] == "council-refused"
    assert kho("disposition", "decide", id, *MEETING).code == 0
    assert kho("disposition", "approve", id, "--number", "1", "--by", "G").code == 3  # no opinion yet
    kho("disposition", "opinion", id, "--authority", "LS26", "--number", "8", "--objects", "--by", "E")
    assert kho("disposition", "approve", id, "--number", "1", "--by", "G").code == 3  # it objects
    kho("disposition", "opinion", id, "--authority", "LS26", "--number", "9", "--by", "E")
    assert (
        kho("disposition", "approve", id, "--number", "1", "--by", "LE c", "--json").json["error"]["code"]
        == "same-person"
    )
    assert kho("disposition", "approve", id, "--number", "1", "--by", "G").code == 0
    one = kho("disposition", "destroy", id, "--by", "Lê C", "--with", "lê  c", "--json")
    assert one.json["error"]["code"] == "same-person"
    assert kho("disposition", "destroy", id, "--by", "Lê C").code == 2
    assert kho("disposition", "show", id, "--json").json["counts"] == {"approved": 4}
    assert (
        kho("disposition", "plan", "--agency", AGENCY, "--by", "X", "--json").json["error"]["code"]
        == "nothing-to-review"
    )


def test_no_role_passes_the_guards(world: World):
    kho(
        "hold",
        "place",
        DUE[0],
        "--kind",
        "lawsuit",
        "--reason",
        "Vụ án 1",
        "--authority",
        "Tòa án",
        "--by",
        "A",
    )
    assert (
        kho(
            "disposition", "link", DUE[1], f"{AGENCY}/2024.04.VP", "--basis", "cùng vụ việc", "--by", "A"
        ).code
        == 0
    )
    first = listed()
    left = {e["aip"]: e["why"] for e in first["left_out"]}
    assert left == {world.aips[DUE[0]]: ["held"], world.aips[DUE[1]]: ["linked-to-longer"]}
    with catalogue.connect(world.opened.conninfo) as connection:
        every = dict.fromkeys(world.aips.values(), "expired") | {"urn:uuid:none": "expired"}
        found = stops(connection, every, block="Chính quyền", on=today())
        party = stops(connection, {world.aips[DUE[2]]: "expired"}, block="Đảng", on=today())
        double = stops(
            connection, dict.fromkeys(world.aips.values(), "duplicate"), block="Chính quyền", on=today()
        )
    by_key = {key: found[aip] for key, aip in world.aips.items()}
    assert "permanent" in by_key[f"{AGENCY}/2024.04.VP"]
    assert by_key[f"{AGENCY}/2024.05.VP"] == ["not-due"]
    assert by_key[f"{AGENCY}/2024.07.VP"] == ["uncertain"]
    assert found["urn:uuid:none"] == ["unknown"]
    assert party[world.aips[DUE[2]]] == ["other-block"]
    assert "permanent" in double[world.aips[f"{AGENCY}/2024.04.VP"]]  # not even as a duplicate


def test_a_hold_after_the_approval_still_stops(world: World):
    id = approved()
    kho("hold", "place", DUE[3], "--kind", "inspection", "--reason", "x", "--authority", "TTCP", "--by", "A")
    done = kho("disposition", "destroy", id, *TWO, "--json")
    assert done.code == 3
    assert done.json["stopped"] == [{"aip": world.aips[DUE[3]], "why": ["held"]}]
    assert (done.json["complete"], done.json["counts"]) == (False, {"approved": 1, "destroyed": 3})
    assert everywhere(world, world.aips[DUE[3]])


@pytest.mark.parametrize("point", [
    "store.purged@2",
    *(pytest.param(p, marks=pytest.mark.slow)
      for p in ("destroy.marked", "destroy.purged", "decision.stored@2", "destroy.entombed")),
])  # fmt: skip
def test_an_interrupted_destruction_goes_on_and_never_half_counts(world: World, point: str):
    id = approved()
    name, _, hit = point.partition("@")
    killed = kho_process(
        "disposition", "destroy", id, *TWO, env={"KHO_FAULT": f"{name}:kill" + (f"@{hit}" if hit else "")}
    )
    assert killed.code == -9
    half = kho("disposition", "show", id, "--json").json
    for line in half["lines"]:
        if line["state"] == "destroyed":
            assert everywhere(world, line["aip"]) == []
    done = kho("disposition", "destroy", id, *TWO, "--json")
    assert (done.code, done.json["complete"], done.json["counts"]) == (0, True, {"destroyed": 4}), done.out
    assert [everywhere(world, world.aips[key]) for key in DUE] == [[], [], [], []]
    events = [
        json.loads(line) for line in kho("store", "dump").out.splitlines() if '"table": "event"' in line
    ]
    assert [e["step"] for e in events].count("destruction") == 4


@pytest.mark.slow
def test_a_set_that_is_away_is_awaited(world: World):
    id = approved()
    with catalogue.connect(world.opened.conninfo) as connection:
        catalogue.do(connection, "location_state", name="phu", state="away", label="Bộ 1")
        connection.commit()
    done = kho("disposition", "destroy", id, *TWO, "--json").json
    assert (done["complete"], done["awaiting"], done["counts"]) == (False, {"phu": 4}, {"destroyed": 4})
    assert kho("disposition", "show", id, "--json").json["next"] == "destruction"
    with catalogue.connect(world.opened.conninfo) as connection:
        catalogue.do(connection, "location_state", name="phu", state="online", label="Bộ 1")
        connection.commit()
    done = kho("disposition", "destroy", id, *TWO, "--json").json
    assert (done["complete"], done["awaiting"]) == (True, {})
    assert [everywhere(world, world.aips[key]) for key in DUE] == [[], [], [], []]


def test_a_bucket_is_awaited_until_kho_may_delete_there(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    program()
    keys = {"ACCESS_KEY": ROOT_KEYS.access, "SECRET_KEY": ROOT_KEYS.secret}
    with s3_service(tmp_path / "s3") as url:
        make_bucket(url, "xa-kho")
        for name, value in keys.items():
            monkeypatch.setenv(f"KHO_S3_XA_{name}", value)
        assert kho("store", "add", "xa", f"s3://xa-kho/kho?endpoint={url}").code == 0
        assert kho("store", "replicate").code == 0
        name = world.aips[DUE[0]].removeprefix("urn:uuid:")
        assert any(name in str(p) for p in (tmp_path / "s3").rglob("*"))
        id = approved()
        done = kho("disposition", "destroy", id, *TWO, "--json").json
        assert (done["complete"], done["awaiting"]) == (False, {"xa": 4})
        # What waits in the bucket is copied to no other place.
        assert kho("store", "add", "ba", (tmp_path / "ba").as_uri()).code == 0
        kho("store", "replicate")
        assert not any(name in str(p) for p in (tmp_path / "ba").rglob("*"))
        for key, value in keys.items():
            monkeypatch.setenv(f"KHO_S3_XA_PURGE_{key}", value)
        done = kho("disposition", "destroy", id, *TWO, "--json").json
        assert (done["complete"], done["awaiting"], done["remains"]) == (True, {}, [])
        left = [p for p in (tmp_path / "s3").rglob("*") if p.is_file() and name in str(p)]
        assert left == [] and everywhere(world, world.aips[DUE[0]]) == []


@pytest.mark.slow
def test_a_rebuild_knows_what_was_destroyed(world: World):
    id = approved()
    assert kho("disposition", "destroy", id, *TWO).code == 0
    dumped = kho("store", "dump").out
    replaced = kho("store", "rebuild", "--replace", "--json")
    assert replaced.code == 0, replaced.out
    assert kho("store", "dump").out == dumped
    assert kho("aip", "show", DUE[0], "--json").json["error"]["code"] == "destroyed"


def test_every_procedure_can_be_walked():
    for one in procedures().values():
        assert one.steps[-1] == "destruction" and one.members >= 2 and one.blocks
        assert set(one.steps) <= {"council", "verdict", "opinion", "approval", "destruction"}
