"""What is due: the hồ sơ whose term has run out on a day, what will be soon, and what nobody can tell, with the reason."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from preservation.bodies.codes import block_of_code, known_block
from preservation.retention.explaining import explain, term_words, why_abstained
from preservation.retention.told import Told, told
from repository.bodies import Bodies, read_bodies
from repository.hold_rows import holds_of
from repository.retention_rows import RuleRow, records, rules


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a day, a body (its own or held by it), a block, the year of the last day, days ahead."""

    on: dt.date
    agency: str | None = None
    block: str | None = None
    year: int | None = None
    within: int = 0


def due(connection: psycopg.Connection, asked: Asked) -> dict[str, Any]:
    """The list: `due`, `coming` (within so many days), `abstained` with the reason of each, and counts of all states."""
    bodies, known, held = read_bodies(connection), rules(connection), holds_of(connection)
    until = asked.on + dt.timedelta(days=asked.within)
    found: dict[str, list[dict[str, Any]]] = {"due": [], "coming": [], "abstained": []}
    counts: Counter[str] = Counter()
    for each in _asked_for(connection, bodies, asked):
        state = each.state(asked.on)
        coming = state == "running" and asked.within > 0 and each.state(until) == "due"
        counts[state] += 1
        if state in found and _of_year(each, asked):
            found[state].append(
                {**_entry(each, bodies, known, asked.on), "holds": held.get(each.record.id, [])}
            )
        elif coming and _of_year(each, asked):
            found["coming"].append(
                {**_entry(each, bodies, known, asked.on), "holds": held.get(each.record.id, [])}
            )
    return {"on": asked.on.isoformat(), **found, "counts": dict(sorted(counts.items()))}


def _of_year(each: Told, asked: Asked) -> bool:
    return asked.year is None or (each.last is not None and each.last.year == asked.year)


def _asked_for(connection: psycopg.Connection, bodies: Bodies, asked: Asked) -> Iterator[Told]:
    for record in records(connection):
        holder = record.custodian(bodies, asked.on)
        block = known_block(record.block or "") or block_of_code(record.agency)
        if asked.agency in (None, record.agency, holder) and asked.block in (None, block):
            yield told(record)


def _entry(each: Told, bodies: Bodies, known: list[RuleRow], on: dt.date) -> dict[str, Any]:
    """A line of the list: ids, the term, its last day, and the sentence that explains it."""
    record = each.record
    entry = {
        "aip": record.id, "key": record.key, "title": record.title, "agency": record.agency, "fonds": record.fonds,
        "custodian": record.custodian(bodies, on), "term": each.term.kind,
        "years": each.term.years, "source": each.source, "closed_year": each.closed_year,
        "expires_on": each.last and each.last.isoformat(), "rule": record.code,
        "vi": explain(each, known, on, "vi"), "en": explain(each, known, on, "en"),
    }  # fmt: skip
    if each.abstains:
        entry |= {
            "reason": each.abstains,
            "reason_vi": why_abstained(each, "vi"),
            "reason_en": why_abstained(each, "en"),
        }
    return entry | {"term_vi": term_words(each.term, "vi"), "term_en": term_words(each.term, "en")}
