"""Số, ký hiệu: cleaning, and one key for all spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.notation import clean, clean_pair, key_of_written, notation_key


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("/ QĐ-CCATVSTP", "QĐ-CCATVSTP"), ("/QĐ - UBND ", "QĐ-UBND"), ("KH–UBND", "KH-UBND"), ("\\BC-UB", "BC-UB"),
        ("NQ / HĐND", "NQ/HĐND"), ("QĐ−UB/", "QĐ-UB"), ("", ""),
    ],
)  # fmt: skip
def test_stray_slashes_and_spaces_go(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("number", "notation", "pair"),
    [
        ("155/KH-UBND", "", ("155", "KH-UBND")), ("155/KH-UBND", "KH-UBND", ("155", "KH-UBND")),
        ("07/2010", "HĐXD", ("07/2010", "HĐXD")), ("05/2015/QĐ-UBND", "", ("05/2015", "QĐ-UBND")),
        ("40-HD/VPTW", "", ("40", "HD/VPTW")), ("155", "/ KH-UBND", ("155", "KH-UBND")), ("", "QĐ", ("", "QĐ")),
    ],
)  # fmt: skip
def test_number_and_notation_apart(number: str, notation: str, pair: tuple[str, str]) -> None:
    assert clean_pair(number, notation) == pair


@pytest.mark.parametrize(
    "written",
    [
        "155/KH-UBND",
        "155/KH UBND",
        "155 kh-ubnd",
        "0155/KH-UBND",
        "155/KH–UBND",
        "số 155/KH-UBND",
        "KH-UBND 155",
    ],
)
def test_spellings_have_one_key(written: str) -> None:
    assert key_of_written(written) == notation_key("155", "/ KH-UBND") == "155|KHUBND"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("40-HD/VPTW", "40|HDVPTW"), ("12-QĐ/ĐU", "12|QDDU"), ("05/2015/QĐ-UBND", "5/2015|QDUBND"), ("số 155", "155|"),
        ("QĐ-UB 451", "451|QDUB"), ("155a/QĐ-UB", "155A|QDUB"),
    ],
)  # fmt: skip
def test_other_forms(written: str, key: str) -> None:
    assert key_of_written(written) == key


def test_ub_and_ubnd_are_two() -> None:
    assert notation_key("451", "QĐ-UB") != notation_key("451", "QĐ-UBND")


@pytest.mark.parametrize("text", ["ủy ban nhân dân", "", "đất đai thôn 3 năm 2003 giấy chứng nhận:"])
def test_words_are_no_notation(text: str) -> None:
    assert key_of_written(text) is None


@given(st.integers(1, 99999), st.sampled_from(["QĐ-UBND", "KH-UB", "HD/VPTW", "TTr-UBND", "BC"]))
def test_a_cell_and_a_query_meet(number: int, notation: str) -> None:
    assert key_of_written(f"{number}/{notation}") == notation_key(f"{number:06}", notation)


@given(st.text(), st.text())
def test_any_text_has_a_key(number: str, notation: str) -> None:
    key = notation_key(number, notation)
    assert key == "" or key.count("|") >= 1
