"""Số, ký hiệu of records: the number and the notation of an act, cleaned, and as one key for finding.

`155/KH-UBND`, `155 kh ubnd` and `155/KH–UBND` have one key, `155|KHUBND`; Party acts (`40-HD/VPTW`) too: `40|HDVPTW`.
A number may carry its year (`05/2015/QĐ-UBND`: `5/2015|QDUBND`).
"""

import re
from typing import Final

from standards.vietnamese import fold, nfc

_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212\u00ad\ufe58\ufe63\uff0d]")
_SLASHES: Final = re.compile(r"[\\\u2044\u2215\uff0f]")
_NUMBER: Final = r"(?P<number>\d{1,6}[A-Z]?(?:/\d{4})?)"
_NOTATION: Final = r"(?P<notation>[A-Z][A-Z0-9.&]*(?:[-/ ]+[A-Z0-9.&]+)*)"
_NUMBER_FIRST: Final = re.compile(rf"(?:SO[ :.]*)?{_NUMBER}(?:[-/ ]+{_NOTATION})?[-/ ]*")
_NOTATION_FIRST: Final = re.compile(rf"{_NOTATION}[ /-]+(?:SO[ :.]*)?{_NUMBER}")
_WHOLE_IN_NUMBER: Final = re.compile(r"(\d{1,6}[A-Za-z]?(?:/\d{4})?)\s*[/-]\s*(\D.*)")


def clean(text: str) -> str:
    """NFC, one kind of dash and slash, no blanks around them, none of them at the ends: "/ QĐ-CCATVSTP" is QĐ-CCATVSTP."""
    plain = _SLASHES.sub("/", _DASHES.sub("-", nfc(text)))
    tight = re.sub(r"\s*([/-])\s*", r"\1", " ".join(plain.split()))
    return re.sub(r"/{2,}", "/", tight).strip(" /-")


def clean_pair(number: str, notation: str) -> tuple[str, str]:
    """The number and the notation, each clean; a number cell that holds both ("155/KH-UBND") is taken apart."""
    num, sign = clean(number), clean(notation)
    whole = _WHOLE_IN_NUMBER.fullmatch(num)
    if whole and (not sign or _letters(whole[2]) == _letters(sign)):
        return whole[1], sign or clean(whole[2])
    return num, sign


def _letters(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", fold(text).upper())


def _number_key(number: str) -> str:
    head, slash, year = fold(clean(number)).upper().replace(" ", "").partition("/")
    return (head.lstrip("0") or head) + slash + year


def notation_key(number: str, notation: str) -> str:
    """The key of a number and its notation: `155|KHUBND`; one side empty where there is none: `155|`, `|KHUBND`.

    The empty string where both are empty.
    """
    num, sign = clean_pair(number, notation)
    key = f"{_number_key(num)}|{_letters(sign)}"
    return "" if key == "|" else key


def key_of_written(text: str) -> str | None:
    """The key of a number and notation as someone types them into a search box; None where the text is none.

    `155/KH-UBND`, `155 kh-ubnd`, `số 155`, `QĐ-UB 451`, `05/2015/QĐ-UBND`, `40-HD/VPTW`.
    """
    upper = fold(clean(text)).upper()
    m = _NUMBER_FIRST.fullmatch(upper) or _NOTATION_FIRST.fullmatch(upper)
    return notation_key(m["number"], m["notation"] or "") if m else None
