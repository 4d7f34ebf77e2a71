"""Judges the flat `<simpledc>` descriptions of TT 05/2025 by its field table. Shares no code with their writer."""

import calendar
import datetime as dt
import posixpath
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from importlib import resources
from typing import Final

from standards.eark_mets_rules import Note
from standards.findings import Level
from standards.tt05 import Field, field_table
from standards.xml import Reader

_DATE: Final = re.compile(r"(?:(?:(\d{2})/)?(\d{2})/)?(\d{4})")
_DIGITAL: Final = "01"
_PACKAGE: Final = {"SIP": "hoso_sip", "AIP": "hoso", "DIP": "request"}
_LOOSE: Final = {"hoso_sip": "tailieu_sip", "hoso": "tailieu"}
_ALL: Final = ("SIP", "AIP", "DIP")
_OF_DOCUMENTS: Final = (
    ("EAD_DOC_", "EAD_doc.xsd", {"SIP": "document_sip", "AIP": "document", "DIP": "document_dip"}),
    ("EAD_PIC_", "EAD_pic.xsd", dict.fromkeys(_ALL, "pic")),
    ("EAD_MEDIA_", "EAD_media.xsd", dict.fromkeys(_ALL, "media")),
)


class Descriptions:
    """The descriptions of one package, and what holds among them: order numbers, codes, the total.

    `is_circular`: one of them is a `<simpledc>`; `is_loose`: EAD.xml describes loose documents, not a file.
    """

    def __init__(self, note: Note) -> None:
        self.note = note
        self.orders: set[str] = set()
        self.total: str | None = None
        self.path = ""
        self.documents = 0
        self.is_circular = self.is_loose = False
        self.file_code = ""
        self.other_codes: list[tuple[str, str]] = []

    def reader(self, path: str, level: str, *, oais_type: str = "AIP") -> "DescriptionReader | None":
        """A reader for the description at `path`; None where the name is not one of TT 05/2025's.

        `oais_type`: SIP, AIP or DIP, which have field sets of their own. In a SIP what is always wanted binds.
        """
        name = posixpath.basename(path).upper()
        if name == "EAD.XML":
            return DescriptionReader(path, _PACKAGE[oais_type], "EAD.xsd", level, self)
        for prefix, xsd, tables in _OF_DOCUMENTS:
            if name.startswith(prefix):
                self.documents += 1
                return DescriptionReader(path, tables[oais_type], xsd, level, self)
        return None

    def finish(self, files: int) -> None:
        """The total that EAD.xml states against the documents that are described, or the `files` of data."""
        if self.file_code and self.other_codes:
            path, code = self.other_codes[0]
            self.note("TT05-DOC-CODE", path, found=code, stated=self.file_code, count=len(self.other_codes))
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
        # What a SIP always owes is asked of whoever packed it; what hangs on another field is advice.
        self._level = Level.MUST if table.endswith("_sip") else Level(level)
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
        if self._table in _LOOSE and "source" in self._values:
            self._table = _LOOSE[self._table]
            self._package.is_loose = True
        fields = field_table(self._table)
        for name, field in fields.items():
            value = self._values.get(name, "")
            if value:
                self._judge(name, field, value)
            elif self._wanted(field):
                is_advice = field.mandatory != "always" and self._table.endswith("_sip")
                self._tell("TT05-MISSING", name, field, level=Level.SHOULD if is_advice else None)
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

    def _tell(
        self, code: str, name: str, field: Field, *, level: Level | None = None, **values: object
    ) -> None:
        self._package.note(code, self._path, level=level or self._level, vi=field.vi, field=name, **values)

    def _together(self) -> None:
        """What one field says against another."""
        start, end = (_day(self._values.get(name, "")) for name in ("startDate", "endDate"))
        if start and end and end[1] < start[0]:
            self._package.note("TT05-DATES-ORDER", self._path, start=self._values["startDate"],
                               end=self._values["endDate"])  # fmt: skip
        if self.xsd == "EAD.xsd":
            self._package.total, self._package.path = self._values.get("totalDoc"), self._path
            self._package.file_code = self._values.get("fileCode", "")
            return
        code = self._values.get("docCode", "")
        if code and self._package.file_code and not code.startswith(f"{self._package.file_code}."):
            self._package.other_codes.append((self._path, code))
        order = self._values.get("docOrdinal", "")
        if order and order in self._package.orders:
            self._package.note("TT05-ORDER", self._path, found=order)
        self._package.orders.add(order)


def package_faults(
    root: Mapping[str, str], header: Mapping[str, str], records: Collection[str], *, is_loose: bool
) -> Iterator[tuple[str, str, str]]:
    """What METS says otherwise than a SIP of TT 05/2025 would: where, what was found, what is wanted.

    `records` are the TYPEs of altRecordID.
    """
    rules = tomllib.loads((resources.files("standards") / "codes" / "tt05_package.toml").read_text("utf-8"))
    wanted = rules["type"]["tailieu" if is_loose else "hoso"]
    given = {name: root.get(name, "") for name in ("OBJID", "PROFILE", "TYPE")}
    if not re.fullmatch(rules["objid"], given["OBJID"]):
        yield "OBJID", given["OBJID"], "uuid-{UUID}"
    if given["PROFILE"] != rules["profile"]:
        yield "PROFILE", given["PROFILE"], rules["profile"]
    if given["TYPE"] != wanted:
        yield "TYPE", given["TYPE"], wanted
    if header.get("RECORDSTATUS", "") not in rules["status"]:
        yield "RECORDSTATUS", header.get("RECORDSTATUS", ""), " | ".join(rules["status"])
    if rules["agreement"] not in records:
        yield "altRecordID", "", rules["agreement"]


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
