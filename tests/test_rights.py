"""Rights: one reference, and every door agrees with it; posts count only while they hold; nothing hidden can be counted."""

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from access.finding import find
from access.labels import block_of
from access.portal import create_app
from access.portal_doors import Records, Search, open_pool
from access.portal_people import People
from access.rights import sentence, today
from access.searching import open_solr
from access.solr import Solr
from repository import catalogue, people
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.people import NewPost
from repository.permissions import HARVESTING, MODES, PUBLIC, ROLES, Post, Seen, Viewer, decide
from repository.queries import sql
from repository.services.postgres import owner_conninfo
from standards.errors import UsageError
from tests.make_delivery import FONDS, plan, write_plan
from tests.portal_fixtures import FakeRender
from tests.running import kho

DAY = dt.date(2026, 11, 25)
AGENCIES = ("H26.99.07", "H26.99.08", "H26.99", "A26.07", "I26.07", "H26.990")
SAME_HOST = {"origin": "http://127.0.0.1"}


# ---- the reference and the catalogue

scopes = st.fixed_dictionaries({
    "agency": st.none() | st.sampled_from(AGENCIES), "fonds": st.none() | st.sampled_from(["P1", "P2"]),
    "block": st.none() | st.sampled_from(["Đảng", "Chính quyền", "Đoàn thể"]),
    "level": st.none() | st.sampled_from(["Xã, phường", "Quận, huyện"]),
    "role": st.sampled_from(ROLES), "modes": st.sampled_from([["01"], ["02"], ["01", "02"]]),
    "since": st.integers(-2, 2), "length": st.none() | st.integers(0, 2),
    "approved": st.booleans(), "ended": st.booleans(),
})  # fmt: skip
records = st.tuples(
    st.sampled_from(AGENCIES), st.sampled_from(["P1", "P2"]), st.sampled_from(["", "01", "02", "03", "99"])
)


def post_of(made: dict[str, Any], account: str) -> Post:
    since = DAY + dt.timedelta(days=made["since"])
    time = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    return Post(
        id=uuid.uuid4(), account=account, role=made["role"], agency=made["agency"], fonds=made["fonds"],
        block=made["block"], level=made["level"], modes=made["modes"], valid_from=since,
        valid_to=None if made["length"] is None else since + dt.timedelta(days=made["length"]), basis="b",
        granted_by="a", granted_at=time, ended_by=None, approved_by="c" if made["approved"] else None,
        approved_at=time if made["approved"] else None, ended_at=time if made["ended"] else None,
    )  # fmt: skip


def insert(connection: psycopg.Connection, post: Post) -> None:
    connection.execute(
        "insert into post values (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,now(),%s,%s,%s,%s)",
        [post.id, post.account, post.role, post.agency, post.fonds, post.block, post.level, list(post.modes),
         post.valid_from, post.valid_to, post.basis, post.granted_by, post.approved_by, post.approved_at,
         None, post.ended_at],
    )  # fmt: skip


@pytest.fixture(scope="module")
def opened(kho_home_of_module: Home) -> Opened:
    return open_catalogue(Settings.load())


