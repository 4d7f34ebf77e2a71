"""A group of rows as a hồ sơ: its description, its documents, and what only the rows together can tell."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

from ingest.delivery_cells import (
    ListRow,
    Reader,
    RowCells,
    cell_finding,
    file_block,
    sheet_path,
    whole_number,
)
from ingest.delivery_groups import Group
from ingest.delivery_tree import Match
from ingest.sheet import as_received
from repository.packages import DeliveredFileUnit, DocumentRow
from standards import dates
from standards.codes import code_list, field_rules
from standards.findings import Finding, finding


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
    block = file_block(first)
    differs: set[str] = set()
    for row in group.rows[1:]:
        if file_block(row) == block:
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
