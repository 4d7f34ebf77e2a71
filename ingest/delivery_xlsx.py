"""Lists in .xlsx: openpyxl in its streaming mode, behind limits on what the ZIP may unpack to."""

import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.utils.cell import range_boundaries

from ingest.sheet import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    NoResult,
    Row,
    SheetRefused,
    Table,
    Value,
    is_blank,
)

_MAX_PARTS: Final = 5_000
_MAX_STRINGS: Final = 96 * 1024 * 1024
_MERGE: Final = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]{1,3}\d+:[A-Z]{1,3}\d+)"')
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[ >/]")
_CHUNK: Final = 1024 * 1024


def tables(path: Path) -> tuple[Table, ...]:
    """The worksheets of an .xlsx. Raises SheetRefused."""
    try:
        _check_size(path)
        book = _open(path, data_only=True)
        try:
            return tuple(
                Table(name=sheet.title, hidden=sheet.sheet_state != "visible", rows=_Rows(path, index))
                for index, sheet in enumerate(book.worksheets)
            )
        finally:
            book.close()
    except SheetRefused:
        raise
    except Exception as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> SheetRefused:
    # openpyxl raises whatever its parsers raise (KeyError, ValueError, ParseError ...): all mean a broken file.
    return SheetRefused("DLV-SHEET-UNREADABLE", reason=f"{type(error).__name__}: {str(error)[:120]}")


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > _MAX_PARTS or sum(p.file_size for p in parts) > MAX_BYTES:
            raise SheetRefused("DLV-SHEET-TOO-LARGE", limit=f"{MAX_BYTES // 1024**2} MiB")
        if any(p.file_size > _MAX_STRINGS for p in parts if "sharedstrings" in p.filename.lower()):
            raise SheetRefused("DLV-SHEET-TOO-LARGE", limit=f"{_MAX_STRINGS // 1024**2} MiB")
        if any(p.flag_bits & 1 for p in parts):
            raise SheetRefused("DLV-SHEET-UNREADABLE", reason="có mật khẩu (it is encrypted)")


def _open(path: Path, *, data_only: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # extensions and validations that openpyxl drops are none of a list's data
        return openpyxl.load_workbook(path, read_only=True, data_only=data_only)


class _Rows:
    """Reads one worksheet's rows when called; each call opens the file anew."""

    def __init__(self, path: Path, index: int) -> None:
        self._path, self._index = path, index

    def __call__(self) -> Iterator[Row]:
        try:
            yield from self._read()
        except (SheetRefused, GeneratorExit):
            raise
        except Exception as error:
            raise _unreadable(error) from error

    def _read(self) -> Iterator[Row]:
        book = _open(self._path, data_only=True)
        try:
            sheet = book.worksheets[self._index]
            # The stream reader does not tell merged cells; the part's own text does.
            merges, formulas = _scan(self._path, sheet._worksheet_path)
            rows: Iterator[Row] = _values(sheet)
            if formulas:
                rows = _with_formulas(rows, self._path, self._index)
            yield from _counted(_with_merges(rows, merges) if merges else rows)
        finally:
            book.close()


def _values(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # the dimension that a writer noted is often wrong
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1)


def _counted(rows: Iterator[Row]) -> Iterator[Row]:
    cells = 0
    for number, row in rows:
        if is_blank(row):
            continue
        cells += len(row)
        if cells > MAX_CELLS:
            raise SheetRefused("DLV-SHEET-TOO-LARGE", limit=f"{MAX_CELLS:,} ô")
        yield number, row


def _with_formulas(rows: Iterator[Row], path: Path, index: int) -> Iterator[Row]:
    """The rows, with NoResult where a formula has no stored result."""
    book = _open(path, data_only=False)
    try:
        for (number, row), (_, texts) in zip(rows, _values(book.worksheets[index]), strict=True):
            yield (
                number,
                tuple(
                    NoResult.FORMULA if value is None and text is not None else value
                    for value, text in zip(row, texts, strict=True)
                ),
            )
    finally:
        book.close()


Merges = dict[
    tuple[int, int], tuple[int, int]
]  # (first row, column) -> (first row, last row); one column each


def _scan(path: Path, part: str) -> tuple[Merges, bool]:
    """The vertical merges of a worksheet part, and whether it holds formulas."""
    merges: Merges = {}
    formulas = False
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            text = tail + chunk
            formulas = formulas or _FORMULA.search(text) is not None
            for m in _MERGE.finditer(text):
                left, top, _, bottom = range_boundaries(m[1].decode("ascii"))
                if top is not None and left is not None and bottom is not None and bottom > top:
                    merges[(top, left - 1)] = (top, bottom)
            tail = text[-200:]
    return merges, formulas


def _with_merges(rows: Iterator[Row], merges: Merges) -> Iterator[Row]:
    """The rows, the value of cells merged over several rows given to each of them that holds anything else."""
    open_merges: dict[int, tuple[int, Value]] = {}
    for number, row in rows:
        if is_blank(row):
            continue
        cells = list(row)
        for column, (last, value) in list(open_merges.items()):
            if number > last:
                del open_merges[column]
            elif column < len(cells) and cells[column] is None:
                cells[column] = value
        for column, value in enumerate(row):
            if (number, column) in merges:
                open_merges[column] = (merges[(number, column)][1], value)
        yield number, tuple(cells)
