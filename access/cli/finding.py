"""Commands that find and open: search, index, rights."""

import os

import click

from access import index
from access.cli import telling
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from access.finding import find
from access.indexing import index_pending
from access.publishing import publish
from access.searching import open_solr
from ingest.texts import draw_missing
from repository import catalogue


@command(kho, "search")
@click.argument("query")
@click.option("--as", "user", help="officer")
@click.option("--facet", "facets", multiple=True, help="year=2025")
@click.option("--limit", type=click.IntRange(0, 1000), default=10)
@click.option("--offset", type=click.IntRange(0, 100_000), default=0)
def search(call: Call, query: str, user: str | None, facets: tuple[str, ...], limit: int, offset: int) -> int:
    """Tìm kiếm; không có --as là tìm như công chúng / search; without --as: as the public."""
    opened = call.open(create=False)
    solr = open_solr(opened.home, call.settings)
    with opened.connect() as connection:
        found = find(
            connection, solr, query, officer=user is not None, facets=facets, limit=limit, offset=offset
        )
    document = found.as_json()
    call.emit({"schema": 1, **document})
    call.tell("search-total", total=document["total"], seconds=f"{document['seconds']:.3f}")
    for number, hit in enumerate(document["hits"], start=offset + 1):
        call.tell("search-hit", number=number, title=hit["title"])
        call.tell("search-where", document=hit["document"] or hit["aip"], page=hit["page"] or "—",
                  snippet=hit["snippet"])  # fmt: skip
    return DONE


@kho.group("index")
def index_group() -> None:
    """Chỉ mục tìm kiếm / the search index."""


@command(index_group, "rebuild")
def index_rebuild(call: Call) -> int:
    """Lập lại chỉ mục từ danh mục / make the index anew from the catalogue."""
    opened = call.open(create=False)
    solr = open_solr(opened.home, call.settings)
    with opened.connect() as connection:
        catalogue.do(connection, "all_need_index")
        connection.commit()
        index.clear(solr)
        with telling.progress(call, "drawing-texts") as advance:
            bad = draw_missing(connection, opened.store, lambda done, all_: advance(done, all_, {}))
        with telling.progress(call, "indexing") as advance:
            count = index_pending(connection, solr, lambda done, all_: advance(done, all_, {}))
        index.commit(solr, purge=True)
    call.emit(
        {"schema": 1, "indexed": count, "unreadable": [{"document": id, "reason": why} for id, why in bad]}
    )
    call.tell("indexed", count=count)
    for id, why in bad:
        call.tell("text-unreadable", id=id, reason=why)
    return REFUSED if bad else DONE


@kho.group("rights")
def rights() -> None:
    """Quyền xem / who may see what."""


@command(rights, "publish")
@click.argument("fonds")
@click.option("--basis", required=True)
@click.option("--agency", help="H26.99.07")
def rights_publish(call: Call, fonds: str, basis: str, agency: str | None) -> int:
    """Ghi quyết định công bố một phông / record the decision to publish a fonds."""
    opened = call.open(create=False, writing=True)
    solr = open_solr(opened.home, call.settings)
    with opened.connect() as connection:
        told = publish(connection, opened.store, solr, fonds=fonds, agency=agency, basis=basis, by=_account())
    call.emit({"schema": 1, **told})
    call.tell("published", fonds=told["fonds"], count=told["aips"])
    return DONE


def _account() -> str:
    """The operating system's account that decided: there are no accounts of Kho's own yet."""
    return f"uid:{os.getuid()}"
