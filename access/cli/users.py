"""Commands about accounts and what they are entrusted with."""

import datetime as dt
import os
import uuid
from pathlib import Path
from typing import Any

import click

from access.cli.common import DONE, Call, command
from access.cli.groups import kho
from access.rights import today, told
from repository import catalogue, people
from repository.people import Account, NewPost
from repository.permissions import OPENABLE, ROLES, Post, needs_approval, why_not_in_force
from standards.errors import UsageError


@kho.group("user")
def user() -> None:
    """Tài khoản và nhiệm vụ / accounts and posts."""


def at_the_machine() -> str:
    """Who acts by the command line: the operating system's account."""
    return f"uid:{os.getuid()}"


@command(user, "add")
@click.argument("account")
@click.option("--name", required=True)
def user_add(call: Call, account: str, name: str) -> int:
    """Tạo tài khoản, in mật khẩu dùng một lần / make an account and print its one-time password."""
    opened = call.open(writing=True)
    with opened.connect() as connection, connection.transaction():
        once = people.add_account(connection, account, name)
    return _tell_password(call, account, once)


@command(user, "password")
@click.argument("account")
def user_password(call: Call, account: str) -> int:
    """Cấp lại mật khẩu dùng một lần / a new one-time password; ends every sign-in."""
    opened = call.open(create=False, writing=True)
    with opened.connect() as connection, connection.transaction():
        once = people.reset_password(connection, account)
    return _tell_password(call, account, once)


def _tell_password(call: Call, account: str, once: str) -> int:
    call.emit({"schema": 1, "account": account, "one_time_password": once})
    call.tell("user-password", account=account, password=once)
    return DONE


@command(user, "list")
def user_list(call: Call) -> int:
    """Danh sách tài khoản / list the accounts."""
    opened = call.open(create=False)
    with opened.connect() as connection:
        rows = catalogue.many(connection, Account, "accounts")
        told_of = [_account(row, people.posts_of(connection, row.id)) for row in rows]
    call.emit({"schema": 1, "accounts": told_of})
    for each in told_of:
        roles = sorted({post["role"] for post in each["posts"] if post["in_force"]})
        call.tell("user-line", account=each["account"], name=each["name"], state=call.word(f"user-{each['state']}"),
                  roles=", ".join(roles) or "—")  # fmt: skip
    return DONE


@command(user, "show")
@click.argument("account")
def user_show(call: Call, account: str) -> int:
    """Một tài khoản với các nhiệm vụ / one account with its posts."""
    opened = call.open(create=False)
    with opened.connect() as connection:
        posts = people.posts_of(connection, account)
        shown = _account(people.account(connection, account), posts)
    call.emit({"schema": 1, **shown})
    call.tell("user-line", account=shown["account"], name=shown["name"], state=call.word(f"user-{shown['state']}"),
              roles="")  # fmt: skip
    for post in posts:
        state = call.word(f"post-{why_not_in_force(post, today()) or 'in-force'}")
        call.tell("post-line", post=told(post, call.lang), basis=post.basis, state=state)
    return DONE


def _account(row: Account, posts: list[Post]) -> dict[str, Any]:
    return {"account": row.id, "name": row.name, "state": row.state, "must_change": row.must_change,
            "signed_in_at": row.signed_in_at.isoformat() if row.signed_in_at else None,
            "posts": [_post(post) for post in posts]}  # fmt: skip


def _post(post: Post) -> dict[str, Any]:
    why_not = why_not_in_force(post, today())
    return {"id": str(post.id), "role": post.role, "agency": post.agency, "fonds": post.fonds, "block": post.block,
            "level": post.level, "modes": list(post.modes), "from": post.valid_from.isoformat(),
            "until": post.valid_to.isoformat() if post.valid_to else None, "basis": post.basis,
            "granted_by": post.granted_by, "approved_by": post.approved_by, "in_force": why_not is None,
            "why_not": why_not}  # fmt: skip


