"""Resumption tokens: everything that the next page needs, signed, kept nowhere. They outlive a restart.

A page goes on behind the last item that was given (keyset), so that an item changed meanwhile is neither lost nor
given twice with the old stamp: it moved behind `until`, and the next harvest brings it.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

from standards.oai import Fault, stamp

_SIGNATURE = 16  # bytes of the HMAC that a token carries


@dataclass(frozen=True, slots=True)
class Position:
    """Where a list stands: what was asked, the last item given, how many were, and whose list it is ("" the public's).

    Times are as OAI-PMH writes them.
    """

    prefix: str
    spec: str
    since: str
    until: str
    after_time: str
    after_id: str
    cursor: int
    size: int
    who: str = ""


def written(position: Position, key: str) -> str:
    """The position as a token of letters, digits, `-`, `_` and `.`."""
    payload = json.dumps(list(asdict(position).values()), ensure_ascii=False, separators=(",", ":")).encode()
    return f"{_text(payload)}.{_text(_sign(payload, key))}"


def read(token: str, key: str) -> Position:
    """The position of a token that this home has signed. Raises Fault badResumptionToken."""
    try:
        payload, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
        if not hmac.compare_digest(signature, _sign(payload, key)):
            raise ValueError(token)
        return Position(*json.loads(payload))
    except (ValueError, TypeError, binascii.Error) as error:
        raise Fault("badResumptionToken", "the resumption token is not one of this repository") from error


def of(
    prefix: str,
    spec: str,
    since: dt.datetime | None,
    until: dt.datetime,
    earliest: dt.datetime,
    who: str = "",
) -> Position:
    """The beginning of a list."""
    first = stamp(max(since, earliest) if since else earliest)
    return Position(prefix, spec, first, stamp(until), first, "", 0, 0, who)


def _sign(payload: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), b"oai-token:" + payload, hashlib.sha256).digest()[:_SIGNATURE]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
