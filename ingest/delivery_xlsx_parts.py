"""The XML of workbooks, part by part: expat handlers for cells and shared strings, and a list of the tags of small parts."""

import re
from collections.abc import Callable, Iterator
from typing import IO, Final
from xml.parsers import expat

from ingest.sheet import MAX_COLUMNS, NoResult, Row, SheetRefused, Value

Attributes = dict[str, str]
Tags = list[tuple[str, Attributes]]
_CHUNK: Final = 256 * 1024
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_COLUMN: Final[dict[str, int]] = {}


def parse(
    stream: IO[bytes],
    start: Callable[[str, Attributes], None],
    chars: Callable[[str], None],
    end: Callable[[str], None],
) -> Iterator[None]:
    """Feeds a part to the handlers, a chunk at each step. Raises SheetRefused for a DTD, ExpatError for bad XML."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.CharacterDataHandler = chars
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = _refuse_dtd
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield


def _refuse_dtd(*_: object) -> None:
    raise SheetRefused("DLV-SHEET-UNREADABLE", reason="có DTD (it has a DTD)")


def read_tags(stream: IO[bytes]) -> Tags:
    """The elements of a small part in document order, by local name."""
    tags: Tags = []
    for _ in parse(stream, lambda name, a: tags.append((local(name), a)), lambda _: None, lambda _: None):
        pass
    return tags


def local(name: str) -> str:
    """An element's name without its prefix."""
    return name.rpartition(":")[2]


def _unescaped(text: str) -> str:
    r"""Text with `_x000D_` as the character that it stands for."""
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


class StringReader:
    """Collects the shared strings; phonetic runs are left out."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._texts: list[str] = []
        self._open = False
        self._phonetic = False

    def start(self, name: str, _: Attributes) -> None:
        """An element begins."""
        tag = local(name)
        if tag == "si":
            self._texts = []
        elif tag == "rPh":
            self._phonetic = True
        self._open = tag == "t" and not self._phonetic

    def chars(self, data: str) -> None:
        """Text."""
        if self._open:
            self._texts.append(data)

    def end(self, name: str) -> None:
        """An element ends."""
        tag = local(name)
        self._open = False
        if tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self.strings.append(_unescaped("".join(self._texts)))


class CellReader:
    """Collects the rows of a worksheet; `take` hands over those that are complete."""

    def __init__(self, strings: list[str], dates: frozenset[str], date: Callable[[float], Value]) -> None:
        self._strings, self._dates, self._date = strings, dates, date
        self._done: list[Row] = []
        self._row: list[Value] = []
        self._number = 0
        self._column = -1
        self._kind = "n"
        self._style = ""
        self._texts: list[str] = []
        self._open = self._formula = self._result = False

    def take(self) -> list[Row]:
        """The rows completed since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins: a row, a cell, or what a cell holds."""
        tag = local(name) if ":" in name else name
        if tag == "c":
            self._begin_cell(attributes)
        elif tag in ("v", "t"):
            self._open = self._result = True
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._row, self._column = [], -1
        elif tag == "rPh":
            self._kind = "phonetic" if self._kind == "inlineStr" else self._kind

    def _begin_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        self._column = _column_of(reference) if reference else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._texts = []
        self._formula = self._result = False

    def chars(self, data: str) -> None:
        """Text of a value."""
        if self._open and self._kind != "phonetic":
            self._texts.append(data)

    def end(self, name: str) -> None:
        """An element ends."""
        tag = local(name) if ":" in name else name
        if tag in ("v", "t"):
            self._open = False
        elif tag == "rPh":
            self._kind = "inlineStr"
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            self._done.append((self._number, tuple(self._row)))

    def _end_cell(self) -> None:
        if not self._result and not self._formula:
            return
        value = self._value("".join(self._texts))
        if value is None or self._column >= MAX_COLUMNS or self._column < len(self._row):
            return
        self._row += [None] * (self._column - len(self._row))
        self._row.append(value)

    def _value(self, text: str) -> Value:
        kind = self._kind
        if self._formula and not text and kind != "str":
            return NoResult.FORMULA
        if kind == "s":
            return self._strings[int(text)] if text else None
        if kind == "b":
            return text == "1"
        if kind == "n":
            return self._numeric(text) if text else None
        return _unescaped(text)

    def _numeric(self, text: str) -> Value:
        try:
            number: int | float = int(text) if text.isdigit() else float(text)
        except ValueError:
            return text
        return self._date(number) if self._style in self._dates else number


def _column_of(reference: str) -> int:
    """The column of a reference like AB12, from 0."""
    letters = reference.rstrip("0123456789")
    if letters not in _COLUMN:
        index = 0
        for letter in letters.upper():
            index = index * 26 + ord(letter) - ord("A") + 1
        if len(_COLUMN) > 20_000:
            _COLUMN.clear()
        _COLUMN[letters] = index - 1
    return _COLUMN[letters]
