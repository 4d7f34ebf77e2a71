"""Numbers of persons: where they stand is kept by a keyed digest, and looked up with a purpose and a basis.

The key is a secret of the home and never in the database: without it the digests of all 12-digit numbers cannot be tried.
No row, log or page holds a number.
"""

import datetime as dt
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from repository import catalogue
from repository.home import Home
from repository.permissions import PERSONAL, SEEING, Viewer, why_not_in_force
from repository.queries import sql
from standards.errors import KhoError, UsageError
from standards.personal import as_identifier, identifiers

MOST: Final = 500  # places told of one number


class NotEntitled(KhoError):
    """The account may not search for the numbers of persons."""

    code = "not-entitled"
    exit_code = 3
    vi = "Tài khoản {account} chưa được giao nhiệm vụ tra cứu theo số định danh cá nhân (đã được người thứ hai duyệt)."
    en = (
        "The account {account} has no post, approved by a second person, to search by the numbers of persons."
    )


class NotAnIdentifier(UsageError):
    """What was typed is no 9- or 12-digit number. It is not repeated."""

    code = "not-an-identifier"
    vi = "Số cần tra cứu phải có 9 chữ số (CMND) hoặc 12 chữ số (số định danh cá nhân)."
    en = "The number has to have 9 digits (identity card) or 12 (personal identification number)."


class NoReason(UsageError):
    """A search without a purpose or a basis."""

    code = "no-reason"
    vi = "Hãy ghi mục đích và căn cứ của việc tra cứu (mỗi mục ít nhất 5 ký tự); cả hai được lưu lại."
    en = "Tell the purpose and the basis of the search (at least 5 characters each); both are recorded."


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a number stands. `ordinal` 0 is the description of the hồ sơ, `page` 0 a description."""

    aip: str
    ordinal: int
    page: int
    key: str
    file_fields: Mapping[str, str]
    document: str | None
    document_fields: Mapping[str, str] | None
    agency: str
    fonds: str


def key_of(home: Home) -> bytes:
    """The home's key of digests."""
    return home.secret("personal").encode()


def digest(key: bytes, number: str) -> str:
    """The keyed digest of a number's digits."""
    return hmac.new(key, b"identifier:" + number.encode(), hashlib.sha256).hexdigest()


def rows(key: bytes, aip: str, ordinal: int, texts: Iterable[tuple[int, str]]) -> Iterator[dict[str, Any]]:
    """The rows of a document's texts, each with its page."""
    for page, text in texts:
        for number in dict.fromkeys(identifiers(text)):
            yield {"mac": digest(key, number), "aip": aip, "ordinal": ordinal, "page": page}


def described(key: bytes, aip: str, ordinal: int, fields: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of a description."""
    yield from rows(key, aip, ordinal, [(0, value) for value in fields.values()])


def put(connection: psycopg.Connection, aip: str, found: Iterable[dict[str, Any]]) -> None:
    """Replace what is known of an AIP's numbers. The caller owns the transaction."""
    rows_ = list(found)  # what is read for them is read by the same connection, before it writes
    catalogue.do(connection, "drop_mentions", aip=aip)
    catalogue.do_many(connection, "new_mention", rows_)
    catalogue.do(connection, "mentions_are_drawn", aip=aip)


def entitled(viewer: Viewer, day: dt.date) -> bool:
    """Whether the viewer may search for numbers at all; of which records, the catalogue decides."""
    return any(
        PERSONAL in post.modes and post.role in SEEING and why_not_in_force(post, day) is None
        for post in viewer.posts
    )


def look_up(
    connection: psycopg.Connection,
    home: Home,
    viewer: Viewer,
    typed: str,
    purpose: str,
    basis: str,
    day: dt.date,
) -> list[Mention]:
    """Where the number stands, of what the viewer may find; the search is on record before its result is told.

    Raises NotEntitled, NotAnIdentifier, NoReason. Commits.
    """
    number = as_identifier(typed)
    if number is None:
        raise NotAnIdentifier(reason="")
    purpose, basis = " ".join(purpose.split())[:500], " ".join(basis.split())[:500]
    if min(len(purpose), len(basis)) < 5:
        raise NoReason(reason="")
    if viewer.account is None or not entitled(viewer, day):
        raise NotEntitled(account=viewer.account or "—")
    mac = digest(key_of(home), number)
    with connection.transaction():
        found = catalogue.many(
            connection, Mention, "find_mentions", mac=mac, who=viewer.account, day=day, limit=MOST
        )
        connection.execute(sql("new_identifier_search"), {
            "id": uuid.uuid4(), "account": viewer.account, "mac": mac, "purpose": purpose, "basis": basis,
            "found": len(found), "time": catalogue.now(),
        })  # fmt: skip
    return found
