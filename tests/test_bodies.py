"""Bodies over time: recorded, imported, exported, merged by two persons once, whatever is killed on the way."""

import csv
import json
from pathlib import Path

import pytest
from lxml import etree

from repository.home import Home
from tests.make_delivery import plan, write_plan
from tests.running import kho as kho_process
from tests.running import kho_here as kho
from tests.running import normalised_dump

TABLE = """agencyCode,name,khoi,level,superior,validFrom,validTo,event,eventDate,successor,legalBasis
H26,Ủy ban nhân dân thành phố,chính quyền,thành phố,,1954-10-10,,,,,
H26.99,Ủy ban nhân dân huyện Thanh Mẫu,chính quyền,huyện,H26,1998-01-01,,,,,
H26.99.07,Ủy ban nhân dân xã Tân Mẫu,chính quyền,xã,H26.99,1998-01-01,,,,,
H26.99.08,Ủy ban nhân dân xã Đông,chính quyền,xã,H26.99,1998-01-01,2009-12-31,established,1998-01-01,,NĐ 1/1998
H26.99.08,Ủy ban nhân dân xã Đông Mẫu,chính quyền,xã,H26.99,2010-01-01,,renamed,2010-01-01,,NQ 5/2009
A26.99.07,Đảng ủy xã Tân Mẫu,Đảng,xã,,1998-01-01,,,,,
"""
BASIS = "NQ 1656/NQ-UBTVQH15"
PLAN = ("agency", "merge", "plan", "H26.99.07", "H26.99.08", "--into", "H26.201", "--name", "Ủy ban nhân dân xã Mẫu Hưng",
        "--block", "chính quyền", "--level", "xã", "--superior", "H26", "--on", "2025-07-01", "--basis", BASIS)  # fmt: skip


@pytest.fixture
def world(kho_home: Home, tmp_path: Path) -> Path:
    """A home that knows five bodies."""
    table = tmp_path / "co-quan.csv"
    table.write_text(TABLE, encoding="utf-8")
    done = kho("agency", "import", table, "--by", "Nguyễn Văn A", "--json")
    assert done.code == 0, done.out + done.err
    return tmp_path


def shown(code: str, *more: str) -> dict:
    ended = kho("agency", "show", code, *more, "--json")
    assert ended.code == 0, ended.out
    return ended.json


def planned() -> str:
    ended = kho(*PLAN, "--by", "Nguyễn Văn A", "--json")
    assert ended.code == 0, ended.out
    return str(ended.json["id"])


def test_a_table_comes_back_as_it_went_in(world: Path):
    assert kho("agency", "export", world / "ra.csv").code == 0
    again = kho("agency", "import", world / "ra.csv", "--json").json
    assert (again["facts"], again["events"], again["findings"]) == (0, 0, [])
    rows = list(csv.DictReader((world / "ra.csv").read_text("utf-8-sig").splitlines()))
    told = {(r["agencyCode"], r["validFrom"]): r for r in rows}
    assert told["H26.99.08", "1998-01-01"]["name"] == "Ủy ban nhân dân xã Đông"
    assert told["H26.99.08", "1998-01-01"]["validTo"] == "2009-12-31"
    assert told["H26.99.08", "2010-01-01"]["event"] == "renamed"
    assert told["H26.99.07", "1998-01-01"]["khoi"] == "Chính quyền"


def test_names_and_the_tree_are_those_of_the_day(world: Path):
    on = {
        e["code"]: e["name"] for e in kho("agency", "list", "--on", "05/06/2005", "--json").json["agencies"]
    }
    assert on["H26.99.08"] == "Ủy ban nhân dân xã Đông"
    assert "H26.99" not in {
        e["code"] for e in kho("agency", "list", "--on", "1997-12-31", "--json").json["agencies"]
    }
    tree = kho("agency", "tree", "--on", "2020-01-01", "--json").json["tree"]
    top = next(t for t in tree if t["code"] == "H26")
    assert [c["code"] for c in top["below"]] == ["H26.99"]
    assert [c["code"] for c in top["below"][0]["below"]] == ["H26.99.07", "H26.99.08"]


