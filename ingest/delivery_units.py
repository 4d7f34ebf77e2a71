"""Rows to hồ sơ: rows with the same agency, inventory and file code are one, wherever they stand in the delivery.

The key of a hồ sơ is agency + "/" + file code as in the list. Two inventories that use one code give two hồ sơ with
one key: both are refused until the codes differ (DLV-KEY-TWICE). A hồ sơ over several worksheets is put together.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ingest.delivery_cells import ListRow, Reader, RowCells, cell_finding, sheet_path, tidy, whole_number
from ingest.delivery_tree import Match, Paths, folder_of
from ingest.sheet import Value, as_received, cell_name
from repository.packages import DeliveredFile, DeliveredFileUnit, DocumentRow
from standards import dates
from standards.codes import code_list, field_rules
from standards.findings import Finding, finding
from standards.secrecy import secrecy_word, secret_mode

_MODES = ("file.mode", "document.mode", "file.x_secrecy", "document.x_secrecy")


@dataclass(slots=True)
class Group:
    """The rows of one hồ sơ in the order of the list, and the file that each row's path leads to."""

    agency: str
    code: str
    inventory: str
    rows: list[ListRow] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    sealed: list[tuple[ListRow, str]] = field(default_factory=list)

    @property
    def key(self) -> str | None:
        """Agency and file code; None where one is missing."""
        return f"{self.agency}/{self.code}" if self.agency and self.code else None


def group_rows(rows: Iterable[ListRow], agency: str | None) -> list[Group]:
    """The groups in the order in which they first appear.

    A row without a file code is of the hồ sơ with its title, or, where its whole file block is empty, of the row
    above; it breaks a MUST there, so that no hồ sơ is taken in without some of its rows. Else it stands alone.
    """
    groups: dict[tuple[str, ...], Group] = {}
    above: Group | None = None
    source = None
    for row in rows:
        above = above if source is row.source else None
        source = row.source
        if above is None or row.text("file.fileCode") or any(tidy(v).text for v in _block(row)):
            above = _group_of(row, agency, groups)
        above.rows.append(row)
        above.sealed += [(row, cell) for cell in sealing_cells(row)]
    return _with_rows_by_title(list(groups.values()))


def _group_of(row: ListRow, agency: str | None, groups: dict[tuple[str, ...], Group]) -> Group:
    owner = agency or row.text("file.x_agency") or row.text("file.x_fonds")
    code, inventory = row.text("file.fileCode"), row.text("file.x_inventory")
    title = "" if code else row.text("file.title")
    place = (owner, _plain_number(inventory), _plain_number(code), title)
    return groups.setdefault(place, Group(owner, code, inventory))


def _plain_number(text: str) -> str:
    """A number without leading zeros: one cell of a column may be text ("02"), the next a number (2)."""
    return text.lstrip("0") or "0" if text.isdigit() else text


def _with_rows_by_title(groups: list[Group]) -> list[Group]:
    """The groups; those without a code put to the one group with a code, of their agency, that has their title."""
    titled: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for index, group in enumerate(groups):
        if group.code:
            titled[(group.agency, group.inventory, group.rows[0].text("file.title"))].add(index)
    kept = []
    for group in groups:
        title = group.rows[0].text("file.title")
        same = titled.get((group.agency, group.inventory, title), set())
        if group.code or not title or len(same) != 1:
            kept.append(group)
            continue
        home = groups[next(iter(same))]
        home.rows += group.rows
        home.sealed += group.sealed
    return kept


def sealing_cells(row: ListRow) -> Iterator[str]:
    """The cells of a row that carry a secrecy mark: the mode and secrecy columns in any wording, and any other cell,
    even of a column that no mapping knows, that is nothing but the mark."""
    modes = {row.source.fit.positions[name] for name in _MODES if name in row.source.fit.positions}
    for index, value in enumerate(row.values):
        if value is None or (index not in modes and not isinstance(value, str)):
            continue
        if index in modes:
            secret = secret_mode(tidy(value).text)
        else:
            secret = secrecy_word(value) if isinstance(value, str) and len(value) <= 60 else None
        if secret:
            yield cell_name(row.source.table, index, row.number)


def find_files(groups: list[Group], paths: Paths) -> None:
    """Fills in the file of each row, and seals every hồ sơ that names a file of a sealed one."""
    for group in groups:
        for row in group.rows:
            written = as_received(row.value("document.path"))
            folder = folder_of(row.source.file.path)
            group.matches.append(paths.find(written, folder) if written.strip() else Match(None))
    shut: set[str] = set()
    while more := {p for g in groups if g.sealed for p in _paths(g)} - shut:
        shut |= more
        for group in groups:
            if not group.sealed and shut & _paths(group):
                group.sealed += [
                    (row, row.cell("document.path") or sheet_path(row))
                    for row, match in zip(group.rows, group.matches, strict=True)
                    if match.file and match.file.path in shut
                ]


