"""The portal's promises: what is published can be found, read and taken home; nothing else is there."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from access.portal import create_app
from access.portal.addresses import address_of, document_id, record_id
from access.portal.guard import host_of
from access.portal.page_hits import page_hits
from access.portal.page_images import PageImages, fitting_width
from access.portal.pages import marked
from access.portal.telling import told
from access.portal.texts import LANGUAGES, Texts, catalogue
from access.search import PageOutOfReach
from access.snippets import MARK, UNMARK
from standards.errors import ToolFailed
from tests.portal_fixtures import (
    DESTROYED,
    BrokenRender,
    FakeRecords,
    FakeRender,
    FakeSearch,
    aip_id,
    event_rows,
)

RECORD = address_of(aip_id("04"))
DOCUMENT = f"{RECORD}.4"
HIDDEN = address_of(aip_id("02"))
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def records(tmp_path: Path) -> FakeRecords:
    (tmp_path / "04.004.pdf").write_bytes(b"%PDF-1.7 the bytes of the original")
    return FakeRecords(folder=tmp_path)


@pytest.fixture
def search(records: FakeRecords) -> FakeSearch:
    return FakeSearch(records)


@pytest.fixture
def render() -> FakeRender:
    return FakeRender()


@pytest.fixture
def client(records: FakeRecords, search: FakeSearch, render: FakeRender) -> TestClient:
    return TestClient(create_app(records, search, render), base_url="http://127.0.0.1")


EVERY_ADDRESS = [
    "/", "/search?q=", "/search?q=khen+thuong", f"/hoso/{RECORD}", f"/vanban/{DOCUMENT}", f"/tep/{DOCUMENT}",
    f"/trang/{DOCUMENT}/1.jpg", "/static/kho.css", "/static/kho.svg", "/static/kho.py", "/healthz", "/hoso/nothing", "/nowhere", "/search?page=x",
]  # fmt: skip


@pytest.mark.parametrize("address", EVERY_ADDRESS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_answer_carries_the_security_headers(client: TestClient, address: str, method: str) -> None:
    headers = client.request(method, address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"]


@pytest.mark.parametrize(
    "address", [a for a in EVERY_ADDRESS if not a.startswith(("/tep", "/trang", "/static"))]
)
def test_no_page_needs_scripts_inline_styles_or_the_network(client: TestClient, address: str) -> None:
    html = client.get(address).text
    assert set(re.findall(r"<script[^>]*>", html)) <= {'<script src="/static/kho.js" defer>'}
    assert " style=" not in html and "<style" not in html
    assert not re.search(r' on\w+="', html)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)


def test_the_first_page_shows_the_holdings(client: TestClient) -> None:
    page = client.get("/").text
    assert '<html lang="vi">' in page and "1.234" in page and "23 MB" in page and 'name="q"' in page
    english = client.get("/?lang=en").text
    assert '<html lang="en">' in english and "1,234" in english


def test_an_empty_house_says_so(render: FakeRender) -> None:
    records = FakeRecords(published=())
    client = TestClient(create_app(records, FakeSearch(records), render), base_url="http://127.0.0.1")
    assert "Chưa có tài liệu nào được công bố." in client.get("/").text


def test_words_without_accents_find_and_are_marked(client: TestClient) -> None:
    page = client.get("/search?q=khen+thuong+van+hoa").text
    assert "Tìm thấy 1 tài liệu" in page
    assert "<mark>khen</mark>" in page and "<mark>hoá</mark>" in page
    assert f'href="/vanban/{DOCUMENT}?q=khen%20thuong%20van%20hoa#trang-1"' in page


def test_facets_are_links_that_add_and_remove_one_value(client: TestClient, search: FakeSearch) -> None:
    page = client.get("/search?q=quyet&type=02&year=2004").text
    assert search.asked[-1][1] == {"type": ("02",), "year": ("2004",)}
    assert "Quyết định" in page and "Bỏ lọc Năm: 2004" in page
    assert 'href="/search?q=quyet&amp;type=02"' in page
    assert 'href="/search?q=quyet&amp;type=02&amp;year=2004&amp;type=10"' in page


def test_results_are_paged(records: FakeRecords, render: FakeRender) -> None:
    search = FakeSearch(records, copies=20)
    client = TestClient(create_app(records, search, render), base_url="http://127.0.0.1")
    page = client.get("/search?q=quyet+dinh&page=2").text
    assert search.asked[-1][2:] == (20, 20)
    assert (
        'rel="prev" href="/search?q=quyet+dinh"' in page and 'href="/search?q=quyet+dinh&amp;page=3"' in page
    )


def test_finding_nothing_is_explained(client: TestClient) -> None:
    page = client.get("/search?q=khong-co-gi-ca").text
    assert "Không tìm thấy tài liệu nào" in page and "Thử ít từ hơn" in page
    assert "Nothing was found" in client.get("/search?q=khong-co-gi-ca&lang=en").text


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "{% raw %}", "'\"`<!--"],
)
def test_what_is_typed_is_never_markup(client: TestClient, hostile: str) -> None:
    for address in (f"/search?q={quote(hostile)}", f"/vanban/{DOCUMENT}?q={quote(hostile)}"):
        page = client.get(address).text
        assert hostile not in page or "<" not in hostile
        assert "<script>" not in page and "<img src=x" not in page and ">49<" not in page


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=x", "page=501", "page=99999999999", "page=%D9%A1", "q=" + "a" * 501, "year=" + "9" * 201,
     "&".join(f"year={n}" for n in range(9))],
)  # fmt: skip
def test_parameters_out_of_bounds_are_refused(client: TestClient, search: FakeSearch, query: str) -> None:
    answer = client.get(f"/search?{query}")
    assert answer.status_code == 400 and "Yêu cầu chưa đúng" in answer.text
    assert search.asked == []


def test_unknown_parameters_never_reach_the_search(client: TestClient, search: FakeSearch) -> None:
    assert client.get("/search?q=a&fq=*:*&mode=02&page=1").status_code == 200
    assert search.asked[-1][1] == {}


def test_a_record_page_describes_places_and_tells_the_history(client: TestClient) -> None:
    page = client.get(f"/hoso/{RECORD}").text
    assert "Tập lưu quyết định của Ủy ban nhân dân xã Tân Mẫu năm 2004" in page
    assert "Vĩnh viễn" in page and "12/01/2004" in page and "H001" in page
    assert f'href="/vanban/{DOCUMENT}"' in page and "41/QĐ-UBND" in page
    story = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "Ngày 24/11/2026 10:31: đã kiểm tra vi-rút, không thấy gì (ClamAV 1.0.7)" in story


def test_a_document_page_shows_pages_texts_and_checksums(client: TestClient) -> None:
    page = client.get(f"/vanban/{DOCUMENT}?q=giay+khen").text
    assert "làng văn hoá" in page and "41/QĐ-UBND" in page and "ngày 08/11/2004" in page
    assert f'src="/trang/{DOCUMENT}/1.jpg?width=900"' in page and 'loading="lazy"' in page
    assert "<mark>Giấy</mark> <mark>khen</mark>" in page
    assert "ab" * 32 in page and "PDF/A-2b: đạt" in page
    assert f'href="/tep/{DOCUMENT}"' in page and f'href="/vanban/{RECORD}.3"' in page


@pytest.mark.parametrize("kind", ["hoso/{}", "vanban/{}.1", "tep/{}.1", "trang/{}.1/1.jpg"])
def test_unpublished_and_unknown_are_the_same_answer(client: TestClient, kind: str) -> None:
    hidden, unknown = (client.get("/" + kind.format(id)) for id in (HIDDEN, UNKNOWN))
    assert (hidden.status_code, hidden.text) == (unknown.status_code, unknown.text) == (404, hidden.text)
    assert dict(hidden.headers) == dict(unknown.headers)


def test_a_document_that_is_not_public_is_not_there(client: TestClient, records: FakeRecords) -> None:
    records.hidden.add(f"{aip_id('04')}#0000004")
    for address in (f"/vanban/{DOCUMENT}", f"/tep/{DOCUMENT}", f"/trang/{DOCUMENT}/1.jpg"):
        assert client.get(address).status_code == 404
    assert DOCUMENT not in client.get(f"/hoso/{RECORD}").text


@pytest.mark.parametrize(
    "id",
    [
        "...",
        "%2e%2e%2fetc%2fpasswd",
        "..%5c..",
        "a" * 5000,
        "%00",
        "urn:uuid:",
        f"{RECORD}%0d%0aX-A:b",
        "{{id}}",
    ],
)
@pytest.mark.parametrize("kind", ["hoso", "vanban", "tep"])
def test_hostile_ids_are_plainly_not_there(client: TestClient, kind: str, id: str) -> None:
    answer = client.get(f"/{kind}/{id}")
    assert answer.status_code == 404 and "x-a" not in answer.headers


def test_full_identifiers_lead_to_the_same_pages(client: TestClient) -> None:
    assert client.get(f"/hoso/{aip_id('04')}").status_code == 200
    assert client.get(f"/vanban/{aip_id('04')}%230000004").status_code == 200


def test_the_original_is_given_byte_for_byte(client: TestClient) -> None:
    answer = client.get(f"/tep/{DOCUMENT}")
    assert answer.content == b"%PDF-1.7 the bytes of the original"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="04.004.pdf"'
    assert client.get(f"/tep/{DOCUMENT}", headers={"Range": "bytes=0-3"}).content == b"%PDF"
    again = client.get(f"/tep/{DOCUMENT}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_page_image_is_drawn_once_and_known_by_its_etag(client: TestClient, render: FakeRender) -> None:
    first = client.get(f"/trang/{DOCUMENT}/2.jpg?width=450")
    assert first.headers["content-type"] == "image/jpeg" and first.content[:2] == b"\xff\xd8"
    client.get(f"/trang/{DOCUMENT}/2.jpg?width=500")
    assert [(page, width) for _pdf, page, width in render.drawn] == [(2, 500)]
    etag = first.headers["etag"]
    assert (
        client.get(f"/trang/{DOCUMENT}/2.jpg?width=500", headers={"If-None-Match": etag}).status_code == 304
    )
    assert client.get(f"/trang/{DOCUMENT}/2.jpg", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("path", ["hoso/{}", "vanban/{}.1", "tep/{}.1", "trang/{}.1/1.jpg"])
def test_what_was_destroyed_is_answered_as_destroyed(client: TestClient, path: str):
    answer = client.get("/" + path.format(address_of(DESTROYED)))
    assert answer.status_code == 410
    assert "hủy theo quyết định" in answer.text


@pytest.mark.parametrize(("n", "status"), [("0", 404), ("3", 404), ("-1", 404), ("x", 404), ("9" * 30, 404)])
def test_pages_that_are_not_there(client: TestClient, render: FakeRender, n: str, status: int) -> None:
    assert client.get(f"/trang/{DOCUMENT}/{n}.jpg").status_code == status
    assert render.drawn == []


@pytest.mark.parametrize(
    ("asked", "width"),
    [("", 900), ("1", 100), ("101", 200), ("1800", 1800), ("99999", 2000), ("999999", None), ("-5", None), ("1e3", None)],
)  # fmt: skip
def test_image_widths_are_bounded(asked: str, width: int | None) -> None:
    assert fitting_width(asked, 900) == width


def test_kept_images_stay_within_their_memory() -> None:
    images = PageImages()
    for number in range(12):
        assert len(images.get(str(number), lambda: b"x" * 8_000_000)) == 8_000_000
    assert len(images._kept) == 6 and images._bytes == 48_000_000


def test_a_failing_renderer_or_index_gives_a_page_without_a_trace(
    records: FakeRecords, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> None:
        raise ToolFailed(tool="Solr", reason="/secret/path")

    client = TestClient(create_app(records, away, BrokenRender()), base_url="http://127.0.0.1")
    for address in ("/search?q=a", f"/trang/{DOCUMENT}/1.jpg"):
        answer = client.get(address)
        assert answer.status_code == 503 and "Tạm thời chưa xem được" in answer.text
        assert "Traceback" not in answer.text and "/secret" not in answer.text
        assert answer.headers["content-security-policy"]
    assert "ToolFailed" in caplog.text and "Traceback" not in caplog.text


def test_an_unforeseen_error_is_an_error_page_too(records: FakeRecords) -> None:
    def bug(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inside")

    client = TestClient(create_app(records, bug, BrokenRender()), base_url="http://127.0.0.1")
    answer = client.get("/search?q=a&lang=en")
    assert answer.status_code == 500 and "Something went wrong on our side" in answer.text
    assert "inside" not in answer.text and "ZeroDivision" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_the_search_cannot_be_asked_is_told_in_its_own_words(records: FakeRecords) -> None:
    def refusing(*_: object, **__: object) -> None:
        raise PageOutOfReach

    client = TestClient(create_app(records, refusing, BrokenRender()), base_url="http://127.0.0.1")
    answer = client.get("/search?q=a&lang=en")
    assert answer.status_code == 400 and "Narrow the search" in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "", "127.0.0.1.evil.example", "localhost@evil.example", "kho.example:80:80x"]
)
def test_other_hosts_are_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 400 and answer.headers["content-security-policy"]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000", "kho.example"])
def test_known_hosts_are_served(
    records: FakeRecords, search: FakeSearch, render: FakeRender, host: str
) -> None:
    client = TestClient(
        create_app(records, search, render, hosts=["Kho.example"]), base_url="http://127.0.0.1"
    )
    assert client.get("/", headers={"host": host}).status_code == 200
    assert host_of(host) in ("127.0.0.1", "localhost", "[::1]", "kho.example")


def test_the_language_is_remembered_without_being_needed(client: TestClient) -> None:
    chosen = client.get("/search?q=a&lang=en")
    assert "HttpOnly" in chosen.headers["set-cookie"] and "SameSite=lax" in chosen.headers["set-cookie"]
    assert '<html lang="en">' in client.get("/").text
    assert "set-cookie" not in client.get("/").headers
    assert '<html lang="en">' in client.get("/?lang=//evil.example").text
    assert 'href="?q=a&amp;lang=vi"' in chosen.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_portal_only_reads(client: TestClient, method: str) -> None:
    answer = client.request(method, "/search")
    assert answer.status_code == 405 and "chỉ để xem" in answer.text


def test_no_api_description_is_served(client: TestClient) -> None:
    assert {client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")} == {404}


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok"


@pytest.mark.parametrize(
    ("found", "html"),
    [
        (f"a {MARK}b{UNMARK} c", "a <mark>b</mark> c"),
        (f"<b>{MARK}<i>{UNMARK}", "&lt;b&gt;<mark>&lt;i&gt;</mark>"),
        (f"a {MARK}b", "a b"),
        (f"a{UNMARK} b", "a b"),
        ("& <", "&amp; &lt;"),
    ],
)
def test_marks_become_tags_after_escaping(found: str, html: str) -> None:
    assert marked(found) == html


def test_addresses_go_both_ways() -> None:
    id = f"{aip_id('04')}#0000012"
    assert address_of(id) == f"{RECORD}.12" and document_id(address_of(id)) == id
    assert record_id(address_of(aip_id("04"))) == aip_id("04")
    assert document_id(RECORD) is None and record_id(f"{RECORD}.1") is None
    assert document_id(f"{RECORD}.١") is None


def test_page_hits_ignore_accents_and_want_every_word() -> None:
    pages = ["Quyết định khen thưởng", "làng văn hoá được KHEN", ""]
    assert list(page_hits("khen van hoa", pages)) == [
        (2, f"làng {MARK}văn{UNMARK} {MARK}hoá{UNMARK} được {MARK}KHEN{UNMARK}")
    ]
    assert list(page_hits("", pages)) == [] and list(page_hits("khen la", pages)) == []


def test_every_text_is_in_both_languages() -> None:
    for section, keys in catalogue().items():
        for name, text in keys.items():
            assert set(text) == set(LANGUAGES), f"{section}.{name}"
            holes = [set(re.findall(r"\{(\w+)\}", text[lang])) for lang in LANGUAGES]
            assert holes[0] == holes[1], f"{section}.{name}"


def test_every_step_of_the_pipeline_has_words() -> None:
    from ingest.pipeline import PIPELINE

    assert [step.name for step in PIPELINE if not Texts("vi").has(f"events.{step.name}-success")] == []


def test_an_event_of_another_kind_is_told_by_its_type() -> None:
    event = event_rows("04")[0]
    unknown = type(event)(
        id=event.id, package=1, aip=event.aip, step="repair", type="recovery", outcome="warning", codes=[],
        agents=[{"id": "nobody"}], detail={}, time=event.time,
    )  # fmt: skip
    said = told(unknown, Texts("en"))
    assert (said.when, said.what, said.by, said.good) == (
        "24/11/2026 10:31", "“recovery” was carried out: with remarks", "nobody", False,
    )  # fmt: skip


def test_a_file_delivered_again_is_not_told_as_new() -> None:
    event = replace(event_rows("04")[0], step="find-held", outcome="success", codes=["HOLD-ALREADY"])
    assert "giao lại" in told(event, Texts("vi")).what
    assert "chưa có trong kho" in told(replace(event, codes=[]), Texts("vi")).what


def test_sizes_and_numbers_follow_the_language() -> None:
    assert (Texts("vi").size(1_300_000), Texts("en").size(1_300_000)) == ("1,3 MB", "1.3 MB")
    assert (Texts("vi").size(999), Texts("en").size(45_600)) == ("999 B", "46 kB")
