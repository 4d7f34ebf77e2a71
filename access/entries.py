"""What the index holds of a hồ sơ and of a document: their entries, made from what the catalogue knows of
them.

Every text passes through `_text`: NFC, no controls, numbers of persons masked, so that no search finds them
and no snippet shows them. A value that Solr would refuse would refuse its whole batch, so each is made fit
here.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from repository.packages import Fields
from standards.dates import bounds
from standards.notation import notation_key
from standards.personal import mask_identifiers
from standards.vietnamese import sort_key

LONGEST_TEXT: Final = 200_000  # characters of one page that are searched
LONGEST_VALUE: Final = 1_000  # characters of a value that is kept whole (Lucene's limit is 32,766 bytes)
PAGE_MARKS: Final = 0xF0000  # page n begins with the private-use character U+F0000 + n
LAST_PAGE: Final = 0xFFF0


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A stored hồ sơ as the index needs it. `key` is agency + file code, `stored` an ISO date.

    `block` and `level` (khối, cấp) and `agency` are the producer's; `custodian` holds the record now, where
    that is somebody else; `other_names` are names of the place and its bodies before and after mergers, to
    be found by.
    """

    aip: str
    key: str
    agency: str
    agency_name: str
    block: str
    level: str
    fonds: str
    fonds_name: str
    fields: Fields
    stored: str
    published: bool = False
    custodian: str = ""
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """One document of it. `id` is unique within the AIP; `pages` holds each page's text, "" where it has
    none.

    `type_name` is the word for the type's code in `fields` ("Kế hoạch"), `puid` the PRONOM id of the master.
    """

    id: str
    order: int
    fields: Fields
    file_name: str
    pages: tuple[str, ...]
    puid: str
    page_count: int | None
    type_name: str = ""
    format_name: str = ""
    size: int = 0


def file_entry(file: IndexedFile) -> dict[str, Any]:
    fields = file.fields
    span = _span(fields.get("startDate", ""), fields.get("endDate", ""))
    return _filled(
        _common(file, fields)
        | {
            "id": file.aip,
            "kind": "file",
            "title": _line(fields.get("title", "")),
            "context": [_text(t) for t in _file_context(file) if t],
            "file_range": f"[{span[0]} TO {span[1]}]" if span else None,
            "issued": "/".join(span) if span else None,
            **_ordered(fields.get("title", ""), span),
            "organ_words": [_text(file.agency_name)],
            "year": _years(span),
            "page_count": _whole(fields.get("numberOfPage", "")),
        }
    )


def document_entry(file: IndexedFile, document: IndexedDocument) -> dict[str, Any]:
    fields = document.fields
    issued = _edtf(fields.get("issuedDate", ""))
    number, notation = fields.get("codeNumber", ""), fields.get("codeNotation", "")
    key = notation_key(number, notation)
    return _filled(
        _common(file, fields)
        | {
            "id": f"{file.aip}#{document.id}",
            "kind": "document",
            "document": _value(document.id),
            "order": document.order,
            "file_name": _value(document.file_name),
            "file_title": _line(file.fields.get("title", "")),
            "title": _line(fields.get("subject", "") or document.type_name or document.file_name),
            "context": [_text(t) for t in _document_context(file, document) if t],
            "cited_as": _value("/".join(part for part in (number, notation) if part)),
            "number": _value(key.partition("|")[0]),
            "notation": _value(key.partition("|")[2]),
            "notation_key": _value(key),
            "organ": _value(fields.get("organName", "")),
            "type": _value(fields.get("typeName", "")),
            "issued": issued,
            "issued_range": issued,
            **_ordered(fields.get("subject", "") or document.type_name, (issued, issued) if issued else None),
            "organ_words": [_text(t) for t in (fields.get("organName", ""), file.agency_name) if t],
            "signer_words": [_text(fields[n]) for n in ("autograph", "x_signer") if fields.get(n)],
            "format_name": _value(document.format_name),
            "year": [int(issued[:4])] if issued else [],
            "format": _value(document.puid),
            "page_count": document.page_count,
            "size": document.size,
            "page_text": [_page(n, text) for n, text in enumerate(document.pages, 1) if text.strip()],
        }
    )


