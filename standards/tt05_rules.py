"""Judges the flat `<simpledc>` descriptions of TT 05/2025 by its field table. Shares no code with their writer."""

import calendar
import datetime as dt
import posixpath
import re
from collections.abc import Mapping
from typing import Final

from standards.eark_mets_rules import Note
from standards.findings import Level
from standards.tt05 import Field, field_table
from standards.xml import Reader

_DATE: Final = re.compile(r"(?:(?:(\d{2})/)?(\d{2})/)?(\d{4})")
_DIGITAL: Final = "01"


class Descriptions:
    """The descriptions of one package, and what holds among them: order numbers, the total."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.orders: set[str] = set()
        self.total: str | None = None
        self.path = ""
        self.documents = 0
        self.is_circular = False

    def reader(self, path: str, level: str, *, disseminated: bool = False) -> "DescriptionReader | None":
        """A reader for the description at `path`; None where the name is not one of TT 05/2025's text kinds.

        `disseminated`: the package is a DIP, which has field sets of its own.
        """
        name = posixpath.basename(path).upper()
        if name == "EAD.XML":
            return DescriptionReader(path, "request" if disseminated else "hoso", "EAD.xsd", level, self)
        if name.startswith("EAD_DOC_"):
            self.documents += 1
            table = "document_dip" if disseminated else "document"
            return DescriptionReader(path, table, "EAD_doc.xsd", level, self)
        return None

    def finish(self, files: int) -> None:
        """The total that EAD.xml states against the documents that are described, or the `files` of data."""
        if not self.total or not self.total.isdigit():
            return
        stated, found = int(self.total), self.documents or files
        # Where nothing describes the documents, one may be several files, in several representations.
        if stated != found and (self.documents or stated > files):
            self.note("TT05-TOTAL", self.path, stated=self.total, found=found)


class DescriptionReader(Reader):
    """Gathers the fields of one file; `finish` judges them. `level` is how binding the table is here.

    `root` is the root element's tag.
    """

    def __init__(self, path: str, table: str, xsd: str, level: str, package: Descriptions) -> None:
        self.xsd = xsd
        self._path = path
        self._table = table
        self._level = Level(level)
        self._package = package
        self._depth = 0
        self.root = ""
        self._text: list[str] = []
        self._values: dict[str, str] = {}

    @property
    def is_simpledc(self) -> bool:
        """Whether it is the circular's kind at all."""
        return self.root == "simpledc"

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._text = []
        if self._depth == 1:
            self.root = tag
            self._package.is_circular |= self.is_simpledc

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._depth == 1:
            if tag in self._values:
                self._package.note("TT05-DOUBLE", self._path, field=tag, vi=tag)
            self._values[tag] = "".join(self._text).strip()

    def finish(self) -> None:
        fields = field_table(self._table)
        for name, field in fields.items():
            value = self._values.get(name, "")
            if value:
                self._judge(name, field, value)
            elif self._wanted(field):
                self._tell("TT05-MISSING", name, field)
        for name in (name for name in self._values if name not in fields):
            self._package.note("TT05-UNKNOWN", self._path, field=name)
        self._together()

    def _wanted(self, field: Field) -> bool:
        confidence = self._values.get("confidenceLevel", "")
        return {
            "always": True,
            "scanned": confidence not in ("", _DIGITAL),
            "risk": self._values.get("riskRecovery") == "1",
            "process": confidence in ("01", "03"),
        }.get(field.mandatory, False)

    def _judge(self, name: str, field: Field, value: str) -> None:
        if field.max and len(value) > field.max:
            self._tell("TT05-LENGTH", name, field, found=len(value), max=field.max)
        if field.kind == "number" and not (value.isascii() and value.isdigit()):
            self._tell("TT05-NUMBER", name, field, found=value)
        if field.kind == "date" and _day(value) is None:
            self._tell("TT05-DATE", name, field, found=value)
        if field.kind in ("code", "codes"):
            for code in value.split(";"):
                if not (len(code) == 2 and code.isdigit() and 1 <= int(code) <= field.codes):
                    self._tell("TT05-CODE", name, field, found=code)

    def _tell(self, code: str, name: str, field: Field, **values: object) -> None:
        self._package.note(code, self._path, level=self._level, vi=field.vi, field=name, **values)

    def _together(self) -> None:
        """What one field says against another."""
        start, end = (_day(self._values.get(name, "")) for name in ("startDate", "endDate"))
        if start and end and end[1] < start[0]:
            self._package.note("TT05-DATES-ORDER", self._path, start=self._values["startDate"],
                               end=self._values["endDate"])  # fmt: skip
        if self._table == "hoso":
            self._package.total, self._package.path = self._values.get("totalDoc"), self._path
            return
        order = self._values.get("docOrdinal", "")
        if order and order in self._package.orders:
            self._package.note("TT05-ORDER", self._path, found=order)
        self._package.orders.add(order)


def _day(value: str) -> tuple[dt.date, dt.date] | None:
    """The first and last day of a date of TT 05/2025; None where it is none."""
    m = _DATE.fullmatch(value)
    if m is None:
        return None
    day, month, year = int(m[1] or 0), int(m[2] or 0), int(m[3])
    try:
        first = dt.date(year, month or 1, day or 1)
        later = first if day else dt.date(year, month or 12, calendar.monthrange(year, month or 12)[1])
    except ValueError:
        return None
    return first, later
