"""Findings: what is wrong with a package, as data, in the standard's own code and in both languages.

Codes, levels and texts live in `standards/texts/findings-*.toml`, one table per code::

    ["DLV-ROW-NO-FILE"]
    level = "MUST"
    vi = "Dòng này ghi tệp {name} nhưng không có trong bàn giao. Bổ sung tệp hoặc sửa cột Đường dẫn file."
    en = "This row names the file {name}, which is not in the delivery. Add the file or correct the path column."

`release = true` says that a person may let a package go on in spite of it.
A MUST that is broken makes a package invalid, a SHOULD makes it valid with a warning, a MAY is information.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any


class Level(StrEnum):
    """How binding the broken rule is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Verdict(StrEnum):
    """What was judged of a package (the contract's word in reports)."""

    VALID = "valid"
    WARNING = "valid-with-warning"
    INVALID = "invalid"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule. `path` and `document` are as stored; `cell` is like `Sheet1!AB12`; `page` counts from 1.

    `values` fill the texts. Make one with `finding(...)`, which knows the level.
    """

    code: str
    level: Level
    path: str | None = None
    cell: str | None = None
    page: int | None = None
    document: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """The finding told in `lang` ("vi" or "en"): what, where, and what to do."""
        return str(_entry(self.code)[lang]).format(**self.values)

    def at(self, **where: Any) -> "Finding":
        """The same finding with `path`, `cell`, `page` or `document` filled in."""
        return replace(self, **where)

    def as_json(self) -> dict[str, Any]:
        """The shape of the contract: code, level, path, cell, page, document, vi, en."""
        return {
            "code": self.code, "level": self.level.value, "path": self.path, "cell": self.cell,
            "page": self.page, "document": self.document, "vi": self.text("vi"), "en": self.text("en"),
        }  # fmt: skip


@functools.cache
def catalogue() -> Mapping[str, Mapping[str, Any]]:
    """Every known code with its level and texts, read from `standards/texts/findings-*.toml`."""
    codes: dict[str, Mapping[str, Any]] = {}
    for name in _files():
        for code, texts in _parsed(name).items():
            if code in codes:
                raise ValueError(f"finding code {code} is defined twice ({name})")
            codes[code] = texts
    return codes


@functools.cache
def _entry(code: str) -> Mapping[str, Any]:
    """A code with its level and texts; only the file that holds it is parsed, which takes a tenth of the time of all.

    Raises KeyError for a code that the catalogue does not have.
    """
    for name, text in _files().items():
        if f"\n[{code}]" in text or f'\n["{code}"]' in text:
            return _parsed(name)[code]
    raise KeyError(code)


@functools.cache
def _files() -> Mapping[str, str]:
    places = sorted((Path(__file__).parent / "texts").glob("findings-*.toml"))
    return {place.name: "\n" + place.read_text(encoding="utf-8") for place in places}


@functools.cache
def _parsed(name: str) -> Mapping[str, Mapping[str, Any]]:
    import tomllib  # a package without a finding needs no texts

    return tomllib.loads(_files()[name])


def finding(
    code: str,
    *,
    path: str | None = None,
    cell: str | None = None,
    page: int | None = None,
    document: str | None = None,
    level: Level | None = None,
    **values: object,
) -> Finding:
    """A finding of a code in the catalogue; `level` only where policy overrides the catalogue's.

    Raises KeyError for a code that the catalogue does not have, or a text that wants a value not given.
    """
    made = Finding(
        code=code,
        level=level or Level(_entry(code)["level"]),
        path=path,
        cell=cell,
        page=page,
        document=document,
        values={name: str(value) for name, value in values.items()},
    )
    made.text("vi")
    made.text("en")
    return made


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """valid, valid-with-warning or invalid, by the strictest level found."""
    levels = {f.level for f in findings}
    if Level.MUST in levels:
        return Verdict.INVALID
    return Verdict.WARNING if Level.SHOULD in levels else Verdict.VALID


def may_be_released(f: Finding) -> bool:
    """Whether a person may decide that a package goes on in spite of this finding (`release = true`)."""
    return bool(_entry(f.code).get("release", False))


def finding_from_json(data: Mapping[str, Any]) -> Finding:
    """A finding back from what `finding_as_record` stored."""
    return Finding(
        code=data["code"], level=Level(data["level"]), path=data.get("path"), cell=data.get("cell"),
        page=data.get("page"), document=data.get("document"), values=data.get("values", {}),
    )  # fmt: skip


def finding_as_record(f: Finding) -> dict[str, Any]:
    """What the catalogue and workspaces keep of a finding: its values, not its rendered texts."""
    return {
        "code": f.code, "level": f.level.value, "path": f.path, "cell": f.cell,
        "page": f.page, "document": f.document, "values": dict(f.values),
    }  # fmt: skip
