"""A writer is killed at each fault point, or the disk fills there: afterwards the store is whole, or as before."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from repository import faults, store_fs, store_place, store_version
from repository.store import DiskFull, KhoError
from repository.store_fs import FileStore
from standards.ocfl_rules import check_root
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

OF_PURGES = ("store.before-purge", "store.purged")
POINTS = sorted({*store_fs.POINTS, *store_place.POINTS, *store_version.POINTS} - {*OF_PURGES})
ONLY_NEXT = {"store.version-placed", "store.inventory-placed"}
ONLY_FIRST = {"store.after-rename"}
FIRST = {"METS.xml": b"<mets/>", "data/ă.pdf": b"%PDF" * 1000}
SECOND = {"METS.xml": b"<mets>2</mets>", "data/ă.pdf": b"%PDF" * 1000, "data/b.pdf": b"2"}
WRITER = """
import sys
from pathlib import Path
from repository.store_fs import FileStore
from ocfl_fixtures import put, stored_files
folder = Path(sys.argv[1])
options = {"expected_head": "v1"} if sys.argv[2] == "v2" else {}
put(FileStore(folder / "root"), "urn:uuid:0a", stored_files(folder / "files", eval(sys.argv[3])), **options)
"""

PURGER = """
import sys
from pathlib import Path
from repository.store_fs import FileStore
FileStore(Path(sys.argv[1]) / "root").purge("urn:uuid:0a")
"""


def put_first(folder: Path) -> None:
    put(FileStore(folder / "root"), A, stored_files(folder / "one", FIRST))


def put_second(folder: Path) -> None:
    put(FileStore(folder / "root"), A, stored_files(folder / "two", SECOND), expected_head="v1")


def killed_writer(folder: Path, version: str, point: str) -> bool:
    """A writer in a process of its own that is to be killed at a fault point; whether it was."""
    state = repr(FIRST if version == "v1" else SECOND)
    command = [sys.executable, "-c", WRITER, os.fspath(folder), version, state]
    environment = subprocess_environment(KHO_FAULT=f"{point}:kill")
    return subprocess.run(command, env=environment, timeout=60, check=False).returncode == -signal.SIGKILL


def assert_whole(store: FileStore, expected: dict[str, bytes]) -> None:
    assert content(store, A) == expected
    assert not list(check_root(store.root))
    assert ocfl_py_accepts(store.root)
    assert leftovers(store) == []


@pytest.mark.parametrize("point", [point for point in POINTS if point not in ONLY_NEXT])
def test_killed_while_storing_a_new_object(tmp_path: Path, point: str) -> None:
    store = make_store(tmp_path)
    assert killed_writer(tmp_path, "v1", point)
    assert [mended.object_id for mended in store.recover()] == [A]
    assert leftovers(store) == []
    assert not list(check_root(store.root))
    if not store.has(A):
        put_first(tmp_path)
    assert_whole(store, FIRST)
    assert store.recover() == ()


@pytest.mark.parametrize("recover", [True, False])
@pytest.mark.parametrize("point", [point for point in POINTS if point not in ONLY_FIRST])
def test_killed_while_storing_a_new_version(tmp_path: Path, point: str, recover: bool) -> None:
    """With `recover`, or with the same call again and nothing else: one second version, and the first as it was."""
    store = make_store(tmp_path)
    put_first(tmp_path)
    assert killed_writer(tmp_path, "v2", point)
    if recover:
        (mended,) = store.recover()
        actions = {"store.version-placed": "completed-version", "store.inventory-placed": "renewed-sidecar"}
        assert mended.action == actions.get(point, "removed-staging")
        assert not list(check_root(store.root))
        assert content(store, A) in (FIRST, SECOND)
    put_second(tmp_path)
    assert (store.head(A), content(store, A, "v1")) == ("v2", FIRST)
    assert_whole(store, SECOND)


@pytest.mark.parametrize("point", OF_PURGES)
def test_killed_while_purging(tmp_path: Path, point: str) -> None:
    """The object is whole or gone, never half; the same call again ends it."""
    store = make_store(tmp_path)
    put_first(tmp_path)
    command = [sys.executable, "-c", PURGER, os.fspath(tmp_path)]
    environment = subprocess_environment(KHO_FAULT=f"{point}:kill")
    killed = subprocess.run(command, env=environment, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    store.recover()
    assert leftovers(store) == []
    assert not list(check_root(store.root))
    assert store.has(A) is (point == "store.before-purge")
    assert store.purge(A) is (point == "store.before-purge")
    assert (store.has(A), list(check_root(store.root))) == (False, [])


@pytest.mark.parametrize(
    "point", [p for p in POINTS if p not in ONLY_NEXT | ONLY_FIRST | {"store.before-release"}]
)
def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store(tmp_path)
    monkeypatch.setenv(faults.ENVIRONMENT, f"{point}:enospc")
    faults._hits.clear()
    with pytest.raises(DiskFull) as told:
        put_first(tmp_path)
    assert "đã đầy" in told.value.text("vi")
    monkeypatch.delenv(faults.ENVIRONMENT)
    assert not store.has(A)
    assert leftovers(store) == []
    assert not list(check_root(store.root))
    put_first(tmp_path)
    assert_whole(store, FIRST)


def test_a_creation_that_was_cut_short_is_completed(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    (store.root / "0=ocfl_1.1").unlink()
    (store.root / "ocfl_layout.json").rename(store.root / "ocfl_layout.json.new")
    store.create()
    assert not list(check_root(store.root))
    assert not list(store.root.glob("*.new"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = tmp_path / "small"
    folder.mkdir()
    if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"size=2m") != 0:
        pytest.skip(f"tmpfs cannot be mounted here: {os.strerror(ctypes.get_errno())}")
    yield folder
    libc.umount(os.fsencode(folder))


def test_a_really_full_disk(small_disk: Path, tmp_path: Path) -> None:
    store = make_store(small_disk)
    put(store, A, stored_files(tmp_path / "a", FIRST))
    large = stored_files(tmp_path / "b", {f"{n}.pdf": os.urandom(500_000) for n in range(8)})
    with pytest.raises(DiskFull):
        put(store, "urn:uuid:large", large)
    with pytest.raises(DiskFull):
        put(store, A, large, expected_head="v1")
    assert list(store.objects()) == [A]
    assert_whole(store, FIRST)
    assert put(store, "urn:uuid:small", stored_files(tmp_path / "c", {"x": b"1"})).version == "v1"


def test_an_unknown_fault_point_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(faults.ENVIRONMENT, "store.before-rename:kill")
    with pytest.raises(KeyError):
        faults.fault("store.nowhere")
    assert issubclass(DiskFull, KhoError)
