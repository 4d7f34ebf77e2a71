"""Searching: what a person typed, to a page of hits with facets and snippets.

The public searches `public`, officers `all`; a page of hits is still checked against the catalogue before it is shown.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from access import clauses
from access.explaining import reading, where_found
from access.query import Query, read_query
from access.snippets import MARK, UNMARK, plain, read_page
from access.solr import Collection, Core, SearchRefused, Solr
from standards.errors import UsageError

FACETS: Final = (
    "block", "level", "agency", "organ", "fonds", "custodian", "year", "type", "retention", "mode", "format",
    "language", "kind",
)  # fmt: skip
SORTS: Final = {
    "relevance": "score desc,field(year,max) desc,id asc", "newest": "last_day desc,id asc",
    "oldest": "first_day asc,id asc", "title": "title_order asc,first_day asc,id asc",
}  # fmt: skip
LARGEST_PAGE: Final = 1000
LAST_HIT: Final = 100_000
LONGEST_CONTEXT: Final = 400  # characters


class UnknownFacet(UsageError):
    """A filter on a facet that there is not."""

    code = "unknown-facet"
    vi = "Không có bộ lọc {name}. Các bộ lọc: {known}."
    en = "There is no facet {name}. Facets: {known}."


class UnknownSort(UsageError):
    """An order that there is not."""

    code = "unknown-sort"
    vi = "Không có cách xếp {name}. Các cách xếp: {known}."
    en = "There is no order {name}. Orders: {known}."


class PageOutOfReach(UsageError):
    """Hits beyond what one search gives."""

    code = "page-out-of-reach"
    vi = f"Mỗi lần xem tối đa {LARGEST_PAGE} kết quả, đến kết quả thứ {LAST_HIT}. Hãy lọc bớt."
    en = f"A page holds at most {LARGEST_PAGE} hits, up to hit {LAST_HIT}. Narrow the search."


@dataclass(frozen=True, slots=True)
class Hit:
    """A found hồ sơ (kind "file") or document. `page` counts from 1; None where no page's text was hit.

    `title` and `snippet` are plain; `marked_title` and `marked_snippet` carry MARK and UNMARK around found words:
    escape them for HTML first, then turn the signs into tags. `file` is the original name of the document's file.
    `why` says where it was found: "number", "date", "title", "text", "context" (`marked_context` then has the place).
    """

    id: str
    aip: str
    kind: str
    document: str | None
    file: str | None
    title: str
    marked_title: str
    snippet: str
    marked_snippet: str
    page: int | None
    file_title: str
    cited_as: str
    issued: str | None
    agency_name: str
    organ: str
    fonds_name: str
    type: str
    mode: str
    pages: int | None
    why: tuple[str, ...] = ()
    marked_context: str = ""

    def as_json(self) -> dict[str, Any]:
        """The hit of the contract, with what else is known of it; without the marks."""
        return {
            "id": self.id, "aip": self.aip, "document": self.document, "file": self.file, "title": self.title,
            "snippet": self.snippet, "page": self.page, "kind": self.kind, "file_title": self.file_title,
            "number": self.cited_as, "issued": self.issued, "organ": self.organ, "agency": self.agency_name,
            "fonds": self.fonds_name, "why": list(self.why),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits. `facets` count over all hits; `approximate` where one letter might be off.

    `labels` has the names of facet values that are codes (bodies, fonds, formats); `reading` is how the query was
    understood, as (kind, words): "same", "number", "date", "field".
    """

    total: int
    seconds: float
    facets: dict[str, list[tuple[str, int]]]
    hits: tuple[Hit, ...]
    approximate: bool = False
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reading: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The document of the contract (interfaces §3)."""
        return {
            "total": self.total,
            "seconds": round(self.seconds, 4),
            "facets": {name: [list(pair) for pair in counts] for name, counts in self.facets.items()},
            "hits": [hit.as_json() for hit in self.hits],
            "approximate": self.approximate,
            "labels": {name: dict(labels) for name, labels in self.labels.items()},
            "reading": [list(each) for each in self.reading],
        }


def search(
    solr: Solr,
    query: str,
    *,
    collection: Collection,
    filters: Mapping[str, Sequence[str]] | None = None,
    only: Mapping[str, Any] | None = None,
    sort: str = "relevance",
    limit: int = 10,
    offset: int = 0,
) -> SearchResult:
    """What `query` finds, of that which `only` lets through. Blank finds everything, newest first; what holds no letter or digit finds nothing.

    Raises QueryTooLong, UnknownFacet, UnknownSort, PageOutOfReach (usage), SearchUnavailable, SearchRefused.
    """
    started = time.monotonic()
    _check(filters or {}, sort, limit, offset)
    read = read_query(query)
    page = {
        "limit": limit,
        "offset": offset,
        "filter": [*([only] if only else []), *clauses.chosen(filters or {})],
        "sort": SORTS[sort],
    }
    answer, approximate = _answer(solr.core(collection), query, read, page)
    return SearchResult(
        total=answer["response"]["numFound"] if answer else 0,
        seconds=time.monotonic() - started,
        facets=dict(_facets(answer)),
        hits=tuple(_hits(answer, read)),
        approximate=approximate,
        labels=dict(_labels(answer)),
        reading=tuple(reading(read)),
    )


def similar(
    solr: Solr, id: str, *, collection: Collection, only: Mapping[str, Any] | None = None, limit: int = 5
) -> tuple[Hit, ...]:
    """What is like an entry of this collection, by the rarer words of its title and its context; the likest first."""
    like = {"mlt": {"qf": "title,context", "mintf": "1", "mindf": "2", "maxqt": "25", "query": id}}
    asked = {"query": like, "limit": limit, "filter": [only] if only else [], "fields": _SHOWN}
    try:
        answer = solr.core(collection).ask(asked)
    except SearchRefused:  # the entry itself is not there yet, or not any more
        return ()
    return tuple(_hits(answer, Query(())))


def _check(filters: Mapping[str, Sequence[str]], sort: str, limit: int, offset: int) -> None:
    if sort not in SORTS:
        raise UnknownSort(name=sort, known=", ".join(SORTS))
    for name in filters:
        if name not in FACETS:
            raise UnknownFacet(name=name, known=", ".join(FACETS))
    if not 0 <= limit <= LARGEST_PAGE or not 0 <= offset <= LAST_HIT:
        raise PageOutOfReach()


def _answer(core: Core, typed: str, read: Query, page: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Solr's answer, and whether it was asked in the loose way because the strict one found nothing."""
    if not read.clauses:
        return (core.ask(_request("*:*", page)) if not typed.strip() else {}), False
    answer = core.ask(_request(clauses.strict(read), page, clauses.exact_words(read)))
    if answer["response"]["numFound"] or not clauses.can_be_loose(read):
        return answer, False
    return core.ask(_request(clauses.loose(read), page, clauses.exact_words(read))), True


