"""Plain text and CSV: the encoding told, also those from before Unicode, and the shape of a table."""

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from standards import vietnamese

SUFFIXES: Final = frozenset([".txt", ".csv", ".tsv", ".md", ".log", ".htm", ".html", ".xml", ".json"])
TABLES: Final = frozenset((".csv", ".tsv"))
DELIMITERS: Final = ",;\t|"
MAX_BYTES: Final = 64 * 1024 * 1024
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SURE: Final = 0.85
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class UnknownEncoding(ValueError):
    """A text is in no encoding that is known here; `guess` is the likeliest."""

    def __init__(self, guess: str) -> None:
        self.guess = guess
        super().__init__(guess)


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text: its encoding ("UTF-8", "TCVN3"; `known` False where it is a guess), and what is wrong with its shape.

    `texts` holds it in every reading that may be right. `controls` counts characters that no text has, `line` is the
    first line of a table that has another number of cells (`cells`) than the first (`columns`); 0 where all agree.
    """

    encoding: str
    known: bool
    texts: tuple[str, ...]
    controls: int = 0
    line: int = 0
    cells: int = 0
    columns: int = 0
    too_long: bool = False


def is_text(path: Path, mime: str) -> bool:
    """Whether a file is to be read as text: as PRONOM knows it, or by its name where PRONOM knows nothing."""
    return mime.startswith("text/") or mime in ("application/xml", "application/json") or (
        path.suffix.lower() in SUFFIXES and mime in ("", "application/octet-stream")
    )  # fmt: skip


def decode(data: bytes) -> tuple[str, str | None]:
    """The text of some bytes and the name of the encoding it was in (None: UTF-8). Raises UnknownEncoding."""
    for bom, codec in _BOMS:
        if data.startswith(bom):
            try:
                return data.decode(codec), None if bom == codecs.BOM_UTF8 else codec.upper()
            except UnicodeDecodeError as error:
                raise UnknownEncoding(f"{codec} (hỏng, damaged)") from error
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        return _from_old(data)


def readings(data: bytes) -> dict[str, str]:
    """Bytes in each of the encodings that Vietnamese texts had before Unicode."""
    latin = data.decode("latin-1")
    return {
        "windows-1258": vietnamese.nfc(data.decode("cp1258", "replace")),
        vietnamese.TCVN3: vietnamese.from_tcvn3(latin),
        vietnamese.VNI: vietnamese.from_vni(latin),
    }


def _from_old(data: bytes) -> tuple[str, str]:
    """The reading in which the words are Vietnamese syllables."""
    found = readings(data)
    marks = {name: vietnamese.vietnamese_share(text[:200_000]) for name, text in found.items()}
    best = max(marks, key=lambda name: marks[name])
    if marks[best] < _SURE:
        import charset_normalizer  # for texts that are in no encoding of ours

        guess = charset_normalizer.from_bytes(data[:200_000]).best()
        raise UnknownEncoding(guess.encoding if guess else "không rõ (unknown)")
    return found[best], best


def read_text(path: Path) -> PlainText:
    """Read a text file. Never raises for a bad one; OSError where it cannot be read."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    too_long, data = len(data) > MAX_BYTES, data[:MAX_BYTES]
    texts: tuple[str, ...]
    try:
        text, old = decode(_whole_letters(data) if too_long else data)
        texts, encoding, known = (text,), old or "UTF-8", True
    except UnknownEncoding as unknown:
        text, encoding, known = "", unknown.guess, False
        texts = tuple(readings(data).values())
    # Where an old encoding was told with little to go by, the other readings may be right.
    if known and encoding not in ("UTF-8", "UTF-16", "UTF-32"):
        texts = (text, *(t for t in readings(data).values() if t != text))
    line, cells, columns = _shape(text) if path.suffix.lower() in TABLES and known else (0, 0, 0)
    return PlainText(
        encoding, known, texts, controls=sum(1 for _ in _CONTROLS.finditer(texts[0])), line=line, cells=cells,
        columns=columns, too_long=too_long,
    )  # fmt: skip


def _whole_letters(data: bytes) -> bytes:
    """Bytes that were cut at a limit, up to the last line's end."""
    return data[: data.rfind(b"\n") + 1] or data


def delimiter_of(text: str) -> str:
    """The sign that parts most cells in the line with the most of it among the first; a comma where none does."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:200_000].splitlines()[:20]]
    return max(DELIMITERS, key=lambda sign: max((line.count(sign) for line in lines), default=0))


def _shape(text: str) -> tuple[int, int, int]:
    """(line, cells, columns) of the first line whose number of cells is not that of the first."""
    csv.field_size_limit(MAX_BYTES)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    columns = 0
    try:
        for row in rows:
            if not row:
                continue
            columns = columns or len(row)
            if len(row) != columns:
                return rows.line_num, len(row), columns
    except csv.Error:
        return rows.line_num, 0, columns
    return 0, 0, columns
