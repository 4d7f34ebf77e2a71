"""Writing the rows of a stored version of an AIP: what taking in and corrections share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import psycopg

from repository import catalogue
from repository.agencies import record_agency
from repository.copies import know_inventory, note_written
from repository.holding import Holding
from repository.store import Store

FIRST: Final = "v1"


def write_version(
    connection: psycopg.Connection,
    store: Store,
    holding: Holding,
    findings: Sequence[Mapping[str, Any]],
    stored_at: datetime,
    copies: Iterable[str] = (),
) -> None:
    """The rows of the version, in the place of an older one's, and what its inventory is; `copies` are the locations that it
    was copied to and read back from. Texts of pages are the caller's, who also owns the transaction.
    """
    content, version, aip = holding.content, str(holding.aip["version"]), holding.content.id
    record_agency(connection, store, content.agency, name=content.agency_name)
    catalogue.do(
        connection, "upsert_fonds", agency=content.agency, code=content.fonds, name=content.fonds_name
    )
    row = {**holding.aip, "findings": list(findings)}
    if version == FIRST:
        catalogue.do(connection, "new_aip", created_at=content.created, stored_at=stored_at, **row)
    else:
        for query in ("drop_documents", "drop_files"):
            catalogue.do(connection, query, aip=aip)
        catalogue.do(connection, "update_aip", **row)
        catalogue.do(connection, "mentions_need_drawing", aip=aip)
    catalogue.do(connection, "new_version", aip=aip, version=version, stored_at=stored_at,
                 content_digest=holding.aip["content_digest"])  # fmt: skip
    note_written(connection, aip, version, stored_at)
    for location in copies:
        note_written(connection, aip, version, stored_at, location=location, verified=stored_at)
    know_inventory(connection, store, aip, version)
    catalogue.do_many(connection, "new_file", holding.files)
    catalogue.do_many(connection, "new_document", holding.documents())
