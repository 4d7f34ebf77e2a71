"""Names of files that other systems cannot keep, or that show as something else than they are.

They are kept byte for byte, and an AIP carries portable ones (`standards.portable`); but a name that another system
cut, turned or refused is how a record gets lost on its next way, so each is told.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from standards.findings import Finding, finding
from standards.shown import escape_controls, for_people

_TOLD: Final = 500
# What Windows keeps for devices, whatever follows the first dot (also with superscript digits).
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *([.:]|$)", re.I)
# What needs no second look: most names, of which there may be very many.
_PLAIN: Final = re.compile(r"(?!(?:con|prn|aux|nul|com|lpt))[A-Za-z0-9_-][A-Za-z0-9_.-]*(?<!\.)", re.I)
_SIGNS: Final = frozenset('<>:"|?*\\')
_NONCHARACTER: Final = re.compile("[\ufdd0-\ufdef]|.(?<=[\ufffe\uffff])", re.S)


def same_elsewhere(path: str) -> str:
    """What a path becomes on a system that knows neither case nor composition: equal for names that are twins there."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()


def name_findings(paths: Iterable[str]) -> Iterator[Finding]:
    """NAME-... and DLV-NAME-BYTES findings about relative paths (surrogate escapes for bytes that are not UTF-8), the first 500.

    A part that many paths share is told once. Of twins each is told by itself, without the name of the other.
    """
    number = 0
    for number, found in enumerate(_every(paths), start=1):
        if number <= _TOLD:
            yield found
    if number > _TOLD:
        yield finding("NAME-MORE", count=number - _TOLD)


def _every(paths: Iterable[str]) -> Iterator[Finding]:
    places: dict[str, str] = {}
    first: dict[str, str] = {"": ""}
    twins: set[str] = set()
    for path in paths:
        for place in _new_places(path, first):
            first[place] = path
            part = place[place.rfind("/") + 1 :]
            if not _PLAIN.fullmatch(part):
                yield from (_about(code, path, part) for code in _codes(part))
            if (other := places.setdefault(same_elsewhere(place), place)) != place:
                twins |= {place, other}
    for place in sorted(twins):
        if place.rpartition("/")[0] not in twins:
            yield _about("NAME-TWIN", first[place], place.rpartition("/")[2])


def _new_places(path: str, known: Mapping[str, str]) -> list[str]:
    """The path and the folders above it, those that were not seen yet, from the top."""
    folder = path[: max(0, path.rfind("/"))]
    above = [] if folder in known else _new_places(folder, known)
    return [*above, path] if path not in known else above


def _codes(part: str) -> Iterator[str]:
    """What is wrong with one part of a path."""
    kinds = {unicodedata.category(c) for c in part if not c.isascii() or not c.isprintable()}
    if "Cs" in kinds:
        yield "DLV-NAME-BYTES"
    if "Cc" in kinds:
        yield "NAME-CONTROL"
    if kinds & {"Cf", "Zl", "Zp"} or _NONCHARACTER.search(part):
        yield "NAME-HIDDEN"
    if _SIGNS & set(part):
        yield "NAME-SIGNS"
    if _DEVICE.match(part):
        yield "NAME-RESERVED"
    if part.strip(" ") != part or part.endswith("."):
        yield "NAME-EDGE"


def _about(code: str, path: str, part: str) -> Finding:
    shown = for_people(path)
    return finding(code, path=shown, name=escape_controls(for_people(part))[:200])
