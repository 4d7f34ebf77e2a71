"""Lists in CSV: the encoding told and, where it is an old one, converted; comma, semicolon or tab."""

import csv
import functools
import io
import re
from collections.abc import Iterator
from pathlib import Path

from ingest.sheet import MAX_BYTES, MAX_CELLS, MAX_COLUMNS, Row, SheetRefused, Table, is_blank
from standards import plain_text, vietnamese


def table(path: Path) -> Table:
    """The one table of a CSV file, named after it. Raises SheetRefused."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SheetRefused("DLV-SHEET-TOO-LARGE", limit=f"{MAX_BYTES // 1024**2} MiB")
        text, converted = decode(path.read_bytes())
    except OSError as error:
        raise SheetRefused("DLV-SHEET-UNREADABLE", reason=error.strerror or str(error)) from error
    name = path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return Table(
        name=vietnamese.nfc(name), hidden=False, rows=functools.partial(_rows, text), converted=converted
    )


def decode(data: bytes) -> tuple[str, str | None]:
    """The text of a file and the name of the encoding it was converted from (None: UTF-8).

    Raises SheetRefused (DLV-ENCODING-REFUSED, with the encoding's likely name).
    """
    try:
        return plain_text.decode(data)
    except plain_text.UnknownEncoding as unknown:
        raise SheetRefused("DLV-ENCODING-REFUSED", encoding=unknown.guess) from unknown


def _rows(text: str) -> Iterator[Row]:
    told = re.match(r"sep=([,;|\t])\r?\n", text)
    body = text[told.end() :] if told else text
    reader = csv.reader(
        io.StringIO(body, newline=""), delimiter=told[1] if told else plain_text.delimiter_of(body)
    )
    csv.field_size_limit(MAX_BYTES)
    cells = 0
    try:
        for number, row in enumerate(reader, start=2 if told else 1):
            cells += len(row)
            if cells > MAX_CELLS:
                raise SheetRefused("DLV-SHEET-TOO-LARGE", limit=f"{MAX_CELLS:,} ô")
            values = tuple(value or None for value in row[:MAX_COLUMNS])
            if not is_blank(values):
                yield number, values
    except csv.Error as error:
        raise SheetRefused("DLV-SHEET-UNREADABLE", reason=str(error)) from error
