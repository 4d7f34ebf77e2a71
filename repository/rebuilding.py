"""`kho store rebuild`: the catalogue from storage alone (docs/adr/0010-what-a-rebuild-restores.md).

The objects are read in parts, by a process for each core; what they wrote is copied into the tables in one transaction of
the owner role. A rebuild that is cut short leaves the catalogue as it was.
"""

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from repository import catalogue, journal_stored
from repository.decision_kinds import restore, write_event
from repository.locations import PRIMARY
from repository.opening import Opened
from repository.queries import sql
from repository.rebuild_reading import Part, read_part
from repository.services.postgres import owner_conninfo
from repository.store import Store
from standards.errors import KhoError

_PART: Final = 100  # objects read by one process at a time
_FEW: Final = 300  # objects that one process reads sooner than others have started
_IN_ORDER: Final = ("agency", "copy_policy", "fonds", "batch", "package", "stored", "aip", "aip_version", "document", "file", "event",
                    "decision", "copy", "post")  # fmt: skip
_CHUNK: Final = 1 << 20
Told = Callable[[int, int], None]


class CatalogueNotEmpty(KhoError):
    """A rebuild would replace rows, and nobody said that it may."""

    code = "catalogue-not-empty"
    vi = (
        "Danh mục đang có dữ liệu, Kho không tự ý thay thế. Nếu chắc chắn muốn lập lại danh mục từ kho lưu trữ, "
        "hãy sao lưu («kho backup») rồi chạy lại với --replace."
    )
    en = (
        "The catalogue is not empty, and is not replaced without being told. To make it anew from storage, make a "
        "backup (`kho backup`), then run it again with --replace."
    )


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild made: rows by table, and the objects that could not be read, each as (place, why)."""

    counts: Mapping[str, int]
    objects: int
    bad: tuple[tuple[str, str], ...]


def rebuild(
    opened: Opened,
    store: Store,
    *,
    location: str = PRIMARY,
    replace: bool = False,
    told: Told = lambda _done, _all: None,
) -> Rebuilt:
    """Make the catalogue anew from the objects of `store`, which is the location `location`.

    Objects that cannot be read are told and left out. Raises CatalogueNotEmpty, StoreFailed, DatabaseLost.
    """
    _refuse_full(opened, replace)
    with tempfile.TemporaryDirectory(prefix="rebuild-", dir=opened.home.run) as folder:
        parts = list(_parts(store, Path(folder), told))
        counts = _into_catalogue(opened, store, parts, location, replace)
    bad = tuple(each for part in parts for each in part.bad)
    return Rebuilt(counts, sum(part.objects for part in parts), bad)


def _refuse_full(opened: Opened, replace: bool) -> None:
    with opened.connect() as connection:
        if not (replace or catalogue.value(connection, "catalogue_is_empty")):
            raise CatalogueNotEmpty()


def _parts(store: Store, folder: Path, told: Told) -> Iterator[Part]:
    places = list(store.places())
    shares = [places[at : at + _PART] for at in range(0, len(places), _PART)]
    done = 0
    for part in _read(store, shares, folder, len(places)):
        done += part.objects
        told(done, len(places))
        yield part


def _read(store: Store, shares: Sequence[list[str]], folder: Path, objects: int) -> Iterator[Part]:
    numbered = list(enumerate(shares))
    if objects <= _FEW:
        yield from (read_part(store, share, folder, str(number)) for number, share in numbered)
        return
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("forkserver")) as pool:
        todo = iter(numbered)
        waiting: list[Future[Part]] = []

        def start(count: int) -> None:
            for number, share in islice(todo, count):
                waiting.append(pool.submit(read_part, store, share, folder, str(number)))

        start(4 * cores)
        while waiting:
            yield waiting.pop(0).result()
            start(1)


def _into_catalogue(
    opened: Opened, store: Store, parts: Sequence[Part], location: str, replace: bool
) -> dict[str, int]:
    owner = owner_conninfo(opened.home, opened.settings)
    try:
        with psycopg.connect(catalogue.with_search_path(owner)) as connection:
            connection.execute(sql("rebuild_lock"))
            if not (replace or catalogue.value(connection, "catalogue_is_empty")):
                raise CatalogueNotEmpty()
            journal_stored.pause(connection, True)
            connection.execute(sql("rebuild_empty"))
            _copy_all(connection, parts)
            catalogue.do(connection, "rebuild_copies", location=location)
            connection.execute(sql("rebuild_event_sequence"))
            _decide_again(connection)
            for query in (
                "rebuild_corrections",
                "rebuild_other_events",
                "rebuild_batch_number",
                "rebuild_analyse",
            ):
                connection.execute(sql(query))
            journal_stored.pause(connection, False)
            journal_stored.restore(connection, store, location, sum(part.objects for part in parts))
            with connection.cursor(row_factory=dict_row) as cursor:
                counts = cursor.execute(sql("rebuild_counts")).fetchone()
    except psycopg.OperationalError as error:
        raise catalogue.lost(error) from error
    return dict(counts or {})


def _copy_all(connection: psycopg.Connection, parts: Sequence[Part]) -> None:
    """Every table in the order in which rows refer to one another."""
    for made in ("agency", "fonds", "stored", "event", "decision", "copy", "post"):
        connection.execute(sql(f"rebuild_make_{made}"))
    after = {
        "agency": ("rebuild_agencies",), "fonds": ("rebuild_fonds",), "event": ("rebuild_events",),
        "post": ("rebuild_accounts", "rebuild_posts"),
        "aip_version": ("rebuild_stored_aips", "rebuild_stored_versions"),
    }  # fmt: skip
    for table in _IN_ORDER:
        with connection.cursor().copy(sql(f"rebuild_copy_{table}")) as copy:
            for piece in _bytes_of(parts, table):
                copy.write(piece)
        for query in after.get(table, ()):
            connection.execute(sql(query))


def _decide_again(connection: psycopg.Connection) -> None:
    """Every decision in the order in which it was made: its rows and its event (`repository.decision_kinds`)."""
    for (decision,) in connection.execute(sql("rebuild_decisions")).fetchall():
        restore(connection, decision)
        write_event(connection, decision)


def _bytes_of(parts: Sequence[Part], table: str) -> Iterator[bytes]:
    for part in parts:
        if table in part.files:
            with part.files[table].open("rb") as lines:
                while piece := lines.read(_CHUNK):
                    yield piece


def as_json(rebuilt: Rebuilt) -> dict[str, Any]:
    """The command's document."""
    bad = [{"place": place, "reason": reason} for place, reason in rebuilt.bad]
    return {"objects": rebuilt.objects, "rows": dict(rebuilt.counts), "unreadable": bad}
