"""`kho bench`: each figure beside the limit or the peer it is measured against, turn by turn, in one run.

Never a test: machines differ. What is printed are medians, both figures, the ratio, and the versions and flags used.
"""

from typing import Any

from access.bench import (
    audit,
    big_package,
    check_bag,
    ingest,
    oai,
    ocfl,
    ocr,
    pages,
    planning,
    rebuild,
    relevance,
    search,
    versions,
)
from access.cli.common import Call

_BENCHES = {
    "audit": audit.measure,
    "ingest": ingest.measure,
    "big-package": big_package.measure,
    "check-bag": check_bag.measure,
    "oai": oai.measure,
    "ocfl": ocfl.measure,
    "ocr": ocr.measure,
    "pages": pages.measure,
    "rebuild": rebuild.measure,
    "planning": planning.measure,
    "relevance": relevance.measure,
    "search": search.measure,
    "versions": versions.measure,
}


def run(call: Call, name: str, size: int | None, rounds: int) -> dict[str, Any]:
    """Measure; the JSON document of the contract: name, size, rounds, ratios, figures."""
    return {"schema": 1, "name": name, "rounds": rounds, **_BENCHES[name](call, size, rounds)}
