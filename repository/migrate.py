"""Brings a catalogue to the present form: numbered SQL files, each run once, in order, by the owner role.

Two commands that start at once do not collide: the whole act holds an advisory lock. A file that was changed after it
had been run is refused, since then nobody knows what the catalogue really looks like.
"""

import hashlib
from dataclasses import dataclass
from importlib import resources

import psycopg
from psycopg import sql as pgsql

from repository.queries import sql
from standards.errors import KhoError

_LOCK = 0x4B486F01  # one number for "this catalogue is being migrated"


class CatalogueTooNew(KhoError):
    """The catalogue was made by a later Kho."""

    code = "catalogue-too-new"
    vi = "Cơ sở dữ liệu đã được một bản Kho mới hơn nâng cấp (bước {number}). Hãy dùng bản Kho đó."
    en = "The catalogue was upgraded by a later Kho (step {number}). Use that version of Kho."


class MigrationChanged(KhoError):
    """A migration that was already run is not the one that this Kho carries."""

    code = "migration-changed"
    vi = "Bước nâng cấp {name} đã chạy không giống bản đi kèm Kho này. Hãy dùng đúng bản phát hành của Kho."
    en = "Migration {name} as it was run differs from the one this Kho carries. Use the matching release of Kho."


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the catalogue's form: its number, file name, text and digest."""

    number: int
    name: str
    text: str

    @property
    def digest(self) -> str:
        """sha256 of the text, by which a changed file is found."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All steps that this Kho carries, in order."""
    folder = resources.files("repository.migrations")
    names = sorted(e.name for e in folder.iterdir() if e.name.endswith(".sql"))
    return [Migration(int(n.split("_")[0]), n, folder.joinpath(n).read_text(encoding="utf-8")) for n in names]


def migrate(owner_conninfo: str, app_role: str, *, up_to: int | None = None) -> list[str]:
    """Run what has not been run yet; returns the names. `up_to` stops early (tests of older catalogues)."""
    with psycopg.connect(owner_conninfo, autocommit=True) as connection:
        connection.execute(sql("lock_migrations"), {"lock": _LOCK})
        connection.execute(sql("create_migration_table"))
        known: dict[str, str] = dict(connection.execute(sql("migrations_done")).fetchall())
        carried = [m for m in migrations() if up_to is None or m.number <= up_to]
        _refuse_strange(known, carried)
        todo = [m for m in carried if m.name not in known]
        for migration in todo:
            _run(connection, migration, app_role)
        return [m.name for m in todo]


def _refuse_strange(known: dict[str, str], carried: list[Migration]) -> None:
    digests = {m.name: m.digest for m in carried}
    for name, digest in known.items():
        if name not in digests:
            raise CatalogueTooNew(number=name)
        if digests[name] != digest:
            raise MigrationChanged(name=name)


def _run(connection: psycopg.Connection, migration: Migration, app_role: str) -> None:
    role = pgsql.Identifier(app_role).as_string(connection)
    with connection.transaction():
        connection.execute(migration.text.replace("{app}", role).encode())
        connection.execute(sql("migration_was_run"), {"name": migration.name, "digest": migration.digest})
