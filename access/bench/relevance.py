"""`kho bench relevance`: a judged set of queries over the demo's fonds, asked of Kho, of Solr as it comes, and of PostgreSQL.

Figures are nDCG@10 (gains 2^grade - 1, discount log2) and how many queries find nothing. Solr as it comes: the standard
tokenizer, lower case, one field of all words, the default parser. PostgreSQL: `unaccent`, configuration `simple`.
"""

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, Final

import psycopg
import pysolr

from access.bench.timing import machine
from access.cli.common import Call
from access.demo.fonds import DemoFile, agencies, demo_documents, demo_files, words
from access.demo.letter import leaves
from access.entries import IndexedDocument, IndexedFile, document_entry, file_entry
from access.index import commit, index_package
from access.search import search
from access.searching import open_solr
from access.solr import Solr
from repository.opening import open_catalogue
from repository.queries import queries
from repository.services import overview
from repository.services.postgres import owner_conninfo
from repository.services.solr import ensure_solr
from repository.services.solr_address import SolrAddress, ask
from standards.codes import code_list

DEPTH: Final = 10
_AGENCY: Final = "H26.99.07"
_PLAIN: Final = """<schema name="plain" version="1.7"><uniqueKey>id</uniqueKey>
<fieldType name="string" class="solr.StrField"/>
<fieldType name="text_general" class="solr.TextField"><analyzer><tokenizer name="standard"/><filter name="lowercase"/></analyzer>
</fieldType><field name="id" type="string"/><field name="words" type="text_general" multiValued="true"/></schema>"""
_CONFIG: Final = """<config><luceneMatchVersion>9.12</luceneMatchVersion>
<schemaFactory class="ManagedIndexSchemaFactory"><bool name="mutable">false</bool></schemaFactory>
<requestHandler name="/select" class="solr.SearchHandler"><lst name="defaults"><str name="df">words</str></lst></requestHandler>
</config>"""

Asked = Callable[[str], Sequence[str]]
Grades = Mapping[str, int]


