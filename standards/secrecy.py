"""Secrecy marks (Mật, Tối mật, Tuyệt mật): on pages, where they stand alone, and in cells of a list.

On a page the mark is an upper-case line or box of its own (domain rule: Luật Bảo vệ bí mật nhà nước); "bí mật", "mật
khẩu", "bảo mật", "mật độ" in running text are words. Without its diacritics MAT is also mặt, mất, mắt: such a hit is
only a suspicion, for a person to look at.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from standards.vietnamese import fold, fold_words, from_tcvn3, from_vni

MARKS: Final = {"TUYỆTMẬT": "Tuyệt mật", "TỐIMẬT": "Tối mật", "MẬT": "Mật"}
_FOLDED: Final = {fold(mark): name for mark, name in MARKS.items()}
_ORDER: Final = tuple(MARKS.values())
_PREFIX: Final = "ĐỘMẬT"
# A line that ends so makes "MẬT" below it the rest of a word; a line that begins so continues it.
_WORD_BEFORE: Final = frozenset({"bi", "bao", "co", "thu", "than", "giai", "mat", "mi", "tuyet doi bi"})
_WORD_BEHIND: Final = frozenset({"khau", "do", "ma", "nha", "thu", "vu", "ong", "danh", "thiet"})


def _bare(text: str) -> str:
    """The letters alone, without blanks between them, in NFC: "[ M Ậ T ]." is MẬT."""
    tight = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return "".join(c for c in unicodedata.normalize("NFC", tight) if c.isalpha())


def _exact(text: str) -> str | None:
    """The mark that a piece of a line is, in any case of letters; old encodings are tried too ("MËT")."""
    for read in (str, from_tcvn3, from_vni):
        name = MARKS.get(_bare(read(text)).upper().removeprefix(_PREFIX) or _PREFIX)
        if name:
            return name
    return None


def _pieces(line: str) -> Iterator[str]:
    """The line, and its parts where columns or boxes were read as one line."""
    yield line
    parts = re.split(r"\t|[ \u00a0]{2,}|[|¦│┃║]", line)
    if len(parts) > 1:
        yield from parts


def _is_upper(piece: str) -> bool:
    letters = _bare(piece)
    return bool(letters) and letters.upper() == letters


def _is_upper_mark(piece: str) -> bool:
    # In the old encodings the letter with its diacritics has no upper case of its own: M and T tell.
    return _is_upper(piece) or (_is_upper("".join(c for c in piece if c.isascii())) and not piece.isascii())


def _is_broken_word(before: str, behind: str) -> bool:
    """Whether the lines around make a lone MẬT the half of a word ("BẢO VỆ BÍ / MẬT", "MẬT / KHẨU")."""
    last, first = fold_words(before).split()[-1:], fold_words(behind).split()[:1]
    return bool(_WORD_BEFORE & set(last)) or bool(_WORD_BEHIND & set(first))


def _hits(page_text: str) -> Iterator[tuple[str, bool]]:
    """(mark, whether it is sure) for each line that may carry one."""
    # Compatibility first (full-width letters), in NFC, on which the old encodings are read.
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", page_text))
    lines = [line for line in plain.splitlines() if line.strip()]
    for (before, line), (_, behind) in pairwise([*pairwise(["", *lines]), (lines[-1] if lines else "", "")]):
        for piece in _pieces(line):
            found = _mark_of(piece)
            if found:
                alone = piece is line and found[0] == "Mật"
                yield found[0], found[1] and not (alone and _is_broken_word(before, behind))
                break


@functools.lru_cache(maxsize=4096)
def _mark_of(piece: str) -> tuple[str, bool] | None:
    if len(piece) > 120 or "t" not in piece.lower() or len(_bare(piece)) > 16:
        return None
    if name := _exact(piece):
        return name, _is_upper_mark(piece)
    folded = fold(_bare(piece))
    return (_FOLDED[folded], False) if folded in _FOLDED and _is_upper(piece) else None


def _highest(names: set[str]) -> str | None:
    return next((name for name in _ORDER if name in names), None)


def secrecy_mark(page_text: str) -> str | None:
    """The highest mark that stands alone in upper case in a page's text: Tuyệt mật, Tối mật, Mật; else None."""
    return _highest({name for name, sure in _hits(page_text) if sure})


def secrecy_suspicion(page_text: str) -> str | None:
    """What may be a mark but need not: without its diacritics, not in upper case, or half of a broken word.

    None where nothing of the kind is there, and where `secrecy_mark` is sure.
    """
    hits = set(_hits(page_text))
    return None if any(sure for _, sure in hits) else _highest({name for name, _ in hits})


@functools.lru_cache(maxsize=65536)
def secrecy_word(cell: str) -> str | None:
    """The mark that a whole cell is ("MẬT", "Tối  mật", "Độ mật: Mật"); None for any other text. Any column."""
    return _exact(cell) if 3 <= len(cell.strip()) <= 60 else None


_NOT_SECRET: Final = re.compile(r"\b(?:khong|chua|giai|het|ngoai)\b")


@functools.lru_cache(maxsize=65536)
def secret_mode(cell: str) -> str | None:
    """The mark that a cell of the mode or secrecy column means; more is taken for a mark here than elsewhere.

    Code 03, the words with or without diacritics, and any text that holds the word mật and does not deny it
    ("không mật", "đã giải mật").
    """
    if re.fullmatch(r"0*3(?:\.0+)?", cell.strip()):
        return "Mật"
    exact = secrecy_word(cell) or _FOLDED.get(fold(_bare(cell)))
    words = fold_words(cell)
    if exact or not re.search(r"\bmat\b", words) or _NOT_SECRET.search(words):
        return exact
    return next((name for key, name in (("tuyet", "Tuyệt mật"), ("toi", "Tối mật")) if key in words), "Mật")
