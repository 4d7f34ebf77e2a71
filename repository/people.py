"""Accounts, sign-ins and posts. Passwords are argon2id; what is kept of a sign-in is the digest of its token.

A post, its approval and its end are in storage (`urn:kho:post:...`) before they are acknowledged; passwords and sign-ins
are in the catalogue alone.
"""

import datetime as dt
import functools
import hashlib
import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import argon2
import psycopg

from repository import catalogue
from repository.administrative import PREFIX, as_json, put_record
from repository.permissions import OPENABLE, ROLES, Post, Viewer, needs_approval
from repository.queries import sql
from repository.store import Store
from standards.errors import KhoError, UsageError

HASHER: Final = argon2.PasswordHasher()  # RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes
SHORTEST: Final = 12
IDLE, LONGEST = dt.timedelta(minutes=30), dt.timedelta(hours=12)
FREE_TRIES: Final = 5
_NAME: Final = re.compile(r"[a-z][a-z0-9._-]{1,62}")
POST: Final = f"{PREFIX}post:"
POST_RECORD: Final = "post.json"


@functools.cache
def _nobody() -> str:
    """What is checked where there is no account, so that the same time passes. Made when first needed: it takes a
    fifth of a second, which no other command has to spend."""
    return HASHER.hash(secrets.token_urlsafe(16))


class NoSuchAccount(KhoError):
    """No account has this name."""

    code = "no-such-account"
    vi = "Không có tài khoản {account}. Xem danh sách bằng `kho user list`."
    en = "There is no account {account}. See `kho user list`."


class AccountExists(KhoError):
    """The name is taken."""

    code = "account-exists"
    vi = "Đã có tài khoản {account}. Hãy chọn tên khác."
    en = "The account {account} exists. Choose another name."


class WeakPassword(UsageError):
    """A password that is too easy."""

    code = "weak-password"
    vi = f"Mật khẩu cần ít nhất {SHORTEST} ký tự và không chứa tên tài khoản."
    en = f"A password needs at least {SHORTEST} characters and must not hold the account's name."


class SignInRefused(KhoError):
    """Wrong name or password, or a disabled or locked account: from outside they look the same."""

    code = "sign-in-refused"
    vi = "Tên tài khoản hoặc mật khẩu chưa đúng, hoặc tài khoản đang tạm khóa. Hãy thử lại sau ít phút."
    en = "The name or the password is wrong, or the account is locked for now. Try again in a few minutes."


class NoSuchPost(KhoError):
    """No post has this id, or it cannot be changed in this way any more."""

    code = "no-such-post"
    vi = "Không có nhiệm vụ {post} còn hiệu lực để thay đổi. Xem `kho user show`."
    en = "There is no post {post} that could be changed in this way. See `kho user show`."


class SecondPersonNeeded(KhoError):
    """Whoever gave a post cannot approve it, and only an administrator approves."""

    code = "second-person-needed"
    vi = "Nhiệm vụ này phải do một quản trị viên khác với người giao ({by}) duyệt."
    en = "The post has to be approved by an administrator other than the one who gave it ({by})."


@dataclass(frozen=True, slots=True)
class Account:
    """An account. `password` is its argon2id hash, None where none was set."""

    id: str
    name: str
    password: str | None
    must_change: bool
    state: str
    failures: int
    locked_until: dt.datetime | None
    signed_in_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that holds."""

    account: str
    seen_at: dt.datetime
    ends_at: dt.datetime
    name: str
    must_change: bool
    state: str
    by_provider: bool


def add_account(connection: psycopg.Connection, id: str, name: str) -> str:
    """Make an account; gives its one-time password. Raises UsageError, AccountExists. The caller commits."""
    if not _NAME.fullmatch(id) or id == "officer":
        raise UsageError(reason=f"{id}: a-z 0-9 . _ - (2..63), officer is taken")
    once = secrets.token_urlsafe(12)
    made = catalogue.value(
        connection, "new_account", id=id, name=name, password=HASHER.hash(once), time=catalogue.now()
    )
    if made is None:
        raise AccountExists(account=id)
    return once


def reset_password(connection: psycopg.Connection, id: str) -> str:
    """A new one-time password; every sign-in of the account ends. Raises NoSuchAccount."""
    once = secrets.token_urlsafe(12)
    _set_password(connection, id, once, must_change=True)
    return once


def change_password(connection: psycopg.Connection, id: str, old: str, new: str) -> None:
    """The account's own choice; every sign-in ends. Raises SignInRefused, WeakPassword."""
    check_password(connection, id, old)
    if len(new) < SHORTEST or id in new.lower() or new == old:
        raise WeakPassword()
    _set_password(connection, id, new, must_change=False)


