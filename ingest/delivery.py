"""A contractor's delivery, read: a spreadsheet and a tree of PDFs become hồ sơ (design: packages, section 1.1).

No database, no writing, nothing outside the delivery's folder. What a delivery must look like and every finding:
docs/deliveries.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.delivery_cells import ListRow, Source, tidy
from ingest.delivery_columns import KEY_FIELDS, ColumnMapping, Fit, best_fit, mappings_for
from ingest.delivery_groups import Group, find_files, group_rows, own_files, shared_files, shared_keys
from ingest.delivery_notes import part_notes
from ingest.delivery_strays import Strays, is_cover, place_strays, told_beside
from ingest.delivery_tables import is_list, may_be_list, read_tables
from ingest.delivery_tree import Paths, Tree, list_tree
from ingest.delivery_units import build_unit
from ingest.sheet import SheetRefused, Table, cell_name
from repository.packages import DeliveredFile, DeliveredFileUnit, Delivery
from standards.errors import PathNotFound
from standards.findings import Finding, Level, finding
from standards.shown import for_people
from standards.vietnamese import nfc


@dataclass(slots=True)
class _Lists:
    """What the lists of a delivery gave: the tables that fit, the lists they are in, and the findings about them.

    `refused` tells of spreadsheets that cannot be read as a list; one that a row names is a record, and no list.
    """

    sources: list[tuple[Source, Table]]
    lists: list[DeliveredFile]
    findings: list[Finding]
    refused: list[Finding]


def read_delivery(root: Path, *, mapping: str | None = None, agency: str | None = None) -> Delivery:
    """Reads the delivery in `root`. `mapping`: name or path of a column mapping, else the one that fits best.

    `agency`: the agency's code, else the list's agency or fonds column. Whatever is wrong with the delivery is in its
    findings. Raises PathNotFound where `root` is no folder, and for a `mapping` that is not there or is none
    (PathNotFound, MappingBroken).
    """
    if not root.is_dir():
        raise PathNotFound(path=for_people(str(root)))
    mappings = mappings_for(mapping)
    tree = list_tree(root)
    lists = _read_lists(root, tree, mappings)
    rows = _read_rows(lists) if lists.sources else []
    name = lists.sources[0][0].fit.mapping.name if lists.sources else mapping or ""
    if not rows:
        return _unread(root, name, tree, lists, mappings)
    groups = group_rows(rows, _agency(agency))
    find_files(groups, Paths(tree))
    claimed = {f.path for g in groups for f in own_files(g)} | {f.path for f in lists.lists}
    strays = place_strays([f for f in tree.files if f.path not in claimed], tree.special, groups)
    units = tuple(_units(groups, strays, tree))
    return Delivery(
        root=root,
        mapping=name,
        sheets=tuple(lists.lists),
        units=units,
        unclaimed=tuple(strays.unclaimed),
        ignored=tree.ignored,
        findings=(
            *lists.findings,
            *_no_records(lists.refused, groups),
            *_converted_cells(rows),
            *_of_none(tree.findings, units),
            *strays.findings,
        ),
    )


def _no_records(refused: list[Finding], groups: list[Group]) -> Iterator[Finding]:
    """The spreadsheets that may be lists: what rows name is judged with its hồ sơ (of a sealed one not at all)."""
    named = {for_people(f.path) for g in groups for f in own_files(g)}
    yield from (f for f in refused if f.path not in named)


def _of_none(findings: tuple[Finding, ...], units: tuple[DeliveredFileUnit, ...]) -> Iterator[Finding]:
    """The findings about files of no hồ sơ. Those of one go with it: of a sealed one names can tell much."""
    owned = {for_people(f.path) for u in units for f in _files_of(u)}
    yield from (f for f in findings if f.path not in owned)


def _files_of(unit: DeliveredFileUnit) -> Iterator[DeliveredFile]:
    yield from (d.file for d in unit.documents if d.file)
    yield from (*unit.documentation, *unit.unclaimed, *unit.beside)


def _agency(given: str | None) -> str | None:
    return tidy(given).text if given else None


def _units(groups: list[Group], strays: Strays, tree: Tree) -> Iterator[DeliveredFileUnit]:
    twice, keys = shared_files(groups), shared_keys(groups)
    about: dict[str | None, list[Finding]] = defaultdict(list)
    for found in tree.findings:
        about[found.path].append(found)
    for index, group in enumerate(groups):
        unit = replace(
            build_unit(group),
            documentation=tuple(strays.documentation[index]),
            unclaimed=tuple(strays.unclaimed_of[index]),
            beside=tuple(strays.beside_of[index]),
        )
        if not unit.sealed:
            of_files = [f for file in _files_of(unit) for f in about.get(for_people(file.path), ())]
            more = (*twice.get(index, ()), *keys.get(index, ()), *_about_strays(unit, of_files), *of_files)
            unit = replace(unit, findings=(*unit.findings, *more))
        yield unit


def _about_strays(unit: DeliveredFileUnit, told: list[Finding]) -> Iterator[Finding]:
    """The files of a hồ sơ that no row names; a link is told as what it is."""
    links = {f.path for f in told if f.code == "DLV-LINK"}
    yield from (finding("DLV-FILE-NO-ROW", path=for_people(f.path)) for f in unit.unclaimed)
    yield from (told_beside(f) for f in unit.beside if for_people(f.path) not in links)


def _read_lists(root: Path, tree: Tree, mappings: tuple[ColumnMapping, ...]) -> _Lists:
    """Every spreadsheet of the tree opened, its tables fitted; cover sheets in spreadsheet form are left alone."""
    read = _Lists([], [], [], [])
    for file in tree.files:
        if not may_be_list(root / file.path):
            continue
        try:
            tables = read_tables(root / file.path)
            sources = [(s, t) for t in tables if (s := _source(file, t, mappings))]
        except SheetRefused as error:
            read.refused.append(_refusal(file, error))
            continue
        if sources:
            read.lists.append(file)
            read.sources += _visible(sources, read.findings)
            read.findings += _about_tables(file, sources)
            read.findings += _skipped(file, tables, sources)
    # One list that cannot be read keeps the delivery out only where no other can be.
    if read.sources:
        read.refused = [replace(f, level=Level.SHOULD) for f in read.refused]
    return read


def _refusal(file: DeliveredFile, error: SheetRefused) -> Finding:
    values = {"name": for_people(file.path), "reason": "", **error.values}
    return finding(error.finding, path=for_people(file.path), **values)


def _source(file: DeliveredFile, table: Table, mappings: tuple[ColumnMapping, ...]) -> Source | None:
    fit = best_fit(table, mappings)
    return Source(file, nfc(table.name), fit) if fit else None


def _visible(sources: list[tuple[Source, Table]], findings: list[Finding]) -> list[tuple[Source, Table]]:
    """The tables that are not hidden; where all are, all of them."""
    shown = [(s, t) for s, t in sources if not t.hidden]
    for source, table in sources if shown else ():
        if table.hidden:
            findings.append(
                finding("DLV-SHEET-HIDDEN", path=for_people(source.file.path), sheet=source.table)
            )
    return shown or sources


def _skipped(
    file: DeliveredFile, tables: tuple[Table, ...], used: list[tuple[Source, Table]]
) -> Iterator[Finding]:
    """The worksheets of a list that hold something but carry no headings of a mapping."""
    for table in tables:
        if all(table is not t for _, t in used) and next(table.rows(), None) is not None:
            yield finding("DLV-SHEET-SKIPPED", path=for_people(file.path), sheet=nfc(table.name))


def _about_tables(file: DeliveredFile, sources: list[tuple[Source, Table]]) -> Iterator[Finding]:
    path = for_people(file.path)
    for source, table in sources:
        if table.converted:
            yield finding("DLV-ENCODING-CONVERTED", path=path, name=path, encoding=table.converted)
        yield from _about_columns(source.fit, path, source.table)
    mapping = sources[0][0].fit.mapping
    if not mapping.confirmed:
        yield finding("DLV-MAPPING-UNCONFIRMED", path=path, mapping=mapping.name)


def _about_columns(fit: Fit, path: str, table: str) -> Iterator[Finding]:
    for column in fit.missing:
        if column.field in KEY_FIELDS:
            yield finding("DLV-COLUMN-KEY-MISSING", path=path, heading=column.heading)
        elif column.field != "row":
            yield finding("DLV-COLUMN-MISSING", path=path, heading=column.heading)
    for index in fit.extra:
        cell = cell_name(table, index, fit.header_row)
        yield finding("DLV-COLUMN-EXTRA", path=path, cell=cell, mapping=fit.mapping.name)


def _read_rows(lists: _Lists) -> list[ListRow]:
    """The data rows of all tables; none where a key column is missing in one of them."""
    if any(f.code == "DLV-COLUMN-KEY-MISSING" for f in lists.findings):
        return []
    rows: list[ListRow] = []
    for source, table in lists.sources:
        try:
            read = [ListRow(source, n, values) for n, values in table.rows() if n >= source.fit.first_row]
            described, notes = part_notes(read)
            rows += described
            lists.findings += notes
        except SheetRefused as error:
            lists.findings.append(_refusal(source.file, error))
            return []
    return rows


def _converted_cells(rows: list[ListRow]) -> Iterator[Finding]:
    """One finding for each list and old encoding found in cells of a Unicode list, naming the first cell."""
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], str] = {}
    for row in rows:
        for index, value in enumerate(row.values):
            if isinstance(value, str) and not value.isascii() and (encoding := tidy(value).legacy):
                place = (row.source.file.path, encoding)
                counts[place] += 1
                first.setdefault(place, cell_name(row.source.table, index, row.number))
    for (path, encoding), count in counts.items():
        place = (path, encoding)
        yield finding(
            "DLV-CELLS-CONVERTED", path=for_people(path), cell=first[place], count=count, encoding=encoding
        )


def _unread(
    root: Path, name: str, tree: Tree, lists: _Lists, mappings: tuple[ColumnMapping, ...]
) -> Delivery:
    """A delivery of which no row could be read: a MUST says why, and every file is unclaimed."""
    sheets = {f.path for f in lists.lists}
    findings = [*lists.findings, *lists.refused, *tree.findings]
    if not any(f.level is Level.MUST for f in findings):
        findings.append(_why_unread(tree, lists, mappings))
    unclaimed = tuple(f for f in tree.files if f.path not in sheets)
    return Delivery(
        root=root, mapping=name, sheets=tuple(lists.lists), units=(), unclaimed=(*unclaimed, *tree.special),
        ignored=tree.ignored, findings=tuple(findings),
    )  # fmt: skip


def _why_unread(tree: Tree, lists: _Lists, mappings: tuple[ColumnMapping, ...]) -> Finding:
    if lists.sources:
        return finding("DLV-NO-ROWS", path=for_people(lists.lists[0].path))
    given = [f for f in tree.files if is_list(f.path)]
    files = [f for f in given if not is_cover(f.path)] or given
    if files:
        names = ", ".join(m.name for m in mappings)
        return finding("DLV-NO-COLUMNS", path=for_people(files[0].path), mappings=names)
    return finding("DLV-NO-SHEET")


@dataclass(frozen=True, slots=True)
class Accounted:
    """What became of a delivered file: `fate` is sheet, document, documentation, unclaimed, sealed or ignored."""

    path: str
    size: int
    fate: str


def account(delivery: Delivery) -> list[Accounted]:
    """Every delivered file exactly once, in the order of the path.

    Of files with the fate sealed nothing but their number and size may be shown.
    """
    fates: dict[str, Accounted] = {}

    def add(fate: str, files: Iterator[DeliveredFile] | tuple[DeliveredFile, ...]) -> None:
        for file in files:
            fates.setdefault(file.path, Accounted(file.path, file.size, fate))

    for unit in sorted(delivery.units, key=lambda u: not u.sealed):
        add("sealed" if unit.sealed else "document", (d.file for d in unit.documents if d.file))
        add("sealed" if unit.sealed else "documentation", unit.documentation)
        add("sealed" if unit.sealed else "unclaimed", (*unit.unclaimed, *unit.beside))
    add("sheet", delivery.sheets)
    add("unclaimed", delivery.unclaimed)
    add("ignored", delivery.ignored)
    return sorted(fates.values(), key=lambda a: a.path)
