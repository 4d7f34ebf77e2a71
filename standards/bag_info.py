"""bag-info.txt as its maker wrote it (RFC 8493, 2.2.2), read leniently; `standards.bag` judges it."""

import re
from collections.abc import Mapping
from pathlib import Path

_ENCODING = re.compile(r"Tag-File-Character-Encoding:\s*(\S+)", re.I)
_LINE_END = re.compile(r"\r\n|\n|\r")
_LONGEST = 1 << 20


def read_bag_info(bag: Path) -> Mapping[str, tuple[str, ...]]:
    """The values of each label, labels in lower case; nothing where there is no bag-info.txt that can be read."""
    found: dict[str, list[str]] = {}
    label = ""
    for line in _LINE_END.split(_text(bag / "bag-info.txt", _encoding(bag))):
        if line[:1] in (" ", "\t") and label:
            found[label][-1] = f"{found[label][-1]} {line.strip()}".strip()
            continue
        name, colon, value = line.partition(":")
        label = name.strip().lower() if colon else ""
        if label:
            found.setdefault(label, []).append(value.strip())
    return {name: tuple(filter(None, values)) for name, values in found.items() if any(values)}


def _encoding(bag: Path) -> str:
    told = _ENCODING.search(_text(bag / "bagit.txt", "ascii"))
    return told[1] if told else "utf-8"


def _text(path: Path, encoding: str) -> str:
    if path.is_symlink() or not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST).decode(encoding, "replace").removeprefix("\ufeff")
    except (OSError, LookupError, ValueError):
        return ""
