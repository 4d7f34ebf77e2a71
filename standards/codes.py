"""Code lists and the field table of TT 05/2025, as data: words and their variants to codes, lengths, duties.

`codes/words_<list>.toml`: `fallback` (the code for an unknown word; none: the field is left out), `[[code]]` with
`code`, `vi`, `en` and `also` (variants), `[[pattern]]` with a `regex` over the folded word. `codes/fields.toml`: what
each field holds.
"""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from standards.vietnamese import fold_words, nfc

LISTS: Final = ("maintenance", "mode", "language", "typeName", "format", "confidenceLevel", "process")


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list: `names` by code as (vi, en), `words` and `folded` to a code, `patterns`, `fallback`, `several`.

    A word is looked up with its diacritics first (HĐ is a contract, HD a guidance), then folded, where that is
    not ambiguous. `several`: a cell may hold more than one word; their codes are joined by ";".
    """

    names: Mapping[str, tuple[str, str]]
    words: Mapping[str, str]
    folded: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    fallback: str | None
    several: bool

    def code_of(self, written: str) -> str | None:
        """The code of a word, of a code ("1", "01") or of a pattern; None where the list does not know it."""
        one = self._code_of_one(written)
        return self._codes_of_several(written) if one is None and self.several else one

    def _code_of_one(self, written: str) -> str | None:
        key = fold_words(written)
        code = self.words.get(_spelled(written)) or self.folded.get(key)
        return code or next((code for pattern, code in self.patterns if pattern.fullmatch(key)), None)

    def _codes_of_several(self, written: str) -> str | None:
        parts = [p for p in re.split(r"[;,+/|]|\bvà\b", written) if p.strip()]
        codes = [self._code_of_one(p) for p in parts]
        known = [c for c in codes if c is not None]
        return ";".join(dict.fromkeys(known)) if len(known) == len(codes) > 1 else None


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one field holds: `kind` is text, code, number, date or key; `list` names its code list.

    `max` is the length in characters (0: none), `missing` the level of leaving it empty (MUST, SHOULD or "").
    `vi` and `en` are its names for people.
    """

    id: str
    vi: str
    en: str
    kind: str = "text"
    list: str = ""
    max: int = 0
    missing: str = ""


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("standards") / "codes" / name).read_text(encoding="utf-8"))


def _spelled(word: str) -> str:
    """A word as it is spelled, in lower case, its punctuation as blanks."""
    return " ".join(re.findall(r"[^\W_]+", nfc(word).casefold()))


@functools.cache
def code_list(name: str) -> CodeList:
    """The list `name` (one of LISTS). Raises FileNotFoundError for another."""
    data = _read(f"words_{name}.toml")
    words: dict[str, str] = {}
    folded: dict[str, set[str]] = {}
    for entry in data["code"]:
        code = entry["code"]
        for word in (code, code.lstrip("0") or "0", entry["vi"], entry["en"], *entry.get("also", ())):
            if words.setdefault(_spelled(word), code) != code:
                raise ValueError(
                    f"words_{name}.toml: {word!r} stands for both {words[_spelled(word)]} and {code}"
                )
            folded.setdefault(fold_words(word), set()).add(code)
    return CodeList(
        names={e["code"]: (e["vi"], e["en"]) for e in data["code"]},
        words=words,
        folded={word: min(codes) for word, codes in folded.items() if len(codes) == 1},
        patterns=tuple((re.compile(p["regex"]), p["code"]) for p in data.get("pattern", ())),
        fallback=data.get("fallback"),
        several=data.get("several", False),
    )


@functools.cache
def field_rules(block: str) -> Mapping[str, FieldRule]:
    """The fields of `block` ("file" or "document") by id, in the order of the circular."""
    return {name: FieldRule(id=name, **rule) for name, rule in _read("fields.toml")[block].items()}


def word_of(list_name: str, code: str, lang: str = "vi") -> str:
    """The word of a code for people; several codes joined by ";" give several words. An unknown code is itself."""
    names = code_list(list_name).names
    return "; ".join(names[c][lang != "vi"] if c in names else c for c in code.split(";"))
