"""Holds touch what they name, stand until a person lifts them, and are told wherever a term is told."""

import json
from pathlib import Path

from repository.home import Home
from tests.make_delivery import plan, write_plan
from tests.running import kho_here as kho

PLACE = (
    "--kind",
    "inspection",
    "--reason",
    "Kết luận 12/KL-TTCP",
    "--authority",
    "Thanh tra Chính phủ",
    "--by",
    "A",
)


def test_a_hold_stops_what_it_touches_until_it_is_lifted(kho_home: Home, tmp_path: Path):
    delivery = plan(2, 1)
    for row in delivery.rows:
        row |= {"file.maintenance": "5 năm"}
    write_plan(tmp_path / "giao", delivery)
    kho("ingest", tmp_path / "giao", "--agency", "H26.99.07", "--wait")
    one, other = (json.loads(line) for line in kho("aip", "list", "--json").out.splitlines())
    of_body = kho("hold", "place", "--agency", "H26.99.07", *PLACE, "--until", "2020-01-01", "--json").json
    of_one = kho("hold", "place", one["key"], *PLACE, "--json").json
    assert (of_body["aips"], of_one["aips"]) == (2, 1)
    listed = {h["hold"]: h for h in kho("hold", "list", "--json").json["holds"]}
    assert (
        listed[of_body["hold"]]["overdue"] and not listed[of_one["hold"]]["overdue"]
    )  # past its day it stands all the same
    due = {e["aip"]: e["holds"] for e in kho("retention", "due", "--on", "2099-01-01", "--json").json["due"]}
    assert due == {one["aip"]: sorted([of_body["hold"], of_one["hold"]]), other["aip"]: [of_body["hold"]]}
    assert kho("hold", "lift", of_body["hold"][:8], "--basis", "Kết thúc thanh tra", "--by", "B").code == 0
    again = kho("hold", "lift", of_body["hold"][:8], "--basis", "x", "--by", "B", "--json")
    assert (again.code, again.json["error"]["code"]) == (3, "hold-lifted")
    assert kho("retention", "explain", other["key"], "--json").json["holds"] == []
    assert kho("retention", "explain", one["key"], "--json").json["holds"] == [of_one["hold"]]
    told = [e["step"] for e in kho("aip", "show", one["key"], "--json").json["events"]]
    assert told.count("hold") == 2 and told.count("hold-lift") == 1


def test_a_hold_says_what_it_is_about(kho_home: Home):
    kho("agency", "set", "H26.1", "--name", "X")
    for words in ((), ("x", "--agency", "H26.1"), ("--fonds", "P1")):
        assert kho("hold", "place", *words, *PLACE).code == 2
    assert (
        kho("hold", "lift", "abc", "--basis", "x", "--by", "B", "--json").json["error"]["code"]
        == "no-such-hold"
    )
