"""What a path holds, told by its content and never by its name (the kinds of the command line's contract).

Only names and a few first bytes are looked at: a package that is broken still has its kind, and its own reader says
what is wrong with it. Nothing is unpacked, no link below the path is followed.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from ingest.delivery_tables import is_list, may_be_list, read_tables
from ingest.sheet import SheetRefused
from ingest.traces import is_trace
from repository.kind import Kind

_MEMBERS: Final = 20_000
_HEAD: Final = 8192
_SIMPLEDC: Final = re.compile(rb"<(?:\w+:)?simpledc[\s>/]")
_PACKAGES: Final = frozenset(
    {Kind.DELIVERY, Kind.BAG, Kind.EARK, Kind.TT05, Kind.OCFL_OBJECT, Kind.OCFL_ROOT}
)
_DEPTH: Final = 3
Read = Callable[[str], bytes]


def tell_kind(path: Path) -> Kind:
    """The kind of `path`: a folder, an archive or a PDF. UNKNOWN for anything else, unreadable or not there."""
    try:
        if path.is_dir():
            kind = _of_folder(path, _DEPTH)
            return Kind.BATCH if kind is Kind.PDF else kind
        return _of_file(path) if path.is_file() else Kind.UNKNOWN
    except (OSError, ValueError):
        return Kind.UNKNOWN


def _of_file(path: Path) -> Kind:
    with path.open("rb") as file:
        head = file.read(1024)
    if b"%PDF" in head:
        return Kind.PDF
    from standards.unpacking import is_archive  # no folder needs it

    return _of_archive(path) if is_archive(path) else Kind.UNKNOWN


def _of_archive(path: Path) -> Kind:
    from standards.unpacking import peek

    heads = peek(path, _is_descriptive, count=_MEMBERS, head=_HEAD)
    return _of_names(heads, lambda name: heads[name])


def _is_descriptive(name: str) -> bool:
    return name.lower().endswith("metadata/descriptive/ead.xml")


def _of_names(names: Iterable[str], read: Read) -> Kind:
    """The kind of an archive: of its one folder, where it has one, else of what lies at its top."""
    plain = {n.removeprefix("./"): n for n in names if not is_trace(n) and n not in (".", "./")}
    tops = {n.partition("/")[0] for n in plain}
    one = next(iter(tops)) if len(tops) == 1 else ""
    inside = {
        n[len(one) + 1 :]: full for n, full in plain.items() if one and n.startswith(one + "/")
    } or plain
    top = {n.partition("/")[0] for n in inside if n}

    def descriptive() -> Iterator[bytes]:
        yield from (read(full) for n, full in inside.items() if _is_descriptive(n))

    return _of_top(top, descriptive) or Kind.UNKNOWN


def _of_top(top: set[str], descriptive: Callable[[], Iterable[bytes]]) -> Kind | None:
    """The kind that the names at the top of a package tell; None where they tell none."""
    lower = {n.lower() for n in top}
    if any(n.startswith("0=ocfl_object") for n in top) or {"inventory.json", "v1"} <= top:
        return Kind.OCFL_OBJECT
    if any(n.startswith("0=ocfl_") for n in top) or "ocfl_layout.json" in top:
        return Kind.OCFL_ROOT
    if "bagit.txt" in top or ("data" in top and any(re.fullmatch(r"manifest-\w+\.txt", n) for n in top)):
        return Kind.BAG
    if "mets.xml" in lower or "representations" in lower or {"metadata", "schemas"} <= lower:
        return Kind.TT05 if any(_SIMPLEDC.search(head) for head in descriptive()) else Kind.EARK
    return None


def _of_folder(folder: Path, depth: int) -> Kind:
    """The kind of a folder; PDF for one that holds nothing but loose PDFs (by themselves, a batch of them)."""
    entries = [e for e in os.scandir(folder) if not is_trace(e.name)]
    told = _of_top({e.name for e in entries}, lambda: _descriptive_heads(folder))
    if told:
        return told
    from standards.formats import record_suffixes  # no package of others needs it

    has_pdf = _has(folder, _is_pdf_name)
    has_records = has_pdf or _has(
        folder, lambda name: not is_list(name) and _suffix_of(name) in record_suffixes()
    )
    files = [folder / e.name for e in entries if e.is_file(follow_symlinks=False)]
    lists = [path for path in files if may_be_list(path)]
    if (has_records or depth == _DEPTH) and any(map(_fits, lists)):
        return Kind.DELIVERY
    inner = (
        {_kind_inside(folder / e.name, depth - 1) for e in entries if not e.is_symlink()} if depth else set()
    )
    if inner & (_PACKAGES | {Kind.BATCH}):
        return Kind.BATCH
    if has_pdf and _has(folder, is_list):
        # The list lies in a folder of its own, or fits no mapping, or cannot be opened: the reader says which.
        return Kind.DELIVERY
    return Kind.PDF if Kind.PDF in inner else Kind.UNKNOWN


def _kind_inside(path: Path, depth: int) -> Kind:
    try:
        return (
            _of_folder(path, depth) if path.is_dir() else _of_file(path) if path.is_file() else Kind.UNKNOWN
        )
    except (OSError, ValueError):
        return Kind.UNKNOWN


def _descriptive_heads(folder: Path) -> Iterator[bytes]:
    place = folder / "metadata" / "descriptive"
    if place.is_dir() and not place.is_symlink():
        for path in place.iterdir():
            if path.name.lower() == "ead.xml" and path.is_file():
                with path.open("rb") as file:
                    yield file.read(_HEAD)


def _fits(path: Path) -> bool:
    """Whether a list carries the headings of a known mapping."""
    from ingest.delivery_columns import best_fit, known_mappings  # no package of others needs it

    try:
        return any(best_fit(table, known_mappings()) for table in read_tables(path))
    except SheetRefused:
        return False


def _suffix_of(name: str) -> str:
    """The suffix of a name, lower case with its dot; "" where it has none."""
    return os.path.splitext(name)[1].lower()


def _is_pdf_name(name: str) -> bool:
    return name.lower().endswith(".pdf")


def _has(folder: Path, test: Callable[[str], bool]) -> bool:
    """Whether a file whose name passes `test` lies anywhere below."""
    return any(test(n) for _, _, names in os.walk(folder) for n in names if not is_trace(n))
