"""The bodies that make records: a change to one is an administrative object before it is a row."""

from typing import Any, Final
from urllib.parse import quote

import psycopg

from repository import catalogue
from repository.administrative import PREFIX, as_json, put_record
from repository.rows import AgencyRow
from repository.store import Store

AGENCY: Final = f"{PREFIX}agency:"
RECORD: Final = "agency.json"


def record_agency(
    connection: psycopg.Connection,
    store: Store,
    code: str,
    *,
    name: str,
    block: str | None = None,
    level: str | None = None,
) -> None:
    """Make a body known, or change what is known of it; a name that is only the code says nothing.

    The caller owns the transaction; inside it the row is locked, so that two changes follow one another.
    """
    before = catalogue.one(connection, AgencyRow, "agency", code=code)
    catalogue.do(connection, "upsert_agency", code=code, name=name, block=block, level=level)
    after = catalogue.one(connection, AgencyRow, "agency", code=code)
    if after is None or after == before:
        return
    put_record(
        connection, store, AGENCY + quote(code, safe=""), {RECORD: as_json(_told(after))},
        message="Cơ quan / body", created=catalogue.now().isoformat(timespec="milliseconds"),
    )  # fmt: skip


def _told(row: AgencyRow) -> dict[str, Any]:
    return {"schema": 1, "code": row.code, "name": row.name, "block": row.block, "level": row.level}
