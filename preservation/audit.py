"""The audit: every copy of every object proved, least recently looked at first, within a budget, on every core.

What was found is committed object by object, so that a run that is killed loses no more than the objects in hand; the
same command goes on with it. What was not read is told as skipped, never as good.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from fixity.schedule import Budget, Promise
from fixity.throttle import Throttle
from preservation.audit_strays import look_for_strays
from repository import catalogue
from repository.copy_check import CopyCheck, Depth, Expected, check_copy
from repository.faults import fault, register
from repository.queries import sql
from repository.store import NotAStore, Store, StoreFailed
from standards.errors import KhoError

POINTS = register("audit.checked", "audit.committed")

_BATCH = 200
_RESUMED_FOR = timedelta(days=7)
_STRAYS_EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run looks at: copies not proved for `max_age`, of one `location`; `depth` where it is not left to the
    promise."""

    location: str | None = None
    max_age: timedelta | None = None
    depth: Depth | None = None

    def as_json(self) -> dict[str, Any]:
        """By which a run that was cut off is known again."""
        age = self.max_age.total_seconds() if self.max_age else None
        return {"location": self.location, "max_age": age, "depth": self.depth}


@dataclass(slots=True)
class Progress:
    """How far a run is, for whoever watches from another thread."""

    objects: int = 0
    files: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use: `budget`, bytes a second (`throttle`), and `threads` (default: one a core)."""

    budget: Budget = field(default_factory=Budget)
    throttle: Throttle | None = None
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run that came to its end or to the end of its budget. `away` names the locations that were not there."""

    id: uuid.UUID
    started_at: datetime
    resumed: bool
    away: Mapping[str, str]
    unfinished: bool


def audit(
    connection: psycopg.Connection,
    stores: Mapping[str, Callable[[], Store]],
    scope: Scope,
    limits: Limits,
    promise: Promise,
    progress: Progress | None = None,
) -> Run:
    """Prove the copies in `stores` (location to what opens it). One run at a time: another waits for it.

    Raises DatabaseLost, and whatever is not a copy's own fault.
    """
    connection.execute(sql("audit_lock"))
    connection.commit()
    try:
        id, started_at, resumed = _begin(connection, scope)
        opened, away = _open(stores)
        at_work = _AtWork(connection, id, started_at, opened, scope, limits, promise, progress or Progress())
        at_work.prove()
        unfinished = not at_work.look_for_strays()
        with connection.transaction():
            catalogue.do(connection, "audit_end_run", id=id, time=catalogue.now())
        return Run(id, started_at, resumed, away, unfinished)
    finally:
        if not connection.closed and not connection.broken:
            connection.rollback()
            connection.execute(sql("audit_unlock"))
            connection.commit()


def _begin(connection: psycopg.Connection, scope: Scope) -> tuple[uuid.UUID, datetime, bool]:
    """Go on with the run that was cut off, or begin a new one."""
    now = catalogue.now()
    with connection.transaction():
        catalogue.do(connection, "audit_enrol")
        catalogue.do(connection, "audit_forget")
        found = connection.execute(
            sql("audit_open_run"),
            {"scope": psycopg.types.json.Jsonb(scope.as_json()), "since": now - _RESUMED_FOR},
        ).fetchone()
        if found:
            return found[0], found[1], True
        id = uuid.uuid4()
        catalogue.do(connection, "audit_new_run", id=id, started_at=now, scope=scope.as_json())
        return id, now, False


def _open(stores: Mapping[str, Callable[[], Store]]) -> tuple[dict[str, Store], dict[str, str]]:
    """The locations that are there, and why the others are not."""
    opened, away = {}, {}
    for name, open_store in stores.items():
        try:
            opened[name] = open_store()
        except KhoError as problem:
            away[name] = problem.text("en")
    return opened, away


