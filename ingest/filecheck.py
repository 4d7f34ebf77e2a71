"""Judging one file: what the inspector, veraPDF and the virus scanner told, as findings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from ingest.inspection import LOWEST_DPI
from ingest.inspector import Inspector
from repository.packages import FileFacts
from standards.clamav import VirusVerdict
from standards.findings import Finding, Level, catalogue, finding
from standards.formats import PDF_MIME, listed_suffixes
from standards.pdfa import PdfaVerdict
from standards.verapdf import VeraPdf

_CLAUSES_NAMED = 8
_EXTENSIONS = {"application/zip": {".zip"}, PDF_MIME: {".pdf"}}


@dataclass(frozen=True, slots=True)
class FileReport:
    """A judged file: its facts with veraPDF's verdict, the text of each page, and what was found."""

    facts: FileFacts
    texts: tuple[str, ...]
    findings: tuple[Finding, ...]


def check_file(
    path: Path,
    *,
    shown: str,
    inspector: Inspector,
    verapdf: VeraPdf,
    as_master: bool,
    lowest_dpi: int = LOWEST_DPI,
) -> FileReport:
    """Inspect and judge one file. veraPDF works while the inspector does.

    `shown` is the file's path in findings. As a master it must claim a PDF/A level and be what it claims, and no
    answer from veraPDF is a refusal; in a delivery these are warnings, since a record with no second original is kept.
    """
    asked = verapdf.submit(path) if as_master else None
    looked = inspector.inspect(path, shown=shown, lowest_dpi=lowest_dpi, pictures=False)
    facts = looked.facts
    verdict = (asked or verapdf.submit(path)).result() if facts.pdfa_claim else None
    judged = pdfa_findings(facts, verdict, shown=shown)
    if as_master and facts.pages is None and not looked.findings:
        judged = (*judged, finding("PDF-NOT-A-PDF", path=shown))
    findings = (*looked.findings, *format_findings(facts, shown=shown), *judged)
    return FileReport(
        facts=replace(facts, pdfa_verdict=verdict.outcome if verdict else None),
        texts=looked.texts,
        findings=for_master(findings) if as_master else findings,
    )


def for_master(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings at the levels that hold for an archival master (`master` in the texts)."""
    return tuple(replace(f, level=Level(catalogue()[f.code].get("master", f.level))) for f in findings)


def pdfa_findings(facts: FileFacts, verdict: PdfaVerdict | None, *, shown: str) -> tuple[Finding, ...]:
    """How a PDF's claim to be PDF/A stands; nothing for what is not a PDF or could not be opened."""
    if facts.pages is None:
        return ()
    if facts.pdfa_claim is None:
        return (finding("PDFA-NO-CLAIM", path=shown),)
    if verdict is None or verdict.outcome == "unknown":
        reason = verdict.reason if verdict else "not asked"
        return (finding("PDFA-NO-ANSWER", path=shown, claim=facts.pdfa_claim, reason=reason),)
    if verdict.outcome == "passed" and verdict.flavour == facts.pdfa_claim:
        return ()
    return (finding("PDFA-FALSE-CLAIM", path=shown, claim=facts.pdfa_claim, clauses=pdfa_reason(verdict)),)


def pdfa_reason(verdict: PdfaVerdict) -> str:
    """Why a verdict is not the one wanted: the broken clauses, or why there was no answer, or the level judged by."""
    return _clauses(verdict) or verdict.reason or f"PDF/A-{verdict.flavour}"


def format_findings(facts: FileFacts, *, shown: str) -> tuple[Finding, ...]:
    """Formats that PRONOM does not know, and extensions that belong to another format."""
    if facts.puid is None:
        return (finding("FORMAT-UNKNOWN", path=shown),)
    extension = PurePath(shown).suffix.lower()
    fitting = _EXTENSIONS.get(facts.mime) or listed_suffixes(facts.mime) or {extension}
    if extension and extension not in fitting:
        told = " ".join(part for part in (facts.format_name, facts.format_version) if part)
        return (finding("FORMAT-EXTENSION", path=shown, extension=extension, format=told or facts.mime),)
    return ()


def virus_findings(verdicts: Iterable[tuple[str, VirusVerdict]]) -> tuple[Finding, ...]:
    """A finding for each infected file, and one for each reason why files of the package were not scanned."""
    return tuple(_virus_findings(list(verdicts)))


def _virus_findings(verdicts: list[tuple[str, VirusVerdict]]) -> Iterator[Finding]:
    unscanned: dict[str, list[str]] = {}
    for shown, verdict in verdicts:
        if verdict.outcome == "infected":
            yield finding("VIRUS-FOUND", path=shown, signature=verdict.signature)
        elif verdict.outcome == "not-scanned":
            unscanned.setdefault(verdict.reason, []).append(shown)
    for reason, paths in unscanned.items():
        path = paths[0] if len(paths) == 1 else None
        yield finding("VIRUS-NOT-SCANNED", path=path, count=len(paths), reason=reason)


def _clauses(verdict: PdfaVerdict) -> str:
    """The broken clauses, each once, as `6.1.3, 6.2.11.4.1`."""
    named = list(dict.fromkeys(clause for clause, _test, _text in verdict.failed_rules))
    more = " ..." if len(named) > _CLAUSES_NAMED else ""
    return ", ".join(named[:_CLAUSES_NAMED]) + more
