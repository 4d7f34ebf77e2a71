"""`kho bench rebuild`: the catalogue from storage, against reading every inventory and METS file once.

Warm, turn by turn, a process a core. Reading is what no rebuild can go below: the inventory as JSON, each METS file by the
streaming reader that taking in uses; the better of one process and of one a core counts.
"""

import dataclasses
import json
import multiprocessing
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

from access.bench.big_package import SmallFiles, content_of
from access.bench.timing import machine, median, seconds_of
from access.cli.common import Call
from repository.aip import build_aip
from repository.opening import Opened, open_catalogue
from repository.packages import AipId
from repository.rebuilding import rebuild
from repository.services import overview
from repository.store import Author
from repository.store_fs import FileStore
from standards.mets_summary import read_mets
from standards.ocfl_inventory import INVENTORY

SIZE: Final = 1000
_DOCUMENTS: Final = 10  # in each AIP
_SHARE: Final = 100


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """`ratios.read` is the rebuild's time over the plain read's."""
    count = size or SIZE
    with tempfile.TemporaryDirectory(prefix="kho-bench-") as folder:
        settings = dataclasses.replace(
            call.settings, home=Path(folder) / "home", database_url=None, database_owner_url=None
        )
        opened = open_catalogue(settings)
        try:
            fill(opened.store, count, Path(folder))
            reads, ours = [], []
            _rebuild(opened)  # warm
            for _round in range(rounds):
                reads.append(_fastest_read(opened.store))
                ours.append(seconds_of(lambda: _rebuild(opened)))
        finally:
            overview.stop(opened.home)
    read, kho = median(reads), median(ours)
    figures = {"kho_seconds": kho, "read_seconds": read, "aips_per_second": round(count / kho, 1),
               "documents": count * _DOCUMENTS, "read_by": "json, streaming METS reader; best of one process and one a core",
               **machine()}  # fmt: skip
    return {"size": count, "ratios": {"read": round(kho / read, 3)}, "figures": figures}


def fill(store: FileStore, count: int, folder: Path) -> None:
    """Put `count` AIPs of ten small documents into the store, each under a key of its own."""
    for number in range(count):
        files = SmallFiles(folder / "in" / str(number), _DOCUMENTS)
        files.write()
        work = folder / "work" / str(number)
        work.mkdir(parents=True)
        content = content_of(files)
        fields = {**content.fields, "fileCode": f"H99.{number}"}
        content = dataclasses.replace(content, key=f"H99/H99.{number}", fields=fields)
        built = build_aip(content, work, profile="eark")
        store.put_new(AipId(built.id), built.files(), message="bench", user=Author("Kho", "urn:kho:software"),
                      created=built.created, move=True, verified=True)  # fmt: skip


def _rebuild(opened: Opened) -> None:
    rebuild(opened, opened.store, replace=True)


def _fastest_read(store: FileStore) -> float:
    """Seconds of the plain read, by one process or by one a core."""
    places = list(store.places())
    shares = [places[at : at + _SHARE] for at in range(0, len(places), _SHARE)]
    return min(
        seconds_of(lambda: _read_share(store, places)), seconds_of(lambda: _read_by_all(store, shares))
    )


def _read_by_all(store: FileStore, shares: list[list[str]]) -> None:
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("forkserver")) as pool:
        for _done in pool.map(_read_share, [store] * len(shares), shares):
            pass


def _read_share(store: FileStore, places: list[str]) -> None:
    for place in places:
        json.loads((store.root / place / INVENTORY).read_bytes())
        tree = store.tree_at(place)
        for path in tree.paths():
            if path.endswith("METS.xml"):
                read_mets(tree, path)
