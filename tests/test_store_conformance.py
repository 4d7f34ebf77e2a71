"""What every store promises, asked of each: the folder on a disk, and the bucket of a real S3 service."""

import hashlib
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fixity.digest import digests
from repository.packages import AipId, StoredFile
from repository.store import (
    BadLogicalPath,
    CopyDiffers,
    DamagedObject,
    NoSuchObject,
    NotAStore,
    ObjectBusy,
    ObjectExists,
    SourceChanged,
    Store,
    VersionConflict,
)
from repository.store_object import stored_object
from repository.store_s3 import S3Store
from standards.ocfl_rules import check_root
from standards.package_tree import FileNotInPackage, read_bytes
from tests.ocfl_fixtures import A, make_store, ocfl_py_accepts, put, stored_files
from tests.s3_server import make_bucket, s3_service

ONE = {
    "METS.xml": b"<mets/>",
    "data/Công văn số 1.pdf": b"%PDF" * 1000,
    "data/%25 +?#&.txt": b"1",
    "empty": b"",
}
TWO = {**ONE, "METS.xml": b"<mets>2</mets>", "data/b.pdf": b"2"}
Made = tuple[Store, Path]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("s3") / "buckets"
    with s3_service(folder) as url:
        yield url, folder


@pytest.fixture(params=["file", "s3"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    """A fresh store, and the folder in which its bytes lie in the end."""
    if request.param == "file":
        store = make_store(tmp_path)
        return store, store.root
    url, folder = request.getfixturevalue("service")
    name = "b" + hashlib.sha256(os.fspath(tmp_path).encode()).hexdigest()[:20]
    bucket = make_bucket(url, name)
    bucket_store = S3Store(bucket, tmp_path / "scratch", bucket)
    bucket_store.create()
    return bucket_store, folder / name / "kho"


def state_of(store: Store, object_id: str, version: str | None = None) -> dict[str, bytes]:
    tree = store.tree(AipId(object_id), version)
    return {path: read_bytes(tree, path) for path in tree.paths()}


def test_what_goes_in_comes_out(made: Made, tmp_path: Path):
    store, root = made
    stored = put(store, A, stored_files(tmp_path / "1", ONE))
    assert (stored.version, stored.files, stored.bytes) == ("v1", 4, 4008)
    assert state_of(store, A) == ONE
    assert (store.has(A), store.head(A), list(store.objects())) == (True, "v1", [A])
    tree = store.tree(A)
    for file in stored_files(tmp_path / "2", ONE):
        assert tree.size(file.logical_path) == file.size
        assert tree.digest(file.logical_path, "sha256") == file.sha256
        assert tree.digest(file.logical_path, "SHA-512") == file.sha512
    (place,) = store.places()
    assert store.tree_at(place).object_id == A
    assert not list(check_root(root))
    assert ocfl_py_accepts(root)


def test_a_new_version_keeps_the_old_and_stores_only_what_is_new(made: Made, tmp_path: Path):
    store, root = made
    put(store, A, stored_files(tmp_path / "1", ONE))
    stored = put(store, A, stored_files(tmp_path / "2", TWO), expected_head="v1")
    assert (stored.version, stored.bytes) == ("v2", len(TWO["METS.xml"]) + 1)
    assert (state_of(store, A), state_of(store, A, "v1")) == (TWO, ONE)
    assert [block.name for block in store.tree(A).versions()] == ["v1", "v2"]
    assert put(store, A, stored_files(tmp_path / "3", TWO), expected_head="v1").version == "v2"
    with pytest.raises(VersionConflict):
        put(store, A, stored_files(tmp_path / "4", ONE), expected_head="v1")
    assert not list(check_root(root))


def test_what_cannot_be_is_refused_and_leaves_the_store_as_it_was(made: Made, tmp_path: Path):
    store, root = made
    put(store, A, stored_files(tmp_path / "1", ONE))
    with pytest.raises(ObjectExists):
        put(store, A, stored_files(tmp_path / "2", ONE))
    changed = stored_files(tmp_path / "3", ONE)
    changed[1].source.write_bytes(b"other")
    with pytest.raises(SourceChanged):
        put(store, "urn:uuid:b", changed)
    file = stored_files(tmp_path / "4", {"a": b""})[0]
    with pytest.raises(BadLogicalPath):
        put(store, "urn:uuid:b", [StoredFile("../a", file.source, 0, file.sha256, file.sha512)])
    assert not store.has(AipId("urn:uuid:b"))
    for call in (store.head, store.tree, lambda id: store.open(id, "a"), store.folder):
        with pytest.raises(NoSuchObject):
            call(AipId("urn:uuid:none"))
    with pytest.raises(FileNotInPackage):
        store.open(A, "none")
    assert list(store.objects()) == [A]
    assert not list(check_root(root))


def test_sources_that_move_are_gone_once_the_version_is_in(made: Made, tmp_path: Path):
    files = stored_files(tmp_path / "1", ONE)
    put(made[0], A, files, move=True)
    assert not any(file.source.exists() for file in files)
    assert state_of(made[0], A) == ONE


def test_a_place_that_holds_something_else_is_no_store(made: Made, tmp_path: Path):
    store, root = made
    shutil.rmtree(root)
    (root / "thesis").mkdir(parents=True)
    (root / "thesis" / "1.doc").write_text("x")
    with pytest.raises(NotAStore):
        store.check()
    with pytest.raises(NotAStore):
        store.create()


def test_creating_again_is_harmless(made: Made, tmp_path: Path):
    put(made[0], A, stored_files(tmp_path / "1", ONE))
    made[0].create()
    assert state_of(made[0], A) == ONE


def test_a_store_goes_to_another_process(made: Made, tmp_path: Path):
    put(made[0], A, stored_files(tmp_path / "1", ONE))
    assert state_of(pickle.loads(pickle.dumps(made[0])), A) == ONE


def test_a_copy_is_the_object_byte_for_byte_with_all_its_versions(made: Made, tmp_path: Path):
    store, root = made
    primary = make_store(tmp_path, "primary")
    put(primary, A, stored_files(tmp_path / "1", ONE))
    put(primary, A, stored_files(tmp_path / "2", TWO), expected_head="v1")
    assert store.put_copy(stored_object(primary, A)) == ["v1", "v2"]
    assert store.put_copy(stored_object(primary, A)) == []
    put(primary, A, stored_files(tmp_path / "3", ONE), expected_head="v2")
    assert store.put_copy(stored_object(primary, A)) == ["v3"]
    assert _bytes_below(root) == _bytes_below(primary.root)
    assert not list(check_root(root))
    assert ocfl_py_accepts(root)


def test_a_copy_is_read_back_to_where_it_came_from(made: Made, tmp_path: Path):
    store, _root = made
    put(store, A, stored_files(tmp_path / "1", ONE))
    back = make_store(tmp_path, "back")
    back.put_copy(stored_object(store, A))
    assert state_of(back, A) == ONE
    assert not list(check_root(back.root))


def test_another_object_under_the_same_id_is_never_overwritten(made: Made, tmp_path: Path):
    store, root = made
    put(store, A, stored_files(tmp_path / "1", ONE))
    primary = make_store(tmp_path, "primary")
    put(primary, A, stored_files(tmp_path / "2", TWO))
    before = _bytes_below(root)
    with pytest.raises(CopyDiffers):
        store.put_copy(stored_object(primary, A))
    put(store, A, stored_files(tmp_path / "3", TWO), expected_head="v1")
    with pytest.raises(CopyDiffers):
        store.put_copy(stored_object(primary, A))
    assert {path: before[path] for path in before if "/v1/" in path} == {
        path: data for path, data in _bytes_below(root).items() if "/v1/" in path}  # fmt: skip


@pytest.mark.parametrize("victim", ["v1/content/data/b.pdf", "v1/inventory.json", "inventory.json"])
def test_nothing_of_a_damaged_source_becomes_a_copy(made: Made, tmp_path: Path, victim: str):
    store, _root = made
    primary = make_store(tmp_path, "primary")
    put(primary, A, stored_files(tmp_path / "1", TWO))
    damaged = next(path for path in primary.root.rglob(victim) if os.fspath(path).endswith(victim))
    damaged.chmod(0o640)
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    with pytest.raises(DamagedObject):
        store.put_copy(stored_object(primary, A))
    assert not store.has(A)
    assert list(store.places()) == []


def test_of_two_writers_one_wins_and_the_other_is_told(made: Made, tmp_path: Path):
    store, root = made
    put(store, A, stored_files(tmp_path / "0", ONE))
    states = [{**ONE, "by": bytes([number])} for number in range(4)]

    def write(number: int) -> str:
        files = stored_files(tmp_path / f"w{number}", states[number])
        try:
            return put(store, A, files, expected_head="v1").version
        except (ObjectBusy, VersionConflict) as refused:
            return refused.code

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(write, range(4)))
    assert said.count("v2") == 1
    assert state_of(store, A) in states
    assert not list(check_root(root))


def test_what_is_purged_is_gone_with_all_its_versions_and_may_be_purged_again(made: Made, tmp_path: Path):
    store, root = made
    put(store, A, stored_files(tmp_path / "1", ONE))
    put(store, A, stored_files(tmp_path / "2", TWO), expected_head="v1")
    put(store, "urn:uuid:b", stored_files(tmp_path / "3", ONE))
    assert (store.purge(A), store.purge(A), store.has(A)) == (True, False, False)
    assert list(store.objects()) == ["urn:uuid:b"]
    with pytest.raises(NoSuchObject):
        store.folder(A)
    assert not list(check_root(root))
    assert list(store.everything()) == [store.place_of(AipId("urn:uuid:b"))]


def _bytes_below(root: Path) -> dict[str, str]:
    """Every file of a root with its sha512, by its path."""
    found: Callable[[Path], str] = lambda path: digests(path).by_algorithm["sha512"]  # noqa: E731
    return {
        path.relative_to(root).as_posix(): found(path) for path in sorted(root.rglob("*")) if path.is_file()
    }
