"""Whether what was read from a small picture is a secrecy mark: MẬT, TỐI MẬT, TUYỆT MẬT.

Reading a stamp errs, so more is suspected here than in a text: frames are read as l, I or |, accents get lost.
"""

import re
from typing import Final

from standards.secrecy import MARKS
from standards.vietnamese import fold, nfc

_FOLDED: Final = {fold(mark).upper(): name for mark, name in MARKS.items()}
_FRAME: Final = re.compile(r"^[\sIl1|!\[\](){}JLĨÍ/\\]+|[\sIl1|!\[\](){}JLĨÍ/\\]+$")
_WITHIN: Final = re.compile(r"\b(?:TUYỆT|TỐI) *MẬT\b")
_SURE_FROM: Final = 50  # Tesseract's confidence
_SURE_FROM_LONG: Final = 25  # of two words in red: no other stamp reads so


def judged(text: str, confidence: int, *, red: bool) -> tuple[str, bool] | None:
    """The mark that a line of a picture reads as, and whether that is sure; None where it is none.

    Without colour a line in small letters is no mark, since paragraphs end in words like "bí mật".
    """
    plain = nfc(text)
    verdicts = [_judged(_letters(way), confidence, red=red) for way in (plain, _without_frame(plain))]
    best = [verdict for verdict in verdicts if verdict]
    if not best and _WITHIN.search(plain):
        return MARKS["TUYỆTMẬT" if "TUYỆT" in plain else "TỐIMẬT"], False
    return max(best, key=lambda verdict: verdict[1], default=None)


def _judged(letters: str, confidence: int, *, red: bool) -> tuple[str, bool] | None:
    upper = letters.upper()
    if not 2 <= len(letters) <= 10 or (not red and letters != upper):
        return None
    sure = letters == upper and confidence >= (_SURE_FROM_LONG if red and len(letters) > 3 else _SURE_FROM)
    if upper in MARKS:
        return MARKS[upper], sure
    folded = fold(upper).upper()
    for mark, name in _FOLDED.items():
        if _near(folded, mark, red=red):
            return name, sure and red and folded == mark and len(mark) > 3
    return None


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalpha())


def _without_frame(text: str) -> str:
    """Frames are read as letters at both ends: "l MẬT]", "| TỐI MẬT l"."""
    return _FRAME.sub("", text)


def _near(read: str, mark: str, *, red: bool) -> bool:
    """How wrong a mark may be read: more in red, where little else stands alone."""
    allowed = {3: (0, 0), 6: (1, 2), 8: (2, 3)}[len(mark)][red]
    return abs(len(read) - len(mark)) <= allowed and _distance(read, mark) <= allowed


def _distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]
