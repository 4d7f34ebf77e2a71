"""Dates as EDTF level 0."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.dates import DateProblem, ReadDate, bounds, for_people, from_cells, from_text


@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("ngày 05 tháng 6 năm 2025", "2025-06-05"), ("Ngày 05 tháng 6 năm 2025", "2025-06-05"),
        ("5/6/2025", "2025-06-05"), ("05-06-2025", "2025-06-05"), ("05.6.2025", "2025-06-05"),
        ("2025-06-05", "2025-06-05"), ("tháng 6/2025", "2025-06"), ("6/2025", "2025-06"), ("năm 2025", "2025"),
        ("tháng 6 năm 2025", "2025-06"), ("1998", "1998"), ("ngày … tháng … năm 1998", "1998"),
        ("ngày ... tháng 6 năm 1998", "1998-06"), ("29/02/2024", "2024-02-29"),
    ],
)  # fmt: skip
def test_written_dates(written: str, edtf: str) -> None:
    assert from_text(written) == ReadDate(edtf)


@pytest.mark.parametrize(
    "written", ["31/02/2020", "29/02/2023", "5/13/2024", "32/1/2024", "0005-13", "1/1/3024"]
)
def test_dates_that_cannot_be(written: str) -> None:
    assert from_text(written).edtf is None
    assert from_text(written).problem in (DateProblem.IMPOSSIBLE, DateProblem.UNCLEAR)


def test_february_31_is_impossible_not_unclear() -> None:
    assert from_text("31/02/2020").problem is DateProblem.IMPOSSIBLE


@pytest.mark.parametrize("written", ["5/6/98", "đầu năm", "hôm qua", "12/98"])
def test_unclear_dates_are_not_guessed(written: str) -> None:
    assert from_text(written) == ReadDate(None, DateProblem.UNCLEAR)


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (("05", "1", "1998"), ReadDate("1998-01-05")),
        (("", "01", "1998"), ReadDate("1998-01")),
        (("..", "…", "1998"), ReadDate("1998")),
        (("00", "00", "1998"), ReadDate("1998")),
        (("", "", ""), ReadDate(None)),
        (("5", "", "1998"), ReadDate("1998", DateProblem.INCOMPLETE)),
        (("5", "1", ""), ReadDate(None, DateProblem.INCOMPLETE)),
        (("31", "2", "1998"), ReadDate(None, DateProblem.IMPOSSIBLE)),
        (("5", "1", "98"), ReadDate(None, DateProblem.UNCLEAR)),
        (("năm", "1", "1998"), ReadDate(None, DateProblem.UNCLEAR)),
    ],
)
def test_three_cells(cells: tuple[str, str, str], read: ReadDate) -> None:
    assert from_cells(*cells) == read


@given(st.dates(dt.date(1000, 1, 1), dt.date(2100, 12, 31)))
def test_every_day_comes_back(day: dt.date) -> None:
    read = from_text(f"{day.day}/{day.month}/{day.year}")
    assert read.edtf == day.isoformat()
    assert bounds(read.edtf) == (day, day)
    assert from_text(for_people(read.edtf)) == read


@given(st.text(), st.text(), st.text())
def test_cells_never_raise(day: str, month: str, year: str) -> None:
    read = from_cells(day, month, year)
    assert read.edtf is None or bounds(read.edtf)


@given(st.text())
def test_text_never_raises(text: str) -> None:
    read = from_text(text)
    assert read.edtf is None or bounds(read.edtf)


def test_bounds_of_partial_dates() -> None:
    assert bounds("2024-02") == (dt.date(2024, 2, 1), dt.date(2024, 2, 29))
    assert bounds("1998") == (dt.date(1998, 1, 1), dt.date(1998, 12, 31))
