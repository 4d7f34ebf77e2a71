"""Signing in at an identity provider: a real Keycloak in a real browser, and every way in which it must not work."""

import base64
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn

from access.oidc import Oidc, Provider, ProviderRefused
from access.portal import create_app
from access.portal_doors import Records, Search, open_pool
from access.portal_people import People
from access.searching import open_solr
from repository import identities, people
from repository.config import CHECKOUT, Settings
from repository.home import Home
from repository.identities import Identity
from repository.opening import Opened, open_catalogue
from repository.people import SignInRefused
from repository.services.ports import free_port
from tests.portal_fixtures import FakeRender

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
PASSWORD = "mot cau du dai de nho"
BACK = "http://127.0.0.1/dang-nhap/oidc/ve"


@pytest.fixture(scope="module")
def opened(kho_home_of_module: Home) -> Opened:
    return open_catalogue(Settings.load())


# ---- the provider that is not one


def provider(issuer: str, name: str = "Hệ thống định danh") -> Oidc:
    return Oidc(Provider(issuer, "kho", "kho-secret", name), "key")


@pytest.mark.parametrize(
    "issuer", ["http://id.example", "ftp://id.example", "id.example", "http://127.0.0.1.evil"]
)
def test_only_a_provider_whom_nobody_can_overhear(issuer: str) -> None:
    assert not provider(issuer).provider.safe()


def test_a_provider_that_is_away_is_told_in_words() -> None:
    with pytest.raises(ProviderRefused) as refused:
        provider(f"http://127.0.0.1:{free_port()}").begin(BACK)
    assert "Hệ thống định danh" in refused.value.text("vi")


@pytest.mark.parametrize("kept", ["", "x", "eyJzdGF0ZSI6ICJhIn0=.00", "é.é"])
def test_who_comes_back_without_having_gone_is_refused(kept: str) -> None:
    with pytest.raises(ProviderRefused):
        provider("http://127.0.0.1:1").finish(BACK, kept, {"code": "a", "state": "a"})


def test_a_person_is_bound_by_the_first_sign_in(opened: Opened) -> None:
    with opened.connect() as connection:
        people.add_account(connection, "lan.nt", "Lan")
        identities.name_identity(connection, "lan.nt", "https://id", "lan", "x")
        with pytest.raises(SignInRefused):
            identities.account_of(connection, Identity("https://id", "s1", "nguoi.la"))
        with pytest.raises(SignInRefused):
            identities.account_of(connection, Identity("https://other", "s1", "lan"))
        assert identities.account_of(connection, Identity("https://id", "s1", "lan")) == "lan.nt"
        # somebody else got the name at the provider; the person herself has another one now
        with pytest.raises(SignInRefused):
            identities.account_of(connection, Identity("https://id", "s2", "lan"))
        assert identities.account_of(connection, Identity("https://id", "s1", "lan.moi")) == "lan.nt"
        people.set_state(connection, "lan.nt", "disabled")
        with pytest.raises(SignInRefused):
            identities.account_of(connection, Identity("https://id", "s1", "lan"))
        connection.rollback()


# ---- a real one


REALM: dict[str, Any] = {
    "realm": "kho", "enabled": True, "sslRequired": "none",
    "clients": [{
        "clientId": "kho", "secret": "kho-secret", "enabled": True, "protocol": "openid-connect",
        "publicClient": False, "standardFlowEnabled": True, "redirectUris": ["http://127.0.0.1:*"],
        "attributes": {"pkce.code.challenge.method": "S256"},
    }],
    "users": [{
        "username": name, "enabled": True, "firstName": name, "lastName": name, "email": f"{name}@example.invalid",
        "emailVerified": True, "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
    } for name in ("lan.nt", "nguoi.la")],
}  # fmt: skip