@command(user, "disable")
@click.argument("account")
def user_disable(call: Call, account: str) -> int:
    """Khóa tài khoản, kết thúc mọi phiên / disable an account and end its sign-ins."""
    return _set_state(call, account, "disabled")


@command(user, "enable")
@click.argument("account")
def user_enable(call: Call, account: str) -> int:
    """Mở lại tài khoản / enable an account again."""
    return _set_state(call, account, "active")


def _set_state(call: Call, account: str, state: str) -> int:
    opened = call.open(create=False, writing=True)
    with opened.connect() as connection, connection.transaction():
        people.set_state(connection, account, state)
    call.emit({"schema": 1, "account": account, "state": state})
    call.tell("user-line", account=account, name="", state=call.word(f"user-{state}"), roles="—")
    return DONE


@command(user, "grant")
@click.argument("account")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--basis", required=True)
@click.option("--agency", help="H26.99.07")
@click.option("--fonds")
@click.option("--block", help="Đảng | Chính quyền | Đoàn thể")
@click.option("--level")
@click.option(
    "--mode", "modes", multiple=True, type=click.Choice(OPENABLE), default=("01",), help="01 | 02 | personal"
)
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]))
def user_grant(
    call: Call,
    account: str,
    role: str,
    basis: str,
    agency: str | None,
    fonds: str | None,
    block: str | None,
    level: str | None,
    modes: tuple[str, ...],
    since: dt.datetime | None,
    until: dt.datetime | None,
) -> int:
    """Giao nhiệm vụ; mở tài liệu có điều kiện (02) cần người thứ hai duyệt / entrust with a post; 02 needs approval."""
    opened = call.open(create=False, writing=True)
    new = NewPost(
        account=account, role=role, modes=modes, valid_from=since.date() if since else today(), basis=basis,
        agency=agency, fonds=fonds, block=block, level=level, valid_to=until.date() if until else None,
    )  # fmt: skip
    with opened.connect() as connection, connection.transaction():
        post = people.give_post(connection, opened.store, new, at_the_machine())
    return _tell_post(call, post, "post-waits" if needs_approval(post.modes) else "post-given")


@command(user, "approve")
@click.argument("post", type=click.UUID)
@click.option("--as", "second", required=True)
@click.option("--password-file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def user_approve(call: Call, post: uuid.UUID, second: str, password_file: Path | None) -> int:
    """Người thứ hai duyệt nhiệm vụ, bằng mật khẩu của mình / a second administrator approves, with the own password."""
    opened = call.open(create=False, writing=True)
    password = read_password(password_file)
    with opened.connect() as connection:
        people.check_password(connection, second, password)
        with connection.transaction():
            viewer = people.viewer(connection, second)
            approved = people.approve_post(connection, opened.store, post, viewer, today())
    return _tell_post(call, approved, "post-approved")


def read_password(file: Path | None) -> str:
    """The password in a file's first line, or asked for. Raises UsageError."""
    if file is not None:
        return file.read_text(encoding="utf-8").rstrip("\n")
    try:
        return str(click.prompt("Mật khẩu / password", hide_input=True, err=True))
    except click.Abort as error:
        raise UsageError(reason="--password-file") from error


@command(user, "end")
@click.argument("post", type=click.UUID)
def user_end(call: Call, post: uuid.UUID) -> int:
    """Thu hồi nhiệm vụ ngay / end a post at once."""
    opened = call.open(create=False, writing=True)
    with opened.connect() as connection, connection.transaction():
        ended = people.end_post(connection, opened.store, post, at_the_machine())
    return _tell_post(call, ended, "post-ended-now")


def _tell_post(call: Call, post: Post, key: str) -> int:
    call.emit({"schema": 1, "account": post.account, **_post(post)})
    call.tell(key, post=told(post, call.lang), id=str(post.id), account=post.account)
    return DONE
