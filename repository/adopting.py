"""The rows of a whole package that the catalogue does not know, or knows in an older version, made from the stored object.

What is written is what a rebuild would write of it (`repository.holding`); bytes that are not what the inventory says make
no row.
"""

from collections.abc import Mapping
from typing import Any

import psycopg

from repository import catalogue
from repository.accounts import BATCH, PACKAGES
from repository.agencies import record_agency
from repository.copies import note_written
from repository.holding import Holding, read_holding
from repository.packages import AipId
from repository.queries import sql
from repository.rebuild_reading import Sound, event_row, records
from repository.store import Store
from standards.errors import KhoError
from standards.findings import finding_as_record


class SameKey(KhoError):
    """Another package of the catalogue has the same agency and file code."""

    code = "same-key"
    vi = "Gói {aip} có cùng cơ quan và mã hồ sơ ({key}) với một gói khác đang có trong danh mục."
    en = "The package {aip} has the same agency and file code ({key}) as another one in the catalogue."


def adopt(connection: psycopg.Connection, store: Store, id: AipId) -> None:
    """Write the rows of every version that is not known; the newest decides. One transaction.

    Raises SameKey, NotOurAip, FileNotInPackage, OSError.
    """
    tree = store.tree(id)
    blocks = {block.name: block.created for block in tree.versions()}
    holdings = {name: read_holding(Sound(store.tree(id, name)), name) for name in blocks}
    head, told = holdings[tree.version], _accounts(connection, store, id)
    stored_at = {
        name: str(told.get(name, {}).get("stored_at") or created) for name, created in blocks.items()
    }
    findings = told.get(tree.version, {}).get("findings") or _findings(head)
    try:
        with connection.transaction():
            _write(connection, store, head, holdings, stored_at, findings)
    except psycopg.errors.UniqueViolation as other:
        raise SameKey(aip=id, key=head.aip["key"]) from other


def _write(
    connection: psycopg.Connection,
    store: Store,
    head: Holding,
    holdings: Mapping[str, Holding],
    stored_at: Mapping[str, str],
    findings: list[dict[str, Any]],
) -> None:
    content, aip, version = head.content, head.content.id, str(head.aip["version"])
    record_agency(connection, store, content.agency, name=content.agency_name)
    catalogue.do(
        connection, "upsert_fonds", agency=content.agency, code=content.fonds, name=content.fonds_name
    )
    known = {row[0] for row in connection.execute(sql("versions_of_aip"), {"aip": aip}).fetchall()}
    row: dict[str, Any] = {**head.aip, "findings": findings}
    if known:
        for query in ("drop_page_texts", "drop_documents", "drop_files"):
            catalogue.do(connection, query, aip=aip)
        catalogue.do(connection, "update_aip", **row)
    else:
        first = holdings["v1"].content
        catalogue.do(connection, "new_aip", created_at=first.created, stored_at=stored_at["v1"], **row)
    for name, holding in holdings.items():
        if name not in known:
            catalogue.do(connection, "new_version", aip=aip, version=name, stored_at=stored_at[name],
                         content_digest=holding.aip["content_digest"])  # fmt: skip
    catalogue.do_many(connection, "new_file", head.files)
    catalogue.do_many(connection, "new_document", head.documents())
    versions = {agent.id: agent.version for agent in content.agents}
    for event in content.events:
        catalogue.do(connection, "new_event", package=None, **event_row(aip, event, versions))
    note_written(connection, aip, version, catalogue.now())


def _accounts(connection: psycopg.Connection, store: Store, aip: str) -> dict[str, dict[str, Any]]:
    """What the accounts of its batches tell of each version: when it was stored, what was found."""
    batches = [row[0] for row in connection.execute(sql("batches_of_aip"), {"aip": aip}).fetchall()]
    connection.commit()
    found = {}
    for batch in batches:
        id = AipId(BATCH + batch)
        if store.has(id):
            lines = records(Sound(store.tree(id)), PACKAGES)
            found.update({line["version"]: line for line in lines if line["aip"] == aip})
    return found


def _findings(holding: Holding) -> list[dict[str, Any]]:
    return [finding_as_record(found) for event in holding.content.events for found in event.findings]
