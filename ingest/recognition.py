"""Text recognition on the way in: which pages are read by machine, and what is told of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from fixity.digest import digests
from ingest import looking, page_fields
from ingest.context import Context
from ingest.filecheck import pdfa_reason
from ingest.inspection import Inspection, ranges
from ingest.workspace import AccessCopy, Beside, CheckedFile, Workspace
from preservation import hocr
from preservation.ocr import Recognition
from preservation.ocr_policy import policy
from preservation.page_fields import fields_of
from repository.packages import DeliveredFileUnit, FileFacts
from standards import formats
from standards.findings import Finding, finding
from standards.secrecy import secrecy_suspicion
from standards.text_score import score_of

OCRMYPDF = metadata.version("ocrmypdf")
CLAIMED = "2u"
_TOLD_DIGESTS = 50


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an action on one file: the copy, if one was made that will do, and what was found. `sealed`: a page
    carries a secrecy mark, so that nothing of the whole hồ sơ may be kept."""

    copy: AccessCopy | None = None
    findings: tuple[Finding, ...] = ()
    sealed: bool = False


def wanted_pages(file: CheckedFile) -> tuple[list[int] | None, list[int]] | None:
    """The pages to be read (from 0; None: all of a picture's) and those of them whose own text goes; None where there
    is nothing to read."""
    facts = file.facts
    if file.role != "content":
        return None
    if facts.mime in policy().pictures:
        return None, []
    if facts.mime != formats.PDF_MIME or facts.pages is None:
        return None
    silent = [number for number, has_text in enumerate(facts.text_pages) if not has_text]
    redo = list(file.bad_pages)
    return (sorted({*silent, *redo}), redo) if silent or redo else None


def recognise(file: CheckedFile, unit: DeliveredFileUnit, workspace: Workspace, context: Context) -> Attempt:
    """Read the pages of a received file that have no text, or a bad one. A finding tells where it could not be done."""
    wanted = wanted_pages(file)
    if wanted is None:
        return Attempt()
    pages, redo = wanted
    recogniser = context.tools.recogniser
    if file.facts.encrypted:
        return Attempt(findings=(finding("OCR-REFUSED", path=file.shown, reason="mã hóa / encrypted"),))
    if pages is not None and len(pages) > recogniser.policy.most_pages:
        return Attempt(findings=(finding("OCR-REFUSED", path=file.shown, reason=f"{len(pages)} pages"),))
    out = workspace.access / f"{file.name.partition('.')[0]}-ocr"
    read = recogniser.recognise(
        workspace.files / file.name, file.facts.sha256, out, pages=pages, redo=redo, title=file.shown,
        languages=recogniser.policy.languages_of(_language(file, unit)),
    )  # fmt: skip
    if read.state == "sealed":
        return Attempt(sealed=True)
    findings = tuple(_findings(read, file.shown, pages, recogniser.policy.good))
    if read.state != "made":
        return Attempt(findings=findings)
    return _judged(file, read, redo, (*findings,), unit, context)


def _language(file: CheckedFile, unit: DeliveredFileUnit) -> str:
    """The codes of the languages of the documents that the file is of."""
    told = [d.fields.get("language", "") for d in unit.documents if d.file and d.file.path == file.path]
    return ";".join(filter(None, told)) or unit.fields.get("language", "")


def _findings(read: Recognition, shown: str, pages: list[int] | None, good: int) -> Iterator[Finding]:
    numbers = [page.page for page in read.pages] or [number + 1 for number in pages or ()]
    codes = {
        "refused": "OCR-REFUSED", "changed": "OCR-REFUSED", "no-answer": "OCR-NO-ANSWER", "missing": "OCR-MISSING",
    }  # fmt: skip
    if read.state in codes:
        yield finding(codes[read.state], path=shown, reason=read.reason or read.state)
    if read.state == "nothing":
        yield finding("OCR-NOTHING", path=shown, pages=ranges(numbers) or "1")
    if read.state != "made":
        return
    yield finding("OCR-MADE", path=shown, count=len(numbers), pages=ranges(numbers))
    unsure = [page for page in read.pages if page.text and page.confidence < good]
    if unsure:
        worst = round(min(page.confidence for page in unsure))
        told = ranges(page.page for page in unsure)
        yield finding("OCR-UNSURE", path=shown, page=unsure[0].page, pages=told, confidence=worst)
    turned = [page.page for page in read.pages if page.turned]
    if turned:
        yield finding("OCR-TURNED", path=shown, page=turned[0], pages=ranges(turned))


