"""Who opened what the public may not see, and the alarm that a burst of it raises."""

import datetime as dt
import logging
import uuid
from dataclasses import dataclass
from typing import Final

import psycopg

from repository import catalogue
from standards.errors import KhoError

LOG = logging.getLogger("kho.views")
MINUTES: Final = 10
RECORDS: Final = 60  # different records opened within MINUTES raise an alarm


class NoSuchAlarm(KhoError):
    """No alarm has this id, or it was seen."""

    code = "no-such-alarm"
    vi = "Không có cảnh báo {alarm} chưa xem. Xem `kho user alarms`."
    en = "There is no alarm {alarm} that was not seen. See `kho user alarms`."


@dataclass(frozen=True, slots=True)
class Alarm:
    """An account opened `views` different records within `minutes`."""

    id: uuid.UUID
    account: str
    views: int
    minutes: int
    raised_at: dt.datetime
    seen_by: str | None
    seen_at: dt.datetime | None


def note(connection: psycopg.Connection, account: str, record: str, door: str) -> bool:
    """Write down that a record was opened by a door; whether that raised an alarm. The caller commits."""
    now = catalogue.now()
    since = now - dt.timedelta(minutes=MINUTES)
    if catalogue.value(connection, "new_view", account=account, record=record, door=door, time=now) is None:
        return False
    views = int(catalogue.value(connection, "records_viewed_since", account=account, since=since))
    if views < RECORDS:
        return False
    raised = catalogue.value(connection, "new_view_alarm", id=uuid.uuid4(), account=account, views=views,
                             minutes=MINUTES, time=now, since=since)  # fmt: skip
    if raised is not None:
        LOG.warning(
            "alarm: the account %s opened %d closed records within %d minutes", account, views, MINUTES
        )
    return raised is not None


def alarms(connection: psycopg.Connection, limit: int = 100) -> list[Alarm]:
    """The alarms, the newest first."""
    return catalogue.many(connection, Alarm, "view_alarms", limit=limit)


def see(connection: psycopg.Connection, id: uuid.UUID, by: str) -> str:
    """Say that an alarm was looked into; the account that it is about. Raises NoSuchAlarm. The caller commits."""
    account = catalogue.value(connection, "see_view_alarm", id=id, by=by, time=catalogue.now())
    if account is None:
        raise NoSuchAlarm(alarm=id)
    return str(account)