@dataclass(slots=True)
class _AtWork:
    """One run."""

    connection: psycopg.Connection
    id: uuid.UUID
    started_at: datetime
    stores: dict[str, Store]
    scope: Scope
    limits: Limits
    promise: Promise
    progress: Progress
    in_hand: set[tuple[str, str]] = field(default_factory=set)

    def spent(self) -> bool:
        return self.limits.budget.spent(time.monotonic())

    def prove(self) -> None:
        """Every copy that is due, several at once so that no core and no disk waits."""
        cores = self.limits.threads or os.cpu_count() or 1
        with ThreadPoolExecutor(cores) as hashers, ThreadPoolExecutor(cores * 2) as provers:
            running: dict[Future[CopyCheck], dict[str, Any]] = {}
            for plan in self._plan():
                running[provers.submit(self._prove, plan, hashers)] = plan
                if len(running) >= cores * 4:
                    self._take_in(running)
            while running:
                self._take_in(running)

    def _plan(self) -> Iterator[dict[str, Any]]:
        """The copies that are due, until the budget is spent."""
        while not self.spent():
            batch = [p for p in self._due(_BATCH + len(self.in_hand)) if _key(p) not in self.in_hand]
            if not batch:
                return
            for plan in batch:
                if self.spent():
                    return
                self.in_hand.add(_key(plan))
                yield {**plan, "began": catalogue.now()}

    def _due(self, limit: int) -> list[dict[str, Any]]:
        rows = list(catalogue.as_dicts(self.connection, "audit_plan", **self._window(), limit=limit))
        self.connection.commit()
        return rows

    def _window(self) -> dict[str, Any]:
        older = self.started_at - self.scope.max_age if self.scope.max_age else None
        return {"locations": sorted(self.stores), "run": self.id, "older": older, "now": catalogue.now()}

    def _prove(self, plan: Mapping[str, Any], hashers: ThreadPoolExecutor) -> CopyCheck:
        store = self.stores[plan["location"]]
        expected = Expected(f"v{plan['version']}", plan["known"])
        try:
            return check_copy(
                store, plan["object"], self._depth(plan), hashers, expected, self.limits.throttle
            )
        except (NotAStore, StoreFailed) as problem:
            return CopyCheck("skipped", reason=problem.text("en"))

    def _depth(self, plan: Mapping[str, Any]) -> Depth:
        return self.scope.depth or self.promise.depth(plan["checked_at"], plan["deep_at"], self.started_at)

    def _take_in(self, running: dict[Future[CopyCheck], dict[str, Any]]) -> None:
        """Commit what has come to its end."""
        for job in wait(running, return_when=FIRST_COMPLETED).done:
            plan, found = running.pop(job), job.result()
            fault("audit.checked")
            self._record(plan, found)
            fault("audit.committed")
            self.in_hand.discard(_key(plan))
            self.limits.budget.take(found.bytes)
            self.progress.objects += 1
            self.progress.files += found.files
            self.progress.bytes += found.bytes

    def _record(self, plan: Mapping[str, Any], found: CopyCheck) -> None:
        """One short commit. What was found good may be lost with the machine, and is then proved once more."""
        at, now = {"location": plan["location"], "object": plan["object"]}, catalogue.now()
        depth = self._depth(plan)
        with self.connection.transaction():
            if found.outcome == "good":
                catalogue.do(self.connection, "no_wait_for_disk")
            catalogue.do(
                self.connection, "audit_new_check", run=self.id, **at, depth=depth, outcome=found.outcome,
                version=found.version, inventory=found.inventories.get(found.version, ""), files=found.files,
                bytes=found.bytes, faults=[f.as_json() for f in found.faults], reason=found.reason[:500], time=now,
            )  # fmt: skip
            if found.outcome == "skipped":
                catalogue.do(self.connection, "audit_tried", **at, time=plan["began"])
                return
            # As of when it began: a version that came meanwhile was not read.
            catalogue.do(
                self.connection, "audit_checked", **at, time=plan["began"], outcome=found.outcome,
                deep=depth == "deep", bytes=found.bytes,
            )  # fmt: skip
            if found.outcome == "good":
                catalogue.do(self.connection, "audit_verified", **at, time=plan["began"])
                self._remember(plan, found, now)

    def _remember(self, plan: Mapping[str, Any], found: CopyCheck, now: datetime) -> None:
        for version, sha512 in found.inventories.items():
            if version not in plan["known"]:
                catalogue.do(
                    self.connection, "know_inventory", object=plan["object"], version=version, sha512=sha512,
                    source="audit", time=now,
                )  # fmt: skip

    def look_for_strays(self) -> bool:
        """Go through each storage root for what nothing records; False where the budget did not reach so far."""
        done = True
        for name, store in self.stores.items():
            last = catalogue.value(self.connection, "audit_swept_at", location=name)
            self.connection.commit()
            if last and last > self.started_at - _STRAYS_EVERY and self.limits.budget.until is not None:
                continue
            done = look_for_strays(self.connection, self.id, name, store, self.spent) and done
        return done


def _key(plan: Mapping[str, Any]) -> tuple[str, str]:
    return plan["location"], plan["object"]
