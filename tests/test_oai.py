"""The OAI-PMH door: whole harvests by other people's clients, closed records never, deletions for ever, no gap between."""

import datetime as dt
import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient

from access.oai import items, tokens, verbs
from access.oai.door import OaiDoor
from access.portal import create_app
from access.portal_doors import open_pool
from repository import catalogue
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.services.ports import free_port
from standards import oai
from standards.xml import _LocalSchemas, schema_path
from tests.make_delivery import FONDS, plan, write_plan
from tests.portal_fixtures import FakeRecords, FakeRender, FakeSearch
from tests.running import kho, served

NS = {"o": oai.OAI, "dc": "http://purl.org/dc/elements/1.1/"}
CLOSED, PART_CLOSED = (
    2,
    (1, 3),
)  # the hồ sơ that is closed as a whole; (hồ sơ, document) closed in an open one


def frame_schema() -> etree.XMLSchema:
    """OAI-PMH.xsd with the schemas of the three formats beside it: metadata is judged strictly."""
    imports = "".join(
        f'<import namespace="{space}" schemaLocation="{name}"/>'
        for space, name in (
            (oai.OAI, "OAI-PMH.xsd"),
            ("http://www.openarchives.org/OAI/2.0/oai_dc/", "oai_dc.xsd"),
            ("http://www.loc.gov/METS/", "METS.xsd"),
            ("urn:kho:oai:tt05:1", "oai_tt05.xsd"),
        )
    )
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_LocalSchemas())
    text = f'<schema xmlns="http://www.w3.org/2001/XMLSchema">{imports}</schema>'
    return etree.XMLSchema(etree.fromstring(text, parser))


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return frame_schema()


