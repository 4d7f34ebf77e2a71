"""Fixtures for every test: the samples, and homes with a real PostgreSQL and Solr."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from repository.config import CHECKOUT, Settings
from repository.home import Home, open_home
from repository.services import overview, postgres, solr
from repository.services.solr_address import SolrAddress, create_cores, remove_cores

SETTINGS = (
    "KHO_HOME", "KHO_DATABASE_URL", "KHO_DATABASE_OWNER_URL", "KHO_SOLR_URL", "KHO_SOLR_PREFIX", "KHO_LANG", "KHO_DEBUG",
)  # fmt: skip
CONFIGSET = CHECKOUT / "access" / "solr_configset"


@dataclass(frozen=True, slots=True)
class SharedServices:
    """One embedded PostgreSQL and Solr for the whole session."""

    home: Home
    address: SolrAddress

    def database(self, name: str, role: str) -> str:
        """Conninfo of a database of the shared server, as kho_app or kho_owner."""
        return make_conninfo(postgres._conninfo(self.home, role), dbname=name)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The shared sample deliveries and packages."""
    folder = Path(os.environ.get("KHO_SAMPLES") or CHECKOUT.parent / "shared" / "samples")
    if not folder.is_dir():
        pytest.skip(f"no samples in {folder} (KHO_SAMPLES)")
    return folder


@pytest.fixture
def own_settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any setting of Kho, so that a test decides alone."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture(scope="session")
def services_home() -> Iterator[SharedServices]:
    """A home whose services are started once for the session and stopped at its end."""
    folder = Path(
        tempfile.mkdtemp(prefix="kho-tests-", dir="/tmp")
    )  # short: commands share its socket by name
    home = open_home(folder / "home")
    settings = Settings.load(home.path, {"KHO_LIB": os.environ.get("KHO_LIB", "")})
    try:
        postgres.ensure_postgres(home, settings)
        yield SharedServices(home, solr.ensure_solr(home, CONFIGSET, settings))
    finally:
        overview.stop(home)
        shutil.rmtree(folder)


@pytest.fixture
def kho_home(
    services_home: SharedServices, own_settings: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Home]:
    """A fresh home with a fresh database and fresh cores of the shared services, named by the environment."""
    with fresh_home(services_home, own_settings, tmp_path / "home") as home:
        yield home


@pytest.fixture(scope="module")
def kho_home_of_module(
    services_home: SharedServices, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    """The same, once for all tests of a module that only look at what one command did."""
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        with fresh_home(services_home, patch, tmp_path_factory.mktemp("home") / "home") as home:
            yield home


@contextmanager
def fresh_home(services: SharedServices, patch: pytest.MonkeyPatch, folder: Path) -> Iterator[Home]:
    """A home in `folder` on the shared services, named by the environment."""
    name = f"t{uuid.uuid4().hex[:12]}"
    prefix = f"{name}_"
    _change_databases(services, "create database {}", name)
    patch.setenv("KHO_HOME", str(folder))
    patch.setenv("KHO_DATABASE_URL", services.database(name, "kho_app"))
    patch.setenv("KHO_DATABASE_OWNER_URL", services.database(name, "kho_owner"))
    patch.setenv("KHO_SOLR_URL", services.address.secret_url)
    patch.setenv("KHO_SOLR_PREFIX", prefix)
    address = SolrAddress(services.address.url, services.address.user, services.address.password, prefix)
    create_cores(address)
    home = open_home(folder)
    try:
        yield home
    finally:
        overview.stop(home)
        remove_cores(address)
        _drop_database(services, name)


def _change_databases(services: SharedServices, statement: str, name: str) -> None:
    with psycopg.connect(services.database("kho", "kho_owner"), autocommit=True) as conn:
        conn.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _drop_database(services: SharedServices, name: str) -> None:
    """End the sessions of its users, then drop it.

    Not `with (force)`: that fails where an autovacuum worker is at the database, which no role of Kho may end; a plain
    drop asks the worker to leave, and waits for it.
    """
    with psycopg.connect(services.database("kho", "kho_owner"), autocommit=True) as conn:
        conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and usename is not null",
            [name],
        )
    _change_databases(services, "drop database {}", name)
