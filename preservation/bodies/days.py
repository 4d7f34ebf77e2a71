"""Days as commands and tables give them."""

import datetime as dt

from standards.dates import from_text
from standards.errors import KhoError


class NoSuchDay(KhoError):
    """What was given is no day of the calendar."""

    code = "no-such-day"
    exit_code = 2
    vi = "“{given}” không phải là một ngày. Viết như 2025-07-01 hoặc 01/07/2025."
    en = "“{given}” is no day. Write it as 2025-07-01 or 01/07/2025."


def day(given: str) -> dt.date:
    """A day written as 2025-07-01 or 01/07/2025. Raises NoSuchDay."""
    read = from_text(given).edtf or ""
    if read.count("-") != 2:
        raise NoSuchDay(given=given)
    return dt.date.fromisoformat(read)


def day_or_none(given: str | None) -> dt.date | None:
    """The same; None where nothing was given."""
    return day(given) if given and given.strip() else None


def today() -> dt.date:
    """The present day in Hanoi."""
    return dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).date()


def before(on: dt.date) -> dt.date:
    """The day before."""
    return on - dt.timedelta(days=1)
