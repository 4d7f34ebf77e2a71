"""The store on a file system: what goes in comes out, versions, refusals; others' validators agree."""

import os
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repository.packages import StoredFile
from repository.store import (
    BadLogicalPath,
    NoSuchObject,
    NotAStore,
    ObjectBusy,
    ObjectExists,
    SourceChanged,
    VersionConflict,
)
from repository.store_fs import FileStore
from repository.store_layout import HASHED, create_root, object_folder
from repository.store_lock import staging_of
from standards.ocfl_rules import check_root
from standards.package_tree import FileNotInPackage
from tests.ocfl_fixtures import (
    A,
    content,
    leftovers,
    make_store,
    ocfl_py_accepts,
    put,
    stored_files,
    subprocess_environment,
)

TWO = {"METS.xml": b"<mets/>", "representations/rep1/data/Công văn 1.pdf": b"%PDF-1.4"}


def test_what_goes_in_comes_out_and_two_validators_agree(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    made = put(store, A, stored_files(tmp_path / "s", TWO))
    assert (made.version, made.files, made.bytes) == ("v1", 2, 15)
    assert content(store, A) == TWO
    assert list(store.objects()) == [A]
    assert not list(check_root(store.root))
    assert ocfl_py_accepts(store.root)
    assert leftovers(store) == []
    assert all(p.stat().st_mode & 0o222 == 0 for p in (store.root / made.path).rglob("*") if p.is_file())


NAMES = st.builds(
    unicodedata.normalize,
    st.sampled_from(["NFC", "NFD"]),
    st.text(st.sampled_from("aăâđêôơư ớẶỹ.-_~%'\"\\*?"), min_size=1, max_size=12),
).filter(lambda name: name.strip(".") != "")
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda parts: "f/" * (len(parts) - 1) + parts[0])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.dictionaries(PATHS, st.binary(max_size=3), min_size=1, max_size=6), min_size=1, max_size=3)
)
def test_versions_come_out_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory, versions: list[Mapping[str, bytes]]
) -> None:
    """Vietnamese names in both normal forms, equal bytes under several names, and versions that differ."""
    tmp_path = tmp_path_factory.mktemp("store")
    store = make_store(tmp_path)
    names = []
    for number, state in enumerate(versions):
        files = stored_files(tmp_path / f"s{number}", state)
        options = {"expected_head": names[-1]} if names else {}
        names.append(put(store, A, files, **options).version)
    assert [content(store, A, name) for name in names] == [dict(state) for state in versions]
    assert not list(check_root(store.root))