@pytest.fixture(scope="module")
def connection(opened: Opened) -> Iterator[psycopg.Connection]:
    """A catalogue with bodies, of which one fonds is published; an account."""
    with opened.connect() as made:
        for code in AGENCIES:
            level = "Xã, phường" if code.count(".") == 2 else None
            catalogue.do(made, "upsert_agency", code=code, name=code, block=None, level=level)
        catalogue.do(made, "new_publication", id=uuid.uuid4(), agency="H26.99.07", fonds="P1", basis="b",
                     decided_by="x", decided_at=catalogue.now())  # fmt: skip
        people.add_account(made, "somebody", "Ai đó")
        made.commit()
        yield made


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(scopes, max_size=3), st.lists(records, min_size=1, max_size=8))
def test_the_catalogue_decides_as_the_reference(
    connection: psycopg.Connection, made: list[dict[str, Any]], shown: list[tuple[str, str, str]]
) -> None:
    posts = tuple(post_of(each, "somebody") for each in made)
    try:
        for post in posts:
            insert(connection, post)
        for viewer in (PUBLIC, Viewer("somebody", "", posts)):
            for agency, fonds, mode in shown:
                level = "Xã, phường" if agency.count(".") == 2 else ""
                published = (agency, fonds) == ("H26.99.07", "P1")
                record = Seen(agency, fonds, block_of(agency), level, (mode,), published)
                expected = decide(viewer, record, DAY)
                told = connection.execute(
                    "select may_see(%s, %s, %s, %s, %s)", [viewer.account, agency, fonds, mode, DAY]
                ).fetchone()
                assert told == (expected.allowed,), (expected, record)
                harvested = decide(viewer, record, DAY, HARVESTING).allowed
                told = connection.execute(
                    "select may_harvest(%s, %s, %s, %s, %s)", [viewer.account, agency, fonds, mode, DAY]
                ).fetchone()
                assert told == (harvested,), record
                assert all(sentence(expected, lang) for lang in ("vi", "en"))
    finally:
        connection.rollback()


def test_a_disabled_account_sees_what_the_public_sees(connection: psycopg.Connection) -> None:
    try:
        insert(connection, post_of({
            "agency": None, "fonds": None, "block": None, "level": None, "role": "archive-manager",
            "modes": ["01", "02"], "since": 0, "length": None, "approved": True, "ended": False,
        }, "somebody"))  # fmt: skip
        asked = "select may_see('somebody', 'A26.07', 'P1', '02', %s)"
        assert connection.execute(asked, [DAY]).fetchone() == (True,)
        people.set_state(connection, "somebody", "disabled")
        assert connection.execute(asked, [DAY]).fetchone() == (False,)
    finally:
        connection.rollback()


# ---- accounts


def test_passwords(connection: psycopg.Connection) -> None:
    once = people.add_account(connection, "mot.nguoi", "Một Người")
    assert people.check_password(connection, "mot.nguoi", once).must_change
    with pytest.raises(people.WeakPassword):
        people.change_password(connection, "mot.nguoi", once, "ngan")
    people.change_password(connection, "mot.nguoi", once, "mot cau du dai de nho")
    with pytest.raises(people.SignInRefused):
        people.check_password(connection, "mot.nguoi", once)
    assert not people.check_password(connection, "mot.nguoi", "mot cau du dai de nho").must_change
    stored = connection.execute("select password from account where id = 'mot.nguoi'").fetchone()
    assert stored is not None
    assert stored[0].startswith("$argon2id$")


def test_failures_lock_and_the_lock_looks_like_a_wrong_password(connection: psycopg.Connection) -> None:
    once = people.add_account(connection, "bi.khoa", "Bị Khóa")
    for _try in range(people.FREE_TRIES):
        with pytest.raises(people.SignInRefused):
            people.check_password(connection, "bi.khoa", "sai")
    with pytest.raises(people.SignInRefused):
        people.check_password(connection, "bi.khoa", once)
    with pytest.raises(people.SignInRefused):
        people.check_password(connection, "khong-co", once)
    connection.execute("update account set locked_until = now() - interval '1 s' where id = 'bi.khoa'")
    assert people.check_password(connection, "bi.khoa", once)


def test_a_sign_in_ends(connection: psycopg.Connection) -> None:
    people.add_account(connection, "phien", "Phiên")
    token = people.start_sign_in(connection, "phien")
    assert people.sign_in_of(connection, token) is not None
    assert connection.execute("select 1 from sign_in where token = %s", [token]).fetchone() is None
    connection.execute("update sign_in set seen_at = now() - interval '31 minutes' where account = 'phien'")
    assert people.sign_in_of(connection, token) is None
    connection.execute("update sign_in set seen_at = now(), ends_at = now() where account = 'phien'")
    assert people.sign_in_of(connection, token) is None
    again = people.start_sign_in(connection, "phien")
    people.set_state(connection, "phien", "disabled")
    assert people.sign_in_of(connection, again) is None


