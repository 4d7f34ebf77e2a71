"""The home's own Solr: closed to other accounts, and back after whatever happened to it."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from repository.config import Settings
from repository.home import DiskTooFull, Home, open_home
from repository.services import overview, process, solr
from repository.services.errors import NoJava, NoSolr, SolrUnreachable
from repository.services.ports import free_port, listener_uid
from repository.services.solr_address import SolrAddress, core_names, parse_address

BOTH = {"kho_public", "kho_all"}
SCHEMA = """<?xml version="1.0" encoding="UTF-8"?>
<schema name="kho" version="1.7">
  <uniqueKey>id</uniqueKey>
  <fieldType name="string" class="solr.StrField"/>
  <fieldType name="plong" class="solr.LongPointField" docValues="true"/>
  <field name="id" type="string" required="true"/>
  <field name="_version_" type="plong" indexed="false" stored="false"/>
</schema>
"""
CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<config>
  <luceneMatchVersion>9.12</luceneMatchVersion>
  <schemaFactory class="ClassicIndexSchemaFactory"/>
  <updateHandler class="solr.DirectUpdateHandler2"><updateLog/></updateHandler>
  <requestHandler name="/select" class="solr.SearchHandler"/>
</config>
"""


@pytest.fixture(scope="module")
def configset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("configset")
    (folder / "conf").mkdir()
    (folder / "conf" / "schema.xml").write_text(SCHEMA)
    (folder / "conf" / "solrconfig.xml").write_text(CONFIG)
    return folder


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings.load(None, {"KHO_LIB": os.environ.get("KHO_LIB", "")})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = open_home(tmp_path_factory.mktemp("solr") / "home")
    yield made
    overview.stop(made)


@pytest.fixture
def address(home: Home, configset: Path, settings: Settings) -> SolrAddress:
    return solr.ensure_solr(home, configset, settings)


def put(address: SolrAddress, identifier: str) -> None:
    url = address.core_url("kho_all") + "/update?commit=true"
    requests.post(url, json=[{"id": identifier}], auth=address.auth, timeout=60).raise_for_status()


def found(address: SolrAddress) -> set[str]:
    answer = requests.get(address.core_url("kho_all") + "/select?q=*:*", auth=address.auth, timeout=60)
    return {document["id"] for document in answer.json()["response"]["docs"]}


def test_it_answers_with_both_cores_and_the_next_command_uses_it(home, address, configset, settings):
    assert core_names(address) == BOTH
    first = process.find(home, "solr")
    assert solr.ensure_solr(home, configset, settings) == address
    assert process.find(home, "solr") == first


def test_without_the_password_nobody_reads(address):
    for path in ("admin/info/system", "admin/cores", "kho_all/select?q=*:*"):
        assert requests.get(f"{address.url}/{path}", timeout=60).status_code == 401
    wrong = requests.get(f"{address.url}/kho_all/select", auth=("kho", "guess"), timeout=60)
    assert wrong.status_code == 401


