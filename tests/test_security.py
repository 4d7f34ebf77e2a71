"""A stranger at every route: nothing of what is hidden, nothing that breaks, the same decision at every door."""

import csv
import io
import re
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from access.labels import block_of
from access.oai.door import OaiDoor
from access.portal import create_app
from access.portal.addresses import address_of
from access.portal.guard import HEADERS
from access.portal_doors import Records, Search, open_pool
from access.portal_people import People
from access.rights import today
from access.searching import open_solr
from repository import catalogue, people
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.people import NewPost
from repository.permissions import PUBLIC, Seen, Viewer, decide
from tests.make_delivery import FONDS, plan, write_plan
from tests.portal_fixtures import FakePeople, FakeRecords, FakeRender, FakeSearch
from tests.running import kho

SITE = "http://127.0.0.1"


@pytest.fixture(scope="module")
def opened(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Hồ sơ 1 is public with a closed document, 2 is closed, 3 public; the fonds is published."""
    made = plan(3, 3)
    for row in made.rows:
        number = int(str(row["file.fileCode"])[5:7])
        if number == 2:
            row["file.mode"] = row["document.mode"] = "Sử dụng có điều kiện"
        if number == 1 and row["document.docOrdinal"] == 2:
            row["document.mode"] = "Sử dụng có điều kiện"
            row["document.subject"] = "Đơn khiếu nại kín"
    folder = write_plan(tmp_path_factory.mktemp("security") / "dot", made)
    assert kho("ingest", folder, "--agency", "H26.99.07", "--wait", "--json").code == 0
    assert kho("rights", "publish", FONDS, "--basis", "Quyết định số 1").code == 0
    return open_catalogue(Settings.load())


@pytest.fixture(scope="module")
def connection(opened: Opened) -> Iterator[psycopg.Connection]:
    with opened.connect() as made:
        yield made


@pytest.fixture(scope="module")
def app(opened: Opened) -> Iterator[FastAPI]:
    solr = open_solr(opened.home, opened.settings)
    with open_pool(opened) as pool:
        yield create_app(
            Records(pool, opened.store), Search(pool, solr), FakeRender(), OaiDoor(pool, lambda: "key", "a@b.c"),
            People(pool, opened.home, opened.store, solr),
        )  # fmt: skip


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=SITE, follow_redirects=False)


# ---- every door gives the decision of the reference

VIEWERS: dict[str, dict[str, Any]] = {
    "mo.ca": {"modes": ("01", "02"), "agency": "H26"}, "chi.mo": {"modes": ("01",)},
    "chi.dieu.kien": {"modes": ("02",), "agency": "H26.99.07"}, "noi.khac": {"modes": ("01", "02"), "agency": "A26"},
    "quan.tri": {"modes": ("01", "02"), "role": "administrator"}, "cho.duyet": {"modes": ("01", "02"), "approved": False},
}  # fmt: skip


def viewer_of(connection: psycopg.Connection, opened: Opened, account: str, **scope: Any) -> Viewer:
    people.add_account(connection, account, account)
    approved, role = scope.pop("approved", True), scope.pop("role", "records-officer")
    post = people.give_post(
        connection, opened.store, NewPost(account, role, scope.pop("modes"), today(), "b", **scope), "x"
    )
    if approved:
        connection.execute("update post set approved_by = 'y', approved_at = now() where id = %s", [post.id])
    connection.execute("update account set must_change = false where id = %s", [account])
    connection.commit()
    return people.viewer(connection, account)


def allowed(connection: psycopg.Connection, viewer: Viewer) -> tuple[set[str], set[str]]:
    """(what the reference allows, what it does not), by id."""
    yes: set[str] = set()
    no: set[str] = set()
    for row in list(catalogue.aips(connection)):
        whole = Seen(row.agency, row.fonds, block_of(row.agency), row.level or "", (row.mode,), row.published)
        (yes if decide(viewer, whole, today()).allowed else no).add(row.id)
        for document in catalogue.documents(connection, row.id):
            modes = (row.mode, document.fields.get("mode") or row.mode)
            part = Seen(row.agency, row.fonds, block_of(row.agency), row.level or "", modes, row.published)
            (yes if decide(viewer, part, today()).allowed else no).add(document.id)
    connection.commit()
    return yes, no


@pytest.mark.parametrize("account", ["", *VIEWERS])
def test_every_door_gives_the_same_decision(
    opened: Opened, connection: psycopg.Connection, client: TestClient, account: str
) -> None:
    viewer = viewer_of(connection, opened, account, **dict(VIEWERS[account])) if account else PUBLIC
    if account:
        client.cookies.set("kho_session", people.start_sign_in(connection, account))
        connection.commit()
    yes, no = allowed(connection, viewer)
    for id, status in [*((i, 200) for i in yes), *((i, 404) for i in no)]:
        at = address_of(id)
        doors = [
            f"/vanban/{at}",
            f"/tep/{at}",
            f"/trang/{at}/1.jpg",
            f"/manh/{at}/1/1800/0_0.jpg",
            f"/api/documents/{at}",
        ]
        for door in doors if "#" in id else [f"/hoso/{at}", f"/api/records/{at}"]:
            assert client.get(door).status_code == status, door
    files = {id for id in yes if "#" not in id}
    found = client.get("/api/search?limit=100").json()
    assert {hit["id"] for hit in found["hits"]} == yes
    assert found["total"] == sum(count for _value, count in found["facets"]["kind"]) == len(yes)
    sheet = list(csv.reader(io.StringIO(client.get("/xuat.csv?q=").content.decode("utf-8-sig"), newline="")))
    assert {line[-1] for line in sheet[1:]} == yes
    shelf = client.get(f"/duyet?agency=H26.99.07&fonds={FONDS}")
    assert shelf.status_code == (200 if files else 404)
    assert {f"urn:uuid:{i}" for i in re.findall(r'href="/hoso/([^"]+)"', shelf.text)} == files
    for id in files:
        inside = {
            f"urn:uuid:{i.replace('.', '#000000')}"
            for i in re.findall(r'href="/vanban/([^"?]+)"', client.get(f"/hoso/{address_of(id)}").text)
        }
        assert inside <= yes
        assert {i for i in yes if i.startswith(f"{id}#")} <= inside
    home = client.get("/").text
    counted = [int(n.replace(".", "")) for n in re.findall(r"<strong>([\d.]+)</strong>", home)[:2]]
    assert counted == ([len(files), len(yes) - len(files)] if files else [])


def test_what_is_closed_and_what_never_was_are_the_same_answer(
    connection: psycopg.Connection, client: TestClient
) -> None:
    _yes, no = allowed(connection, PUBLIC)
    closed, part = next(i for i in no if "#" not in i), next(i for i in no if "#" in i)
    never = f"urn:uuid:{uuid.uuid4()}"
    pairs = [("/hoso/{}", closed, never), ("/api/records/{}", closed, never)]
    pairs += [
        (path, part, f"{never}#0000001")
        for path in ("/vanban/{}", "/tep/{}", "/ban-doc/{}", "/trang/{}/1.jpg", "/manh/{}/1/1800/0_0.jpg", "/api/documents/{}",
                     "/trang/{}/1.jpg?width=x", "/trang/{}/99999.jpg", "/vanban/{}?q=kín")
    ]  # fmt: skip
    for path, hidden, nothing in pairs:
        one, other = client.get(path.format(address_of(hidden))), client.get(path.format(address_of(nothing)))
        assert (one.status_code, one.content) == (other.status_code, other.content), path
        assert dict(one.headers) == dict(other.headers)
    asked = "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier="
    one, other = (client.get(asked + id.replace("#", "%23")).text for id in (closed, never))
    told = re.compile(r"<responseDate>[^<]*|identifier=\"[^\"]*\"")
    assert told.sub("", one) == told.sub("", other)


def test_that_something_closed_was_destroyed_is_not_told(connection: psycopg.Connection) -> None:
    """A closed record has an item in the feed of what is held; its tombstone is no news for the public."""
    _yes, no = allowed(connection, PUBLIC)
    closed = next(i for i in no if "#" not in i)
    assert connection.execute("select 1 from oai_item where aip = %s", [closed]).fetchone()
    connection.execute(
        "insert into tombstone (aip, key, agency, fonds, decision, destroyed_at)"
        " select %s, 'k', '', '', id, now() from decision limit 1",
        [closed],
    )
    assert connection.execute("select 1 from tombstone where aip = %s", [closed]).fetchone()
    assert catalogue.value(connection, "was_public_and_destroyed", aip=closed) is False
    connection.rollback()


def test_nothing_hidden_is_in_any_answer_to_the_public(client: TestClient) -> None:
    for address in ("/", "/search?q=", "/search?q=khieu+nai+kin", "/search?q=Hồ sơ số 2", "/duyet", "/xuat.csv?q=",
                    "/api/search?q=kin", f"/duyet?agency=H26.99.07&fonds={FONDS}",
                    "/oai?verb=ListRecords&metadataPrefix=tt05", "/oai?verb=ListRecords&metadataPrefix=mets"):  # fmt: skip
        told = client.get(address).text
        assert "khiếu nại kín" not in told
        assert "Hồ sơ số 2 " not in told


# ---- garbage at every route

ROUTES = (
    "/", "/search", "/hoso/{}", "/vanban/{}", "/trang/{}/{}.jpg", "/manh/{}/{}/{}/{}_{}.jpg", "/tep/{}", "/ban-doc/{}",
    "/static/{}", "/duyet", "/xuat.csv", "/xuat.xlsx", "/api/search", "/api/records/{}", "/api/documents/{}", "/oai",
    "/dang-nhap", "/dang-nhap/oidc", "/dang-nhap/oidc/ve", "/tai-khoan", "/tim-da-luu", "/tra-cuu-dinh-danh", "/{}",
)  # fmt: skip
PARTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["..", "%2e%2e%2f", "../../etc/passwd", "{{7*7}}", "${7*7}", "'; select 1 --", "<script>", "\r\nX: y", "\0",
                     "9" * 40, "-1", "1e9", "0", "1", "6b686f00-0000-4000-8000-000000000000", "6b686f00-0000-4000-8000-000000000000.1"]),
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "q",
        "page",
        "sort",
        "width",
        "lang",
        "facet",
        "year",
        "agency",
        "fonds",
        "verb",
        "identifier",
        "from",
        "state",
        "code",
        "kind",
        "x",
    ]
)


@pytest.fixture(scope="module")
def fake() -> TestClient:
    records = FakeRecords()
    search = FakeSearch(records)
    made = create_app(records, search, FakeRender(), people=FakePeople(records, search))
    return TestClient(made, base_url=SITE, follow_redirects=False)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(ROUTES), st.lists(PARTS, min_size=5, max_size=5), st.dictionaries(NAMES, PARTS, max_size=4),
       st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]))  # fmt: skip
def test_no_request_breaks_a_route(
    fake: TestClient, route: str, parts: list[str], asked: dict[str, str], method: str
) -> None:
    from urllib.parse import quote

    path = route.format(*(quote(part.encode("utf-8", "replace"), safe="") for part in parts))
    answer = fake.request(
        method, path, params={k: v.encode("utf-8", "replace").decode() for k, v in asked.items()}
    )
    assert answer.status_code < 500, (method, path, asked)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "x: y" not in str(answer.headers).lower()
    assert "Traceback" not in answer.text
    assert ">49<" not in answer.text
    if "text/html" in answer.headers.get("content-type", ""):
        assert "<script>" not in answer.text


# ---- what the description of the API promises


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_the_api_is_as_it_describes_itself(app: FastAPI, mode: schemathesis.GenerationMode) -> None:
    described = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers={"Host": "127.0.0.1"})
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == 3
    negative = mode is schemathesis.GenerationMode.NEGATIVE
    for operation in operations:
        if negative and not operation.query:  # any text is a path
            continue

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(operation.as_strategy(generation_mode=mode))
        def asked(case: schemathesis.Case) -> None:
            answer = case.call(headers={"Host": "127.0.0.1"})
            if answer.status_code == 400 and "query-too-long" in answer.text:
                return  # how many words a text has, no schema says
            case.validate_response(answer)

        asked()


# ---- limits


def test_who_asks_for_too_much_is_told_to_wait() -> None:
    records = FakeRecords()
    search = FakeSearch(records)
    made = create_app(records, search, FakeRender(), people=FakePeople(records, search), limited=True)
    client = TestClient(made, base_url=SITE, follow_redirects=False)
    form = {"account": "canbo", "password": "sai"}
    codes = [client.post("/dang-nhap", data=form, headers={"origin": SITE}).status_code for _try in range(25)]
    assert codes[:20] == [403] * 20
    assert codes[20:] == [429] * 5
    last = client.post("/dang-nhap", data=form, headers={"origin": SITE})
    assert 1 <= int(last.headers["retry-after"]) <= 60
    assert last.headers["content-security-policy"]
    assert client.get("/").status_code == 200  # another door
    assert {client.get("/xuat.csv?q=").status_code for _try in range(30)} == {200, 429}
    told = [
        client.get("/api/search", headers={"Authorization": f"Bearer {n}"}).status_code for n in range(700)
    ]
    assert told.count(401) == 600  # another key each time does not begin anew


# ---- secrets


def test_no_log_has_a_password_a_key_or_what_was_searched(
    client: TestClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    client.post("/dang-nhap", data={"account": "ai", "password": "mat-khau-rieng"}, headers={"origin": SITE})
    client.get("/api/search?q=tu-rieng-tu", headers={"Authorization": "Bearer kho_khoa-rieng"})
    client.get("/search?q=tu-rieng-tu")
    client.get("/dang-nhap/oidc/ve?code=ma-rieng&state=x")
    own = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore", "asyncio"))]
    out = capfd.readouterr()
    for secret in ("mat-khau-rieng", "khoa-rieng", "tu-rieng-tu", "ma-rieng"):
        assert secret not in " ".join(own) + out.out + out.err
