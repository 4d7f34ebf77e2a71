"""Lists in XML after TT 02/2019: the same table as a spreadsheet under the circular's identifiers (mapping `tt02-fields`).

A row's number is the line of the XML file that its document begins at.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ingest.delivery_columns import known_mappings
from ingest.sheet import Row, SheetRefused, Table
from standards.errors import KhoError
from standards.tt02 import Record, records
from standards.vietnamese import nfc

_LONGEST: Final = 64 << 20
_HEAD: Final = 256 * 1024
_LOOKS_SO: Final = re.compile(rb"<(?:\w+:)?(FileCode|FileNotation)[\s>/]")
_PATHS: Final = ("Path", "FilePath", "FileName", "Attachment")


def is_xml_list(path: Path) -> bool:
    """Whether an .xml file holds the fields of a hồ sơ after TT 02/2019, by its first 256 KiB."""
    if path.suffix.lower() != ".xml":
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return bool(_LOOKS_SO.search(head.replace(b"\0", b"")))


def table(path: Path) -> Table:
    """The one table of an XML list, named after it. Raises SheetRefused."""
    try:
        if path.stat().st_size > _LONGEST:
            raise SheetRefused("DLV-SHEET-TOO-LARGE", limit=f"{_LONGEST >> 20} MiB")
        found = records(path.read_bytes())
    except OSError as error:
        raise SheetRefused("DLV-SHEET-UNREADABLE", reason=error.strerror or str(error)) from error
    except KhoError as error:
        raise SheetRefused("DLV-SHEET-UNREADABLE", reason=str(error.values.get("reason", error))) from error
    rows = list(_rows(found))
    name = path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return Table(name=nfc(name), hidden=False, rows=lambda: iter(rows))


def _rows(found: list[Record]) -> Iterator[Row]:
    """The headings, then a row for each document; fields that the mapping has not stand at the end of their block."""
    known = next(m for m in known_mappings() if m.name == "tt02-fields")
    of_file = [c.heading for c in known.columns if c.field.startswith("file.")]
    of_document = [
        c.heading for c in known.columns if c.field.startswith("document.") and c.heading != "Path"
    ]
    for record in found:
        of_file += [name for name in record.file if name not in of_file]
        of_document += [name for name in record.document if name not in (*of_document, *_PATHS)]
    yield 1, (*of_file, *of_document, "Path")
    for number, record in enumerate(found, start=2):
        path = next((record.document[p] for p in _PATHS if record.document.get(p)), None)
        values = [
            *(record.file.get(n) or None for n in of_file),
            *(record.document.get(n) or None for n in of_document),
        ]
        yield max(number, record.line), (*values, path)
