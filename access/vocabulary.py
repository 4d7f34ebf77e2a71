"""Which words mean the same: abbreviations and full forms, two spellings of a syllable, parts of notations.

The data are `synonyms.toml`. Words are compared folded (no accents, lower case), as tuples of syllables.
"""

import functools
import tomllib
import unicodedata
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from standards.vietnamese import fold

Syllables = tuple[str, ...]


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads((resources.files("access") / "synonyms.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`same` gives for folded syllables all forms that mean the same, with accents, the given one
    included."""

    same: dict[Syllables, tuple[str, ...]]
    longest: int
    dotted: dict[str, str]
    two_spellings: frozenset[str]
    types: frozenset[str]
    organs: frozenset[str]
    renamed: tuple[tuple[str, str], ...]
    fields: dict[str, str]


@functools.cache
def vocabulary() -> Vocabulary:
    """The words of `synonyms.toml`, read once a process."""
    data = _data()
    same: dict[Syllables, tuple[str, ...]] = {}
    for group in data["same"]:
        for form in group["forms"]:
            known = same.get(tuple(fold(form).split()), ())
            same[tuple(fold(form).split())] = tuple(
                dict.fromkeys((*known, *group["forms"], *group.get("also", ())))
            )
    spelt_i = data["spelling"]["i_y"]
    return Vocabulary(
        same=same,
        longest=max(map(len, same)),
        dotted=data["dotted"],
        two_spellings=frozenset(spelt_i) | {word[:-1] + "y" for word in spelt_i},
        types=frozenset(data["notation"]["types"]),
        organs=frozenset(data["notation"]["organs"]),
        renamed=tuple((old, new) for old, new in data["notation"]["renamed"]),
        fields={fold(name): field for field, names in data["fields"].items() for name in names},
    )


_OTHER: Final = {"i": "y", "y": "i"}


def other_spelling(word: str) -> str | None:
    """`quý` for `quí` and back, tone kept; None for a syllable that has one spelling."""
    if fold(word) not in vocabulary().two_spellings:
        return None
    apart = unicodedata.normalize("NFD", word)
    at = max(apart.rfind("i"), apart.rfind("y"))
    return unicodedata.normalize("NFC", apart[:at] + _OTHER[apart[at]] + apart[at + 1 :])


def same_at(words: Syllables, start: int) -> tuple[int, tuple[str, ...]]:
    """How many of the words from `start` on stand for one thing, and its forms, the typed one first.

    One word and its spellings where the vocabulary knows nothing longer.
    """
    known = vocabulary()
    for count in range(min(known.longest, len(words) - start), 0, -1):
        typed = words[start : start + count]
        if forms := known.same.get(tuple(map(fold, typed))):
            return count, (" ".join(typed), *(f for f in forms if fold(f) != fold(" ".join(typed))))
    other = other_spelling(words[start])
    return 1, (words[start], *([other] if other else []))
