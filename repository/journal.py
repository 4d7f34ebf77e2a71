"""The journal in the catalogue: sealing what was committed, and checking the chain against itself and the rows.

Writers put nothing into it themselves: triggers do, in their own commits (`migrations/0011_journal.sql`, ADR 12).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from repository import catalogue
from repository.queries import sql
from standards.journal import BEGINNING, chained

_AT_ONCE: Final = 5000


def seal(connection: psycopg.Connection) -> int:
    """Chain all that is committed and not chained yet; gives how many entries. Commits."""
    sealed = 0
    while True:
        with connection.transaction():
            made = int(catalogue.value(connection, "journal_seal", most=_AT_ONCE))
        sealed += made
        if made < _AT_ONCE:
            return sealed


def head(connection: psycopg.Connection) -> tuple[int, str]:
    """Position and hash of the last entry; 0 and 64 zeros where there is none."""
    row = connection.execute(sql("journal_head")).fetchone()
    return (int(row[0]), str(row[1])) if row else (0, BEGINNING)


@dataclass(frozen=True, slots=True)
class JournalCheck:
    """What was found: entries chained and waiting, the head; positions `broken` in the chain; entries whose row is gone
    or changed (`lost`), rows without an entry (`strange`)."""

    entries: int
    waiting: int
    head: str
    broken: tuple[int, ...]
    lost: tuple[dict[str, Any], ...]
    strange: tuple[dict[str, Any], ...]

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.broken or self.lost or self.strange)


def check(connection: psycopg.Connection) -> JournalCheck:
    """Follow the whole chain, and compare it with the rows that it tells of."""
    broken = tuple(_broken(connection))
    lost = tuple(catalogue.as_dicts(connection, "journal_lost_rows"))
    strange = tuple(catalogue.as_dicts(connection, "journal_strange_rows"))
    waiting = int(catalogue.value(connection, "journal_waiting"))
    entries, last = head(connection)
    connection.commit()
    return JournalCheck(entries, waiting, last, broken, lost, strange)


def _broken(connection: psycopg.Connection) -> Iterator[int]:
    before, expected = BEGINNING, 1
    for row in catalogue.as_dicts(connection, "journal_records", after=0):
        if row["position"] != expected or row["hash"] != chained(before, row["record"]):
            yield row["position"]
        before, expected = row["hash"], row["position"] + 1