def _common(file: IndexedFile, fields: Fields) -> dict[str, Any]:
    """What a hồ sơ and its documents are sorted by; a document without a value of its own has the hồ sơ's."""
    own = {**{name: file.fields.get(name, "") for name in ("maintenance", "mode", "language")}}
    own |= {name: fields[name] for name in own if fields.get(name)}
    modes = {_needed(mode) for mode in (file.fields.get("mode", ""), own["mode"])}
    return {
        "needs": sorted(modes),
        "published": "1" if file.published else "0",
        "aip": file.aip,
        "file_key": _value(file.key),
        "agency": _value(file.agency),
        "agency_name": _value(file.agency_name),
        "block": _value(file.block),
        "level": _value(file.level),
        "fonds": _value(file.fonds),
        "fonds_name": _value(file.fonds_name),
        "fonds_words": [_text(t) for t in (file.fonds_name, file.fonds) if t],
        "custodian": _value(file.custodian or file.agency_name),
        "stored_on": file.stored[:10],
        "retention": _value(own["maintenance"]),
        "mode": _value(own["mode"]),
        "language": [code for code in re.split(r"[;,\s]+", _value(own["language"])) if code],
    }


def _needed(mode: str) -> str:
    """The access mode that has to be open: none given is conditional, one that nobody knows is open to nobody."""
    return mode if mode in ("01", "02") else "03" if mode else "02"


def _file_context(file: IndexedFile) -> Iterator[str]:
    yield from (file.agency_name, file.fonds_name, file.custodian, *file.other_names, file.key)
    yield from (file.fields.get(name, "") for name in ("fileCode", "keyword", "inforSign", "description"))


def _document_context(file: IndexedFile, document: IndexedDocument) -> Iterator[str]:
    fields = document.fields
    yield from (file.agency_name, file.fonds_name, file.custodian, *file.other_names, file.key)
    yield from (file.fields.get("title", ""), document.type_name, fields.get("codeNumber", ""))
    yield from (
        fields.get(name, "") for name in ("codeNotation", "organName", "docCode", "keyword", "inforSign")
    )
    yield from (fields.get(name, "") for name in ("autograph", "description", "x_signer"))


# ---- values that the index takes: one that it refused would refuse its whole batch

_EDTF: Final = re.compile("[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
# controls and noncharacters (which Solr's JSON may refuse), half characters, and the private-use characters, which
# are ours here: marks of hits and pages
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_HALVES: Final = re.compile("[\ud800-\udfff]")
_PRIVATE: Final = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


def _text(text: str) -> str:
    """A text to be searched: NFC, masked, without controls."""
    clean = _PRIVATE.sub("", _HALVES.sub("\ufffd", _CONTROLS.sub(" ", text)))
    return mask_identifiers(unicodedata.normalize("NFC", clean))[:LONGEST_TEXT]


def _line(text: str) -> str:
    return " ".join(_text(text).split())


def _value(text: str) -> str:
    """A value that is kept whole: a code, a name."""
    return _line(text)[:LONGEST_VALUE]


def _page(number: int, text: str) -> str:
    return chr(PAGE_MARKS + min(number, LAST_PAGE)) + _text(text)


def _edtf(date: str) -> str | None:
    """The date where it is one in EDTF level 0; DD/MM/YYYY, MM/YYYY are taken too."""
    edtf = "-".join(reversed(date.strip().split("/"))) if "/" in date else date.strip()
    try:
        return edtf if _EDTF.fullmatch(edtf) and bounds(edtf) else None
    except ValueError:
        return None


def _span(start: str, end: str) -> tuple[str, str] | None:
    """Both ends of a hồ sơ's time; one known end stands for both, ends in the wrong order are turned."""
    known = [edtf for edtf in (_edtf(start), _edtf(end)) if edtf]
    return (min(known, key=_first), max(known, key=_first)) if known else None


def _first(edtf: str) -> dt.date:
    return bounds(edtf)[0]


def _ordered(title: str, span: tuple[str, str] | None) -> dict[str, Any]:
    """What an entry is sorted by."""
    first, last = (bounds(span[0])[0], bounds(span[1])[1]) if span else (None, None)
    return {
        "title_order": sort_key(_value(title))[:LONGEST_VALUE],
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
    }


def _years(span: tuple[str, str] | None) -> list[int]:
    if span is None:
        return []
    return list(range(int(span[0][:4]), int(span[1][:4]) + 1))[:200]


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _filled(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value not in ("", None, [])}
