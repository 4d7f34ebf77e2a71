"""Policies of copies: how many copies an AIP must have before it counts as stored, and in which locations they lie.

The table is the catalogue's; the administrative object `urn:kho:policy:copies` holds all of it and is written first.
"""

from dataclasses import dataclass
from typing import Any, Final

import psycopg

from repository import catalogue, locations
from repository.administrative import PREFIX, as_json, put_record
from repository.copies import copies_of
from repository.home import Home
from repository.queries import sql
from repository.replicating import read_back
from repository.store import Store
from repository.store_object import stored_object
from standards.errors import KhoError

POLICY: Final = f"{PREFIX}policy:copies"
RECORD: Final = "policy.json"
EVERY: Final = "*"


class TooFewCopies(KhoError):
    """A package has fewer copies than its policy asks for, so it is not confirmed."""

    code = "too-few-copies"
    vi = (
        "Gói {aip} mới có {have} bản sao, chính sách đòi {minimum}: {reason}. Gói đã nằm trong kho chính nhưng chưa được xác "
        "nhận; gắn nơi lưu trữ còn thiếu rồi gọi lại đúng lệnh này."
    )
    en = (
        "The package {aip} has {have} copies and its policy asks for {minimum}: {reason}. It is in the primary store but not "
        "confirmed; bring back the missing location, then call the same command again."
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """`minimum` copies, the primary's among them, before an AIP is confirmed; `locations` are the replicas it goes to,
    None for every one. `agency` and `retention` are a code or '*'."""

    agency: str
    retention: str
    minimum: int
    locations: list[str] | None

    def as_json(self) -> dict[str, Any]:
        """The policy as commands and storage tell it."""
        return {
            "agency": self.agency,
            "retention": self.retention,
            "minimum": self.minimum,
            "locations": self.locations,
        }


def policies(connection: psycopg.Connection) -> list[Policy]:
    """Every policy, the most special first."""
    return catalogue.many(connection, Policy, "policies")


def set_policy(connection: psycopg.Connection, store: Store, policy: Policy) -> None:
    """Record a policy, in storage first. The caller commits. Raises NoSuchLocation."""
    for name in policy.locations or ():
        locations.location(connection, name)
    kept = [p for p in policies(connection) if (p.agency, p.retention) != (policy.agency, policy.retention)]
    told = sorted((p.as_json() for p in [*kept, policy]), key=lambda p: (p["agency"], p["retention"]))
    put_record(connection, store, POLICY, {RECORD: as_json({"schema": 1, "policies": told})},
               message="Chính sách bản sao / policy of copies",
               created=catalogue.now().isoformat(timespec="milliseconds"))  # fmt: skip
    connection.execute(sql("set_policy"), policy.as_json())


def policy_for(connection: psycopg.Connection, agency: str, retention: str) -> Policy:
    """The policy of an AIP: of its agency and the code of its term. One copy everywhere where none was set."""
    found = catalogue.one(connection, Policy, "policy_for", agency=agency, retention=retention)
    return found or Policy(EVERY, EVERY, 1, None)


def confirm_copies(
    connection: psycopg.Connection, home: Home, store: Store, aip: str, policy: Policy
) -> list[str]:
    """See that the AIP that is in the primary store has the copies that its policy asks for, writing what is missing.

    Gives the locations that it wrote to and read back from; the caller notes them. Raises TooFewCopies.
    """
    if policy.minimum <= 1:
        return []
    original, made = stored_object(store, aip), list[str]()
    have = {c.location for c in copies_of(connection, aip) if f"v{c.version}" == original.head} | {
        locations.PRIMARY
    }
    reason = "không có nơi lưu trữ / there is no location"
    for place in locations.locations(connection):
        if len(have) >= policy.minimum:
            break
        if place.name in have or not _wanted(place, policy):
            continue
        try:
            target = locations.open_location(home, place)
            target.put_copy(original)
            read_back(target, original)
        except KhoError as problem:
            reason = f"{place.name}: {problem.text('vi')} / {problem.text('en')}"
            continue
        have.add(place.name)
        made.append(place.name)
    if len(have) < policy.minimum:
        raise TooFewCopies(aip=aip, have=len(have), minimum=policy.minimum, reason=reason)
    return made


def _wanted(place: locations.Location, policy: Policy) -> bool:
    """Whether a copy for confirmation may go there: a replica that is there, and that the policy names."""
    named = policy.locations is None or place.name in policy.locations
    return named and place.role == locations.REPLICA and place.state == locations.ONLINE