def test_it_listens_on_loopback_alone(home, address):
    port = process.find(home, "solr").port
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    assert [f[1] for f in lines if f[3] == "0A" and f[1].endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
    assert not any(f":{port:04X} " in line for line in Path("/proc/net/tcp6").read_text().splitlines())


def test_the_password_is_in_no_command_line_environment_or_log(home, address):
    pid = process.find(home, "solr").pid
    seen = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
    seen += (home.logs / "solr.log").read_bytes() + (home.path / "solr" / "security.json").read_bytes()
    assert address.password.encode() not in seen


@pytest.mark.skipif(os.geteuid() != 0, reason="Kho runs as root only here")
def test_started_by_root_it_is_not_root_and_may_write_its_cores_alone(home, address):
    account = process.account_of(process.find(home, "solr"))
    assert account != "root"
    writable = {path.name for path in (home.path / "solr").iterdir() if path.owner() == account}
    assert writable == {"cores"}
    assert overview.status(home)["notes"] == []


def test_a_changed_configset_is_renewed_and_loaded(home, address, configset, settings):
    schema = configset / "conf" / "schema.xml"
    schema.write_text(SCHEMA.replace("</schema>", '  <field name="fonds" type="string"/>\n</schema>'))
    try:
        solr.ensure_solr(home, configset, settings)
        fields = requests.get(
            f"{address.core_url('kho_all')}/schema/fields", auth=address.auth, timeout=60
        ).json()
        assert "fonds" in {field["name"] for field in fields["fields"]}
    finally:
        schema.write_text(SCHEMA)


def test_a_configset_that_changed_while_solr_was_down_is_what_its_cores_load(
    home, address, configset, settings
):
    """An upgrade of Kho: stopped, new code, started again."""
    assert solr.stop_solr(home)
    schema = configset / "conf" / "schema.xml"
    schema.write_text(SCHEMA.replace("</schema>", '  <field name="signer" type="string"/>\n</schema>'))
    try:
        again = solr.ensure_solr(home, configset, settings)
        for core in ("kho_public", "kho_all"):
            told = requests.get(f"{again.core_url(core)}/schema/fields/signer", auth=again.auth, timeout=60)
            assert told.status_code == 200, told.text
    finally:
        schema.write_text(SCHEMA)
        solr.ensure_solr(home, configset, settings)


def test_after_kill_9_the_next_command_starts_it_with_what_was_committed(home, address, configset, settings):
    put(address, "a")
    before = process.find(home, "solr")
    process.send(before.pid, before.start, signal.SIGKILL)
    again = solr.ensure_solr(home, configset, settings)
    assert found(again) == {"a"}
    assert process.find(home, "solr").pid != before.pid


def test_a_port_taken_by_another_program_is_left_to_it(home, address, configset, settings):
    port = process.find(home, "solr").port
    assert solr.stop_solr(home)
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        again = solr.ensure_solr(home, configset, settings)
        assert core_names(again) == BOTH
        assert process.find(home, "solr").port != port


def test_an_outside_server_gives_each_installation_cores_of_its_own(tmp_path, address, configset):
    env = {"KHO_SOLR_URL": address.secret_url, "KHO_SOLR_PREFIX": "hn_"}
    other = open_home(tmp_path / "home")
    outside = solr.ensure_solr(other, configset, Settings.load(other.path, env))
    assert outside.core_url("kho_all").endswith("/solr/hn_kho_all")
    assert core_names(outside) >= {"hn_kho_public", "hn_kho_all"}
    assert process.running(other) == ()


def test_a_wrong_password_for_an_outside_server_is_told_without_it(home, address, configset):
    url = address.url.replace("://", "://kho:s3cret@")
    with pytest.raises(SolrUnreachable) as told:
        solr.ensure_solr(home, configset, Settings.load(home.path, {"KHO_SOLR_URL": url}))
    assert "401" in told.value.text("vi")
    assert "s3cret" not in told.value.text("vi") + told.value.text("en")


def test_stop_leaves_no_process(home, address):
    family = process.holders(home, "solr")
    assert overview.stop(home) == ("solr",)
    assert [pid for pid, start in family if process.start_time(pid) == start] == []
    assert listener_uid(int(address.url.split(":")[2].split("/")[0])) is None


def test_too_little_room_is_told_before_anything_starts(tmp_path, configset, own_settings):
    new = open_home(tmp_path / "home")
    with pytest.raises(DiskTooFull):
        solr.ensure_solr(new, configset, Settings.load(new.path, {"KHO_MIN_FREE_MB": "99999999"}))
    assert process.running(new) == ()


def test_missing_parts_are_named_with_the_remedy(tmp_path, configset, monkeypatch):
    new = open_home(tmp_path / "home")
    with pytest.raises(NoSolr, match="make setup"):
        solr.ensure_solr(new, configset, Settings.load(new.path, {"KHO_LIB": str(tmp_path)}))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoJava, match="openjdk-17-jre-headless"):
        solr.ensure_solr(new, configset, Settings.load(new.path, {}))


def test_addresses_keep_signs_in_passwords():
    address = parse_address("https://k%40ho:p%2F%3A@solr.example:8983/solr/")
    assert (address.url, address.user, address.password) == ("https://solr.example:8983/solr", "k@ho", "p/:")
    assert parse_address(address.secret_url) == address


def test_a_free_port_is_the_preferred_one_where_nobody_listens():
    port = free_port()
    assert free_port(port) == port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert free_port(port) != port
        assert listener_uid(port) == os.geteuid()


def test_words_of_searches_are_not_logged(home):
    """Solr's own log is at WARN: at INFO it would write each query."""
    assert 'Root level="WARN"' in (home.path / "solr" / "log4j2.xml").read_text()
