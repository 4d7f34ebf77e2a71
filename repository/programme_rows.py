"""The catalogue's rows about the programme of digitisation: targets, and what is counted against them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from repository import catalogue
from repository.decisions import Decision


@dataclass(frozen=True, slots=True)
class TargetRow:
    """What a body is to bring in, in a phase, until a day."""

    phase: str
    agency: str
    files: int
    documents: int | None
    pages: int | None
    due: dt.date | None


@dataclass(frozen=True, slots=True)
class DoneRow:
    """What a body brought into storage in one week, by its Monday."""

    agency: str
    week: dt.date
    files: int
    documents: int
    pages: int
    bytes: int


@dataclass(frozen=True, slots=True)
class OnTheWayRow:
    """Packages of a body that are being checked, wait for a person, or were refused."""

    agency: str
    checking: int
    waiting: int
    refused: int


def targets(connection: psycopg.Connection) -> list[TargetRow]:
    """Every target."""
    return catalogue.many(connection, TargetRow, "programme_targets")


def done(connection: psycopg.Connection, until: dt.datetime) -> list[DoneRow]:
    """What was stored before a moment, by body and week."""
    return catalogue.many(connection, DoneRow, "programme_done", until=until)


def on_the_way(connection: psycopg.Connection) -> Mapping[str, OnTheWayRow]:
    """What is on its way in, by body."""
    return {row.agency: row for row in catalogue.many(connection, OnTheWayRow, "programme_on_the_way")}


def restore_targets(connection: psycopg.Connection, decision: Decision) -> None:
    """The targets that were set."""
    catalogue.do_many(
        connection, "put_programme_target", ({**t, "decision": decision["id"]} for t in decision["targets"])
    )
