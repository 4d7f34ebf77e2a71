"""Personal identifiers in text: masked before it reaches the index, a snippet or a log.

The rule: a run of exactly 9 digits (old identity card) or exactly 12 (số định danh cá nhân) is masked, written in one
piece or in groups of three, or for the card also 2-3-4 and 3-2-4, parted by one and the same space, dot or dash. It is
left alone where it is part of something longer (letters, more digits, a decimal comma), where money tells itself
(a currency before or behind: đồng, đ, VND, USD, triệu, tỷ), and where dots part it and nothing says person:
`120.000.000` is an amount unless a word for an identity document (CMND, CCCD, căn cước, định danh ...) stands
before it. Twelve digits in dots are masked only with such a word too; in spaces always.
"""

import re
from collections.abc import Iterator
from typing import Final

MASK: Final = "●"

_RUN: Final = re.compile(
    r"(?<![\w])(?<!\d[.,/-])"
    r"(?:\d{12}|\d{9}|\d{3}(?P<s>[ \u00a0.-])\d{3}(?P=s)\d{3}(?:(?P=s)\d{3})?"
    r"|\d{2}(?P<a>[ \u00a0.-])\d{3}(?P=a)\d{4}|\d{3}(?P<b>[ \u00a0.-])\d{2}(?P=b)\d{4})"
    r"(?![\w])(?![ \u00a0.,/-]\d)"
)
_PERSON: Final = re.compile(
    r"(?:cmnd|cmt|cccd|căn cước|định danh|chứng minh|giấy tờ|cmtnd|id)\D{0,40}$", re.I
)
_MONEY_BEHIND: Final = re.compile(r"\s*(?:đồng|đ\b|vnđ|vnd|usd|\$|triệu|tỷ|tỉ|nghìn|ngàn)", re.I)
_MONEY_BEFORE: Final = re.compile(r"(?:vnđ|vnd|usd|\$|₫)\s*$", re.I)


def _is_identifier(m: re.Match[str]) -> bool:
    text = m.string
    before, behind = text[max(0, m.start() - 60) : m.start()], text[m.end() : m.end() + 12]
    if _PERSON.search(before):
        return True
    if _MONEY_BEHIND.match(behind) or _MONEY_BEFORE.search(before):
        return False
    return "." not in m[0]


def mask_identifiers(text: str) -> str:
    """The text with each digit of 9- and 12-digit identifiers as ●; lengths and all other characters stay."""
    return _RUN.sub(lambda m: re.sub(r"\d", MASK, m[0]) if _is_identifier(m) else m[0], text)


def identifiers(text: str) -> Iterator[str]:
    """The digits of each identifier in a text, by the same rule: 9 or 12, without what parts them."""
    for found in _RUN.finditer(text):
        if _is_identifier(found):
            yield re.sub(r"\D", "", found[0])


def as_identifier(typed: str) -> str | None:
    """What somebody typed as the digits of one identifier, blanks, dots and dashes aside; None for anything else."""
    digits = re.sub(r"[\s.\u00a0-]", "", typed)
    return digits if digits.isascii() and digits.isdigit() and len(digits) in (9, 12) else None
