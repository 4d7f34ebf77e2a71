"""Access copies: a PDF/A of each office file, a two-layer PDF/A of each scan without text, beside the bytes that came,
where one can be made that veraPDF passes.

A copy is kept with its file, durable, as soon as it is made: a worker that is killed in a hồ sơ of a hundred scans goes on
after the last one that it had read.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import psycopg

from ingest import looking, quarantine, recognition
from ingest.context import Context
from ingest.filecheck import pdfa_reason
from ingest.inspection import Inspection
from ingest.recognition import OCRMYPDF, Attempt
from ingest.texts import reading_texts
from ingest.units import files_of
from ingest.workspace import AccessCopy, CheckedFile, Workspace, copy_from_record
from preservation import office
from repository import catalogue
from repository.faults import fault, register
from repository.rows import PackageRow
from repository.steps import Outcome
from standards.findings import Finding, Level, finding, finding_as_record, finding_from_json
from standards.formats import PDF_MIME
from standards.secrecy import secrecy_suspicion
from standards.verapdf import VERSION as VERAPDF

# Told in PREMIS: who compares a copy with a conversion of his own must know what was changed in it.
_UNDATED: Final = "dates and DocChecksum taken out of LibreOffice's PDF, its colour profile dated 1970-01-01, its ID made of its bytes"

POINTS = register("access-copies.made")


def make(package: PackageRow, context: Context) -> Outcome:
    """Try one for every file of content that asks for it. A mark of secrecy that only now can be read seals the hồ sơ."""
    workspace = context.workspace(package)
    checked = list(workspace.checked())
    todo = [c for c in checked if _is_office(c) or recognition.wanted_pages(c)]
    if not todo:
        return Outcome(idle=True)
    workspace.access.mkdir(mode=0o700, exist_ok=True)
    copies: list[AccessCopy] = []
    findings: list[Finding] = []
    for file in todo:
        attempt = _kept(workspace, file) or _attempt(file, workspace, context)
        if attempt.sealed:
            return _sealed(package, context, file)
        _keep(workspace, file, attempt)
        fault("access-copies.made")
        findings += attempt.findings
        copies += [attempt.copy] if attempt.copy else []
    workspace.write_copies(copies)
    counted = list(_counted(checked, copies))
    workspace.write_checked(counted)
    pages = sum(file.facts.pages or 0 for file in counted if file.role == "content")
    pages += sum(copy.facts.pages or 0 for copy in copies if copy.recognised is None)
    return _outcome(pages, todo, copies, findings)


def _counted(checked: list[CheckedFile], copies: list[AccessCopy]) -> Iterator[CheckedFile]:
    """The files with their pages, also pictures, whose pages nobody could tell before."""
    pages = {copy.source: copy.facts.pages for copy in copies if copy.recognised}
    for file in checked:
        counted = file.facts.pages or pages.get(file.path)
        yield replace(file, facts=replace(file.facts, pages=counted))


def _outcome(
    pages: int, todo: list[CheckedFile], copies: list[AccessCopy], findings: list[Finding]
) -> Outcome:
    recognised = [dict(copy.recognised) for copy in copies if copy.recognised]
    engines = {str(told["engine"]) for told in recognised}
    agents = [("verapdf", VERAPDF)]
    agents += [("libreoffice", office.version())] if any(map(_is_office, todo)) else []
    agents += (
        [("ocrmypdf", OCRMYPDF), *(("tesseract", engine) for engine in sorted(engines))] if engines else []
    )
    return Outcome(
        findings=tuple(findings),
        agents=tuple(agents),
        changes={"pages": pages},
        detail={
            "files": len(todo),
            "copies": len(copies),
            **({"undated": _UNDATED} if any(map(_is_office, todo)) else {}),
            **({"recognised": recognised} if recognised else {}),
        },
    )


def _is_office(file: CheckedFile) -> bool:
    return file.role == "content" and office.is_convertible(file.office)


def _attempt(file: CheckedFile, workspace: Workspace, context: Context) -> Attempt:
    if not _is_office(file):
        _root, unit = workspace.unit()
        return recognition.recognise(file, unit, workspace, context)
    looked = _of_office(file, workspace, context)
    if isinstance(looked, Finding):
        return Attempt(findings=(looked,))
    if looking.is_sealed(looked):
        return Attempt(sealed=True)
    texts = reading_texts(file.office, file.texts, looked.texts)
    return Attempt(AccessCopy(file.path, _name(file), looked.facts, texts), tuple(_suspicions(file, looked)))


def _record_name(file: CheckedFile) -> str:
    return f"access-{file.name.partition('.')[0]}.json"


def _keep(workspace: Workspace, file: CheckedFile, attempt: Attempt) -> None:
    record = {
        "sha512": file.facts.sha512,
        "copy": dataclasses.asdict(attempt.copy) if attempt.copy else None,
        "findings": [finding_as_record(f) for f in attempt.findings],
    }
    workspace.write(_record_name(file), record)


def _kept(workspace: Workspace, file: CheckedFile) -> Attempt | None:
    """What an earlier try, cut short, had made of the same bytes."""
    if not workspace.has(_record_name(file)):
        return None
    record = workspace.read(_record_name(file))
    if record["sha512"] != file.facts.sha512:
        return None
    copy = copy_from_record(record["copy"]) if record["copy"] else None
    return Attempt(copy, tuple(map(finding_from_json, record["findings"])))


def _name(file: CheckedFile) -> str:
    return f"{file.name.partition('.')[0]}.pdf"


def _of_office(file: CheckedFile, workspace: Workspace, context: Context) -> Inspection | Finding:
    """The copy of one file as the inspector sees it, or why there is none; one that will not do is not kept."""
    target, tools = workspace.access / _name(file), context.tools
    done = office.to_pdfa(
        workspace.files / file.name, file.office, target, scratch=workspace.access, limits=tools.office
    )
    if not done.made:
        return finding("ACCESS-NOT-MADE", path=file.shown, reason=done.reason)
    verdict = tools.verapdf.submit(target).result()
    looked = tools.inspector.inspect(target, shown=file.shown)
    refused = next((f for f in looked.findings if f.level is Level.MUST), None)
    claim = looked.facts.pdfa_claim
    if refused is not None:
        found = finding("ACCESS-UNREADABLE", path=file.shown, reason=refused.code)
    elif claim is None or verdict.outcome != "passed" or verdict.flavour != claim:
        found = finding("ACCESS-NOT-PDFA", path=file.shown, reason=pdfa_reason(verdict))
    else:
        return replace(looked, facts=replace(looked.facts, pdfa_verdict=verdict.outcome, mime=PDF_MIME))
    target.unlink()
    return found


def _suspicions(file: CheckedFile, looked: Inspection) -> Iterator[Finding]:
    """Pages of the copy that may carry a mark, or that could not be looked at; of a text that was under suspicion before
    nothing new is told."""
    known = any(map(secrecy_suspicion, file.texts))
    seen = {look.number for look in looked.looks if look.marks}
    for page, text in enumerate(looked.texts, start=1):
        if page in seen or (not known and secrecy_suspicion(text)):
            yield finding("DLV-SECRECY-SUSPECT", path=file.shown, page=page)
    yield from looking.missed(looked, file.shown)


def _sealed(package: PackageRow, context: Context, file: CheckedFile) -> Outcome:
    """Sealed late: what was copied goes with the workspace, and the key is forgotten too."""
    _root, unit = context.workspace(package).unit()
    delivered = next(f for f in files_of(unit) if f.path == file.path)
    sealed = quarantine.seal(package, context, looking.places(unit, delivered))

    def forget_the_key(rows: psycopg.Connection) -> None:
        catalogue.do(rows, "drop_claims", package=package.id)

    return replace(sealed, commit=forget_the_key)
