"""`kho bench planning`: what the catalogue is asked every night and every year, over N AIPs with two copies each.

The rows are made by SQL, in a scratch home; every query is run as Kho runs it and read to its last row. Medians of the rounds,
the first (which reads the disk) told apart.
"""

import tempfile
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psycopg

from access.bench.timing import machine, median, seconds_of
from access.cli.common import Call
from preservation.bodies import days
from preservation.evidence.facts import Period
from repository import catalogue, corrections
from repository.opening import open_catalogue
from repository.queries import queries, sql
from repository.services import overview
from repository.services.postgres import owner_conninfo

SIZE: Final = 1_000_000
_ORDER: Final = ("quiet", "quiet_too", "bodies", "fonds", "location", "aips", "versions", "files", "copies", "states", "run", "checks",
                 "inventories", "analyse")  # fmt: skip
_REPORTS: Final = ("evidence_", "audit_promise", "audit_by_location")
_EVIDENCE: Final = (
    "holdings",
    "locations",
    "unread",
    "copies_of_aips",
    "below_policy",
    "checks",
    "failures",
    "formats",
    "pdfa",
    "packages",
)


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """No ratios: `figures.milliseconds` of each query, and `figures.first_milliseconds` of its first run."""
    count = size or SIZE
    with tempfile.TemporaryDirectory(prefix="kho-bench-", dir="/tmp") as folder:
        home = Path(folder) / "home"
        opened = open_catalogue(replace(call.settings, home=home, database_url=None, database_owner_url=None))
        try:
            filled = seconds_of(lambda: _fill(owner_conninfo(opened.home, opened.settings), count))
            with opened.connect() as connection:
                told = {
                    name: [1000 * seconds_of(ask) for _n in range(rounds + 1)]
                    for name, ask in _asked(connection).items()
                }
                held = catalogue.value(connection, "audit_counted", location="primary")
        finally:
            overview.stop(opened.home)
    figures = {
        "milliseconds": {name: median(values[1:]) for name, values in told.items()},
        "first_milliseconds": {name: round(values[0], 1) for name, values in told.items()},
        "aips": held, "copies": 2 * held, "seconds_to_fill": round(filled, 1), **machine(),
    }  # fmt: skip
    return {"size": count, "ratios": {}, "figures": figures}


def _fill(owner: str, count: int) -> None:
    made = queries("access.bench")
    with psycopg.connect(catalogue.with_search_path(owner), autocommit=True) as connection:
        for name in _ORDER:
            values = {"count": count} if name == "aips" else {} if b"%%" in made[f"planning_{name}"] else None
            connection.execute(made[f"planning_{name}"], values)


def _asked(connection: psycopg.Connection) -> dict[str, Callable[[], object]]:
    """Every query by its name, as the audit, the worker, the report and the records officer ask it."""
    now = catalogue.now()
    window = {
        "locations": ["primary", "replica"],
        "older": now - timedelta(days=45),
        "now": now,
        "run": uuid.uuid4(),
    }
    period = Period(days.today() - timedelta(days=365), days.today()).bounds

    def rows(query: str, **values: Any) -> Callable[[], object]:
        def ask() -> None:
            if query.startswith(_REPORTS):
                connection.execute(sql("report_memory"))
            for _row in catalogue.as_dicts(connection, query, **values):
                pass
            connection.commit()

        return ask

    def enrol() -> None:
        catalogue.do(connection, "audit_enrol")
        connection.commit()

    def corrections_due() -> None:
        corrections.due(connection)
        connection.commit()

    return {
        "audit_plan (200)": rows("audit_plan", **window, limit=200),
        "audit_enrol": enrol,
        "audit_left": rows("audit_left", **window),
        "audit_promise": rows("audit_promise", since=now - timedelta(days=90), now=now),
        "audit_by_location": rows("audit_by_location", since=now - timedelta(days=90), now=now),
        "audit_bad_copies": rows("audit_bad_copies", location=None),
        "locations_lagging": rows("locations_lagging"),
        "copies_lacking": rows("copies_lacking", name="replica"),
        "corrections_due": corrections_due,
        **{f"evidence_{name}": rows(f"evidence_{name}", **period) for name in _EVIDENCE},
    }  # fmt: skip
