"""RTF 1.9: balanced groups, objects and links in it, and its text; no picture is decoded."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from standards.office import Drawn, Unsound

_MOST: Final = 256 * 1024 * 1024
_TOKENS: Final = re.compile(
    rb"\\'([0-9A-Fa-f]{2})|\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\([^A-Za-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+"
)
_SILENT: Final = frozenset(
    (b"fonttbl", b"colortbl", b"stylesheet", b"pict", b"objdata", b"themedata", b"colorschememapping", b"datastore",
     b"latentstyles", b"listtable", b"listoverridetable", b"generator", b"rsidtbl", b"xmlnstbl", b"filetbl", b"pgdsctbl", b"pgdsc")
)  # fmt: skip
_BREAKS: Final = frozenset(
    (b"par", b"line", b"cell", b"row", b"page", b"sect", b"nestcell", b"nestrow", b"softline", b"shptxt")
)
_TRAITS: Final = {
    b"object": "embedded",
    b"objdata": "embedded",
    b"objlink": "external",
    b"objautlink": "external",
}
_CHECK: Final = 100_000
_DEEPEST: Final = 10_000


@dataclass(slots=True)
class _Group:
    """The state of a group, which the groups in it inherit: `skip` is the letters left out behind a \\u."""

    silent: bool = False
    instruction: bool = False
    skip: int = 1


class _Text:
    """The text while it is read: letters of one byte are kept as bytes, since two readings are tried."""

    def __init__(self) -> None:
        self.pieces: list[bytes | str] = []
        self.instruction: list[bytes] = []
        self.left_out = 0

    def lines(self, encoding: str) -> list[str]:
        whole = "".join(p if isinstance(p, str) else p.decode(encoding, "replace") for p in self.pieces)
        return whole.split("\n")


def read(path: Path, drawn: Drawn) -> None:
    """Read an RTF file. Raises Unsound, OSError."""
    drawn.kind = "rtf"
    if path.stat().st_size > _MOST:
        raise Unsound("too-much", f"more than {_MOST >> 20} MiB", "rtf")
    text, groups = _Text(), [_Group()]
    data = path.read_bytes().rstrip(b"\x00\r\n \t")
    depth = _walk(data, groups, text, drawn)
    for encoding in ("cp1258", "latin-1"):
        drawn.part(text.lines(encoding))
        if all(isinstance(p, str) or p.isascii() for p in text.pieces):
            break
    if b"DDE" in b"".join(text.instruction).upper():
        drawn.traits.add("dde")
    if b"INCLUDE" in b"".join(text.instruction).upper():
        drawn.traits.add("external")
    if depth != 0:
        raise Unsound("damaged", "groups are not closed: the end is missing", "rtf")


def _walk(data: bytes, groups: list[_Group], text: _Text, drawn: Drawn) -> int:
    """Read all tokens; how many groups are open at the end, -1 where one more was closed than opened."""
    at = number = 0
    while at < len(data):
        number += 1
        if number % _CHECK == 0:
            drawn.check_time()
        token = _TOKENS.match(data, at)
        if token is None:
            at += 1
            continue
        at = token.end()
        brace, value = token[5], int(token[3]) if token[3] else None
        if brace == b"{":
            groups.append(replace(groups[-1]))
            if len(groups) > _DEEPEST:
                raise Unsound("too-much", "groups in groups", "rtf")
        elif brace == b"}":
            if len(groups) == 1:
                return -1
            groups.pop()
        elif token[2] == b"bin":
            at += max(0, value or 0)
        else:
            _token(token, value, groups[-1], text, drawn)
    return len(groups) - 1


def _token(token: re.Match[bytes], value: int | None, group: _Group, text: _Text, drawn: Drawn) -> None:
    letter, word, _value, sign, _brace, plain = token.groups()
    if word is not None:
        _word(word, value, group, text, drawn)
    elif letter is not None:
        _say(bytes([int(letter, 16)]), group, text)
    elif sign is not None:
        _say({b"~": b" ", b"_": b"-"}.get(sign, sign if sign in b"\\{}" else b""), group, text)
    elif plain is not None:
        _say(plain, group, text)


def _word(word: bytes, value: int | None, group: _Group, text: _Text, drawn: Drawn) -> None:
    if word in _TRAITS:
        drawn.traits.add(_TRAITS[word])
    if word in _SILENT:
        group.silent = True
    elif word == b"fldinst":
        group.instruction = True
    elif word == b"uc":
        group.skip = max(0, value or 0)
    elif word == b"u" and value is not None and not group.silent:
        text.pieces.append(chr(value % 0x10000))
        text.left_out = group.skip
    elif word == b"tab":
        _say(b"\t", group, text)
    elif word in _BREAKS:
        _say(b"\n", group, text)


def _say(letters: bytes, group: _Group, text: _Text) -> None:
    if text.left_out and letters:
        left, text.left_out = text.left_out, max(0, text.left_out - len(letters))
        letters = letters[left:]
    if group.instruction:
        text.instruction.append(letters)
    elif letters and not group.silent:
        text.pieces.append(letters)
