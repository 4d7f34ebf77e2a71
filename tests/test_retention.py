"""Retention through the command line: schedules, proposals, decisions, explanations, what is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from repository.home import Home
from tests.make_delivery import plan, write_plan
from tests.running import kho_here as kho

SCHEDULE = """code,group,title,subcase,kind,years,trigger,maintenance,disposition,legal_basis,legal_status,evidence
HC-04,Hành chính,"Công văn trao đổi về hành chính, văn thư",,years,10,year_closed,06,review_destroy,TT 09/2011/TT-BNV,superseded-2023-02-15,S1
TC-01,Tổ chức,"Hồ sơ xây dựng, ban hành quy chế làm việc",,years,20,year_closed,05,review_destroy,TT 10/2022/TT-BNV,in_force_2025,S2
TC-02,Tổ chức,Hồ sơ quy hoạch cán bộ,Phiếu tín nhiệm,years,5,year_closed,07,review_destroy,TT 10/2022/TT-BNV,in_force_2025,C1
TC-03,Tổ chức,Hồ sơ quy hoạch cán bộ,Thành phần khác,years,10,year_closed,06,review_destroy,TT 10/2022/TT-BNV,in_force_2025,C1
"""
# title, term as delivered, closing year (0: not known), year of the document
FILES = [
    ("Công văn trao đổi về hành chính, văn thư năm 2014", "10 năm", 2014, 2014),
    ("Hồ sơ xây dựng, ban hành quy chế làm việc", "", 2015, 2015),
    ("Công văn về hành chính, văn thư trao đổi năm 2016", "", 2016, 2016),
    ("Hồ sơ quyết toán", "Vĩnh viễn", 2008, 2008),
    ("Hồ sơ cải tạo đường liên thôn", "Tuổi thọ công trình", 2010, 2010),
    ("Hồ sơ không rõ ngày kết thúc", "5 năm", 0, 2004),
    ("Hồ sơ có văn bản muộn", "5 năm", 2010, 2013),
]
CORRESPONDENCE, REGULATION, LETTERS, ACCOUNTS, ROAD, NO_END, LATE = (
    f"H26.99.07/2024.{n:02}.VP" for n in range(1, 8)
)


@dataclass(frozen=True, slots=True)
class World:
    """What was taken in, and the folder of the test's own files."""

    folder: Path


