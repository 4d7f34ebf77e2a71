"""What happened to a package, as its PREMIS tells it: what the held version tells already, the journal, and the making
of this version, which is now.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone

from ingest.agents import KHO, agent_of, role_of
from ingest.context import Context
from repository import catalogue
from repository.aip import read_aip
from repository.corrections import KIND as CORRECTION
from repository.packages import Agent, AipContent, AipId, Event
from repository.rows import EventRow, PackageRow
from repository.steps import event_id
from standards.findings import Finding, finding_from_json

HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class History:
    """Events in their order, and the software agents that they name, each with the version that worked last."""

    events: tuple[Event, ...]
    agents: tuple[Agent, ...]


def history_of(package: PackageRow, context: Context) -> History:
    """The history of a package up to this moment; of an update, that of the held versions before it, and what was
    decided since about it, its fonds and its body."""
    journal = catalogue.many(context.connection, EventRow, "events_of_package", package=package.id)
    decided = catalogue.many(context.connection, EventRow, "decision_events_of_aip", aip=package.aip)
    context.connection.commit()
    events: dict[str, Event] = {}
    agents: dict[str, Agent] = {}
    held = held_content(package, context)
    if held:
        events = {event.id: event for event in held.events}
        agents = {agent.id: agent for agent in held.agents}
    # A correction is told by the version that holds it, and by none before.
    for row in (row for row in decided if row.step != CORRECTION):
        events.setdefault(f"urn:uuid:{row.id}", _event(row, []))
    events |= {event.id: event for event in _events(package, journal)}
    agents |= {agent.id: agent for agent in _agents(journal)}
    return History(tuple(events.values()), tuple(agents.values()))


def held_content(package: PackageRow, context: Context) -> AipContent | None:
    """What the newest held version of the package is, where it is an update."""
    id = AipId(package.aip)
    return read_aip(context.store.tree(id)) if context.store.has(id) else None


def _events(package: PackageRow, rows: Iterable[EventRow]) -> Iterator[Event]:
    """The events so far as the journal has them, and the making of this package, which is now."""
    findings = [finding_from_json(f) for f in package.findings]
    for row in rows:
        yield _event(row, [f for f in findings if f.code in row.codes])
    yield Event(
        id=f"urn:uuid:{event_id(package, 'build-aip')}",
        type="information package creation",
        time=in_hanoi(catalogue.now()),
        outcome="success",
        agents=((KHO[0], "executing program"),),
    )


def _event(row: EventRow, findings: list[Finding]) -> Event:
    return Event(
        id=f"urn:uuid:{row.id}",
        type=row.type,
        time=in_hanoi(row.time),
        outcome=row.outcome,
        detail=json.dumps(dict(row.detail), ensure_ascii=False, sort_keys=True) if row.detail else row.step,
        findings=tuple(findings),
        agents=tuple((str(a["id"]), role_of(str(a["id"]))) for a in row.agents),
    )


def in_hanoi(time: object) -> str:
    """RFC 3339 in Hanoi's time, milliseconds."""
    return time.astimezone(HANOI).isoformat(timespec="milliseconds")  # type: ignore[attr-defined,no-any-return]


def _agents(rows: Iterable[EventRow]) -> Iterator[Agent]:
    """The tools that the events name, with the versions that worked, and the persons."""
    told = {str(a["id"]): a for row in rows for a in row.agents}
    for _id, each in sorted(({KHO[0]: {"id": KHO[0], "version": KHO[1]}} | told).items()):
        yield agent_of(each)