def test_a_new_version_references_what_is_held(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    put(store, A, stored_files(tmp_path / "1", TWO))
    second = {**TWO, "METS.xml": b"<mets>2</mets>", "copy.pdf": b"%PDF-1.4"}
    made = put(store, A, stored_files(tmp_path / "2", second), expected_head="v1")
    assert (made.version, made.bytes) == ("v2", len(second["METS.xml"]))
    assert [p.name for p in (store.root / made.path / "v2/content").rglob("*")] == ["METS.xml"]
    assert content(store, A, "v1") == TWO
    assert content(store, A) == second
    assert ocfl_py_accepts(store.root)
    assert not list(check_root(store.root))


def test_the_same_version_may_be_put_again(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    put(store, A, stored_files(tmp_path / "1", TWO))
    files = stored_files(tmp_path / "2", {"x": b"2"})
    first = put(store, A, files, expected_head="v1")
    again = put(store, A, files, expected_head="v1")
    assert (again.version, again.inventory_sha512, again.bytes) == ("v2", first.inventory_sha512, 0)
    with pytest.raises(VersionConflict):
        put(store, A, stored_files(tmp_path / "3", {"x": b"3"}), expected_head="v1")


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    """The inventory does not depend on the order in which files come."""
    files = stored_files(tmp_path / "s", {f"{n}/ă": bytes([n % 3]) for n in range(9)})
    digests = set()
    for name, order in (("a", files), ("b", files[::-1])):
        digests.add(put(make_store(tmp_path, name), A, order).inventory_sha512)
    assert len(digests) == 1


def test_more_files_than_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fixity.manifest._IN_MEMORY", 7)
    store = make_store(tmp_path)
    state = {f"d{n % 5}/{n}": bytes([n % 20]) for n in range(50)}
    put(store, A, stored_files(tmp_path / "1", state))
    changed = {**state, "d1/1": b"changed", "new": b"\x00"}
    put(store, A, stored_files(tmp_path / "2", changed), expected_head="v1")
    assert (content(store, A, "v1"), content(store, A)) == (state, changed)
    assert not list(check_root(store.root))
    assert leftovers(store) == []


@pytest.mark.parametrize("verified", [False, True])
def test_moved_sources_are_gone_only_when_the_version_is_in(tmp_path: Path, verified: bool) -> None:
    store = make_store(tmp_path)
    files = stored_files(tmp_path / "s", TWO)
    put(store, A, files, move=True, verified=verified)
    assert content(store, A) == TWO
    assert not any(file.source.exists() for file in files)
    again = stored_files(tmp_path / "s2", TWO)
    with pytest.raises(ObjectExists):
        put(store, A, again, move=True, verified=verified)
    assert all(file.source.exists() for file in again)


@pytest.mark.parametrize("move", [False, True])
def test_a_source_that_is_not_what_it_was_is_refused_whole(tmp_path: Path, move: bool) -> None:
    store = make_store(tmp_path)
    files = stored_files(tmp_path / "s", TWO)
    files[1].source.write_bytes(b"%PDF-1.5")
    with pytest.raises(SourceChanged):
        put(store, A, files, move=move)
    assert not store.has(A)
    assert leftovers(store) == []
    assert not list(check_root(store.root))


@pytest.mark.parametrize("path", ["", "a//b", "../a", "a/.", "/a", "a/", "a\0b", "a\udcff"])
def test_bad_logical_paths_are_refused(tmp_path: Path, path: str) -> None:
    files = [
        StoredFile(path, f.source, f.size, f.sha256, f.sha512) for f in stored_files(tmp_path, {"a": b""})
    ]
    with pytest.raises(BadLogicalPath):
        put(make_store(tmp_path), A, files)


@pytest.mark.parametrize("pair", [("a", "a"), ("a", "a/b"), ("a/b", "a/b/c")])
def test_clashing_logical_paths_are_refused(tmp_path: Path, pair: tuple[str, str]) -> None:
    files = [stored_files(tmp_path / str(n), {path: b"x"})[0] for n, path in enumerate(pair)]
    store = make_store(tmp_path)
    with pytest.raises(BadLogicalPath):
        put(store, A, files)
    assert not store.has(A)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    with pytest.raises(NoSuchObject):
        store.head(A)
    with pytest.raises(NoSuchObject):
        put(store, A, [], expected_head="v1")
    put(store, A, stored_files(tmp_path / "s", TWO))
    with pytest.raises(FileNotInPackage):
        store.open(A, "none").close()
    tree = store.tree(A)
    assert tree.digest("METS.xml", "sha256") == stored_files(tmp_path / "t", TWO)[0].sha256
    assert tree.digest("METS.xml", "sha512") == stored_files(tmp_path / "t", TWO)[0].sha512
    assert tree.digest("METS.xml", "md5") is None


def test_a_second_writer_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    with staging_of(store.staging, A):
        with pytest.raises(ObjectBusy):
            put(store, A, stored_files(tmp_path / "s", TWO))
        assert store.recover() == ()
    assert put(store, A, stored_files(tmp_path / "s", TWO)).version == "v1"


RACER = """
import sys
from pathlib import Path
from repository.store import ObjectBusy, ObjectExists
from repository.store_fs import FileStore
from ocfl_fixtures import put, stored_files
folder, number = Path(sys.argv[1]), sys.argv[2]
files = stored_files(folder / number, {"a": number.encode() * 300_000})
try:
    put(FileStore(folder / "root"), "urn:uuid:0a", files)
    print("stored")
except (ObjectBusy, ObjectExists) as refused:
    print(refused.code)
"""


def test_of_many_writers_one_wins(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    command = [sys.executable, "-c", RACER, os.fspath(tmp_path)]
    racers = [
        subprocess.Popen(
            [*command, str(number)], env=subprocess_environment(), stdout=subprocess.PIPE, text=True
        )
        for number in range(4)
    ]
    said = [racer.communicate(timeout=60)[0].strip() for racer in racers]
    assert said.count("stored") == 1
    assert set(said) <= {"stored", "object-busy", "object-exists"}
    assert len(content(store, A)) == 1
    assert not list(check_root(store.root))
    assert leftovers(store) == []


def test_a_folder_with_other_things_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("x")
    with pytest.raises(NotAStore):
        FileStore(tmp_path).create()
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_root_of_extension_0004_is_opened_too(tmp_path: Path) -> None:
    create_root(tmp_path / "root", HASHED)
    store = make_store(tmp_path)
    made = put(store, A, stored_files(tmp_path / "s", TWO))
    assert len(made.path.rpartition("/")[2]) == 64
    assert content(store, A) == TWO
    assert not list(check_root(store.root))


def test_the_layout_is_the_one_of_the_extension() -> None:
    """Examples of extension 0003 (a short id, one with many signs, one that is cut)."""
    assert object_folder("object-01") == "3c0/ff4/240/object-01"
    assert object_folder("..hor/rib:le-$id") == "487/326/d8c/%2e%2ehor%2frib%3ale-%24id"
    long = object_folder("abcdefghij" * 10 + "a")
    name = "abcdefghij" * 10 + "-5cc73e648fbcff136510e330871180922ddacf193b68fdeff855683a01464220"
    assert long == f"5cc/73e/648/{name}"
