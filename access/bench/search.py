"""`kho bench search`: what an ordinary officer waits for by HTTP, against the very same query sent straight to Solr.

The officer's post covers a third of the bodies with both access modes, beside what is published; the filter is of both, and
every hit of Kho is looked up once more in SQL. Server and clients are processes of their own. 1, 8 and 32 clients, turn by
turn; a client asks its next query as soon as it has an answer.
"""

import json
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import requests
import uvicorn

from access import clauses, search
from access.bench.relevance import judged
from access.bench.search_fill import fill_catalogue, fill_index
from access.bench.timing import machine
from access.cli.common import Call
from access.portal.app import create_app
from access.portal_doors import Records, Render, Search, open_pool
from access.portal_people import People
from access.query import read_query
from access.rights import index_filter, today
from access.searching import open_solr
from repository import keys, people
from repository.config import Settings
from repository.opening import Opened, open_catalogue
from repository.people import NewPost
from repository.queries import sql
from repository.services import overview, process
from repository.services.ports import free_port
from repository.services.postgres import owner_conninfo

SIZE: Final = 200_000
CLIENTS: Final = (1, 8, 32)
REQUESTS: Final = {1: 100, 8: 240, 32: 320}
WARM: Final = 60
PAGE: Final = 20
OFFICER: Final = "can.bo"
Times = list[float]


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """`ratios.solr` is Kho's p95 over Solr's with 8 clients; figures have all three."""
    count = size or SIZE
    with tempfile.TemporaryDirectory(prefix="kho-bench-", dir="/tmp") as folder:
        settings = replace(
            call.settings,
            home=Path(folder) / "home",
            database_url=None,
            database_owner_url=None,
            solr_url=None,
        )
        opened = open_catalogue(settings)
        try:
            solr = open_solr(opened.home, settings)
            owner = owner_conninfo(opened.home, settings)
            began = time.monotonic()
            fill_catalogue(owner, count)
            fill_index(owner, solr, count)
            filled = time.monotonic() - began
            key = _officer(opened)
            told = _turns(opened, key, rounds)
            memory = _memory(opened)
        finally:
            overview.stop(opened.home)
    figures = {"filling_seconds": round(filled, 1), "clients": told, "memory_mb": memory, **machine()}
    return {"size": count, "ratios": {"solr": told["8"]["ratio_p95"]}, "figures": figures}


def _officer(opened: Opened) -> str:
    """An account with an approved post over H26.50 and both modes, and its key."""
    with opened.connect() as connection, connection.transaction():
        people.add_account(connection, OFFICER, "Cán bộ")
        new = NewPost(OFFICER, "records-officer", ("01", "02"), today(), "bench", agency="H26.50")
        post = people.give_post(connection, opened.store, new, "bench")
        connection.execute(sql("approve_post"), {"id": post.id, "by": "second", "time": post.granted_at})
        return keys.make_key(connection, OFFICER, "bench", ("search",), None, "bench")[1]


def _turns(opened: Opened, key: str, rounds: int) -> dict[str, Any]:
    solr = open_solr(opened.home, opened.settings)
    with opened.connect() as connection:
        viewer = people.viewer(connection, OFFICER)
    told_ = (_body(query, index_filter(viewer, today())) for query, _grades in judged())
    bodies = [body for body in told_ if body]
    asked = [query for query, _grades in judged() if _body(query, {})]
    with _served(opened.settings) as address:
        session = (solr.all.url, solr.all.auth)
        ways = {"kho": _Kho(address, key, asked), "solr": _Straight(*session, bodies)}
        for way in ways.values():
            way.run(8, WARM)
        told: dict[str, dict[int, list[Times]]] = {name: {n: [] for n in CLIENTS} for name in ways}
        for _round in range(rounds):
            for clients in CLIENTS:
                for name, way in ways.items():
                    told[name][clients].append(way.run(clients, REQUESTS[clients]))
    return {str(n): _compared(told["kho"][n], told["solr"][n]) for n in CLIENTS}


