"""A batch: what one `kho ingest` was given, registered in the catalogue package by package before any work is done.

The same command again, while a batch of the same source is unfinished, goes on with that batch. All rows of a batch
come into being in one commit: a process that is killed before it leaves nothing but folders that nobody refers to.
"""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from ingest.bodies import delivery_under_known, told_of_bodies
from ingest.context import workspace_of
from ingest.delivery import account, read_delivery
from ingest.gathering import Given, entries_of, gather
from ingest.kinds import tell_kind
from ingest.package_step import keep_given, refused_account
from ingest.pipeline import OF_DELIVERIES, OF_PACKAGES
from ingest.units import files_of, sealed_account
from repository import catalogue
from repository.bodies import read_bodies
from repository.faults import fault, register
from repository.home import Home
from repository.kind import Kind
from repository.packages import Delivery
from repository.rows import BatchRow, PackageRow
from standards.findings import Finding, Verdict, finding_as_record, verdict_of
from standards.paths import must_be_there
from standards.shown import for_people as shown

POINTS = register("batch.before-commit", "batch.after-commit")


def register_batch(
    connection: psycopg.Connection, home: Home, path: Path, *, mapping: str | None, agency: str | None
) -> BatchRow:
    """The batch of this source: the unfinished one where there is one, else a new one, committed.

    Raises PathNotFound, and what `read_delivery` raises where the path cannot be read at all.
    """
    must_be_there(path)
    source = os.fsencode(path.resolve())
    with connection.transaction():
        known = agency and (read_bodies(connection).find(agency) or agency)
        key = {"source_bytes": source, "mapping": mapping, "agency": known}
        catalogue.value(connection, "lock_registering")
        catalogue.value(connection, "lock_source", source_bytes=source)
        unfinished = catalogue.one(connection, BatchRow, "open_batch_of", **key)
        if unfinished:
            return unfinished
        # A worker that reads it stands in another folder than the command that was given a relative path.
        batch = _write_batch(connection, home, path.absolute(), key, agency, shown(os.fspath(path)))
        fault("batch.before-commit")
    fault("batch.after-commit")
    return batch


def _write_batch(
    connection: psycopg.Connection,
    home: Home,
    path: Path,
    key: dict[str, bytes | str | None],
    asked: str | None,
    source: str,
) -> BatchRow:
    """`asked` is the agency's code as the command named it; in `key` it is the one that Kho knows the body by.

    `source` is the path as it was given, for people.
    """
    kind = tell_kind(path)
    bodies = read_bodies(connection)
    found = dict(_deliveries(path, kind, key))
    named = [
        *([asked] if asked else []),
        *(u.agency for d in found.values() for u in d.units if not u.sealed),
    ]
    deliveries = {root: delivery_under_known(bodies, delivery) for root, delivery in found.items()}
    report: dict[str, list[dict[str, Any]]] = {"findings": [], "files": []}
    for root, delivery in deliveries.items():
        if root == path or delivery.units:  # what makes a whole delivery unreadable is told as its own entry
            report["findings"] += [finding_as_record(_below(path, root, f)) for f in delivery.findings]
        report["files"] += _account_of_rest(path, root, delivery)
    report["findings"] += [finding_as_record(f) for f in told_of_bodies(bodies, named)]
    batch_id = catalogue.value(
        connection, "new_batch", source=source, kind=kind.value,
        report=report, created_at=catalogue.now(), **key,
    )  # fmt: skip
    for ordinal, given in enumerate(gather(path, kind, deliveries), start=1):
        _write_package(connection, home, batch_id, ordinal, given, agency=key["agency"])
    os.sync()
    batch = catalogue.batch(connection, batch_id)
    if batch is None:
        raise catalogue.DatabaseLost(reason=batch_id)
    return batch


def _deliveries(
    path: Path, kind: Kind, key: dict[str, bytes | str | None]
) -> Iterator[tuple[Path, Delivery]]:
    options = {"mapping": key.get("mapping"), "agency": key.get("agency")}
    if path.is_file():
        return
    if kind is Kind.DELIVERY:
        yield path, read_delivery(path, **options)  # type: ignore[arg-type]
    elif kind is Kind.BATCH:
        for entry in entries_of(path):
            yield from _deliveries(entry, tell_kind(entry), key)


def _below(path: Path, root: Path, found: Finding) -> Finding:
    """A finding about a delivery as a whole, with the delivery's name where the batch holds several."""
    if root == path:
        return found
    name = shown(root.name)
    return found.at(path=f"{name}/{found.path}" if found.path else name)


def _account_of_rest(path: Path, root: Path, delivery: Delivery) -> list[dict[str, object]]:
    """The files of a delivery that belong to no hồ sơ, each with its fate."""
    mine = {f.path for unit in delivery.units for f in (*files_of(unit), *unit.beside)}
    prefix = "" if root == path else f"{root.name}/"
    return [
        {"path": shown(prefix + each.path), "bytes": each.size, "fate": each.fate}
        for each in account(delivery)
        if each.path not in mine
    ]


def _write_package(
    connection: psycopg.Connection,
    home: Home,
    batch_id: str,
    ordinal: int,
    given: Given,
    *,
    agency: bytes | str | None,
) -> None:
    unit, first = given.unit, _first(given)
    status, verdict = _beginning(given)
    aip = f"urn:uuid:{uuid.uuid4()}"
    catalogue.do(
        connection, "new_package", batch=batch_id, ordinal=ordinal, path=given.path, kind=given.kind.value,
        key=None, aip=aip, next_step=first, status=status, verdict=verdict.value,
        documents=len(unit.documents) if unit else 0, findings=[finding_as_record(f) for f in _told_now(given)],
        files=_account_of_end(given), finished_at=None if first else catalogue.now(),
    )  # fmt: skip
    if first:
        package = PackageRow(0, batch_id, ordinal, given.path, given.kind.value, None, aip, first, 0, status,
                             verdict.value, 0, 0, 0, [], [], False, None)  # fmt: skip
        workspace = workspace_of(home, package)
        if unit:
            workspace.write_unit(given.root, unit)
        else:
            keep_given(workspace, given.root, agency if isinstance(agency, str) else None)


def _first(given: Given) -> str | None:
    """The step that its way begins with; None where it has none."""
    if given.unit is not None:
        return None if given.unit.sealed else OF_DELIVERIES
    return None if given.findings else OF_PACKAGES


def _beginning(given: Given) -> tuple[str, Verdict]:
    if _first(given):
        return "queued", Verdict.VALID
    if given.unit and given.unit.sealed:
        return "quarantined", Verdict.QUARANTINED
    return "refused", verdict_of(given.findings)


def _account_of_end(given: Given) -> list[dict[str, object]]:
    """The files of what ends before it began."""
    if given.unit is None and given.kind is not Kind.DELIVERY and not _first(given):
        return refused_account(given.root)
    return sealed_account(given.unit) if given.unit and given.unit.sealed else []


def _told_now(given: Given) -> tuple[Finding, ...]:
    """Findings of the sheet are told by `validate-package`, at their place in the pipeline; others at once."""
    return () if given.unit and not given.unit.sealed else given.findings
