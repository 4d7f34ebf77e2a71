"""Sorting, searching in one part, results that explain themselves, what is alike, sheets, kept searches, and how well it finds."""

import csv
import io
import math
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from starlette.testclient import TestClient

from access.bench.relevance import entries, judged, ndcg
from access.holdings import count
from access.index import commit, index_package
from access.portal import create_app
from access.portal.sheets import as_csv, as_xlsx, rows
from access.portal.texts import Texts
from access.portal_doors import Records, Search, open_pool
from access.portal_people import People
from access.query import QueryTooLong, Words, read_query
from access.search import SORTS, UnknownSort, search, similar
from access.searching import open_solr
from access.solr import Solr
from repository import people, searches
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from standards.shown import for_csv
from standards.vietnamese import sort_key
from tests.conftest import SharedServices
from tests.make_delivery import FONDS, plan, write_plan
from tests.portal_fixtures import FakeRender
from tests.running import kho
from tests.search_fixtures import a_document, a_file, found, two_cores


@pytest.fixture(scope="module")
def solr(services_home: SharedServices) -> Iterator[Solr]:
    """The demo's fonds."""
    with two_cores(services_home.address) as cores:
        for file, documents in entries():
            index_package(cores, file, documents, published=True)
        commit(cores)
        yield cores


def places(solr: Solr, query: str, **more: Any) -> list[str]:
    return [id.replace("#000000", ".") for id in found(solr, query, **more)]


# ---- order


WORDS = [
    "an",
    "án",
    "ăn",
    "ấm",
    "bà",
    "ca",
    "cà",
    "cá",
    "da",
    "đa",
    "ê",
    "em",
    "hồ sơ 2",
    "hồ sơ 10",
    "hồ sơ 010a",
    "ô",
    "ơ",
    "tu",
    "tư",
]


def test_titles_stand_in_the_order_of_the_alphabet() -> None:
    mixed = ["đa", "da", "cá", "ca", "cà", "an", "ăn", "ấm", "án", "hồ sơ 10", "hồ sơ 2"]
    assert sorted(mixed, key=sort_key) == [
        "an",
        "án",
        "ăn",
        "ấm",
        "ca",
        "cà",
        "cá",
        "da",
        "đa",
        "hồ sơ 2",
        "hồ sơ 10",
    ]
    assert sort_key("HỒ SƠ") == sort_key("hồ  sơ".replace("  ", " "))
    assert sort_key("hoà") < sort_key("hoài")


@given(st.lists(st.sampled_from(WORDS)))
def test_the_order_is_one_order(words: list[str]) -> None:
    assert sorted(sorted(words), key=sort_key) == sorted(words, key=lambda w: (sort_key(w), w))


def test_hits_are_sorted_as_asked(solr: Solr) -> None:
    years = [
        hit.issued or "" for hit in search(solr, "quyết định", collection="all", sort="oldest", limit=50).hits
    ]
    known = [year[:4] for year in years if year]
    assert known == sorted(known)
    newest = [
        h.issued
        for h in search(solr, "quyết định", collection="all", sort="newest", limit=50).hits
        if h.issued
    ]
    assert newest[0] >= known[-1]
    titles = [hit.title for hit in search(solr, "", collection="all", sort="title", limit=100).hits]
    assert titles == sorted(titles, key=sort_key)
    same = {
        name: {h.id for h in search(solr, "xã", collection="all", sort=name, limit=100).hits}
        for name in SORTS
    }
    assert len(set(map(frozenset, same.values()))) == 1
    with pytest.raises(UnknownSort):
        search(solr, "", collection="all", sort="id asc")


@pytest.mark.parametrize("value", ["x", "", "2004x", "9" * 12, "٢٠٠٤", "[* TO *]"])
def test_what_is_no_year_finds_nothing(solr: Solr, value: str) -> None:
    assert search(solr, "", collection="all", filters={"year": [value]}).total == 0
    assert search(solr, "", collection="all", filters={"year": [value, "2004"]}).total > 0


