"""Keys of programs: what they open is what their account's posts open, by the doors of their scopes, while they hold."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from access.oai.door import OaiDoor
from access.portal import create_app
from access.portal.addresses import address_of
from access.portal_doors import Records, Search, open_pool
from access.portal_people import People
from access.rights import today
from access.searching import open_solr
from repository import catalogue, keys, people
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.people import NewPost
from standards.errors import UsageError
from tests.make_delivery import FONDS, plan, write_plan
from tests.portal_fixtures import FakeRender
from tests.running import kho


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
    folder = write_plan(tmp_path_factory.mktemp("keys") / "dot", made)
    assert kho("ingest", folder, "--agency", "H26.99.07", "--wait", "--json").code == 0
    assert kho("rights", "publish", FONDS, "--basis", "Quyết định số 1").code == 0
    return open_catalogue(Settings.load())


@pytest.fixture(scope="module")
def connection(opened: Opened) -> Iterator[psycopg.Connection]:
    with opened.connect() as made:
        yield made


@pytest.fixture(scope="module")
def client(opened: Opened) -> Iterator[TestClient]:
    solr = open_solr(opened.home, opened.settings)
    with open_pool(opened) as pool:
        app = create_app(
            Records(pool, opened.store), Search(pool, solr), FakeRender(), OaiDoor(pool, lambda: "key", "a@b.c"),
            People(pool, opened.home, opened.store, solr),
        )  # fmt: skip
        yield TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def holder(
    connection: psycopg.Connection, opened: Opened, account: str, role: str, *scopes: str, **post: Any
) -> dict[str, str]:
    """The header of a new key, for a new account with one approved post."""
    people.add_account(connection, account, account)
    new = NewPost(account, role, post.pop("modes", ("01", "02")), today(), "b", **post)
    given = people.give_post(connection, opened.store, new, "x")
    connection.execute("update post set approved_by = 'y', approved_at = now() where id = %s", [given.id])
    _id, secret = keys.make_key(connection, account, "chương trình", scopes, None, "x")
    connection.commit()
    return {"Authorization": f"Bearer {secret}"}


def closed(connection: psycopg.Connection) -> str:
    found = next(row.id for row in catalogue.aips(connection) if row.mode == "02")
    connection.commit()
    return found


def harvested(client: TestClient, prefix: str = "oai_dc", **headers: str) -> str:
    answer = client.get(f"/oai?verb=ListRecords&metadataPrefix={prefix}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_key_opens_what_its_account_may_see(
    opened: Opened, connection: psycopg.Connection, client: TestClient
) -> None:
    header = holder(connection, opened, "phan.mem", "records-officer", "search", "read", agency="H26.99.07")
    shut = closed(connection)
    public, own = client.get("/api/search").json(), client.get("/api/search", headers=header).json()
    assert (public["total"], own["total"]) == (7, 12)
    assert client.get(f"/api/records/{shut}").status_code == 404
    told = client.get(f"/api/records/{shut}", headers=header).json()
    assert told["id"] == shut
    assert len(told["documents"]) == 3
    document = told["documents"][0]
    assert client.get(f"/api/documents/{address_of(document['id'])}", headers=header).json() == document
    noted = connection.execute("select record from view where account = 'phan.mem'").fetchall()
    connection.commit()
    assert (shut,) in noted


def test_a_key_knocks_at_the_doors_of_its_scopes_alone(
    opened: Opened, connection: psycopg.Connection, client: TestClient
) -> None:
    header = holder(connection, opened, "chi.doc", "records-officer", "read", agency="H26.99.07")
    shut = address_of(closed(connection))
    assert client.get(f"/hoso/{shut}", headers=header).status_code == 200
    assert client.get(f"/tep/{shut}.1", headers=header).status_code == 403
    assert client.get(f"/trang/{shut}.1/1.jpg", headers=header).status_code == 403
    refused = client.get("/api/search", headers=header)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "no_scope")
    assert client.get("/oai?verb=Identify", headers=header).status_code == 403


@pytest.mark.parametrize("value", ["Bearer kho_" + "x" * 43, "Bearer ", "Basic YTpi", "kho"])
@pytest.mark.parametrize("path", ["/api/search", "/", "/oai?verb=Identify"])
def test_a_key_that_does_not_hold_is_not_the_public(client: TestClient, path: str, value: str) -> None:
    answer = client.get(path, headers={"Authorization": value})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_keys_end(opened: Opened, connection: psycopg.Connection, client: TestClient) -> None:
    header = holder(connection, opened, "het.han", "records-officer", "search")
    assert client.get("/api/search", headers=header).status_code == 200
    connection.execute(
        "update api_key set ends_on = %s where account = 'het.han'", [today() - dt.timedelta(1)]
    )
    connection.commit()
    assert client.get("/api/search", headers=header).status_code == 401
    connection.execute("update api_key set ends_on = null where account = 'het.han'")
    people.set_state(connection, "het.han", "disabled")
    connection.commit()
    assert client.get("/api/search", headers=header).status_code == 401
    people.set_state(connection, "het.han", "active")
    (id,) = (key.id for key in keys.keys(connection) if key.account == "het.han")
    assert keys.end_key(connection, id, "x") == "het.han"
    connection.commit()
    assert client.get("/api/search", headers=header).status_code == 401
    with pytest.raises(keys.NoSuchKey):
        keys.end_key(connection, id, "x")
    with pytest.raises(UsageError):
        keys.make_key(connection, "het.han", "x", ("everything",), None, "x")
    connection.rollback()


def test_only_the_digest_of_a_key_is_kept(opened: Opened, connection: psycopg.Connection) -> None:
    header = holder(connection, opened, "bam", "records-officer", "search")
    secret = header["Authorization"].removeprefix("Bearer ")
    row = connection.execute("select k::text from api_key k where account = 'bam'").fetchone()
    connection.commit()
    assert row is not None
    assert secret not in row[0]


# ---- harvesters


def test_a_harvester_is_told_of_what_its_posts_cover(
    opened: Opened, connection: psycopg.Connection, client: TestClient
) -> None:
    whole = holder(connection, opened, "lgsp", "harvester", "harvest", agency="H26.99.07")
    other = holder(connection, opened, "lgsp.khac", "harvester", "harvest", agency="A26")
    officer = holder(connection, opened, "lgsp.can.bo", "records-officer", "harvest", agency="H26.99.07")
    shut = closed(connection)
    public = harvested(client)
    assert public.count("<record>") == 7
    assert shut not in public
    told = harvested(client, **whole)
    assert told.count("<record>") == 12
    assert shut in told
    assert "Sử dụng có điều kiện" in told
    for header in (other, officer):  # nothing more than the public; that it is there is not told either
        assert harvested(client, **header).count("<record>") == 7
        address = f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={shut}"
        assert "idDoesNotExist" in client.get(address, headers=header).text
    assert harvested(client, "mets", **whole).count("<record>") == 3
    sets = client.get("/oai?verb=ListSets", headers=other).text
    assert "fonds:H26.99.07" in sets  # it holds public records


def test_a_token_is_of_the_key_that_it_was_given_to(
    opened: Opened, connection: psycopg.Connection, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from access.oai import verbs

    header = holder(connection, opened, "lgsp.trang", "harvester", "harvest", agency="H26.99.07")
    monkeypatch.setattr(verbs, "RECORDS_A_PAGE", 5)
    got, address = 0, "/oai?verb=ListRecords&metadataPrefix=oai_dc"
    while True:
        page = client.get(address, headers=header).text
        got += page.count("<record>")
        token = page.partition("<resumptionToken")[2].partition(">")[2].partition("<")[0].strip()
        if not token:
            break
        address = f"/oai?verb=ListRecords&resumptionToken={token}"
        assert "badResumptionToken" in client.get(address).text
    assert got == 12


def test_what_a_harvester_knew_and_may_not_know_now_is_deleted_for_it(
    opened: Opened, connection: psycopg.Connection, client: TestClient
) -> None:
    from access.oai import items

    open_only = holder(connection, opened, "lgsp.mo", "harvester", "harvest", agency="H26", modes=("01",))
    never = holder(connection, opened, "lgsp.xa", "harvester", "harvest", agency="A26")
    victim = next(row.id for row in catalogue.aips(connection) if row.mode == "01")
    connection.execute("update aip set mode = '02' where id = %s", [victim])
    items.refresh(connection, victim)
    connection.commit()
    address = f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={victim}"
    for header in (open_only, never):  # it was public once: everybody may know that it is gone
        told = client.get(address, headers=header).text
        assert 'status="deleted"' in told
        assert "<metadata>" not in told
    connection.execute("update aip set mode = '01' where id = %s", [victim])
    items.refresh(connection, victim)
    connection.commit()
    assert "<metadata>" in client.get(address, headers=open_only).text


def test_the_command_line_makes_lists_and_ends_keys(
    opened: Opened, client: TestClient, tmp_path: Path
) -> None:
    kho("user", "add", "dong.lenh", "--name", "Dòng Lệnh")
    made = kho("key", "add", "dong.lenh", "--name", "LGSP", "--scope", "search", "--json")
    assert made.code == 0, made.out
    header = {"Authorization": f"Bearer {made.json['key']}"}
    assert client.get("/api/search", headers=header).status_code == 200
    listed = kho("key", "list", "--json").json["keys"]
    assert made.json["id"] in {key["id"] for key in listed if key["in_use"]}
    assert made.json["key"] not in str(listed)
    assert kho("key", "end", made.json["id"], "--json").code == 0
    assert client.get("/api/search", headers=header).status_code == 401
    assert kho("key", "add", "khong.co", "--name", "x", "--scope", "read", "--json").code == 1
