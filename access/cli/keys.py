"""Commands about the keys of programs, and about who an account is at an identity provider."""

import datetime as dt
import uuid
from typing import Any

import click

from access.cli.common import DONE, Call, command
from access.cli.groups import kho
from access.cli.users import at_the_machine, user
from access.rights import today
from repository import keys
from repository.config import BadSetting
from repository.identities import name_identity
from repository.keys import SCOPES, ApiKey


@kho.group("key")
def key() -> None:
    """Khóa cho chương trình khác / keys for programs."""


@command(key, "add")
@click.argument("account")
@click.option("--name", required=True, help="LGSP")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), required=True)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]))
def key_add(call: Call, account: str, name: str, scopes: tuple[str, ...], until: dt.datetime | None) -> int:
    """Cấp khóa cho một tài khoản, in một lần duy nhất / make a key for an account; it is printed once."""
    opened = call.open(create=False, writing=True)
    with opened.connect() as connection, connection.transaction():
        id, secret = keys.make_key(
            connection, account, name, scopes, until.date() if until else None, at_the_machine()
        )
    call.emit({"schema": 1, "id": str(id), "account": account, "scopes": sorted(set(scopes)), "key": secret})
    call.tell("key-made", account=account, secret=secret, id=str(id))
    return DONE


@command(key, "list")
def key_list(call: Call) -> int:
    """Các khóa đã cấp / the keys there are."""
    opened = call.open(create=False)
    with opened.connect() as connection:
        found = keys.keys(connection)
    call.emit({"schema": 1, "keys": [_told(each) for each in found]})
    for each in found:
        call.tell("key-line", id=str(each.id), account=each.account, name=each.name, scopes=", ".join(each.scopes),
                  state=call.word("key-holds" if each.holds(today()) else "key-over"))  # fmt: skip
    return DONE


@command(key, "end")
@click.argument("id", type=click.UUID)
def key_end(call: Call, id: uuid.UUID) -> int:
    """Thu hồi khóa ngay / end a key at once."""
    opened = call.open(create=False, writing=True)
    with opened.connect() as connection, connection.transaction():
        account = keys.end_key(connection, id, at_the_machine())
    call.emit({"schema": 1, "id": str(id), "account": account, "ended": True})
    call.tell("key-ended", id=str(id), account=account)
    return DONE


def _told(each: ApiKey) -> dict[str, Any]:
    return {
        "id": str(each.id), "account": each.account, "name": each.name, "scopes": list(each.scopes),
        "until": each.ends_on.isoformat() if each.ends_on else None, "in_use": each.holds(today()),
        "used_at": each.used_at.isoformat() if each.used_at else None, "made_by": each.made_by,
    }  # fmt: skip


@command(user, "identity")
@click.argument("account")
@click.argument("username")
def user_identity(call: Call, account: str, username: str) -> int:
    """Tài khoản này là ai ở hệ thống định danh (KHO_OIDC_ISSUER) / who an account is at the identity provider."""
    issuer = call.settings.oidc_issuer
    if issuer is None:
        raise BadSetting(name="KHO_OIDC_ISSUER", reason="—")
    opened = call.open(create=False, writing=True)
    with opened.connect() as connection, connection.transaction():
        name_identity(connection, account, issuer, username.strip().lower(), at_the_machine())
    call.emit({"schema": 1, "account": account, "issuer": issuer, "username": username.strip().lower()})
    call.tell("user-identity", account=account, username=username, issuer=issuer)
    return DONE
