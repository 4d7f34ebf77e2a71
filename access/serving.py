"""The web server of the portal: on the loopback address, until Ctrl-C or SIGTERM."""

import contextlib
import os
import signal
import socket
import tempfile
from pathlib import Path

import uvicorn

from access.cli.common import Call
from access.oai.door import OaiDoor
from access.oidc import Oidc, Provider
from access.portal.app import create_app
from access.portal_desk import Desk
from access.portal_doors import Records, Render, Search, open_pool
from access.portal_people import People
from access.searching import open_solr
from repository.config import BadSetting, Settings
from repository.opening import Opened
from repository.services.confining import write_only_below
from standards.errors import KhoError

HOST = "127.0.0.1"


class PortTaken(KhoError):
    """Another program listens on the port."""

    code = "port-taken"
    vi = "Cổng {port} đang được chương trình khác dùng. Chọn cổng khác bằng --port."
    en = "Port {port} is used by another program. Choose another one with --port."


def serve_portal(call: Call, opened: Opened, port: int) -> None:
    """Serve until told to stop, without the right to write any replica. Raises PortTaken."""
    listening = _listen(port)
    try:
        _serve(call, opened, listening, port)
    finally:
        listening.close()


def _serve(call: Call, opened: Opened, listening: socket.socket, port: int) -> None:
    # Solr may have to be started, which this process cannot do once it has given up writing.
    solr = open_solr(opened.home, call.settings)
    if not give_up_writing(opened):
        call.tell("serving-unconfined")
    pool = open_pool(opened)
    render = Render()
    try:
        search, people = Search(pool, solr), People(pool, opened.home, opened.store, solr)
        oai = OaiDoor(pool, lambda: opened.home.secret("oai-tokens"), call.settings.contact)
        provider = _provider(call.settings, opened)
        app = create_app(
            Records(pool, opened.store),
            search,
            render,
            oai,
            people,
            provider,
            Desk(opened, solr),
            hosts=call.settings.hosts,
            limited=True,
        )
        call.tell("serving", url=f"http://{HOST}:{port}")
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, date_header=True
        )
        _run(uvicorn.Server(config), listening)
    finally:
        render.close()
        pool.close()


def _provider(settings: Settings, opened: Opened) -> Oidc | None:
    """The identity provider, where one is set up. Raises BadSetting."""
    if settings.oidc_issuer is None:
        return None
    try:
        secret = settings.oidc_secret.read_text(encoding="utf-8").strip() if settings.oidc_secret else ""
    except OSError as error:
        raise BadSetting(name="KHO_OIDC_SECRET_FILE", reason=str(error)) from error
    provider = Provider(settings.oidc_issuer, settings.oidc_client, secret, settings.oidc_name)
    if not provider.safe():
        raise BadSetting(name="KHO_OIDC_ISSUER", reason=f"{settings.oidc_issuer} (https)")
    return Oidc(provider, opened.home.secret("oidc"))


def give_up_writing(opened: Opened) -> bool:
    """The web process gives up writing anything but what its acts need in its own home: no replica, no secret, no database.

    So whoever takes it over reaches no copy but the primary's, and a destruction that is carried out at the desk leaves the
    replicas waiting for a command. False where the kernel cannot confine a process.
    """
    home = opened.home
    for name in ("oai-tokens", "oidc", "personal"):
        home.secret(name)  # made while that can still be done
    passing = home.run / "web"
    passing.mkdir(mode=0o700, exist_ok=True)
    tempfile.tempdir = os.fspath(passing)
    os.environ["TMPDIR"] = os.fspath(passing)
    own = (
        home.run,
        home.logs,
        home.store,
        opened.store.staging,
        home.quarantine,
        home.receipts,
        home.workspace,
    )
    return write_only_below([*own, Path("/dev")])


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    """Until a signal. uvicorn raises it once more when it is done, for whoever called; the caller here goes on."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise PortTaken(port=port) from error
    return listening
