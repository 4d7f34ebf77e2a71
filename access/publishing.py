"""The publication decision: recorded in storage first, then in the catalogue, then the index follows.

Nothing is public before it: what a contractor writes in the column "Chế độ sử dụng" is only a proposal.
"""

import hashlib
import json
import tempfile
import uuid
from pathlib import Path
from typing import Any

import psycopg

from access import index
from access.indexing import index_pending
from access.solr import Solr
from ingest.history import in_hanoi
from repository import catalogue
from repository.packages import AipId, StoredFile
from repository.rows import FondsRow
from repository.store import Author
from repository.store_fs import FileStore
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
    store: FileStore,
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
    _into_storage(store, decision)
    with connection.transaction():
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


def _into_storage(store: FileStore, decision: dict[str, Any]) -> None:
    """A decision is an administrative object of its own, so that storage alone tells what is public."""
    with tempfile.TemporaryDirectory(prefix="kho-decision-") as folder:
        path = Path(folder) / "decision.json"
        data = (json.dumps(decision, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
        path.write_bytes(data)
        digests = {name: hashlib.new(name, data).hexdigest() for name in ("sha256", "sha512")}
        file = StoredFile("decision.json", path, len(data), digests["sha256"], digests["sha512"])
        store.put_new(
            AipId(f"urn:kho:decision:{decision['id']}"), [file], message="Quyết định công bố / publication decision",
            user=Author("kho", "urn:kho:software"), created=decision["decided_at"],
        )  # fmt: skip
