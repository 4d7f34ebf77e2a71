"""The records of a page of a list, rendered from what the harvester may be told of at this moment.

What an item says and what the catalogue allows now may differ for a moment: the stricter of the two is told.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from access.labels import type_name
from access.oai.items import OaiItem
from access.portal.addresses import address_of
from access.portal.telling import number_of
from access.rights import today
from repository import catalogue
from repository.permissions import CONDITIONAL, PUBLIC_MODE
from repository.rows import AipRow, DocumentRow
from standards.codes import word_of
from standards.dc import LOCATION, OAI_DC, languages, oai_dc
from standards.oai import Body, Format, Header
from standards.oai_records import METS_XSD, TT05, PublicFile, mets, tt05
from standards.personal import mask_identifiers
from standards.xml import METS, XmlWriter

Pairs = list[tuple[str, str]]
_PREFIXES: Final = ("oai_dc", "mets", "tt05")


def formats(base: str, item: OaiItem | None = None) -> list[Format]:
    """The formats of an item, or of the repository; METS is of a hồ sơ alone."""
    found = {
        "oai_dc": Format("oai_dc", LOCATION.split()[1], OAI_DC),
        "mets": Format("mets", METS_XSD, METS),
        "tt05": Format("tt05", f"{base}/tt05.xsd", TT05),
    }
    return [form for prefix, form in found.items() if item is None or offers(item, prefix)]


def known_prefix(prefix: str) -> bool:
    """Whether any item has this format."""
    return prefix in _PREFIXES


def offers(item: OaiItem, prefix: str) -> bool:
    """Whether this item has the format."""
    return known_prefix(prefix) and (prefix != "mets" or item.ordinal is None)


def header(item: OaiItem, now_public: bool) -> Header:
    """The header; closed since it was stamped is told as deleted already."""
    return Header(item.id, item.stamped_at, item.sets, item.deleted or not now_public)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the harvester may be told of now, of the items of a page, by id; `who` is its account, None the public."""

    who: str | None
    records: Mapping[str, AipRow]
    documents: Mapping[str, DocumentRow]

    def has(self, item: OaiItem) -> bool:
        """Whether the item may be seen now."""
        return item.aip in self.records and (item.ordinal is None or item.id in self.documents)


def look_up(connection: psycopg.Connection, items: Sequence[OaiItem], who: str | None) -> Shown:
    """One look for the hồ sơ of a page and one for its documents."""
    live = [item for item in items if not item.deleted]
    asked: dict[str, Any] = {"who": who, "day": today()}
    aips = sorted({item.aip for item in live})
    documents = [item.id for item in live if item.ordinal is not None]
    records = catalogue.many(connection, AipRow, "oai_told_aips", ids=aips, **asked)
    rows = catalogue.many(connection, DocumentRow, "oai_told_documents", ids=documents, **asked)
    return Shown(who, {row.id: row for row in records}, {row.id: row for row in rows})


def metadata(
    connection: psycopg.Connection, item: OaiItem, shown: Shown, prefix: str, site: str
) -> Body | None:
    """What writes the metadata of an item; None where it may not be seen. `site` is the portal's address."""
    if not shown.has(item):
        return None
    record, document = shown.records[item.aip], shown.documents.get(item.id)
    if prefix == "oai_dc":
        dc = _file_dc(record, site) if document is None else _document_dc(record, document, site)
        return lambda writer: oai_dc(writer, dc)
    if prefix == "tt05":
        table, fields = ("hoso", record.fields) if document is None else ("document", document.fields)
        values = {name: mask_identifiers(value) for name, value in fields.items()}
        values.setdefault(
            "arcFileCode", record.fields.get("arcFileCode") or record.fields.get("fileCode", "")
        )
        return lambda writer: tt05(writer, table, values, f"{site}/oai/tt05.xsd")
    rows = catalogue.many(
        connection, DocumentRow, "oai_told_documents_of_aip", aip=record.id, who=shown.who, day=today()
    )
    return lambda writer: _mets(writer, record, rows, item.stamped_at, site)


def _mets(
    writer: XmlWriter, record: AipRow, rows: Sequence[DocumentRow], stamped: dt.datetime, site: str
) -> None:
    files = [
        PublicFile(
            address=f"{site}/tep/{address_of(row.id)}", label=_document_title(row), size=row.size,
            mime=row.mime or "application/octet-stream", sha256=row.sha256, dc=_document_dc(record, row, site),
        )
        for row in rows
    ]  # fmt: skip
    created = stamped.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    mets(writer, record.id, _file_title(record), _file_dc(record, site), files, created)


def _file_title(record: AipRow) -> str:
    return mask_identifiers(record.fields.get("title") or record.key)


def _document_title(row: DocumentRow) -> str:
    """Type, number and subject, as a document is cited."""
    named = " ".join(part for part in (type_name(row.fields), number_of(row)) if part)
    subject = row.fields.get("subject", "")
    return mask_identifiers(" ".join(p for p in (named, subject) if p) or (row.original_name or row.file))


def _file_dc(record: AipRow, site: str) -> Pairs:
    """A hồ sơ in Dublin Core."""
    fields = {name: mask_identifiers(value) for name, value in record.fields.items()}
    dates = [fields.get(name, "") for name in ("startDate", "endDate")]
    return [
        ("title", _file_title(record)), ("creator", record.agency_name), ("subject", fields.get("keyword", "")),
        ("description", fields.get("description", "")), ("publisher", record.agency_name),
        ("date", "/".join(dict.fromkeys(date for date in dates if date))), ("type", "Collection"), ("type", "Hồ sơ"),
        ("identifier", f"{site}/hoso/{address_of(record.id)}"), ("identifier", record.id),
        ("identifier", mask_identifiers(record.key)),
        *(("language", language) for language in languages(fields.get("language", ""))),
        ("relation", record.fonds_name), ("rights", _rights(record, None)),
    ]  # fmt: skip


def _document_dc(record: AipRow, row: DocumentRow, site: str) -> Pairs:
    """A document in Dublin Core; what it does not say of itself, its hồ sơ says."""
    fields = {name: mask_identifiers(value) for name, value in row.fields.items()}
    language = fields.get("language") or record.fields.get("language", "")
    return [
        ("title", _document_title(row)), ("creator", fields.get("organName", "")),
        ("subject", fields.get("keyword", "")), ("description", fields.get("description", "")),
        ("publisher", record.agency_name), ("date", fields.get("issuedDate", "")), ("type", "Text"),
        ("type", type_name(fields)), ("format", row.mime or ""),
        ("identifier", f"{site}/vanban/{address_of(row.id)}"), ("identifier", row.id),
        ("identifier", mask_identifiers(number_of(row))),
        *(("language", code) for code in languages(language)),
        ("relation", f"{site}/hoso/{address_of(record.id)}"), ("relation", _file_title(record)),
        ("rights", _rights(record, row)),
    ]  # fmt: skip


def _rights(record: AipRow, document: DocumentRow | None) -> str:
    """What may be done with it in a word: public, or what keeps it from being so."""
    mode = (document.fields.get("mode", "") if document else "") or record.mode or CONDITIONAL
    word = word_of("mode", mode, "vi") or mode
    return word if record.published or mode != PUBLIC_MODE else f"{word} (chưa công bố)"
