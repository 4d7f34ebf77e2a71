"""The catalogue: migrations run once and refuse what is strange; every query is valid; the journal cannot be changed."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from repository import catalogue, jobs, migrate
from repository.config import Settings
from repository.home import Home
from repository.opening import open_catalogue
from repository.queries import queries
from repository.services.postgres import owner_conninfo

# Statements about roles and schemas, and those on tables of their own transaction, which cannot be prepared.
_NOT_PREPARED = (
    "rebuild_",
    "grant_",
    "make_job_schema",
    "use_job_schema",
    "create_migration_table",
    "no_wait_for_disk",
    "evidence_snapshot",
    "report_memory",
    "vacuum_",
)


@pytest.fixture
def opened(kho_home: Home):
    return open_catalogue(Settings.load())


def test_migrations_run_once(kho_home: Home):
    settings = Settings.load()
    owner = owner_conninfo(kho_home, settings)
    assert migrate.migrate(owner, "kho_app") == [m.name for m in migrate.migrations()]
    assert migrate.migrate(owner, "kho_app") == []


def test_an_older_catalogue_upgrades_and_keeps_its_rows(kho_home: Home):
    owner = owner_conninfo(kho_home, Settings.load())
    migrate.migrate(owner, "kho_app", up_to=1)
    with psycopg.connect(owner) as connection:
        connection.execute(
            "insert into batch (id, source, source_bytes, kind, status, report, created_at)"
            " values ('20260101-1', 'x', 'x', 'delivery', 'done', '{\"findings\": [], \"files\": []}', now())"
        )
        connection.execute("insert into agency (code, name) values ('H26', 'H26')")
        connection.execute("insert into fonds (agency, code, name) values ('H26', 'P1', 'P1')")
        connection.execute(
            "insert into aip (id, key, agency, fonds, version, profile, fields, retention, mode, content_digest, documents,"
            " pages, bytes, created_at, stored_at) values ('urn:uuid:1', 'H26/1', 'H26', 'P1', 'v1', 'eark', '{}', '{}', '',"
            " 'abc', 1, 1, 1, now(), now())"
        )
    assert migrate.migrate(owner, "kho_app") == [m.name for m in migrate.migrations()[1:]]
    with catalogue.connect(open_catalogue(Settings.load()).conninfo) as connection:
        batch = catalogue.batch(connection, "20260101-1")
        held = catalogue.value(connection, "version_with_content", aip="urn:uuid:1", digest="abc")
    assert batch is not None
    assert batch.source == "x"
    assert held == "v1"


def test_a_changed_migration_is_refused(kho_home: Home):
    owner = owner_conninfo(kho_home, Settings.load())
    migrate.migrate(owner, "kho_app")
    with psycopg.connect(owner) as connection:
        connection.execute("update schema_migration set digest = 'other'")
    with pytest.raises(migrate.MigrationChanged):
        migrate.migrate(owner, "kho_app")


def test_a_catalogue_of_a_later_kho_is_refused(kho_home: Home):
    owner = owner_conninfo(kho_home, Settings.load())
    migrate.migrate(owner, "kho_app")
    with psycopg.connect(owner) as connection:
        connection.execute("insert into schema_migration (name, digest) values ('9999_later.sql', 'x')")
    with pytest.raises(migrate.CatalogueTooNew):
        migrate.migrate(owner, "kho_app")


def test_every_query_is_valid(opened):
    with opened.connect() as connection:
        for name, text in queries().items():
            if not name.startswith(_NOT_PREPARED):
                connection.execute(f"prepare q_{name} as {_numbered(text.decode())}".encode(), prepare=False)


def _numbered(text: str) -> str:
    names: dict[str, str] = {}
    return re.sub(r"%\((\w+)\)s", lambda m: names.setdefault(m[1], f"${len(names) + 1}"), text)


@pytest.mark.parametrize("statement", ["update event set step = 'x'", "delete from event", "truncate event",
                                       "update publication set basis = 'x'", "delete from publication"])  # fmt: skip
def test_the_application_cannot_change_the_journal(opened, statement: str):
    with opened.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_a_job_belongs_to_the_transaction_and_is_queued_once(opened):
    with opened.connect() as connection:
        with pytest.raises(ZeroDivisionError), connection.transaction():
            jobs.defer(connection, jobs.TAKE_IN, lock="one", batch="b")
            raise ZeroDivisionError
        for _time in range(2):
            with connection.transaction():
                jobs.defer(connection, jobs.TAKE_IN, lock="one", batch="b")
        assert connection.execute("select count(*) from procrastinate_jobs").fetchone() == (1,)


def test_a_lost_database_is_told_in_words():
    with pytest.raises(catalogue.DatabaseLost) as lost:
        catalogue.connect(f"host=/nowhere-{uuid.uuid4()} dbname=kho")
    assert "gọi lại đúng lệnh này" in lost.value.text("vi")


def test_many_commands_at_once_open_a_new_catalogue(kho_home: Home):
    """Each migrates, makes the job engine and grants, or finds that another one has done so."""
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _n: open_catalogue(Settings.load()), range(24)))
    assert {o.home.path for o in opened} == {kho_home.path}
