"""Looking at one delivered file: what its bytes tell, and how that agrees with what the sheet says."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from fixity.digest import copy_with_digests
from ingest.born_digital import format_findings as of_format
from ingest.born_digital import of_media
from ingest.filecheck import format_findings, pdfa_findings
from ingest.inspection import LOWEST_DPI, LOWEST_DPI_OF_MAPS, Inspection, ranges
from ingest.workspace import CheckedFile
from preservation.page_quality import judge as judge_pages
from repository.packages import DeliveredFile, DeliveredFileUnit
from standards.findings import Finding, finding
from standards.formats import Format
from standards.media import is_media, read_media
from standards.secrecy import secrecy_mark, secrecy_suspicion
from standards.shown import for_people
from standards.verapdf import VeraPdf

_MAPS = {"30", "31"}  # code list typeName: Bản đồ, Bản vẽ kỹ thuật

__all__ = [
    "about_format",
    "against_sheet",
    "checked",
    "copy_in",
    "findings",
    "is_sealed",
    "judge",
    "judge_media",
    "missed",
    "places",
]


def is_sealed(looked: Inspection) -> bool:
    """Whether a page, a part of an office file or a text carries a secrecy mark beyond doubt, in words or on its picture."""
    return any(secrecy_mark(text) for text in (*looked.texts, *looked.screened)) or any(
        look.sealed for look in looked.looks
    )


def places(unit: DeliveredFileUnit, file: DeliveredFile) -> tuple[Finding, ...]:
    """The one thing that may be said of a sealed hồ sơ: where in the sheet its document stands."""
    return tuple(finding("DLV-SEALED", cell=cell) for cell in _cells(unit, for_people(file.path)))


def unnamed(found: Finding, unit: DeliveredFileUnit) -> Finding:
    """A finding about a file that was not scanned for viruses, with its place in the sheet instead of its name: the
    hồ sơ is not yet known to be open. An infected file is named, since nobody will look into it."""
    if found.code != "VIRUS-NOT-SCANNED" or found.path is None:
        return found
    return found.at(path=None, cell=_cells(unit, found.path)[0])


def _cells(unit: DeliveredFileUnit, shown: str) -> list[str | None]:
    """The cells of the rows that name a file; of a file without a row those of the first document."""
    rows = [d for d in unit.documents if d.file and for_people(d.file.path) == shown] or unit.documents[:1]
    return [d.cells.get("path") or next(iter(d.cells.values()), None) for d in rows] or [None]


def lowest_dpi(unit: DeliveredFileUnit, file: DeliveredFile) -> int:
    """The resolution that a file must have at least: more where it is a map or a drawing (TT 05/2025, article 8)."""
    types = {d.fields.get("typeName") for d in unit.documents if d.file == file}
    return LOWEST_DPI_OF_MAPS if types & _MAPS else LOWEST_DPI


def findings(file: DeliveredFile, looked: Inspection) -> list[Finding]:
    """What the inspector found, and pages that may carry a mark: in their text, or on their picture."""
    shown = for_people(file.path)
    read = {number for number, text in enumerate(looked.texts, start=1) if secrecy_suspicion(text)}
    seen = {look.number for look in looked.looks if look.marks}
    # Of a text in another reading only a suspicion is told, never a place in it.
    pages = sorted(read | seen) or ([1] if any(map(secrecy_suspicion, looked.screened)) else [])
    suspects = [finding("DLV-SECRECY-SUSPECT", path=shown, page=number) for number in pages]
    return [*looked.findings, *suspects, *missed(looked, shown), *_quality(looked, shown)]


def _quality(looked: Inspection, shown: str) -> Iterator[Finding]:
    """What is wrong with scanned pages as pictures."""
    for defect in judge_pages([look for look in looked.looks if look.number in looked.scans]):
        code = f"PAGE-{defect.kind.upper()}"
        yield finding(
            code, path=shown, page=defect.pages[0], pages=ranges(defect.pages), worst=defect.worst or "-"
        )


def missed(looked: Inspection, shown: str) -> Iterator[Finding]:
    """One finding for all pages that could not be looked at."""
    unseen = [look for look in looked.looks if look.missed]
    if unseen:
        numbers = ranges(look.number for look in unseen)
        yield finding(
            "PAGE-NOT-SEEN", path=shown, page=unseen[0].number, pages=numbers, reason=unseen[0].missed
        )


def checked(number: int, file: DeliveredFile, role: str, looked: Inspection) -> CheckedFile:
    """What is kept of a look: facts, page texts, and the name that the bytes will have in the workspace."""
    suffix = os.path.splitext(file.path)[1].lower()
    name = f"{number:06d}{suffix if suffix.isascii() and suffix[1:].isalnum() else ''}"
    return CheckedFile(file.path, role, name, looked.facts, looked.texts, looked.office, looked.bad_pages)


def copy_in(file: CheckedFile, root: Path, folder: Path) -> Iterator[Finding]:
    """Copy one file into the workspace; a finding where it is not what was looked at, or cannot be read."""
    target = folder / file.name
    target.unlink(missing_ok=True)
    name = for_people(file.path)
    try:
        copied = copy_with_digests(root / file.path, target, fsync=True)
    except OSError as error:
        if error.filename is not None and Path(os.fsdecode(error.filename)) == target:
            raise
        yield finding("DLV-VANISHED", path=name, name=name, reason=error.strerror)
        return
    if (copied.size, copied.by_algorithm["sha512"]) != (file.facts.size, file.facts.sha512):
        yield finding("DLV-CHANGED", path=name, name=name)


def judge(
    files: list[CheckedFile], where: Callable[[CheckedFile], Path], verapdf: VeraPdf
) -> tuple[list[CheckedFile], tuple[Finding, ...]]:
    """veraPDF on every PDF that claims a level, all at once; the files with their verdicts, and what was found.

    `where` tells where the bytes of a file are.
    """
    waiting = {f.path: verapdf.submit(where(f)) for f in files if f.facts.pdfa_claim}
    judged: list[CheckedFile] = []
    found: list[Finding] = []
    for file in files:
        verdict = waiting[file.path].result() if file.path in waiting else None
        found += pdfa_findings(file.facts, verdict, shown=for_people(file.path))
        outcome = verdict.outcome if verdict else None
        judged.append(replace(file, facts=replace(file.facts, pdfa_verdict=outcome)))
    return judged, tuple(found)


def judge_media(files: list[CheckedFile], where: Callable[[CheckedFile], Path]) -> tuple[Finding, ...]:
    """ffprobe and ffmpeg on every file of sound and film."""
    return tuple(
        found
        for file in files
        if is_media(Path(file.path), file.facts.mime)
        for found in of_media(read_media(where(file)), shown=for_people(file.path))
    )


def about_format(file: CheckedFile) -> tuple[Finding, ...]:
    """What is to be said of a file's format; of a record also whether it is one to keep, and can be looked into."""
    told = format_findings(file.facts, shown=file.shown)
    if file.role != "content":
        return told
    facts = file.facts
    known = Format(facts.puid, facts.format_name, facts.format_version, facts.mime)
    return (*told, *of_format(known, shown=file.shown))


def against_sheet(unit: DeliveredFileUnit, files: list[CheckedFile]) -> Iterator[Finding]:
    """The page counts of the sheet against those of the files."""
    pages = {f.path: f.facts.pages for f in files}
    shared = [d.file.path for d in unit.documents if d.file]
    for row in unit.documents:
        told = row.fields.get("numberOfPage", "")
        actual = pages.get(row.file.path) if row.file else None
        alone = row.file is not None and shared.count(row.file.path) == 1
        if row.file and alone and actual is not None and told.isdecimal() and int(told) != actual:
            name = for_people(row.file.path)
            cell = row.cells.get("numberOfPage")
            yield finding("DLV-PAGE-COUNT", path=name, cell=cell, document=name, sheet=told, file=actual)
