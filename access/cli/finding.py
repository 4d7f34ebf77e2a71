"""Commands that find and open: search, index, rights."""

import os

import click
import psycopg

from access import index
from access.cli import telling
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from access.cli.holdings import NoSuchAip, find_aip
from access.finding import find
from access.indexing import index_pending
from access.publishing import publish
from access.rights import seen, sentence, today
from access.search import SORTS
from access.searching import open_solr
from ingest.texts import draw_missing
from repository import catalogue, people
from repository.permissions import AT_THE_MACHINE, PUBLIC, Viewer, decide
from standards.shown import for_people


@command(kho, "search")
@click.argument("query")
@click.option("--as", "user", help="officer")
@click.option("--facet", "facets", multiple=True, help="year=2025")
@click.option("--sort", type=click.Choice(tuple(SORTS)), default="relevance")
@click.option("--limit", type=click.IntRange(0, 1000), default=10)
@click.option("--offset", type=click.IntRange(0, 100_000), default=0)
def search(
    call: Call, query: str, user: str | None, facets: tuple[str, ...], sort: str, limit: int, offset: int
) -> int:
    """Tìm kiếm; không có --as là tìm như công chúng / search; without --as: as the public."""
    opened = call.open(create=False)
    solr = open_solr(opened.home, call.settings)
    with opened.connect() as connection:
        found = find(
            connection,
            solr,
            query,
            viewer=_viewer(connection, user),
            facets=facets,
            sort=sort,
            limit=limit,
            offset=offset,
        )
    document = found.as_json()
    call.emit({"schema": 1, **document})
    call.tell("search-total", total=document["total"], seconds=f"{document['seconds']:.3f}")
    for number, hit in enumerate(document["hits"], start=offset + 1):
        call.tell("search-hit", number=number, title=hit["title"])
        call.tell("search-where", document=hit["document"] or hit["aip"], page=hit["page"] or "—",
                  snippet=hit["snippet"])  # fmt: skip
    return DONE


def _viewer(connection: psycopg.Connection, user: str | None) -> Viewer:
    """Whoever `--as` names: an account, or `officer`, the person at the machine, who sees all that is held."""
    if user is None:
        return PUBLIC
    return AT_THE_MACHINE if user == AT_THE_MACHINE.account else people.viewer(connection, user)


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
            bad = draw_missing(
                connection, opened.home, opened.store, lambda done, all_: advance(done, all_, {})
            )
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


@command(rights, "explain")
@click.argument("user")
@click.argument("id")
def rights_explain(call: Call, user: str, id: str) -> int:
    """Vì sao ai đó được hay không được xem / why somebody may or may not see a record (USER: public | officer | account)."""
    opened = call.open(create=False)
    aip, _, order = id.partition("#")
    record = find_aip(opened, aip)
    with opened.connect() as connection:
        viewer = PUBLIC if user == "public" else _viewer(connection, user)
        documents = catalogue.documents(connection, record.id) if order else []
    document = next((d for d in documents if d.id.endswith(f"#{order}")), None)
    if order and document is None:
        raise NoSuchAip(id=for_people(id))
    decision = decide(viewer, seen(record, document), today())
    told = {lang: sentence(decision, lang) for lang in ("vi", "en")}
    call.emit({"schema": 1, "user": user, "id": document.id if document else record.id,
               "allowed": decision.allowed, "why": decision.why, **told})  # fmt: skip
    call.say(told[call.lang])
    return DONE


def _account() -> str:
    """The operating system's account that decided at the machine."""
    return f"uid:{os.getuid()}"
