"""Texts of the command line, in the `.toml` files beside this one: one table per key, with vi and en."""

import functools
from typing import Any


@functools.cache
def texts() -> dict[str, dict[str, str]]:
    """Every text by its key. Raises ValueError when a key stands twice."""
    import tomllib  # programs that read JSON need no words
    from importlib import resources

    found: dict[str, dict[str, str]] = {}
    for entry in resources.files("access.cli").iterdir():
        if entry.name.endswith(".toml"):
            read = tomllib.loads(entry.read_text(encoding="utf-8"))
            if doubled := found.keys() & read.keys():
                raise ValueError(f"{entry.name} has {sorted(doubled)} once more")
            found |= read
    return found


def word(key: str, lang: str, **values: Any) -> str:
    """The text of a key in `lang`, its places filled. Raises KeyError for a key that is not there."""
    return texts()[key][lang].format(**values)
