"""Rows of a list that describe nothing: a heading between the rows, a total, the names of those who signed below it.

Such a row names no hồ sơ, no document and no file. It is told with its place and left out, where it would else be a
document without anything in the hồ sơ above it. A row with a secrecy mark, or with a number, always counts.
"""

from typing import Final

from ingest.delivery_cells import ListRow, sheet_path
from ingest.delivery_groups import sealing_cells
from ingest.sheet import cell_name
from standards.findings import Finding, finding

_NAMING: Final = ("file.fileCode", "document.docOrdinal", "document.path")
_BETWEEN: Final = (*_NAMING, "file.title", "document.subject", "document.typeName")
_DESCRIBED: Final = ("document.subject", "document.typeName")
_MOST_BELOW: Final = 3  # filled cells of a total, or of two who sign and a date


def part_notes(rows: list[ListRow]) -> tuple[list[ListRow], list[Finding]]:
    """The rows that describe something, and DLV-ROW-NOTE for each that does not."""
    last = {id(row.source): at for at, row in enumerate(rows) if any(row.text(name) for name in _NAMING)}
    kept, told = [], []
    for at, row in enumerate(rows):
        filled = [index for index, value in enumerate(row.values) if value not in (None, "")]
        if _describes_nothing(row, filled, is_below=at > last.get(id(row.source), -1)):
            cell = cell_name(row.source.table, filled[0], row.number)
            told.append(finding("DLV-ROW-NOTE", path=sheet_path(row), cell=cell))
        else:
            kept.append(row)
    return kept, told


def _describes_nothing(row: ListRow, filled: list[int], *, is_below: bool) -> bool:
    if not 0 < len(filled) <= (_MOST_BELOW if is_below else 1):
        return False
    if any(row.text(name) for name in (_NAMING if is_below else _BETWEEN)):
        return False
    words = [value for index in filled if isinstance(value := row.values[index], str)]
    if len(words) < len(filled) or any(word.strip().isdigit() for word in words):
        return False
    return not all(row.text(name) for name in _DESCRIBED) and not any(sealing_cells(row))
