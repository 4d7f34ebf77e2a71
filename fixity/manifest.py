"""Manifests larger than memory: records of texts, kept on disk and read back sorted."""

import heapq
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

Record = tuple[str, ...]
_IN_MEMORY = 10_000


class SortedRecords:
    """Records of equal length, added in any order and iterated, as often as wanted, in order of their fields.

    At most 10,000 stay in memory; the rest lies in sorted runs `folder`/`name`-N, which the owner of `folder`
    removes with it. Not for several threads.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._runs: list[Path] = []
        self._fresh: list[Record] = []

    def add(self, record: Record) -> None:
        """Take one more record."""
        self._fresh.append(record)
        if len(self._fresh) >= _IN_MEMORY:
            self._spill()

    def extend(self, records: Iterable[Record]) -> "SortedRecords":
        """Take all of `records`, and give this collection back."""
        for record in records:
            self.add(record)
        return self

    def __iter__(self) -> Iterator[Record]:
        self._fresh.sort()
        return heapq.merge(self._fresh, *(_read(run) for run in self._runs))

    def _spill(self) -> None:
        self._fresh.sort()
        run = self._folder / f"{self._name}-{len(self._runs)}"
        with run.open("w", encoding="ascii") as file:
            file.writelines(f"{json.dumps(record)}\n" for record in self._fresh)
        self._runs.append(run)
        self._fresh = []


def _read(run: Path) -> Iterator[Record]:
    with run.open(encoding="ascii") as file:
        for line in file:
            yield tuple(json.loads(line))
