"""Portable names: kept everywhere, told apart, turned back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.portable import LONGEST, original_name, portable_name
from tests.aip_fixtures import names

delivered = names | names.map(lambda name: name * 9)


@given(delivered)
def test_a_name_is_portable(name):
    made = portable_name(name)
    assert re.fullmatch(r"[A-Za-z0-9._=~-]+", made)
    assert len(made) <= LONGEST
    assert made[0] not in ".-"
    assert made[-1] != "."


@given(delivered)
def test_a_name_is_turned_back_unless_it_was_cut(name):
    assert original_name(portable_name(name)) in (name, None)
    if len(name.encode()) * 3 <= LONGEST:
        assert original_name(portable_name(name)) == name


@given(st.lists(delivered, unique=True, max_size=8))
def test_different_names_stay_different(several):
    assert len({portable_name(name) for name in several}) == len(several)


@pytest.mark.parametrize(
    ("name", "portable"),
    [
        ("001.03.08.H30.pdf", "001.03.08.H30.pdf"),
        ("ạ.pdf", "=E1=BA=A1.pdf"),
        ("a\u0323.pdf", "a=CC=A3.pdf"),
        ("100%.pdf", "100=25.pdf"),
        ("a=25.pdf", "a=3D25.pdf"),
        (".ẩn", "=2E=E1=BA=A9n"),
        ("CON.txt", "=43ON.txt"),
        ("hết.", "h=E1=BA=BFt=2E"),
        ("b\udcca.pdf", "b=CA.pdf"),
        ("", "="),
    ],
)
def test_names_as_they_come(name, portable):
    assert portable_name(name) == portable
    assert original_name(portable) == name


def test_a_long_name_keeps_its_suffix_and_differs_from_its_neighbour():
    one, other = portable_name("ộ" * 80 + "1.pdf"), portable_name("ộ" * 80 + "2.pdf")
    assert one != other
    assert one.endswith(".pdf")
    assert original_name(one) is None
