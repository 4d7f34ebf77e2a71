"""A read query as Solr's JSON query language.

Typed text stands only as the value of a parser that takes words: edismax gets lower-case words without signs, `field`,
`term` and `prefix` take any value as it is. Nothing typed is ever syntax.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from access.query import Clause, Dated, Notation, Number, Query, Words
from standards.vietnamese import fold

Json = dict[str, Any]

# What it is called weighs more than where it comes from, and that more than a word somewhere on its pages.
FIELDS: Final = "title^3 organ_words^2 context^1.5 page_text exact^2"
BESIDE: Final = (
    "title^3 organ_words^2 context^1.5"  # for words beside a number: which of the agencies, not which page
)
EXACT_FIRST: Final = 1000  # above any sum of the other weights: who types accents means them
FUZZY_FROM: Final = 5  # letters; in shorter syllables one letter off is another word
_TIE: Final = "0.1"
ALONE: Final = {
    "title": "title", "text": "page_text", "organ": "organ_words", "fonds": "fonds_words", "signer": "signer_words",
}  # fmt: skip


def strict(query: Query) -> Json:
    """All clauses must be found; words beside a full number and notation only help to rank."""
    numbered = any(isinstance(c, Notation) and c.number for c in query.clauses)
    needed = [c for c in query.clauses if not numbered or isinstance(c, Notation)]
    helping = [_clause(c, BESIDE) for c in query.clauses if c not in needed]
    return _all_of([_clause(c) for c in needed], [*helping, *_boosts(query.clauses)])


def loose(query: Query) -> Json:
    """Most clauses must be found, one letter may be off, and a number may stand in the text only."""
    clauses = [_any_of([_weighted(_clause(c), 5), *_noisy(c)]) for c in query.clauses]
    wanted = len(clauses) if len(clauses) < 4 else (3 * len(clauses) + 3) // 4
    return {"bool": {"must": [{"bool": {"should": clauses, "mm": wanted}}], "should": _boosts(query.clauses)}}


def can_be_loose(query: Query) -> bool:
    """Whether asking again in the loose way could find more."""
    return len(query.clauses) > 3 or any(_noisy(c) for c in query.clauses)


def chosen(filters: Mapping[str, Sequence[str]]) -> list[Json]:
    """One filter for each facet, any of its values; tagged, so that a facet counts as if it were not chosen."""
    return [
        {"#" + name: _any_of([_facet_value(name, value) for value in values])}
        for name, values in filters.items()
        if values
    ]


def _facet_value(name: str, value: str) -> Json:
    """A value of a facet; what cannot be a year is a year that nothing has."""
    if name == "year" and not re.fullmatch(r"-?[0-9]{1,9}", value):
        return {"bool": {"must": "*:*", "must_not": "*:*"}}
    return _term(name, value)


def exact_words(query: Query) -> Json | None:
    """Every accented word of the query with just its accents; None where none was typed."""
    wanted = [
        _any_of([_words(form, "exact") for form in c.forms])
        for c in query.clauses
        if isinstance(c, Words) and not c.forms[0].isascii()
    ]
    return {"bool": {"must": wanted}} if wanted else None


def _clause(clause: Clause, fields: str = FIELDS) -> Json:
    match clause:
        case Words(forms, field) if field:
            return _any_of([_edismax(f'"{form}"', ALONE[field]) for form in forms])
        case Words(forms):
            return _any_of([_words(form, fields) for form in forms])
        case Notation(keys, _, number):
            return _any_of([_weighted(q, 10 - at) for at, k in enumerate(keys) for q in _key(k, number)])
        case Number(number, typed):
            return _any_of([_weighted(_term("number", number), 50), _words(typed)])
        case Dated(edtf, typed, sure):
            return _date(edtf) if sure else _any_of([*_year_or_month(edtf), _words(typed)])


def _words(form: str, fields: str = FIELDS) -> Json:
    """A word, or a phrase of several, in any of the fields."""
    if form.isdecimal():
        number = _term("number", form.lstrip("0") or form)
        return _any_of([_edismax(form, fields), _weighted(number, 4)])
    return _edismax(f'"{form}"' if " " in form else form, fields)


def _key(key: str, number: bool) -> list[Json]:
    name, value = ("notation_key", key) if number else ("notation", key.lstrip("|"))
    return [_weighted(_term(name, value), 5), {"prefix": {"f": name, "query": value}}]


def _date(edtf: str) -> Json:
    return {"field": {"f": "issued_range", "op": "Within", "query": edtf}}


def _year_or_month(edtf: str) -> list[Json]:
    return [_date(edtf), {"field": {"f": "file_range", "op": "Within", "query": edtf}}]


def _noisy(clause: Clause) -> list[Json]:
    """What else may stand for a clause in the loose way: a letter off, a notation or a date within the text."""
    if not isinstance(clause, Words):
        return [_words(clause.typed)]
    if clause.field:
        return []
    letters = fold(clause.forms[0])
    if len(letters) < FUZZY_FROM or not (letters.isascii() and letters.isalpha()):
        return []
    return [{"lucene": {"query": f"title:{letters}~1 context:{letters}~1 page_text:{letters}~1"}}]


def _boosts(clauses: Sequence[Clause]) -> list[Json]:
    """What only helps to rank: words that are neighbours in the record as in the query (syllables make words
    that way), and a number or date as it was typed, which also finds the page to show."""
    words = [c.forms[0] if isinstance(c, Words) else "" for c in clauses]
    pairs = [f"{a.rsplit(' ', 1)[-1]} {b.partition(' ')[0]}" for a, b in pairwise(words) if a and b]
    cited = [_edismax(f'"{c.typed}"', "page_text") for c in clauses if not isinstance(c, Words)]
    whole = " ".join(f'"{w}"' if " " in w else w for w in words if w)
    titled = [_weighted(_edismax(whole, "title"), 5)] if whole else []
    together = (
        [_weighted(_edismax(f'"{" ".join(words)}"', "title"), 10)] if len(words) > 1 and all(words) else []
    )
    beside = [_weighted(_edismax(pair, "pairs"), 2) for pair in dict.fromkeys(pairs)]
    return [*cited, *titled, *together, *beside]


def _edismax(words: str, fields: str) -> Json:
    return {
        "edismax": {"query": words, "qf": fields, "tie": _TIE, "mm": "100%", "lowercaseOperators": "false"}
    }


def _term(name: str, value: str) -> Json:
    return {"term": {"f": name, "query": value}}


def _weighted(query: Json, weight: float) -> Json:
    return {"boost": {"query": query, "b": weight}}


def _any_of(queries: Iterable[Json]) -> Json:
    several = list(queries)
    return several[0] if len(several) == 1 else {"bool": {"should": several}}


def _all_of(must: list[Json], should: list[Json]) -> Json:
    return {"bool": {"must": must, "should": should}}
