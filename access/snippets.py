"""The stretch of a found page that is shown with a hit.

The engine gives a page whole: its page sign first, then its text with MARK and UNMARK around what was found.
"""

import re
from bisect import bisect_right
from typing import Final

from access.entries import PAGE_MARKS

MARK: Final = "\ue000"  # begins a found word in marked texts
UNMARK: Final = "\ue001"  # ends it; neither can come from a record (access/entries.py takes such signs out)
LENGTH: Final = 240  # characters
_LEAD: Final = 60  # characters before the first found word

Span = tuple[int, int]


def plain(marked: str) -> str:
    """The text without its marks."""
    return marked.replace(MARK, "").replace(UNMARK, "")


def read_page(found: str) -> tuple[int | None, str]:
    """The number of a found page and its best stretch, marked; None and "" where no page was found."""
    text, spans = _apart(found)
    if not text or not spans or ord(text[0]) <= PAGE_MARKS:
        return None, ""
    return ord(text[0]) - PAGE_MARKS, _stretch(text, spans)


def _apart(marked: str) -> tuple[str, list[Span]]:
    """The plain text and where the found words stand in it."""
    text, spans = "", []
    for piece in re.split(f"({MARK}[^{MARK}{UNMARK}]*{UNMARK})", marked):
        bare = plain(piece)
        if piece.startswith(MARK):
            spans.append((len(text), len(text) + len(bare)))
        text += bare
    return text, spans


def _stretch(text: str, spans: list[Span]) -> str:
    """The stretch with the most found words, cut between words, with an ellipsis where it was cut."""
    starts = [start for start, _ in spans]
    best = max(starts, key=lambda s: (bisect_right(starts, s + LENGTH - _LEAD) - bisect_right(starts, s), -s))
    begin = _blank_after(text, max(1, best - _LEAD)) if best > _LEAD else 1
    end = min(len(text), begin + LENGTH)
    cut = end if end == len(text) else max(text.rfind(" ", best, end), text.rfind("\n", best, end))
    end = cut if cut > best else end
    inside = _marked(text, [span for span in spans if begin <= span[0] and span[1] <= end], begin, end)
    return ("… " if begin > 1 else "") + " ".join(inside.split()) + (" …" if end < len(text) else "")


def _blank_after(text: str, at: int) -> int:
    blank = re.compile(r"\s").search(text, at, at + _LEAD)
    return blank.end() if blank else at


def _marked(text: str, spans: list[Span], begin: int, end: int) -> str:
    pieces, at = [], begin
    for start, stop in spans:
        pieces += [text[at:start], MARK, text[start:stop], UNMARK]
        at = stop
    return "".join([*pieces, text[at:end]])