def _paths(group: Group) -> set[str]:
    return {m.file.path for m in group.matches if m.file}


def build_unit(group: Group) -> DeliveredFileUnit:
    """One hồ sơ with its description, its documents and what is wrong with it; sealed where a row is."""
    if group.sealed:
        return _sealed_unit(group)
    reader, findings = _file_reader(group)
    documents = []
    for row, match in zip(group.rows, group.matches, strict=True):
        document, found = _document(row, match)
        documents.append(document)
        findings += found
    findings += _across(group, reader.fields, documents)
    return DeliveredFileUnit(
        agency=group.agency,
        file_code=group.code or None,
        key=group.key,
        fields=reader.fields,
        cells=RowCells(group.rows[0], "file"),
        documents=tuple(documents),
        documentation=(),
        unclaimed=(),
        rows_received=rows_received(group.rows),
        findings=tuple(findings),
    )


def _sealed_unit(group: Group) -> DeliveredFileUnit:
    findings = [finding("DLV-SEALED", path=sheet_path(row), cell=cell) for row, cell in group.sealed]
    documents = [
        DocumentRow(
            order=whole_number(row.text("document.docOrdinal")) or 0,
            row=row.number,
            fields={},
            cells={},
            file=m.file,
        )
        for row, m in zip(group.rows, group.matches, strict=True)
    ]
    return DeliveredFileUnit(
        agency="", file_code=None, key=None, fields={}, cells={}, documents=tuple(documents), documentation=(),
        unclaimed=(), rows_received="", findings=tuple(findings), sealed_cells=tuple(cell for _, cell in group.sealed),
    )  # fmt: skip


def _file_reader(group: Group) -> tuple[Reader, list[Finding]]:
    """The fields of the hồ sơ: of each column the first row that has it."""
    first = group.rows[0]
    columns = {n: i for n, i in first.source.fit.positions.items() if n.startswith("file.")}
    values = list(first.values)
    findings: list[Finding] = []
    block = _block(first)
    differs: set[str] = set()
    for row in group.rows[1:]:
        if _block(row) == block:
            continue
        for name, index in columns.items():
            here, there = row.text(name), first.text(name)
            if here and not there and not (index < len(values) and values[index]):
                values += [None] * (index + 1 - len(values))
                values[index] = row.value(name)
            elif here and there and name not in differs and not _same(name, here, there):
                differs.add(name)
                findings.append(_differs(row, name, first))
    reader = Reader(replace(first, values=tuple(values)), "file")
    reader.read()
    findings += [_no_code(row) for row in group.rows if group.code and not row.text("file.fileCode")]
    if not group.agency:
        findings.append(cell_finding(first, "DLV-AGENCY-MISSING", "file.x_fonds"))
    return reader, [*reader.findings, *findings]


def _same(name: str, here: str, there: str) -> bool:
    """Whether two cells of a file column mean the same: 5 and "05" as numbers and dates do, words of one code do."""
    rule = field_rules("file")[name.split(".")[1]]
    if here == there:
        return True
    if rule.kind == "code":
        codes = code_list(rule.list)
        return codes.code_of(here) is not None and codes.code_of(here) == codes.code_of(there)
    number = whole_number(here)
    return rule.kind in ("number", "date") and number is not None and number == whole_number(there)


def _block(row: ListRow) -> tuple[Value, ...]:
    return tuple(row.value(n) for n in row.source.fit.positions if n.startswith("file."))


def _no_code(row: ListRow) -> Finding:
    rule = field_rules("file")["fileCode"]
    return cell_finding(row, "DLV-FIELD-REQUIRED", "file.fileCode", field=rule.vi, field_en=rule.en)


def _differs(row: ListRow, name: str, first: ListRow) -> Finding:
    rule = field_rules("file")[name.split(".")[1]]
    other = first.cell(name) or ""
    return cell_finding(row, "DLV-FILE-DIFFERS", name, field=rule.vi, field_en=rule.en, other=other)


def _document(row: ListRow, match: Match) -> tuple[DocumentRow, list[Finding]]:
    reader = Reader(row, "document")
    reader.read()
    order = _order(reader)
    if match.code:
        reader.note(match.code, "path", **dict(match.values))
    elif match.file is None:
        reader.note("DLV-ROW-NO-PATH", "path")
    label = str(order) if order else None
    return (
        DocumentRow(order, row.number, reader.fields, RowCells(row, "document"), match.file),
        [f.at(document=label) for f in reader.findings],
    )


