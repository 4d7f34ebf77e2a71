"""Which person of an identity provider (OpenID Connect) an account is.

A username can be given to somebody else at the provider, its `sub` never (OpenID Connect Core 1.0, §2): the first
sign-in of a person whom an administrator has named binds the `sub`, and from then on that alone counts.
"""

from dataclasses import dataclass

import psycopg

from repository import catalogue, people


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as a provider tells: `subject` is its `sub`, `username` its `preferred_username`."""

    issuer: str
    subject: str
    username: str


def name_identity(connection: psycopg.Connection, account: str, issuer: str, username: str, by: str) -> None:
    """Say that this person of the provider is this account. Raises NoSuchAccount. The caller commits."""
    people.account(connection, account)
    catalogue.do(connection, "drop_identities", account=account)
    catalogue.do(connection, "new_identity", issuer=issuer, username=username, account=account, by=by,
                 time=catalogue.now())  # fmt: skip


def account_of(connection: psycopg.Connection, person: Identity) -> str:
    """The account of a person who has signed in at the provider; binds it the first time. Raises SignInRefused.

    The caller commits.
    """
    found = catalogue.value(connection, "identity_of_subject", issuer=person.issuer, subject=person.subject)
    found = found or catalogue.value(
        connection, "bind_identity", issuer=person.issuer, subject=person.subject, username=person.username,
        time=catalogue.now(),
    )  # fmt: skip
    if found is None:
        raise people.SignInRefused()
    return str(found)
