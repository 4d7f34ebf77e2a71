"""Descriptions and events told in plain words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone

from access.portal.addresses import address_of
from access.portal.texts import Texts
from repository.rows import AipRow, DocumentRow, EventRow
from standards.codes import field_rules, word_of
from standards.dates import for_people

HANOI = timezone(timedelta(hours=7))
HIDDEN_FIELDS = {"docOrdinal", "x_agency", "x_secrecy", "title", "subject"}


def cited(record: AipRow, document: DocumentRow | None, site: str, texts: Texts) -> str:
    """How a record is cited: who, what, which hồ sơ and fonds, where it is kept, the permanent link."""
    fields = document.fields if document else record.fields
    who = (fields.get("organName") if document else "") or record.agency_name
    if document is None:
        dates = [for_people(record.fields.get(name, "")) for name in ("startDate", "endDate")]
        what, path = record.fields.get("title") or record.key, f"hoso/{address_of(record.id)}"
        when = " - ".join(dict.fromkeys(date for date in dates if date))
    else:
        kind = word_of("typeName", fields.get("typeName", ""), texts.lang) or ""
        title = title_of(document).removeprefix(kind).strip() if kind else title_of(document)
        what = " ".join(part for part in (kind, number_of(document), title) if part)
        when, path = date_of(document), f"vanban/{address_of(document.id)}"
    place = texts("cite.place", code=record.fields.get("fileCode", ""), fonds=record.fonds_name)
    parts = [who, what, when, place, texts("site.name"), f"{site}/{path}"]
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a sentence; `time` is RFC 3339 for the reader's machine, `good` whether all went well."""

    when: str
    time: str
    what: str
    by: str
    good: bool


def described(block: str, fields: Mapping[str, str], texts: Texts) -> Iterator[tuple[str, str]]:
    """Label and value of each field that is filled, in the circular's order; codes as words, dates as dd/mm/yyyy.

    `block` is "file" or "document". A word that the code lists did not know is shown as it was delivered.
    """
    for name, rule in field_rules(block).items():
        value = fields.get(f"x_raw_{name}") or fields.get(name, "")
        if not value or name in HIDDEN_FIELDS:
            continue
        if rule.kind == "code" and rule.list and f"x_raw_{name}" not in fields:
            value = word_of(rule.list, value, texts.lang)
        elif rule.kind == "date":
            value = for_people(value)
        label = rule.vi if texts.lang == "vi" else rule.en
        yield label[:1].upper() + label[1:], value


def number_of(document: DocumentRow) -> str:
    """Number and notation as they are cited (155/KH-UBND); empty where the document has none."""
    parts = (document.fields.get("codeNumber", ""), document.fields.get("codeNotation", ""))
    return "/".join(part.strip("/ ") for part in parts if part.strip("/ "))


def date_of(document: DocumentRow) -> str:
    """The date of issue as dd/mm/yyyy, mm/yyyy or yyyy; empty where unknown."""
    return for_people(document.fields.get("issuedDate", ""))


def title_of(document: DocumentRow) -> str:
    """The subject, else the number, else the name of its file."""
    return document.fields.get("subject") or number_of(document) or (document.original_name or document.file)


def hierarchy(record: AipRow, texts: Texts) -> list[tuple[str, str, bool]]:
    """Khối › phông › mục lục › hộp › hồ sơ, as (level, name, whether it is the fonds), without what is not known."""
    levels = [
        ("block", record.block or ""),
        ("fonds", record.fonds_name),
        ("inventory", record.fields.get("x_inventory", "")),
        ("box", record.fields.get("x_box", "")),
        ("file", record.fields.get("fileCode", "")),
    ]
    return [(texts(f"record.{level}"), name, level == "fonds") for level, name in levels if name]


def told(event: EventRow, texts: Texts) -> Told:
    """One event as people say it: when, what was done with which outcome, by which program."""
    time = event.time.astimezone(HANOI)
    when = texts("keeping.when", day=time.strftime("%d/%m/%Y"), time=time.strftime("%H:%M"))
    return Told(
        when=when,
        time=time.isoformat(timespec="seconds"),
        what=_what(event, texts),
        by=", ".join(_agent(agent, texts) for agent in event.agents),
        good=event.outcome == "success",
    )


def _what(event: EventRow, texts: Texts) -> str:
    by_finding = [f"events.{event.step}-{code}" for code in event.codes]
    if known := next(filter(texts.has, by_finding), None):
        return texts(known)
    exact, plain = f"events.{event.step}-{event.outcome}", f"events.{event.step}-success"
    if texts.has(exact):
        return texts(exact)
    said = texts(plain) if texts.has(plain) else texts("event_types.other", type=event.type)
    return said if event.outcome == "success" else f"{said}: {texts('keeping.outcome_' + event.outcome)}"


def _agent(agent: Mapping[str, str], texts: Texts) -> str:
    name = agent.get("id", "")
    if name.startswith("person:"):  # who it was is the archive's to know
        return texts("agents.person")
    known = texts(f"agents.{name}") if texts.has(f"agents.{name}") else name
    return f"{known} {agent.get('version') or ''}".strip()


def _of_text(document: DocumentRow, texts: Texts) -> Iterator[tuple[str, str]]:
    """How good the text layers are, delivered and made, and what was said of signatures."""
    facts = document.facts
    for label, of in (("text_score", facts), ("text_score_copy", document.reading_facts or {})):
        scores = [score for score in of.get("text_scores", ()) if score >= 0]
        if scores:
            faults = ", ".join(texts(f"keeping.text_{fault}") for fault in of.get("text_faults", ()))
            told = texts("keeping.text_score_of", score=min(scores), pages=len(scores))
            yield texts(f"keeping.{label}"), f"{told}: {faults}" if faults else told
    if facts.get("signature"):
        yield texts("keeping.signature"), texts(f"keeping.signature_{facts['signature']}")


def technical(document: DocumentRow, texts: Texts) -> Iterator[tuple[str, str]]:
    """Format, size, checksums and name of a document's file, as (label, value)."""
    facts = document.facts
    name = " ".join(str(facts.get(key) or "") for key in ("format_name", "format_version")).strip()
    yield texts("keeping.format"), name or document.mime or ""
    yield texts("keeping.puid"), document.puid or ""
    if facts.get("pdfa_claim"):
        verdict = facts.get("pdfa_verdict") or "unknown"
        yield texts("keeping.pdfa"), texts(f"keeping.pdfa_{verdict}", claim=facts["pdfa_claim"])
    if facts.get("dpi"):
        yield texts("keeping.dpi"), f"{facts['dpi']} dpi"
    yield from _of_text(document, texts)
    size = texts("keeping.size_exact", size=texts.size(document.size), bytes=texts.number(document.size))
    yield texts("keeping.size"), size
    yield "SHA-256", document.sha256
    yield "SHA-512", document.sha512
    yield texts("keeping.name"), (document.original_name or "").rpartition("/")[2]
