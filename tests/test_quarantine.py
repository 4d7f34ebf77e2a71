"""What may not go on: sealed without a trace, infected, or kept for a person who lets it go on or sends it back."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from repository.config import Settings
from repository.home import Home
from repository.services.ports import free_port
from repository.services.solr import ensure_solr
from tests import clamd
from tests.conftest import CONFIGSET, SharedServices
from tests.make_delivery import Plan, plan, write_plan
from tests.pdf_fixtures import written
from tests.running import kho, served

AGENCY = "H26.99.07"
OPEN, MARKS = "NGOCBICH", {"KIMCUONG": "MẬT", "HOPHACH": "TUYỆT MẬT", "SANHO": "TỐI MẬT"}
IN_SHEET = "TRANCHAU"


def take_in(folder: Path, **env: str) -> Any:
    return kho("ingest", folder, "--agency", AGENCY, "--wait", "--json", env=env)


def codes(entry: dict[str, Any], level: str = "MUST") -> set[str]:
    return {f["code"] for f in entry["findings"] if f["level"] == level}


def by_key(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {p["key"]: p for p in report["packages"]}


def index_of(home: Home, core: str) -> tuple[str, set[str]]:
    """Everything that a core gives back of its records, and every term of its fields."""
    address = ensure_solr(home, CONFIGSET, Settings.load())

    def ask(what: str) -> Any:
        return requests.get(f"{address.core_url(core)}/{what}", auth=address.auth, timeout=60).json()

    records = ask("select?q=*:*&fl=*&rows=1000")["response"]["docs"]
    fields = ask("admin/luke?fl=*&numTerms=10000")["fields"].values()
    terms = {str(term) for field in fields for term in field.get("topTerms", ())}
    assert len(records) >= 2 and "cấp" in terms
    return json.dumps(records, ensure_ascii=False), terms


def secret_delivery(root: Path) -> Path:
    """One open hồ sơ, one for each mark on a second page, one whose row says it; each full of its own word."""
    rows = []
    for number, (word, mark) in enumerate({OPEN: "", **MARKS, IN_SHEET: ""}.items(), start=1):
        one = plan(1, 1).rows[0]
        name = f"hs-{word}/{word}.001.pdf"
        one |= {"file.fileCode": f"2024.{word}", "file.title": f"Hồ sơ {word}", "document.subject": f"Về {word}",
                "document.path": name, "document.numberOfPage": 2, "row": number}  # fmt: skip
        one["document.mode"] = "Mật" if word == IN_SHEET else "Công khai"
        rows.append(one)
        written(root / name, [f"trang một {word}"], [mark, f"trang hai {word}"])
        written(root / f"hs-{word}/Bia_{word}.pdf", ["bìa"])
        (root / f"hs-{word}/ghichu-{word}.txt").write_text(word)
    return write_plan(root, Plan(rows, {}))


def holding(word: str, *folders: Path) -> list[str]:
    """The files below the folders whose bytes or names hold a word."""
    return [
        str(path)
        for folder in folders
        for path in folder.rglob("*")
        if word in path.name or (path.is_file() and word.encode() in path.read_bytes())
    ]


def test_a_secrecy_mark_leaves_nothing_but_its_place(
    services_home: SharedServices, kho_home: Home, tmp_path: Path
) -> None:
    ended = take_in(secret_delivery(tmp_path / "giao"))
    report = ended.json
    assert ended.code == 3
    assert [p["status"] for p in report["packages"]] == ["stored", *["quarantined"] * 4]
    sealed = report["packages"][1:]
    assert [(p["path"], p["key"], p["aip"], p["pages"], p["bytes"]) for p in sealed] == [
        ("giao", None, None, 0, 0)
    ] * 4
    assert [[(f["code"], f["cell"]) for f in p["findings"]] for p in sealed] == [
        [("DLV-SEALED", cell)] for cell in ("Sheet1!AT3", "Sheet1!AT4", "Sheet1!AT5", "Sheet1!AM6")
    ]
    assert [(f["files"], f["path"]) for f in report["files"] if f["fate"] == "sealed"] == [(3, None)] * 4
    assert holding(OPEN, kho_home.path), "what is open is found, so the search below can find"
    for word in (*MARKS, IN_SHEET):
        assert word not in ended.out + ended.err
        assert holding(word, kho_home.path, services_home.home.path) == []
        assert kho("search", word, "--as", "officer", "--json").json["total"] == 0
    assert kho("search", OPEN, "--as", "officer", "--json").json["total"] > 0


def test_a_sealed_file_is_neither_let_go_on_nor_sent_back(kho_home: Home, tmp_path: Path) -> None:
    number = take_in(secret_delivery(tmp_path / "giao")).json["packages"][1]["id"]
    for words in (("release", number, "--reason", "thử"), ("send-back", number, tmp_path / "tra")):
        refused = kho("quarantine", words[0], str(words[1]), *map(str, words[2:]), "--json")
        assert (refused.code, refused.json["error"]["code"]) == (1, "nothing-kept")
    assert not (tmp_path / "tra").exists()


def test_a_mark_without_its_accents_waits_for_a_person(kho_home: Home, tmp_path: Path) -> None:
    p = plan(2, 1)
    root = write_plan(tmp_path / "giao", p)
    written(root / "hs01/001.03.08.H26.99.07.2024.01.001.pdf", ["trang"], ["MAT"])
    entry = by_key(take_in(root).json)[f"{AGENCY}/2024.01.VP"]
    assert entry["status"] == "quarantined"
    assert [(f["code"], f["page"]) for f in entry["findings"] if f["level"] == "MUST"] == [
        ("DLV-SECRECY-SUSPECT", 2)
    ]
    assert kho("search", "trang", "--as", "officer", "--json").json["total"] == 0


@pytest.fixture(scope="module")
def daemon() -> Iterator[clamd.Daemon]:
    with clamd.running() as running:
        yield running


def test_an_infected_file_ends_in_quarantine_and_its_neighbour_does_not(
    kho_home: Home, tmp_path: Path, daemon: clamd.Daemon
) -> None:
    p = plan(2, 1)
    path = next(iter(p.files))
    p.files[path] += b"\n% " + clamd.EICAR
    root = write_plan(tmp_path / "giao", p)
    ended = take_in(root, KHO_CLAMD_SOCKET=str(daemon.socket))
    infected, clean = ended.json["packages"]
    assert ended.code == 3
    assert (infected["status"], clean["status"]) == ("quarantined", "stored")
    found = next(f for f in infected["findings"] if f["code"] == "VIRUS-FOUND")
    assert found["path"] == path and "Kho.Eicar-Test" in found["vi"]
    assert not {f["code"] for f in clean["findings"]} & {"VIRUS-FOUND", "VIRUS-NOT-SCANNED"}
    events = kho("aip", "show", clean["aip"], "--json").json["events"]
    assert [e["outcome"] for e in events if e["type"] == "virus check"] == ["success"]
    refused = kho("quarantine", "release", str(infected["id"]), "--reason", "thử", "--json")
    assert refused.json["error"]["code"] == "not-releasable" and "VIRUS-FOUND" in refused.json["error"]["vi"]


def test_without_a_daemon_every_file_says_so(kho_home: Home, tmp_path: Path) -> None:
    root = write_plan(tmp_path / "giao", plan(2, 1))
    for entry in take_in(root, KHO_CLAMD_SOCKET=str(tmp_path / "none")).json["packages"]:
        assert entry["status"] == "stored" and "VIRUS-NOT-SCANNED" in codes(entry, "SHOULD")


def test_numbers_of_persons_stay_out_of_index_snippets_and_logs(kho_home: Home, tmp_path: Path) -> None:
    numbers = ["079085001234", "079 085 001 235", "012345678", "CCCD 079.085.001.236", "CMND 012 345 679"]
    p = plan(1, 1)
    p.rows[0] |= {"file.title": f"Cấp đất, {numbers[0]}", "document.subject": f"Đơn {numbers[1]}",
                  "document.autograph": numbers[2], "file.keyword": numbers[3]}  # fmt: skip
    root = write_plan(tmp_path / "giao", p)
    written(root / "hs01/001.03.08.H26.99.07.2024.01.001.pdf", numbers, ["Cấp đất trang hai"])
    ended = take_in(root)
    assert ended.json["statuses"] == {"stored": 1}
    kho("rights", "publish", "P9907", "--agency", AGENCY, "--basis", "thử")
    for core in ("kho_all", "kho_public"):
        records, terms = index_of(kho_home, core)
        assert "●●●" in records
        assert [n for n in (*numbers, "079085001235", "012345679") if n in records] == []
        assert [t for t in terms if re.search(r"07908|01234|^(?:079|085|235|236|012|345|679)", t)] == []
    for number in numbers:
        assert kho("search", number, "--as", "officer", "--json").json["total"] == 0
    assert not [n for n in numbers if n in _portal_pages(ended.json["packages"][0]["aip"])]
    logs = b"".join(path.read_bytes() for path in kho_home.logs.iterdir())
    assert not [n for n in numbers if n.encode() in logs]


def _portal_pages(aip: str) -> str:
    """What the portal shows of a public hồ sơ and of its first document."""
    port = free_port()
    process = served(port, "serve")
    try:
        here = f"http://127.0.0.1:{port}"
        pages = [
            requests.get(f"{here}/{kind}/{aip.removeprefix('urn:uuid:')}{order}", timeout=60).text
            for kind, order in (("hoso", ""), ("vanban", ".1"))
        ]
    finally:
        process.terminate()
        process.wait(60)
    assert all("●●●" in page for page in pages)
    return "".join(pages)


@pytest.fixture
def waiting(kho_home: Home, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """One hồ sơ that a person may let go on, one that nobody may, and a sound one."""
    p = plan(3, 1)
    p.files["hs01/001.03.08.H26.99.07.2024.01.001.pdf"] = b""
    p.rows[1]["document.issuedDate.day"] = 31
    root = write_plan(tmp_path / "giao", p)
    written(root / "hs01/001.03.08.H26.99.07.2024.01.001.pdf", ["MAT"])
    return by_key(take_in(root).json)


def test_a_person_lets_it_go_on(waiting: dict[str, dict[str, Any]], kho_home: Home) -> None:
    key = f"{AGENCY}/2024.01.VP"
    number = str(waiting[key]["id"])
    assert kho("quarantine", "release", number, "--reason", " ").code == 2
    ended = kho("quarantine", "release", number, "--reason", "Đã đối chiếu bản giấy", "--json")
    entry = by_key(ended.json)[key]
    assert (ended.code, entry["status"], entry["verdict"]) == (0, "stored", "valid-with-warning")
    assert "DLV-SECRECY-SUSPECT" in codes(entry), "what was decided upon stays told"
    shown = kho("aip", "show", entry["aip"], "--json").json
    assert "unquarantine" in [e["type"] for e in shown["events"]]
    premis = next(Path(shown["location"]).rglob("metadata/preservation/PREMIS.xml")).read_text(
        encoding="utf-8"
    )
    assert "Đã đối chiếu bản giấy" in premis
    assert "<agentType>person</agentType>" in premis and ">authorizer<" in premis
    listed = [p["key"] for p in kho("quarantine", "list", "--json").json["packages"]]
    assert listed == [f"{AGENCY}/2024.02.VP"]
    assert len(list(kho_home.quarantine.iterdir())) == 1
    assert (
        kho("quarantine", "release", number, "--reason", "lại", "--json").json["error"]["code"]
        == "not-in-quarantine"
    )


def test_what_nobody_may_decide_away_is_refused_in_words(waiting: dict[str, dict[str, Any]]) -> None:
    number = str(waiting[f"{AGENCY}/2024.02.VP"]["id"])
    refused = kho("quarantine", "release", number, "--reason", "thử")
    assert refused.code == 1
    assert "DLV-DATE-IMPOSSIBLE" in refused.err and "trả lại bên giao" in refused.err
    shown = kho("quarantine", "show", number, "--json").json
    assert (shown["status"], shown["key"]) == ("quarantined", f"{AGENCY}/2024.02.VP")
    assert {f["fate"] for f in shown["files"]} == {"quarantined"}


def test_what_changed_in_quarantine_does_not_go_on(
    waiting: dict[str, dict[str, Any]], kho_home: Home
) -> None:
    kept = next(kho_home.quarantine.glob("*-000001/files/hs01/001*.pdf"))
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes() + b"x")
    number = str(waiting[f"{AGENCY}/2024.01.VP"]["id"])
    refused = kho("quarantine", "release", number, "--reason", "thử", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "quarantine-changed")


def test_sent_back_mended_and_delivered_again(
    waiting: dict[str, dict[str, Any]], kho_home: Home, tmp_path: Path
) -> None:
    key = f"{AGENCY}/2024.02.VP"
    number = str(waiting[key]["id"])
    sent = Path(kho("quarantine", "send-back", number, tmp_path / "tra", "--json").json["path"])
    names = sorted(p.relative_to(sent).as_posix() for p in sent.rglob("*") if p.is_file())
    assert [n for n in names if n.startswith("files/")] == [
        f"files/hs02/{n}" for n in ("001.03.08.H26.99.07.2024.02.001.pdf", "Bia_hoso02.pdf", "MLVB_02.pdf")
    ]
    assert {"report.json", "rows.csv"} < set(names) and "unit.json" not in names
    receipt = next(sent.glob("phieu-tra-lai-*.txt")).read_text(encoding="utf-8")
    assert "PHIẾU TRẢ LẠI" in receipt and "Sheet1!AC3" in receipt
    assert "destination-exists" in kho("quarantine", "send-back", number, tmp_path / "tra", "--json").out
    assert "not-written" in kho("quarantine", "send-back", number, "/proc/none", "--json").out
    (tmp_path / "lai").mkdir()
    again = take_in(write_plan(tmp_path / "lai", plan(3, 1)))
    entry = by_key(again.json)[key]
    assert entry["status"] == "stored"
    listed = by_key(kho("quarantine", "list", "--json").json)
    assert (listed[key]["held"], listed[f"{AGENCY}/2024.01.VP"]["held"]) == (
        entry["aip"],
        again.json["packages"][0]["aip"],
    )
