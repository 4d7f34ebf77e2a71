"""The publication decision: recorded in storage first, then in the catalogue, then the index follows.

Nothing is public before it: what a contractor writes in the column "Chế độ sử dụng" is only a proposal.
"""

import uuid
from typing import Any

import psycopg

from access import index
from access.indexing import index_pending
from access.solr import Solr
from ingest.history import in_hanoi
from repository import catalogue
from repository.administrative import PUBLICATION, as_json, put_record
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
    time, decision_id = catalogue.now(), uuid.uuid4()
    decision = {
        "schema": 1, "decision": "publication", "id": str(decision_id), "agency": chosen.agency,
        "fonds": chosen.code, "basis": basis, "decided_by": by, "decided_at": in_hanoi(time),
    }  # fmt: skip
    with connection.transaction():
        put_record(connection, store, f"{PUBLICATION}{decision_id}", {"decision.json": as_json(decision)},
                   message="Quyết định công bố / publication decision", created=in_hanoi(time))  # fmt: skip
        catalogue.do(connection, "new_publication", id=decision_id, agency=chosen.agency,
                     fonds=chosen.code, basis=basis, decided_by=by, decided_at=time)  # fmt: skip
        touched = catalogue.do(connection, "aip_needs_index", agency=chosen.agency, fonds=chosen.code)
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
