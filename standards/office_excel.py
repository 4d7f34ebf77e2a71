"""The words of a binary Excel stream ([MS-XLS]): shared strings, labels, headers, text boxes, names of sheets."""

import re
import struct
from collections.abc import Iterator
from typing import Final

from standards.office import Drawn, Unsound
from standards.office_letters import both_readings
from standards.office_streams import records_of_excel

_CONTINUE, _SST, _TEXT_BOX, _FILEPASS, _SUPBOOK, _BOUNDSHEET, _OBJ, _BOF = (
    0x3C, 0xFC, 0x1B6, 0x2F, 0x1AE, 0x85, 0x5D, 0x809,
)  # fmt: skip
_LABELS: Final = {0x204: 6, 0xD6: 6, 0x207: 0, 0x14: 0, 0x15: 0}  # record: bytes before its string
_HEADERS: Final = frozenset({0x14, 0x15})
_HEADER_CODES: Final = re.compile(r'&"[^"]*"|&\d+|&[A-KM-QS-Z]')
_BIFF8: Final = 0x0600


class _Chunks:
    """The bodies of a record and its continuations: a string may break off and go on with a new flag byte."""

    def __init__(self, bodies: list[bytes]) -> None:
        self._bodies = bodies
        self._at = (0, 0)

    def take(self, count: int) -> bytes:
        """Bytes that may lie over a border."""
        body, place = self._at
        taken = bytearray()
        while len(taken) < count:
            if body >= len(self._bodies):
                raise Unsound("damaged", "a text is cut off", "xls")
            part = self._bodies[body][place : place + count - len(taken)]
            taken += part
            place += len(part)
            if place >= len(self._bodies[body]):
                body, place = body + 1, 0
        self._at = (body, place)
        return bytes(taken)

    def letters(self, count: int, *, is_wide: bool) -> str:
        """That many letters; where a continuation begins among them its flag byte says anew how wide they are."""
        text: list[str] = []
        while count > 0:
            body, place = self._at
            if body >= len(self._bodies):
                raise Unsound("damaged", "a text is cut off", "xls")
            width = 2 if is_wide else 1
            part = self._bodies[body][place : place + count * width]
            part = part[: len(part) // width * width]
            text.append(part.decode("utf-16-le" if is_wide else "latin-1", "replace"))
            count -= len(part) // width
            place += len(part)
            if place >= len(self._bodies[body]) or (count > 0 and not part):
                body, place = body + 1, 0
                if count > 0 and body < len(self._bodies) and self._bodies[body]:
                    is_wide, place = bool(self._bodies[body][0] & 1), 1
            self._at = (body, place)
        return "".join(text)

    def string(self, length_bytes: int = 2) -> str:
        """A Unicode string with its length, flags, and what may follow it (formatting, phonetics)."""
        count = int.from_bytes(self.take(length_bytes), "little")
        flags = self.take(1)[0]
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        extended = struct.unpack("<L", self.take(4))[0] if flags & 4 else 0
        text = self.letters(count, is_wide=bool(flags & 1))
        self.take(4 * runs + extended)
        return text


def excel_lines(data: bytes, drawn: Drawn) -> None:
    """Draw the words of a stream. Raises Unsound."""
    if len(data) >= 6 and struct.unpack_from("<H", data, 4)[0] != _BIFF8:
        _old(data, drawn)
        return
    lines: list[str] = []
    try:
        for kind, bodies in _with_continuations(data):
            drawn.check_time()
            lines += _of_record(kind, bodies, drawn)
    finally:
        drawn.part(lines)


def _of_record(kind: int, bodies: list[bytes], drawn: Drawn) -> Iterator[str]:
    if kind == _FILEPASS:
        raise Unsound("encrypted", "", "xls")
    if kind == _SST and len(bodies[0]) >= 8:
        chunks = _Chunks(bodies)
        (unique,) = struct.unpack("<4xL", chunks.take(8))
        yield from (chunks.string() for _ in range(unique))
    elif kind in _LABELS and len(bodies[0]) > _LABELS[kind] + 3:
        chunks = _Chunks(bodies)
        chunks.take(_LABELS[kind])
        text = chunks.string()
        yield from re.split(r"&[LCR]", _HEADER_CODES.sub("", text)) if kind in _HEADERS else [text]
    elif kind == _TEXT_BOX and len(bodies) > 1 and len(bodies[1]) > 1:
        (count,) = struct.unpack_from("<H", bodies[0], 10)
        inner = _Chunks(bodies[1:])
        is_wide = bool(inner.take(1)[0] & 1)
        yield from inner.letters(count, is_wide=is_wide).split("\n")
    elif kind == _BOUNDSHEET and len(bodies[0]) > 8:
        if bodies[0][5] == 1:
            drawn.traits.add("macros")  # a sheet of Excel 4 macros
        chunks = _Chunks(bodies)
        chunks.take(6)
        yield chunks.string(1)
    elif kind == _SUPBOOK:
        drawn.traits.update(_links(bodies[0]))


def _links(body: bytes) -> Iterator[str]:
    """A SUPBOOK names another workbook, a DDE source or an OLE link; the workbook itself and add-ins are none."""
    if len(body) > 4 and body[2:4] not in (b"\x01\x04", b"\x01\x3a"):
        yield "external"
        if b"\x03" in body[4:] and body[:2] == b"\x00\x00":
            yield "dde"


def _with_continuations(data: bytes) -> Iterator[tuple[int, list[bytes]]]:
    kind, bodies = -1, [b""]
    for each, body in records_of_excel(data):
        if each == _CONTINUE:
            bodies.append(body)
            continue
        if kind >= 0:
            yield kind, bodies
        kind, bodies = each, [body]
    if kind >= 0:
        yield kind, bodies


def _old(data: bytes, drawn: Drawn) -> None:
    """Excel 5 and 95: letters of one byte, taken as runs."""
    lines: list[str] = []
    for kind, body in records_of_excel(data):
        drawn.check_time()
        if kind == _FILEPASS:
            raise Unsound("encrypted", "", "xls")
        if kind in (0x204, 0xD6, 0x207, 0x14, 0x15, 0x1B6, _CONTINUE, _BOUNDSHEET):
            lines += both_readings(body)
    drawn.part(lines)
