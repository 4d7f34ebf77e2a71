"""Lists in CSV: the encoding told and, where it is an old one, converted; comma, semicolon or tab."""

import codecs
import csv
import functools
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ingest.sheet import MAX_BYTES, MAX_CELLS, MAX_COLUMNS, Row, SheetRefused, Table, is_blank
from standards import vietnamese

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS: Final = ",;\t|"
_SURE: Final = 0.85


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
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return _strict(data, codec), None if bom == codecs.BOM_UTF8 else codec.upper()
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        return _from_old(data)


def _strict(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise SheetRefused("DLV-ENCODING-REFUSED", encoding=f"{codec} (hỏng, damaged)") from error


def _from_old(data: bytes) -> tuple[str, str]:
    """Text out of windows-1258, TCVN3 or VNI: the one in which the words are Vietnamese syllables."""
    latin = data.decode("latin-1")
    readings = {
        "windows-1258": vietnamese.nfc(data.decode("cp1258", "replace")),
        vietnamese.TCVN3: vietnamese.from_tcvn3(latin),
        vietnamese.VNI: vietnamese.from_vni(latin),
    }
    marks = {name: vietnamese.vietnamese_share(text[:200_000]) for name, text in readings.items()}
    best = max(marks, key=lambda name: marks[name])
    if marks[best] < _SURE:
        import charset_normalizer  # for lists that are in no encoding of ours

        guess = charset_normalizer.from_bytes(data[:200_000]).best()
        raise SheetRefused("DLV-ENCODING-REFUSED", encoding=guess.encoding if guess else "không rõ (unknown)")
    return readings[best], best


def _rows(text: str) -> Iterator[Row]:
    told = re.match(r"sep=([,;|\t])\r?\n", text)
    body = text[told.end() :] if told else text
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=told[1] if told else _delimiter(body))
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


def _delimiter(text: str) -> str:
    """The sign that parts most cells in the line with the most of it among the first; a comma where none does."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:200_000].splitlines()[:20]]
    return max(_DELIMITERS, key=lambda sign: max((line.count(sign) for line in lines), default=0))
