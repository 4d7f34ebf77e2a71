"""What is held, counted by the index from what a viewer may see there: for the first page and its pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from access.solr import Collection, Solr

_REQUEST: Final = {
    "kind": {"type": "terms", "field": "kind"},
    "documents": {
        "type": "query", "q": "kind:document",
        "facet": {
            "pages": "sum(page_count)", "bytes": "sum(size)",
            "blocks": {
                "type": "terms", "field": "block", "limit": 5,
                "facet": {"years": {"type": "terms", "field": "year", "limit": 300, "sort": "index asc"}},
            },
            "formats": {
                "type": "terms", "field": "format", "limit": 8,
                "facet": {"named": {"type": "terms", "field": "format_name", "limit": 1}},
            },
        },
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is held: `years` gives for each block its documents by year, `formats` the documents by format's name."""

    files: int
    documents: int
    pages: int
    bytes: int
    years: Mapping[str, Mapping[int, int]]
    formats: Mapping[str, int]


def count(solr: Solr, collection: Collection, only: Mapping[str, Any] | None) -> Holdings:
    """Counted of that which `only` lets through. Raises SearchUnavailable, SearchRefused."""
    asked = {"query": "*:*", "limit": 0, "filter": [only] if only else [], "facet": _REQUEST}
    told = solr.core(collection).ask(asked)["facets"]
    kinds = {str(b["val"]): int(b["count"]) for b in told.get("kind", {}).get("buckets", [])}
    documents = told.get("documents", {})
    years = {
        str(block["val"]): {int(y["val"]): int(y["count"]) for y in block.get("years", {}).get("buckets", [])}
        for block in documents.get("blocks", {}).get("buckets", [])
    }
    formats: dict[str, int] = {}
    for bucket in documents.get("formats", {}).get("buckets", []):
        named = bucket.get("named", {}).get("buckets", [])
        name = str(named[0]["val"]) if named else str(bucket["val"])
        formats[name] = formats.get(name, 0) + int(bucket["count"])
    return Holdings(
        kinds.get("file", 0), kinds.get("document", 0), int(documents.get("pages") or 0),
        int(documents.get("bytes") or 0), years, formats,
    )  # fmt: skip
