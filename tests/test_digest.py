"""Digests: every algorithm in one read, copies that are what was digested, checks of a folder."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixity import digest
from fixity.check import check_files
from fixity.digest import copy_with_digests, digest_many, digests, sha256_of
from fixity.manifest import SortedRecords

SIZES = st.sampled_from([0, 1, 4095, 4096, 4097, 10_000])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=SIZES, chunk=st.sampled_from([1, 1000, 4096, 1 << 20]))
def test_digests_are_those_of_hashlib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, chunk: int
) -> None:
    monkeypatch.setattr(digest, "CHUNK", chunk)
    data = os.urandom(size)
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(data)
    target.unlink(missing_ok=True)
    expected = {name: hashlib.new(name, data).hexdigest() for name in ("sha256", "sha512", "md5")}
    assert digests(source, ("sha256", "sha512", "md5")) == (size, expected)
    assert sha256_of(source) == expected["sha256"]
    assert copy_with_digests(source, target, tuple(expected), fsync=True) == (size, expected)
    assert target.read_bytes() == data


def test_a_copy_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"new")
    (tmp_path / "b").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        copy_with_digests(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"old"


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        copy_with_digests(tmp_path / "none", tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_many_files_come_in_order_and_a_bad_one_does_not_end_it(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(60)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number]))
    paths[7].unlink()
    answers = list(digest_many(paths, ("sha256",), threads=3))
    assert [path for path, _ in answers] == paths
    assert isinstance(answers[7][1], FileNotFoundError)
    right = {n: hashlib.sha256(bytes([n])).hexdigest() for n in range(60) if n != 7}
    assert {n: a[1].by_algorithm["sha256"] for n, a in enumerate(answers) if n != 7} == right  # type: ignore[union-attr]


def test_a_folder_is_checked_against_what_was_recorded(tmp_path: Path) -> None:
    recorded = {}
    for number in range(40):
        (tmp_path / "d").mkdir(exist_ok=True)
        data = bytes([number]) * number
        (tmp_path / f"d/{number}").write_bytes(data)
        recorded[f"d/{number}"] = {"sha256": hashlib.sha256(data).hexdigest()}
    assert not list(check_files(tmp_path, recorded))
    (tmp_path / "d/3").unlink()
    (tmp_path / "d/39").write_bytes(b"x")
    (tmp_path / "stray").write_bytes(b"")
    found = {(fault.code, fault.path) for fault in check_files(tmp_path, recorded)}
    assert found == {("FIXITY-MISSING", "d/3"), ("FIXITY-CHANGED", "d/39"), ("FIXITY-STRAY", "stray")}


@given(st.lists(st.tuples(st.text(max_size=4), st.text(st.characters(), max_size=3)), max_size=40))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_come_out_sorted_however_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: list[tuple[str, str]]
) -> None:
    monkeypatch.setattr("fixity.manifest._IN_MEMORY", 7)
    made = SortedRecords(tmp_path, "r").extend(records)
    assert list(made) == sorted(records)
    assert list(made) == sorted(records)
