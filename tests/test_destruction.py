"""Disks and clocks that fail while copies are made, proved and put right: nothing lost, nothing doubled, no false "ok".

Writers are killed at every single write that they make, and what they had not put on the disk by then is torn.
"""

import ctypes
import functools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from access import auditing
from preservation.audit import Scope
from repository import catalogue, locations
from repository.config import Settings
from repository.copies import copies_of
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.packages import AipId
from repository.replicating import LocationBusy, replicate
from repository.services.postgres import owner_conninfo
from repository.store import DiskFull, NotAStore, StoreFailed
from repository.store_fs import FileStore
from repository.store_object import stored_object
from standards.errors import KhoError
from standards.ocfl_rules import check_root
from tests.audit_fixtures import hold, home_of
from tests.ocfl_fixtures import A, content, leftovers, make_store, put, stored_files
from tests.running import kho, kho_here
from tests.test_store_conformance import _bytes_below

FIRST = {"METS.xml": b"<mets/>", "data/a.pdf": b"%PDF" * 3000}
SECOND = {"METS.xml": b"<mets>2</mets>", "data/a.pdf": FIRST["data/a.pdf"], "data/b.pdf": b"2" * 9000}
_WRITES = {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.truncate", "os.chmod"}


@dataclass
class Watched:
    """Counts the writes of a child below `folder` and kills it at the `at`-th; notes what was put on the disk."""

    folder: str
    at: int
    log: int
    seen: int = 0
    on_disk: set[str] = field(default_factory=set)

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, _mode, flags = args
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        else:
            path, writes = (args or ("",))[0], event in _WRITES
        if writes and isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self.folder):
            self.seen += 1
            if self.seen == self.at:
                os.kill(os.getpid(), signal.SIGKILL)

    def fsync(self, real: Callable[[int], None], descriptor: int) -> None:
        real(descriptor)
        facts = os.fstat(descriptor)
        os.write(self.log, f"{facts.st_ino}\n".encode())


def killed_at(number: int, folder: Path, work: Callable[[], object]) -> tuple[bool, set[int]]:
    """Do `work` in a child that dies at its `number`-th write below `folder`; whether it died, and the inodes it had synced."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        watched = Watched(os.fspath(folder), number, writing)
        os.fsync = functools.partial(watched.fsync, os.fsync)  # type: ignore[assignment]
        sys.addaudithook(watched.hook)
        try:
            work()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        synced = {int(line) for line in said.read().split()}
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status), synced


def tear(folder: Path, before: set[int], synced: set[int]) -> int:
    """The power goes: of every new file that was not synced only the first half of its bytes is there."""
    torn = 0
    for path in folder.rglob("*"):
        facts = path.lstat()
        if (
            path.is_file()
            and facts.st_ino not in before | synced
            and not path.name.endswith((".lock", "object-id"))
        ):
            path.chmod(0o640)
            os.truncate(path, facts.st_size // 2)
            torn += 1
    return torn


def inodes(folder: Path) -> set[int]:
    return {path.lstat().st_ino for path in folder.rglob("*")}


def put_first(store: FileStore, folder: Path) -> None:
    if not store.has(A):
        put(store, A, stored_files(folder / "one", FIRST))


def put_second(store: FileStore, folder: Path) -> None:
    put(store, A, stored_files(folder / "two", SECOND), expected_head="v1")


@pytest.mark.parametrize("torn", [False, True], ids=["killed", "torn"])
@pytest.mark.parametrize("work", ["new", "version", "copy", "later copy"])
def test_killed_at_every_write_it_makes(tmp_path: Path, work: str, torn: bool):
    """Whatever the number of the write: the store is as before or as after, and the same call again completes it."""
    for number in range(1, 500):
        folder = tmp_path / str(number)
        store, primary = make_store(folder / "t"), make_store(folder / "p")
        put_first(primary, folder / "src")
        if work in ("version", "later copy"):
            put_first(store, folder / "src0")
        if work == "later copy":
            put_second(primary, folder / "src2")
        source = stored_object(primary, A)
        does: dict[str, Callable[[], object]] = {
            "new": lambda f=folder, s=store: put_first(s, f / "src3"),
            "version": lambda f=folder, s=store: put_second(s, f / "src3"),
            "copy": lambda s=store, o=source: s.put_copy(o), "later copy": lambda s=store, o=source: s.put_copy(o),
        }  # fmt: skip
        before = inodes(folder / "t")
        died, synced = killed_at(number, folder / "t", does[work])
        if died and torn:
            tear(folder / "t", before, synced)
        store.recover()
        assert leftovers(store) == []
        assert [f.as_json() for f in check_root(store.root)] == [], number
        if store.has(A):
            assert content(store, A) in (FIRST, SECOND)
        does[work]()
        assert content(store, A) == (SECOND if work in ("version", "later copy") else FIRST)
        assert [f.as_json() for f in check_root(store.root)] == []
        if not died:
            break
    assert number > 15, "there are writes to be killed at"
    assert not died, "it came to the end"


@contextmanager
def mounted(folder: Path, what: bytes, kind: bytes, flags: int, data: bytes) -> Iterator[Path]:
    """A file system of its own at `folder`; the test is skipped where none can be mounted."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder.mkdir()
    if libc.mount(what, os.fsencode(folder), kind, flags, data) != 0:
        pytest.skip(f"nothing can be mounted here: {os.strerror(ctypes.get_errno())}")
    try:
        yield folder
    finally:
        libc.umount2(os.fsencode(folder), 2)


