"""A decided destruction carried out, the index and harvesters' list included, in portions that may be cut off anywhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import psycopg

from access import index
from access.oai.items import refresh
from access.solr import Solr
from preservation.disposal import destroying
from preservation.disposal.destroying import Acting
from repository.disposal_rows import DisposalRow, LineRow
from repository.opening import Opened
from repository.queries import sql

_PORTION: Final = 50  # records between two commits of the index


@dataclass(slots=True)
class Destroyed:
    """What one call came to. `stopped` gives for an AIP the guards that stopped it, `remains` where something of it was
    found after its destruction, `exports` the paths of exports that are no longer what Kho wrote."""

    destroyed: int = 0
    stopped: dict[str, list[str]] = field(default_factory=dict)
    remains: dict[str, list[str]] = field(default_factory=dict)
    exports: list[str] = field(default_factory=list)
    awaiting: dict[str, int] = field(default_factory=dict)
    complete: bool = False


def destroy(
    opened: Opened, solr: Solr, disposal: DisposalRow, acting: Acting,
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> Destroyed:  # fmt: skip
    """Destroy all that was approved and nothing stops. Raises SamePerson, WrongStep; may be called again."""
    result = Destroyed()
    with opened.connect() as connection:
        lines = destroying.may_begin(connection, disposal, acting)
        connection.commit()
        for at in range(0, len(lines), _PORTION):
            _portion(opened, connection, solr, disposal, acting, lines[at : at + _PORTION], result)
            told(min(at + _PORTION, len(lines)), len(lines))
        result.awaiting = destroying.reach_waiting(opened, connection, disposal, acting)
        result.complete = destroying.complete(opened, connection, disposal, acting)
    return result


def _portion(
    opened: Opened, connection: psycopg.Connection, solr: Solr, disposal: DisposalRow, acting: Acting,
    lines: Sequence[LineRow], result: Destroyed,
) -> None:  # fmt: skip
    stopped = destroying.mark(opened, connection, disposal, lines)
    result.stopped |= stopped
    begun = [line for line in lines if line.aip not in stopped]
    for line in begun:
        index.remove_package(solr, line.aip)
    if begun:
        index.commit(solr, purge=True)
    for line in begun:
        purged = destroying.purge(opened, connection, line.aip)
        result.exports += purged.exports_left
        found = [
            *destroying.left_in_storage(opened, connection, line.aip, purged.places),
            *left_in_index(solr, line.aip),
        ]
        if found:
            result.remains[line.aip] = found
            continue
        destroying.entomb(opened, connection, disposal, line, acting, purged)
        refresh(connection, line.aip)
        connection.commit()
        if connection.execute(sql("rows_left_of"), {"id": line.aip, "aip": line.aip}).fetchone() != (0,):
            result.remains[line.aip] = ["catalogue"]
        connection.commit()
        result.destroyed += 1


def left_in_index(solr: Solr, aip: str) -> list[str]:
    """The cores that still find something of a record."""
    body = {"query": "{!term f=aip v=$aip}", "params": {"aip": aip}, "limit": 0}
    cores = (("index:public", solr.public), ("index:all", solr.all))
    return [name for name, core in cores if core.ask(body)["response"]["numFound"]]