def test_another_code_leads_to_the_same_body(world: Path):
    assert kho("agency", "set", "H26.99.07", "--code", "000.07.99.H26", "--from", "2012-01-01").code == 0
    assert shown("000.07.99.H26")["code"] == "H26.99.07"
    assert shown("H26.99.07", "--on", "2013-01-01")["code_now"] == "000.07.99.H26"
    assert shown("H26.99.07", "--on", "2011-12-31")["code_now"] == "H26.99.07"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",Không mã,,,,,,,,,", "BODY-TABLE-CODE"),
        ("H26.5,,,,,,,,,,", "BODY-TABLE-NAME"),
        ("H26.5,X,quân đội,,,,,,,,", "BODY-TABLE-BLOCK"),
        ("H26.5,X,,,,31/02/2020,,,,,", "BODY-TABLE-DAY"),
        ("H26.5,X,,,,2020-01-01,2019-01-01,,,,", "BODY-TABLE-DAYS"),
        ("H26.5,X,,,,,,nổ tung,,,", "BODY-TABLE-EVENT"),
    ],
)
def test_a_wrong_row_is_told_by_its_line_and_nothing_is_recorded(
    kho_home: Home, tmp_path: Path, line: str, code: str
):
    table = tmp_path / "sai.csv"
    table.write_text(TABLE + line + "\n", encoding="utf-8")
    ended = kho("agency", "import", table, "--by", "A", "--json")
    assert ended.code == 3
    assert code in {f["code"] for f in ended.json["findings"] if f["level"] == "MUST"}
    assert kho("agency", "list", "--json").json["agencies"] == []


def test_a_merger_needs_two_persons_and_happens_once(world: Path):
    act = planned()
    assert kho("agency", "merge", "carry-out", act, "--by", "Trần Thị B").code == 3  # nobody approved it
    same = kho("agency", "merge", "approve", act, "--by", "NGUYEN  van a", "--json")
    assert (same.code, same.json["error"]["code"]) == (3, "same-person")
    assert kho("agency", "merge", "approve", act, "--by", "Trần Thị B").code == 0
    first = kho("agency", "merge", "carry-out", act, "--by", "Trần Thị B", "--json").json
    assert (first["status"], first["done_now"]) == ("carried-out", True)
    before = normalised_dump()
    assert kho("agency", "merge", "carry-out", act, "--by", "Trần Thị B", "--json").json["done_now"] is False
    assert normalised_dump() == before
    events = [json.loads(line) for line in before if '"table": "event"' in line]
    assert [e["step"] for e in events].count("merger") == 1


def test_after_a_merger_the_old_code_answers_and_provenance_stays(world: Path):
    act = planned()
    kho("agency", "merge", "approve", act, "--by", "Trần Thị B")
    assert kho("agency", "merge", "carry-out", act, "--by", "Trần Thị B").code == 0
    old = shown("H26.99.08")
    assert (old["lives"], old["valid_to"], old["successors"]) == (False, "2025-06-30", ["H26.201"])
    assert shown("H26.201", "--on", "2025-07-01")["superior"] == "H26"
    alive = {e["code"] for e in kho("agency", "list", "--on", "2025-06-30", "--json").json["agencies"]}
    assert {"H26.99.07", "H26.99.08"} <= alive and "H26.201" not in alive
    said = kho("agency", "show", "H26.99.08", "--lang", "vi").err
    assert "sáp nhập vào H26.201" in said and BASIS in said


@pytest.mark.parametrize("point", ["decision.begun", "decision.stored", "decision.done"])
def test_a_killed_merger_is_done_once_by_the_next_call(world: Path, point: str):
    act = planned()
    kho("agency", "merge", "approve", act, "--by", "Trần Thị B")
    killed = kho_process(
        "agency", "merge", "carry-out", act, "--by", "Trần Thị B", env={"KHO_FAULT": f"{point}:kill"}
    )
    assert killed.code == -9
    again = kho("agency", "merge", "carry-out", act, "--by", "Trần Thị B", "--json")
    assert (again.code, again.json["status"]) == (0, "carried-out")
    events = [json.loads(line) for line in normalised_dump() if '"table": "event"' in line]
    assert [e["step"] for e in events].count("merger") == 1
    assert shown("H26.99.07")["lives"] is False


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("H26.99.07", "--into", "A26.201", "--name", "X", "--block", "Đảng"), "BODY-OTHER-BLOCK"),
        (("H26.404", "--into", "H26.201", "--name", "X"), "BODY-UNKNOWN"),
        (("H26.99.07", "--into", "H26.201"), "BODY-NO-NAME"),
        (
            ("H26.99.07", "H26.99.08", "--into", "H26.201", "--name", "X", "--custodian", "H26.99.08"),
            "BODY-ENDS-TOO",
        ),
    ],
)
def test_a_plan_that_breaks_a_rule_is_shown_and_refused(world: Path, words: tuple[str, ...], code: str):
    common = ("--on", "2025-07-01", "--basis", BASIS, "--json")
    looked = kho("agency", "merge", "plan", *words, *common, "--dry-run")
    assert code in {f["code"] for f in looked.json["preview"]["findings"]}
    assert kho("agency", "merge", "plan", *words, *common, "--by", "A").code == 3
    assert kho("agency", "merge", "list", "--json").json["mergers"] == []


