"""Deliveries with every fault through `kho ingest`: each hồ sơ's end with its place, its neighbours, every byte."""

import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from repository.home import Home
from repository.verify import verify
from tests.make_delivery import FAULTS, plan, write_plan
from tests.running import Ended, kho

# What the first hồ sơ of a delivery with this fault comes to, and the finding that tells why, at its place.
EXPECTED = {
    "row-without-pdf": ("quarantined", "DLV-ROW-NO-FILE", "Sheet1!AT3"),
    "row-without-path": ("quarantined", "DLV-ROW-NO-PATH", "Sheet1!AT3"),
    "pdf-without-row": ("quarantined", "DLV-FILE-NO-ROW", "hs01/thua.pdf"),
    "pdf-unclaimed": ("stored", None, None),
    "pdf-twice": ("stored", "DLV-FILE-TWICE", "Sheet1!AT3"),
    "order-doubled": ("quarantined", "DLV-ORDER-DOUBLED", "Sheet1!Y3"),
    "order-missing": ("quarantined", "DLV-ORDER-MISSING", "Sheet1!Y3"),
    "order-text": ("quarantined", "DLV-ORDER-NOT-NUMBER", "Sheet1!Y3"),
    "date-impossible": ("quarantined", "DLV-DATE-IMPOSSIBLE", "Sheet1!AC3"),
    "date-unclear": ("stored", "DLV-DATE-UNCLEAR", "Sheet1!AC3"),
    "date-incomplete": ("stored", "DLV-DATE-INCOMPLETE", "Sheet1!AC3"),
    "date-order": ("stored", "DLV-DATE-ORDER", "Sheet1!J2"),
    "date-outside": ("stored", "DLV-DATE-OUTSIDE", "Sheet1!AC3"),
    "file-code-missing": ("quarantined", "DLV-FIELD-REQUIRED", "Sheet1!E3"),
    "title-missing": ("quarantined", "DLV-FIELD-REQUIRED", "Sheet1!F2"),
    "subject-missing": ("stored", "DLV-FIELD-MISSING", "Sheet1!AG3"),
    "code-unknown": ("stored", "DLV-CODE-UNKNOWN", "Sheet1!Z3"),
    "mode-unknown": ("stored", "DLV-CODE-UNKNOWN", "Sheet1!AM3"),
    "file-differs": ("stored", "DLV-FILE-DIFFERS", "Sheet1!F3"),
    "total-differs": ("stored", "DLV-TOTAL-DIFFERS", "Sheet1!P2"),
    "text-long": ("stored", "DLV-TEXT-LONG", "Sheet1!AG3"),
    "control-chars": ("stored", "DLV-CONTROL-CHARS", "Sheet1!AG3"),
    "page-count": ("stored", "DLV-PAGE-COUNT", "Sheet1!AI3"),
    "not-a-number": ("stored", "DLV-NUMBER", "Sheet1!AI3"),
    "path-outside": ("quarantined", "DLV-PATH-OUTSIDE", "Sheet1!AT3"),
    "path-case": ("stored", "DLV-PATH-CASE", "Sheet1!AT3"),
    "path-elsewhere": ("stored", "DLV-PATH-ELSEWHERE", "Sheet1!AT3"),
    "link": ("stored", "DLV-LINK", "hs01/lien-ket.pdf"),
    "sealed": ("quarantined", "DLV-SEALED", "Sheet1!AM3"),
    "blank-rows": ("stored", None, None),
    "second-sheet": ("stored", "DLV-FILE-IN-SHEETS", "Sheet1!E4"),
}
OF_ALL_ROWS = ("title-missing", "second-sheet")  # these touch the neighbour too


@dataclass(frozen=True, slots=True)
class Taken:
    """What one `kho ingest` of a folder with a delivery for each fault told and left."""

    home: Home
    folder: Path
    ended: Ended
    report: dict[str, Any]

    def entries(self, fault: str) -> list[dict[str, Any]]:
        """The two hồ sơ of the delivery with this fault, in the order of its list."""
        found = [p for p in self.report["packages"] if p["path"].split("/")[0] == fault]
        assert len(found) == 2, [p["path"] for p in found]
        return found


