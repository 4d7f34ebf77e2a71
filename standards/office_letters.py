"""Runs of letters in bytes whose structure is not followed."""

import re
from typing import Final

_WIDE: Final = re.compile(
    rb"(?:[\x09\x20-\x7e\xa0-\xff]\x00|[\x02\x03\x10\x11\x28\x29\x68\x69\xa0\xa1\xaf\xb0]\x01|[\x00\x01\x03\x09\x23]\x03"
    rb"|[\xa0-\xf9]\x1e){3,}"
)  # Latin-1, the Vietnamese letters of Latin Extended-A and -B, tone marks, Latin Extended Additional
_NARROW: Final = re.compile(rb"[\x09\x20-\x7e\x80-\xff]{3,}")


def wide(data: bytes) -> list[str]:
    """Runs of Latin and Vietnamese letters of two bytes, at even and at odd places."""
    return [m[0].decode("utf-16-le", "replace") for part in (data, data[1:]) for m in _WIDE.finditer(part)]


def both_readings(data: bytes) -> list[str]:
    """Runs of one-byte letters, as Windows-1258 and as they are."""
    runs = [m[0] for m in _NARROW.finditer(data)]
    read = [run.decode("cp1258", "replace") for run in runs]
    return read + [run.decode("latin-1") for run in runs if not run.isascii()]
