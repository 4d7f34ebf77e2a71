"""Opening a home: its database runs and has the present form. Every command that needs the catalogue begins here."""

from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

from repository import catalogue, jobs, locations, migrate
from repository.config import Settings
from repository.home import Home, open_home, require_space
from repository.services.postgres import ensure_postgres, owner_conninfo
from repository.store import Store
from repository.store_fs import FileStore


@dataclass(frozen=True, slots=True)
class Opened:
    """A home whose catalogue is up: `conninfo` is the application role's."""

    settings: Settings
    home: Home
    conninfo: str
    store: FileStore

    def connect(self) -> psycopg.Connection:
        """A new connection of the application role."""
        return catalogue.connect(self.conninfo)

    def location(self, connection: psycopg.Connection, name: str) -> Store:
        """The store of the location `name`, looked at. Raises NoSuchLocation and what `open_location` raises."""
        return locations.open_location(self.home, locations.location(connection, name))


def open_catalogue(settings: Settings, *, create: bool = True, writing: bool = False) -> Opened:
    """Find or start what the home needs; migrate the catalogue; make the storage root where it is missing.

    Raises what `open_home`, `ensure_postgres`, `migrate` and `FileStore.create` raise.
    """
    home = open_home(settings.home, create=create)
    if writing:
        require_space(home.path, settings.min_free)
    conninfo = ensure_postgres(home, settings)
    _bring_up_to_date(home, settings, conninfo)
    store = FileStore(home.store)
    with home.lock("make-store"):
        store.create()
    with catalogue.connect(conninfo) as connection:
        catalogue.do(connection, "primary_moved", url=home.store.as_uri())
    return Opened(settings, home, conninfo, store)


def _bring_up_to_date(home: Home, settings: Settings, conninfo: str) -> None:
    owner = owner_conninfo(home, settings)
    role = str(conninfo_to_dict(conninfo).get("user") or _user_of(conninfo))
    try:
        migrate.migrate(owner, role)
        jobs.install(owner, role)
    except psycopg.OperationalError as error:
        raise catalogue.lost(error) from error


def _user_of(conninfo: str) -> str:
    with catalogue.connect(conninfo) as connection:
        return str(connection.info.user)