def remount_read_only(folder: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.mount(b"none", os.fsencode(folder), b"tmpfs", 1 | 32, b"") == 0  # MS_RDONLY | MS_REMOUNT


@pytest.fixture
def opened(kho_home: Home) -> Opened:
    return open_catalogue(Settings.load())


def known(opened: Opened, ids: list[str], location: str) -> list[str]:
    """Which of the objects the catalogue believes to have a copy there, and that it was read back."""
    with opened.connect() as connection:
        return [
            id for id in ids for c in copies_of(connection, id) if c.location == location and c.verified_at
        ]


def place(opened: Opened, name: str) -> locations.Location:
    with opened.connect() as connection:
        return locations.location(connection, name)


def add(name: str, root: Path) -> FileStore:
    assert kho_here("store", "add", name, root.as_uri()).code == 0
    return FileStore(root)


def really_there(store: FileStore, opened: Opened, ids: list[str]) -> None:
    """Every byte of every one of these copies is what the primary has."""
    for id in ids:
        below = store.place_of(AipId(id))
        assert _bytes_below(store.root / below) == _bytes_below(opened.store.root / below)


def test_a_disk_that_fills_while_it_is_copied_to_counts_only_what_is_whole(opened: Opened, tmp_path: Path):
    with mounted(tmp_path / "small", b"tmpfs", b"tmpfs", 0, b"size=2m") as disk:
        ids = hold(opened, tmp_path, 12)
        for number, id in enumerate(ids[:8]):
            big = {"data/big": os.urandom(250_000), "n": str(number).encode()}
            put(opened.store, AipId(id), stored_files(tmp_path / f"b{number}", big), expected_head="v1")
            with opened.connect() as connection:
                from repository.copies import note_written

                note_written(connection, id, "v2", catalogue.now())
        store, good = add("nho", disk / "kho"), add("lon", tmp_path / "lon")
        ended = kho_here("store", "replicate", "--json")
        assert ended.code == 3
        assert [(s["location"], s["code"]) for s in ended.json["skipped"]] == [("nho", "disk-full")]
        assert 0 < len(known(opened, ids, "nho")) < 12, "some fitted"
        really_there(store, opened, known(opened, ids, "nho"))
        really_there(good, opened, ids)
        assert list(check_root(store.root)) == []
        behind = {p["name"]: p["behind"] for p in kho_here("status", "--json").json["copies"]["locations"]}
        assert behind["nho"] == 12 - len(known(opened, ids, "nho"))


def test_a_read_only_disk_refuses_in_words_and_can_be_audited(opened: Opened, tmp_path: Path):
    with mounted(tmp_path / "ro", b"tmpfs", b"tmpfs", 0, b"size=20m") as disk:
        ids = hold(opened, tmp_path, 4)
        store = add("dia", disk / "kho")
        replicate(opened, place(opened, "dia"), most=2)
        before = _bytes_below(store.root)
        remount_read_only(disk)
        with pytest.raises(StoreFailed):
            replicate(opened, place(opened, "dia"))
        with pytest.raises(StoreFailed):
            put(store, "urn:uuid:x", stored_files(tmp_path / "x", FIRST))
        assert _bytes_below(store.root) == before
        assert len(known(opened, ids, "dia")) == 2
        report = kho_here("audit", "run", "--location", "dia", "--json")
        assert (report.code, report.json["checked"], report.json["skipped"]) == (0, 2, [])


def test_a_disk_that_vanishes_in_mid_copy_loses_nothing_and_nothing_is_made_in_its_place(
    opened: Opened, tmp_path: Path
):
    (tmp_path / "real").mkdir()
    ids = hold(opened, tmp_path, 12)
    with mounted(tmp_path / "mnt", os.fsencode(tmp_path / "real"), b"", 4096, b"") as disk:  # MS_BIND
        add("dia", disk / "kho")

        def unplug(done: int, _all: int, _figures: object) -> None:
            if done >= 2:
                ctypes.CDLL(None).umount2(os.fsencode(disk), 2)

        with pytest.raises((StoreFailed, NotAStore)):
            replicate(opened, place(opened, "dia"), unplug)
        assert list(disk.iterdir()) == [], "nothing is made where the disk should be"
        counted = known(opened, ids, "dia")
        assert 2 <= len(counted) < 12
        report = kho_here("audit", "run", "--location", "dia", "--json")
        assert (report.code, report.json["checked"], report.json["missing"]) == (3, 0, [])
        assert report.json["skipped"][0]["objects"] == len(counted)
        with pytest.raises(NotAStore):
            replicate(opened, place(opened, "dia"))
    disk.rmdir()
    (tmp_path / "real").rename(disk)
    really_there(FileStore(disk / "kho"), opened, counted)
    assert replicate(opened, place(opened, "dia")).failed == []
    really_there(FileStore(disk / "kho"), opened, ids)
    assert list(check_root(disk / "kho")) == []


def test_two_commands_never_copy_to_one_place_at_once(opened: Opened, tmp_path: Path):
    ids = hold(opened, tmp_path, 6)
    add("dia", tmp_path / "dia")
    busy: list[str] = []

    def second(*_args: object) -> None:
        try:
            replicate(opened, place(opened, "dia"))
        except LocationBusy as problem:
            busy.append(problem.code)

    assert replicate(opened, place(opened, "dia"), second).copied == 6
    assert busy and set(busy) == {"location-busy"}
    really_there(FileStore(tmp_path / "dia"), opened, ids)


def test_a_database_that_is_lost_in_mid_copy_is_told_and_the_same_call_goes_on(
    opened: Opened, tmp_path: Path
):
    ids = hold(opened, tmp_path, 9)
    add("dia", tmp_path / "dia")

    def lose(done: int, _all: int, _figures: object) -> None:
        if done == 4:
            with psycopg.connect(owner_conninfo(opened.home, Settings.load()), autocommit=True) as connection:
                connection.execute("select pg_terminate_backend(pid) from pg_stat_activity "
                                   "where datname = current_database() and pid <> pg_backend_pid()")  # fmt: skip

    with pytest.raises((KhoError, psycopg.OperationalError)):
        replicate(opened, place(opened, "dia"), lose)
    counted = known(opened, ids, "dia")
    assert 3 <= len(counted) < 9
    really_there(FileStore(tmp_path / "dia"), opened, counted)
    assert replicate(opened, place(opened, "dia")).failed == []
    assert len(known(opened, ids, "dia")) == 9
    really_there(FileStore(tmp_path / "dia"), opened, ids)
    assert kho_here("store", "reconcile").code in (0, 3)


def test_a_database_that_is_lost_in_mid_audit_leaves_no_check_that_was_not_made(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ids = hold(opened, tmp_path, 5)
    flipped = home_of(opened, ids[4]) / "v1/content/data/0.txt"
    flipped.chmod(0o640)
    flipped.write_bytes(b"X" + flipped.read_bytes()[1:])
    ended = kho("audit", "run", "--json", env={"KHO_FAULT": "audit.committed:kill@2"})
    assert ended.code == -signal.SIGKILL
    report = kho_here("audit", "run", "--json").json
    assert (report["resumed"], report["checked"], [d["aip"] for d in report["damaged"]]) == (
        True,
        5,
        [ids[4]],
    )


@contextmanager
def clock(shift: timedelta) -> Iterator[None]:
    """The machine's clock is wrong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "now", lambda: datetime.now(UTC) + shift)
        yield


def percent(report: dict[str, Any]) -> int:
    return int(report["promise_percent"])


def run(opened: Opened, scope: Scope | None = None) -> dict[str, Any]:
    return auditing.run(Settings.load(), opened, scope or Scope())


def test_a_clock_that_ran_ahead_makes_no_copy_look_proved_for_years(opened: Opened, tmp_path: Path):
    ids = hold(opened, tmp_path, 3)
    with clock(timedelta(days=4000)):
        assert percent(run(opened)) == 100
    assert percent(kho_here("audit", "report", "--json").json) == 0, (
        "a check of a time to come counts as none"
    )
    due = run(opened, Scope(max_age=timedelta(days=30)))
    assert (due["checked"], percent(due)) == (3, 100)
    assert run(opened, Scope(max_age=timedelta(days=30)))["checked"] == 0
    assert len(ids) == 3


def test_a_clock_that_jumps_back_in_mid_run_ends_the_run_all_the_same(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    hold(opened, tmp_path, 5)
    told = iter(range(10_000))
    monkeypatch.setattr(catalogue, "now", lambda: datetime.now(UTC) - timedelta(hours=next(told)))
    report = run(opened)
    assert (report["checked"], report["skipped"]) == (5, [])
    monkeypatch.undo()
    assert run(opened)["checked"] == 5


def test_versions_of_a_clock_that_ran_back_are_whole_and_in_order(tmp_path: Path):
    store = make_store(tmp_path)
    put(store, A, stored_files(tmp_path / "1", FIRST), created="2030-01-01T00:00:00.000+07:00")
    put(
        store,
        A,
        stored_files(tmp_path / "2", SECOND),
        created="2001-01-01T00:00:00.000+07:00",
        expected_head="v1",
    )
    assert (store.head(A), content(store, A), content(store, A, "v1")) == ("v2", SECOND, FIRST)
    assert list(check_root(store.root)) == []


def test_a_full_disk_at_any_point_of_a_copy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from repository import faults, store_copy, store_place

    primary, store = make_store(tmp_path, "p"), make_store(tmp_path, "t")
    put_first(primary, tmp_path)
    for point in (*store_copy.POINTS, "store.before-rename"):
        assert point in {*store_copy.POINTS, *store_place.POINTS}
        monkeypatch.setenv(faults.ENVIRONMENT, f"{point}:enospc")
        faults._hits.clear()
        with pytest.raises(DiskFull):
            store.put_copy(stored_object(primary, A))
        assert (store.has(A), leftovers(store), list(check_root(store.root))) == (False, [], [])
    monkeypatch.delenv(faults.ENVIRONMENT)
    assert store.put_copy(stored_object(primary, A)) == ["v1"]
