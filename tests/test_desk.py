"""The records desk of the portal over a real catalogue, store and index: who may do what, and a disposal by forms alone."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from access.desk_rights import ACTS, may
from access.portal import create_app
from access.portal_desk import Desk
from access.portal_doors import Records, Search, open_pool
from access.portal_people import People
from access.searching import open_solr
from repository.config import Settings
from repository.home import Home
from repository.opening import open_catalogue
from repository.permissions import ROLES, Post
from tests.make_delivery import plan, write_plan
from tests.portal_fixtures import pdfium_render
from tests.running import kho_here as kho

AGENCY = "H26.99.07"
FILES = [("5 năm", 2010), ("5 năm", 2011), ("Vĩnh viễn", 2010)]
KEYS = [f"{AGENCY}/2024.{n:02}.VP" for n in (1, 2, 3)]
PEOPLE = {"lec": ("Lê C", "records-officer", AGENCY), "trang": ("Trần G", "archive-manager", "H26.99"),
          "phamd": ("Phạm D", "records-officer", AGENCY), "hoe": ("Hồ E", "reviewer", AGENCY),
          "xa": ("Người Xa", "records-officer", "H26.88"), "khong": ("Không Có", None, None)}  # fmt: skip
PASSWORD = "mat-khau-rat-dai-1"
SAME_SITE = {"sec-fetch-site": "same-origin"}


@dataclass
class Portal:
    """The served portal; `as_` gives a client who is signed in."""

    app: object

    def as_(self, account: str) -> TestClient:
        client = TestClient(self.app, base_url="http://127.0.0.1", headers=SAME_SITE, follow_redirects=False)
        answer = client.post("/dang-nhap", data={"account": account, "password": PASSWORD})
        assert answer.status_code == 303
        return client


@pytest.fixture(scope="module")
def portal(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("giao")
    delivery = plan(len(FILES), 1)
    for row, (term, closed) in zip(delivery.rows, FILES, strict=True):
        row |= {"file.maintenance": term, "file.startDate.year": closed, "file.endDate.year": closed,
                "document.issuedDate.year": closed}  # fmt: skip
    write_plan(folder / "giao", delivery)
    assert kho("ingest", folder / "giao", "--agency", AGENCY, "--wait").code == 0
    opened = open_catalogue(Settings.load())
    solr, pool = open_solr(kho_home_of_module, Settings.load()), open_pool(opened)
    people = People(pool, kho_home_of_module, opened.store, solr)
    for id, (name, role, agency) in PEOPLE.items():
        once = kho("user", "add", id, "--name", name, "--json").json["one_time_password"]
        with pool.connection() as connection:
            from repository.people import change_password

            change_password(connection, id, once, PASSWORD)
        if role:
            done = kho("user", "grant", id, role, "--agency", agency, "--mode", "01", "--basis", "QĐ 1")
            assert done.code == 0, done.err
    app = create_app(
        Records(pool, opened.store), Search(pool, solr), pdfium_render, people=people, desk=Desk(opened, solr)
    )
    yield Portal(app)
    pool.close()


def test_the_desk_is_for_those_with_a_post(portal: Portal):
    stranger = TestClient(portal.app, base_url="http://127.0.0.1", follow_redirects=False)
    assert stranger.get("/nghiep-vu").headers["location"] == "/dang-nhap"
    without = portal.as_("khong")
    assert without.get("/nghiep-vu").status_code == 404 and "/nghiep-vu" not in without.get("/").text
    far = portal.as_("xa")
    page = far.get("/nghiep-vu/den-han")
    assert page.status_code == 200 and KEYS[0] not in page.text
    assert far.get(f"/nghiep-vu/chinh-ly?agency={AGENCY}&fonds=P9907").status_code == 404
    assert far.post("/nghiep-vu/den-han", data={"agency": AGENCY}).status_code == 403
    assert (
        far.post(
            "/nghiep-vu/ban-giao",
            data={"kind": "successor", "sender": AGENCY, "receiver": "H26", "basis": "x"},
        ).status_code
        == 403
    )
    near = portal.as_("lec")
    assert KEYS[0] in near.get("/nghiep-vu/den-han").text
    crossed = near.post(
        "/nghiep-vu/den-han", data={"agency": AGENCY}, headers={"sec-fetch-site": "cross-site"}
    )
    assert crossed.status_code == 400
    for path in (
        "",
        "/xet-huy",
        "/ban-giao",
        "/chinh-ly",
        "/chuong-trinh?group=week",
        "/chuong-trinh?phase=2025",
    ):
        for lang in ("vi", "en"):
            assert (
                near.get(f"/nghiep-vu{path}", params={"lang": lang} if "?" not in path else None).status_code
                == 200
            )
    assert near.get("/nghiep-vu/chuong-trinh?group=moon").status_code == 400
    assert near.get("/nghiep-vu/xet-huy/ffff").status_code == 404


def test_the_register_is_arranged_by_forms(portal: Portal):
    client, where = portal.as_("lec"), f"/nghiep-vu/chinh-ly?agency={AGENCY}&fonds=P9907"
    assert client.post(where, data={"what": "sync"}).status_code == 303
    found = kho("register", "list", "--agency", AGENCY, "--fonds", "P9907", "--json").json["files"]
    ids = [e["id"] for e in found]
    done = client.post(where, data={"what": "set", "id": ids[:2], "field": "box", "value": "H9"})
    assert done.status_code == 303 and done.headers["location"].startswith("/nghiep-vu/chinh-ly?")
    assert client.get(f"{where}&box=H9").text.count('name="id"') == 2
    act = kho("register", "acts", "--json").json["acts"][0]
    assert (act["what"], act["by"], act["changed"]) == ("set", "Lê C", 2)
    assert portal.as_("hoe").post(where, data={"what": "undo", "act": act["id"]}).status_code == 403
    assert client.post(where, data={"what": "undo", "act": act["id"]}).status_code == 303
    again = client.post(where, data={"what": "undo", "act": act["id"]})
    assert again.status_code == 409 and "hoàn tác" in again.text
    for kind in ("pdf", "xlsx"):
        assert (
            client.get(f"/nghiep-vu/chinh-ly/muc-luc.{kind}?agency={AGENCY}&fonds=P9907").status_code == 200
        )
        assert client.get(f"/nghiep-vu/chuong-trinh/bao-cao.{kind}").status_code == 200


def test_a_hold_is_placed_and_lifted_by_forms(portal: Portal):
    officer, manager = portal.as_("lec"), portal.as_("trang")
    hold = {
        "kind": "lawsuit",
        "records": KEYS[0],
        "agency": "",
        "fonds": "",
        "reason": "Vụ án 1",
        "authority": "Tòa án",
        "until": "",
    }
    assert portal.as_("hoe").post("/nghiep-vu/lenh-giu", data=hold).status_code == 403
    assert portal.as_("xa").post("/nghiep-vu/lenh-giu", data=hold).status_code == 403
    assert (
        officer.post("/nghiep-vu/lenh-giu", data={**hold, "agency": AGENCY}).status_code == 409
    )  # one or the other
    assert officer.post("/nghiep-vu/lenh-giu", data=hold).status_code == 303
    assert "Vụ án 1" in officer.get("/nghiep-vu/lenh-giu").text
    assert "Vụ án 1" not in portal.as_("xa").get("/nghiep-vu/lenh-giu").text
    (held,) = kho("hold", "list", "--json").json["holds"]
    lift = {"lift": held["hold"], "basis": "Kết luận"}
    assert officer.post("/nghiep-vu/lenh-giu", data=lift).status_code == 403
    assert manager.post("/nghiep-vu/lenh-giu", data=lift).status_code == 303
    assert kho("hold", "list", "--json").json["holds"] == []


def test_a_disposal_by_forms_alone(portal: Portal):
    officer, manager, reviewer = (portal.as_(a) for a in ("lec", "trang", "hoe"))
    path = officer.post("/nghiep-vu/den-han", data={"agency": AGENCY}).headers["location"]
    council = {"step": "council", "basis": "QĐ 3", "name": ["Trần G", "Lê C", "Hồ E", "", ""],
               "role": ["chair", "secretary", "member", "member", "member"],
               "stands_for": ["lãnh đạo", "lưu trữ", "chuyên môn", "khác", "khác"]}  # fmt: skip
    assert officer.post(path, data=council).status_code == 403
    assert manager.post(path, data=council).status_code == 303
    verdict = {"step": "verdict", "present": ["Trần G", "Hồ E"], "minutes": "05/BB", "verdict-1": "keep",
               "reason-1": "Còn tra cứu", "years-1": "30", "dissent-1": "Hồ E", "verdict-2": "destroy"}  # fmt: skip
    assert reviewer.post(path, data={**verdict, "present": "Hồ E"}).status_code == 409  # no quorum
    assert reviewer.post(path, data=verdict).status_code == 303
    opinion = {"step": "opinion", "authority": "LS26", "number": "9", "agrees": "yes"}
    assert reviewer.post(path, data=opinion).status_code == 403
    assert manager.post(path, data=opinion).status_code == 303
    assert officer.post(path, data={"step": "approval", "number": "12"}).status_code == 403
    assert manager.post(path, data={"step": "approval", "number": "12"}).status_code == 303
    last = {"step": "destruction", "second": "phamd", "password": PASSWORD}
    assert officer.post(path, data={**last, "password": "wrong-password"}).status_code == 409
    assert officer.post(path, data={**last, "second": "lec"}).status_code == 409
    assert officer.post(path, data={**last, "second": "xa"}).status_code == 403  # a post elsewhere
    assert officer.post(path, data=last).status_code == 303
    assert "hoàn tất" in officer.get(path).text
    assert kho("aip", "show", KEYS[1], "--json").json["error"]["code"] == "destroyed"
    assert kho("retention", "explain", KEYS[0], "--json").json["expires_on"] == "2040-12-31"
    decided = [json.loads(line) for line in kho("store", "dump").out.splitlines()]
    by = {d["kind"]: d["decided_by"] for d in decided if d["table"] == "decision"}
    assert (by["disposal-list"], by["disposal-approval"], by["destruction"]) == ("Lê C", "Trần G", "Lê C")


def test_a_handover_is_settled_on_paper(portal: Portal):
    assert kho("agency", "set", "LS26", "--name", "Lưu trữ lịch sử").code == 0
    client = portal.as_("lec")
    path = client.post("/nghiep-vu/ban-giao", data={"kind": "historical", "sender": AGENCY, "receiver": "LS26", "basis": "QĐ 7"}
                       ).headers["location"]  # fmt: skip
    assert KEYS[2] in client.get(path).text
    assert portal.as_("hoe").post(path, data={"number": "1", "received_by": "N"}).status_code == 403
    assert client.post(path, data={"number": "15/BN", "received_by": "Lê C"}).status_code == 409  # one person
    assert client.post(path, data={"number": "15/BN", "received_by": "Trần Nhận"}).status_code == 303
    assert "15/BN" in client.get(path).text


POSTS = st.builds(
    Post, id=st.uuids(), account=st.just("a"), role=st.sampled_from(ROLES), agency=st.sampled_from([None, "H26", "H26.99", "H27"]),
    fonds=st.sampled_from([None, "P1"]), block=st.sampled_from([None, "Đảng"]), level=st.sampled_from([None, "xã"]),
    modes=st.just(["01"]), valid_from=st.just(dt.date(2020, 1, 1)), valid_to=st.none(), basis=st.just(""), granted_by=st.just(""),
    granted_at=st.just(dt.datetime(2020, 1, 1, tzinfo=dt.UTC)), approved_by=st.none(), approved_at=st.none(), ended_by=st.none(),
    ended_at=st.none(),
)  # fmt: skip


@given(
    POSTS,
    st.sampled_from(sorted(ACTS)),
    st.sampled_from(["H26", "H26.99", "H26.99.07", "H2", "H27", "H26.9"]),
)
def test_no_act_without_the_role_or_outside_the_scope(post: Post, act: str, body: str):
    allowed = may([post], act, body)
    if allowed:
        assert post.role in ACTS[act]
        assert post.agency is None or f"{body}.".startswith(f"{post.agency}.")
        assert (post.fonds, post.block, post.level) == (None, None, None)
    assert not may([], act, body)
