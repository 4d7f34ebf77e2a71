"""What a descriptive file says, in the fields of TT 05/2025: its own flat `<simpledc>`, that of TT 02/2019, or EAD, Dublin
Core, MODS.

Read leniently: order is free, codes may be words, dates may be written as people do. What has no form stays as it came
under `x_raw_<id>`; the judging is done elsewhere (`standards.tt05_rules`).
"""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Final

from standards import dates
from standards.codes import code_list, field_rules
from standards.secrecy import secrecy_word, secret_mode
from standards.tt02 import in_tt05, is_tt02, leaves
from standards.tt05 import field_table
from standards.vietnamese import nfc
from standards.xml import BadXml, read_small

if TYPE_CHECKING:
    from lxml.etree import _Element

_LONGEST: Final = 2000
_GENERAL: Final = ("title", "code", "date", "end", "creator", "description", "keyword", "language", "mode")


@dataclass(frozen=True, slots=True)
class Described:
    """What was read: `kind` is simpledc, tt02, ead, dc, mods or "" for anything else; `fields` by id, dates as EDTF.

    `secret` is the secrecy mark that a field carries; nothing else of such a description may be used.
    """

    kind: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""


def read_description(content: bytes, block: str) -> Described:
    """The description in `content`; `block` is "file" (a hồ sơ, a package) or "document"."""
    try:
        root = read_small(content, "")
    except BadXml:
        return Described()
    name = _local(root)
    if name == "simpledc" and not _is_dublin_core(root):
        return _simpledc(root, block)
    if is_tt02(set(leaves(root))):
        given = in_tt05(leaves(root))
        return Described("tt02", tidy_fields(given, block), secrecy_in(given))
    kind = next((k for k, ways in _ways().items() if name in ways["roots"]), "")
    return _general(root, kind) if kind else Described()


def tidy_fields(values: Mapping[str, str], block: str) -> dict[str, str]:
    """Fields as they came, in the form that the catalogue keeps: dates as EDTF, words of code lists as codes."""
    fields: dict[str, str] = {}
    for name, value in values.items():
        for known, kept in _tidy(name, value, block):
            fields[known] = kept
    return fields


def secrecy_in(values: Mapping[str, str]) -> str:
    """The secrecy mark that a description carries: in its mode, or as the whole text of any other field."""
    mode = secret_mode(values["mode"]) if values.get("mode") else None
    marks = (secrecy_word(value) for value in values.values() if len(value) <= 60)
    return mode or next((mark for mark in marks if mark), "")


def _simpledc(root: "_Element", block: str) -> Described:
    values = {_local(e): _text(e) for e in root if isinstance(e.tag, str)}
    given = {name: value for name, value in values.items() if value}
    return Described("simpledc", tidy_fields(given, block), secrecy_in(given))


def _is_dublin_core(root: "_Element") -> bool:
    """simpledc is also the name that the DCMI gave its own schema: there the elements have a namespace."""
    known = field_table("hoso").keys() | field_table("document").keys() | {"fileCode", "arcDocCode", "source"}
    return not any(isinstance(e.tag, str) and e.tag in known for e in root)


def _general(root: "_Element", kind: str) -> Described:
    found = {name: _first(root, _ways()[kind][name]) for name in _GENERAL}
    start, end = _span(found["date"], found["end"])
    values = {
        "title": found["title"], _code_field(root, kind): found["code"], "startDate": start, "endDate": end,
        "x_creator": found["creator"], "description": found["description"], "keyword": found["keyword"],
        "language": found["language"],
    }  # fmt: skip
    given = {name: value for name, value in values.items() if value}
    # Access words of other traditions ("closed for 30 years") are no code of ours: only a secrecy mark is heeded.
    secret = secrecy_in({**given, **({"x_secrecy": found["mode"]} if found["mode"] else {})})
    return Described(kind, tidy_fields(given, "file"), secret)


def _code_field(root: "_Element", kind: str) -> str:
    """Where the code goes: that of a fonds or series, which many packages share, is not the package's own."""
    levels = {e.get("level", "") for e in root.iter() if isinstance(e.tag, str) and _local(e) == "archdesc"}
    return "x_unitid" if kind == "ead" and not levels & {"file", "item"} else "fileCode"


def _span(date: str, end: str) -> tuple[str, str]:
    """Start and end of a date or of a span of two: `1998/1999`, `1998-01-01/1999-12-31`, `1998-1999`."""
    if end or not date:
        return date, end or date
    for sign in ("/", " - ", "–"):
        first, found, last = date.partition(sign)
        if (
            found
            and dates.from_text(first).edtf
            and dates.from_text(last).edtf
            and dates.from_text(date).edtf is None
        ):
            return first, last
    years = date.split("-")
    if len(years) == 2 and all(len(y) == 4 and y.isdigit() for y in years):
        return years[0], years[1]
    return date, date


def _tidy(name: str, value: str, block: str) -> Iterator[tuple[str, str]]:
    rule = field_rules(block).get(name)
    kind = rule.kind if rule else "text"
    value = nfc(" ".join(value.split()))[:_LONGEST]
    if not value:
        return
    if kind == "date":
        read = dates.from_text(value)
        yield (name, read.edtf) if read.edtf else (f"x_raw_{name}", value)
    elif kind == "code" and rule:
        codes = code_list(rule.list)
        code = codes.code_of(value)
        if code is None:
            yield f"x_raw_{name}", value
            code = codes.fallback
        if code:
            yield name, code
    else:
        yield name, value


@functools.cache
def _ways() -> Mapping[str, Mapping[str, list[str]]]:
    text = (resources.files("standards") / "codes" / "descriptions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _first(root: "_Element", ways: list[str]) -> str:
    for way in ways:
        texts = dict.fromkeys(text for text in _along([root], way.split("/")) if text)
        if texts:
            return "; ".join(texts)[:_LONGEST]
    return ""


def _along(elements: "list[_Element]", steps: list[str]) -> Iterator[str]:
    """The texts at the end of a way."""
    for element in elements:
        if not steps:
            yield _text(element)
        elif steps[0].startswith("@"):
            yield " ".join((element.get(steps[0][1:]) or "").split())
        elif steps[0] == "**":
            yield from (_text(e) for e in element.iter() if isinstance(e.tag, str) and _local(e) == steps[1])
        else:
            below = [e for e in element if isinstance(e.tag, str) and _local(e) == steps[0]]
            yield from _along(below, steps[1:])


def _local(element: "_Element") -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: "_Element") -> str:
    return " ".join("".join(map(str, element.itertext())).split())
