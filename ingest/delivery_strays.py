"""Files that no row names: cover sheets and lists of documents, PDFs left over, and all the rest.

A hồ sơ is told by the folder, where every file that rows name in it (or in the nearest folder above with any) is of
one hồ sơ; by the name, where it begins like the files of one hồ sơ (`...02.082.pdf`, `...02.083.pdf`); and, for cover
sheets and lists, by the hồ sơ's number in the name (`Bia_hoso02.pdf`).
"""

import functools
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from ingest.delivery_groups import Group, own_files
from ingest.delivery_tree import folder_of
from repository.packages import DeliveredFile
from standards import suffixes
from standards.findings import Finding, Level, finding
from standards.shown import for_people
from standards.vietnamese import fold, fold_words

_RECORDS = (
    suffixes.OFFICE | suffixes.PICTURES | suffixes.MEDIA
)  # kinds of records that TT 05/2025 allows beside PDF


@dataclass(slots=True)
class Strays:
    """Where the files without a row went: by the index of their group, or to none with a finding."""

    documentation: dict[int, list[DeliveredFile]] = field(default_factory=lambda: defaultdict(list))
    unclaimed_of: dict[int, list[DeliveredFile]] = field(default_factory=lambda: defaultdict(list))
    beside_of: dict[int, list[DeliveredFile]] = field(default_factory=lambda: defaultdict(list))
    unclaimed: list[DeliveredFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@functools.cache
def _cover_patterns() -> tuple[re.Pattern[str], ...]:
    text = (resources.files("standards") / "codes" / "cover_sheets.toml").read_text(encoding="utf-8")
    return tuple(map(re.compile, tomllib.loads(text)["patterns"]))


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def is_cover(path: str) -> bool:
    """Whether a name is a cover sheet's or a list of documents' (`standards/codes/cover_sheets.toml`)."""
    name = fold_words(_stem(path))
    return any(p.match(name) for p in _cover_patterns())


def place_strays(
    files: Iterable[DeliveredFile], special: Iterable[DeliveredFile], groups: list[Group]
) -> Strays:
    """Each file without a row with the hồ sơ that it belongs to, or with none; `special` are links and the like."""
    places = _Places(groups)
    strays = Strays()
    for file in special:
        index = places.of(file.path)
        (strays.unclaimed if index is None else strays.beside_of[index]).append(file)
    for file in files:
        cover = is_cover(file.path)
        index = places.of(file.path)
        if index is None and cover:
            index = places.by_number(file.path)
        if index is None:
            strays.unclaimed.append(file)
            strays.findings.append(_left_out(file, cover=cover))
        elif cover:
            strays.documentation[index].append(file)
        elif _is_pdf(file):
            strays.unclaimed_of[index].append(file)
        else:
            strays.beside_of[index].append(file)
    return strays


def _is_pdf(file: DeliveredFile) -> bool:
    return file.path.lower().endswith(".pdf")


def _left_out(file: DeliveredFile, *, cover: bool) -> Finding:
    if cover or _is_pdf(file):
        code = "DLV-COVER-UNPLACED" if cover else "DLV-UNCLAIMED"
        return finding(code, path=for_people(file.path))
    return told_beside(file)


def told_beside(file: DeliveredFile) -> Finding:
    """A file that is no PDF and that no row names: to be looked at where it may be a record (TT 05/2025's kinds)."""
    may_be_record = Path(file.path).suffix.lower() in _RECORDS
    level = Level.SHOULD if may_be_record else Level.MAY
    return finding("DLV-UNCLAIMED-OTHER", path=for_people(file.path), level=level)


class _Places:
    """Which hồ sơ a folder, the beginning of a name, or a number tells."""

    def __init__(self, groups: list[Group]) -> None:
        self._folders: dict[str, set[int]] = defaultdict(set)
        self._prefixes: dict[str, set[int]] = defaultdict(set)
        self._numbers: dict[str, set[int]] = defaultdict(set)
        for index, group in enumerate(groups):
            self._numbers[_last_number(group.code)].add(index)
            for file in own_files(group):
                self._learn(file.path, index)

    def _learn(self, path: str, index: int) -> None:
        prefix = _prefix(path)
        if prefix:
            self._prefixes[prefix].add(index)
            self._numbers[_last_number(prefix)].add(index)
        folder = folder_of(path)
        while folder:
            self._folders[folder].add(index)
            folder = folder_of(folder)

    def of(self, path: str) -> int | None:
        """The one hồ sơ of the nearest folder that has any, else of the name's beginning; None where in doubt."""
        folder = folder_of(path)
        while folder and folder not in self._folders:
            folder = folder_of(folder)
        return (
            _only(self._folders.get(folder))
            if _only(self._folders.get(folder)) is not None
            else _only(self._prefixes.get(_prefix(path)))
        )

    def by_number(self, path: str) -> int | None:
        """The one hồ sơ whose number is the last in a cover sheet's name."""
        number = _last_number(_stem(path))
        return _only(self._numbers.get(number)) if number else None


def _only(found: set[int] | None) -> int | None:
    return next(iter(found)) if found and len(found) == 1 else None


def _prefix(path: str) -> str:
    """The name up to its last part, folded: `001.02.082.pdf` is `001.02`."""
    return (
        re.split(r"[._\-\s]+(?=[^._\-\s]*$)", fold(_stem(path)))[0]
        if re.search(r"[._\-\s]", _stem(path))
        else ""
    )


def _last_number(text: str) -> str:
    """The last run of digits without leading zeros; "" where there is none."""
    digits = re.findall(r"\d+", text)
    return (digits[-1].lstrip("0") or "0") if digits else ""
