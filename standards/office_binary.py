"""Word, Excel and PowerPoint files of before 2007, in OLE containers ([MS-CFB]): soundness, macros, objects, text.

The text is drawn record by record ([MS-DOC], [MS-XLS], [MS-PPT]); letters of one byte are given in both readings that
Vietnamese files have, Windows-1258 and, where it differs, as they are (the old encodings are told from that).
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import olefile
from olefile.olefile import OleFileError

from standards.office import Drawn, Unsound, read_inner
from standards.office_excel import excel_lines
from standards.office_letters import both_readings, wide
from standards.office_streams import records_of_powerpoint

_INNER: Final = 64 * 1024 * 1024
_STREAM: Final = 256 * 1024 * 1024
_ENCRYPTED: Final = frozenset({"encryptedpackage", "encryptedsummary"})
_PIECE_LIMIT: Final = 1_000_000
_MAX_ENTRIES: Final = 20_000
_DDE: Final = ("\x13 DDE", "\x13DDE")
_POWERPOINT_TEXT: Final = {0x0FA0: True, 0x0FBA: True, 0x0FA8: False}  # record type: two bytes a letter


_Ole: TypeAlias = Any  # olefile has no types
_BROKEN = (
    OleFileError, struct.error, IndexError, ValueError, TypeError, AttributeError, KeyError, RecursionError,
)  # fmt: skip


def read(path: Path, drawn: Drawn) -> None:
    """Read the streams of an OLE file; of one with faults in its tables, what can be read. Raises Unsound, OSError."""
    fault = _fault_of_container(path)
    try:
        with olefile.OleFileIO(str(path)) as ole:
            _read(ole, drawn)
    except _BROKEN as bad:
        raise Unsound("damaged", str(bad)[:200] or type(bad).__name__, drawn.kind) from bad
    if fault:
        raise Unsound("damaged", fault, drawn.kind)


def _fault_of_container(path: Path) -> str:
    """What is wrong with the container, every stream read to its end; empty where nothing is."""
    try:
        with olefile.OleFileIO(str(path), raise_defects=olefile.DEFECT_INCORRECT) as ole:
            for entry in ole.listdir():
                with ole.openstream(entry):
                    pass
    except _BROKEN as bad:
        return str(bad)[:200] or type(bad).__name__
    return ""


def _read(ole: _Ole, drawn: Drawn) -> None:
    entries = ole.listdir(streams=True, storages=True)
    if len(entries) > _MAX_ENTRIES:
        raise Unsound("too-much", f"{len(entries)} streams")
    paths = {"/".join(entry).lower(): entry for entry in entries}
    drawn.traits.update(_traits(paths))
    if any(path.rpartition("/")[2].strip("\x06") in _ENCRYPTED for path in paths):
        raise Unsound("encrypted", "", drawn.kind)
    if "worddocument" in paths:
        drawn.kind = "doc"
        _word(ole, paths, drawn)
    elif "workbook" in paths or "book" in paths:
        drawn.kind = "xls"
        excel_lines(_stream(ole, paths["workbook" if "workbook" in paths else "book"]), drawn)
    elif "powerpoint document" in paths:
        drawn.kind = "ppt"
        _powerpoint(_stream(ole, paths["powerpoint document"]), drawn)
    elif not drawn.depth:
        raise Unsound("damaged", "an OLE container, but no text, spreadsheet or presentation")
    _inside(ole, paths, drawn)


def _traits(paths: dict[str, list[str]]) -> Iterator[str]:
    for path in paths:
        steps = path.split("/")
        if "vba" in steps or steps[-1] == "_vba_project":
            yield "macros"
        if (steps[0] == "objectpool" and len(steps) > 1) or steps[0].startswith("mbd"):
            yield "embedded"
        if len(steps) > 1 and steps[-1] in ("\x01ole10native", "package", "\x01ole"):
            yield "embedded"
        if steps[-1] in ("_signatures", "_xmlsignatures"):
            yield "signed"


def _stream(ole: _Ole, entry: list[str]) -> bytes:
    if ole.get_size(entry) > _STREAM:
        raise Unsound("too-much", f"a stream of more than {_STREAM >> 20} MiB")
    with ole.openstream(entry) as stream:
        return bytes(stream.read())


def _inside(ole: _Ole, paths: dict[str, list[str]], drawn: Drawn) -> None:
    """Every other stream to its end; files that lie whole in one are read too, and texts of objects in their own."""
    main = ("worddocument", "workbook", "book", "powerpoint document")
    for path, entry in paths.items():
        drawn.check_time()
        if path in main or ole.get_type(entry) != olefile.STGTY_STREAM:
            continue
        data = _stream(ole, entry)
        if path.endswith("/worddocument"):
            drawn.part(both_readings(data) + wide(data))
        elif path.endswith(("/workbook", "/book")):
            excel_lines(data, drawn)
        elif len(data) <= _INNER:
            at = min(
                (i for i in (data.find(b"PK\x03\x04"), data.find(b"\xd0\xcf\x11\xe0")) if i >= 0), default=-1
            )
            if 0 <= at < 4096:
                read_inner(data[at:], drawn)


def _word(ole: _Ole, paths: dict[str, list[str]], drawn: Drawn) -> None:
    """The text of a Word file: by its pieces (Word 97 and later), or as one run (before)."""
    data = _stream(ole, paths["worddocument"])
    version, flags = struct.unpack_from("<2xH6xH", data)
    if flags & 0x0100:
        raise Unsound("encrypted", "", "doc")
    if version < 0x00C1:
        begin, end = struct.unpack_from("<LL", data, 0x18)
        _word_text([("", data[begin : min(end, len(data))])], drawn)
        return
    table = "1table" if flags & 0x0200 else "0table"
    if table not in paths:
        raise Unsound("damaged", f"{table} is missing", "doc")
    at, length = struct.unpack_from("<LL", data, 0x01A2)
    pieces = _stream(ole, paths[table])[at : at + length]
    if len(pieces) != length:
        raise Unsound("damaged", "the table of pieces is cut off", "doc")
    _word_text(list(_pieces(pieces, data)), drawn)


def _pieces(clx: bytes, data: bytes) -> Iterator[tuple[str, bytes]]:
    """(text of two-byte letters, or bytes of one-byte letters) of each piece, in order."""
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at >= len(clx) or clx[at] != 2:
        raise Unsound("damaged", "no table of pieces", "doc")
    (size,) = struct.unpack_from("<L", clx, at + 1)
    count = (size - 4) // 12
    if not 0 <= count <= _PIECE_LIMIT:
        raise Unsound("damaged", "the table of pieces is not one", "doc")
    at += 5
    ends = struct.unpack_from(f"<{count + 1}L", clx, at)
    for number in range(count):
        (place,) = struct.unpack_from("<L", clx, at + 4 * (count + 1) + 8 * number + 2)
        letters = ends[number + 1] - ends[number]
        if letters < 0:
            raise Unsound("damaged", "the table of pieces is not one", "doc")
        if place & 0x40000000:
            begin = (place & 0x3FFFFFFF) // 2
            yield "", data[begin : begin + letters]
        else:
            yield data[place : place + 2 * letters].decode("utf-16-le", "replace"), b""


def _word_text(pieces: list[tuple[str, bytes]], drawn: Drawn) -> None:
    for read in ("cp1258", "latin-1"):
        text = "".join(known or raw.decode(read, "replace") for known, raw in pieces)
        if any(mark in text for mark in _DDE):
            drawn.traits.add("dde")
        drawn.part(_lines(text))
        if all(raw.isascii() for _known, raw in pieces):
            return


def _lines(text: str) -> list[str]:
    """Paragraphs, cells and breaks of Word and PowerPoint as lines."""
    for sign in "\x07\x0b\x0c\x0e":
        text = text.replace(sign, "\r")
    return [line for line in text.replace("\n", "\r").split("\r") if line.strip()]


def _powerpoint(data: bytes, drawn: Drawn) -> None:
    lines: list[str] = []
    for kind, body in records_of_powerpoint(data):
        drawn.check_time()
        if kind in _POWERPOINT_TEXT:
            text = body.decode("utf-16-le", "replace") if _POWERPOINT_TEXT[kind] else body.decode("latin-1")
            lines += _lines(text)
        elif kind == 0x0FC3:  # the handle of an embedded object
            drawn.traits.add("embedded")
    drawn.part(lines)
