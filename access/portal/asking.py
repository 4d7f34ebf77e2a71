"""What the address of a results page asks, in bounds, and the addresses of its neighbours: filters and pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import QueryParams

from access.portal.pages import with_query
from access.portal.texts import Texts
from access.search import SORTS
from standards.codes import word_of

PAGE_SIZE: Final = 20
LAST_PAGE: Final = 500
LONGEST_QUERY, LONGEST_VALUE, MOST_VALUES = 500, 200, 8
FACETS: Final = (
    "kind", "block", "level", "agency", "fonds", "organ", "type", "year", "retention", "format", "language",
)  # fmt: skip
OPEN: Final = ("kind", "type", "year", "agency")  # facets that are shown open
CODE_LISTS: Final = {"type": "typeName", "retention": "maintenance", "language": "language"}
SHOWN: Final = 8  # values of a facet before "more"


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as asked: the words as typed, the chosen facet values, the page of results from 1."""

    query: str
    filters: Mapping[str, tuple[str, ...]]
    page: int = 1
    sort: str = "relevance"

    @property
    def offset(self) -> int:
        """How many hits stand before this page."""
        return (self.page - 1) * PAGE_SIZE

    def address(
        self,
        *,
        page: int = 1,
        but: tuple[str, str] | None = None,
        plus: tuple[str, str] | None = None,
        sort: str = "",
        path: str = "/search",
    ) -> str:
        """The results page for the same search on another page, in another order, without or with one more facet value."""
        pairs = [pair for pair in self.pairs() if pair != but]
        if plus and plus not in pairs:
            pairs.append(plus)
        pages = [("page", str(page))] if page > 1 else []
        order = sort or self.sort
        sorts = [("sort", order)] if order != "relevance" else []
        return with_query([("q", self.query), *pairs, *sorts, *pages], path)

    def pairs(self) -> list[tuple[str, str]]:
        """The chosen values as (facet, value)."""
        return [(name, value) for name, values in self.filters.items() for value in values]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: its words, how many hits it has, where its link leads, whether it is chosen."""

    label: str
    count: int
    address: str
    chosen: bool


def read_asked(params: QueryParams) -> Asked | None:
    """The search that an address asks for; None where a part is out of bounds. Unknown parameters are passed over."""
    query, page = params.get("q", ""), params.get("page", "1")
    filters = {name: tuple(dict.fromkeys(filter(None, params.getlist(name)))) for name in FACETS}
    values = [value for chosen in filters.values() for value in chosen]
    if len(query) > LONGEST_QUERY or len(values) > MOST_VALUES or any(len(v) > LONGEST_VALUE for v in values):
        return None
    if not page.isascii() or not page.isdigit() or len(page) > 4 or not 1 <= int(page) <= LAST_PAGE:
        return None
    sort = params.get("sort", "relevance")
    if sort not in SORTS:
        return None
    return Asked(query.strip(), {name: chosen for name, chosen in filters.items() if chosen}, int(page), sort)


Labels = Mapping[str, Mapping[str, str]]


def value_label(facet: str, value: str, texts: Texts, labels: Labels) -> str:
    """A facet's value in words; `labels` are the names that the search gave."""
    if name := labels.get(facet, {}).get(value):
        return name
    if facet == "kind":
        return texts(f"kinds.{value}") if texts.has(f"kinds.{value}") else value
    return word_of(CODE_LISTS[facet], value, texts.lang) if facet in CODE_LISTS else value


def choices(
    asked: Asked, facets: Mapping[str, Sequence[tuple[str, int]]], texts: Texts, labels: Labels
) -> Iterator[tuple[str, str, list[Choice]]]:
    """(facet, its label, its values) for each facet that would narrow the search or is in use."""
    for facet in FACETS:
        chosen = asked.filters.get(facet, ())
        values = [
            _choice(asked, facet, value, count, texts, labels)
            for value, count in facets.get(facet, ())
            if count
        ]
        if chosen or len(values) > 1:
            yield facet, texts(f"facets.{facet}"), sorted(values, key=lambda choice: not choice.chosen)


def _choice(asked: Asked, facet: str, value: str, count: int, texts: Texts, labels: Labels) -> Choice:
    pair = (facet, value)
    chosen = pair in asked.pairs()
    address = asked.address(but=pair) if chosen else asked.address(plus=pair)
    return Choice(value_label(facet, value, texts, labels), count, address, chosen)
