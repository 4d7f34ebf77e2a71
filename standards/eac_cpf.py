"""Writes a body as EAC-CPF 2010 (Encoded Archival Context: corporate bodies; namespace urn:isbn:1-931666-33-4).

Dates are ISO 8601 in `standardDate`, with the words for people beside them. The schema is not held here: its elements
and their order follow the tag library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from standards.xml import XLINK, XSI, XmlWriter

EAC: Final = "urn:isbn:1-931666-33-4"


@dataclass(frozen=True, slots=True)
class Dated:
    """A value with its first and last day (ISO dates, empty where unknown or still going on)."""

    value: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation to another body: `type` is temporal-earlier, temporal-later, hierarchical-parent or -child."""

    type: str
    id: str
    name: str
    date: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A body: `id` its code for ever, `history` the sentences of its history, `fonds` (code, name) that it made."""

    id: str
    agency: str
    names: Sequence[Dated]
    codes: Sequence[Dated]
    exists: Dated
    statuses: Sequence[Dated]
    history: Sequence[str]
    relations: Sequence[Relation]
    fonds: Sequence[tuple[str, str]]
    time: str


def write_body(body: Body, path: Path) -> None:
    """One EAC-CPF document. Raises OSError."""
    with XmlWriter(path) as xml:
        xml.start("eac-cpf", {"xmlns": EAC, "xmlns:xlink": XLINK, "xmlns:xsi": XSI})
        _control(xml, body)
        xml.start("cpfDescription")
        _identity(xml, body)
        _description(xml, body)
        _relations(xml, body)
        xml.end()
        xml.end()


def _control(xml: XmlWriter, body: Body) -> None:
    with xml.element("control"):
        xml.leaf("recordId", body.id)
        xml.leaf("maintenanceStatus", "revised")
        xml.leaf("publicationStatus", "approved")
        with xml.element("maintenanceAgency"):
            xml.leaf("agencyName", body.agency)
        with xml.element("languageDeclaration"):
            xml.leaf("language", "Tiếng Việt", {"languageCode": "vie"})
            xml.leaf("script", "Latin", {"scriptCode": "Latn"})
        with xml.element("maintenanceHistory"), xml.element("maintenanceEvent"):
            xml.leaf("eventType", "derived")
            xml.leaf("eventDateTime", body.time, {"standardDateTime": body.time})
            xml.leaf("agentType", "machine")
            xml.leaf("agent", "Kho")


def _identity(xml: XmlWriter, body: Body) -> None:
    with xml.element("identity"):
        for each in body.codes:
            xml.leaf("entityId", each.value)
        xml.leaf("entityType", "corporateBody")
        for name in body.names:
            with xml.element("nameEntry", {"xml:lang": "vie"}):
                xml.leaf("part", name.value)
                _dates(xml, name, around="useDates")


def _description(xml: XmlWriter, body: Body) -> None:
    with xml.element("description"):
        if body.exists.since or body.exists.until:
            _dates(xml, body.exists, around="existDates")
        for status in body.statuses:
            with xml.element("legalStatus"):
                xml.leaf("term", status.value)
                _dates(xml, status)
        if body.history:
            with xml.element("biogHist"):
                for sentence in body.history:
                    xml.leaf("p", sentence)


def _dates(xml: XmlWriter, of: Dated, around: str = "") -> None:
    """A date range; an open end is left out, as the standard has it."""
    if not (of.since or of.until):
        return
    if around:
        xml.start(around)
    with xml.element("dateRange"):
        for tag, day in (("fromDate", of.since), ("toDate", of.until)):
            if day:
                xml.leaf(tag, "/".join(reversed(day.split("-"))), {"standardDate": day})
    if around:
        xml.end()


def _relations(xml: XmlWriter, body: Body) -> None:
    if not (body.relations or body.fonds):
        return
    with xml.element("relations"):
        for each in body.relations:
            with xml.element("cpfRelation", {"cpfRelationType": each.type, "xlink:type": "simple",
                                             "xlink:href": each.id}):  # fmt: skip
                xml.leaf("relationEntry", each.name)
                if each.date:
                    xml.leaf("date", "/".join(reversed(each.date.split("-"))), {"standardDate": each.date})
                if each.note:
                    with xml.element("descriptiveNote"):
                        xml.leaf("p", each.note)
        for code, name in body.fonds:
            with xml.element("resourceRelation", {"resourceRelationType": "creatorOf", "xlink:type": "simple",
                                                  "xlink:href": code}):  # fmt: skip
                xml.leaf("relationEntry", name)