@pytest.fixture(scope="module")
def taken(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    folder = tmp_path_factory.mktemp("faults") / "dot"
    for fault, change in FAULTS.items():
        p = plan(2, 2)
        for row in p.rows:
            row["file.fileCode"] += f".{fault}"
        change(p)
        write_plan(folder / fault, p)
    ended = kho("ingest", folder, "--agency", "H26.99.07", "--wait", "--json")
    return Taken(kho_home_of_module, folder, ended, ended.json)


def test_every_fault_has_its_expectation() -> None:
    assert set(EXPECTED) == set(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_ends_as_it_should_at_its_place(taken: Taken, fault: str) -> None:
    status, code, place = EXPECTED[fault]
    entries = sorted(taken.entries(fault), key=lambda e: "hs02" in e["path"])
    if fault == "second-sheet":
        entries.reverse()
    assert entries[0]["status"] == status, entries[0]["findings"]
    if code:
        places = {f["cell"] or f["path"] for f in entries[0]["findings"] if f["code"] == code}
        assert place in places
    if fault not in OF_ALL_ROWS:
        grave = [f["code"] for f in entries[1]["findings"] if f["level"] == "MUST"]
        assert (entries[1]["status"], grave) == ("stored", []), "the neighbour goes on"


def test_what_is_wrong_is_3_and_nobody_sees_a_trace(taken: Taken) -> None:
    assert taken.ended.code == 3
    assert "Traceback" not in taken.ended.err + taken.ended.out
    assert (taken.home.logs / "work.log").read_text() == ""


def test_every_delivered_byte_is_in_the_account_once(taken: Taken) -> None:
    sizes = {
        os.path.relpath(os.path.join(folder, name), taken.folder): os.lstat(
            os.path.join(folder, name)
        ).st_size
        for folder, _folders, names in os.walk(taken.folder)
        for name in names
    }
    account = taken.report["files"]
    assert sum(f["bytes"] for f in account) == sum(sizes.values())
    assert sum(f.get("files", 1) for f in account) == len(sizes)
    fates = Counter(f["fate"] for f in account)
    assert set(fates) == {"stored", "quarantined", "sealed", "sheet", "unclaimed"}
    assert not [f for f in account if f["fate"] == "sealed" and f["path"]]


def test_what_belongs_to_no_file_is_told_with_its_delivery(taken: Taken) -> None:
    paths = {f["path"] for f in taken.report["findings"] if f["code"] == "DLV-UNCLAIMED"}
    assert paths == {"pdf-unclaimed/khac/thua.pdf"}


def test_every_finding_speaks_two_languages(taken: Taken) -> None:
    for found in [*taken.report["findings"], *(f for p in taken.report["packages"] for f in p["findings"])]:
        assert set(found) == {"code", "level", "path", "cell", "page", "document", "vi", "en"}
        assert found["vi"] != found["en"] and "{" not in found["vi"] + found["en"]


def test_counts_add_up(taken: Taken) -> None:
    report = taken.report
    statuses = Counter(p["status"] for p in report["packages"])
    assert report["statuses"] == statuses and sum(report["counts"].values()) == len(
        report["packages"]
    ) == 2 * len(FAULTS)
    assert report["counts"]["quarantined"] == 1
    kept = [p.name for p in taken.home.quarantine.iterdir()]
    assert len(kept) == statuses["quarantined"] - 1, "of the sealed one nothing is kept"
    stored = kho("aip", "list", "--json").out.splitlines()
    assert len(stored) == statuses["stored"]


def test_the_receipt_names_what_was_not_taken_and_why(taken: Taken) -> None:
    text = Path(taken.report["receipt"][0]).read_text(encoding="utf-8")
    for package in taken.report["packages"]:
        assert package["key"] is None or package["key"] in text
        for found in package["findings"]:
            assert found["level"] != "MUST" or found["cell"] is None or found["cell"] in text


def test_the_store_is_sound_and_nothing_is_left_in_the_workspace(taken: Taken) -> None:
    report = verify(taken.home.store)
    assert [f.as_json() for f in report.findings if f.level == "MUST"] == []
    assert [p.name for p in taken.home.workspace.iterdir() if p.name != "tools"] == []


def test_a_scan_of_two_documents_is_found_as_both(taken: Taken) -> None:
    entry = taken.entries("pdf-twice")[0]
    shown = kho("aip", "show", entry["aip"], "--json").json
    first, second = (document["file"] for document in shown["contents"])
    assert first != second
    digests = {f["path"]: f["sha512"] for f in shown["files"]}
    assert digests[first] == digests[second]


def test_the_summary_for_people_tells_the_same_without_json(taken: Taken) -> None:
    shown = kho("batch", "show", taken.report["batch"])
    assert shown.code == 0 and shown.out == ""
    assert "DLV-ORDER-DOUBLED Sheet1!Y3" in shown.err
    assert "\x1b" not in shown.err, "no escape codes where nobody looks at a terminal"
    english = kho("batch", "show", taken.report["batch"], "--lang", "en")
    assert "in quarantine: 12" in english.err


def test_taking_it_in_again_adds_nothing(taken: Taken) -> None:
    again = kho("ingest", taken.folder / "blank-rows", "--agency", "H26.99.07", "--wait", "--json")
    assert again.code == 0
    assert json.loads(again.out)["statuses"] == {"already-held": 2}


def test_a_path_that_is_not_there_leaves_no_batch_behind(taken: Taken, tmp_path: Path) -> None:
    before = len(kho("batch", "list", "--json").json["batches"])
    refused = kho("ingest", taken.folder / "link", tmp_path / "none", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "path-not-found")
    assert len(kho("batch", "list", "--json").json["batches"]) == before


@pytest.mark.parametrize("words", [("check",), ("ingest", "--wait")])
def test_the_list_instead_of_its_folder_is_told(taken: Taken, words: tuple[str, ...]) -> None:
    ended = kho(words[0], taken.folder / "link" / "danhmuc.xlsx", *words[1:], "--json")
    (entry,) = ended.json["packages"]
    assert (ended.code, [f["code"] for f in entry["findings"]]) == (3, ["KIND-LIST-ALONE"])
