"""Searches that an account keeps: a name and the address of a results page of the portal."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

import psycopg

from repository import catalogue
from standards.errors import UsageError

MOST: Final = 200  # searches that one account keeps
LONGEST_NAME, LONGEST_ADDRESS = 200, 4000


class SearchNotSaved(UsageError):
    """The search cannot be kept."""

    code = "search-not-saved"
    vi = f"Không lưu được lần tìm này: cần tên, và mỗi tài khoản lưu tối đa {MOST} lần tìm."
    en = f"The search was not saved: it needs a name, and an account keeps {MOST} searches at most."


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that is kept; `address` begins with /search?."""

    id: uuid.UUID
    name: str
    address: str
    made_at: dt.datetime


def save(connection: psycopg.Connection, account: str, name: str, address: str) -> None:
    """Keep a search; one of the same name is replaced. Raises SearchNotSaved. The caller commits."""
    named = " ".join(name.split())[:LONGEST_NAME]
    good = (
        named and address.startswith("/search?") and len(address) <= LONGEST_ADDRESS and address.isprintable()
    )
    values = {"account": account, "name": named, "address": address, "time": catalogue.now(), "most": MOST}
    if not good or catalogue.value(connection, "save_search", id=uuid.uuid4(), **values) is None:
        raise SearchNotSaved(reason="")


def saved(connection: psycopg.Connection, account: str) -> list[SavedSearch]:
    """The searches that an account keeps, by name."""
    return catalogue.many(connection, SavedSearch, "saved_searches", account=account)


def drop(connection: psycopg.Connection, account: str, id: uuid.UUID) -> None:
    """Forget one of the account's own. The caller commits."""
    catalogue.do(connection, "drop_saved_search", account=account, id=id)