def _judged(
    file: CheckedFile, read: Recognition, redo: list[int], findings: tuple[Finding, ...], unit: DeliveredFileUnit,
    context: Context,
) -> Attempt:  # fmt: skip
    """The copy, where veraPDF passes it at the level that it must claim; what turns up only now seals or is suspected."""
    tools = context.tools
    waiting = tools.verapdf.submit(read.pdf)
    # What was turned to be read stands upright now: a mark on its picture can be seen only so.
    looked = tools.inspector.inspect(
        read.pdf, shown=file.shown, pictures=any(page.turned for page in read.pages)
    )
    verdict = waiting.result()
    if looking.is_sealed(looked):
        return Attempt(sealed=True)
    if verdict.outcome != "passed" or verdict.flavour != CLAIMED or looked.facts.pdfa_claim != CLAIMED:
        read.pdf.unlink(missing_ok=True)
        read.hocr.unlink(missing_ok=True)
        refused = finding("OCR-NOT-PDFA", path=file.shown, reason=pdfa_reason(verdict))
        return Attempt(findings=(refused, *findings[1:]))
    if redo and not _is_better(file, read):
        read.pdf.unlink(missing_ok=True)
        read.hocr.unlink(missing_ok=True)
        stays = finding("OCR-KEPT-TEXT", path=file.shown, pages=ranges(number + 1 for number in redo))
        return Attempt(findings=(stays,))
    fields, about_fields = _fields(file, read, unit)
    copy = replace(_copy(file, read, redo, looked), fields=fields)
    return Attempt(copy, (*findings, *_suspicions(file, looked, copy.texts), *about_fields))


def _fields(
    file: CheckedFile, read: Recognition, unit: DeliveredFileUnit
) -> tuple[Beside | None, tuple[Finding, ...]]:
    """The fields off the pages that were read, kept beside the copy, and how they stand to the sheet."""
    fields = fields_of(hocr.pages_of(read.hocr.read_bytes()))
    if not fields:
        return None, ()
    row = page_fields.row_of(unit, file.path)
    compared = page_fields.compare(fields, row) if row else []
    path = read.pdf.with_suffix(".fields.json")
    told = json.dumps(page_fields.record(fields, compared), ensure_ascii=False, sort_keys=True, indent=1)
    path.write_text(told + "\n", encoding="utf-8")
    findings = tuple(page_fields.findings(compared, row, file.shown)) if row else ()
    return Beside(path.name, _kept_facts(path, "application/json")), findings


def _is_better(file: CheckedFile, read: Recognition) -> bool:
    """Whether what was read of the pages that had a text is more of a text than that; pages without one gain anyway."""
    had = {number: score for number, score in enumerate(file.facts.text_scores, start=1) if score >= 0}
    redone = [page for page in read.pages if page.page in had]
    gained = sum(score_of(page.text).score - had[page.page] for page in redone)
    return gained > 0 or len(redone) < len(read.pages)


def _suspicions(file: CheckedFile, looked: Inspection, texts: tuple[str, ...]) -> Iterator[Finding]:
    known = {n for n, text in enumerate(file.texts, start=1) if secrecy_suspicion(text)}
    read = {n for n, text in enumerate(texts, start=1) if secrecy_suspicion(text)}
    seen = {look.number for look in looked.looks if look.marks}
    for page in sorted((read - known) | seen):
        yield finding("DLV-SECRECY-SUSPECT", path=file.shown, page=page)


def _copy(file: CheckedFile, read: Recognition, redo: list[int], looked: Inspection) -> AccessCopy:
    made = {page.page: page.text for page in read.pages}
    texts = tuple(made.get(number, text) for number, text in enumerate(looked.texts, start=1))
    scores = [score_of(text) for text in texts]
    facts = replace(
        looked.facts, text_pages=tuple(bool(text.strip()) for text in texts), pdfa_verdict="passed",
        text_scores=tuple(score.score for score in scores),
        text_faults=tuple(dict.fromkeys(fault for score in scores for fault in score.faults)),
    )  # fmt: skip
    kept = Beside(read.hocr.name, _kept_facts(read.hocr, "application/gzip"))
    return AccessCopy(file.path, read.pdf.name, facts, texts, hocr=kept, recognised=_told(file, read, redo))


def _told(file: CheckedFile, read: Recognition, redo: list[int]) -> dict[str, Any]:
    """What the event tells: how it was done, and the proof that no picture was touched."""
    detail: dict[str, Any] = {
        "file": file.shown, "way": read.way, "source_sha256": file.facts.sha256, "engine": read.engine,
        "images": len(read.images), "images_unchanged": True, "images_sha256": list(read.images[:_TOLD_DIGESTS]),
        "pages": [
            {"page": p.page, "confidence": p.confidence, "languages": "+".join(p.languages)}
            | ({"turned": p.turned} if p.turned else {}) | ({"median": True} if p.median else {})
            for p in read.pages
        ],
    }  # fmt: skip
    if read.reason:
        detail["not_lean"] = read.reason
    if redo:
        detail["text_replaced"] = [number + 1 for number in redo]
    if read.pictures:
        detail["pictures"] = list(read.pictures[:_TOLD_DIGESTS])
    return detail


def _kept_facts(path: Path, mime: str) -> FileFacts:
    size, found = digests(path)
    told = formats.identify(path)
    return FileFacts(
        size=size, sha256=found["sha256"], sha512=found["sha512"], puid=told.puid, mime=mime,
        format_name=told.name, format_version=told.version, signature_version=told.signature_version,
    )  # fmt: skip
