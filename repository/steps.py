"""The runner: does a package's steps in order and writes an event for each, so that no step can go unrecorded.

The work of a step happens outside any transaction, its results fsynced in the workspace. Then one short commit holds
the event, the new state and the next position, guarded by the fencing token. A process that is killed leaves the
package at the last recorded step; whoever takes it next begins there. Steps must be safe to run twice.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import psycopg

from repository import catalogue
from repository.faults import fault
from repository.rows import PackageRow
from standards.errors import KhoError
from standards.findings import Finding, Verdict, finding_as_record, finding_from_json, verdict_of

_LOCK_SPACE = 0x4B48  # advisory locks of packages: (this, package id)
_EVENTS = uuid.UUID("6b686f00-0000-5000-8000-6576656e7473")

Context = TypeVar("Context")


class OwnerLost(KhoError):
    """Another process took the package over; what this one did since its last commit is void."""

    code = "owner-lost"
    vi = "Gói {package} đã do tiến trình khác nhận; tiến trình này dừng lại, không có gì bị mất."
    en = "Package {package} was taken over by another process; this one stops, and nothing is lost."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step found. `ends_as` is the package's final status where the way in ends here, None to go on.

    `verdict` overrides the one that the findings give. `changes` are new values of the package's columns (documents,
    pages, bytes, files, key). `agents` are (agent id, version) of the tools that did it. `commit` is called with
    the connection inside the step's own transaction, for rows that belong to it. `forget` drops what earlier steps
    found (a sealed hồ sơ keeps nothing but its place). `idle`: there was nothing to do, and no event tells of it.
    """

    findings: tuple[Finding, ...] = ()
    ends_as: str | None = None
    verdict: Verdict | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    agents: tuple[tuple[str, str], ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    commit: Callable[[psycopg.Connection], None] | None = None
    forget: bool = False
    idle: bool = False

    @property
    def result(self) -> str:
        """The PREMIS outcome: failure where a MUST is broken, warning where a SHOULD is."""
        found = verdict_of(self.findings)
        return {Verdict.INVALID: "failure", Verdict.WARNING: "warning"}.get(found, "success")


@dataclass(frozen=True, slots=True)
class Step(Generic[Context]):
    """One step of the way in: its name, the PREMIS event type (id.loc.gov), the function, and whether its commit
    must be on disk before the next step begins (`durable`: what cannot be done again)."""

    name: str
    event: str
    run: Callable[[PackageRow, Context], Outcome]
    durable: bool = False


@contextmanager
def owning(connection: psycopg.Connection, package_id: int) -> Any:
    """Yield the package if nobody else works on it, None otherwise. The session lock falls with the process."""
    lock = {"space": _LOCK_SPACE, "id": package_id}
    if not catalogue.value(connection, "try_lock_package", **lock):
        connection.commit()
        yield None
        return
    try:
        taken = catalogue.one(connection, PackageRow, "take_package", id=package_id)
        connection.commit()
        yield taken
    finally:
        if not connection.closed and not connection.broken:
            connection.rollback()
            catalogue.value(connection, "unlock_package", **lock)
            connection.commit()


def run_steps(
    connection: psycopg.Connection,
    pipeline: Sequence[Step[Context]],
    package: PackageRow,
    context: Context,
) -> PackageRow:
    """Do what is left of the pipeline for a package that `owning` gave; returns its last state.

    Raises OwnerLost when another process took it, DatabaseLost when the database went away; any other KhoError of a
    step is recorded as a failure of that step and raised again: the package stays where it is.
    """
    names = [step.name for step in pipeline]
    while package.next_step is not None:
        at = names.index(package.next_step)
        following = names[at + 1] if at + 1 < len(names) else None
        outcome = _attempt(connection, pipeline[at], package, context)
        fault(f"step.{pipeline[at].name}.done")
        package = _commit(connection, pipeline[at], package, outcome, following)
        fault(f"step.{pipeline[at].name}.committed")
    return package


def _attempt(
    connection: psycopg.Connection, step: Step[Context], package: PackageRow, context: Context
) -> Outcome:
    fault(f"step.{step.name}.begin")
    try:
        return step.run(package, context)
    except KhoError as error:
        _record_failure(connection, package, step.name, error)
        raise


def _record_failure(connection: psycopg.Connection, package: PackageRow, step: str, error: KhoError) -> None:
    try:
        connection.rollback()
        catalogue.do(connection, "new_failure", package=package.id, step=step, code=error.code,
                     vi=error.text("vi"), en=error.text("en"))  # fmt: skip
        connection.commit()
    except psycopg.Error as lost:
        raise catalogue.DatabaseLost(reason=type(lost).__name__) from lost


def _commit(
    connection: psycopg.Connection,
    step: Step[Context],
    package: PackageRow,
    outcome: Outcome,
    following: str | None,
) -> PackageRow:
    time = catalogue.now()
    new = _next_state(package, outcome, following, time)
    try:
        with connection.transaction():
            if not (step.durable or new.next_step is None):
                catalogue.do(connection, "no_wait_for_disk")
            _write_state(connection, new)
            if not outcome.idle:
                _write_event(connection, step, new, outcome, time)
            if outcome.commit:
                outcome.commit(connection)
    except psycopg.OperationalError as error:
        raise catalogue.lost(error) from error
    return new


def _next_state(package: PackageRow, outcome: Outcome, following: str | None, time: Any) -> PackageRow:
    before = () if outcome.forget else package.findings
    findings = [*before, *(finding_as_record(f) for f in outcome.findings)]
    verdict = outcome.verdict or (
        Verdict.QUARANTINED
        if package.verdict == Verdict.QUARANTINED
        else verdict_of(finding_from_json(f) for f in findings)
    )
    ends = outcome.ends_as is not None or following is None
    return replace(
        package,
        next_step=None if ends else following,
        status=outcome.ends_as or package.status,
        verdict=verdict.value,
        findings=findings,
        finished_at=time if ends else None,
        **outcome.changes,
    )


def _write_state(connection: psycopg.Connection, new: PackageRow) -> None:
    touched = catalogue.do(
        connection, "step_done", id=new.id, token=new.token, next_step=new.next_step, status=new.status,
        verdict=new.verdict, key=new.key, aip=new.aip, path=new.path, documents=new.documents, pages=new.pages, bytes=new.bytes,
        findings=list(new.findings), files=list(new.files), finished_at=new.finished_at,
    )  # fmt: skip
    if touched != 1:
        raise OwnerLost(package=new.id)


def _write_event(
    connection: psycopg.Connection, step: Step[Context], new: PackageRow, outcome: Outcome, time: Any
) -> None:
    catalogue.do(
        connection, "new_event", id=event_id(new, step.name), package=new.id, aip=new.aip, step=step.name,
        type=step.event, outcome=outcome.result, codes=sorted({f.code for f in outcome.findings}),
        agents=[{"id": agent, "version": version} for agent, version in outcome.agents],
        detail=dict(outcome.detail), time=time,
    )  # fmt: skip


def event_id(package: PackageRow, step: str) -> uuid.UUID:
    """The id of a step's event: the same however often the step is tried, so that none is written twice."""
    return uuid.uuid5(_EVENTS, f"{package.aip}/{package.batch}/{package.ordinal}/{step}/{package.released}")
