"""Where the words of a query stand on the pages of one document."""

import re
from collections.abc import Iterator, Sequence

from access.entries import PAGE_MARKS
from access.snippets import MARK, UNMARK, read_page
from standards.vietnamese import fold

MOST_WORDS = 32
_WORD = re.compile(r"[^\W_]+")


def page_hits(query: str, pages: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(page from 1, marked stretch) for each page that has every word of `query`, accents and case aside."""
    wanted = {fold(word) for word in _WORD.findall(query)[:MOST_WORDS]}
    for number, text in enumerate(pages, start=1):
        if wanted and wanted <= {fold(word) for word in _WORD.findall(text)}:
            yield number, read_page(chr(PAGE_MARKS + number) + _marked(text, wanted))[1]


def _marked(text: str, wanted: set[str]) -> str:
    def mark(found: re.Match[str]) -> str:
        return f"{MARK}{found[0]}{UNMARK}" if fold(found[0]) in wanted else found[0]

    return _WORD.sub(mark, text.replace(MARK, "").replace(UNMARK, ""))
