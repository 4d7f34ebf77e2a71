"""The portal's words in Vietnamese and English, from `texts*.toml`."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

LANGUAGES: Final = ("vi", "en")


@functools.cache
def catalogue() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Sections of keys of {"vi", "en"}."""
    files = (
        f
        for f in resources.files("access.portal").iterdir()
        if f.name.startswith("texts") and f.name.endswith(".toml")
    )
    return {
        section: keys for f in files for section, keys in tomllib.loads(f.read_text(encoding="utf-8")).items()
    }


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one language ("vi" or "en"); call it with "section.key" and the values of the text."""

    lang: str

    def __call__(self, key: str, **values: Any) -> str:
        """Raises KeyError for a key that texts.toml does not have."""
        section, _, name = key.partition(".")
        text = catalogue()[section][name][self.lang]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether texts.toml has the key."""
        section, _, name = key.partition(".")
        return name in catalogue().get(section, {})

    def number(self, value: int) -> str:
        """A whole number with its thousands parted as the language does: 1.234 or 1,234."""
        grouped = f"{value:,}"
        return grouped.replace(",", ".") if self.lang == "vi" else grouped

    def size(self, count: int) -> str:
        """A number of bytes in words: 412 kB, 1,3 MB."""
        value, unit = float(count), "B"
        for larger in ("kB", "MB", "GB", "TB"):
            if value < 1000:
                break
            value, unit = value / 1000, larger
        shown = f"{value:.1f}" if unit not in ("B", "kB") and value < 10 else f"{value:.0f}"
        return f"{shown.replace('.', ',') if self.lang == 'vi' else shown} {unit}"