def test_closed_records_need_a_second_person(opened: Opened, connection: psycopg.Connection) -> None:
    for name in ("sep", "hai", "can.bo"):
        people.add_account(connection, name, name)
    for name in ("sep", "hai"):
        people.give_post(connection, opened.store, NewPost(name, "administrator", ("01",), DAY, "b"), "uid:0")
    wanted = NewPost("can.bo", "records-officer", ("01", "02"), DAY, "b", agency="H26")
    post = people.give_post(connection, opened.store, wanted, "sep")
    one, two, self_ = (people.viewer(connection, name) for name in ("sep", "hai", "can.bo"))
    assert not decide(self_, Seen("H26.99.07", "P2", "", "", ("02",), False), DAY).allowed
    for wrong in (one, self_, PUBLIC):
        with pytest.raises(people.SecondPersonNeeded):
            people.approve_post(connection, opened.store, post.id, wrong, DAY)
    people.approve_post(connection, opened.store, post.id, two, DAY)
    assert decide(
        people.viewer(connection, "can.bo"), Seen("H26.99.07", "P2", "", "", ("02",), False), DAY
    ).allowed
    people.end_post(connection, opened.store, post.id, "sep")
    assert not decide(
        people.viewer(connection, "can.bo"), Seen("H26.99.07", "P2", "", "", ("02",), False), DAY
    ).allowed
    connection.commit()


@pytest.mark.parametrize("name", ["officer", "A", "a b", "../x", "ạ", ""])
def test_names_of_accounts(connection: psycopg.Connection, name: str) -> None:
    with pytest.raises(UsageError):
        people.add_account(connection, name, "x")


# ---- the doors


