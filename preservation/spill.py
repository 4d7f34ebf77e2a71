"""A spill: a secret that was found after it was stored is purged from every place, by two persons, and leaves an id.

The first person reports it, and it is closed at once: out of the index, out of every answer. The second purges it. Holds
and terms do not stop a spill: the record goes on where secrets are kept, by its own procedure. Reasons and names given
here must not tell the content.
"""

import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from preservation.disposal.destroying import at_hand, purge
from preservation.persons import must_differ
from repository import accounts, catalogue
from repository.backup import backups_before, destroy_backup
from repository.deciding import deciding
from repository.decisions import new_decision, time_of
from repository.faults import fault, register
from repository.locations import locations
from repository.opening import Opened
from repository.packages import AipId
from repository.queries import sql
from repository.spill_rows import SpillRow
from standards.errors import KhoError

POINTS = register("spill.marked", "spill.purged", "spill.scrubbed")
_PURGES: Final = uuid.UUID("7d1c0d0e-0f0b-5c43-b2f9-6a6c4f6c1c55")


class NoSuchSpill(KhoError):
    """No spill has this id."""

    code = "no-such-spill"
    vi = "Không có báo cáo lộ lọt nào có mã {id}. Xem `kho spill list`."
    en = "There is no spill {id}. See `kho spill list`."


@dataclass(frozen=True, slots=True)
class Gone:
    """What was done: the locations, those that are awaited, exports that are another thing now, and the decisions that
    name the record's code: a person must look at these."""

    places: tuple[str, ...]
    awaiting: tuple[str, ...]
    exports_left: tuple[str, ...]
    named_in: tuple[str, ...]


def report(
    connection: psycopg.Connection, opened: Opened, aip: str, *, by: str, basis: str
) -> dict[str, Any]:
    """Close a record at once. The caller takes it out of the index."""
    with deciding(connection, opened.store) as record:
        decision = new_decision("spill-report", by=by, basis=basis, aip=aip, about=[{"aip": aip}])
        record(decision)
    return decision


def find_spill(connection: psycopg.Connection, id: str) -> SpillRow:
    """A spill by its id, or the beginning of it. Raises NoSuchSpill."""
    found = [s for s in catalogue.many(connection, SpillRow, "spills") if str(s.id).startswith(id.lower())]
    connection.commit()
    if not id or len(found) != 1:
        raise NoSuchSpill(id=id)
    return found[0]


def purge_spill(connection: psycopg.Connection, opened: Opened, spill: SpillRow, *, by: str) -> Gone:
    """Purge it from every place at hand; may be called again. The index is the caller's. Raises SamePerson."""
    must_differ(spill.reported_by, by)
    catalogue.do(connection, "spill_begins", id=spill.id)
    connection.commit()
    fault("spill.marked")
    spill = find_spill(connection, str(spill.id))
    row = catalogue.aip(connection, spill.aip)
    names = [row.key.partition("/")[2] or row.key, str(row.fields.get("title") or row.key)] if row else []
    named = {r[0] for name in names for r in connection.execute(sql("decisions_that_name"), {"text": name})}
    named |= {r[0] for r in connection.execute(sql("arrangements_that_name"), {"aip": spill.aip})}
    connection.commit()
    purged = purge(opened, connection, spill.aip)
    fault("spill.purged")
    _scrub(connection, opened, spill.packages)
    fault("spill.scrubbed")
    with deciding(connection, opened.store) as record:
        record(new_decision(
            "spill-purge", id=uuid.uuid5(_PURGES, str(spill.id)), by=by, basis=str(spill.id), report=str(spill.id),
            reported_by=spill.reported_by, aip=spill.aip, places=list(purged.places), awaiting=list(purged.awaiting),
            about=[{"aip": spill.aip}],
        ))  # fmt: skip
    return Gone(purged.places, purged.awaiting, purged.exports_left, tuple(sorted(named)))


def backups_left(
    connection: psycopg.Connection, opened: Opened, spill: SpillRow, *, destroy: bool
) -> list[Path]:
    """The backups made before the record was purged, which may hold it; with `destroy` they are removed first.

    The caller has purged the record. Raises OSError.
    """
    row = connection.execute(sql("decision"), {"id": uuid.uuid5(_PURGES, str(spill.id))}).fetchone()
    connection.commit()
    if row is None:
        return []
    older = backups_before(opened.home, time_of(row[0]))
    for path in older if destroy else ():
        destroy_backup(path)
    return backups_before(opened.home, time_of(row[0]))


def _scrub(connection: psycopg.Connection, opened: Opened, packages: Sequence[Any]) -> None:
    """What the packages left outside the store: rows, accounts of batches, receipts, workspaces, quarantine."""
    for package in packages:
        catalogue.do(connection, "scrub_package", id=package["id"])
        catalogue.do(connection, "drop_claims_of_package", id=package["id"])
        folder = f"{package['ordinal']:06d}"
        shutil.rmtree(opened.home.workspace / package["batch"] / folder, ignore_errors=True)
        shutil.rmtree(opened.home.quarantine / f"{package['batch']}-{folder}", ignore_errors=True)
    connection.commit()
    for batch in sorted({p["batch"] for p in packages}):
        for place in locations(connection):
            store = at_hand(opened, place)
            if store is not None:
                store.purge(AipId(f"{accounts.BATCH}{batch}"))
                catalogue.do(
                    connection, "forget_copy", object=f"{accounts.BATCH}{batch}", location=place.name
                )
        accounts.write_account(connection, opened.store, batch)
        connection.commit()
        for receipt in opened.home.receipts.glob(f"*{batch}*"):
            receipt.unlink(missing_ok=True)
