"""`kho check`: the same judgements as the way in, with no database, no server and nothing written but scratch."""

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest import looking
from ingest.checking_alone import check_alone, package_entry, side_by_side, unpacked
from ingest.delivery import read_delivery
from ingest.filecheck import check_file
from ingest.gathering import gather
from ingest.inspector import Inspector
from ingest.kinds import tell_kind
from ingest.retention import retention_of
from ingest.traces import is_trace
from ingest.units import place_of, with_roles
from ingest.workspace import CheckedFile
from repository.config import Settings
from repository.kind import Kind
from repository.packages import DeliveredFileUnit, Delivery
from standards.errors import UsageError
from standards.findings import Finding
from standards.paths import must_be_there
from standards.shown import for_people
from standards.verapdf import VeraPdf

_AHEAD = 3  # hồ sơ in work at once: while one waits for veraPDF, the inspector looks at the next


@dataclass(frozen=True, slots=True)
class Judges:
    """The tools of a check."""

    inspector: Inspector
    verapdf: VeraPdf


@dataclass(slots=True)
class Checked:
    """The entries of a report, and what is said of a delivery as a whole."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@contextmanager
def open_judges(settings: Settings) -> Iterator[Judges]:
    """Start the tools in a scratch folder and end them."""
    with (
        tempfile.TemporaryDirectory(prefix="kho-check-") as scratch,
        Inspector(children=min(_AHEAD, os.cpu_count() or 1)) as inspector,
        VeraPdf(settings.lib / "verapdf", workdir=Path(scratch)) as verapdf,
    ):
        yield Judges(inspector, verapdf)


def check_path(
    path: Path, judges: Judges, *, kind: str | None, mapping: str | None, told: Callable[..., None],
    nested: bool = False,
) -> Checked:  # fmt: skip
    """Judge whatever a path holds; where it is `nested` in an archive, archives in it are not opened.

    Raises PathNotFound, UsageError for a kind that is none.
    """
    must_be_there(path)
    real = _kind(path, kind)
    checked = Checked()
    if (entry := check_alone(path, real, nested=nested)) is not None:
        checked.entries.append(entry)
    elif real is Kind.PDF:
        checked.entries.append(_pdf(path, judges))
    elif real is Kind.DELIVERY and path.is_dir():
        _delivery(path, judges, mapping, checked, told)
    elif real is Kind.BATCH and path.is_dir():
        _batch(path, judges, mapping, checked, told, nested=nested)
    else:
        _archive(path, judges, kind, mapping, checked, told)
    return checked


def _batch(
    path: Path,
    judges: Judges,
    mapping: str | None,
    checked: Checked,
    told: Callable[..., None],
    *,
    nested: bool,
) -> None:
    """Every entry by itself: packages that keep their own account on all cores, the others one after another."""
    entries = [e for e in sorted(path.iterdir()) if not is_trace(e.name)]
    alones = side_by_side(entries, nested=nested)
    for number, (entry, alone) in enumerate(zip(entries, alones, strict=True), start=1):
        if alone is None:
            inner = check_path(entry, judges, kind=None, mapping=mapping, told=told, nested=nested)
        else:
            inner = Checked([alone])
        checked.entries += [{**e, "path": _below(path, e["path"])} for e in inner.entries]
        checked.findings += inner.findings
        told(number, len(entries), {"documents": sum(e["documents"] for e in checked.entries),
                                    "bytes": sum(e["bytes"] for e in checked.entries)})  # fmt: skip


def _archive(
    path: Path, judges: Judges, kind: str | None, mapping: str | None, checked: Checked,
    told: Callable[..., None],
) -> None:  # fmt: skip
    """An archive of a delivery, of loose PDFs or of several packages: unpacked, then judged as the folder it was."""
    with unpacked(path, kind) as opened:
        inner = check_path(opened.root, judges, kind=kind, mapping=mapping, told=told, nested=True)
        for entry in inner.entries:
            below = entry["path"].partition("/")[2]
            entry["path"] = f"{for_people(path.name)}/{below}" if below else for_people(path.name)
            entry["findings"] += [f.as_json() for f in opened.findings]
        checked.entries += inner.entries
        checked.findings += inner.findings


def _kind(path: Path, given: str | None) -> Kind:
    if given is None:
        return tell_kind(path)
    try:
        return Kind(given)
    except ValueError:
        raise UsageError(reason=f"--as {given}: {', '.join(Kind)}") from None


def _below(root: Path, path: str) -> str:
    return f"{for_people(root.name)}/{path}"


def _pdf(path: Path, judges: Judges) -> dict[str, Any]:
    shown = for_people(path.name)
    report = check_file(path, shown=shown, inspector=judges.inspector, verapdf=judges.verapdf, as_master=True)
    pages = report.facts.pages if report.facts else None
    size = path.stat().st_size
    return package_entry(shown, Kind.PDF, report.findings, documents=1, pages=pages or 0, size=size)


def _delivery(
    path: Path, judges: Judges, mapping: str | None, checked: Checked, told: Callable[..., None]
) -> None:
    delivery = read_delivery(path, mapping=mapping)
    checked.findings += delivery.findings
    given = list(gather(path, Kind.DELIVERY, {path: delivery}))
    with ThreadPoolExecutor(_AHEAD) as pool:
        results = pool.map(lambda g: _hoso(g.path, delivery, g.unit, g.findings, judges), given)
        for done, entry in enumerate(results, start=1):
            checked.entries.append(entry)
            told(done, len(given), {"documents": sum(e["documents"] for e in checked.entries),
                                    "bytes": sum(e["bytes"] for e in checked.entries)})  # fmt: skip


def _hoso(
    where: str,
    delivery: Delivery,
    unit: DeliveredFileUnit | None,
    findings: tuple[Finding, ...],
    judges: Judges,
) -> dict[str, Any]:
    if unit is None or unit.sealed:
        return package_entry(
            where,
            Kind.DELIVERY,
            findings,
            sealed=unit is not None,
            documents=len(unit.documents) if unit else 0,
        )
    found: list[Finding] = []
    files: list[CheckedFile] = []
    for number, (file, role) in enumerate(with_roles(unit), start=1):
        lowest = looking.lowest_dpi(unit, file)
        looked = judges.inspector.inspect(
            delivery.root / file.path, shown=for_people(file.path), lowest_dpi=lowest
        )
        if looking.is_sealed(looked):
            sealed = looking.places(unit, file)
            return package_entry(where, Kind.DELIVERY, sealed, sealed=True, documents=len(unit.documents))
        found += looking.findings(file, looked)
        files.append(looking.checked(number, file, role, looked))
    found += [f for c in files for f in looking.about_format(c)]
    judged, about_pdfa = looking.judge(files, lambda c: delivery.root / c.path, judges.verapdf)
    found += [
        *about_pdfa,
        *looking.judge_media(files, lambda c: delivery.root / c.path),
        *unit.findings,
        *looking.against_sheet(unit, judged),
        *retention_of(unit.fields, unit.cells)[1],
    ]
    pages = sum(c.facts.pages or 0 for c in judged if c.role == "content")
    size = sum(c.facts.size for c in judged)
    place = place_of(delivery.root, unit)
    return package_entry(
        place, Kind.DELIVERY, found, key=unit.key, documents=len(unit.documents), pages=pages, size=size
    )
