"""`kho bench oai`: a full harvest of N published hồ sơ over HTTP; its last pages against its first.

A scratch home of its own, filled by SQL; the door is the portal's, served by the same server on the loopback address.
"""

import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import requests
import uvicorn
from starlette.applications import Starlette

from access.bench.timing import machine, median
from access.cli.common import Call
from access.oai.door import OaiDoor
from access.portal_doors import open_pool
from repository.opening import Opened, open_catalogue
from repository.queries import queries
from repository.services import overview
from repository.services.ports import free_port
from repository.services.postgres import owner_conninfo

SIZE = 1_000_000
ENDS = 20  # pages at either end whose median counts
_TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)<")


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """`ratios.last_page` is the median time of the last 20 pages over that of the first 20."""
    count = size or SIZE
    with tempfile.TemporaryDirectory(prefix="kho-bench-", dir="/tmp") as folder:
        settings = replace(
            call.settings, home=Path(folder) / "home", database_url=None, database_owner_url=None
        )
        opened = open_catalogue(settings)
        try:
            _fill(opened, count)
            with _served(opened) as address:
                told = [_harvest(address) for _round in range(rounds)]
        finally:
            overview.stop(opened.home)
    firsts, lasts, rates = zip(*told, strict=True)
    figures = {
        "first_page_ms": median([1000 * first for first in firsts]), "last_page_ms": median([1000 * last for last in lasts]),
        "records_per_second": median([count / rate for rate in rates]), **machine(),
    }  # fmt: skip
    return {
        "size": count,
        "ratios": {"last_page": round(median(lasts) / median(firsts), 3)},
        "figures": figures,
    }


def _fill(opened: Opened, count: int) -> None:
    with psycopg.connect(owner_conninfo(opened.home, opened.settings), autocommit=True) as connection:
        for name, text in queries("access.bench").items():
            if name.startswith("bench_"):
                connection.execute(text, {"count": count} if name == "bench_aips" else None)


@contextmanager
def _served(opened: Opened) -> Iterator[str]:
    with open_pool(opened) as pool:
        door = OaiDoor(pool, lambda: opened.home.secret("oai-tokens"), opened.settings.contact)
        app = Starlette()
        app.add_route("/oai", door.__call__, methods=["GET"])
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{port}/oai"
        finally:
            server.should_exit = True
            thread.join()


def _harvest(address: str) -> tuple[float, float, float]:
    """Seconds of a page at the beginning, of one at the end, and of the whole."""
    pages: list[float] = []
    asked = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    with requests.Session() as session:
        while True:
            began = time.perf_counter()
            content = session.get(address, params=asked, timeout=60).content
            pages.append(time.perf_counter() - began)
            token = _TOKEN.search(content)
            if token is None:
                break
            asked = {"verb": "ListRecords", "resumptionToken": token[1].decode()}
    whole = pages[1:-1] or pages  # the first counts the list, the last may be short
    return median(whole[:ENDS]), median(whole[-ENDS:]), sum(pages)