def _set_password(connection: psycopg.Connection, id: str, password: str, *, must_change: bool) -> None:
    hashed = HASHER.hash(password)
    if not catalogue.do(connection, "set_password", id=id, password=hashed, must_change=must_change):
        raise NoSuchAccount(account=id)
    catalogue.do(connection, "end_sign_ins_of", account=id)


def set_state(connection: psycopg.Connection, id: str, state: str) -> None:
    """Disable an account, or enable it again. Disabling ends its sign-ins. Raises NoSuchAccount."""
    if not catalogue.do(connection, "set_account_state", id=id, state=state):
        raise NoSuchAccount(account=id)
    if state != "active":
        catalogue.do(connection, "end_sign_ins_of", account=id)


def account(connection: psycopg.Connection, id: str) -> Account:
    """Raises NoSuchAccount."""
    found = catalogue.one(connection, Account, "account", id=id)
    if found is None:
        raise NoSuchAccount(account=id)
    return found


def check_password(connection: psycopg.Connection, id: str, password: str) -> Account:
    """The account whose password this is; commits, so that every failed try counts. Raises SignInRefused.

    After five failures each further one locks the account for twice as long, from a minute up to an hour.
    """
    now = catalogue.now()
    with connection.transaction():
        found = catalogue.one(connection, Account, "account_locked", id=id)
        nobody = _nobody()  # also where there is an account, or its first making would tell
        right = _verify(found.password if found and found.password else nobody, password)
        if found is None:
            raise SignInRefused()
        locked = found.locked_until is not None and found.locked_until > now
        good = right and not locked and found.state == "active" and found.password is not None
        if good:
            catalogue.do(connection, "sign_in_done", id=id, time=now)
        elif not locked:
            beyond = found.failures + 1 - FREE_TRIES
            wait = dt.timedelta(minutes=min(60, 2**beyond)) if beyond >= 0 else None
            catalogue.do(connection, "sign_in_failed", id=id, locked_until=now + wait if wait else None)
    if not good:
        raise SignInRefused()
    return found


