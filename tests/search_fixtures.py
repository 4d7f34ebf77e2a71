"""A small fictional fonds for the search tests, and two real cores to put it in."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from access.index import IndexedDocument, IndexedFile, commit, index_package
from access.search import SearchResult, search
from access.solr import Solr, connect
from repository.services.solr_address import SolrAddress, create_cores, remove_cores


@contextmanager
def two_cores(address: SolrAddress) -> Iterator[Solr]:
    """Empty cores of their own on a running Solr, gone afterwards."""
    own = SolrAddress(address.url, address.user, address.password, f"s{uuid.uuid4().hex[:10]}_")
    create_cores(own)
    try:
        yield connect(own.url, own.user, own.password, own.prefix)
    finally:
        remove_cores(own)


def a_file(code: str, title: str, **more: object) -> IndexedFile:
    """A hồ sơ of the commune Cẩm Lĩnh (fictional), public by its mode unless said otherwise."""
    fields = {"title": title, "mode": "01", "maintenance": "01", "language": "01", "fileCode": code}
    known = {
        "aip": f"urn:uuid:{code}", "key": f"H88.07/{code}", "agency": "H88.07", "block": "chính quyền", "level": "xã",
        "agency_name": "Ủy ban nhân dân xã Cẩm Lĩnh", "fonds": "P0707", "fonds_name": "Phông UBND xã Cẩm Lĩnh",
        "stored": "2026-11-24", "custodian": "Ủy ban nhân dân xã Ba Đồi",
        "other_names": ("xã Ba Đồi", "xã Cẩm Lĩnh"),
    }  # fmt: skip
    fields |= {name: str(more.pop(name)) for name in [*more] if name not in known}
    return IndexedFile(**(known | more), fields=fields)  # type: ignore[arg-type]


def a_document(order: int, subject: str, *pages: str, type_name: str = "", **fields: str) -> IndexedDocument:
    """A document with the texts of its pages; further words are fields."""
    return IndexedDocument(
        id=str(order), order=order, fields={"subject": subject, "mode": "01"} | fields, pages=pages, puid="fmt/477",
        file_name=f"{order:03}.pdf", page_count=max(1, len(pages)), type_name=type_name,
    )  # fmt: skip


def put(solr: Solr, file: IndexedFile, *documents: IndexedDocument, published: bool = True) -> None:
    """Indexes and commits one hồ sơ."""
    index_package(solr, file, documents, published)
    commit(solr)


def ids(result: SearchResult) -> list[str]:
    """The hits in their order, without the part that all ids begin with."""
    return [hit.id.removeprefix("urn:uuid:") for hit in result.hits]


def found(solr: Solr, query: str, **more: object) -> list[str]:
    """What an officer finds, in order."""
    return ids(search(solr, query, **({"collection": "all", "limit": 100} | more)))  # type: ignore[arg-type]