@pytest.fixture(scope="module")
def home(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three hồ sơ of three documents: one closed, one with a closed document; the fonds is published."""
    made = plan(3, 3)
    for row in made.rows:
        number = int(str(row["file.fileCode"])[5:7])
        if number == CLOSED:
            row["file.mode"] = row["document.mode"] = "Sử dụng có điều kiện"
        if (number, row["document.docOrdinal"]) == PART_CLOSED:
            row["document.mode"] = "Sử dụng có điều kiện"
            row["document.subject"] = "Đơn khiếu nại kín"
        if number == 3:
            row["document.subject"] = "Cấp thẻ cho số định danh cá nhân 001085012345 <b>&"
    folder = write_plan(tmp_path_factory.mktemp("oai") / "dot", made)
    ended = kho("ingest", folder, "--agency", "H26.99.07", "--wait", "--json")
    assert ended.code == 0, ended.err
    return kho_home_of_module


@pytest.fixture(scope="module")
def published(home: Home) -> Home:
    assert kho("rights", "publish", FONDS, "--basis", "Quyết định số 1/QĐ").code == 0
    return home


@pytest.fixture(scope="module")
def opened(home: Home) -> Opened:
    return open_catalogue(Settings.load())


@pytest.fixture
def client(opened: Opened, tmp_path: Any) -> Iterator[TestClient]:
    with open_pool(opened) as pool:
        door = OaiDoor(pool, lambda: "key", "kho@localhost.invalid")
        records = FakeRecords(folder=tmp_path)
        app = create_app(records, FakeSearch(records), FakeRender(), door)
        yield TestClient(app, base_url="http://127.0.0.1")


def ask(client: TestClient, schema: etree.XMLSchema, **arguments: str) -> etree._Element:
    """The answer's root, judged by the schemas."""
    answer = client.get("/oai", params={name.strip("_"): value for name, value in arguments.items()})
    assert answer.status_code == 200
    root = etree.fromstring(answer.content)
    schema.assertValid(root)
    return root


def texts(root: etree._Element, path: str) -> list[str]:
    return [element.text or "" for element in root.iterfind(path, NS)]


def test_nothing_is_told_before_the_decision(home: Home, client: TestClient, schema: etree.XMLSchema) -> None:
    """The first test of the module: `published` has not been asked for yet."""
    for verb in ("ListRecords", "ListIdentifiers"):
        root = ask(client, schema, verb=verb, metadataPrefix="oai_dc")
        assert root.find("o:error", NS).get("code") == "noRecordsMatch"
    assert ask(client, schema, verb="ListSets").find("o:error", NS).get("code") == "noSetHierarchy"


@pytest.mark.parametrize("prefix", ["oai_dc", "tt05", "mets"])
def test_a_harvest_gives_what_is_public_and_nothing_else(
    published: Home, client: TestClient, schema: etree.XMLSchema, prefix: str
) -> None:
    root = ask(client, schema, verb="ListRecords", metadataPrefix=prefix)
    ids = texts(root, ".//o:identifier")
    files, documents = [i for i in ids if "#" not in i], [i for i in ids if "#" in i]
    assert len(files) == 2
    assert len(documents) == (0 if prefix == "mets" else 5)
    told = etree.tostring(root, encoding="unicode")
    assert "kín" not in told
    assert "Hồ sơ số 2 " not in told
    assert "001085012345" not in told
    assert "Hồ sơ số 1 " in told


def test_a_record_is_described_as_it_is_cited(
    published: Home, client: TestClient, schema: etree.XMLSchema
) -> None:
    root = ask(client, schema, verb="ListRecords", metadataPrefix="oai_dc", set="kind:document")
    assert "Quyết định 01/QĐ-UBND Quyết định thứ 1 về việc phân công nhiệm vụ" in texts(root, ".//dc:title")
    assert set(texts(root, ".//dc:language")) == {"vi"}
    assert "2024-06-01" in texts(root, ".//dc:date")
    links = [text for text in texts(root, ".//dc:identifier") if text.startswith("http://127.0.0.1/vanban/")]
    assert len(links) == 5


def test_sets_are_the_bodies_blocks_and_kinds(
    published: Home, client: TestClient, schema: etree.XMLSchema
) -> None:
    specs = texts(ask(client, schema, verb="ListSets"), ".//o:setSpec")
    assert {"kind", "kind:hoso", "fonds", "fonds:H26.99.07", f"fonds:H26.99.07:{FONDS}", "block"} <= set(
        specs
    )
    for spec in specs:
        root = ask(client, schema, verb="ListIdentifiers", metadataPrefix="oai_dc", set=spec)
        expected = {"kind:hoso": 2, "kind:document": 5}.get(spec, 7)
        assert len(texts(root, ".//o:identifier")) == expected, spec


def test_pages_join_without_gap_or_double(
    published: Home, client: TestClient, schema: etree.XMLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = texts(ask(client, schema, verb="ListRecords", metadataPrefix="oai_dc"), ".//o:identifier")
    monkeypatch.setattr(verbs, "RECORDS_A_PAGE", 2)
    got: list[str] = []
    root = ask(client, schema, verb="ListRecords", metadataPrefix="oai_dc")
    while True:
        got += texts(root, ".//o:identifier")
        token = root.find(".//o:resumptionToken", NS)
        assert token is not None
        assert token.get("completeListSize") == "7"
        if not token.text:
            break
        root = ask(client, schema, verb="ListRecords", resumptionToken=token.text)
    assert got == whole


FAULTS = {
    "": "badVerb",
    "verb=Nothing": "badVerb",
    "verb=Identify&verb=Identify": "badVerb",
    "verb=Identify&x=1": "badArgument",
    "verb=ListRecords": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-13-01": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01T00:00Z": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-03T00:00:00Z": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&until=9999-12-31": None,
    "verb=ListRecords&metadataPrefix=oai_dc&set=a b": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&set=fonds:none": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&until=1999-01-01": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=marc21": "cannotDisseminateFormat",
    "verb=ListRecords&resumptionToken=abc": "badResumptionToken",
    "verb=ListRecords&resumptionToken=a.b.c": "badResumptionToken",
    "verb=ListRecords&resumptionToken=%00": "badResumptionToken",
    "verb=ListRecords&resumptionToken=abc&metadataPrefix=oai_dc": "badArgument",
    "verb=ListSets&resumptionToken=abc": "badResumptionToken",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=urn:uuid:0": "idDoesNotExist",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=%00": "badArgument",
    "verb=ListMetadataFormats&identifier=%22": "idDoesNotExist",
    "verb=GetRecord&identifier=x": "badArgument",
}


@pytest.mark.parametrize("query", FAULTS)
def test_faults_have_the_codes_of_the_protocol(
    published: Home, client: TestClient, schema: etree.XMLSchema, query: str
) -> None:
    answers = [
        client.get(f"/oai?{query}"),
        client.post("/oai", content=query, headers={"content-type": "application/x-www-form-urlencoded"}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        root = etree.fromstring(answer.content)
        schema.assertValid(root)
        error = root.find("o:error", NS)
        assert (None if error is None else error.get("code")) == FAULTS[query]


def test_a_token_that_was_changed_is_refused() -> None:
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    token = tokens.written(tokens.of("oai_dc", "", None, start, start), "key")
    assert tokens.read(token, "key").prefix == "oai_dc"
    with pytest.raises(oai.Fault):
        tokens.read(token, "another key")
    with pytest.raises(oai.Fault):
        tokens.read(token.replace(".", ".A" if token.partition(".")[2][0] != "A" else ".B"), "key")


def test_gzip_is_given_to_whom_asks(published: Home, opened: Opened, client: TestClient) -> None:
    plain = client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream(
        "GET", "/oai?verb=ListRecords&metadataPrefix=oai_dc", headers={"accept-encoding": "gzip"}
    ) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        raw = b"".join(packed.iter_raw())
    assert gzip.decompress(raw).count(b"<record>") == plain.content.count(b"<record>")


def test_who_comes_while_stamps_are_written_is_asked_to_come_later(
    published: Home, opened: Opened, client: TestClient
) -> None:
    with opened.connect() as connection:
        catalogue.value(connection, "lock_oai")
        answer = client.get("/oai?verb=Identify")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert client.get("/oai?verb=Identify").status_code == 200


def test_other_clients_harvest_everything(published: Home, opened: Opened, tmp_path: Any) -> None:
    sickle = pytest.importorskip("sickle")
    from oaipmh_scythe import Scythe

    port = free_port()
    server = served(port, "serve")
    try:
        address = f"http://127.0.0.1:{port}/oai"
        records = list(sickle.Sickle(address).ListRecords(metadataPrefix="oai_dc"))
        assert len(records) == 7
        assert sickle.Sickle(address).Identify().deletedRecord == "persistent"
        with Scythe(address) as scythe:
            assert len(list(scythe.list_records(metadata_prefix="tt05"))) == 7
            assert len(list(scythe.list_identifiers(metadata_prefix="mets"))) == 2
            assert len(list(scythe.list_sets())) >= 6
    finally:
        server.terminate()
        assert server.wait(60) == 0


def test_what_is_closed_later_is_told_as_deleted_at_once_and_for_ever(
    published: Home, opened: Opened, client: TestClient, schema: etree.XMLSchema
) -> None:
    root = ask(client, schema, verb="ListIdentifiers", metadataPrefix="oai_dc", set="kind:hoso")
    victim = texts(root, ".//o:identifier")[0]
    before = texts(root, ".//o:datestamp")[0]
    with opened.connect() as connection:
        connection.execute("update aip set mode = '02' where id = %s", [victim])
        connection.commit()
        at_once = ask(client, schema, verb="GetRecord", metadataPrefix="oai_dc", identifier=victim)
        assert at_once.find(".//o:header", NS).get("status") == "deleted"
        assert at_once.find(".//o:metadata", NS) is None
        changed = items.refresh(connection, victim)
        connection.commit()
        assert changed >= 3
        assert items.refresh(connection, victim) == 0
        connection.commit()
    since = ask(client, schema, verb="ListIdentifiers", metadataPrefix="oai_dc", from_=before)
    deleted = [h for h in since.iterfind(".//o:header", NS) if h.get("status") == "deleted"]
    assert victim in {h.findtext("o:identifier", namespaces=NS) for h in deleted}
    again = ask(client, schema, verb="GetRecord", metadataPrefix="oai_dc", identifier=victim)
    assert again.find(".//o:header", NS).get("status") == "deleted"


def test_stamps_never_go_back(published: Home, opened: Opened) -> None:
    with opened.connect() as connection:
        future = "2999-01-01T00:00:00+00:00"
        aip = connection.execute("select id from aip where mode = '01' limit 1").fetchone()
        assert aip is not None
        connection.execute("update oai_item set stamped_at = %s where aip = %s", [future, aip[0]])
        connection.execute("update aip set version = version || 'x' where id = %s", [aip[0]])
        assert items.refresh(connection, aip[0]) >= 1
        stamps = connection.execute(
            "select min(stamped_at) from oai_item where aip = %s", [aip[0]]
        ).fetchone()
        assert stamps is not None
        assert stamps[0].isoformat() == future
        connection.rollback()


def test_the_schema_of_tt05_is_the_field_table() -> None:
    from standards.tt05 import field_table

    tree = etree.parse(str(schema_path("oai_tt05.xsd")))
    for table in ("hoso", "document"):
        found = tree.xpath(f"/*/*[@name='{table}']//*[local-name()='sequence']/*/@name")
        assert found == list(field_table(table))
