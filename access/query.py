"""Reading what a person typed into the one search box: words, "phrases", numbers and notations, dates.

Nothing of Solr is known here. What comes out holds only letters, digits and blanks of the typed text, so
that no typed sign can mean anything to the engine. The rules with examples: docs/search.md.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from access.vocabulary import same_at, vocabulary
from standards.dates import from_text
from standards.errors import UsageError
from standards.notation import notation_key
from standards.personal import mask_identifiers
from standards.vietnamese import fold

MAX_CHARACTERS: Final = 1000
MAX_CLAUSES: Final = 64


class QueryTooLong(UsageError):
    """More was typed than a search can take."""

    code = "query-too-long"
    vi = f"Câu tìm quá dài (tối đa {MAX_CHARACTERS} ký tự, {MAX_CLAUSES} từ). Hãy chọn vài từ đặc trưng."
    en = f"The query is too long (at most {MAX_CHARACTERS} characters, {MAX_CLAUSES} words). Use fewer words."


@dataclass(frozen=True, slots=True)
class Words:
    """Must be found: one of `forms`, each a word or phrase; the typed one first, lower case, with its
    accents. `field` is where alone it is looked for ("title", "text", "organ", "fonds", "signer"); "" is everywhere."""

    forms: tuple[str, ...]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Notation:
    """A number with its notation, or a notation alone (`number` False): one of `keys`, the likeliest first.

    `typed` is what to look for in the text where no record carries the key.
    """

    keys: tuple[str, ...]
    typed: str
    number: bool = True


@dataclass(frozen=True, slots=True)
class Number:
    """`số 155` with no notation: the number of a document, or just words (thửa đất số 45)."""

    number: str
    typed: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as EDTF level 0. `sure` where written as a date; a lone year may as well be part of a title."""

    edtf: str
    typed: str
    sure: bool