@pytest.fixture(scope="module")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The issuer of a realm of a Keycloak started for this module."""
    lib = Path(os.environ.get("KHO_LIB") or CHECKOUT / "lib") / "keycloak"
    found = sorted(lib.glob("keycloak-quarkus-dist-*.zip"))
    if not found:
        pytest.skip(f"no Keycloak in {lib} (setup.sh all)")
    folder = tmp_path_factory.mktemp("keycloak")
    with zipfile.ZipFile(found[-1]) as archive:
        archive.extractall(folder)
    (home,) = folder.iterdir()
    (home / "data" / "import").mkdir(parents=True)
    (home / "data" / "import" / "kho.json").write_text(json.dumps(REALM))
    port = free_port()
    command = [
        "sh",
        str(home / "bin" / "kc.sh"),
        "start-dev",
        "--http-host=127.0.0.1",
        f"--http-port={port}",
        "--import-realm",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=os.environ | {"JAVA_OPTS_APPEND": "-Xmx512m"}
        )
    issuer = f"http://127.0.0.1:{port}/realms/kho"
    try:
        _wait(f"{issuer}/.well-known/openid-configuration", process)
        yield issuer
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _second in range(240):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, "Keycloak ended"
            time.sleep(1)
    raise AssertionError("Keycloak did not answer")


@contextmanager
def served(opened: Opened, oidc: Oidc) -> Iterator[str]:
    solr = open_solr(opened.home, opened.settings)
    with open_pool(opened) as pool, socket.socket() as listening:
        app = create_app(Records(pool, opened.store), Search(pool, solr), FakeRender(), None,
                         People(pool, opened.home, opened.store, solr), oidc)  # fmt: skip
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="module")
def browser() -> Iterator["sync_api.Browser"]:
    from tests.test_portal_browser import CHROMIUM, FLAGS

    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed (apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


def at_keycloak(page: "sync_api.Page", portal: str, name: str) -> None:
    page.goto(f"{portal}/dang-nhap")
    page.get_by_role("link", name="Đăng nhập qua Định danh").click()
    page.locator("#username").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("#kc-login").click()


@pytest.mark.slow
def test_somebody_signs_in_at_a_real_provider(
    opened: Opened, keycloak: str, browser: "sync_api.Browser", tmp_path: Path
) -> None:
    with opened.connect() as connection:
        people.add_account(connection, "lan.cb", "Nguyễn Thị Lan")
        identities.name_identity(connection, "lan.cb", keycloak, "lan.nt", "x")
        connection.commit()
    with served(opened, provider(keycloak, "Định danh")) as portal:
        page = browser.new_page(locale="vi-VN")
        at_keycloak(page, portal, "lan.nt")
        page.get_by_role("link", name="Nguyễn Thị Lan").wait_for()
        assert page.url == f"{portal}/"
        page.screenshot(path=tmp_path / "signed-in.png")
        assert not [c for c in page.context.cookies() if c["name"] == "kho_oidc"]
        page.get_by_role("button", name="Đăng xuất").click()
        page.get_by_role("link", name="Đăng nhập").wait_for()
        page.close()
        stranger = browser.new_context().new_page()
        at_keycloak(stranger, portal, "nguoi.la")
        stranger.get_by_role("alert").wait_for()
        assert not [c for c in stranger.context.cookies() if c["name"] == "kho_session"]
        stranger.context.close()


def _sent_back(oidc: Oidc) -> tuple[str, dict[str, str]]:
    """What one sign-in keeps, and what Keycloak sends back with."""
    begun = oidc.begin(BACK.replace("127.0.0.1/", "127.0.0.1:80/"))
    session = requests.Session()
    form = session.get(begun.address, timeout=30).text
    for cookie in session.cookies:
        cookie.secure = False  # as browsers do for this very machine
    action = form.partition('action="')[2].partition('"')[0].replace("&amp;", "&")
    answer = session.post(
        action, data={"username": "lan.nt", "password": PASSWORD}, allow_redirects=False, timeout=30
    )
    query = answer.headers["location"].partition("?")[2]
    from urllib.parse import parse_qsl

    return begun.kept, dict(parse_qsl(query))


@pytest.mark.slow
def test_what_a_real_provider_sent_works_once_and_for_this_sign_in_alone(keycloak: str) -> None:
    oidc = provider(keycloak)
    back = BACK.replace("127.0.0.1/", "127.0.0.1:80/")
    kept, given = _sent_back(oidc)
    other, _given = _sent_back(oidc)
    for wrong_kept, wrong in ((kept, given | {"state": "x"}), (other, given), (kept, given | {"iss": "https://evil"}),
                              (kept, {"state": given["state"], "error": "access_denied"})):  # fmt: skip
        with pytest.raises(ProviderRefused):
            oidc.finish(back, wrong_kept, wrong)
    person = oidc.finish(back, kept, given)
    assert (person.issuer, person.username) == (keycloak, "lan.nt")
    with pytest.raises(ProviderRefused):
        oidc.finish(back, kept, given)  # the code was used
    payload = json.loads(base64.urlsafe_b64decode(kept.partition(".")[0]))
    assert set(payload) == {"state", "nonce", "verifier", "at"}


@pytest.mark.slow
def test_a_client_with_a_wrong_secret_or_nonce_learns_nothing(
    keycloak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = BACK.replace("127.0.0.1/", "127.0.0.1:80/")
    thief = Oidc(Provider(keycloak, "kho", "wrong", "x"), "key")
    kept, given = _sent_back(thief)
    with pytest.raises(ProviderRefused):
        thief.finish(back, kept, given)
    oidc = provider(keycloak)
    kept, given = _sent_back(oidc)
    real = oidc._unsealed
    monkeypatch.setattr(oidc, "_unsealed", lambda text: real(text) | {"nonce": "another"})
    with pytest.raises(ProviderRefused):
        oidc.finish(back, kept, given)
