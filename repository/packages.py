"""Information packages (OAIS SIP, AIP): the domain types that ingest fills and the AIP builder writes.

Field names are the ids of TT 05/2025 (`fileCode`, `title`, `issuedDate` ...), so that descriptions stay data: a
`Fields` mapping holds text values by id. Coded fields hold the code ("01"); where a word was not in the code list the
code is the profile's fallback and the word stays under `x_raw_<id>`. Our own extensions begin with `x_`.
Dates are EDTF level 0: `1998`, `2001-05`, `2003-06-02`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NewType

from standards.findings import Finding

FIRST: Final = "rep1"  # the representation that everything has
AipId = NewType("AipId", str)  # the METS OBJID and OCFL object id: urn:uuid:...
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """A file as it was delivered: `path` relative to the delivery's folder, '/' between parts, byte-true.

    Bytes that are not UTF-8 stand as surrogate escapes, as `os.fsdecode` gives them. `place` is the path that it asks
    for in the AIP, not yet portable (a package keeps its folders); empty where its role alone says where it goes.
    """

    path: str
    size: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document (văn bản) of a hồ sơ as its row describes it. `row` counts from 1 as the sheet shows it.

    `cells` gives the sheet reference of each field id ("Sheet1!AB12"), for findings. `file` is None where the row's
    PDF is missing from the delivery. `described` is False where the package says nothing of it but its name.
    """

    order: int
    row: int
    fields: Fields
    cells: Mapping[str, str]
    file: DeliveredFile | None
    described: bool = True


@dataclass(frozen=True, slots=True)
class Submission:
    """Where a hồ sơ comes from that arrived as a package of its own: its kind, its OBJID (or the bag's external
    identifier), its RECORDSTATUS and the name of its folder; empty for a hồ sơ of a delivery. The same kind and id
    again is an update."""

    kind: str = ""
    id: str = ""
    status: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class DeliveredFileUnit:
    """One hồ sơ (file) of a delivery, or a package made by others: what becomes one AIP.

    `key` is agency + file code; None where the sheet gives none, and always where `sealed`. `sealed_cells` names the
    cells that carry a secrecy mark: of a sealed hồ sơ nothing but these places may be reported, stored or logged.
    `documentation` holds cover sheets and lists of documents, `beside` what lies in its folder and is not taken in.
    `rows_received` is the rows as received, as CSV text with the header row, for `submission/`.

    Of a package made by others: `other_files` are content without a document of its own, `submission_files` the
    package's own files about itself (METS, manifests, schemas), which are kept as they came.
    """

    agency: str
    file_code: str | None
    key: str | None
    fields: Fields
    cells: Mapping[str, str]
    documents: tuple[DocumentRow, ...]
    documentation: tuple[DeliveredFile, ...]
    unclaimed: tuple[DeliveredFile, ...]
    rows_received: str
    findings: tuple[Finding, ...]
    sealed_cells: tuple[str, ...] = ()
    other_files: tuple[DeliveredFile, ...] = ()
    submission_files: tuple[DeliveredFile, ...] = ()
    submission: Submission = Submission()
    agency_name: str = ""
    beside: tuple[DeliveredFile, ...] = ()

    @property
    def sealed(self) -> bool:
        """Whether a row of it carries a secrecy mark."""
        return bool(self.sealed_cells)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A read delivery: its hồ sơ, and what belongs to none of them.

    `sheets` are the spreadsheets, `unclaimed` the files that no row names and no hồ sơ can be told for,
    `ignored` the traces of operating systems (Thumbs.db, .DS_Store). `findings` are about the delivery as a whole;
    where one is a MUST the delivery cannot be read and `units` is empty.
    """

    root: Path
    mapping: str
    sheets: tuple[DeliveredFile, ...]
    units: tuple[DeliveredFileUnit, ...]
    unclaimed: tuple[DeliveredFile, ...]
    ignored: tuple[DeliveredFile, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What was found out of one file's bytes: digests in lower-case hex, PRONOM id, PDF facts where it is a PDF.

    `pdfa_claim` is like "2b"; `pdfa_verdict` is "passed", "failed", or "unknown" (no answer); None where no claim
    was there to be judged. `dpi` is the lowest over the pages of each page's finest image; None without images.
    `text_pages` tells for each page (of what has no pages: each part) whether it has text, `text_scores` how well that is
    text, 0 to 100, -1 where there is too little to tell (`standards.text_score`); `text_faults` names what is wrong with it.
    `signature` is "intact", "broken" or "unknown" where the file is signed. `tools` gives versions: {"veraPDF": "1.30.2"}.
    """

    size: int
    sha256: str
    sha512: str
    puid: str | None = None
    mime: str = "application/octet-stream"
    format_name: str = ""
    format_version: str = ""
    signature_version: str = ""
    pages: int | None = None
    dpi: int | None = None
    text_pages: tuple[bool, ...] = ()
    pdfa_claim: str | None = None
    pdfa_verdict: str | None = None
    encrypted: bool = False
    signed: bool = False
    javascript: bool = False
    creating_application: str = ""
    created: str | None = None
    text_scores: tuple[int, ...] = ()
    text_faults: tuple[str, ...] = ()
    signature: str | None = None


