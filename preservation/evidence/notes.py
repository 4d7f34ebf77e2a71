"""What persons note for the evidence: backups, drills, self-tests, migrations of media, incidents. Each note is a decision."""

from datetime import date, datetime
from typing import Final

import psycopg

from repository.deciding import deciding
from repository.decisions import HANOI, Decision, new_decision
from repository.store import Store
from standards.errors import UsageError

KIND: Final = "preservation-note"


class BadNote(UsageError):
    """A note that says nothing, or of what has not happened yet."""

    code = "bad-note"
    vi = "Chưa ghi được: cần nội dung (--text), và ngày không ở tương lai."
    en = "It cannot be noted: it wants a text (--text), and a day that is not to come."


def note(
    connection: psycopg.Connection, store: Store, kind: str, *, on: date, good: bool, text: str, by: str
) -> Decision:
    """Record that something was done on a day, and whether it came out well. Raises BadNote."""
    if not text.strip() or on > datetime.now(HANOI).date():
        raise BadNote()
    with deciding(connection, store) as record:
        decision = new_decision(KIND, by=by, basis=text.strip(), note=kind, on=on.isoformat(),
                                result="good" if good else "failed", about=[])  # fmt: skip
        record(decision)
    return decision
