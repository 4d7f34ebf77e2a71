"""The store in a bucket when the service fails it: refusals, broken answers, old answers, a killed writer, a key without rights."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from repository import bucket_writing, faults, s3_client
from repository.packages import AipId
from repository.replicating import read_back
from repository.s3_client import Bucket, Keys, Place
from repository.store import DamagedObject, PurgeForbidden, StoreFailed
from repository.store_fs import FileStore
from repository.store_object import stored_object
from repository.store_s3 import S3Store
from standards.ocfl_rules import check_root
from tests.ocfl_fixtures import A, make_store, put, stored_files, subprocess_environment
from tests.s3_server import ROOT_KEYS, Fault, Line, answer, faulty_line, make_bucket, s3_service
from tests.test_store_conformance import ONE, TWO, _bytes_below

LARGE = os.urandom(3_000_000)


@dataclass(frozen=True)
class Lined:
    """A store behind a faulty line, the same store without the line, its folder, and a primary to copy from."""

    line: Line
    store: S3Store
    direct: S3Store
    root: Path
    primary: FileStore


@pytest.fixture
def lined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lined]:
    monkeypatch.setattr(s3_client, "_READ", 2)
    with s3_service(tmp_path / "buckets") as url, faulty_line(url) as (through, line):
        direct = S3Store(make_bucket(url, "replica"), tmp_path / "scratch")
        direct.create()
        store = S3Store(
            Bucket(Place("replica", "kho/", through, "us-east-1"), ROOT_KEYS), tmp_path / "scratch2"
        )
        primary = make_store(tmp_path, "primary")
        put(primary, A, stored_files(tmp_path / "1", {**ONE, "large": LARGE}))
        yield Lined(line, store, direct, tmp_path / "buckets" / "replica" / "kho", primary)


def sometimes(every: int, fault: Fault) -> Fault:
    """The fault at every so-manieth request."""
    count = iter(range(1, 10**9))
    return lambda *given: next(count) % every == 0 and fault(*given)


def refused(_line: Line, handler: BaseHTTPRequestHandler, _body: bytes) -> bool:
    answer(handler, 500, [], b"<Error><Code>InternalError</Code></Error>")
    return True


def slow(_line: Line, _handler: BaseHTTPRequestHandler, _body: bytes) -> bool:
    """No answer in time; the client has gone when it comes."""
    time.sleep(3)
    return False


def cut_off(line: Line, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
    """Half of the answer, then nothing."""
    status, headers, data = line.forward(handler, body)
    answer(handler, status, headers, data, cut=len(data) // 2)
    return True


def old(line: Line, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
    """A read gives what the first read of it gave, whatever was written since."""
    if handler.command not in ("GET", "HEAD"):
        return False
    key = f"{handler.command} {handler.path}"
    if key not in line.old:
        line.old[key] = line.forward(handler, body)
    answer(handler, *line.old[key])
    return True


def whole(lined: Lined) -> None:
    assert _bytes_below(lined.root) == _bytes_below(lined.primary.root)
    assert list(check_root(lined.root)) == []


@pytest.mark.parametrize("fault", [sometimes(3, refused), sometimes(4, cut_off), sometimes(9, slow)],
                         ids=["500", "cut off", "slow"])  # fmt: skip
def test_a_service_that_stumbles_is_asked_again(lined: Lined, fault: Fault):
    lined.line.faults.append(fault)
    original = stored_object(lined.primary, A)
    assert lined.store.put_copy(original) == ["v1"]
    assert read_back(lined.store, original) > len(LARGE)
    whole(lined)


def test_a_service_that_is_down_is_told_and_what_was_begun_is_no_object(lined: Lined):
    def down_at_inventories(_line: Line, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        return handler.command == "PUT" and "inventory" in handler.path and refused(_line, handler, body)

    lined.line.faults.append(down_at_inventories)
    original = stored_object(lined.primary, A)
    with pytest.raises(StoreFailed):
        lined.store.put_copy(original)
    assert not lined.direct.has(A)
    assert list(lined.direct.places()) == []
    lined.line.faults.clear()
    assert lined.store.put_copy(original) == ["v1"]
    whole(lined)


def test_an_old_answer_never_counts_as_a_copy_that_was_read_back(lined: Lined, tmp_path: Path):
    lined.store.put_copy(stored_object(lined.primary, A))
    lined.line.faults.append(old)
    assert lined.store.head(A) == "v1"
    put(lined.primary, A, stored_files(tmp_path / "2", TWO), expected_head="v1")
    original = stored_object(lined.primary, A)
    lined.direct.put_copy(original)
    with pytest.raises(DamagedObject):
        read_back(lined.store, original)
    lined.line.faults.clear()
    assert read_back(lined.store, original) > 0
    whole(lined)


def test_a_writer_with_an_old_view_is_stopped_by_the_condition(lined: Lined, tmp_path: Path):
    lined.store.put_copy(stored_object(lined.primary, A))
    lined.line.faults.append(old)
    assert lined.store.head(A) == "v1"
    put(lined.direct, A, stored_files(tmp_path / "2", TWO), expected_head="v1")
    before = _bytes_below(lined.root)
    with pytest.raises(Exception) as told:
        put(lined.store, A, stored_files(tmp_path / "3", {"x": b"3"}), expected_head="v1")
    assert told.value.code == "object-busy"  # type: ignore[attr-defined]
    after = _bytes_below(lined.root)
    assert all(
        after[path] == before[path] for path in before if path.endswith(("A/inventory.json", "METS.xml"))
    )
    assert lined.direct.head(A) == "v2"


WRITER = """
import os, sys
from pathlib import Path
from repository.s3_client import Bucket, Keys, Place
from repository.store_fs import FileStore
from repository.store_object import stored_object
from repository.store_s3 import S3Store
from s3_server import ROOT_KEYS
url, folder = sys.argv[1], Path(sys.argv[2])
store = S3Store(Bucket(Place("replica", "kho/", url, "us-east-1"), ROOT_KEYS), folder / "scratch3")
store.put_copy(stored_object(FileStore(folder / "primary"), "urn:uuid:0a"))
"""


@pytest.mark.parametrize("first", [True, False], ids=["new", "next"])
@pytest.mark.parametrize("point", bucket_writing.POINTS)
def test_a_killed_writer_leaves_what_was_there_and_is_completed(
    lined: Lined, tmp_path: Path, point: str, first: bool
):
    if not first:
        lined.direct.put_copy(stored_object(lined.primary, A))
        put(lined.primary, A, stored_files(tmp_path / "2", TWO), expected_head="v1")
    words = [sys.executable, "-c", WRITER, lined.line.target, os.fspath(tmp_path)]
    environment = subprocess_environment(**{faults.ENVIRONMENT: f"{point}:kill"})
    killed = subprocess.run(words, env=environment, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    reached = point in ("s3.root-inventory", "s3.sidecar")
    assert lined.direct.has(A) is (reached or not first)
    if lined.direct.has(A):
        assert lined.direct.head(A) == ("v1" if first or not reached else "v2")
        tree = lined.direct.tree(AipId(A))
        assert all(tree.size(path) >= 0 for path in tree.paths())
    original = stored_object(lined.primary, A)
    lined.direct.put_copy(original)
    assert read_back(lined.direct, original) > 0
    whole(lined)


def test_wrong_keys_are_refused_in_words(lined: Lined, tmp_path: Path):
    place = lined.direct.bucket.place
    stranger = S3Store(Bucket(place, Keys("khotest", "wrong")), tmp_path / "s")
    with pytest.raises(StoreFailed) as told:
        stranger.check()
    assert "wrong" not in told.value.text("en")


def test_large_files_go_up_in_parts(lined: Lined, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(s3_client, "_LARGE", 5 << 20)
    put(lined.primary, "urn:uuid:b", stored_files(tmp_path / "9", {"big": os.urandom(12_000_000)}))
    original = stored_object(lined.primary, "urn:uuid:b")
    lined.store.put_copy(original)
    assert any("partNumber=2" in path for _method, path in lined.line.seen)
    assert read_back(lined.store, original) > 12_000_000


def test_nothing_is_deleted_in_the_bucket_without_credentials_for_it(lined: Lined, tmp_path: Path):
    lined.store.put_copy(stored_object(lined.primary, A))
    put(lined.store, A, stored_files(tmp_path / "2", TWO), expected_head="v1")
    lined.store.recover()
    with pytest.raises(PurgeForbidden):
        lined.store.purge(AipId(A))
    assert {method for method, _path in lined.line.seen} <= {"GET", "PUT", "HEAD", "POST"}
