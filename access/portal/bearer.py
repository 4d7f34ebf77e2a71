"""The key that a program sends (RFC 6750, §2.1: in the header Authorization alone, never in an address)."""

from starlette.requests import Request

LONGEST = 200


def bearer(request: Request) -> str | None:
    """The key of a request; None where it has none. An Authorization of another kind is a key that nobody has."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    kind, _blank, key = header.partition(" ")
    return key.strip()[:LONGEST] if kind.lower() == "bearer" else ""
