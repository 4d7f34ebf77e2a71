"""Lists in .xlsx, read as a stream: one pass of expat over each worksheet, behind limits on what the ZIP unpacks to.

openpyxl takes several times as long over the same 12,000 rows, and tells neither merged cells nor formulas without a
result in its streaming mode; its knowledge of number formats and serial dates is used here. A DTD is refused, so
there are no entities.
"""

import datetime as dt
import functools
import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from ingest.delivery_xlsx_parts import CellReader, StringReader, Tags, parse, read_tags
from ingest.sheet import MAX_BYTES, MAX_CELLS, Row, SheetRefused, Table, Value, is_blank

_MAX_PARTS: Final = 5_000
_MAX_STRINGS: Final = 96 * 1024 * 1024
_MERGE: Final = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_CHUNK: Final = 1024 * 1024
_BROKEN: Final = (
    expat.ExpatError,
    zipfile.BadZipFile,
    OSError,
    ValueError,
    KeyError,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)


def tables(path: Path) -> tuple[Table, ...]:
    """The worksheets of an .xlsx. Raises SheetRefused."""
    try:
        book = Book(path)
    except _BROKEN as error:
        raise _unreadable(error) from error
    return tuple(
        Table(name=name, hidden=hidden, rows=functools.partial(_rows, book, part))
        for name, hidden, part in book.sheets
    )


def _unreadable(error: Exception) -> SheetRefused:
    name = type(error).__name__
    return SheetRefused(
        "DLV-SHEET-UNREADABLE", reason=f"tệp hỏng hoặc chép thiếu (damaged or cut off: {name})"
    )


class Book:
    """What the worksheets of a workbook share: `sheets` as (name, hidden, part), strings, formats, the day 0."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with zipfile.ZipFile(path) as archive:
            _check_size(archive)
            root = _targets(archive, "", "officeDocument")
            main = next(iter(root.values()), "xl/workbook.xml")
            tags = _tags(archive, main)
            parts = _targets(archive, main, "")
            self.sheets = _sheets(tags, parts)
            self._strings_part = next(iter(_targets(archive, main, "sharedStrings").values()), None)
            self.dates = _date_styles(archive, next(iter(_targets(archive, main, "styles").values()), None))
        year1904 = any(name == "workbookPr" and a.get("date1904") in ("1", "true") for name, a in tags)
        self._epoch = CALENDAR_MAC_1904 if year1904 else CALENDAR_WINDOWS_1900

    @functools.cached_property
    def strings(self) -> list[str]:
        """The shared strings, read once."""
        if self._strings_part is None:
            return []
        reader = StringReader()
        with zipfile.ZipFile(self.path) as archive, archive.open(self._strings_part) as stream:
            for _ in parse(stream, reader.start, reader.chars, reader.end):
                pass
        return reader.strings

    def date(self, serial: float) -> Value:
        """A serial number as the date that it shows; the number itself where it is none."""
        try:
            found: dt.datetime | dt.time | dt.timedelta | None = from_excel(serial, self._epoch)
        except (ValueError, OverflowError):
            return serial
        return found if isinstance(found, dt.datetime | dt.time) else serial


def _check_size(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > _MAX_PARTS or sum(p.file_size for p in parts) > MAX_BYTES:
        raise SheetRefused("DLV-SHEET-TOO-LARGE", limit=f"{MAX_BYTES // 1024**2} MiB")
    if any(p.file_size > _MAX_STRINGS for p in parts if "sharedstrings" in p.filename.lower()):
        raise SheetRefused("DLV-SHEET-TOO-LARGE", limit=f"{_MAX_STRINGS // 1024**2} MiB")
    if any(p.flag_bits & 1 for p in parts):
        raise SheetRefused("DLV-SHEET-UNREADABLE", reason="có mật khẩu (it is encrypted)")


def _tags(archive: zipfile.ZipFile, part: str) -> Tags:
    with archive.open(part) as stream:
        return read_tags(stream)


def _targets(archive: zipfile.ZipFile, part: str, kind: str) -> dict[str, str]:
    """The parts that `part` relates to, by id; only of a kind where one is given. None where it has no relations."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    if rels not in archive.namelist():
        return {}
    return {
        a["Id"]: posixpath.normpath(posixpath.join("/", folder, a["Target"])).lstrip("/")
        for tag, a in _tags(archive, rels)
        if tag == "Relationship" and a.get("Type", "").endswith(kind) and "Id" in a and "Target" in a
    }


def _sheets(tags: Tags, parts: dict[str, str]) -> list[tuple[str, bool, str]]:
    sheets = []
    for tag, a in tags:
        part = next((parts[v] for n, v in a.items() if n.rpartition(":")[2] == "id" and v in parts), None)
        if tag == "sheet" and part and "worksheets" in part:
            sheets.append((a.get("name", ""), a.get("state", "visible") != "visible", part))
    return sheets


def _date_styles(archive: zipfile.ZipFile, part: str | None) -> frozenset[str]:
    """The cell styles (indices as text) that show numbers as dates."""
    if part is None or part not in archive.namelist():
        return frozenset()
    formats = dict(BUILTIN_FORMATS)
    dates: set[str] = set()
    index, inside = 0, False
    for tag, a in _tags(archive, part):
        if tag == "numFmt":
            formats[int(a["numFmtId"])] = a.get("formatCode", "")
        if tag.startswith("cell"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            if is_date_format(formats.get(int(a.get("numFmtId", "0")), "")):
                dates.add(str(index))
            index += 1
    return frozenset(dates)


def _rows(book: Book, part: str) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(book.path) as archive:
            with archive.open(part) as stream:
                merges = _merges(stream)
            with archive.open(part) as stream:
                rows = _counted(_read(book, stream))
                yield from _with_merges(rows, merges) if merges else rows
    except _BROKEN as error:
        raise _unreadable(error) from error


def _read(book: Book, stream: IO[bytes]) -> Iterator[Row]:
    reader = CellReader(book.strings, book.dates, book.date)
    for _ in parse(stream, reader.start, reader.chars, reader.end):
        yield from reader.take()


def _counted(rows: Iterator[Row]) -> Iterator[Row]:
    cells = 0
    for number, row in rows:
        if is_blank(row):
            continue
        cells += len(row)
        if cells > MAX_CELLS:
            raise SheetRefused("DLV-SHEET-TOO-LARGE", limit=f"{MAX_CELLS:,} ô")
        yield number, row


Merges = dict[tuple[int, int], int]  # (first row, first column) -> last row


def _merges(stream: IO[bytes]) -> Merges:
    """The areas of a worksheet that are merged over several rows. They stand behind the cells that they concern."""
    merges: Merges = {}
    tail = b""
    while chunk := stream.read(_CHUNK):
        text = tail + chunk
        for m in _MERGE.finditer(text):
            left, top, _, bottom = range_boundaries(m[1].decode("ascii"))
            if left is not None and top is not None and bottom is not None and bottom > top:
                merges[(top, left - 1)] = bottom
        tail = text[-200:]
    return merges


def _with_merges(rows: Iterator[Row], merges: Merges) -> Iterator[Row]:
    """The rows, the value of cells merged over several rows given to each of them that holds anything else."""
    running: dict[int, tuple[int, Value]] = {}
    for number, row in rows:
        cells = list(row)
        for column, (last, value) in list(running.items()):
            if number > last:
                del running[column]
            elif column < len(cells) and cells[column] is None:
                cells[column] = value
        for column, value in enumerate(row):
            if (number, column) in merges:
                running[column] = (merges[(number, column)], value)
        yield number, tuple(cells)
