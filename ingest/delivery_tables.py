"""The one door to a delivery's lists: what a file is, its content tells."""

from pathlib import Path
from typing import Final

from ingest import delivery_csv
from ingest.sheet import SheetRefused, Table

READ: Final = (".xlsx", ".xlsm", ".csv", ".tsv")
NOT_READ: Final = {
    ".xls": "Excel 97-2003 (.xls)",
    ".xlsb": "Excel Binary (.xlsb)",
    ".ods": "OpenDocument (.ods)",
}


def is_list(name: str) -> bool:
    """Whether a file name is a spreadsheet's, readable or not."""
    suffix = Path(name).suffix.lower()
    return suffix in READ or suffix in NOT_READ


def read_tables(path: Path) -> tuple[Table, ...]:
    """The tables of a list. Raises SheetRefused, for whatever is wrong with it.

    The first bytes of a ZIP are an .xlsx whatever the name, and those of an OLE file an .xls.
    """
    suffix = path.suffix.lower()
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise SheetRefused("DLV-SHEET-UNREADABLE", reason=error.strerror or str(error)) from error
    if head.startswith(b"\xd0\xcf\x11\xe0") or suffix in NOT_READ:
        raise SheetRefused("DLV-SHEET-FORMAT", format=NOT_READ.get(suffix, NOT_READ[".xls"]))
    if head.startswith(b"PK\x03\x04"):
        from ingest import delivery_xlsx  # loads openpyxl, which no other list needs

        return delivery_xlsx.tables(path)
    if suffix in (".xlsx", ".xlsm"):
        raise SheetRefused("DLV-SHEET-UNREADABLE", reason="không phải tệp .xlsx (not an .xlsx file)")
    return (delivery_csv.table(path),)
