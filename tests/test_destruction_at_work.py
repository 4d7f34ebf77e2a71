"""What goes wrong while the product is at work: two who take in the same, a database that is lost, a service that fails."""

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from repository import catalogue, locations, s3_client
from repository.config import Settings
from repository.copies import copies_of, note_written
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.packages import AipId
from repository.replicating import replicate
from repository.services.postgres import owner_conninfo
from repository.store import StoreFailed
from repository.store_s3 import S3Store
from standards.errors import KhoError
from standards.ocfl_rules import check_root
from tests.audit_fixtures import hold
from tests.make_delivery import make_delivery
from tests.make_package import Sip, document_fields, make_sip
from tests.ocfl_fixtures import put, stored_files
from tests.running import KHO, kho, kho_here
from tests.s3_server import ROOT_KEYS, Line, faulty_line, make_bucket, s3_service
from tests.test_store_conformance import _bytes_below
from tests.test_store_s3_faults import cut_off, old, refused, sometimes

WORDS = ("--agency", "H26.99.07", "--wait", "--processes", "1", "--json")


def rows(table: str) -> list[dict]:
    lines = [json.loads(line) for line in kho_here("store", "dump").out.splitlines()]
    return [line for line in lines if line["table"] == table]


def sound(home: Home) -> None:
    """The store is whole, has one object for each package, and agrees with the catalogue."""
    assert list(check_root(home.store)) == []
    told = kho_here("store", "reconcile", "--json")
    assert (told.code, told.json["differences"]) == (0, [])
    stored = list(home.store.glob("*/*/*/urn%3auuid*"))
    assert len(stored) == len(rows("aip"))


def test_two_who_take_in_the_same_package_and_its_later_state_make_it_once(kho_home: Home, tmp_path: Path):
    later = Sip(documents={f"160.{i}.pdf": document_fields(i, subject=f"Sửa lần {i}") for i in (1, 2)})
    for number, sip in enumerate((Sip(), later), start=1):
        package = make_sip(tmp_path / str(number), sip, "mot")
        both = [
            subprocess.Popen([*KHO, "ingest", package, *WORDS], stdout=subprocess.PIPE, text=True)
            for _n in range(2)
        ]
        said = [json.loads(each.communicate(timeout=200)[0]) for each in both]
        assert {each.returncode for each in both} <= {0, 3}
        states = sorted(p["status"] for each in said for p in each["packages"])
        assert "stored" in states, said
        assert ([r["version"] for r in rows("aip")], len(rows("aip_version"))) == ([f"v{number}"], number)
    sound(kho_home)


