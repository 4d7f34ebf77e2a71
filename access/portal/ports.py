"""What the portal needs from the rest of the house. It sees what its reader may see, because these give it nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from access.holdings import Holdings
from access.oidc import Begun, Provider
from access.search import Hit, SearchResult
from repository.identifiers import Mention
from repository.identities import Identity
from repository.permissions import Post, Viewer
from repository.rows import AipRow, DocumentRow, EventRow
from repository.searches import SavedSearch
from standards.page_words import PageWords


@dataclass(frozen=True, slots=True)
class Shelf:
    """A fonds with what may be seen of it: how many hồ sơ, in which mục lục and hộp."""

    block: str
    level: str
    agency: str
    agency_name: str
    fonds: str
    fonds_name: str
    files: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A hồ sơ in its place: mục lục, hộp, and its code."""

    id: str
    inventory: str
    box: str
    code: str
    title: str
    start: str
    end: str


class PortalRecords(Protocol):
    """Records that one reader may see. What is unknown and what may not be seen are the same answer: None or nothing."""

    def shelves(self) -> Sequence[Shelf]:
        """Every fonds of which anything may be seen, by block and body."""

    def kept(self, agency: str, fonds: str, *, limit: int, offset: int) -> Sequence[Kept]:
        """The visible hồ sơ of a fonds in the order of mục lục, hộp and code."""

    def record(self, aip: str) -> AipRow | None:
        """The visible hồ sơ with this id (urn:uuid:...)."""

    def destroyed(self, aip: str) -> bool:
        """Whether a hồ sơ that was public once was destroyed by decision."""

    def documents(self, aip: str) -> Sequence[DocumentRow]:
        """The documents that may be seen of a visible hồ sơ, in their order."""

    def document(self, id: str) -> DocumentRow | None:
        """The document with this id (urn:uuid:...#0000001) of a visible hồ sơ."""

    def events(self, aip: str) -> Sequence[EventRow]:
        """What happened to a visible hồ sơ, the oldest first."""

    def page_texts(self, document: DocumentRow) -> Sequence[str]:
        """The text of each page, personal numbers masked; shorter or empty where there is none."""

    def content(self, document: DocumentRow) -> Path:
        """Where the stored bytes of a document's file can be read. Raises KhoError where they cannot."""

    def pages_of(self, document: DocumentRow) -> Path:
        """Where the PDF whose pages are shown can be read: the file itself, or what was made of it for reading."""


class PortalSearch(Protocol):
    """The public's search (access/search.py over the public collection, each hit checked once more)."""

    def __call__(
        self,
        query: str,
        *,
        filters: Mapping[str, Sequence[str]],
        limit: int,
        offset: int,
        sort: str = "relevance",
    ) -> SearchResult:
        """A page of hits. Raises UsageError for what cannot be asked, KhoError where the engine is away."""

    def holdings(self) -> Holdings:
        """What may be seen, counted."""

    def similar(self, id: str) -> Sequence[Hit]:
        """What is like a record that the reader has open."""


class PortalRender(Protocol):
    """Draws a page of a stored PDF in a limited child process."""

    def __call__(self, pdf: Path, *, page: int, width: int) -> bytes:
        """A JPEG `width` pixels wide of page `page` (from 1). Raises KhoError where it cannot be drawn."""

    def tile(self, pdf: Path, *, page: int, width: int, left: int, top: int, side: int) -> bytes:
        """A JPEG of a part of a page that is drawn `width` pixels wide. Raises KhoError where it cannot be drawn."""

    def words(self, pdf: Path, *, page: int) -> PageWords:
        """Where the words of a page stand. Raises KhoError where that cannot be read."""


class PortalOai(Protocol):
    """The door for harvesters (access/oai/door.py)."""

    async def __call__(self, request: Request) -> Response:
        """An answer of OAI-PMH to a GET or POST."""

    def tt05_schema(self, request: Request) -> Response:
        """The schema of the format tt05."""


@dataclass(frozen=True, slots=True)
class PortalDoors:
    """What one reader may use."""

    records: PortalRecords
    search: PortalSearch


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A reader with an account; `posts` are those in force, `scopes` the doors of a program's key (None: a person's, all)."""

    viewer: Viewer
    must_change: bool
    posts: tuple[Post, ...] = ()
    scopes: tuple[str, ...] | None = None


class PortalProvider(Protocol):
    """An identity provider (access/oidc.py). Raises KhoError where it does not say who it is."""

    provider: Provider

    def begin(self, back: str) -> Begun:
        """Where the browser goes to sign in."""

    def finish(self, back: str, kept: str, given: Mapping[str, str]) -> Identity:
        """Who came back."""


class PortalPeople(Protocol):
    """Accounts (access/portal_people.py)."""

    def who(self, token: str) -> SignedIn | None:
        """Whose sign-in the token is, where it holds."""

    def key(self, secret: str) -> SignedIn | None:
        """Whose key it is, where it holds."""

    def sign_in(self, account: str, password: str) -> str:
        """The token of a new sign-in. Raises SignInRefused, KhoError where the machine is too busy."""

    def sign_in_by_provider(self, person: Identity) -> str:
        """The token of a new sign-in of whoever a provider says it is. Raises SignInRefused."""

    def sign_out(self, token: str) -> None:
        """End a sign-in."""

    def change_password(self, who: SignedIn, old: str, new: str) -> None:
        """Set the own password. Raises SignInRefused, WeakPassword."""

    def doors(self, viewer: Viewer) -> PortalDoors:
        """Records and search as the viewer sees them."""

    def look_up(self, viewer: Viewer, number: str, purpose: str, basis: str) -> Sequence[Mention]:
        """Where a number of a person stands, of what the viewer may find. Raises NotEntitled, UsageError."""

    def saved(self, who: SignedIn) -> Sequence[SavedSearch]:
        """The searches that an account keeps."""

    def save(self, who: SignedIn, name: str, address: str) -> None:
        """Keep a search. Raises UsageError."""

    def drop_saved(self, who: SignedIn, id: UUID) -> None:
        """Forget one of the own searches."""

    def note_view(self, viewer: Viewer, record: str, door: str) -> None:
        """Write down that a record which is not public was opened."""
