"""Reports of a batch in the shapes of the contract, built from the catalogue alone."""

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg

from ingest.history import in_hanoi
from ingest.report_shape import report
from repository import catalogue
from repository.rows import BatchRow, PackageRow
from standards.findings import finding_from_json

REFUSED = ("conflict", "quarantined", "refused")


def batch_report(connection: psycopg.Connection, batch: BatchRow, seconds: float) -> dict[str, Any]:
    """What `ingest --wait` and `batch show` print of a batch."""
    packages = catalogue.many(connection, PackageRow, "packages_of_batch", batch=batch.id)
    connection.commit()
    entries = [package_entry(p) for p in packages]
    return {
        **report(entries, [finding_from_json(f) for f in batch.report["findings"]], seconds),
        "batch": batch.id,
        "source": batch.source,
        "kind": batch.kind,
        "status": batch.status,
        "received": in_hanoi(batch.created_at),
        "files": [*(f for p in packages for f in _fates(p)), *batch.report["files"]],
    }


def package_entry(package: PackageRow) -> dict[str, Any]:
    """One package of a report. Of a sealed one there is nothing but its place."""
    return {
        "path": package.path,
        "kind": package.kind,
        "key": package.key,
        "verdict": package.verdict,
        "status": package.status,
        "aip": package.aip if package.status in ("stored", "already-held") else None,
        "documents": package.documents,
        "pages": package.pages,
        "bytes": package.bytes,
        "findings": [finding_from_json(f).as_json() for f in package.findings],
        "id": package.id,
    }


def _fates(package: PackageRow) -> Iterable[Mapping[str, Any]]:
    """The package's files, each with where it went."""
    for file in package.files:
        fate = "stored" if package.status == "stored" and file["fate"] == "taken" else file["fate"]
        yield {**file, "fate": fate, "package": package.id}