# ---- in one part


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ('tiêu đề:"quy chế"', "title", "quy chế"), ("tieu de: kiểm", "title", "kiểm"), ("title:x", "title", "x"),
        ('cơ quan:"Phòng Nội vụ"', "organ", "phòng nội vụ"), ("phông:P9907", "fonds", "p9907"),
        ("người ký: Lan", "signer", "lan"), ("nội dung:mương", "text", "mương"),
    ],
)  # fmt: skip
def test_a_field_is_read(query: str, field: str, words: str) -> None:
    (clause,) = read_query(query).clauses
    assert clause == Words((words,), field)


@pytest.mark.parametrize(
    "query", ["số: 155", "kính gửi: ủy ban", "a:b", ":", "tiêu đề:", 'id:"x"', "*:*", "tiêu đề: :"]
)
def test_other_colons_mean_nothing(query: str) -> None:
    assert not any(isinstance(c, Words) and c.field for c in read_query(query).clauses)


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    try:
        read_query(f"tiêu đề:{text} cơ quan:{text}")
    except QueryTooLong:
        return


def test_a_part_alone_is_searched(solr: Solr) -> None:
    assert places(solr, 'tiêu đề:"quy chế"') == ["04.1"]
    assert set(places(solr, 'cơ quan:"phong noi vu"')) == {"08.2", "08.4"}
    everywhere, titles = places(solr, "mương"), places(solr, "tiêu đề:mương")
    assert "01.3" in everywhere
    assert titles == []
    assert places(solr, 'nội dung:"trạm bơm thôn 3"') == ["01.3"]
    assert len(places(solr, "phông:P9907 quy chế")) >= 1


# ---- told


def test_a_hit_says_where_it_was_found(solr: Solr) -> None:
    by = {
        "155/KH-UBND": "number", "27/6/2025": "date", "tổ kiểm kê": "title", "bao tải cọc tre": "text", "Mẫu Hưng": "context",
    }  # fmt: skip
    for query, place in by.items():
        first = search(solr, query, collection="all", limit=1).hits[0]
        assert place in first.why, (query, first.why)
    hit = search(solr, "Mẫu Hưng", collection="all", limit=1).hits[0]
    assert "Mẫu" in hit.marked_context


def test_a_result_says_how_the_query_was_understood(solr: Solr) -> None:
    told = search(solr, 'UBND 155/KH-UBND tháng 6 năm 2025 tiêu đề:"kế hoạch"', collection="all").reading
    assert dict(told).keys() == {"same", "number", "date", "field"}
    assert "ủy ban nhân dân" in dict(told)["same"]
    assert search(solr, "kế hoạch", collection="all").reading in ((), (("same", "kế hoạch = kh"),))


def test_codes_of_facets_have_names(solr: Solr) -> None:
    labels = search(solr, "", collection="all").labels
    assert labels["agency"] == {"H26.99.07": "Ủy ban nhân dân xã Tân Mẫu"}
    assert labels["fonds"]["P9907"].startswith("Phông")


def test_what_is_alike(solr: Solr) -> None:
    hits = similar(solr, "urn:uuid:05#0000002", collection="all")
    assert {"05.1", "05.3"} <= {h.id.removeprefix("urn:uuid:").replace("#000000", ".") for h in hits}
    assert all(h.id != "urn:uuid:05#0000002" for h in hits)
    assert similar(solr, "urn:uuid:none", collection="all") == ()


# ---- names over time


@pytest.mark.parametrize("query", ["xã Mẫu Hưng", "xa mau hung", "huyện Thanh Mẫu", "UBND huyện Thanh Mẫu"])
def test_successor_and_old_district_find(solr: Solr, query: str) -> None:
    assert len(places(solr, query)) >= 40


# ---- how well


