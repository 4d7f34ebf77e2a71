"""The report of the contract, whoever made its entries: `kho check` without a catalogue, `kho ingest` out of one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from standards.findings import Finding

VERDICTS = ("valid", "valid-with-warning", "invalid", "quarantined")
STATUSES = ("checked", "stored", "already-held", "conflict", "quarantined", "refused", "queued")


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


def is_left_out(document: Mapping[str, Any]) -> bool:
    """Whether something of the delivery itself was not taken: a list, or a PDF that belongs to no hồ sơ."""
    return any(f["level"] == "MUST" or f["code"] == "DLV-UNCLAIMED" for f in document["findings"])
