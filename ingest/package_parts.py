"""What the readers of packages (BagIt, E-ARK, TT 05/2025) have in common: the parts that a package is read into."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from repository.packages import DeliveredFile, DocumentRow

# QĐ 20/2020/QĐ-TTg: a letter and two digits, then groups of two or three digits.
AGENCY: Final = re.compile(r"[A-Z]\d{2}(?:\.\d{2,3})*")
_IN_CODE: Final = re.compile(rf"(?:^|\.)({AGENCY.pattern})(?=\.\d{{4}}(?:\.|$))")
_ANY_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_HELD_ELSEWHERE: Final = ".fetch.txt"
_ORDER: Final = re.compile(r"\.(\d{1,7})$")


@dataclass(slots=True)
class Parts:
    """A package as it was read. `content`, `documentation` and `tags` are its files, each with its place in the AIP.

    `described` gives the fields of a content file by its path; `agency` and `agency_name` whose records they are, as
    far as the package says; `secret` that one of its descriptions carries a secrecy mark.
    """

    content: list[DeliveredFile] = field(default_factory=list)
    documentation: list[DeliveredFile] = field(default_factory=list)
    tags: list[DeliveredFile] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    described: dict[str, Mapping[str, str]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    id: str = ""
    status: str = ""
    agency: str = ""
    agency_name: str = ""
    secret: bool = False

    @property
    def code(self) -> str:
        """The file code that the descriptions give."""
        return self.fields.get("fileCode") or self.fields.get("arcFileCode") or ""


def agency_of_code(code: str) -> str:
    """The agency whose code a file code begins with (agency id, year of the file, number and notation)."""
    found = _IN_CODE.search(code)
    return found[1] if found else ""


def as_agency(text: str) -> str:
    """A text as an agency's code, where it can be one."""
    return text if _ANY_CODE.fullmatch(text) else ""


def placed(file: DeliveredFile, place: str) -> DeliveredFile:
    return DeliveredFile(file.path, file.size, place)


def documents_of(parts: Parts) -> tuple[tuple[DocumentRow, ...], tuple[DeliveredFile, ...]]:
    """The documents of a package in their order, and the content files that are none.

    Every content file is a document, but for links to documents that are held elsewhere, and for another form of a
    document that an earlier representation has already (the same name but for its suffix) without a description of
    its own.
    """
    chosen: list[DeliveredFile] = []
    others: list[DeliveredFile] = []
    seen: dict[str, str] = {}
    for file in parts.content:
        representation, name = _placed_in(file)
        stem = posixpath.splitext(name)[0].casefold()
        first = seen.setdefault(stem, representation)
        again = first != representation and file.path not in parts.described
        (others if again or file.path.endswith(_HELD_ELSEWHERE) else chosen).append(file)
    orders = _orders([parts.described.get(f.path, {}) for f in chosen])
    rows = [_document(parts, file, order) for file, order in zip(chosen, orders, strict=True)]
    return tuple(sorted(rows, key=lambda row: row.order)), tuple(others)


def _placed_in(file: DeliveredFile) -> tuple[str, str]:
    """The representation and the name of a content file (representations/<rep>/data/<name>)."""
    _top, representation, _data, name = file.place.split("/", 3)
    return representation, name


def _document(parts: Parts, file: DeliveredFile, order: int) -> DocumentRow:
    fields = dict(parts.described.get(file.path, {}))
    fields.setdefault("subject", _subject(fields, _placed_in(file)[1]))
    return DocumentRow(order, order, fields, {}, file, described=file.path in parts.described)


def _subject(fields: Mapping[str, str], name: str) -> str:
    """Pictures and recordings have titles of their own in TT 05/2025; what says nothing has its file name."""
    titles = (fields.get(title) for title in ("imageTitle", "movieTitle", "eventName"))
    return next(filter(None, titles), "") or _shown(name)


def _shown(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _orders(described: Iterable[Mapping[str, str]]) -> list[int]:
    """The order numbers that the descriptions give, where all are different numbers; else the order of the files."""
    given = [_order(fields) for fields in described]
    told = [order for order in given if order]
    if len(told) == len(given) == len(set(told)):
        return told
    return list(range(1, len(given) + 1))


def _order(fields: Mapping[str, str]) -> int:
    ordinal = fields.get("docOrdinal", "")
    if ordinal.isascii() and ordinal.isdecimal() and len(ordinal) <= 7:
        return int(ordinal)
    found = _ORDER.search(fields.get("docCode", "") or fields.get("arcDocCode", ""))
    return int(found[1]) if found else 0
