"""Versions of an AIP: corrected words, content that came later, what differs; nothing old changes, whatever is killed."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import psycopg

from access.working import run_versions
from preservation.versions import applying
from repository import store_place
from repository.config import Settings
from repository.home import Home
from repository.opening import open_catalogue
from repository.packages import AipId
from repository.services.postgres import owner_conninfo
from repository.verify import verify
from standards.package_tree import read_bytes
from standards.xml import read_small
from tests.make_delivery import plan, tiny_pdf, write_plan
from tests.make_package import Sip, document_fields, eark_sip, make_sip
from tests.ocfl_fixtures import ocfl_py_accepts
from tests.running import KHO, kho, kho_here
from tests.test_package_ingest import broken_for_commons_ip, codes, jars, only, rows, take_in

assert jars  # a fixture of the packages' tests that these use too
METS = "{http://www.loc.gov/METS/}"
WHY = ("--reason", "Ghi nhầm tên thôn", "--by", "Nguyễn Văn A")


def held(folder: Path, sip: Sip | None = None) -> str:
    """An AIP that is held."""
    aip: str = only(take_in(make_sip(folder, sip or Sip())))["aip"]
    return aip


def describe(aip: str, *changes: str) -> dict[str, Any]:
    ended = kho_here("aip", "describe", aip, *changes, *WHY, "--json")
    assert ended.code == 0, ended.err + ended.out
    return ended.json


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def object_of(home: Home, aip: str) -> Path:
    opened = open_catalogue(Settings.load())
    return home.store / opened.store.place_of(AipId(aip))


def yesterday(home: Home) -> None:
    """Every version there is was made a day before."""
    with psycopg.connect(owner_conninfo(home, Settings.load())) as connection:
        connection.execute("update aip_version set stored_at = stored_at - interval '1 day'")


def titles_found(query: str) -> list[str]:
    hits = kho_here("search", query, "--as", "officer", "--json").json["hits"]
    return [hit["title"] for hit in hits]


def test_corrected_words_are_a_new_version_and_the_old_one_is_as_it_was(kho_home: Home, tmp_path: Path):
    aip = held(tmp_path)
    folder = object_of(kho_home, aip)
    before = bytes_below(folder / "v1")
    done = describe(
        aip, "title=Hồ sơ nhà văn hóa thôn Bốn", "2:subject=Trích yếu đúng", "2:issuedDate=5/6/2001"
    )
    assert (done["version"], done["waits"]) == ("v2", False)
    assert bytes_below(folder / "v1") == before
    assert not [p for p in (folder / "v2").rglob("data/*") if p.is_file()]
    (row,) = rows("aip")
    assert (row["version"], row["fields"]["title"]) == ("v2", "Hồ sơ nhà văn hóa thôn Bốn")
    second = next(d for d in rows("document") if d["ordinal"] == 2)
    assert (second["fields"]["subject"], second["fields"]["issuedDate"]) == ("Trích yếu đúng", "2001-06-05")
    assert "Hồ sơ nhà văn hóa thôn Bốn" in titles_found("thôn Bốn")
    assert "Trích yếu đúng" in titles_found("trich yeu dung")
    assert verify(kho_home.store).verdict in ("valid", "valid-with-warning")
    assert ocfl_py_accepts(kho_home.store)


def test_mets_and_premis_of_a_version_say_what_it_is(kho_home: Home, tmp_path: Path, jars: str):
    aip = held(tmp_path, eark_sip())
    describe(aip, "title=Báo cáo đúng")
    store = open_catalogue(Settings.load()).store
    trees = [store.tree(AipId(aip), version) for version in ("v1", "v2")]
    heads = [read_small(read_bytes(tree, "METS.xml"), "").find(f"{METS}metsHdr") for tree in trees]
    first, second = (dict(head.attrib) for head in heads if head is not None)
    assert [first["RECORDSTATUS"], second["RECORDSTATUS"]] == ["NEW", "VERSION"]
    assert first["CREATEDATE"] == first["LASTMODDATE"] == second["CREATEDATE"] < second["LASTMODDATE"]
    premis = read_bytes(trees[1], "metadata/preservation/PREMIS.xml").decode()
    assert ">metadata modification<" in premis
    assert "Ghi nhầm tên thôn" in premis and ">Nguyễn Văn A<" in premis
    out = tmp_path / "out"
    assert kho_here("aip", "export", aip, out, "--format", "eark").code == 0
    assert broken_for_commons_ip(jars, next(out.iterdir()), aip, tmp_path / "reports") == []


def test_at_most_one_version_a_day_unless_a_person_asks(kho_home: Home, tmp_path: Path):
    aip = held(tmp_path)
    assert describe(aip, "keyword=một")["version"] == "v2"
    assert describe(aip, "keyword=hai")["waits"]
    assert describe(aip, "1:autograph=ký tay")["waits"]
    assert [r["version"] for r in rows("aip")] == ["v2"]
    settings = Settings.load()
    run_versions(settings, open_catalogue(settings))
    assert [r["version"] for r in rows("aip")] == ["v2"]
    yesterday(kho_home)
    run_versions(settings, open_catalogue(settings))
    (row,) = rows("aip")
    assert (row["version"], row["fields"]["keyword"]) == ("v3", "hai")
    assert [r["applied"] for r in rows("correction")] == [True] * 3
    assert describe(aip, "keyword=ba", "--now")["version"] == "v4"
    told = kho_here("aip", "diff", aip, "v2", "v3", "--json").json
    assert told["fields"] == {"keyword": ["một", "hai"]}
    assert [(d["order"], d["fields"]) for d in told["documents"]] == [(1, {"autograph": ["", "ký tay"]})]
    assert len(told["events"]) == 2 and told["files"] == {"added": [], "removed": [], "changed": []}


REFUSED = [
    ("khongco=x", "no-correction"),
    ("mode=01", "no-correction"),
    ("maintenance=01", "no-correction"),
    ("title=", "no-correction"),
    ("title=Tối mật", "no-correction"),
    ("title=" + "x" * 1001, "no-correction"),
    ("title=Hồ sơ xây dựng nhà văn hóa thôn 3", "no-correction"),
    ("1:issuedDate=hôm qua", "no-correction"),
    ("1:typeName=Không phải loại nào", "no-correction"),
    ("7:subject=x", "no-correction"),
    ("title", "usage"),
    ("description=a\x01b", "no-correction"),
]


def test_what_is_no_correction_is_refused_and_changes_nothing(kho_home: Home, tmp_path: Path):
    aip = held(tmp_path)
    before = kho_here("store", "dump").out
    for change, code in REFUSED:
        ended = kho_here("aip", "describe", aip, change, *WHY, "--json")
        assert (change, ended.json.get("error", {}).get("code")) == (change, code)
        assert ended.code in (1, 2)
    unreasoned = kho_here("aip", "describe", aip, "keyword=x", "--reason", " ", "--json")
    assert unreasoned.json["error"]["code"] == "no-correction"
    assert kho_here("store", "dump").out == before
    assert kho_here("aip", "diff", aip, "v1", "v9", "--json").json["error"]["code"] == "no-such-version"


KILLED = ["decision.begun", "decision.stored", *applying.POINTS, *store_place.POINTS]


def test_killed_anywhere_a_correction_is_whole_or_was_never_made(kho_home: Home, tmp_path: Path):
    """The same home through every point, one after the other: each correction is in a version once, or nowhere."""
    aip = held(tmp_path)
    settings = Settings.load()
    reached = []
    for number, point in enumerate(KILLED):
        words = [*KHO, "aip", "describe", aip, f"keyword=lần {number}", *WHY, "--now"]
        ended = subprocess.run(
            words, env={**os.environ, "KHO_FAULT": f"{point}:kill"}, capture_output=True, check=False
        )
        if ended.returncode == -signal.SIGKILL:
            reached.append(point)
        yesterday(kho_home)
        run_versions(settings, open_catalogue(settings))
        assert kho_here("aip", "describe", aip, f"description=sau lần {number}", *WHY, "--now").code == 0
        assert verify(kho_home.store).verdict in ("valid", "valid-with-warning"), point
        waiting = [r for r in rows("correction") if not r["applied"]]
        assert (point, waiting) == (point, [])
    # What only a first version passes is not reached here.
    assert set(KILLED) - set(reached) <= {"store.before-rename", "store.after-rename"}
    told = [event["type"] for event in kho_here("aip", "show", aip, "--json").json["events"]]
    assert told.count("metadata modification") == len(rows("correction"))
    dumped = timeless()
    assert kho("store", "rebuild", "--replace", "--json").code == 0
    assert timeless() == dumped


def timeless() -> list[str]:
    """The dump but for the times of versions, which `yesterday` has put back."""
    return [
        line for line in kho_here("store", "dump").out.splitlines() if '"table": "aip_version"' not in line
    ]


def test_a_delivery_after_a_correction_is_for_a_person(kho_home: Home, tmp_path: Path):
    aip = held(tmp_path / "1")
    describe(aip, "keyword=đã sửa")
    later = make_sip(tmp_path / "2", Sip(documents={"160.1.pdf": document_fields(1, subject="Bản giao sau")}))
    refused = only(take_in(later))
    assert (refused["status"], codes(refused)) == ("conflict", {"HOLD-CORRECTED"})
    (waiting,) = kho_here("quarantine", "list", "--json").json["packages"]
    alone = kho_here("quarantine", "release", str(waiting["id"]), "--reason", "nhận", "--json")
    assert alone.json["error"]["code"] == "not-releasable"
    taken = kho_here(
        "quarantine", "release", str(waiting["id"]), "--reason", "nhận", "--as-version", "--json"
    )
    assert (taken.code, [p["status"] for p in taken.json["packages"]]) == (0, ["stored"]), taken.out
    (row,) = rows("aip")
    assert (row["id"], row["version"], row["fields"]["keyword"]) == (aip, "v3", "nhà văn hóa")
    events = [e["type"] for e in kho_here("aip", "diff", aip, "v2", "v3", "--json").json["events"]]
    assert "unquarantine" in events and "transfer" in events
    assert "metadata modification" not in events
    assert only(take_in(make_sip(tmp_path / "3", Sip())))["status"] == "already-held"


def test_new_content_of_a_delivery_becomes_a_version_by_a_persons_word(kho_home: Home, tmp_path: Path):
    """The same file code with other bytes is a conflict; who says that it is a later version gets one."""
    write_plan(tmp_path / "1", plan(1, 2))
    first = only(take_in(tmp_path / "1", options=("--agency", "H26.99.07")))
    shutil.copytree(tmp_path / "1", tmp_path / "2")
    changed = sorted((tmp_path / "2").rglob("*.pdf"))[0]
    changed.write_bytes(tiny_pdf(2, "quét lại"))
    package = only(take_in(tmp_path / "2", options=("--agency", "H26.99.07")))
    assert (package["status"], codes(package)) == ("conflict", {"HOLD-CONFLICT"})
    (waiting,) = kho_here("quarantine", "list", "--json").json["packages"]
    words = (
        "quarantine",
        "release",
        str(waiting["id"]),
        "--reason",
        "quét lại trang mờ",
        "--as-version",
        "--json",
    )
    assert kho_here(*words).code == 0
    (row,) = rows("aip")
    assert (row["id"], row["version"]) == (first["aip"], "v2")
    told = kho_here("aip", "diff", first["aip"], "--json").json
    assert [(d["order"], d["change"], d["bytes_differ"]) for d in told["documents"]] == [(1, "changed", True)]
    assert verify(kho_home.store).verdict in ("valid", "valid-with-warning")
    dumped = kho_here("store", "dump").out
    assert kho("store", "rebuild", "--replace", "--json").code == 0
    assert kho_here("store", "dump").out == dumped
    assert json.loads(dumped.splitlines()[0])


def test_a_package_in_which_a_secret_was_reported_gets_no_version(kho_home: Home, tmp_path: Path):
    """A new version would show it again."""
    aip = held(tmp_path / "1")
    reported = kho_here("spill", "report", aip, "--basis", "có dấu", "--by", "Trần Thị B", "--json")
    assert reported.code == 0, reported.out + reported.err
    assert kho_here("aip", "describe", aip, "keyword=x", *WHY, "--json").json["error"]["code"] == "aip-closed"
    later = make_sip(tmp_path / "2", Sip(documents={"160.1.pdf": document_fields(1, subject="Bản giao sau")}))
    assert codes(only(take_in(later))) == {"HOLD-CLOSED"}
