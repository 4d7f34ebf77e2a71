"""Texts of the command line, in `words.toml`: one table per key, with vi and en."""

import functools
import tomllib
from importlib import resources
from typing import Any


@functools.cache
def texts() -> dict[str, dict[str, str]]:
    """Every text by its key."""
    return tomllib.loads(resources.files("access.cli").joinpath("words.toml").read_text(encoding="utf-8"))


def word(key: str, lang: str, **values: Any) -> str:
    """The text of a key in `lang`, its places filled. Raises KeyError for a key that is not there."""
    return texts()[key][lang].format(**values)