def judged() -> list[tuple[str, Grades]]:
    """The queries with the grades of what they should find."""
    text = (resources.files("access.bench") / "relevance.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [(query, dict(_grade(each) for each in found.split())) for query, found in lines]


def _grade(text: str) -> tuple[str, int]:
    place, _colon, grade = text.partition(":")
    return place, int(grade)


def ndcg(found: Sequence[str], grades: Grades) -> float:
    """nDCG at DEPTH of an order: 1 where no order is better."""

    def gained(order: Sequence[int]) -> float:
        return math.fsum((2.0**grade - 1) / math.log2(at + 2) for at, grade in enumerate(order[:DEPTH]))

    best = gained(sorted(grades.values(), reverse=True))
    return gained([grades.get(place, 0) for place in found]) / best if best else 1.0


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """`ratios.solr` and `ratios.postgresql` are Kho's nDCG@10 over theirs."""
    queries_ = judged()[:size] if size else judged()
    with tempfile.TemporaryDirectory(prefix="kho-bench-", dir="/tmp") as folder:
        settings = replace(
            call.settings,
            home=Path(folder) / "home",
            database_url=None,
            database_owner_url=None,
            solr_url=None,
        )
        opened = open_catalogue(settings)
        try:
            address = ensure_solr(opened.home, _configset(), settings)
            kho = open_solr(opened.home, settings)
            _fill(kho)
            told = {"kho": _scores(queries_, lambda query: _places(kho, query))}
            told["solr"] = _scores(queries_, _plain_solr(address, opened.home.path))
            with _postgres(owner_conninfo(opened.home, settings)) as asked:
                told["postgresql"] = _scores(queries_, asked)
        finally:
            overview.stop(opened.home)
    ratios = {
        name: round(told["kho"]["ndcg_10"] / max(told[name]["ndcg_10"], 0.001), 3)
        for name in ("solr", "postgresql")
    }
    return {"size": len(queries_), "ratios": ratios, "figures": {**told, **machine()}}


def _scores(queries_: Sequence[tuple[str, Grades]], asked: Asked) -> dict[str, Any]:
    each = {query: (found := asked(query), ndcg(found, grades)) for query, grades in queries_}
    empty = [query for query, (found, _score) in each.items() if not found]
    worst = sorted(each, key=lambda query: each[query][1])[:5]
    return {
        "ndcg_10": round(sum(score for _found, score in each.values()) / len(each), 3),
        "zero_result_rate": round(len(empty) / len(each), 3), "zero_results": empty,
        "worst": {query: round(each[query][1], 3) for query in worst},
    }  # fmt: skip


# ---- the demo's fonds as entries of an index


def entries() -> Iterator[tuple[IndexedFile, list[IndexedDocument]]]:
    """Every hồ sơ with its documents, page texts as they were written on the pages."""
    others = tuple(each["name"] for each in agencies() if each["agencyCode"] != _AGENCY)
    for file in demo_files():
        yield _file(file, others), list(_documents(file))


def _file(file: DemoFile, others: tuple[str, ...]) -> IndexedFile:
    fonds = words()["fonds"]
    fields = {
        "fileCode": file.notation, "title": file.title, "mode": "01", "language": "01", "keyword": file.keyword,
        "description": file.description, "startDate": _edtf(file.start), "endDate": _edtf(file.end),
    }  # fmt: skip
    return IndexedFile(
        aip=f"urn:uuid:{file.number}", key=file.code, agency=_AGENCY, agency_name=fonds["name"], block="Chính quyền",
        level="Xã, phường", fonds="P9907", fonds_name=f"Phông {fonds['name']}", fields=fields, stored="2026-01-01",
        published=True, other_names=others,
    )  # fmt: skip


def _documents(file: DemoFile) -> Iterator[IndexedDocument]:
    for each in demo_documents(file.number):
        fields = {
            "typeName": code_list("typeName").code_of(each.type_name) or "", "codeNumber": each.number,
            "codeNotation": each.notation, "issuedDate": _edtf(each.date), "organName": words()["organs"][each.organ]["name"],
            "subject": each.subject, "mode": "01", "language": "01",
        }  # fmt: skip
        pages = tuple("\n".join(run.text for run in leaf.runs) for leaf in leaves(each))
        yield IndexedDocument(
            id=f"{each.order:07d}", order=each.order, fields=fields, file_name=f"{each.order}.pdf", pages=pages,
            puid="fmt/477", page_count=len(pages), type_name=each.type_name,
        )  # fmt: skip


def _edtf(date: str) -> str:
    return "-".join(reversed(date.split("/")))


def _place(id: str) -> str:
    file, _, order = id.removeprefix("urn:uuid:").partition("#")
    return f"{file}.{int(order)}" if order else file


# ---- the three that are asked


def _configset() -> Path:
    return Path(str(resources.files("access") / "solr_configset"))


def _fill(solr: Solr) -> None:
    for file, documents in entries():
        index_package(solr, file, documents, published=True)
    commit(solr)


def _places(solr: Solr, query: str) -> list[str]:
    return [_place(hit.id) for hit in search(solr, query, collection="public", limit=DEPTH).hits]


def _texts() -> Iterator[tuple[str, list[str]]]:
    """The same words for the others: of each entry all that Kho's index is given."""
    for file, documents in entries():
        for entry in (file_entry(file), *(document_entry(file, document) for document in documents)):
            given = [
                entry.get("title", ""),
                *entry.get("context", ()),
                entry.get("cited_as", ""),
                *entry.get("page_text", ()),
            ]
            yield _place(entry["id"]), [text for text in given if text]


def _plain_solr(address: SolrAddress, home: Path) -> Asked:
    folder = home / "solr" / "configsets" / "plain" / "conf"
    folder.mkdir(parents=True)
    (folder / "managed-schema.xml").write_text(_PLAIN, encoding="utf-8")
    (folder / "solrconfig.xml").write_text(_CONFIG, encoding="utf-8")
    ask(address, "admin/cores", action="CREATE", name="plain", configSet="plain")
    core = pysolr.Solr(f"{address.url}/plain", auth=address.auth, timeout=30)
    core.add([{"id": place, "words": texts} for place, texts in _texts()], commit=True)

    def asked(query: str) -> list[str]:
        try:
            return [doc["id"] for doc in core.search(query, rows=DEPTH, fl="id")]
        except pysolr.SolrError:  # what was typed is no query of its syntax
            return []

    return asked


@contextmanager
def _postgres(conninfo: str) -> Iterator[Asked]:
    sql = queries("access.bench")
    with psycopg.connect(conninfo) as connection:
        connection.execute(sql["relevance_extension"])
        connection.execute(sql["relevance_table"])
        for place, texts in _texts():
            connection.execute(sql["relevance_put"], {"place": place, "words": "\n".join(texts)})
        yield lambda query: [
            row[0]
            for row in connection.execute(sql["relevance_find"], {"query": query, "limit": DEPTH}).fetchall()
        ]
