"""What the inspector's child told of a file, as facts, page texts and findings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ingest.born_digital import of_answer
from preservation.ocr_policy import policy
from preservation.page_look import PageLook
from repository.packages import FileFacts
from standards.findings import Finding, finding
from standards.text_score import ENCODING, LEGACY, MARKS_LOST, NFD, WORDS, TextScore, score_of

LOWEST_DPI = 200
LOWEST_DPI_OF_MAPS = 300
_HUGE_IMAGE = 400_000_000
_STATES = {
    "not-a-pdf": "PDF-NOT-A-PDF", "encrypted": "PDF-ENCRYPTED", "truncated": "PDF-TRUNCATED", "damaged": "PDF-DAMAGED",
}  # fmt: skip
_FAULTS = {
    LEGACY: "bảng mã cũ / legacy encoding", MARKS_LOST: "mất dấu / marks lost", NFD: "dấu tách rời / NFD",
    ENCODING: "sai bảng chữ / wrong ToUnicode", WORDS: "không phải từ / no words",
}  # fmt: skip
_TRAITS = {
    "signed": "PDF-SIGNED", "javascript": "PDF-JAVASCRIPT", "actions": "PDF-ACTIONS",
    "embedded": "PDF-EMBEDDED-FILES", "external": "PDF-EXTERNAL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inspection:
    """A looked-at file. `texts` has one text a page of a PDF (empty where a page has none), a part of an office file.

    `screened` are other readings of a text and the like, which are searched for secrecy marks and not kept. `office` is the kind
    of an office file ("docx") of which an access copy can be tried. `looks` has what was seen of each page of a PDF or a
    picture. `bad_pages` are the scanned pages (from 0) whose own text scores badly, `scans` the pages (from 1) that
    are scanned.
    """

    facts: FileFacts
    texts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    screened: tuple[str, ...] = ()
    office: str = ""
    looks: tuple[PageLook, ...] = ()
    bad_pages: tuple[int, ...] = ()
    scans: frozenset[int] = frozenset()


def uninspected(digested: tuple[int, str, str], code: str, shown: str, *, reason: str) -> Inspection:
    """The inspection of a file that gave no answer: its size and digests alone, and why."""
    size, sha256, sha512 = digested
    return Inspection(FileFacts(size, sha256, sha512), findings=(finding(code, path=shown, reason=reason),))


def inspection_of(answer: Mapping[str, Any], shown: str, lowest_dpi: int) -> Inspection:
    """Facts, texts and findings of an answer of the child."""
    if "pdf" not in answer:
        return _of_born_digital(answer, shown)
    pdf = answer["pdf"]
    texts = tuple(page["text"] for page in pdf["read"])
    scores = [score_of(text) for text in texts]
    told = tuple(dict.fromkeys(fault for score in scores for fault in score.faults))
    facts = replace(_facts(answer, pdf), text_scores=tuple(s.score for s in scores), text_faults=told)
    # Only of a scan can the text be read anew; words that were typed stay what they are.
    bad = tuple(
        number
        for number, (page, score) in enumerate(zip(pdf["read"], scores, strict=True))
        if page["dpi"] is not None and 0 <= score.score < policy().redo_below
    )
    findings = (*_findings(pdf, shown, lowest_dpi), *_of_scores(scores, shown))
    scans = frozenset(number for number, page in enumerate(pdf["read"], start=1) if page["dpi"] is not None)
    return Inspection(facts, texts, findings, bad_pages=bad, scans=scans)


def _of_scores(scores: list[TextScore], shown: str) -> Iterator[Finding]:
    """One finding for all pages whose text is not what a page says."""
    faulty = [(number, score) for number, score in enumerate(scores, start=1) if score.faults]
    if faulty:
        names = dict.fromkeys(fault for _number, score in faulty for fault in score.faults)
        words = [_FAULTS[name] for name in names]
        worst = min(score.score for _number, score in faulty)
        yield finding(
            "PDF-TEXT-POOR", path=shown, page=faulty[0][0], pages=ranges(n for n, _score in faulty),
            score=max(worst, 0), faults=", ".join(words),
        )  # fmt: skip


def _of_born_digital(answer: Mapping[str, Any], shown: str) -> Inspection:
    told = of_answer(answer, shown)
    has_text = tuple(bool(text.strip()) for text in told.texts)
    facts = replace(_facts(answer, {}), text_pages=has_text, encrypted=told.encrypted, signed=told.signed)
    scans = frozenset(range(1, pages_to_look_at(answer) + 1))
    return Inspection(facts, told.texts, told.findings, told.screened, told.office, scans=scans)


def pages_to_look_at(answer: Mapping[str, Any]) -> int:
    """How many pages of a PDF, frames of a picture, are to be looked at; of a damaged picture the first at least, so that
    what cannot be seen is told."""
    if "picture" in answer:
        return max(1, int(answer["picture"]["frames"]))
    pdf = answer.get("pdf") or {"state": ""}
    return int(pdf["pages"] or 0) if pdf["state"] == "readable" else 0


def low_dpi(pages: Iterable[tuple[int, int | None]], shown: str, lowest: int) -> Iterator[Finding]:
    """A finding where scanned pages, as (number, dpi), are coarser than `lowest`."""
    low = [(number, dpi) for number, dpi in pages if dpi is not None and dpi < lowest]
    if low:
        worst = min(dpi for _number, dpi in low)
        yield finding("PDF-LOW-DPI", path=shown, pages=ranges(n for n, _dpi in low), dpi=worst, lowest=lowest)


def _facts(answer: Mapping[str, Any], pdf: Mapping[str, Any]) -> FileFacts:
    told, read = answer["format"], pdf.get("read", [])
    traits = pdf.get("traits", [])
    return FileFacts(
        size=answer["size"], sha256=answer["sha256"], sha512=answer["sha512"],
        puid=told["puid"], mime=told["mime"], format_name=told["name"], format_version=told["version"],
        signature_version=told["signature_version"],
        pages=pdf.get("pages"), dpi=min((p["dpi"] for p in read if p["dpi"] is not None), default=None),
        text_pages=tuple(bool(p["text"].strip()) for p in read), pdfa_claim=pdf.get("claim"),
        encrypted=pdf.get("owner_password", False) or pdf.get("state") == "encrypted",
        signed="signed" in traits, javascript="javascript" in traits,
        creating_application=pdf.get("creating_application", ""), created=pdf.get("created"),
    )  # fmt: skip


def _findings(pdf: Mapping[str, Any], shown: str, lowest_dpi: int) -> Iterator[Finding]:
    if pdf["state"] != "readable":
        yield finding(_STATES[pdf["state"]], path=shown, reason=pdf["reason"])
        return
    yield from _of_structure(pdf, shown)
    if "too_much" in pdf or not pdf["complete"]:
        yield finding("PDF-TOO-BIG", path=shown, what=pdf.get("too_much", "objects"))
        return
    if len(pdf["read"]) != pdf["pages"] or not pdf["read"]:
        yield finding("PDF-DAMAGED", path=shown, reason=f"{pdf['pages']} / {len(pdf['read'])} pages")
    yield from _of_pages(pdf["read"], shown, lowest_dpi)


def _of_structure(pdf: Mapping[str, Any], shown: str) -> Iterator[Finding]:
    if pdf["owner_password"]:
        yield finding("PDF-OWNER-PASSWORD", path=shown)
    if pdf["repaired"]:
        yield finding("PDF-REPAIRED", path=shown, reason=pdf["reason"])
    for trait in pdf["traits"]:
        yield finding(_TRAITS[trait], path=shown)


def _of_pages(read: list[Mapping[str, Any]], shown: str, lowest_dpi: int) -> Iterator[Finding]:
    pages = list(enumerate(read, start=1))
    unreadable = [n for n, p in pages if not p["readable"]]
    silent = [n for n, p in pages if p["readable"] and not p["text"].strip()]
    huge = [n for n, p in pages if p["image_pixels"] > _HUGE_IMAGE]
    for code, numbers in (
        ("PDF-PAGES-UNREADABLE", unreadable),
        ("PDF-NO-TEXT", silent),
        ("PDF-HUGE-IMAGE", huge),
    ):
        if numbers:
            yield finding(code, path=shown, page=numbers[0], pages=ranges(numbers))
    yield from low_dpi(((n, p["dpi"]) for n, p in pages), shown, lowest_dpi)


def ranges(numbers: Iterable[int]) -> str:
    """Page numbers for people: `1-3, 7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
