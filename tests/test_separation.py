"""No account of the product can delete every copy: shown by trying, with everything that each account has."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.packages import AipId
from repository.s3_client import Bucket, Keys
from repository.services import overview
from repository.services.confining import can_confine
from repository.store_s3 import S3Store
from standards.package_tree import read_bytes
from tests.audit_fixtures import hold
from tests.ocfl_fixtures import content, subprocess_environment
from tests.running import kho_here, served
from tests.s3_server import ROOT_KEYS, free_port, make_account, make_bucket, s3_service
from tests.test_store_conformance import _bytes_below

# What somebody could try who has taken the web process over: in its own thread, in another one, in a child.
ATTEMPTS = """
import json, os, shutil, subprocess, sys, threading
import access.serving as serving
from pathlib import Path
from repository.store_fs import FileStore
from standards.errors import KhoError
store, replica, told = Path(sys.argv[2]), Path(sys.argv[3]), {}

def tries(where, name):
    file = next(where.rglob("*.txt"))
    def overwrite(): file.chmod(0o640); open(file, "r+b").write(b"X")
    def shorten(): os.truncate(file, 1)
    for what, attempt in {
        "overwrite": overwrite, "shorten": shorten, "remove": file.unlink, "tree": lambda: shutil.rmtree(where),
        "rename": lambda: file.rename(file.with_name("x")), "make": lambda: (where / "new").write_text("x"),
        "link": lambda: os.link(file, where / "l"), "folder": lambda: (where / "f").mkdir(),
        "move the root": lambda: where.rename(where.with_name("gone")),
    }.items():
        try:
            attempt()
            told[f"{name} {what}"] = "done"
        except OSError as refused:
            told[f"{name} {what}"] = refused.errno

def instead(_server, _listening):
    for where, name in ((store, "store"), (replica, "replica")):
        tries(where, name)
    thread = threading.Thread(target=tries, args=(store, "thread")); thread.start(); thread.join()
    ended = subprocess.run(["rm", "-rf", str(store)], capture_output=True)
    told["child rm -rf"] = "done" if ended.returncode == 0 else 13
    try:
        FileStore(replica).purge(sys.argv[4])
        told["purge"] = "done"
    except KhoError as refused:
        told["purge"] = refused.code
    print(json.dumps(told))

