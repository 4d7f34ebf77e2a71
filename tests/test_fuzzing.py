"""Readers of what strangers send, fed with damaged and made-up bytes: findings or an error of ours, never a crash.

The entries of `tests/fuzzing.py` can also be run under atheris, which looks for new paths through the code by itself.
"""

import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzzing import ENTRIES, Entry

# Anything that has a meaning to one of the readers, to be strewn in.
TOKENS = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"%0A", b"%25", b"../", b"/", b"\\", b"~", b"*", b"./", b"  ", b"\t",
    b"0" * 64, b"data/", b"<", b">", b"&a;", b"&#0;", b"<!DOCTYPE a>", b"<!--", b"]]>", b"<?x?>", b'"', b"'", b"=", b":",
    b"SIZE=\"-1\"", b"SIZE=\"99999999999999999999\"", b"LABEL=\"CSIP\"", b"null", b"[]", b"{}", b"1e999", b"-", b"\xed\xa0\x80",
    "ệ".encode(), b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02", b"\x1f\x8b",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    """`good` with pieces cut out, doubled, replaced, and tokens put in."""
    data = bytearray(good)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, min(200, len(data) - at)))
        piece = draw(
            st.one_of(
                st.sampled_from(TOKENS),
                st.binary(max_size=8),
                st.just(bytes(data[at : at + length]) * 2),
                st.just(b""),
            )
        )
        data[at : at + length] = piece
    return bytes(data)


@pytest.mark.parametrize("entry", ENTRIES, ids=[e.name for e in ENTRIES])
def test_damaged_input_is_told_or_refused_in_words(tmp_path: Path, entry: Entry) -> None:
    run: Callable[[bytes], None] = entry.prepare(tmp_path)
    seeds = entry.seeds()
    for good in seeds:
        run(good)

    @settings(
        max_examples=int(os.environ.get("KHO_FUZZ_EXAMPLES", "60")),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def damage(data: st.DataObject) -> None:
        run(data.draw(damaged(data.draw(st.sampled_from(seeds)))))

    damage()


@pytest.mark.parametrize("entry", ENTRIES, ids=[e.name for e in ENTRIES])
def test_input_that_is_nothing(tmp_path: Path, entry: Entry) -> None:
    run = entry.prepare(tmp_path)
    for data in (
        b"",
        b"\0" * 4096,
        b"\xff" * 100,
        bytes(range(256)) * 20,
        b"<" * 10_000,
        zlib.compress(bytes(1000)),
    ):
        run(data)