def _verify(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def start_sign_in(connection: psycopg.Connection, id: str, *, by_provider: bool = False) -> str:
    """A new token of a sign-in, by the password or at an identity provider; the catalogue keeps its digest."""
    token, now = secrets.token_urlsafe(32), catalogue.now()
    catalogue.do(connection, "end_old_sign_ins", now=now, idle=now - IDLE)
    catalogue.do(connection, "new_sign_in", token=_digest(token), account=id, time=now, ends_at=now + LONGEST,
                 by_provider=by_provider)  # fmt: skip
    return token


def sign_in_of(connection: psycopg.Connection, token: str) -> SignIn | None:
    """The sign-in of a token, where it still holds."""
    found = catalogue.one(connection, SignIn, "sign_in_of", token=_digest(token))
    now = catalogue.now()
    if found is None or found.state != "active" or now >= found.ends_at or now - found.seen_at > IDLE:
        return None
    if now - found.seen_at > dt.timedelta(minutes=1):
        catalogue.do(connection, "sign_in_seen", token=_digest(token), time=now)
    return found


def end_sign_in(connection: psycopg.Connection, token: str) -> None:
    """Sign out."""
    catalogue.do(connection, "end_sign_in", token=_digest(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def posts_of(connection: psycopg.Connection, id: str) -> list[Post]:
    """Every post an account has or had."""
    return catalogue.many(connection, Post, "posts_of", account=id)


def viewer(connection: psycopg.Connection, id: str) -> Viewer:
    """An account as somebody who asks; a disabled one sees what the public sees. Raises NoSuchAccount."""
    found = account(connection, id)
    posts = tuple(posts_of(connection, id)) if found.state == "active" else ()
    return Viewer(found.id, found.name, posts)


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to be given; scopes as in `Post`."""

    account: str
    role: str
    modes: Sequence[str]
    valid_from: dt.date
    basis: str
    agency: str | None = None
    fonds: str | None = None
    block: str | None = None
    level: str | None = None
    valid_to: dt.date | None = None


def give_post(connection: psycopg.Connection, store: Store, new: NewPost, by: str) -> Post:
    """Entrust an account with a post. Raises NoSuchAccount, UsageError. The caller owns the transaction."""
    account(connection, new.account)
    wrong = [mode for mode in new.modes if mode not in OPENABLE]
    if new.role not in ROLES or wrong or not new.modes:
        raise UsageError(reason=f"role {new.role}, modes {' '.join(new.modes)}")
    if new.valid_to is not None and new.valid_to < new.valid_from:
        raise UsageError(reason=f"{new.valid_to} < {new.valid_from}")
    id, time = uuid.uuid4(), catalogue.now()
    connection.execute(sql("new_post"), {
        "id": id, "account": new.account, "role": new.role, "agency": new.agency, "fonds": new.fonds,
        "block": new.block, "level": new.level, "modes": sorted(set(new.modes)), "valid_from": new.valid_from,
        "valid_to": new.valid_to, "basis": new.basis, "granted_by": by, "granted_at": time,
    })  # fmt: skip
    return _into_storage(connection, store, id)


def approve_post(
    connection: psycopg.Connection, store: Store, id: uuid.UUID, by: Viewer, day: dt.date
) -> Post:
    """A second person's approval. Raises NoSuchPost, SecondPersonNeeded. The caller owns the transaction."""
    found = catalogue.one(connection, Post, "post", id=id)
    if found is None or found.ended_at or found.approved_at or not needs_approval(found.modes):
        raise NoSuchPost(post=id)
    second = by.account not in (None, found.granted_by, found.account) and "administrator" in by.roles(day)
    if not second or not catalogue.do(connection, "approve_post", id=id, by=by.account, time=catalogue.now()):
        raise SecondPersonNeeded(by=found.granted_by)
    return _into_storage(connection, store, id)


def end_post(connection: psycopg.Connection, store: Store, id: uuid.UUID, by: str) -> Post:
    """Take a post away, from this moment on. Raises NoSuchPost. The caller owns the transaction."""
    if not catalogue.do(connection, "end_post", id=id, by=by, time=catalogue.now()):
        raise NoSuchPost(post=id)
    return _into_storage(connection, store, id)


def _into_storage(connection: psycopg.Connection, store: Store, id: uuid.UUID) -> Post:
    found = catalogue.one(connection, Post, "post", id=id)
    if found is None:
        raise NoSuchPost(post=id)
    put_record(
        connection, store, f"{POST}{id}", {POST_RECORD: as_json(_told(found))}, message="Nhiệm vụ / post",
        created=catalogue.now().isoformat(timespec="milliseconds"),
    )  # fmt: skip
    return found


def _told(post: Post) -> dict[str, Any]:
    times = {
        "valid_from": post.valid_from, "valid_to": post.valid_to, "granted_at": post.granted_at,
        "approved_at": post.approved_at, "ended_at": post.ended_at,
    }  # fmt: skip
    return {
        "schema": 1, "decision": "post", "id": str(post.id), "account": post.account, "role": post.role,
        "agency": post.agency, "fonds": post.fonds, "block": post.block, "level": post.level,
        "modes": list(post.modes), "basis": post.basis, "granted_by": post.granted_by,
        "approved_by": post.approved_by, "ended_by": post.ended_by,
        **{name: value.isoformat() if value else None for name, value in times.items()},
    }  # fmt: skip
