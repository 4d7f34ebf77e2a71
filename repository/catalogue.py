"""The catalogue in PostgreSQL: functions take the connection first, and the caller owns the transaction."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from repository import rows
from repository.queries import sql
from standards.errors import KhoError

Row = TypeVar("Row")


class DatabaseLost(KhoError):
    """The database does not answer, or the connection broke."""

    code = "database-lost"
    vi = (
        "Mất kết nối tới cơ sở dữ liệu ({reason}). Việc đã làm xong được giữ nguyên; khi cơ sở dữ liệu chạy lại, "
        "hãy gọi lại đúng lệnh này để làm tiếp."
    )
    en = (
        "The connection to the database was lost ({reason}). What was done is kept; when the database runs again, "
        "call the same command to go on."
    )


def lost(error: BaseException) -> DatabaseLost:
    """What to raise for an error of the driver that means so: the first line of its words is the reason."""
    return DatabaseLost(reason=(str(error).strip().splitlines() or [type(error).__name__])[0])


def connect(conninfo: str, *, autocommit: bool = False) -> psycopg.Connection:
    """A connection of the application role. Raises DatabaseLost."""
    try:
        return psycopg.connect(
            with_search_path(conninfo), autocommit=autocommit, connect_timeout=10, application_name="kho"
        )
    except psycopg.OperationalError as error:
        raise lost(error) from error


def with_search_path(conninfo: str) -> str:
    """The conninfo with the catalogue's schemas: its own, and the job engine's."""
    return make_conninfo(conninfo, options="-c search_path=public,kho_jobs")


def one(connection: psycopg.Connection, type_: type[Row], query: str, **values: Any) -> Row | None:
    """The first row of a named query as `type_`, or None."""
    with connection.cursor(row_factory=class_row(type_)) as cursor:
        return cursor.execute(sql(query), values).fetchone()


def many(connection: psycopg.Connection, type_: type[Row], query: str, **values: Any) -> list[Row]:
    """All rows of a named query as `type_`."""
    with connection.cursor(row_factory=class_row(type_)) as cursor:
        return cursor.execute(sql(query), values).fetchall()


def value(connection: psycopg.Connection, query: str, **values: Any) -> Any:
    """The first column of the first row of a named query, or None."""
    row = connection.execute(sql(query), _ready(values)).fetchone()
    return row[0] if row else None


def do(connection: psycopg.Connection, query: str, **values: Any) -> int:
    """Run a named statement; the number of rows it touched. Mappings and lists are stored as JSON."""
    return connection.execute(sql(query), _ready(values)).rowcount


def do_many(connection: psycopg.Connection, query: str, values: Iterable[Mapping[str, Any]]) -> None:
    """Run a named statement once for each set of values, in one go to the server."""
    with connection.cursor() as cursor:
        cursor.executemany(sql(query), map(_ready, values))


def _ready(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Jsonb(v) if isinstance(v, dict | list) else v for name, v in values.items()}


def package(connection: psycopg.Connection, package_id: int) -> rows.PackageRow | None:
    """A package on its way in, or None."""
    return one(connection, rows.PackageRow, "package", id=package_id)


def batch(connection: psycopg.Connection, batch_id: str) -> rows.BatchRow | None:
    """A batch by its id, or None."""
    return one(connection, rows.BatchRow, "batch", id=batch_id)


def aip(connection: psycopg.Connection, aip_id: str) -> rows.AipRow | None:
    """A held AIP by its id (`urn:uuid:...`), or None."""
    return one(connection, rows.AipRow, "aip", id=aip_id)


def aips(connection: psycopg.Connection) -> Iterator[rows.AipRow]:
    """Every held AIP in the order of keys, read as a stream."""
    with connection.cursor(name="aips", row_factory=class_row(rows.AipRow)) as cursor:
        yield from cursor.execute(sql("aips"))


def documents(connection: psycopg.Connection, aip_id: str) -> list[rows.DocumentRow]:
    """The documents of an AIP in order."""
    return many(connection, rows.DocumentRow, "documents_of_aip", aip=aip_id)


def page_texts(connection: psycopg.Connection, aip_id: str) -> dict[int, tuple[str, ...]]:
    """The page texts of each document of an AIP, by its order; pages in order."""
    found: dict[int, list[str]] = {}
    for ordinal, _page, text in connection.execute(sql("page_texts_of_aip"), {"aip": aip_id}):
        found.setdefault(ordinal, []).append(text)
    return {ordinal: tuple(texts) for ordinal, texts in found.items()}


def as_dicts(connection: psycopg.Connection, query: str, **values: Any) -> Iterator[dict[str, Any]]:
    """A named query as a stream of plain mappings (dumps and reports)."""
    with connection.cursor(name=f"stream_{query}", row_factory=dict_row) as cursor:
        yield from cursor.execute(sql(query), values)


def now() -> datetime:
    """The present time, aware, in UTC, whole milliseconds (what PREMIS and the catalogue both keep)."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
