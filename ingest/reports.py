"""Reports of a batch in the shapes of the contract, built from the catalogue alone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg

from ingest.history import in_hanoi
from repository import catalogue
from repository.rows import BatchRow, PackageRow
from standards.findings import Finding, finding_from_json

VERDICTS = ("valid", "valid-with-warning", "invalid", "quarantined")
STATUSES = ("checked", "stored", "already-held", "conflict", "quarantined", "refused", "queued")
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


def report(
    entries: Sequence[Mapping[str, Any]], findings: Iterable[Finding], seconds: float
) -> dict[str, Any]:
    """The report of the contract around its entries."""
    verdicts = Counter(e["verdict"] for e in entries)
    statuses = Counter(e["status"] for e in entries)
    return {
        "schema": 1,
        "batch": None,
        "packages": list(entries),
        "findings": [f.as_json() for f in findings],
        "counts": {v: verdicts[v] for v in VERDICTS},
        "statuses": {s: statuses[s] for s in STATUSES if statuses[s]},
        "documents": sum(e["documents"] for e in entries),
        "pages": sum(e["pages"] for e in entries),
        "bytes": sum(e["bytes"] for e in entries),
        "seconds": round(seconds, 3),
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
