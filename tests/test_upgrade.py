"""An archive that an older Kho filled: its catalogue is brought up to date, its packages are whole, both tell the same.

`tests/golden/` has the store and the database (`pg_dump`, PostgreSQL 15) of a home that the first Kho filled on 2026-11-24: one
delivery of three hồ sơ, one fonds published.
"""

import json
import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from repository.config import Settings
from repository.home import Home
from repository.services.postgres import owner_conninfo
from repository.verify import verify
from tests.ocfl_fixtures import ocfl_py_accepts
from tests.running import kho, kho_here

GOLDEN = Path(__file__).parent / "golden"
PROGRAMS = "/usr/lib/postgresql/15/bin"
_OF_PACKAGES = ("agency", "fonds", "aip", "aip_version", "document", "file")


def rows(*tables: str) -> list[dict[str, Any]]:
    dumped = kho_here("store", "dump")
    assert dumped.code == 0, dumped.err
    found = map(json.loads, dumped.out.splitlines())
    return [row for row in found if not tables or row["table"] in tables]


def old_store(home: Home) -> None:
    """The store as it was, in the place of the home's."""
    with tarfile.open(GOLDEN / "store-2026-11-24.tar.xz") as packed:
        packed.extractall(home.path, filter="data")


def old_catalogue(home: Home) -> None:
    """The database as it was, loaded as its owner."""
    psql = next((p for p in (Path(PROGRAMS) / "psql", Path("/usr/bin/psql")) if p.exists()), None)
    if psql is None:
        pytest.skip("no psql (postgresql-client)")
    words = [psql, "-q", "-v", "ON_ERROR_STOP=1", "-d", owner_conninfo(home, Settings.load()),
             "-f", GOLDEN / "catalogue-2026-11-24.sql"]  # fmt: skip
    ended = subprocess.run(
        words, capture_output=True, text=True, check=False, env={**os.environ, "PGOPTIONS": ""}
    )
    assert ended.returncode == 0, ended.stderr


@pytest.fixture
def old_home(kho_home: Home) -> Home:
    old_store(kho_home)
    old_catalogue(kho_home)
    return kho_home


def test_an_old_catalogue_is_brought_up_to_date_with_all_its_rows(old_home: Home):
    with psycopg.connect(owner_conninfo(old_home, Settings.load())) as connection:
        before = {
            table: connection.execute(f"select count(*) from {table}".encode()).fetchone()  # type: ignore[misc]
            for table in ("aip", "document", "file", "event", "package", "publication")
        }
    counts: dict[str, int] = {}
    for row in rows():
        counts[row["table"]] = counts.get(row["table"], 0) + 1
    assert {table: (counts.get(table, 0),) for table in before} == before
    assert counts["aip_version"] == counts["aip"] == 3
    assert counts["decision"] == 1  # the publication, as a decision


def test_what_it_tells_is_what_its_storage_tells(old_home: Home):
    """The rows of the old database, brought up to date, and those that a rebuild makes of the old packages."""
    upgraded = rows(*_OF_PACKAGES)
    assert kho("store", "rebuild", "--replace", "--json").code == 0
    rebuilt = rows(*_OF_PACKAGES)
    assert _but_for_the_account(rebuilt) == _but_for_the_account(upgraded)


def _but_for_the_account(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first Kho kept no account of a batch in storage: what was found at taking in is in PREMIS with fewer words, when a
    package was stored is told by its version, and the digest of what was delivered was in the database alone (without it the same
    delivery again is a conflict for a person)."""
    left_out = {"findings", "stored_at", "content_digest"}
    of_the_sheet = {
        "facts",
        "mime",
        "puid",
        "original_name",
    }  # the rows as received had no format in the first catalogue
    return [{n: v for n, v in row.items() if n not in (left_out | of_the_sheet if row.get("role") == "submission" else left_out)}
            for row in found]  # fmt: skip


def test_old_packages_are_whole_for_every_judge_and_for_the_audit(old_home: Home):
    report = verify(old_home.store)
    assert [f.as_json() for f in report.findings if f.level.value == "MUST"] == []
    assert ocfl_py_accepts(old_home.store)
    audited = kho("audit", "run", "--json")
    assert audited.code == 0, audited.out
    assert audited.json["checked"] >= 3 and audited.json["promise_percent"] == 100


@pytest.mark.parametrize("act", [
    lambda aip, _folder: kho("aip", "describe", aip, "keyword=mới", "--reason", "bổ sung", "--json"),
    lambda aip, folder: kho("aip", "export", aip, folder, "--format", "bag", "--json"),
    lambda aip, folder: kho("aip", "export", aip, folder, "--format", "eark", "--json"),
    lambda _aip, _folder: kho("journal", "verify", "--json"),
    lambda _aip, _folder: kho("index", "rebuild", "--json"),
    lambda _aip, _folder: kho("store", "reconcile", "--json"),
], ids=["describe", "bag", "eark", "journal", "index", "reconcile"])  # fmt: skip
def test_an_old_archive_is_worked_with(old_home: Home, tmp_path: Path, act: Callable[[str, Path], Any]):
    aip = rows("aip")[0]["id"]
    ended = act(aip, tmp_path / "ra")
    assert ended.code == 0, ended.out + ended.err
    report = verify(old_home.store)
    assert [f.as_json() for f in report.findings if f.level.value == "MUST"] == []
