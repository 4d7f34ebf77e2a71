"""The programme of digitisation: targets against what is stored, what waits, and what is late."""

import datetime as dt
from pathlib import Path

import openpyxl

from preservation.programme.progress import _by_target
from repository.home import Home
from repository.programme_rows import DoneRow, OnTheWayRow, TargetRow
from tests.make_delivery import plan, write_plan
from tests.running import kho_here as kho

AGENCY = "H26.99.07"


def test_what_is_stored_fills_the_earliest_target_first():
    days = [dt.date(2025, 12, 31), dt.date(2026, 12, 31)]
    wanted = [TargetRow("2026", "A", 20, None, None, days[1]), TargetRow("2025", "A", 10, None, None, days[0]),
              TargetRow("2025", "B", 5, None, None, days[0])]  # fmt: skip
    stored = [
        DoneRow("A", days[0], 8, 80, 800, 8),
        DoneRow("A", days[1], 6, 60, 600, 6),
        DoneRow("C", days[0], 1, 1, 1, 1),
    ]
    way = {"B": OnTheWayRow("B", 1, 2, 3)}
    told = [
        (p, a, x.target, x.files, x.documents, x.late)
        for p, a, x in _by_target(stored, way, wanted, dt.date(2026, 1, 1))
    ]
    assert told == [
        ("2025", "A", 10, 10, 100, 0),
        ("2026", "A", 20, 4, 40, 0),
        ("2025", "B", 5, 0, 0, 5),
        ("", "C", 0, 1, 1, 0),
    ]
    (b,) = [x for _p, a, x in _by_target(stored, way, wanted, days[0]) if a == "B"]
    assert (b.checking, b.waiting, b.refused, b.late) == (1, 2, 3, 0)  # on its last day a target is not late


def test_targets_and_reports_from_the_command_line(kho_home: Home, tmp_path: Path):
    delivery = plan(3, 1)
    delivery.files.pop(next(iter(delivery.files)))  # one hồ sơ lacks its PDF and waits in quarantine
    write_plan(tmp_path / "giao", delivery)
    assert kho("ingest", tmp_path / "giao", "--agency", AGENCY, "--wait").code == 3
    table = tmp_path / "chi-tieu.csv"
    table.write_text(f"phase,agencyCode,files,due\n2025,{AGENCY},5,2025-12-31\n", "utf-8")
    assert kho("programme", "targets", table, "--basis", "CV 12", "--by", "A").code == 0
    (line,) = kho("programme", "report", "--json").json["lines"]
    assert (line["target"], line["files"], line["waiting"], line["late"], line["share"]) == (5, 2, 1, 3, 40.0)
    assert kho("programme", "report", "--on", "2024-01-01", "--json").json["total"]["files"] == 0
    for group in ("block", "level", "superior", "phase", "week"):
        assert kho("programme", "report", "--group", group, "--json").json["total"]["files"] == 2
    for name in ("bc.pdf", "bc.xlsx"):
        assert kho("programme", "report", tmp_path / name).code == 0
    assert kho("check", tmp_path / "bc.pdf", "--json").json["packages"][0]["verdict"] == "valid"
    sheet = openpyxl.load_workbook(tmp_path / "bc.xlsx").active
    assert [c.value for c in sheet[sheet.max_row]][:4] == ["Tổng cộng", "5", "2", "40,0"]
    for wrong in ("2025,H99,5", f"2031,{AGENCY},5", f"2025,{AGENCY},nhiều"):
        table.write_text(f"phase,agencyCode,files\n{wrong}\n", "utf-8")
        assert kho("programme", "targets", table, "--basis", "x", "--by", "A", "--json").code == 2
