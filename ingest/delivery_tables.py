"""The one door to a delivery's lists: what a file is, its content tells."""

import mmap
from pathlib import Path
from typing import Final

from ingest.sheet import SheetRefused, Table

READ: Final = (".xlsx", ".xlsm", ".csv", ".tsv")
NOT_READ: Final = {
    ".xls": "Excel 97-2003 (.xls)",
    ".xlsb": "Excel Binary (.xlsb)",
    ".ods": "OpenDocument (.ods)",
}
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")  # an entry of the OLE directory


def is_list(name: str) -> bool:
    """Whether a file name is a spreadsheet's, readable or not."""
    suffix = Path(name).suffix.lower()
    return suffix in READ or suffix in NOT_READ


def may_be_list(path: Path) -> bool:
    """Whether a file is a spreadsheet by its name, or an XML list by its content."""
    if is_list(path.name):
        return True
    if path.suffix.lower() != ".xml":
        return False
    from ingest.delivery_xml import is_xml_list  # knows the column mappings

    return is_xml_list(path)


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
    if head.startswith(b"\xd0\xcf\x11\xe0") and suffix in READ and _is_locked(path):
        raise SheetRefused("DLV-SHEET-LOCKED")
    if head.startswith(b"\xd0\xcf\x11\xe0") or suffix in NOT_READ:
        raise SheetRefused("DLV-SHEET-FORMAT", format=NOT_READ.get(suffix, NOT_READ[".xls"]))
    if head.startswith(b"PK\x03\x04"):
        from ingest import delivery_xlsx  # loads openpyxl, which no other list needs

        return delivery_xlsx.tables(path)
    if suffix in (".xlsx", ".xlsm"):
        raise SheetRefused("DLV-SHEET-UNREADABLE", reason="không phải tệp .xlsx (not an .xlsx file)")
    if suffix == ".xml":
        from ingest import delivery_xml

        return (delivery_xml.table(path),)
    from ingest import delivery_csv  # reads text in any encoding

    return (delivery_csv.table(path),)


def _is_locked(path: Path) -> bool:
    """Whether an OLE file is a workbook locked with a password ([MS-OFFCRYPTO] 2.3.4.4)."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(_LOCKED) >= 0
