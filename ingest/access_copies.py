"""Access copies: a PDF/A of each office file, beside the bytes that came, where one can be made that veraPDF passes."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg

from ingest import looking, quarantine
from ingest.context import Context
from ingest.filecheck import pdfa_reason
from ingest.inspection import Inspection
from ingest.texts import reading_texts
from ingest.units import files_of
from ingest.workspace import AccessCopy, CheckedFile, Workspace
from preservation import office
from repository import catalogue
from repository.rows import PackageRow
from repository.steps import Outcome
from standards.findings import Finding, Level, finding
from standards.formats import PDF_MIME
from standards.secrecy import secrecy_suspicion
from standards.verapdf import VERSION as VERAPDF


def make(package: PackageRow, context: Context) -> Outcome:
    """Try one for every office file that is content. A mark of secrecy that only now can be read seals the hồ sơ."""
    workspace = context.workspace(package)
    todo = [c for c in workspace.checked() if c.role == "content" and office.is_convertible(c.office)]
    if not todo:
        return Outcome(idle=True)
    workspace.access.mkdir(mode=0o700, exist_ok=True)
    copies: list[AccessCopy] = []
    findings: list[Finding] = []
    for file in todo:
        looked = _copy(file, workspace, context)
        if isinstance(looked, Finding):
            findings.append(looked)
        elif looking.is_sealed(looked):
            return _sealed(package, context, file)
        else:
            findings += _suspicions(file, looked)
            texts = reading_texts(file.office, file.texts, looked.texts)
            copies.append(AccessCopy(file.path, _name(file), looked.facts, texts))
    workspace.write_copies(copies)
    return Outcome(
        findings=tuple(findings),
        agents=(("libreoffice", office.version()), ("verapdf", VERAPDF)),
        changes={"pages": (package.pages or 0) + sum(c.facts.pages or 0 for c in copies)},
        detail={"office": len(todo), "copies": len(copies)},
    )


def _name(file: CheckedFile) -> str:
    return f"{file.name.partition('.')[0]}.pdf"


def _copy(file: CheckedFile, workspace: Workspace, context: Context) -> Inspection | Finding:
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
