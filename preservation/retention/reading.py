"""Terms as deliveries and documents write them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from preservation.retention.terms import ASSET, LONGEST, OPEN, PERMANENT, SUPERSEDED, YEARS, Term
from standards.vietnamese import fold_words

_OF_CODE: Final = {"02": 70, "03": 50, "04": 30, "05": 20, "06": 10}  # TT 05/2025, `maintenance`
_YEARS: Final = re.compile(r"(?<!\d)(\d{1,3}) (?:nam|years?)(?!\w)")
_ASSET: Final = ("tuoi tho", "life of asset", "life_of_asset")
_SUPERSEDED: Final = ("het hieu luc", "until superseded", "until_superseded")


def of_delivery(retention: Mapping[str, Any]) -> Term:
    """The term that a delivery proposed, as the policy assignment keeps it (`code`, `text`, `years`, `permanent`)."""
    if retention.get("permanent"):
        return Term(PERMANENT)
    years = retention.get("years")
    if isinstance(years, int) and 0 < years <= LONGEST:
        return Term(YEARS, years)
    return of_words(str(retention.get("text") or ""))


def of_document(code: str, words: str) -> Term:
    """The term of one document by its `maintenance` code and the words as delivered."""
    if code == "01":
        return Term(PERMANENT)
    if code in _OF_CODE:
        return Term(YEARS, _OF_CODE[code])
    return of_words(words)


def of_words(words: str) -> Term:
    """A term in words that have no code of their own; open where they are not understood."""
    said = fold_words(words)
    if any(mark in said for mark in _ASSET):
        return Term(ASSET)
    if any(mark in said for mark in _SUPERSEDED):
        return Term(SUPERSEDED)
    number = _YEARS.search(said)
    years = int(number[1]) if number else 0
    return Term(YEARS, years) if 0 < years <= LONGEST else Term(OPEN)