def test_a_whole_resolution_is_one_act(world: Path):
    rows = ["code,event,successor,successorName,khoi,level,superior,custodian",
            "H26.99.07,merged_into,H26.201,Ủy ban nhân dân xã Mẫu Hưng,chính quyền,xã,H26,",
            "H26.99.08,merged_into,H26.201,,,,,",
            "H26.99,dissolved,,,,,,H26"]  # fmt: skip
    (world / "nq.csv").write_text("\n".join(rows), encoding="utf-8")
    ended = kho("agency", "merge", "plan", "--file", world / "nq.csv", "--on", "01/07/2025", "--basis", BASIS, "--by", "A",
                "--json")  # fmt: skip
    assert ended.code == 0, ended.out
    preview = ended.json["preview"]
    assert {e["agency"]: e["custodian"] for e in preview["ends"]} == {
        "H26.99.07": "H26.201", "H26.99.08": "H26.201", "H26.99": "H26"}  # fmt: skip
    kho("agency", "merge", "approve", ended.json["id"][:8], "--by", "B")
    assert kho("agency", "merge", "carry-out", ended.json["id"][:8], "--by", "B").code == 0
    assert shown("H26.99")["valid_to"] == "2025-06-30"


def test_custody_moves_with_the_records_and_their_history_tells_it(world: Path):
    delivery = plan(1, 1)
    write_plan(world / "giao", delivery)
    kho("ingest", world / "giao", "--agency", "H26.99.07", "--wait")
    act = planned()
    preview = kho("agency", "merge", "show", act, "--json").json["preview"]
    moved = next(c for c in preview["custody"] if c["agency"] == "H26.99.07")
    assert (moved["from"], moved["to"], moved["files"]) == ("H26.99.07", "H26.201", 1)
    assert [f["fonds"] for f in preview["fonds_closed"]] == [r["fonds"] for r in preview["rights"]]
    kho("agency", "merge", "approve", act, "--by", "Trần Thị B")
    assert kho("agency", "merge", "carry-out", act, "--by", "Trần Thị B").code == 0
    fonds = shown("H26.99.07")["fonds"][0]
    assert (fonds["agency"], fonds["custodian"], fonds["closed_on"]) == ("H26.99.07", "H26.201", "2025-06-30")
    aip = json.loads(kho("aip", "list", "--json").out)
    assert aip["agency"] == "H26.99.07"
    assert kho("aip", "show", aip["aip"], "--json").json["events"][-1]["step"] == "merger"
    found = kho("search", "xã Mẫu Hưng", "--as", "officer", "--json").json
    assert found["total"] >= 1
    # A late delivery of the body that ended is taken in under it, and told.
    late = plan(2, 1)
    late.rows, late.files = late.rows[1:], {n: b for n, b in late.files.items() if n.startswith("hs02")}
    write_plan(world / "giao-muon", late)
    told = kho("ingest", world / "giao-muon", "--agency", "H26.99.07", "--wait", "--json").json
    assert [f["code"] for f in told["findings"]] == ["BODY-HAS-ENDED"]
    assert "H26.201" in told["findings"][0]["vi"]
    assert [p["status"] for p in told["packages"]] == ["stored"]
    # A body that is held is not ended by a table.
    (world / "ket-thuc.csv").write_text(
        "agencyCode,name,validFrom,validTo,event,legalBasis\nH26.99.07,X,1998-01-01,2024-01-01,dissolved,Y\n",
        "utf-8",
    )
    assert kho("agency", "import", world / "ket-thuc.csv", "--by", "A").code == 3
    assert shown("H26.99.07")["valid_to"] == "2025-06-30"


def test_eac_cpf_tells_names_days_and_relations(world: Path):
    act = planned()
    kho("agency", "merge", "approve", act, "--by", "Trần Thị B")
    kho("agency", "merge", "carry-out", act, "--by", "Trần Thị B")
    assert kho("agency", "export", world / "eac", "--format", "eac-cpf").code == 0
    ns = {"e": "urn:isbn:1-931666-33-4"}
    root = etree.parse(world / "eac" / "H26.99.08.xml").getroot()
    assert root.xpath("string(//e:recordId)", namespaces=ns) == "H26.99.08"
    assert root.xpath("//e:nameEntry/e:part/text()", namespaces=ns) == [
        "Ủy ban nhân dân xã Đông",
        "Ủy ban nhân dân xã Đông Mẫu",
    ]
    later = root.xpath("//e:cpfRelation[@cpfRelationType='temporal-later']", namespaces=ns)[0]
    assert later.get("{http://www.w3.org/1999/xlink}href") == "H26.201"
    assert root.xpath("//e:existDates//e:toDate/@standardDate", namespaces=ns) == ["2025-06-30"]