def test_the_judged_set_is_found_well(solr: Solr) -> None:
    """The floor is below what was measured, so that it tells of a fall and not of a change."""
    queries = judged()
    assert len(queries) >= 60
    scores = {q: ndcg(places(solr, q, limit=10), grades) for q, grades in queries}
    assert math.fsum(scores.values()) / len(scores) > 0.88
    assert [q for q in scores if not places(solr, q, limit=1)] == []


def test_the_judged_set_names_records_that_there_are() -> None:
    there = {
        p
        for file, documents in entries()
        for p in (file.aip[9:], *(f"{file.aip[9:]}.{d.order}" for d in documents))
    }
    assert {place for _query, grades in judged() for place in grades} <= there


@given(st.lists(st.sampled_from("abcdef"), unique=True, max_size=6))
def test_ndcg_is_between_nothing_and_the_best(order: list[str]) -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert 0 <= ndcg(order, grades) <= 1
    assert ndcg(["a", "b", "c", *(each for each in order if each not in grades)], grades) == pytest.approx(1)


# ---- sheets


EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '=HYPERLINK("http://x")', "＝1"]


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_is_a_formula(text: str) -> None:
    assert for_csv(text).startswith("'")
    written = list(csv.reader(io.StringIO(as_csv(iter([("a",), (text,)])).decode("utf-8-sig"), newline="")))
    assert written[1][0].startswith("'")
    book = load_workbook(io.BytesIO(as_xlsx(iter([("a",), (text,)]))))
    cell = book.active["A2"]
    assert cell.data_type == "s"


def test_a_sheet_has_what_was_found(solr: Solr) -> None:
    hits = search(solr, "quyết toán", collection="public", limit=50).hits
    table = list(rows(hits, Texts("vi"), "https://kho.example"))
    assert len(table) == len(hits) + 1
    read = list(csv.reader(io.StringIO(as_csv(iter(table)).decode("utf-8-sig"), newline="")))
    assert [row[1] for row in read[1:]] == [hit.title for hit in hits]
    assert all(row[-2].startswith("https://kho.example/") for row in read[1:])
    sheet = load_workbook(io.BytesIO(as_xlsx(iter(table)))).active
    assert sheet.max_row == len(table)


# ---- by the portal's doors