def test_a_database_that_is_lost_in_mid_ingest_loses_and_doubles_nothing(kho_home: Home, tmp_path: Path):
    delivery = make_delivery(tmp_path / "dot", files=4, documents=2)
    owner = owner_conninfo(kho_home, Settings.load())
    open_catalogue(Settings.load())
    process = subprocess.Popen(
        [*KHO, "ingest", delivery, *WORDS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with psycopg.connect(owner, autocommit=True) as connection:
        for _ in range(1500):
            (stored,) = connection.execute("select count(*) from aip").fetchone() or (0,)
            if stored or process.poll() is not None:
                break
            time.sleep(0.05)
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity "
                           "where datname = current_database() and pid <> pg_backend_pid() and usename is not null")  # fmt: skip
    out, err = process.communicate(timeout=200)
    assert "Traceback" not in out + err
    again = kho("ingest", delivery, *WORDS)
    assert again.code == 0, again.err + again.out
    assert len(rows("aip")) == 4
    assert len({row["key"] for row in rows("aip")}) == 4
    sound(kho_home)


@dataclass(frozen=True)
class Lined:
    """A home with a replica in a bucket behind a faulty line; the bucket without it, and its folder."""

    opened: Opened
    ids: list[str]
    line: Line
    direct: S3Store
    root: Path

    def run(self) -> list[dict[str, str]]:
        """Replicate to it; what failed, object by object. Raises what stops all."""
        with self.opened.connect() as connection:
            place = locations.location(connection, "xa")
        return replicate(self.opened, place).failed

    def known(self) -> dict[str, int]:
        """What the catalogue believes to be there, read back."""
        with self.opened.connect() as connection:
            return {id: c.version for id in self.ids for c in copies_of(connection, id)
                    if c.location == "xa" and c.verified_at}  # fmt: skip

    def true(self) -> bool:
        """Whether all that the catalogue believes is really there, byte for byte."""
        for id, version in self.known().items():
            below = self.direct.place_of(AipId(id))
            mine, theirs = (
                _bytes_below(root / below / f"v{version}") for root in (self.root, self.opened.store.root)
            )
            if mine != theirs or not mine or self.direct.head(AipId(id)) != f"v{version}":
                return False
        return True


@pytest.fixture
def lined(kho_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lined]:
    monkeypatch.setattr(s3_client, "_READ", 2)
    monkeypatch.setattr(s3_client, "ATTEMPTS", 2)
    monkeypatch.setenv("KHO_S3_XA_ACCESS_KEY", ROOT_KEYS.access)
    monkeypatch.setenv("KHO_S3_XA_SECRET_KEY", ROOT_KEYS.secret)
    opened = open_catalogue(Settings.load())
    with s3_service(tmp_path / "buckets") as url, faulty_line(url) as (through, line):
        direct = S3Store(make_bucket(url, "replica"), tmp_path / "scratch")
        assert kho_here("store", "add", "xa", f"s3://replica/kho?endpoint={through}").code == 0
        ids = hold(opened, tmp_path, 4)
        yield Lined(opened, ids, line, direct, tmp_path / "buckets" / "replica" / "kho")


def test_a_service_that_only_answers_500_holds_nothing_by_our_account(lined: Lined):
    lined.line.faults.append(refused)
    with pytest.raises(StoreFailed):
        lined.run()
    assert lined.known() == {}
    report = kho_here("audit", "run", "--location", "xa", "--json")
    assert (report.code, report.json["checked"], len(report.json["skipped"])) == (3, 0, 1)
    lined.line.faults.clear()
    assert lined.run() == []
    assert (len(lined.known()), lined.true()) == (4, True)


@pytest.mark.parametrize("every", [2, 3, 5])
def test_a_service_that_breaks_off_now_and_then_holds_what_we_say(lined: Lined, every: int):
    lined.line.faults.append(sometimes(every, cut_off))
    for _try in range(4):
        try:
            lined.run()
        except KhoError:
            continue
        finally:
            assert lined.true()
    lined.line.faults.clear()
    assert lined.run() == []
    assert (len(lined.known()), lined.true()) == (4, True)
    lined.line.faults.append(sometimes(every, cut_off))
    report = kho_here("audit", "run", "--location", "xa", "--json").json
    assert (report["damaged"], report["missing"]) == ([], []), (
        "a line that breaks is no damage: it was not read"
    )
    assert report["checked"] + sum(s.get("objects", 1) for s in report["skipped"]) >= 4


def test_old_answers_never_make_a_copy_or_a_good_check(lined: Lined, tmp_path: Path):
    assert lined.run() == []
    lined.line.faults.append(old)
    assert kho_here("audit", "run", "--location", "xa").code == 0
    put(
        lined.opened.store, AipId(lined.ids[0]), stored_files(tmp_path / "2", {"a": b"2"}), expected_head="v1"
    )
    with lined.opened.connect() as connection:
        note_written(connection, lined.ids[0], "v2", catalogue.now())
        connection.commit()
    lined.run()
    assert lined.known()[lined.ids[0]] == 1, "what was not read back anew is no copy"
    lined.line.faults.clear()
    assert lined.run() == []
    assert (lined.known()[lined.ids[0]], lined.true()) == (2, True)
    lined.line.faults.append(old)
    report = kho_here("audit", "run", "--location", "xa", "--json")
    assert report.code == 3, "an answer from before the new version is no proof of it"
    lined.line.faults.clear()
    assert kho_here("audit", "run", "--location", "xa").code == 0
