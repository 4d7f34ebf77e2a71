"""The publication decision: recorded in storage first, then in the catalogue, then the index follows.

Nothing is public before it: what a contractor writes in the column "Chế độ sử dụng" is only a proposal.
"""

from typing import Any

import psycopg

from access import index
from access.indexing import index_pending
from access.solr import Solr
from repository import catalogue
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.rows import FondsRow
from repository.store import Store
from standards.errors import KhoError
from standards.vietnamese import fold


class NoSuchFonds(KhoError):
    """No fonds has this code or name."""

    code = "no-such-fonds"
    vi = "Kho không giữ phông nào tên hoặc mã “{fonds}”. Các phông đang có: {known}"
    en = "No fonds has the code or name “{fonds}”. Held are: {known}"


class ManyFonds(KhoError):
    """Several bodies have a fonds of this name."""

    code = "many-fonds"
    vi = "Có nhiều phông “{fonds}”; hãy thêm --agency, một trong: {agencies}"
    en = "There are several fonds “{fonds}”; add --agency, one of: {agencies}"


def publish(
    connection: psycopg.Connection,
    store: Store,
    solr: Solr,
    *,
    fonds: str,
    agency: str | None,
    basis: str,
    by: str,
) -> dict[str, Any]:
    """Record that a fonds may be seen, and open it. Raises NoSuchFonds, ManyFonds."""
    chosen = _chosen(connection, fonds, agency)
    with deciding(connection, store) as record:
        decision = new_decision("publication", by=by, basis=basis, agency=chosen.agency, fonds=chosen.code)
        record(decision)
    touched = catalogue.value(connection, "count_of_fonds", agency=chosen.agency, fonds=chosen.code)
    index_pending(connection, solr)
    index.commit(solr)
    return {
        "id": decision["id"],
        "agency": chosen.agency,
        "fonds": chosen.code,
        "basis": basis,
        "aips": touched,
    }


def _chosen(connection: psycopg.Connection, fonds: str, agency: str | None) -> FondsRow:
    held = catalogue.many(connection, FondsRow, "fonds_all")
    connection.commit()
    wanted = fold(fonds)
    found = [f for f in held if wanted in (fold(f.code), fold(f.name)) and agency in (None, f.agency)]
    if not found:
        raise NoSuchFonds(fonds=fonds, known=", ".join(f"{f.code} ({f.agency})" for f in held) or "—")
    if len(found) > 1:
        raise ManyFonds(fonds=fonds, agencies=", ".join(f.agency for f in found))
    return found[0]
