"""Numbers of persons: found by those entitled alone, with purpose and basis on record; a burst of views raises an alarm."""

import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from access.portal import create_app
from access.portal.addresses import address_of
from access.portal_doors import Records, Search, open_pool
from access.portal_people import People
from access.rights import today
from access.searching import open_solr
from repository import catalogue, identifiers, people, views
from repository.config import Settings
from repository.home import Home
from repository.identifiers import NoReason, NotAnIdentifier, NotEntitled
from repository.opening import Opened, open_catalogue
from repository.people import NewPost
from repository.permissions import PUBLIC, Viewer, needs_approval
from standards.personal import MASK, as_identifier, mask_identifiers
from standards.personal import identifiers as found_in
from tests.make_delivery import FONDS, plan, write_plan
from tests.portal_fixtures import FakeRender
from tests.running import KHO, kho

NUMBER = "001085012345"
WHY = ("Trích lục theo đơn", "Đơn số 12 ngày 03/11/2026")


@pytest.fixture(scope="module")
def opened(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The number stands in the subject of a public document (1.1), of a closed one (2.1), and in a remark of hồ sơ 3."""
    made = plan(3, 3)
    for row in made.rows:
        number, order = int(str(row["file.fileCode"])[5:7]), row["document.docOrdinal"]
        if number == 2:
            row["file.mode"] = row["document.mode"] = "Sử dụng có điều kiện"
        if number in (1, 2) and order == 1:
            row["document.subject"] = f"Cấp thẻ cho người có số định danh cá nhân {NUMBER}"
    folder = write_plan(tmp_path_factory.mktemp("identifiers") / "dot", made)
    assert kho("ingest", folder, "--agency", "H26.99.07", "--wait", "--json").code == 0
    assert kho("rights", "publish", FONDS, "--basis", "Quyết định số 1").code == 0
    return open_catalogue(Settings.load())


@pytest.fixture(scope="module")
def connection(opened: Opened) -> Iterator[psycopg.Connection]:
    with opened.connect() as made:
        yield made


@pytest.fixture
def client(opened: Opened) -> Iterator[TestClient]:
    solr = open_solr(opened.home, opened.settings)
    with open_pool(opened) as pool:
        app = create_app(Records(pool, opened.store), Search(pool, solr), FakeRender(), None,
                         People(pool, opened.home, opened.store, solr))  # fmt: skip
        yield TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def person(
    connection: psycopg.Connection,
    opened: Opened,
    account: str,
    *modes: str,
    approved: bool = True,
    **post: Any,
) -> Viewer:
    people.add_account(connection, account, account)
    new = NewPost(account, post.pop("role", "records-officer"), modes, today(), "b", **post)
    given_post = people.give_post(connection, opened.store, new, "x")
    if approved:
        connection.execute(
            "update post set approved_by = 'y', approved_at = now() where id = %s", [given_post.id]
        )
    connection.commit()
    return people.viewer(connection, account)


def signed_in(connection: psycopg.Connection, client: TestClient, account: str) -> None:
    client.cookies.set("kho_session", people.start_sign_in(connection, account))
    connection.execute("update account set must_change = false where id = %s", [account])
    connection.commit()


def look_up(connection: psycopg.Connection, opened: Opened, viewer: Viewer, typed: str = NUMBER) -> list[str]:
    found = identifiers.look_up(connection, opened.home, viewer, typed, *WHY, today())
    return [m.document or m.aip for m in found]


VIEWERS: dict[str, tuple[tuple[str, ...], dict[str, Any], int]] = {
    "du.quyen": (("01", "02", "personal"), {"agency": "H26.99.07"}, 2),
    "chi.cong.khai": (("01", "personal"), {}, 1),
    "khong.che.do": (("personal",), {"agency": "H26.99.07"}, 1),  # the public one is seen by everybody
    "noi.khac": (("01", "02", "personal"), {"agency": "A26"}, 0),
}


@pytest.mark.parametrize("account", VIEWERS)
def test_who_is_entitled_finds_what_it_may_see(
    opened: Opened, connection: psycopg.Connection, account: str
) -> None:
    modes, scope, count = VIEWERS[account]
    viewer = person(connection, opened, account, *modes, **scope)
    assert len(look_up(connection, opened, viewer)) == count
    assert len(look_up(connection, opened, viewer, "001 085 012 345")) == count
    assert look_up(connection, opened, viewer, "001085012346") == []
    rows = connection.execute(
        "select purpose, basis, found from identifier_search where account = %s order by time", [account]
    ).fetchall()
    assert rows == [(*WHY, count), (*WHY, count), (*WHY, 0)]


@pytest.mark.parametrize(
    ("account", "modes", "more"),
    [("khong.giao", ("01", "02"), {}), ("cho.duyet", ("01", "02", "personal"), {"approved": False}),
     ("quan.tri", ("01", "personal"), {"role": "administrator"})],
)  # fmt: skip
def test_others_are_refused(
    opened: Opened,
    connection: psycopg.Connection,
    client: TestClient,
    account: str,
    modes: tuple[str, ...],
    more: Any,
) -> None:
    viewer = person(connection, opened, account, *modes, **more)
    with pytest.raises(NotEntitled):
        look_up(connection, opened, viewer)
    connection.rollback()
    signed_in(connection, client, account)
    assert client.get("/tra-cuu-dinh-danh").status_code == 404
    form = {"number": NUMBER, "purpose": WHY[0], "basis": WHY[1]}
    sent = client.post("/tra-cuu-dinh-danh", data=form, headers={"origin": "http://127.0.0.1"})
    assert sent.status_code == 404
    with pytest.raises(NotEntitled):
        look_up(connection, opened, PUBLIC)


def test_without_purpose_or_number_nothing_is_searched(
    opened: Opened, connection: psycopg.Connection
) -> None:
    viewer = person(connection, opened, "can.ly.do", "01", "02", "personal")
    for number, purpose, basis in ((NUMBER, "  ", WHY[1]), (NUMBER, WHY[0], "x")):
        with pytest.raises(NoReason):
            identifiers.look_up(connection, opened.home, viewer, number, purpose, basis, today())
    for number in ("", "12345678", "0010850123456", "٠٠١٠٨٥٠١٢٣٤٥", "001085O12345"):
        with pytest.raises(NotAnIdentifier) as refused:
            identifiers.look_up(connection, opened.home, viewer, number, *WHY, today())
        assert not number or number not in str(refused.value)
    connection.rollback()
    assert needs_approval(("01", "personal"))


def test_no_row_of_the_catalogue_lets_a_number_be_tried_without_the_key(
    opened: Opened, connection: psycopg.Connection
) -> None:
    import hashlib

    macs = {row[0] for row in connection.execute("select mac from mention").fetchall()}
    connection.commit()
    assert macs
    plain = {hashlib.new(name, NUMBER.encode()).hexdigest() for name in ("sha256", "sha1", "md5")}
    assert not macs & plain
    assert identifiers.digest(identifiers.key_of(opened.home), NUMBER) in macs
    assert identifiers.digest(b"another key", NUMBER) not in macs


def test_the_page_finds_without_repeating_the_number(
    opened: Opened, connection: psycopg.Connection, client: TestClient
) -> None:
    person(connection, opened, "qua.cong", "01", "02", "personal", agency="H26.99.07")
    signed_in(connection, client, "qua.cong")
    assert "/tra-cuu-dinh-danh" in client.get("/tai-khoan").text
    form = {"number": NUMBER, "purpose": WHY[0], "basis": WHY[1]}
    page = client.post("/tra-cuu-dinh-danh", data=form, headers={"origin": "http://127.0.0.1"})
    assert page.status_code == 200
    assert "2 nơi" in page.text
    assert NUMBER not in page.text
    assert MASK in page.text
    found = re.findall(r'href="(/vanban/[^"#]+)', page.text)
    assert len(found) == 2
    assert all(client.get(address).status_code == 200 for address in found)
    assert client.post("/tra-cuu-dinh-danh", data=form).status_code == 400  # no page of this site sent it
    assert "Không tìm thấy" in client.get(f"/search?q={NUMBER}").text
    assert client.get(f"/api/search?q={NUMBER}").json()["total"] == 0


def test_the_command_line_finds_with_the_password_of_the_account(
    opened: Opened, connection: psycopg.Connection, tmp_path: Path
) -> None:
    person(connection, opened, "qua.lenh", "01", "02", "personal", agency="H26.99.07")
    once = people.reset_password(connection, "qua.lenh")
    connection.commit()
    password = tmp_path / "password"
    password.write_text(once + "\n")
    words = [
        "find-person",
        "--as",
        "qua.lenh",
        "--purpose",
        WHY[0],
        "--basis",
        WHY[1],
        "--password-file",
        str(password),
    ]
    done = subprocess.run(
        [*KHO, *words, "--json"], input=NUMBER + "\n", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert '"found": 2' in done.stdout
    assert NUMBER not in done.stdout + done.stderr
    told = kho("user", "lookups", "--json").json["searches"]
    assert [s["purpose"] for s in told if s["account"] == "qua.lenh"] == [WHY[0]]


def test_what_came_in_before_is_drawn_by_a_rebuild_of_the_index(
    opened: Opened, connection: psycopg.Connection
) -> None:
    before = connection.execute("select mac, aip, ordinal, page from mention order by 1, 2, 3, 4").fetchall()
    connection.execute("delete from mention")
    connection.execute("delete from mention_drawn")
    connection.commit()
    assert kho("index", "rebuild", "--json").code == 0
    after = connection.execute("select mac, aip, ordinal, page from mention order by 1, 2, 3, 4").fetchall()
    connection.commit()
    assert after == before


def test_a_burst_of_views_raises_one_alarm(
    opened: Opened, connection: psycopg.Connection, client: TestClient
) -> None:
    people.add_account(connection, "xem.don.dap", "x")
    raised = [
        views.note(connection, "xem.don.dap", f"urn:uuid:{n}", "hoso") for n in range(views.RECORDS + 20)
    ]
    assert raised.count(True) == 1
    assert raised.index(True) == views.RECORDS - 1
    again = [views.note(connection, "xem.don.dap", "urn:uuid:1", "trang") for _page in range(100)]
    assert not any(again)
    connection.commit()
    (alarm,) = kho("user", "alarms", "--json").json["alarms"]
    assert (alarm["account"], alarm["seen_by"]) == ("xem.don.dap", None)
    assert catalogue.value(connection, "open_view_alarms") == 1
    connection.commit()
    assert kho("user", "alarms", "--seen", alarm["id"], "--json").json["alarms"][0]["seen_by"]
    assert catalogue.value(connection, "open_view_alarms") == 0
    connection.commit()
    assert kho("user", "alarms", "--seen", str(uuid.uuid4()), "--json").code == 1


def test_a_page_image_is_a_view(opened: Opened, connection: psycopg.Connection, client: TestClient) -> None:
    person(connection, opened, "xem.anh", "01", "02", agency="H26.99.07")
    signed_in(connection, client, "xem.anh")
    shut = next(row.id for row in catalogue.aips(connection) if row.mode == "02")
    connection.commit()
    for _again in range(3):
        assert client.get(f"/trang/{address_of(shut)}.1/1.jpg").status_code == 200
    seen = connection.execute("select record, door from view where account = 'xem.anh'").fetchall()
    connection.commit()
    assert seen == [(f"{shut}#0000001", "trang")]


@given(st.text(alphabet="0123456789 .-aCMND:đồng●", max_size=60))
def test_what_is_masked_is_what_is_found(text: str) -> None:
    masked = mask_identifiers(text)
    assert sum(len(n) for n in found_in(text)) == masked.count(MASK) - text.count(MASK)
    assert all(as_identifier(n) == n for n in found_in(text))