def _order(reader: Reader) -> int:
    """The order number; 0 and a finding where there is none."""
    written = reader.row.text("document.docOrdinal")
    number = whole_number(written)
    if number:
        return number
    if written:
        reader.note("DLV-ORDER-NOT-NUMBER", "docOrdinal", value=written)
    else:
        reader.note("DLV-ORDER-MISSING", "docOrdinal")
    return 0


def _across(group: Group, fields: dict[str, str], documents: list[DocumentRow]) -> Iterator[Finding]:
    """What only the rows of a hồ sơ together can tell."""
    yield from _doubled_orders(group, documents)
    yield from _dates(group, fields, documents)
    first = group.rows[0]
    total = fields.get("totalDoc")
    if total is not None and int(total) != len(documents):
        yield cell_finding(first, "DLV-TOTAL-DIFFERS", "file.totalDoc", total=total, rows=len(documents))
    sheets = list(dict.fromkeys((r.source.file.path, r.source.table) for r in group.rows))
    if len(sheets) > 1:
        names = ", ".join(name for _, name in sheets)
        yield cell_finding(first, "DLV-FILE-IN-SHEETS", "file.fileCode", sheets=names)


def _doubled_orders(group: Group, documents: list[DocumentRow]) -> Iterator[Finding]:
    seen: dict[int, ListRow] = {}
    for row, document in zip(group.rows, documents, strict=True):
        if document.order and document.order in seen:
            other = seen[document.order].cell("document.docOrdinal") or ""
            told = cell_finding(
                row, "DLV-ORDER-DOUBLED", "document.docOrdinal", value=document.order, other=other
            )
            yield told.at(document=str(document.order))
        seen.setdefault(document.order, row)


def _dates(group: Group, fields: dict[str, str], documents: list[DocumentRow]) -> Iterator[Finding]:
    start, end = fields.get("startDate"), fields.get("endDate")
    if not start or not end:
        return
    values = {"start": dates.for_people(start), "end": dates.for_people(end)}
    first, last = dates.bounds(start)[0], dates.bounds(end)[1]
    if first > last:
        yield cell_finding(group.rows[0], "DLV-DATE-ORDER", "file.startDate", **values)
        return
    for row, document in zip(group.rows, documents, strict=True):
        issued = document.fields.get("issuedDate")
        if issued and (dates.bounds(issued)[1] < first or dates.bounds(issued)[0] > last):
            values["value"] = dates.for_people(issued)
            told = cell_finding(row, "DLV-DATE-OUTSIDE", "document.issuedDate", **values)
            yield told.at(document=str(document.order))


def rows_received(rows: list[ListRow]) -> str:
    """The rows as received, as CSV with their header row; a second header where the rows come from a second table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    last = None
    for row in rows:
        if last is None or row.source.fit.header != last:
            last = row.source.fit.header
            writer.writerow(last)
        writer.writerow(map(as_received, row.values))
    return out.getvalue()


def shared_files(groups: list[Group]) -> dict[int, list[Finding]]:
    """DLV-FILE-TWICE for each row, not sealed, that names a file which an earlier row names; by the group's index."""
    seen: dict[str, ListRow] = {}
    found: dict[int, list[Finding]] = defaultdict(list)
    for index, group in enumerate(groups):
        for row, match in zip(group.rows, group.matches, strict=True):
            if match.file is None or group.sealed:
                continue
            first = seen.setdefault(match.file.path, row)
            if first is not row:
                other = first.cell("document.path") or ""
                name = as_received(row.value("document.path"))
                told = cell_finding(row, "DLV-FILE-TWICE", "document.path", file=name, other=other)
                found[index].append(told)
    return found


def shared_keys(groups: list[Group]) -> dict[int, list[Finding]]:
    """DLV-KEY-TWICE for each group, not sealed, whose key another one has too; by the group's index."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        if group.key and not group.sealed:
            by_key[group.key].append(index)
    found: dict[int, list[Finding]] = {}
    for same in by_key.values():
        for index in same if len(same) > 1 else ():
            other = next(groups[i].rows[0].cell("file.fileCode") or "" for i in same if i != index)
            row = groups[index].rows[0]
            found[index] = [cell_finding(row, "DLV-KEY-TWICE", "file.fileCode", other=other)]
    return found


def own_files(group: Group) -> Iterator[DeliveredFile]:
    """The files that the rows of a group name, each once."""
    yield from {m.file.path: m.file for m in group.matches if m.file}.values()
