"""Terms end on 31 December of the year the work ended + N, whatever the calendar does and whatever schedules change."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preservation.retention.explaining import explain
from preservation.retention.proposing import proposals
from preservation.retention.reading import of_delivery, of_document, of_words
from preservation.retention.schedules import in_force
from preservation.retention.terms import KINDS, OPEN, Term, is_due, last_day, longest, shortens
from preservation.retention.told import told
from repository.retention_rows import RecordRow, RuleRow

YEARS = st.integers(1950, 2100)
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31))
COUNTED = st.sampled_from(["years", "years_after_event"])
TERMS = st.one_of(
    st.builds(Term, COUNTED, st.integers(1, 100)),
    st.builds(Term, st.sampled_from(["permanent", "until_superseded", "life_of_asset", OPEN])),
)
ANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)


def record(**values: object) -> RecordRow:
    """A hồ sơ closed in 2014 whose delivery said 10 years, with what a test changes."""
    made: dict[str, object] = dict.fromkeys(RecordRow.__dataclass_fields__)
    made |= {
        "id": "urn:uuid:1", "key": "H26/1", "agency": "H26", "fonds": "P1", "title": "Tập công văn", "keyword": "",
        "end_date": "2014-09-09", "retention": {"code": "06", "text": "10 năm", "years": 10, "permanent": False},
        "stored_at": NOW, "last_date": "2014-09-09", "document_terms": [], **values,
    }  # fmt: skip
    return RecordRow(**made)  # type: ignore[arg-type]


def rule(**values: object) -> RuleRow:
    made: dict[str, object] = {
        "schedule": "S", "code": "R-1", "title": "Tập công văn trao đổi", "grouped": "", "subcase": "", "kind": "years",
        "years": 10, "trigger": "", "maintenance": "06", "disposition": "", "legal_basis": "TT 10/2022", "status": "in_force",
        "valid_from": None, "valid_to": None, "blocks": [], "levels": [], "evidence": "", **values,
    }  # fmt: skip
    return RuleRow(**made)  # type: ignore[arg-type]


@ANY
@given(YEARS, st.integers(1, 100), DAYS)
def test_it_is_due_from_the_first_day_of_the_year_after_its_last(closed: int, years: int, on: dt.date):
    last = last_day(Term("years", years), closed_year=closed)
    assert last == dt.date(closed + years, 12, 31)
    assert is_due(last, on) == (on.year > closed + years)


@ANY
@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)), st.integers(1, 100))
def test_the_day_in_the_closing_year_makes_no_difference(day: dt.date, years: int):
    full, year = record(end_date=day.isoformat(), last_date=""), record(end_date=str(day.year), last_date="")
    assert told(full).last == told(year).last == dt.date(day.year + 10, 12, 31)
    after = last_day(Term("years_after_event", years), closed_year=None, event=day)
    assert after == dt.date(day.year + years, 12, 31)


@pytest.mark.parametrize("closed", [2000, 2004, 2024, 2100])  # leap years, and one that is none
def test_leap_years_change_nothing(closed: int):
    last = last_day(Term("years", 4), closed_year=closed)
    assert last is not None
    assert not is_due(last, last)
    assert is_due(last, last + dt.timedelta(days=1))
    assert told(record(end_date=f"{closed}-02-28", last_date="")).last == dt.date(closed + 10, 12, 31)


@ANY
@given(st.lists(TERMS, min_size=1))
def test_the_longest_of_some_terms_is_one_of_them_and_none_is_longer(terms: list[Term]):
    found = longest(terms)
    assert found in terms
    assert (found.kind == "permanent") == any(t.kind == "permanent" for t in terms)
    years = [t.years or 0 for t in terms if t.kind == "years"]
    if found.kind == "years":
        assert found.years == max(years)
        assert all(t.kind == "years" for t in terms)


@ANY
@given(TERMS, TERMS)
def test_a_fixed_term_never_becomes_shorter(new: Term, old: Term):
    if not shortens(new, old) and old.kind not in (OPEN,) and new != old:
        assert new.kind == "permanent" or (new.kind == old.kind and (new.years or 0) >= (old.years or 0))


@ANY
@given(st.integers(1, 100), st.integers(1, 100))
def test_a_changed_schedule_leaves_a_decided_term_alone(then: int, now: int):
    decided = record(kind="years", years=then, code="R-1", schedule="S", rule_title="Tập công văn", legal_basis="TT 09/2011",
                     decided_by="A", decided_at=NOW, reason="x")  # fmt: skip
    before = told(decided)
    changed = rule(years=now, status="superseded", valid_to=dt.date(2023, 2, 14))
    assert told(decided) == before
    assert f"{then} năm" in explain(before, [changed], NOW.date(), "vi")
    assert proposals(decided, [changed], NOW.date()) == []


@ANY
@given(DAYS, DAYS, DAYS)
def test_a_rule_proposes_on_its_days_alone(since: dt.date, until: dt.date, on: dt.date):
    assert in_force(rule(valid_from=since, valid_to=until), on) == (since <= on <= until)
    assert not in_force(rule(status="superseded"), on)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"end_date": ""}, "no-closing-year"),
        ({"retention": {"code": "07", "text": "", "years": None, "permanent": False}}, "no-term"),
        ({"last_date": "2016-01-02"}, "later-document"),
        (
            {"retention": {"code": "07", "text": "Tuổi thọ công trình", "years": None, "permanent": False}},
            "no-event",
        ),
        ({"document_terms": [["07", "lâu dài"]]}, "document-term"),
    ],
)
def test_it_abstains_and_says_so(values: dict[str, object], reason: str):
    found = told(record(**values))
    assert (found.abstains, found.last, found.state(dt.date(2400, 1, 1))) == (reason, None, "abstained")
    for lang in ("vi", "en"):
        assert explain(found, [], NOW.date(), lang).endswith(".")


def test_a_document_with_a_longer_term_keeps_the_whole_file():
    found = told(record(document_terms=[["06", ""], ["01", ""]]))
    assert (found.term, found.source, found.state(dt.date(2400, 1, 1))) == (
        Term("permanent"),
        "document",
        "permanent",
    )
    assert told(record(document_terms=[["05", ""]])).last == dt.date(2034, 12, 31)


def test_a_decided_closing_year_settles_what_dates_could_not():
    found = told(record(end_date="", last_date="2016-01-02", closed_year=2016))
    assert (found.abstains, found.last) == (None, dt.date(2026, 12, 31))


@pytest.mark.parametrize(
    ("words", "term"),
    [
        ("15 năm", Term("years", 15)), ("Thời hạn 5 năm", Term("years", 5)), ("Theo tuổi thọ công trình", Term("life_of_asset")),
        ("Đến khi văn bản hết hiệu lực", Term("until_superseded")), ("Lâu dài", Term(OPEN)), ("", Term(OPEN)),
        ("0 năm", Term(OPEN)), ("999 năm", Term(OPEN)), ("năm 2014", Term(OPEN)), ("năm 1998", Term(OPEN)),
    ],
)  # fmt: skip
def test_terms_in_words(words: str, term: Term):
    assert of_words(words) == term
    assert of_delivery({"code": "07", "text": words, "years": None, "permanent": False}) == term


def test_codes_of_documents():
    assert [of_document(c, "").years for c in ("02", "03", "04", "05", "06")] == [70, 50, 30, 20, 10]
    assert of_document("01", "").kind == "permanent"


def test_rules_of_another_block_or_level_are_not_proposed():
    mine = record(title="Tập công văn trao đổi", block="Chính quyền", level="xã")
    assert [p.rule.code for p in proposals(mine, [rule()], NOW.date())] == ["R-1"]
    assert proposals(mine, [rule(blocks=["Đảng"])], NOW.date()) == []
    assert proposals(mine, [rule(levels=["huyện"])], NOW.date()) == []
    assert [p.rule.code for p in proposals(mine, [rule(levels=["Xã"])], NOW.date())] == ["R-1"]


def test_every_kind_has_a_length():
    assert [Term(k, 1 if k in ("years", "years_after_event") else None).kind for k in KINDS] == list(KINDS)
    with pytest.raises(ValueError, match="years"):
        Term("years")
