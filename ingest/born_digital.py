"""What the inspector's child told of a file that is no PDF: an office file, a picture, a text; and of sound and film."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from standards.findings import Finding, finding
from standards.formats import Format, listed_suffixes
from standards.media import Media, is_media
from standards.office import SUFFIXES as OFFICE_SUFFIXES
from standards.office import is_office
from standards.pictures import is_picture
from standards.plain_text import MAX_BYTES, is_text

_STATES: Final = {
    "damaged": "OFFICE-DAMAGED", "encrypted": "OFFICE-ENCRYPTED", "hostile": "OFFICE-HOSTILE", "too-much": "OFFICE-TOO-BIG",
}  # fmt: skip
_TRAITS: Final = {
    "macros": "OFFICE-MACROS", "embedded": "OFFICE-EMBEDDED", "external": "OFFICE-EXTERNAL", "dde": "OFFICE-DDE",
    "signed": "OFFICE-SIGNED", "locked": "OFFICE-EMBEDDED-LOCKED",
}  # fmt: skip
_LONGEST: Final = 50_000  # characters of one text for the index


@dataclass(frozen=True, slots=True)
class BornDigital:
    """A looked-at file: `texts` for the index, `screened` what is searched for secrecy marks alone: other readings of a
    text, properties of an office file.

    `office` is its kind ("docx", "xls") where an access copy can be tried, else empty.
    """

    texts: tuple[str, ...] = ()
    screened: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    office: str = ""
    encrypted: bool = False
    signed: bool = False


def of_answer(answer: Mapping[str, Any], shown: str) -> BornDigital:
    """What an answer of the child says of a file that is no PDF."""
    readers: Mapping[str, Callable[[Mapping[str, Any], str], BornDigital]] = {
        "office": _office, "picture": _picture, "text": _text,
    }  # fmt: skip
    return next((read(answer[key], shown) for key, read in readers.items() if key in answer), BornDigital())


def of_media(media: Media, *, shown: str) -> Iterator[Finding]:
    """What ffprobe and ffmpeg said of sound or film."""
    if media.state != "readable":
        code = "MEDIA-DAMAGED" if media.state == "damaged" else "MEDIA-NO-ANSWER"
        yield finding(code, path=shown, reason=media.reason)
    yield finding("MEDIA-UNHEARD", path=shown)


def format_findings(found: Format, *, shown: str) -> Iterator[Finding]:
    """A known format that the circular does not list, and one that nothing here can look into."""
    if found.puid is None:
        return
    told = " ".join(part for part in (found.name, found.version) if part) or found.mime
    if listed_suffixes(found.mime) is None:
        yield finding("FORMAT-NOT-LISTED", path=shown, format=told)
    path = Path(shown)
    looks = (is_picture(path, found.mime), is_media(path, found.mime), is_text(path, found.mime))
    if found.mime != "application/pdf" and not any(looks) and not is_office(path, found.mime, b""):
        yield finding("FORMAT-NO-VALIDATOR", path=shown, format=told)


def _office(told: Mapping[str, Any], shown: str) -> BornDigital:
    state = told["state"]
    found = [finding(_TRAITS[trait], path=shown) for trait in told["traits"]]
    if state != "readable":
        found.insert(0, finding(_STATES[state], path=shown, reason=told["reason"]))
    suffix = Path(shown).suffix.lower()
    kind = told["kind"] or (suffix.removeprefix(".") if suffix in OFFICE_SUFFIXES else "")
    return BornDigital(
        texts=tuple(_in_lengths(told["texts"])), screened=tuple(told["about"]), findings=tuple(found), encrypted=state == "encrypted",
        office=kind if state in ("readable", "damaged") else "", signed="signed" in told["traits"],
    )  # fmt: skip


def _picture(told: Mapping[str, Any], shown: str) -> BornDigital:
    found = [finding("IMAGE-NO-TEXT", path=shown)]
    if told["state"] != "readable":
        code = "IMAGE-DAMAGED" if told["state"] == "damaged" else "IMAGE-TOO-BIG"
        found.insert(0, finding(code, path=shown, reason=told["reason"]))
    return BornDigital(findings=tuple(found))


def _text(told: Mapping[str, Any], shown: str) -> BornDigital:
    first, *others = told["texts"]
    # Of a text in no known encoding no reading is right enough for the index.
    indexed = (first,) if told["known"] else ()
    screened = (*others, *(() if told["known"] else (first,)))
    return BornDigital(
        texts=tuple(_in_lengths(indexed)), screened=screened, findings=tuple(_about_text(told, shown))
    )


def _about_text(told: Mapping[str, Any], shown: str) -> Iterator[Finding]:
    if told["too_long"]:
        yield finding("TEXT-TOO-BIG", path=shown, limit=MAX_BYTES >> 20)
    if not told["known"]:
        yield finding("TEXT-ENCODING-UNKNOWN", path=shown, encoding=told["encoding"])
    elif not told["encoding"].startswith("UTF-"):
        yield finding("TEXT-ENCODING", path=shown, encoding=told["encoding"])
    if told["controls"]:
        yield finding("TEXT-CONTROLS", path=shown, count=told["controls"])
    if told["line"] and told["cells"]:
        yield finding(
            "CSV-SHAPE", path=shown, line=told["line"], cells=told["cells"], columns=told["columns"]
        )
    elif told["line"]:
        yield finding("CSV-BROKEN", path=shown, line=told["line"])


def _in_lengths(texts: tuple[str, ...] | list[str]) -> Iterator[str]:
    """Texts in lengths that an index can take, broken where a line ends."""
    for text in texts:
        rest = text
        while len(rest) > _LONGEST:
            at = rest.rfind("\n", 0, _LONGEST) + 1 or _LONGEST
            yield rest[:at]
            rest = rest[at:]
        if rest.strip():
            yield rest
