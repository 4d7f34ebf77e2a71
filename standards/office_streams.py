"""The records that binary Excel and PowerPoint streams are made of."""

import struct
from collections.abc import Iterator
from typing import Final

from standards.office import Unsound

_RECORDS: Final = 5_000_000


def records_of_excel(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, body) of each BIFF record. Raises Unsound where one is cut off."""
    at, count = 0, 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        if kind == 0 and size == 0:
            return
        if at + 4 + size > len(data):
            raise Unsound("damaged", "a record is cut off", "xls")
        count += 1
        if count > _RECORDS:
            raise Unsound("too-much", f"more than {_RECORDS} records", "xls")
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def records_of_powerpoint(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, body) of each atom, containers entered. Raises Unsound where one is cut off."""
    at, count = 0, 0
    while at + 8 <= len(data):
        version, kind, size = struct.unpack_from("<HHL", data, at)
        at += 8
        count += 1
        if count > _RECORDS:
            raise Unsound("too-much", f"more than {_RECORDS} records", "ppt")
        if version & 0xF == 0xF:
            continue
        if at + size > len(data):
            raise Unsound("damaged", "a record is cut off", "ppt")
        yield kind, data[at : at + size]
        at += size