@pytest.fixture(scope="module")
def held(opened: Opened, connection: psycopg.Connection, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Three hồ sơ: 1 public with a closed document, 2 closed, 3 public; the fonds is published."""
    made = plan(3, 3)
    for row in made.rows:
        number = int(str(row["file.fileCode"])[5:7])
        if number == 2:
            row["file.mode"] = row["document.mode"] = "Sử dụng có điều kiện"
        if number == 1 and row["document.docOrdinal"] == 2:
            row["document.mode"] = "Sử dụng có điều kiện"
    folder = write_plan(tmp_path_factory.mktemp("rights") / "dot", made)
    taken = kho("ingest", folder, "--agency", "H26.99.07", "--wait", "--json")
    assert taken.code == 0, taken.err
    assert kho("rights", "publish", FONDS, "--basis", "Quyết định số 1").code == 0
    return opened


@pytest.fixture(scope="module")
def solr(held: Opened) -> Solr:
    return open_solr(held.home, held.settings)


def give(connection: psycopg.Connection, opened: Opened, account: str, **scope: Any) -> Viewer:
    """An account with one post of a records officer, approved where it has to be."""
    people.add_account(connection, account, account)
    new = NewPost(account, "records-officer", scope.pop("modes", ("01",)), today(), "b", **scope)
    post = people.give_post(connection, opened.store, new, "x")
    connection.execute("update post set approved_by = 'y', approved_at = now() where id = %s", [post.id])
    connection.commit()
    return people.viewer(connection, account)


VIEWERS: dict[str, dict[str, Any]] = {
    "moi.che.do": {"modes": ("01", "02"), "agency": "H26"},
    "chi.cong.khai": {"modes": ("01",)},
    "chi.co.dieu.kien": {"modes": ("02",), "agency": "H26.99.07"},
    "noi.khac": {"modes": ("01", "02"), "agency": "A26"},
    "khoi": {"modes": ("01", "02"), "block": "Chính quyền"},
    "khoi.khac": {"modes": ("01", "02"), "block": "Đảng"},
    "phong": {"modes": ("01", "02"), "fonds": FONDS},
}


@pytest.mark.parametrize("account", ["", *VIEWERS])
def test_every_door_agrees_with_the_reference(
    held: Opened, connection: psycopg.Connection, solr: Solr, account: str
) -> None:
    viewer = give(connection, held, account, **dict(VIEWERS[account])) if account else PUBLIC
    expected: set[str] = set()
    for row in catalogue.aips(connection):
        record = Seen(
            row.agency, row.fonds, block_of(row.agency), row.level or "", (row.mode,), row.published
        )
        if decide(viewer, record, today()).allowed:
            expected.add(row.id)
        for document in catalogue.documents(connection, row.id):
            modes = (row.mode, document.fields.get("mode") or row.mode)
            inside = Seen(row.agency, row.fonds, block_of(row.agency), row.level or "", modes, row.published)
            if decide(viewer, inside, today()).allowed:
                expected.add(document.id)
    connection.commit()
    found = find(connection, solr, "", viewer=viewer, limit=100)
    assert {hit.id for hit in found.hits} == expected
    assert found.total == len(expected)
    assert sum(count for _value, count in found.facets["kind"]) == len(expected)
    with open_pool(held) as pool:
        doors = Records(pool, held.store, viewer)
        shown: set[str] = set()
        for row in list(catalogue.aips(connection)):
            if doors.record(row.id):
                shown |= {row.id, *(document.id for document in doors.documents(row.id))}
    connection.commit()
    assert shown == expected


def test_a_restriction_shows_at_once(held: Opened, connection: psycopg.Connection, solr: Solr) -> None:
    before = find(connection, solr, "", limit=100)
    victim = next(hit.aip for hit in before.hits)
    connection.execute("update aip set mode = '02' where id = %s", [victim])
    try:
        # the index still has it, and the same connection looks once more
        found = sql("visible_hits")
        ids = [hit.id for hit in before.hits]
        left = {row[0] for row in connection.execute(found, {"ids": ids, "who": None, "day": today()})}
        assert left == {hit.id for hit in before.hits if hit.aip != victim}
    finally:
        connection.rollback()


# ---- signing in at the portal


@pytest.fixture
def client(held: Opened, solr: Solr) -> Iterator[TestClient]:
    with open_pool(held) as pool:
        app = create_app(
            Records(pool, held.store),
            Search(pool, solr),
            FakeRender(),
            None,
            People(pool, held.home, held.store, solr),
        )
        yield TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def test_from_the_one_time_password_to_a_closed_record(
    held: Opened, connection: psycopg.Connection, client: TestClient
) -> None:
    give(connection, held, "nguoi.doc", modes=("01", "02"), agency="H26.99.07")
    once = people.reset_password(connection, "nguoi.doc")
    connection.commit()
    closed = next(row.id for row in catalogue.aips(connection) if row.mode == "02").removeprefix("urn:uuid:")
    connection.commit()
    assert client.get(f"/hoso/{closed}").status_code == 404
    wrong = client.post("/dang-nhap", data={"account": "nguoi.doc", "password": "x"}, headers=SAME_HOST)
    assert wrong.status_code == 403
    assert "set-cookie" not in wrong.headers
    there = client.post("/dang-nhap", data={"account": "nguoi.doc", "password": once}, headers=SAME_HOST)
    assert (there.status_code, there.headers["location"]) == (303, "/tai-khoan")
    cookie = there.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get(f"/hoso/{closed}").headers["location"] == "/tai-khoan"
    new = "mot cau du dai de nho"
    changed = client.post("/tai-khoan", data={"old": once, "new": new}, headers=SAME_HOST)
    assert changed.headers["location"] == "/dang-nhap"
    assert client.get(f"/hoso/{closed}").status_code == 404
    client.post("/dang-nhap", data={"account": "nguoi.doc", "password": new}, headers=SAME_HOST)
    seen = client.get(f"/hoso/{closed}")
    assert seen.status_code == 200
    assert seen.headers["cache-control"] == "no-store"
    noted = connection.execute("select record from view where account = 'nguoi.doc'").fetchall()
    connection.commit()
    assert (f"urn:uuid:{closed}",) in noted
    assert "Hồ sơ số 2" in client.get("/search?q=").text
    out = client.post("/dang-xuat", headers=SAME_HOST)
    assert out.status_code == 303
    assert client.get(f"/hoso/{closed}").status_code == 404


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"},
                                     {"origin": "null"}])  # fmt: skip
@pytest.mark.parametrize("path", ["/dang-nhap", "/dang-xuat"])
def test_forms_of_other_sites_are_refused(client: TestClient, path: str, headers: dict[str, str]) -> None:
    assert client.post(path, data={"account": "x", "password": "y"}, headers=headers).status_code == 400


def test_a_cookie_of_nobody_is_the_public(client: TestClient) -> None:
    client.cookies.set("kho_session", "x" * 43)
    page = client.get("/")
    assert page.status_code == 200
    assert "/dang-nhap" in page.text


def test_the_command_line_explains_and_asks_as_an_account(
    held: Opened, connection: psycopg.Connection, tmp_path: Path
) -> None:
    added = kho("user", "add", "dong.lenh", "--name", "Dòng Lệnh", "--json").json
    granted = kho("user", "grant", "dong.lenh", "reviewer", "--mode", "01", "--mode", "02", "--agency", "H26",
                  "--basis", "QĐ 2", "--json").json  # fmt: skip
    assert granted["why_not"] == "not-approved"
    closed = next(row.id for row in catalogue.aips(connection) if row.mode == "02")
    connection.commit()
    before = kho("rights", "explain", "dong.lenh", closed, "--json").json
    assert (before["allowed"], before["why"]) == (False, "not-approved")
    second = kho("user", "add", "thu.hai", "--name", "Thứ Hai", "--json").json
    kho("user", "grant", "thu.hai", "administrator", "--basis", "QĐ 3")
    password = tmp_path / "password"
    password.write_text(second["one_time_password"] + "\n")
    approved = kho("user", "approve", granted["id"], "--as", "thu.hai", "--password-file", password, "--json")
    assert approved.code == 0, approved.out
    after = kho("rights", "explain", "dong.lenh", closed, "--json").json
    assert (after["allowed"], after["why"]) == (True, "post")
    as_account = kho("search", "hồ sơ", "--as", "dong.lenh", "--limit", "100", "--json").json
    as_public = kho("search", "hồ sơ", "--limit", "100", "--json").json
    as_administrator = kho("search", "hồ sơ", "--as", "thu.hai", "--limit", "100", "--json").json
    assert closed in {hit["aip"] for hit in as_account["hits"]}
    assert closed not in {hit["aip"] for hit in as_public["hits"]}
    assert [h["id"] for h in as_administrator["hits"]] == [h["id"] for h in as_public["hits"]]
    assert kho("search", "x", "--as", "khong.co", "--json").code == 1
    assert kho("rights", "explain", "public", closed, "--json").json["why"] == "closed"
    assert added["one_time_password"]
    assert set(MODES) == {"01", "02"}


def test_a_rebuild_gives_the_posts_back_and_no_password(held: Opened, connection: psycopg.Connection) -> None:
    give(connection, held, "con.lai", modes=("01",), agency="H26")
    before = people.posts_of(connection, "con.lai")
    connection.commit()
    with psycopg.connect(owner_conninfo(held.home, held.settings)) as owner:
        owner.execute("delete from post where account = 'con.lai'")
        owner.execute("delete from account where id = 'con.lai'")
    assert kho("store", "rebuild", "--replace", "--json").code == 0
    after = people.posts_of(connection, "con.lai")
    assert [(p.id, p.role, p.agency, list(p.modes), p.valid_from) for p in after] == [
        (p.id, p.role, p.agency, list(p.modes), p.valid_from) for p in before
    ]
    with pytest.raises(people.SignInRefused):
        people.check_password(connection, "con.lai", "")
