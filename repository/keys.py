"""Keys for programs: a key acts for an account, within scopes, until it ends. The catalogue keeps its digest alone.

A key sees what its account's posts open, and never more; a scope says which doors it may knock at.
"""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psycopg

from repository import catalogue, people
from repository.queries import sql
from standards.errors import KhoError, UsageError

SCOPES: Final = ("search", "read", "files", "harvest")
PREFIX: Final = "kho_"
_SEEN_EVERY: Final = dt.timedelta(minutes=1)


class NoSuchKey(KhoError):
    """No key has this id, or it has ended."""

    code = "no-such-key"
    vi = "Không có khóa {key} còn dùng được. Xem `kho key list`."
    en = "There is no key {key} in use. See `kho key list`."


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is known; `ends_on` is its last day."""

    id: uuid.UUID
    account: str
    name: str
    scopes: Sequence[str]
    made_by: str
    made_at: dt.datetime
    ends_on: dt.date | None
    ended_by: str | None
    ended_at: dt.datetime | None
    used_at: dt.datetime | None

    def holds(self, day: dt.date) -> bool:
        """Whether it opens anything on a day."""
        return self.ended_at is None and (self.ends_on is None or day <= self.ends_on)


def make_key(
    connection: psycopg.Connection,
    account: str,
    name: str,
    scopes: Sequence[str],
    ends_on: dt.date | None,
    by: str,
) -> tuple[uuid.UUID, str]:
    """Make a key; its id, and the secret, which is not kept. Raises NoSuchAccount, UsageError. The caller commits."""
    people.account(connection, account)
    if not scopes or set(scopes) - set(SCOPES):
        raise UsageError(reason=f"--scope {' '.join(scopes)}: {', '.join(SCOPES)}")
    id, secret = uuid.uuid4(), PREFIX + secrets.token_urlsafe(32)
    connection.execute(sql("new_key"), {
        "id": id, "account": account, "name": name, "digest": _digest(secret), "scopes": sorted(set(scopes)),
        "made_by": by, "made_at": catalogue.now(), "ends_on": ends_on,
    })  # fmt: skip
    return id, secret


def key_of(connection: psycopg.Connection, secret: str, day: dt.date) -> ApiKey | None:
    """The key that this secret is, where it holds on that day and its account is not disabled."""
    found = catalogue.one(connection, ApiKey, "key_of_digest", digest=_digest(secret))
    if found is None or not found.holds(day):
        return None
    now = catalogue.now()
    if found.used_at is None or now - found.used_at > _SEEN_EVERY:
        catalogue.do(connection, "key_was_used", id=found.id, time=now)
    return found


def end_key(connection: psycopg.Connection, id: uuid.UUID, by: str) -> str:
    """End a key, as of now; the account that it was for. Raises NoSuchKey. The caller commits."""
    account = catalogue.value(connection, "end_key", id=id, by=by, time=catalogue.now())
    if account is None:
        raise NoSuchKey(key=id)
    return str(account)


def keys(connection: psycopg.Connection) -> list[ApiKey]:
    """Every key there is or was."""
    return catalogue.many(connection, ApiKey, "keys")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
