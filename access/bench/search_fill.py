"""A city's worth of documents for `kho bench search`: rows by SQL, entries of the index from a few hundred models."""

import json
import random
from collections.abc import Iterator
from typing import Any, Final

import psycopg

from access.bench.relevance import entries
from access.entries import document_entry
from access.solr import Solr
from repository.queries import queries

DOCUMENTS_A_FILE: Final = 20
BODIES: Final = 126  # communes and wards
_AT_ONCE: Final = 2000
_PLACES: Final = (
    "Tân Mẫu",
    "Đông Mẫu",
    "Mẫu Hưng",
    "Cẩm Lĩnh",
    "Ba Đồi",
    "An Khê",
    "Yên Thịnh",
    "Phú Lộc",
    "Hòa Bình",
    "Long Sơn",
)


def body(number: int) -> str:
    """The code of a body: a third of them below H26.50."""
    return f"H26.{50 if number % 3 == 0 else 60}.{number:03d}"


def fill_catalogue(conninfo: str, documents: int) -> None:
    """Bodies, hồ sơ and documents; every fifth hồ sơ is conditional, half of the fonds are published."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        sql = queries("access.bench")
        for number in range(BODIES):
            name = f"Ủy ban nhân dân xã {_PLACES[number % len(_PLACES)]} {number}"
            connection.execute(sql["search_body"], {"code": body(number), "name": name})
            connection.execute(sql["search_fonds"], {"code": body(number), "name": f"Phông {name}"})
            if number % 2 == 0:
                connection.execute(sql["search_publication"], {"code": body(number)})
        files = -(-documents // DOCUMENTS_A_FILE)
        connection.execute(sql["search_aips"], {"files": files, "bodies": BODIES, "each": DOCUMENTS_A_FILE})
        connection.execute(sql["search_documents"], {"each": DOCUMENTS_A_FILE})
        connection.execute(sql["search_analyse"])


def fill_index(conninfo: str, solr: Solr, documents: int) -> None:
    """The same documents as entries of the index of all records."""
    models = [document_entry(file, document) for file, each in entries() for document in each]
    waiting: list[str] = []
    for entry in _entries(conninfo, models, documents):
        waiting.append('"add":{"doc":' + json.dumps(entry, ensure_ascii=False) + "}")
        if len(waiting) == _AT_ONCE:
            solr.all.update("{" + ",".join(waiting) + "}")
            waiting.clear()
    if waiting:
        solr.all.update("{" + ",".join(waiting) + "}")
    solr.all.update("{}", commit="true", waitSearcher="true")


def _entries(conninfo: str, models: list[dict[str, Any]], documents: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(1)  # noqa: S311 - the same index every time, no secret
    with psycopg.connect(conninfo) as connection, connection.cursor(name="aips") as cursor:
        made = 0
        for aip, agency, name, mode, published in cursor.execute(queries("access.bench")["search_entries"]):
            for order in range(1, DOCUMENTS_A_FILE + 1):
                if made == documents:
                    return
                made += 1
                yield _entry(rng, models, made, aip, agency, name, mode, published) | {
                    "id": f"{aip}#{order:07d}", "document": f"{order:07d}", "order": order,
                }  # fmt: skip


def _entry(
    rng: random.Random,
    models: list[dict[str, Any]],
    number: int,
    aip: str,
    agency: str,
    name: str,
    mode: str,
    published: bool,
) -> dict[str, Any]:
    model, other = models[number % len(models)], rng.choice(models)
    year = 1990 + number % 35
    day = f"{year}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    notation = str(model.get("notation", "QDUBND"))
    pages = [*model.get("page_text", ()), *other.get("page_text", ())[:1]]
    return {
        **model, "aip": aip, "agency": agency, "agency_name": name, "title": f"{model['title']} ({number})",
        "context": [name, *model["context"][1:4]], "organ_words": [name], "page_text": pages[:2], "year": [year], "issued": day,
        "issued_range": day, "first_day": day, "last_day": day, "number": str(number % 900), "notation": notation,
        "notation_key": f"{number % 900}|{notation}", "cited_as": f"{number % 900}/{notation}", "needs": [mode], "mode": mode,
        "published": "1" if published else "0", "fonds": "P1", "fonds_name": f"Phông {name}", "size": 400_000,
    }  # fmt: skip