def _compared(kho: list[Times], straight: list[Times]) -> dict[str, Any]:
    mine, theirs = _figures(kho), _figures(straight)
    return {"kho": mine, "solr": theirs, "ratio_p95": round(mine["p95_ms"] / theirs["p95_ms"], 3)}


def _figures(rounds: list[Times]) -> dict[str, float]:
    """Medians over the rounds; the last of a round's times is how long the whole of it took."""
    p50 = statistics.median(statistics.median(times[:-1]) for times in rounds)
    p95 = statistics.median(statistics.quantiles(times[:-1], n=20)[18] for times in rounds)
    rate = statistics.median((len(times) - 1) / times[-1] for times in rounds)
    return {"p50_ms": round(1000 * p50, 1), "p95_ms": round(1000 * p95, 1), "a_second": round(rate, 1)}


def _body(query: str, only: Any) -> dict[str, Any] | None:
    """What Kho sends to Solr for a query, where it asks once."""
    read = read_query(query)
    page = {"limit": PAGE, "offset": 0, "filter": [only], "sort": search.SORTS["relevance"]}
    return search._request(clauses.strict(read), page, clauses.exact_words(read)) if read.clauses else None


class _Way:
    """Asks its queries one after another from several threads of a process of its own."""

    def run(self, clients: int, count: int) -> Times:
        """Seconds of each request, then of the whole."""
        queue: multiprocessing.SimpleQueue[Times] = multiprocessing.SimpleQueue()
        child = multiprocessing.Process(target=self._in_child, args=(queue, clients, count))
        child.start()
        times = queue.get()
        child.join()
        return times

    def _in_child(self, queue: "multiprocessing.SimpleQueue[Times]", clients: int, count: int) -> None:
        local = threading.local()

        def one(number: int) -> float:
            if not hasattr(local, "session"):
                local.session = requests.Session()
                local.session.trust_env = False
            began = time.perf_counter()
            self.ask(local.session, number)
            return time.perf_counter() - began

        began = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            times = list(pool.map(one, range(count)))
        queue.put([*times, time.perf_counter() - began])

    def ask(self, session: requests.Session, number: int) -> None:
        """The request of that number."""
        raise NotImplementedError


class _Kho(_Way):
    def __init__(self, address: str, key: str, asked: list[str]) -> None:
        self.address, self.key, self.asked = address, key, asked

    def ask(self, session: requests.Session, number: int) -> None:
        query = self.asked[number % len(self.asked)]
        session.get(
            f"{self.address}/api/search", params={"q": query, "limit": str(PAGE)}, timeout=120,
            headers={"Authorization": f"Bearer {self.key}"},
        ).raise_for_status()  # fmt: skip


class _Straight(_Way):
    def __init__(self, url: str, auth: Any, bodies: list[dict[str, Any]]) -> None:
        self.url, self.auth, self.bodies = url, auth, [json.dumps(body) for body in bodies]

    def ask(self, session: requests.Session, number: int) -> None:
        session.post(
            f"{self.url}/select?expandMacros=false", self.bodies[number % len(self.bodies)].encode(), auth=self.auth, timeout=120,
            headers={"Content-type": "application/json; charset=utf-8"},
        ).raise_for_status()  # fmt: skip


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    port = free_port()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(settings, port))
    server.start()
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                requests.get(f"{address}/healthz", timeout=5).raise_for_status()
                break
            except requests.RequestException:
                if not server.is_alive():
                    raise
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.join()


def _serve(settings: Settings, port: int) -> None:
    opened = open_catalogue(settings, create=False)
    solr = open_solr(opened.home, settings)
    with open_pool(opened) as pool:
        app = create_app(
            Records(pool, opened.store),
            Search(pool, solr),
            Render(),
            None,
            People(pool, opened.home, opened.store, solr),
        )
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def _memory(opened: Opened) -> dict[str, int]:
    """What the services hold now, in MB (resident)."""
    found = {}
    for service in process.running(opened.home):
        status = Path(f"/proc/{service.pid}/status").read_text(encoding="utf-8")
        resident = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        found[service.name] = int(resident) // 1024
    return found
