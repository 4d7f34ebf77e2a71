"""The term of a hồ sơ in one sentence, in Vietnamese and English: which rule, since when, until when, and why."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from preservation.retention.proposing import fitting
from preservation.retention.schedules import in_force
from preservation.retention.terms import AFTER_EVENT, ASSET, OPEN, PERMANENT, SUPERSEDED, YEARS, Term
from preservation.retention.told import DOCUMENT_TERM, LATER_DOCUMENT, NO_EVENT, NO_TERM, NO_YEAR, Told
from repository.decisions import HANOI
from repository.retention_rows import RuleRow

_TERMS: Final[Mapping[str, tuple[str, str]]] = {
    PERMANENT: ("vĩnh viễn", "permanently"),
    YEARS: ("{years} năm", "for {years} years"),
    AFTER_EVENT: ("{years} năm kể từ khi sự kiện kết thúc", "for {years} years after the event"),
    SUPERSEDED: ("đến khi văn bản hết hiệu lực", "until superseded"),
    ASSET: ("theo tuổi thọ công trình", "for the life of the asset"),
    OPEN: ("chưa rõ thời hạn", "for a term that is not settled"),
}
_SOURCES: Final[Mapping[str, tuple[str, str]]] = {
    "rule": (
        "theo quy tắc {rule} “{title}” ({basis}{days}), {by} quyết định ngày {on}: {reason}",
        "by the rule {rule} “{title}” ({basis}{days}), decided by {by} on {on}: {reason}",
    ),
    "analogy": (
        "theo quyết định của {by} ngày {on}: {reason}",
        "as decided by {by} on {on}: {reason}",
    ),
    "delivery": (
        "theo thời hạn ghi trong bảng kê giao nộp, nhận ngày {on}{fits}",
        "as the delivery's list says, taken in on {on}{fits}",
    ),
    "document": (
        "vì văn bản có thời hạn dài nhất trong hồ sơ là như vậy (Luật 33/2024/QH15, Điều 15 khoản 4)",
        "because that is the longest term among its documents (Law 33/2024/QH15, article 15.4)",
    ),
}
_ENDS: Final[Mapping[str, tuple[str, str]]] = {
    PERMANENT: ("không bao giờ hết hạn", "it never runs out"),
    "last": (
        "công việc kết thúc năm {year}, tính từ 01/01/{next}, hết hạn ngày {last}{due}",
        "the work ended in {year}, it counts from 01/01/{next} and its last day is {last}{due}",
    ),
    "event": (
        "sự kiện “{what}” ngày {date}, hết hạn ngày {last}{due}",
        "after the event “{what}” on {date} its last day is {last}{due}",
    ),
    NO_TERM: (
        "chưa tính ngày hết hạn vì thời hạn chưa được ấn định; cần người có thẩm quyền quyết định",
        "no last day is told, because no term was settled; a person must decide",
    ),
    NO_YEAR: (
        "chưa tính ngày hết hạn vì không rõ năm kết thúc công việc",
        "no last day is told, because the year in which the work ended is not known",
    ),
    LATER_DOCUMENT: (
        "chưa tính ngày hết hạn vì có văn bản sau năm kết thúc ghi trong hồ sơ ({year}); cần xác định lại năm kết thúc",
        "no last day is told, because a document is later than the closing year of the file ({year}); that year must be settled",
    ),
    NO_EVENT: (
        "chưa tính ngày hết hạn vì chưa ghi nhận sự kiện để tính",
        "no last day is told, because the event that it counts from is not recorded",
    ),
    DOCUMENT_TERM: (
        "chưa tính ngày hết hạn vì thời hạn của một văn bản trong hồ sơ không rõ",
        "no last day is told, because the term of one of its documents is not understood",
    ),
}


def term_words(term: Term, lang: str) -> str:
    """A term in words."""
    return _TERMS[term.kind][lang != "vi"].format(years=term.years)


def why_abstained(told: Told, lang: str) -> str:
    """Why no last day can be told."""
    return _ENDS[told.abstains or NO_TERM][lang != "vi"].format(year=told.closed_year)


def explain(told: Told, rules: Iterable[RuleRow], on: dt.date, lang: str) -> str:
    """One sentence; `rules` may explain a term that a delivery brought, also rules of schedules that are superseded."""
    vi = lang == "vi"
    opening = "Hồ sơ {key} được bảo quản {term} " if vi else "The file {key} is kept {term} "
    words = term_words(told.term, lang)
    return f"{opening.format(key=told.record.key, term=words)}{_source(told, rules, on, lang)}; {_end(told, on, lang)}."


def _source(told: Told, rules: Iterable[RuleRow], on: dt.date, lang: str) -> str:
    record, kind = told.record, told.source
    if kind == "decision":
        kind = "rule" if record.code else "analogy"
    values: dict[str, Any] = {"on": _day(record.stored_at.astimezone(HANOI).date())}
    if kind == "delivery":
        values["fits"] = _fits(told, rules, on, lang)
    elif record.decided_at is not None:
        values |= {
            "rule": record.code, "title": record.rule_title, "basis": record.legal_basis, "by": record.decided_by,
            "on": _day(record.decided_at.astimezone(HANOI).date()), "reason": record.reason,
            "days": _days(record.rule_from, record.rule_to, lang),
        }  # fmt: skip
    return _SOURCES[kind][lang != "vi"].format(**values)


def _fits(told: Told, rules: Iterable[RuleRow], on: dt.date, lang: str) -> str:
    """The rule that a delivered term agrees with, which explains it; nothing where none does."""
    best = next((p.rule for p in fitting(told.record, rules) if p.term == told.term), None)
    if best is None:
        return ""
    state = _days(best.valid_from, best.valid_to, lang)
    if not in_force(best, on):
        gone = (
            " (nay không còn hiệu lực, thời hạn đã ấn định vẫn giữ)",
            " (no longer in force; the fixed term stays)",
        )
        state += gone[lang != "vi"]
    lead = ", phù hợp với quy tắc" if lang == "vi" else ", which agrees with the rule"
    return f"{lead} {best.code} “{best.title}” ({best.legal_basis}{state})"


def _days(since: dt.date | None, until: dt.date | None, lang: str) -> str:
    words = {"vi": (", từ {}", ", đến {}"), "en": (", since {}", ", until {}")}[lang]
    return "".join(w.format(_day(d)) for w, d in zip(words, (since, until), strict=True) if d)


def _end(told: Told, on: dt.date, lang: str) -> str:
    at = lang != "vi"
    if told.term.kind == PERMANENT:
        return _ENDS[PERMANENT][at]
    if told.last is None:
        return why_abstained(told, lang)
    due = told.state(on) == "due"
    due_words = (" (đã hết hạn)" if lang == "vi" else " (it has run out)") if due else ""
    key = "last" if told.term.kind == YEARS else "event"
    event = told.record.event_date
    return _ENDS[key][at].format(
        year=told.closed_year, next=(told.closed_year or 0) + 1, last=_day(told.last), due=due_words,
        what=told.record.event_what, date=_day(event) if event else "—",
    )  # fmt: skip


def _day(date: dt.date) -> str:
    return date.strftime("%d/%m/%Y")