serving._run = instead
from access.cli import run
run(["serve", "--port", sys.argv[1]])
"""


@pytest.fixture
def opened(kho_home: Home) -> Opened:
    return open_catalogue(Settings.load())


@pytest.mark.skipif(not can_confine(), reason="this kernel has no Landlock")
def test_whoever_takes_the_web_process_over_reaches_no_replica_and_no_secret(opened: Opened, tmp_path: Path):
    (id, _other) = hold(opened, tmp_path, 2)
    replica = tmp_path / "dia2"
    assert kho_here("store", "add", "dia2", replica.as_uri()).code == 0
    assert kho_here("store", "replicate").code == 0
    (opened.home.path / "secrets" / "a.txt").write_text("x")
    before = _bytes_below(replica)
    words = [
        sys.executable,
        "-c",
        ATTEMPTS,
        str(free_port()),
        os.fspath(opened.home.path / "secrets"),
        os.fspath(replica),
        id,
    ]
    done = subprocess.run(words, env=subprocess_environment(), capture_output=True, timeout=120, check=False)
    told = json.loads(done.stdout.splitlines()[-1])
    assert len(told) == 29
    assert told.pop("purge") == "purge-forbidden", "a destruction at the desk leaves it waiting"
    assert set(told.values()) <= {1, 13, 18}, {k: v for k, v in told.items() if v == "done"}
    assert _bytes_below(replica) == before
    assert sorted(
        p.name for p in (opened.home.path / "secrets").iterdir() if p.name in ("a.txt", "new", "l", "f")
    ) == ["a.txt"]


ALLOWED = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:AbortMultipartUpload", "s3:ListBucketMultipartUploads",
           "s3:GetBucketVersioning"]  # fmt: skip
KEYS = Keys("khocopies", "khocopies-secret")


@dataclass(frozen=True)
class Apart:
    """A home with a replica in a bucket whose key may not delete; the bucket as its owner has it."""

    opened: Opened
    ids: list[str]
    owner: Bucket


@pytest.fixture
def apart(opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apart]:
    with s3_service(tmp_path / "buckets", accounts=True) as url:
        owner = make_bucket(url, "replica")
        owner._client().put_bucket_versioning(Bucket="replica", VersioningConfiguration={"Status": "Enabled"})
        make_account(url, KEYS)
        statement = {"Effect": "Allow", "Principal": KEYS.access, "Action": ALLOWED,
                     "Resource": ["arn:aws:s3:::replica", "arn:aws:s3:::replica/*"]}  # fmt: skip
        owner._client().put_bucket_policy(Bucket="replica", Policy=json.dumps({"Statement": [statement]}))
        monkeypatch.setenv("KHO_S3_XA_ACCESS_KEY", KEYS.access)
        monkeypatch.setenv("KHO_S3_XA_SECRET_KEY", KEYS.secret)
        ids = hold(opened, tmp_path, 2)
        added = kho_here("store", "add", "xa", f"s3://replica/kho?endpoint={url}")
        assert added.code == 0, added.err
        assert kho_here("store", "replicate").code == 0
        yield Apart(opened, ids, owner)


def test_one_who_has_all_that_the_product_has_leaves_a_copy_behind(apart: Apart, tmp_path: Path):
    """Every file that this account reaches is gone, and its key to the bucket has done its worst: the records are there."""
    told = kho_here("store", "separation", "--json")
    assert (told.code, told.json["holds"]) == (0, True)
    assert [(e["location"], e["apart"], e["reason"]) for e in told.json["locations"]] == [
        ("primary", False, "writable"), ("xa", True, "no-right-to-delete")]  # fmt: skip
    records = {id: content(apart.opened.store, AipId(id)) for id in apart.ids}
    with apart.opened.connect() as connection:
        store = apart.opened.location(connection, "xa")
    assert isinstance(store, S3Store)
    names = [name for name, _size in store.bucket.names()]
    shutil.rmtree(apart.opened.store.root)
    for name in names:
        with pytest.raises(PermissionError):
            store.bucket.remove(name)
        with contextlib.suppress(OSError):
            store.bucket.put(name, b"ransom")
    with pytest.raises(OSError):
        store.bucket.remove_below("")
    client = apart.owner._client()
    for name in names:
        found = client.list_object_versions(Bucket="replica", Prefix=f"kho/{name}")
        first = [v for v in found["Versions"] if v["Key"] == f"kho/{name}"][-1]
        client.copy_object(Bucket="replica", Key=f"kho/{name}",
                           CopySource={"Bucket": "replica", "Key": f"kho/{name}", "VersionId": first["VersionId"]})  # fmt: skip
    back = S3Store(apart.owner, tmp_path / "scratch")
    assert {
        id: {p: read_bytes(back.tree(AipId(id)), p) for p in back.tree(AipId(id)).paths()} for id in apart.ids
    } == records


def test_where_one_account_reaches_every_copy_it_is_said(
    apart: Apart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    apart.owner._client().put_bucket_versioning(
        Bucket="replica", VersioningConfiguration={"Status": "Suspended"}
    )
    told = kho_here("store", "separation", "--json")
    assert (told.code, told.json["holds"], told.json["locations"][1]["reason"]) == (3, False, "overwrites")
    monkeypatch.setenv("KHO_S3_XA_ACCESS_KEY", ROOT_KEYS.access)
    monkeypatch.setenv("KHO_S3_XA_SECRET_KEY", ROOT_KEYS.secret)
    assert kho_here("store", "separation", "--json").json["locations"][1]["reason"] == "may-delete"
    assert kho_here("store", "add", "bo1", (tmp_path / "bo1").as_uri(), "--offline").code == 0
    assert kho_here("store", "offline", "away", "bo1", "--label", "Hộp 1").code == 0
    told = kho_here("store", "separation", "--json").json
    assert (told["holds"], told["locations"][2]["apart"]) == (False, True), (
        "it is out of reach, and holds nothing"
    )
    kho_here("store", "offline", "return", "bo1")
    kho_here("store", "replicate", "--to", "bo1")
    kho_here("store", "offline", "away", "bo1", "--label", "Hộp 1")
    assert kho_here("store", "separation", "--json").json["holds"] is True


def test_a_portal_that_is_opened_when_nothing_runs_starts_what_it_needs(
    own_settings: pytest.MonkeyPatch, tmp_path: Path
):
    """On services of its own, which it has to start before it gives up the right to."""
    own_settings.setenv("KHO_HOME", str(tmp_path / "home"))
    opened = open_catalogue(Settings.load())
    overview.stop(opened.home)
    port = free_port()
    process = served(port, "serve")
    try:
        for path in ("/", "/oai?verb=Identify"):
            assert urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20).status == 200
    finally:
        process.terminate()
        assert process.wait(timeout=60) == 0
        overview.stop(opened.home)
