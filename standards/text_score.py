"""How well a page's text is text: what share of its words can be words, and what is wrong with the others.

Judged are words, not meaning. Vietnamese words are syllables of known onsets and rimes (`standards.vietnamese`); where a
page has few of them, the shape of Latin words without marks is asked. Faults that can be told by name are named.
"""

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from standards.vietnamese import is_plain_syllable, is_syllable, legacy_encoding, nfc

LEGACY: Final = "legacy"  # TCVN3 or VNI read as Latin-1
MARKS_LOST: Final = "marks-lost"  # Vietnamese without its marks
NFD: Final = "nfd"  # marks apart from their letters
ENCODING: Final = "encoding"  # letters that no text has: a wrong table from glyphs to letters
WORDS: Final = "words"  # too many words that are none

_WORD: Final = re.compile(r"[^\W\d_]+")
_TOO_FEW: Final = 12
# Private use, replacement characters, controls, and scripts that stand in for others where a table is wrong.
_STRANGE: Final = re.compile(
    "[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f\u0370-\u05ff\u0600-\u06ff\u2500-\u25ff\uf000-\uffff]"
)
_STRANGE_SHARE: Final = 0.03
_BAD_WORDS: Final = 0.35
_MARKED: Final = 0.65  # of the words of Vietnamese prose at least this share carries a mark; of generated acts 0.84 to 0.93
_PLAIN_SYLLABLES: Final = 0.8
_FRENCH: Final = frozenset("àâæçéèêëîïôœùûüÿ")
_CONSONANTS: Final = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}|[aeiouy]{5}", re.I)


@dataclass(frozen=True, slots=True)
class TextScore:
    """`score` 0 to 100, -1 where there is too little text to tell; `faults` by name, the gravest first."""

    score: int
    faults: tuple[str, ...] = ()


@functools.lru_cache(maxsize=256)
def score_of(text: str) -> TextScore:
    """The score of a page's text."""
    faults = [NFD] if nfc(text) != text and _apart(text) else []
    whole = nfc(text)
    if len(_STRANGE.findall(whole)) > _STRANGE_SHARE * max(1, len(whole)):
        return TextScore(0, (ENCODING, *faults))
    words = _WORD.findall(whole)
    if len(words) < _TOO_FEW:
        return TextScore(-1, tuple(faults))
    if legacy_encoding(whole):
        return TextScore(0, (LEGACY, *faults))
    good = sum(map(_may_be_word, words)) / len(words)
    left = _marks_left(words)
    if left < _MARKED:
        return TextScore(round(good * 100 * left), (MARKS_LOST, *faults))
    if 1 - good > _BAD_WORDS:
        faults.insert(0, WORDS)
    return TextScore(round(good * 100), tuple(faults))


def _apart(text: str) -> bool:
    return any(unicodedata.combining(c) for c in text)


@functools.lru_cache(maxsize=65536)
def _may_be_word(word: str) -> bool:
    if is_syllable(word):
        # A word in the middle of which the case changes was put together by a machine.
        return word in (word.lower(), word.upper(), word.capitalize())
    if len(word) < 2 or _CONSONANTS.search(word):
        return False
    return all(c.isascii() or c in _FRENCH for c in word.lower()) and _has_vowel(word)


def _has_vowel(word: str) -> bool:
    return any(c in "aeiouy" or c in _FRENCH for c in word.lower()) or word.isupper()


def _marks_left(words: list[str]) -> float:
    """The share of the words that carry a mark, where all seem to be Vietnamese syllables; 1 of another language."""
    long = [word for word in words if len(word) > 1]
    plain = [word for word in long if word.isascii()]
    if sum(map(is_plain_syllable, plain)) < _PLAIN_SYLLABLES * len(plain):
        return 1.0
    return 1 - len(plain) / len(long) if long else 1.0
