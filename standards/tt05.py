"""The descriptive files of TT 05/2025/TT-BNV: their field tables as data, and the flat `<simpledc>` writer.

A value that does not fit its field (a number in words, a code outside the list) is written empty: the file never
says what the standard has no form for. Nothing is lost by it, since `kho.json` keeps every value as it came.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

from standards import dates
from standards.xml import XSI, XmlWriter

FILE_XSD: Final = "EAD.xsd"
DOCUMENT_XSD: Final = "EAD_doc.xsd"
SCHEMAS: Final = (FILE_XSD, DOCUMENT_XSD, "EAD_pic.xsd", "EAD_media.xsd")
_EDTF: Final = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is text, code, codes, date, number or bool; `max` characters (0: none), `codes` the last code.

    `mandatory` is "", always, scanned, risk or process (see `codes/tt05_fields.toml`).
    """  # fmt: skip

    vi: str
    kind: str
    max: int = 0
    codes: int = 0
    mandatory: str = ""


@functools.cache
def field_table(name: str) -> Mapping[str, Field]:
    """The fields of "hoso", "document", "request" or "document_dip", in the order in which they are written."""
    text = (resources.files("standards") / "codes" / "tt05_fields.toml").read_text(encoding="utf-8")
    return {field: Field(**rule) for field, rule in tomllib.loads(text)[name].items()}


def written_value(field: Field, value: str) -> str:
    """The value in the standard's form (dates DD/MM/YYYY, MM/YYYY or YYYY); empty where it has none."""
    value = value.strip()
    if field.kind == "text":
        return value
    if field.kind == "date":
        return dates.for_people(value) if _EDTF.fullmatch(value) else ""
    if field.kind == "number":
        return value if re.fullmatch(r"[0-9]{1,10}", value) else ""
    if field.kind == "bool":
        return {"0": "0", "1": "1", "00": "0", "01": "1"}.get(value, "")
    codes = re.split(r"\s*[;,]\s*", value) if field.kind == "codes" else [value]
    known = all(re.fullmatch(r"[0-9]{2}", code) and 1 <= int(code) <= field.codes for code in codes)
    return ";".join(codes) if known else ""


def simpledc(writer: XmlWriter, table: str, values: Mapping[str, str], schema: str) -> None:
    """Write the whole document: every field of the table, in its order; `schema` is the way to its XSD."""
    pairs = ((name, written_value(field, values.get(name, ""))) for name, field in field_table(table).items())
    _simpledc(writer, pairs, schema)


def _simpledc(writer: XmlWriter, pairs: Iterable[tuple[str, str]], schema: str) -> None:
    with writer.element("simpledc", {"xmlns:xsi": XSI, "xsi:noNamespaceSchemaLocation": schema}):
        for name, value in pairs:
            writer.leaf(name, value)
