"""The catalogue's rows as types; the field names are the columns of `queries.sql`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One `kho ingest`: a delivery, or a batch of packages. `report` holds what is said of the delivery as a whole."""

    id: str
    source: str
    kind: str
    mapping: str | None
    agency: str | None
    status: str
    report: Mapping[str, Any]
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class PackageRow:
    """One package of a batch on its way in. `next_step` is None when it has come to an end; `token` fences writers.

    `released` says that a person decided that it may go on although a rule was broken.
    `findings` are finding records (`finding_as_record`), `files` the account of its delivered files.
    """

    id: int
    batch: str
    ordinal: int
    path: str
    kind: str
    key: str | None
    aip: str
    next_step: str | None
    token: int
    status: str
    verdict: str
    documents: int
    pages: int
    bytes: int
    findings: Sequence[Mapping[str, Any]]
    files: Sequence[Mapping[str, Any]]
    released: bool
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class AipRow:
    """An AIP that is held, with its body and fonds; `published` is whether a decision has opened its fonds."""

    id: str
    key: str
    agency: str
    agency_name: str
    block: str | None
    level: str | None
    fonds: str
    fonds_name: str
    version: str
    profile: str
    fields: Mapping[str, str]
    retention: Mapping[str, Any]
    mode: str
    content_digest: str
    documents: int
    pages: int
    bytes: int
    findings: Sequence[Mapping[str, Any]]
    created_at: datetime
    stored_at: datetime
    indexed_at: datetime | None
    published: bool


@dataclass(frozen=True, slots=True)
class HeldRow:
    """What tells whether a package is held: the AIP of its key, its version, and the package that it came as."""

    id: str
    version: str
    submission_kind: str
    submission_id: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of an AIP with its file. `file` is the logical path in the package, `size` in bytes.

    `reading` is the path of the PDF/A that was made of the file for reading, where there is one.
    """

    id: str
    aip: str
    ordinal: int
    fields: Mapping[str, str]
    file: str
    original_name: str | None
    size: int
    sha256: str
    sha512: str
    puid: str | None
    mime: str | None
    pages: int | None
    facts: Mapping[str, Any]
    reading: str | None = None
    reading_pages: int | None = None
    reading_sha256: str | None = None
    reading_facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an AIP."""

    path: str
    role: str
    original_name: str | None
    size: int
    sha256: str
    sha512: str
    puid: str | None
    mime: str | None
    pages: int | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event in the journal: ids and codes, never names or titles."""

    id: UUID
    package: int | None
    aip: str | None
    step: str
    type: str
    outcome: str
    codes: Sequence[str]
    agents: Sequence[Mapping[str, Any]]
    detail: Mapping[str, Any]
    time: datetime


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """A recorded decision that a fonds may be seen by the public."""

    id: UUID
    agency: str
    fonds: str
    basis: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class FondsRow:
    """A fonds with the body that made it."""

    agency: str
    code: str
    name: str
    agency_name: str
    block: str | None
    level: str | None


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """A body: its code, name, block (khối) and level."""

    code: str
    name: str
    block: str | None
    level: str | None