def _request(query: Any, page: dict[str, Any], exactly: Any = None) -> dict[str, Any]:
    params = {
        "hl": "true", "hl.method": "unified", "hl.fl": "title,page_text,context", "hl.requireFieldMatch": "true",
        "hl.tag.pre": MARK, "hl.tag.post": UNMARK, "hl.snippets": 1, "hl.bs.type": "WHOLE",
        "hl.maxAnalyzedChars": 5_000_000, "wt": "json",
    }  # fmt: skip
    asked = {"query": query, **page, "fields": _SHOWN}
    if exactly:
        first = {"func": {"query": f"if(exists(query($exactly)),{clauses.EXACT_FIRST},0)"}}
        asked |= {"query": {"bool": {"must": query, "should": first}}, "queries": {"exactly": exactly}}
    return asked | {"params": params, "facet": _FACET_REQUEST}


_SHOWN: Final = (
    "id,aip,kind,document,order,file_name,file_title,title,cited_as,issued,agency_name,organ,fonds_name,type,mode,"
    "page_count,notation_key,notation,number"
)
_NAMED: Final = {"agency": "agency_name", "fonds": "fonds_name", "format": "format_name"}
_FACET_REQUEST: Final = {
    name: {
        "type": "terms", "field": name, "limit": 50, "domain": {"excludeTags": name},
        "sort": "index desc" if name == "year" else "count desc",
        **({"facet": {"named": {"type": "terms", "field": _NAMED[name], "limit": 1}}} if name in _NAMED else {}),
    }
    for name in FACETS
}  # fmt: skip


def _facets(answer: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    counted = answer.get("facets", {})
    for name in FACETS:
        buckets = counted.get(name, {}).get("buckets", [])
        yield name, [(str(bucket["val"]), bucket["count"]) for bucket in buckets]


def _labels(answer: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """The name that most entries of a code have, as far as the viewer may see them."""
    counted = answer.get("facets", {})
    for name in _NAMED:
        named = {
            str(bucket["val"]): str(bucket["named"]["buckets"][0]["val"])
            for bucket in counted.get(name, {}).get("buckets", [])
            if bucket.get("named", {}).get("buckets")
        }
        if named:
            yield name, named


def _hits(answer: Mapping[str, Any], read: Query) -> Iterator[Hit]:
    marked = answer.get("highlighting", {})
    for entry in answer.get("response", {}).get("docs", []):
        yield _hit(entry, marked.get(entry["id"], {}), read)


def _hit(entry: Mapping[str, Any], marked: Mapping[str, Sequence[str]], read: Query) -> Hit:
    title = entry.get("title", "")
    marked_title = (marked.get("title") or [title])[0]
    page, marked_snippet = read_page((marked.get("page_text") or [""])[0])
    return Hit(
        id=entry["id"], aip=entry["aip"], kind=entry["kind"], document=entry.get("document"),
        file=entry.get("file_name"), title=title, marked_title=marked_title,
        snippet=plain(marked_snippet or marked_title), marked_snippet=marked_snippet or marked_title, page=page,
        file_title=entry.get("file_title", ""), cited_as=entry.get("cited_as", ""), issued=entry.get("issued"),
        agency_name=entry.get("agency_name", ""), organ=entry.get("organ", ""),
        fonds_name=entry.get("fonds_name", ""), type=entry.get("type", ""), mode=entry.get("mode", ""),
        pages=entry.get("page_count"), why=tuple(where_found(entry, marked, read)),
        marked_context=(marked.get("context") or [""])[0][:LONGEST_CONTEXT],
    )  # fmt: skip