@pytest.fixture(scope="module")
def opened(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    made = plan(2, 2)
    for row in made.rows:
        if int(str(row["file.fileCode"])[5:7]) == 2:
            row["file.mode"] = row["document.mode"] = "Sử dụng có điều kiện"
        else:
            row["document.subject"] = f"=1+1 {row['document.subject']}"
    folder = write_plan(tmp_path_factory.mktemp("more") / "dot", made)
    assert kho("ingest", folder, "--agency", "H26.99.07", "--wait", "--json").code == 0
    assert kho("rights", "publish", FONDS, "--basis", "Quyết định số 1").code == 0
    return open_catalogue(Settings.load())


@pytest.fixture(scope="module")
def connection(opened: Opened) -> Iterator[psycopg.Connection]:
    with opened.connect() as made:
        yield made


@pytest.fixture
def client(opened: Opened) -> Iterator[TestClient]:
    engine = open_solr(opened.home, opened.settings)
    with open_pool(opened) as pool:
        app = create_app(Records(pool, opened.store), Search(pool, engine), FakeRender(), None,
                         People(pool, opened.home, opened.store, engine))  # fmt: skip
        yield TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def test_an_export_has_what_the_reader_may_see(client: TestClient) -> None:
    told = client.get("/xuat.csv?q=")
    assert told.headers["content-type"].startswith("text/csv")
    assert "attachment" in told.headers["content-disposition"]
    lines = list(csv.reader(io.StringIO(told.content.decode("utf-8-sig"), newline="")))
    assert len(lines) == 1 + 3
    assert "Hồ sơ số 2" not in told.text
    assert not any(cell.startswith("=") for line in lines for cell in line)
    book = load_workbook(io.BytesIO(client.get("/xuat.xlsx?q=").content))
    assert book.active.max_row == 4
    assert client.get("/xuat.csv?q=&sort=x").status_code == 400
    assert client.get("/search?q=&sort=newest").status_code == 200


def test_what_is_alike_has_the_readers_rights(client: TestClient) -> None:
    address = re.search(r'href="(/vanban/[^"]+)"', client.get("/search?q=").text)
    assert address is not None
    page = client.get(address[1])
    assert page.status_code == 200
    assert "Hồ sơ số 2" not in page.text


def test_an_account_keeps_searches(
    opened: Opened, connection: psycopg.Connection, client: TestClient
) -> None:
    for name in ("luu.tim", "nguoi.khac"):
        people.add_account(connection, name, name)
        connection.execute("update account set must_change = false where id = %s", [name])
    token = people.start_sign_in(connection, "luu.tim")
    connection.commit()
    own = {"origin": "http://127.0.0.1"}
    form = {"name": "Quyết định", "address": "/search?q=quyet+dinh&sort=newest"}
    assert client.post("/tim-da-luu", data=form, headers=own).headers["location"] == "/dang-nhap"
    client.cookies.set("kho_session", token)
    assert client.post("/tim-da-luu", data=form).status_code == 400
    assert client.post("/tim-da-luu", data=form, headers=own).headers["location"] == "/tai-khoan"
    page = client.get("/tai-khoan").text
    assert 'href="/search?q=quyet+dinh&amp;sort=newest"' in page
    for address in ("https://evil.example/search?", "//evil/search?", "javascript:alert(1)", "/search"):
        assert client.post("/tim-da-luu", data=form | {"address": address}, headers=own).status_code == 400
    (kept,) = searches.saved(connection, "luu.tim")
    searches.drop(connection, "nguoi.khac", kept.id)
    connection.commit()
    assert len(searches.saved(connection, "luu.tim")) == 1
    connection.commit()
    client.post("/tim-da-luu", data={"drop": str(kept.id)}, headers=own)
    assert searches.saved(connection, "luu.tim") == []
    connection.commit()
    assert client.post("/tim-da-luu", data={"drop": "x"}, headers=own).status_code == 400


# ---- what is hidden changes nothing that the public sees


def told(solr: Solr) -> list[Any]:
    """Everything that the public is told for every judged query, and for some more."""
    queries = [query for query, _grades in judged()] + [
        "",
        "Cẩm Lĩnh",
        "mật",
        "hồ sơ",
        "2005",
        "khieu nai cam linh",
    ]
    answers = [
        search(solr, q, collection="public", sort=s, limit=20)
        for q in queries
        for s in ("relevance", "title")
    ]
    alike = [similar(solr, f"urn:uuid:05#000000{n}", collection="public") for n in (1, 2, 3)]
    held = count(solr, "public", None)
    return [[(a.total, a.facets, a.labels, a.hits, a.approximate, a.reading) for a in answers], alike, held]


def test_hidden_records_change_nothing_that_the_public_sees(services_home: SharedServices) -> None:
    with two_cores(services_home.address) as cores:
        for file, documents in entries():
            index_package(cores, file, documents, published=True)
        commit(cores, purge=True)
        before = told(cores)
        # the same words, many times over: closed as a whole, closed in part, not published
        for number in range(12):
            closed = a_file(
                f"k{number}",
                "Hồ sơ khiếu nại quyết toán ngân sách Cẩm Lĩnh",
                mode="02" if number % 3 else "01",
            )
            texts = ["quyết toán ngân sách xã khiếu nại ranh giới thửa đất văn thư lưu trữ " * 20]
            mode = "02" if number % 3 == 0 else "01"
            papers = [
                a_document(n, "Quyết định khiếu nại Cẩm Lĩnh", *texts, mode=mode, issuedDate="2005-01-02")
                for n in (1, 2)
            ]
            index_package(cores, closed, papers, published=number % 2 == 1 and number % 3 != 0)
        commit(cores, purge=True)
        assert search(cores, "Cẩm Lĩnh", collection="all", limit=0).total > 20
        assert told(cores) == before
