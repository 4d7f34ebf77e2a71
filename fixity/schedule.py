"""When a copy is due, how deep it is read, and how long a run may last. No clock and no database of its own."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from standards.errors import UsageError

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZES: Final = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "t": 1000**4}


@dataclass(frozen=True, slots=True)
class Promise:
    """Every byte of every copy within `days`; by every digest, with METS and PREMIS, within `deep_days`."""

    days: int = 90
    deep_days: int = 365

    def depth(
        self, checked_at: datetime | None, deep_at: datetime | None, now: datetime
    ) -> Literal["quick", "deep"]:
        """How a copy is read now. The first time is always deep: nothing is known of it yet, nor of a time to come."""
        if (
            checked_at is None
            or deep_at is None
            or not timedelta() <= now - deep_at < timedelta(days=self.deep_days)
        ):
            return "deep"
        return "quick"

    def percent(self, read: int, held: int) -> int:
        """The part of `held` that was `read`, rounded down: 100 means all of it. Nothing held is all of it."""
        return read * 100 // held if held else 100


@dataclass(slots=True)
class Budget:
    """What a run may still spend: a point on the monotonic clock, and bytes. None: no limit."""

    until: float | None = None
    bytes: int | None = None

    def spent(self, clock: float) -> bool:
        """Whether nothing more may be begun."""
        return (self.until is not None and clock >= self.until) or (
            self.bytes is not None and self.bytes <= 0
        )

    def take(self, count: int) -> None:
        """So many bytes were read."""
        if self.bytes is not None:
            self.bytes -= count


def duration(text: str) -> timedelta:
    """`90s`, `30m`, `1h`, `30d`, or joined (`1h30m`). Raises UsageError."""
    parts = re.findall(r"(\d+)([smhd])", text.lower())
    if not parts or "".join(n + unit for n, unit in parts) != text.lower():
        raise UsageError(reason=f"{text!r}: 90s, 30m, 1h, 30d")
    return timedelta(seconds=sum(int(n) * _UNITS[unit] for n, unit in parts))


def amount(text: str) -> int:
    """Bytes: `500M`, `2G`, `1T` (decimal), or a plain number. Raises UsageError."""
    match = re.fullmatch(r"(\d+)([kmgt]?)b?", text.lower())
    if not match:
        raise UsageError(reason=f"{text!r}: 500M, 2G, 1T")
    return int(match[1]) * _SIZES[match[2]]
