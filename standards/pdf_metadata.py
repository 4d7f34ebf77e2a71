"""What a PDF claims to be and where it came from: its XMP packet and its document information dictionary."""

import re
from dataclasses import dataclass
from typing import Any

import pikepdf
from lxml import etree

_PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_MAX_XMP = 4 * 1024 * 1024
_PDF_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-]\d\d)'?(\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Description:
    """`claim` is like "2b" (PDF/A part and level; "4" has none), `created` an ISO 8601 date or date-time."""

    claim: str | None = None
    creating_application: str = ""
    created: str | None = None


def describe(pdf: pikepdf.Pdf) -> Description:
    """The claim, maker and date of an open PDF. What is unreadable is left out."""
    info: Any = pdf.docinfo if "/Info" in pdf.trailer else {}
    xmp = _properties(_packet(pdf))
    makers = dict.fromkeys(t for t in (_text(info, "/Creator"), _text(info, "/Producer")) if t)
    application = "; ".join(makers) or xmp.get(_XMP + "CreatorTool", "")
    created = _iso_date(_text(info, "/CreationDate")) or xmp.get(_XMP + "CreateDate")
    return Description(_claim(xmp), application[:300], created[:40] if created else None)


def _packet(pdf: pikepdf.Pdf) -> bytes:
    stream = pdf.Root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream) or int(stream.stream_dict.get("/Length", 0)) > _MAX_XMP:
        return b""
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:
        return b""


def _properties(packet: bytes) -> dict[str, str]:
    """The simple properties of the packet, written as attributes or as elements (XMP allows both)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(packet.strip(b"\0 \t\r\n"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return {}
    found: dict[str, str] = {}
    for node in root.iter(_RDF + "Description"):
        found.update((str(name), str(value).strip()) for name, value in node.attrib.items())
        found.update((str(e.tag), (e.text or "").strip()) for e in node if isinstance(e.tag, str))
    return found


def _claim(xmp: dict[str, str]) -> str | None:
    part, level = xmp.get(_PDFAID + "part", ""), xmp.get(_PDFAID + "conformance", "")
    claim = part + level.lower()
    return claim if re.fullmatch(r"[1-4][abefu]?", claim) else None


def _text(info: Any, key: str) -> str:
    value = info.get(key)
    return str(value).strip() if isinstance(value, pikepdf.String) else ""


def _iso_date(text: str) -> str | None:
    """A PDF date (ISO 32000-1 7.9.4) in ISO 8601, as exact as it is given."""
    match = _PDF_DATE.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, utc, offset, offset_minutes = match.groups()
    date = "-".join(part for part in (year, month, day) if part)
    if hour is None or minute is None:
        return date
    zone = "Z" if utc else f"{offset}:{offset_minutes or '00'}" if offset else ""
    return f"{date}T{hour}:{minute}:{second or '00'}{zone}"