_OF_PAGES: Final = ("text_pages", "text_scores", "text_faults")


def facts_from_json(data: Mapping[str, Any]) -> FileFacts:
    """Facts back from JSON, where they may have been left out when they say nothing."""
    return FileFacts(**{**data, **{name: tuple(data.get(name, ())) for name in _OF_PAGES}})


@dataclass(frozen=True, slots=True)
class ContentFile:
    """A file that goes into an AIP: `name` is its portable logical name in its folder, `source` where the bytes are.

    A `name` with '/' lies in folders below; each part is portable.

    `original_name` is the delivered path, byte-true for people (percent-encoded where not UTF-8).
    """

    name: str
    original_name: str
    source: Path
    facts: FileFacts


@dataclass(frozen=True, slots=True)
class AipDocument:
    """A document of an AIP: its order in the hồ sơ (from 1), its description and its file.

    `described` is False where nobody described the document by itself, so that its fields hold no more than a name.
    """

    order: int
    fields: Fields
    file: ContentFile
    representation: str = FIRST
    described: bool = True


@dataclass(frozen=True, slots=True)
class AipFile:
    """A file of a representation that is not the file of a document: another form of one, an attachment.

    `derived_from` is the logical path of the file that it was made from, `event` the id of the event that made it;
    empty where it came as it is. `about` are files about this one that its representation keeps as metadata (hOCR).
    """

    file: ContentFile
    representation: str = FIRST
    derived_from: str = ""
    event: str = ""
    about: tuple[ContentFile, ...] = ()


def data_path(of: AipDocument | AipFile) -> str:
    """The logical path of a file of a representation (docs/format.md)."""
    return f"representations/{of.representation}/data/{of.file.name}"


def about_path(of: AipFile, about: ContentFile) -> str:
    """The logical path of a file about a file of a representation."""
    return f"representations/{of.representation}/metadata/other/{about.name}"


@dataclass(frozen=True, slots=True)
class Agent:
    """A PREMIS agent. `kind` is software, organization or person; `id` is stable ("kho", "verapdf", "agency:H26")."""

    id: str
    name: str
    kind: str
    version: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A PREMIS event. `type` is a term of the Library of Congress list, `time` RFC 3339 with offset.

    `outcome` is success, warning or failure; `detail` is short text; `agents` are (agent id, role) pairs with the
    roles of the list (executing program, implementer, authorizer, validator); `subject` is the logical path or
    "representation" or "package" that it is about.
    """

    id: str
    type: str
    time: str
    outcome: str
    detail: str = ""
    findings: tuple[Finding, ...] = ()
    agents: tuple[tuple[str, str], ...] = ()
    subject: str = "package"


@dataclass(frozen=True, slots=True)
class Retention:
    """The retention assigned to a hồ sơ: the code of `maintenance`, the words, and years where they are known."""

    code: str
    text: str
    years: int | None
    permanent: bool
    basis: str


@dataclass(frozen=True, slots=True)
class AipContent:
    """Everything that one version of an AIP is made of.

    `documents`, `files`, `documentation` and `submission` are iterated several times and may read from disk each time,
    so that a package of 100,000 documents needs no more memory than one of ten. `mode` is the proposed access mode
    code. `representations` names every representation that documents and `files` are in, in order. `created` is when this
    version was made, `begun` when the first one was ("": this is the first).
    """

    id: AipId
    key: str
    agency: str
    agency_name: str
    fonds: str
    fonds_name: str
    fields: Fields
    documents: Iterable[AipDocument]
    documentation: Iterable[ContentFile]
    submission: Iterable[ContentFile]
    events: Iterable[Event]
    agents: tuple[Agent, ...]
    retention: Retention
    mode: str
    created: str
    label: str
    extra: Mapping[str, str] = field(default_factory=dict)
    files: Iterable[AipFile] = ()
    representations: tuple[str, ...] = (FIRST,)
    begun: str = ""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a finished package, ready for the store: logical path, where its bytes are, size and digests."""

    logical_path: str
    source: Path
    size: int
    sha256: str
    sha512: str
