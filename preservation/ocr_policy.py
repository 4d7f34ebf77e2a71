"""The policy of text recognition: `ocr_policy.toml` as an object."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Policy:
    """When a page is read by machine, with what, and within which limits (`ocr_policy.toml` tells each)."""

    redo_below: int
    tessdata: tuple[str, ...]
    dpi: int
    assumed_dpi: int
    pictures: frozenset[str]
    good: int
    turned: int
    blank: float
    languages: Mapping[str, tuple[str, ...]]
    memory_mb: int
    seconds: float
    seconds_a_page: float
    page_seconds: float
    most_pages: int
    most_pixels: int

    def languages_of(self, code: str) -> tuple[str, ...]:
        """The languages that a record is read in, by the code (or the codes, `;` between) of its language."""
        found = [name for each in code.split(";") for name in self.languages.get(each.strip(), ())]
        return tuple(dict.fromkeys(found)) or self.languages["default"]

    @property
    def others(self) -> tuple[str, ...]:
        """The languages that a page is tried in which reads badly."""
        return self.languages["others"]


@functools.cache
def policy() -> Policy:
    """The policy as the data file has it."""
    text = resources.files("preservation").joinpath("ocr_policy.toml").read_text(encoding="utf-8")
    return policy_of(tomllib.loads(text))


def policy_of(data: Mapping[str, Any]) -> Policy:
    """A policy of its data; KeyError where a value is missing."""
    reading, limits = data["reading"], data["limits"]
    return Policy(
        redo_below=data["redo"]["below"],
        tessdata=tuple(reading["tessdata"]), dpi=reading["dpi"], assumed_dpi=reading["assumed_dpi"],
        pictures=frozenset(reading["pictures"]),
        good=reading["good"], turned=reading["turned"], blank=reading["blank"],
        languages={code: tuple(names) for code, names in data["languages"].items()}, **limits,
    )  # fmt: skip
