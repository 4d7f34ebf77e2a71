"""Deciding: storage first, then the catalogue and the journal, then the answer. One decision at a time.

A process that is killed on the way leaves a pending row; the next one that decides settles it: what is in storage
becomes rows, what is not was never acknowledged and is forgotten.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final

import psycopg

from repository import catalogue
from repository.decision_kinds import KINDS, restore, write_event
from repository.decisions import Decision, object_of, read_decision, time_of, write_decision
from repository.faults import fault, register
from repository.queries import sql
from repository.store import Store

POINTS = register("decision.begun", "decision.stored", "decision.done")
_LOCK: Final = 0x4B486F02  # one number for "somebody is deciding"

Record = Callable[[Decision], None]


@contextmanager
def deciding(connection: psycopg.Connection, store: Store) -> Iterator[Record]:
    """While it lasts nobody else decides. Gives the function that records a decision and makes it true.

    What is checked inside cannot change before it is recorded. Raises what the store raises.
    """
    connection.commit()
    connection.execute(sql("one_decision_at_a_time"), {"lock": _LOCK})
    connection.commit()
    try:
        settle(connection, store)
        yield partial(_record, connection, store)
    finally:
        with suppress(psycopg.Error):
            connection.rollback()
            connection.execute(sql("decided"), {"lock": _LOCK})
            connection.commit()


def settle(connection: psycopg.Connection, store: Store) -> int:
    """Bring to an end what killed processes were deciding; the number of decisions that became true by it."""
    pending = [row[0] for row in connection.execute(sql("decisions_pending")).fetchall()]
    connection.commit()
    if pending:
        store.recover()  # what was being written when they were killed
    done = 0
    for record in sorted(pending, key=time_of):
        if store.has(object_of(record["id"])):
            _make_true(connection, store, read_decision(store, record["id"]))
            done += 1
        else:
            catalogue.do(connection, "decision_ends", id=record["id"])
            connection.commit()
    return done


def _record(connection: psycopg.Connection, store: Store, decision: Decision) -> None:
    connection.commit()
    catalogue.do(connection, "decision_begins", id=decision["id"], record=dict(decision))
    connection.commit()
    fault("decision.begun")
    _make_true(connection, store, decision)
    fault("decision.done")


def _make_true(connection: psycopg.Connection, store: Store, decision: Decision) -> None:
    """Into storage, where it is not there yet; then rows, event and the end of the pending row in one commit.

    An act that is done again has the decision that storage has: what was decided is never written anew.
    """
    with connection.transaction():
        if store.has(object_of(decision["id"])):
            decision = read_decision(store, decision["id"])
        write_decision(connection, store, decision, KINDS[decision["decision"]].message)
        fault("decision.stored")
        restore(connection, decision)
        write_event(connection, decision)
        catalogue.do(connection, "decision_ends", id=decision["id"])
