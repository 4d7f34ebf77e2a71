"""Where the words of a query stand on the pages of one document."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from access.entries import PAGE_MARKS
from access.query import QueryTooLong, Words, read_query
from access.snippets import MARK, UNMARK, read_page
from standards.page_words import Box, PageWords
from standards.vietnamese import fold

MOST_WORDS = 32
_WORD = re.compile(r"[^\W_]+")
_ELSEWHERE = ("title", "organ", "fonds", "signer")  # parts that are no page


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a query, folded: a page is a hit where it has all words of one form of each clause; `marked` are all."""

    clauses: tuple[tuple[frozenset[str], ...], ...]
    marked: frozenset[str]

    def on(self, words: set[str]) -> bool:
        """Whether a page of these words is a hit."""
        return bool(self.clauses) and all(any(form <= words for form in forms) for forms in self.clauses)


def wanted(query: str) -> Wanted:
    """What to look for on pages. Numbers and dates are marked, and needed only where nothing else was typed."""
    try:
        clauses = read_query(query).clauses[:MOST_WORDS]
    except QueryTooLong:
        return Wanted((), frozenset())
    needed = [
        tuple(map(_folded, c.forms)) for c in clauses if isinstance(c, Words) and c.field not in _ELSEWHERE
    ]
    cited = [(_folded(c.typed),) for c in clauses if not isinstance(c, Words)]
    every = [form for forms in (*needed, *cited) for form in forms]
    return Wanted(tuple(needed or cited), frozenset().union(*every) if every else frozenset())


def page_hits(query: str, pages: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(page from 1, marked stretch) for each page that is a hit, accents and case aside."""
    sought = wanted(query)
    for number, text in enumerate(pages, start=1):
        if sought.on({fold(word) for word in _WORD.findall(text)}):
            yield number, read_page(chr(PAGE_MARKS + number) + _marked(text, sought.marked))[1]


def boxes(query: str, page: PageWords) -> list[Box]:
    """Where the words of a query stand on a page."""
    sought = wanted(query).marked
    return [box for word, box in page.words if {fold(part) for part in _WORD.findall(word)} & sought]


def _folded(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in _WORD.findall(words))


def _marked(text: str, sought: frozenset[str]) -> str:
    def mark(found: re.Match[str]) -> str:
        return f"{MARK}{found[0]}{UNMARK}" if fold(found[0]) in sought else found[0]

    return _WORD.sub(mark, text.replace(MARK, "").replace(UNMARK, ""))