Clause = Words | Notation | Number | Dated


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, read. `personal`: it holds a personal identifier, which no record can be found by."""

    clauses: tuple[Clause, ...]
    personal: bool = False


def read_query(typed: str) -> Query:
    """The query in a text of any content. Raises QueryTooLong."""
    if len(typed) > MAX_CHARACTERS:
        raise QueryTooLong(reason="")
    text = cleaned(typed)
    if mask_identifiers(text) != text:
        return Query((), personal=True)
    clauses = tuple(clause for part in _parts(text) for clause in part)
    if len(clauses) > MAX_CLAUSES:
        raise QueryTooLong(reason="")
    return Query(clauses)


_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_QUOTED: Final = re.compile(r"[\"“”„«»＂]([^\"“”„«»＂]*)[\"“”„«»＂]")
_WORD: Final = re.compile(r"[^\W_]+")


# Not parts of words to the index, though Python counts some of them as such: controls, blanks, ¼, ², Ⅳ, ʰ
_NO_PART: Final = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs", "No", "Nl", "Lm")


def cleaned(text: str) -> str:
    """NFC, one blank for each run of blanks, controls and strays, one kind of dash and slash."""
    composed = unicodedata.normalize("NFC", text)
    letters = (c for c in composed if not unicodedata.combining(c))
    plain = "".join(" " if unicodedata.category(c) in _NO_PART else c for c in letters)
    return " ".join(_DASHES.sub("-", plain).replace("\\", "/").replace("⁄", "/").split())


_FIELD: Final = re.compile(r"(?<!\w)(?P<name>[^\W\d_]+(?: [^\W\d_]+)?)\s*:\s*$")


def _parts(text: str) -> Iterator[Iterator[Clause]]:
    """The quoted phrases and what stands between; a phrase behind the name of a field is looked for there alone."""
    end = 0
    for quoted in _QUOTED.finditer(text):
        before, field = _field_before(text[end : quoted.start()])
        yield _fielded(before)
        yield _phrase(quoted[1], field)
        end = quoted.end()
    yield _fielded(text[end:])


def _field_before(text: str) -> tuple[str, str]:
    """A text without the name of a field at its end, and that field."""
    found = _FIELD.search(text)
    names = vocabulary().fields
    if found:
        for name in (found["name"], found["name"].rpartition(" ")[2]):
            if field := names.get(fold(name)):
                return text[: found.end("name") - len(name)], field
    return text, ""


def _fielded(text: str) -> Iterator[Clause]:
    """An unquoted text: the word behind `tiêu đề:` is looked for in titles alone."""
    at = 0
    for found in re.finditer(r":\s*(?P<word>[^\s:\"]+)", text):
        before, field = _field_before(text[at : found.start() + 1])
        if field:
            yield from _spotted(before, _SPOTTERS)
            yield from _phrase(found["word"], field)
            at = found.end()
    yield from _spotted(text[at:], _SPOTTERS)


def _phrase(text: str, field: str = "") -> Iterator[Clause]:
    if words := words_of(text):
        yield Words((words,), field)


def words_of(text: str) -> str:
    """The words of a text as the index parts them: runs of letters and digits, lower case, blanks between."""
    return " ".join(_WORD.findall(text.lower()))


# ---- dates

_DOTS: Final = r"[\s.…_]*"
_FULL_DATE: Final = re.compile(
    rf"(?<![\w/.-])(?:(?:ng[aà]y{_DOTS})?\d{{1,2}}\s*(?:[/.-]|th[aá]ng)\s*\d{{1,2}}\s*(?:[/.-]|n[aă]m)\s*\d{{4}}"
    r"|\d{4}-\d{1,2}-\d{1,2})(?![\w/-])",
    re.I,
)
_MONTH: Final = re.compile(
    rf"(?<!\w)(?:ng[aà]y{_DOTS})?th[aá]ng\s*\d{{1,2}}\s*(?:[/.-]|n[aă]m)?\s*\d{{4}}(?![\w/-])", re.I
)
_YEAR: Final = re.compile(
    rf"(?<!\w)(?:(?:ng[aà]y{_DOTS})?th[aá]ng{_DOTS})?n[aă]m\s*\d{{4}}(?![\w/-])|(?<![\w/.-])(?:19|20)\d\d(?![\w/-])",
    re.I,
)
_MONTH_ALONE: Final = re.compile(r"(?<![\w/.-])\d{1,2}/(?:19|20)\d\d(?![\w/-])")


def _date(found: re.Match[str], sure: bool) -> Clause | None:
    digits = re.findall(r"\d+", found[0])
    iso = len(digits[0]) == 4 and len(digits) > 1
    edtf = from_text("/".join(reversed(digits) if iso else digits)).edtf
    return Dated(edtf, words_of(found[0]), sure) if edtf else None


def _sure_date(found: re.Match[str]) -> Clause | None:
    return _date(found, sure=True)


def _maybe_date(found: re.Match[str]) -> Clause | None:
    return _date(found, sure=False)


# ---- numbers and notations

_L: Final = "A-Za-zĐđ"
_SO: Final = r"(?<![\w/])(?:s[oố]\s*[:.]?\s*)?"
_PARTY: Final = re.compile(
    rf"{_SO}(?P<n>\d{{1,6}})\s*-\s*(?P<s>[{_L}]{{1,10}}\s*/\s*[{_L}\d]{{1,15}}(?:-[{_L}\d]+)*)(?!\w)", re.I
)
_SLASHED: Final = re.compile(
    rf"{_SO}(?P<n>\d{{1,6}}(?:\s*/\s*\d{{4}})?)\s*/\s*(?P<s>[{_L}][{_L}\d]{{0,11}}(?:\s*-\s*[{_L}\d]{{1,15}})*)(?!\w)"
    rf"(?:\s+(?P<o>[{_L}]{{2,15}})(?!\w))?",
    re.I,
)
_SPACED: Final = re.compile(
    rf"{_SO}(?P<n>\d{{1,6}})\s+(?P<s>[{_L}]{{1,10}})(?:\s*[-/]\s*|\s+)(?P<o>[{_L}]{{2,15}}(?:-[{_L}\d]{{1,15}})*)(?!\w)",
    re.I,
)
_REVERSED: Final = re.compile(
    rf"(?<![\w/-])(?P<s>[{_L}]{{1,10}}[-/][{_L}\d]{{1,15}}(?:-[{_L}\d]{{1,15}})*)\s+(?:s[oố]\s*[:.]?\s*)?"
    r"(?P<n>\d{1,6}(?:/\d{4})?)(?![\w/-])",
    re.I,
)
_ALONE: Final = re.compile(
    rf"(?<![\w/-])(?P<s>[{_L}]{{1,10}}-[{_L}\d]{{1,15}}(?:[-/][{_L}\d]{{1,15}})*)(?![\w/-])", re.I
)
_NUMBER: Final = re.compile(r"(?<!\w)s[oố]\s*[:.]?\s*(?P<n>\d{1,6}(?:/\d{4})?)(?![\w/.,-])", re.I)


def _is_type(sign: str) -> bool:
    return fold(re.split(r"[-/\s]", sign)[0]) in vocabulary().types


def _keys(number: str, sign: str) -> tuple[str, ...]:
    """The key, then the keys under old and new names of the issuer: QĐ-UB beside QĐ-UBND."""
    head, dash, organ = sign.rpartition("-")
    pairs = [pair for old, new in vocabulary().renamed for pair in ((old, new), (new, old))]
    others = [f"{head}{dash}{then}" for now, then in pairs if fold(organ) == now and dash]
    return tuple(notation_key(number.replace(" ", ""), s) for s in (sign, *others))


def _numbered(found: re.Match[str]) -> Clause | None:
    sign = found["s"]
    return (
        Notation(_keys(found["n"], sign), words_of(found[0])) if _is_type(sign) or "/" in found[0] else None
    )


def _slashed(found: re.Match[str]) -> Clause | None:
    # `155/KH UBND`: the word behind belongs to the notation where it is a known issuer
    organ = found["o"] or ""
    joined = "-" not in found["s"] and fold(organ) in vocabulary().organs
    sign = f"{found['s']}-{organ}" if joined else found["s"]
    return Notation(_keys(found["n"], sign), words_of(f"{found['n']} {sign}"))


def _spaced(found: re.Match[str]) -> Clause | None:
    known = _is_type(found["s"]) and ("-" in found[0] or fold(found["o"]) in vocabulary().organs)
    return Notation(_keys(found["n"], f"{found['s']}-{found['o']}"), words_of(found[0])) if known else None


def _alone(found: re.Match[str]) -> Clause | None:
    return Notation(_keys("", found["s"]), words_of(found[0]), number=False) if _is_type(found["s"]) else None


def _number(found: re.Match[str]) -> Clause | None:
    return Number(notation_key(found["n"], "").rstrip("|"), words_of(found[0]))


_SPOTTERS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Clause | None]], ...]] = (
    (_FULL_DATE, _sure_date),
    (_MONTH, _sure_date),
    (_PARTY, _numbered),
    (_SLASHED, _slashed),
    (_SPACED, _spaced),
    (_REVERSED, _numbered),
    (_NUMBER, _number),
    (_YEAR, _maybe_date),
    (_MONTH_ALONE, _maybe_date),
    (_ALONE, _alone),
)


def _spotted(
    text: str, spotters: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Clause | None]], ...]
) -> Iterator[Clause]:
    """The clauses of an unquoted text: the first spotter parts it, the others look between its finds."""
    if not spotters:
        yield from _plain(text)
        return
    (pattern, read), *others = spotters
    end = 0
    for found in pattern.finditer(text):
        if clause := read(found):
            yield from _spotted(text[end : found.start()], tuple(others))
            yield clause
            end = found.end()
    yield from _spotted(text[end:], tuple(others))


def _plain(text: str) -> Iterator[Clause]:
    dotted = vocabulary().dotted
    opened = re.sub(r"(?<!\w)(\w)\.", lambda m: f" {dotted.get(m[1].lower(), m[0])} ", text)
    words = tuple(words_of(opened).split())
    at = 0
    while at < len(words):
        count, forms = same_at(words, at)
        yield Words(forms)
        at += count