@pytest.fixture(scope="module")
def world(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("thoi-han")
    delivery = plan(len(FILES), 1)
    for row, (title, term, closed, dated) in zip(delivery.rows, FILES, strict=True):
        row |= {"file.title": title, "file.maintenance": term, "file.startDate.year": min(closed or 2004, dated),
                "file.endDate.year": closed or "", "document.issuedDate.year": dated}  # fmt: skip
        if not closed:
            row |= {"file.endDate.day": "", "file.endDate.month": ""}
    write_plan(folder / "giao", delivery)
    taken = kho("ingest", folder / "giao", "--agency", "H26.99.07", "--wait", "--json").json
    assert {p["status"] for p in taken["packages"]} == {"stored"}
    (folder / "thoi-han.csv").write_text(SCHEDULE, encoding="utf-8")
    done = kho(
        "retention",
        "schedule",
        "import",
        folder / "thoi-han.csv",
        "--name",
        "Bảng thử",
        "--by",
        "Lê C",
        "--json",
    )
    assert (done.code, done.json["rules"], done.json["in_force"]) == (0, 4, 3)
    yield World(folder)


def explained(key: str, *more: str) -> dict[str, Any]:
    return kho("retention", "explain", key, *more, "--json").json


def states(on: str) -> dict[str, set[str]]:
    found = kho("retention", "due", "--on", on, "--json").json
    return {name: {e["key"] for e in found[name]} for name in ("due", "abstained")}


def test_what_is_due_and_what_cannot_be_told(world: World):
    assert CORRESPONDENCE not in states("2024-12-31")["due"]
    found = states("2025-01-01")
    assert CORRESPONDENCE in found["due"]
    assert {ROAD, NO_END, LATE} <= found["abstained"]
    assert not found["due"] & {ROAD, NO_END, LATE, ACCOUNTS}
    assert ACCOUNTS not in states("2099-01-01")["due"]


def test_the_list_of_a_body_and_a_year_and_what_is_coming(world: World):
    ahead = kho(
        "retention", "due", "--on", "2024-12-01", "--within", "60", "--agency", "H26.99.07", "--json"
    ).json
    assert [e["key"] for e in ahead["coming"]] == [CORRESPONDENCE]
    year = kho("retention", "due", "--on", "2030-01-01", "--year", "2024", "--json").json
    assert [e["key"] for e in year["due"]] == [CORRESPONDENCE]
    assert kho("retention", "due", "--agency", "H26.1", "--json").json["counts"] == {}


def test_a_superseded_rule_explains_and_never_proposes(world: World):
    told = explained(CORRESPONDENCE)["vi"]
    assert "HC-04" in told and "TT 09/2011/TT-BNV" in told and "31/12/2024" in told and "2014" in told
    open_ones = {e["key"]: e["proposals"] for e in kho("retention", "propose", "--json").json["records"]}
    assert [p["rule"] for p in open_ones[REGULATION]] == ["TC-01"]
    assert open_ones[LETTERS] == []  # only the superseded HC-04 would fit
    refused = kho("retention", "assign", LETTERS, "--rule", "HC-04", "--basis", "x", "--by", "Lê C", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (3, "rule-not-in-force")


def test_a_person_decides_and_the_sentence_says_who_and_why(world: World):
    assert explained(REGULATION)["reason"] == "no-term"
    done = kho(
        "retention", "assign", REGULATION, "--rule", "TC-01", "--basis", "QĐ 12/QĐ-UBND", "--by", "Lê C"
    )
    assert done.code == 0, done.err
    told = explained(REGULATION)
    assert (told["rule"], told["expires_on"]) == ("TC-01", "2035-12-31")
    for word in ("TC-01", "TT 10/2022/TT-BNV", "Lê C", "QĐ 12/QĐ-UBND", "31/12/2035", "2015"):
        assert word in told["vi"] and word in told["en"]
    shorter = kho("retention", "assign", REGULATION, "--years", "5", "--basis", "x", "--by", "Lê C", "--json")
    assert shorter.json["error"]["code"] == "term-shortened"
    # A later schedule leaves the fixed term alone.
    later = SCHEDULE.replace("years,20", "years,2")
    (world.folder / "moi.csv").write_text(later, encoding="utf-8")
    kho("retention", "schedule", "import", world.folder / "moi.csv", "--name", "Bảng thử", "--by", "Lê C")
    ended = kho(
        "retention",
        "schedule",
        "supersede",
        "Bảng thử",
        "--on",
        "2030-01-01",
        "--basis",
        "TT mới",
        "--by",
        "Lê C",
    )
    assert ended.code == 0
    assert explained(REGULATION)["expires_on"] == "2035-12-31"
    assert kho("retention", "propose", LATE, "--json").json["records"][0]["proposals"] == []


def test_a_closing_year_and_an_event_settle_what_was_open(world: World):
    kho("retention", "assign", NO_END, "--closed-year", "2005", "--basis", "Biên bản 3", "--by", "Lê C")
    assert explained(NO_END)["expires_on"] == "2010-12-31"
    kho("retention", "event", ROAD, "--on", "2020-05-06", "--what", "Thanh lý công trình", "--by", "Lê C")
    told = explained(ROAD, "--on", "2021-01-01")
    assert (told["expires_on"], told["state"]) == ("2020-12-31", "due")
    assert "Thanh lý công trình" in told["vi"]


@pytest.mark.parametrize(
    "row",
    ["X-1,,Không loại,,,,,,,TT 1,in_force,", "X-1,,Không năm,,years,,,,,TT 1,in_force,", "X-1,,Thừa,,permanent,5,,,,TT 1,in_force,",
     "X-1,,Không căn cứ,,permanent,,,,,,in_force,", "X-1,,Lạ,,permanent,,,,,TT 1,maybe,", "X-1,,Âm,,years,-5,,,,TT 1,in_force,"],
)  # fmt: skip
def test_a_wrong_rule_is_told_by_its_line(world: World, row: str):
    table = world.folder / "sai.csv"
    table.write_text(SCHEDULE + row + "\n", encoding="utf-8")
    ended = kho("retention", "schedule", "import", table, "--name", "Sai", "--by", "Lê C", "--json")
    assert ended.code == 3
    assert [(f["code"], f["cell"]) for f in ended.json["findings"]] == [("RET-RULE", "dòng 6")]
    assert not [
        r for r in kho("retention", "schedule", "show", "--json").json["rules"] if r["schedule"] == "Sai"
    ]
