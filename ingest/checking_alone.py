"""`kho check` of packages that keep their own account of their files: no judge of PDFs is needed, so many go side by side."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from ingest.archives import about_shape
from ingest.checking_inside import look_inside, sealed
from ingest.delivery_tables import is_list
from ingest.kinds import tell_kind
from repository.kind import Kind
from repository.verify import verify
from standards.errors import ToolFailed
from standards.findings import Finding, Verdict, finding, verdict_of
from standards.shown import for_people

_VERIFIED = (Kind.BAG, Kind.EARK, Kind.TT05, Kind.OCFL_OBJECT, Kind.OCFL_ROOT)
_FEW = 6  # below this many entries a second process costs more than it brings


@dataclass(frozen=True, slots=True)
class OpenedArchive:
    """An archive in scratch: the folder that was packed, its kind, and what is to be told beside its judgement.

    `root` is a folder that holds nothing where the archive was refused; then `is_refused`.
    """

    root: Path
    kind: Kind
    findings: tuple[Finding, ...]
    is_refused: bool


@contextmanager
def unpacked(path: Path, given: str | None = None) -> Iterator[OpenedArchive]:
    """Unpack into scratch and tell the kind; the scratch goes at the end."""
    import tempfile

    from standards.unpacking import unpack  # no folder needs these

    with tempfile.TemporaryDirectory(prefix="kho-check-") as scratch:
        into = Path(scratch) / (path.name.partition(".")[0] or "package")
        out = unpack(path, into)
        if out.root is None:
            yield OpenedArchive(into, tell_kind(path), out.findings, is_refused=True)
            return
        kind = Kind(given) if given else tell_kind(out.root)
        findings = (*out.findings, *about_shape(path, kind, out.root, into))
        yield OpenedArchive(out.root, kind, findings, is_refused=False)


def check_alone(path: Path, kind: Kind, *, nested: bool = False) -> dict[str, Any] | None:
    """The entry of a package that needs nobody but its own reader, or of what is refused; None for all else.

    `kind` is what was told of `path`, or what the caller wants it to be. `nested`: archives are not opened.
    """
    if path.is_dir() and kind is not Kind.UNKNOWN:
        return _verified(path, path.name, kind) if kind in _VERIFIED else None
    if kind is Kind.PDF:
        return None
    if path.is_file() and is_list(path.name):
        where = for_people(path.name)
        return package_entry(where, Kind.UNKNOWN, (finding("KIND-LIST-ALONE", path=where),))
    if not path.is_file() or not _is_archive(path):
        return package_entry(for_people(path.name), Kind.UNKNOWN, (_no_package(path),))
    if nested:
        where = for_people(path.name)
        return package_entry(where, kind, (finding("ARC-NESTED", path=where, where=where),))
    with unpacked(path, None if kind is Kind.UNKNOWN else kind.value) as opened:
        if opened.is_refused or opened.kind is Kind.UNKNOWN:
            return package_entry(for_people(path.name), opened.kind, opened.findings)
        is_verified = opened.kind in _VERIFIED
        return _verified(opened.root, path.name, opened.kind, opened.findings) if is_verified else None


def side_by_side(paths: Sequence[Path], *, nested: bool = False) -> Iterator[dict[str, Any] | None]:
    """`check_alone` of each path in its order, on every core where there are many.

    Raises ToolFailed where a process dies: what was not judged is never passed over.
    """
    check = partial(_tell_and_check, nested=nested)
    if len(paths) < _FEW:
        yield from map(check, paths)
        return
    import multiprocessing  # for many packages alone
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
            yield from pool.map(check, paths, chunksize=4)
    except BrokenProcessPool as problem:
        raise ToolFailed(tool="kho check", reason=str(problem)) from problem


def _is_archive(path: Path) -> bool:
    from standards.unpacking import is_archive

    return is_archive(path)


def _tell_and_check(path: Path, *, nested: bool) -> dict[str, Any] | None:
    return check_alone(path, tell_kind(path), nested=nested)


def _verified(root: Path, name: str, kind: Kind, findings: tuple[Finding, ...] = ()) -> dict[str, Any]:
    """A package that keeps its own account of its files: the stand-alone verifier's answer, and what is in it."""
    report = verify(root)
    inside = () if kind in (Kind.OCFL_OBJECT, Kind.OCFL_ROOT) else look_inside(root)
    if inside is None:
        return package_entry(for_people(name), kind, sealed(), sealed=True, documents=report.files)
    told = (*findings, *report.findings, *inside)
    return package_entry(for_people(name), kind, told, documents=report.files, size=report.bytes)


def _no_package(path: Path) -> Finding:
    """Why a file is no package; of a lone XML file also what its reader says."""
    where = for_people(path.name)
    with contextlib.suppress(OSError), path.open("rb") as file:
        if file.read(256).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            file.seek(0)
            return finding("KIND-XML", path=where, where=where, reason=_of_xml(file, where))
    return finding("KIND-UNKNOWN", path=where)


def _of_xml(file: BinaryIO, where: str) -> str:
    from standards.xml import BadXml, Reader, read_stream

    try:
        read_stream(file, where, Reader())
    except BadXml as problem:
        return str(problem.values["reason"])
    return "OK"


def package_entry(
    path: str, kind: Kind, findings: Sequence[Finding], *, key: str | None = None,
    sealed: bool = False, documents: int = 0, pages: int = 0, size: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """One entry of a report, in the shape of the contract."""
    verdict = Verdict.QUARANTINED if sealed else verdict_of(findings)
    return {
        "path": path, "kind": kind.value, "key": key, "verdict": verdict.value, "status": "checked", "aip": None,
        "documents": documents, "pages": pages, "bytes": size, "findings": [f.as_json() for f in findings],
    }  # fmt: skip
