"""The evidence report: every line answers to a requirement; nothing is met that was not seen; once made it stays."""

import csv
import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from access import auditing
from access.evidence import telling, writing
from preservation.audit import Scope
from preservation.evidence.facts import Period, gather
from preservation.evidence.freezing import frozen, object_of
from preservation.evidence.lines import Line, lines, requirements, risk_of
from repository import catalogue
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.verify import verify
from tests.audit_fixtures import content_of, hold
from tests.make_delivery import plan, write_plan
from tests.running import kho, kho_here

TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).date()


@pytest.fixture
def opened(kho_home: Home) -> Opened:
    return open_catalogue(Settings.load())


def told(opened: Opened, days: int = 0) -> dict[str, Line]:
    """The lines of a period that ends today; with `days` 0 every copy is due."""
    period = Period(TODAY - dt.timedelta(days=30), TODAY)
    with opened.connect() as connection:
        facts = gather(connection, opened.store, period, days)
    return {line.id: line for line in lines(facts, period)}


def audited(opened: Opened, **limits: Any) -> dict[str, Any]:
    return auditing.run(Settings.load(), opened, Scope(), **limits)


def test_every_line_has_its_words_and_answers_to_a_requirement(opened: Opened):
    found = told(opened)
    assert set(found) == set(requirements())
    for id, line in found.items():
        about = requirements()[id]
        assert about["vi"] and about["en"] and about["iso16363"]
        assert all(re.fullmatch(r"[345](\.\d)+(\.\d+)*", clause) for clause in about["iso16363"])
        assert all(
            re.fullmatch(r"(Storage|Integrity|Control|Metadata|Content) [1-4]", each)
            for each in about["ndsa"]
        )
        assert telling.figures(line) or not line.figures


def test_what_was_not_read_is_never_called_met(opened: Opened, tmp_path: Path):
    hold(opened, tmp_path, 3)
    before = told(opened)
    assert (before["read"].state, before["read"].figures["due_and_unread"]) == ("unknown", 3)
    assert before["failures"].state == before["strays"].state == "unknown"
    root = opened.store.root
    root.rename(tmp_path / "away")
    audited(opened)
    (tmp_path / "away").rename(root)
    assert told(opened)["read"].state == "unknown"
    audited(opened)
    after = told(opened)
    assert (after["read"].state, after["read"].figures["percent"]) == ("met", 100)
    assert after["strays"].state == "met"
    with opened.connect() as connection:  # a version that came after the check was not read
        connection.execute(
            "update copy set written_at = now() + interval '1 second' where object = (select min(object) from copy)"
        )
    again = told(opened)
    assert (again["read"].state, again["read"].figures["due_and_unread"]) == ("unknown", 1)
    assert again["read"].figures["percent"] < 100
    later = told(opened, days=90)["read"]
    assert (later.state, later.figures["not_due_yet"]) == ("met", 1)


def test_damage_is_not_met(opened: Opened, tmp_path: Path):
    ids = hold(opened, tmp_path, 2)
    content_of(opened, ids[0]).write_bytes(b"other")
    audited(opened)
    found = told(opened)
    assert found["read"].state == found["failures"].state == "not-met"
    assert found["read"].figures["bad"] == 1


def test_drills_are_known_where_somebody_noted_them(opened: Opened):
    assert told(opened)["restore"].state == "unknown"
    words = ("evidence-note", "restore-drill", "--on", f"{TODAY}", "--text", "diễn tập", "--by", "A")
    assert kho_here(*words, "--failed").code == 0
    assert told(opened)["restore"].state == "not-met"
    assert kho_here(*words).code == 0
    assert told(opened)["restore"].state == "met"
    tomorrow = TODAY + dt.timedelta(days=1)
    refused = kho_here("evidence-note", "selftest", "--on", f"{tomorrow}", "--text", "x", "--json")
    assert refused.json["error"]["code"] == "bad-note"


def test_a_format_that_nobody_assessed_is_not_called_safe():
    assert [risk_of(puid) for puid in ("fmt/477", "fmt/412", "fmt/40", "fmt/9999", None)] == [
        "low", "medium", "high", "not-assessed", "not-assessed",
    ]  # fmt: skip


def test_a_report_is_made_once_and_kept(kho_home: Home, tmp_path: Path):
    """HTML, PDF/A (veraPDF has passed it, or there is none), data, and the list of what was not read."""
    write_plan(tmp_path / "giao", plan(1, 2))
    assert (
        kho("ingest", tmp_path / "giao", "--agency", "H26.99.07", "--wait", "--processes", "1", "--json").code
        == 0
    )
    words = ("evidence", "--from", f"{TODAY - dt.timedelta(days=5)}", "--to", f"{TODAY}")
    made = kho(*words, tmp_path / "ra", "--json").json
    assert made["new"] and made["unread"] > 0
    files = {Path(path).suffix: Path(path).read_bytes() for path in made["files"]}
    assert set(files) == {".html", ".pdf", ".json", ".csv"}
    assert b"pdfaid:part" in files[".pdf"]
    page = files[".html"].decode()
    assert "CHƯA BIẾT" in page and "ISO 16363" in page and made["journal_head"] in page
    rows = list(csv.DictReader(io.StringIO(files[".csv"].decode("utf-8-sig"))))
    assert len(rows) == made["unread"] == len(json.loads(files[".json"])["facts"]["unread"])
    assert kho("audit", "run").code == 0
    again = kho(*words, tmp_path / "lai", "--json").json
    assert not again["new"]
    assert [Path(path).read_bytes() for path in again["files"]] == [
        Path(path).read_bytes() for path in made["files"]
    ]
    assert verify(kho_home.store).verdict in ("valid", "valid-with-warning")
    kept = frozen(open_catalogue(Settings.load()).store, Period(TODAY - dt.timedelta(days=5), TODAY))
    assert kept and set(kept) == {writing.HTML, writing.PDF, writing.JSON, writing.CSV}
    renewed = kho(*words, tmp_path / "moi", "--renew", "--json").json
    assert renewed["new"] and renewed["object"] == object_of(Period(TODAY - dt.timedelta(days=5), TODAY))


def test_a_long_list_says_how_much_is_left_out():
    facts: dict[str, Any] = {"unread": [{"location": "a", "key": None, "object": f"o{n}", "version": 1, "due": True, "reason": "",
                                         "written_at": catalogue.now(), "last_read": None} for n in range(30)]}  # fmt: skip
    section = telling._unread(facts, 10)
    assert len(section.rows) == 10
    assert "20" in section.more


@pytest.mark.parametrize(("first", "last"), [("2026-02-01", "2026-01-01"), ("2026-01-01", "2099-01-01")])
def test_a_period_that_is_none_is_refused(kho_home: Home, first: str, last: str):
    open_catalogue(Settings.load())
    assert kho_here("evidence", "--from", first, "--to", last, "--json").json["error"]["code"] == "bad-period"
