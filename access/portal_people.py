"""The portal's accounts over the catalogue: who a cookie is, signing in and out, and the doors that each may use."""

import threading
from collections.abc import Sequence
from uuid import UUID

import psycopg
from psycopg_pool import ConnectionPool

from access.portal.ports import PortalDoors, SignedIn
from access.portal_doors import Records, Search
from access.rights import today
from access.solr import Solr
from repository import identifiers, keys, people, searches, views
from repository.home import Home
from repository.identifiers import Mention
from repository.identities import Identity, account_of
from repository.permissions import Viewer, why_not_in_force
from repository.searches import SavedSearch
from repository.store_fs import FileStore
from standards.errors import KhoError

HASHERS = 2  # passwords checked at the same time: each takes 64 MiB
PATIENCE = 5.0


class TooManySignIns(KhoError):
    """More people sign in at once than the machine checks."""

    code = "too-many-sign-ins"
    vi = "Đang có nhiều người đăng nhập cùng lúc. Hãy thử lại sau ít giây."
    en = "Many people are signing in at once. Try again in a few seconds."


class People:
    """See `PortalPeople`."""

    def __init__(
        self, pool: ConnectionPool[psycopg.Connection], home: Home, store: FileStore, solr: Solr
    ) -> None:
        self._pool, self._home, self._store, self._solr = pool, home, store, solr
        self._hashers = threading.Semaphore(HASHERS)

    def who(self, token: str) -> SignedIn | None:
        """The sign-in of a token, with what the account may see at this moment."""
        with self._pool.connection() as connection:
            found = people.sign_in_of(connection, token)
            if found is None:
                return None
            viewer = people.viewer(connection, found.account)
        day = today()
        in_force = tuple(post for post in viewer.posts if why_not_in_force(post, day) is None)
        return SignedIn(viewer, found.must_change and not found.by_provider, in_force)

    def key(self, secret: str) -> SignedIn | None:
        """The account of a program's key, with the key's scopes."""
        with self._pool.connection() as connection:
            found = keys.key_of(connection, secret, today())
            if found is None:
                return None
            return SignedIn(people.viewer(connection, found.account), False, (), tuple(found.scopes))

    def sign_in_by_provider(self, person: Identity) -> str:
        """The token of a new sign-in. Raises SignInRefused for a person whom no administrator has named."""
        with self._pool.connection() as connection, connection.transaction():
            account = account_of(connection, person)
            return people.start_sign_in(connection, account, by_provider=True)

    def sign_in(self, account: str, password: str) -> str:
        """The token of a new sign-in. Raises SignInRefused, TooManySignIns."""
        if not self._hashers.acquire(timeout=PATIENCE):
            raise TooManySignIns()
        try:
            with self._pool.connection() as connection:
                found = people.check_password(connection, account.strip().lower()[:64], password[:1024])
                return people.start_sign_in(connection, found.id)
        finally:
            self._hashers.release()

    def sign_out(self, token: str) -> None:
        """End a sign-in; an unknown token is none."""
        with self._pool.connection() as connection:
            people.end_sign_in(connection, token)

    def change_password(self, who: SignedIn, old: str, new: str) -> None:
        """Set the own password; every sign-in of the account ends. Raises SignInRefused, WeakPassword."""
        with self._pool.connection() as connection:
            people.change_password(connection, str(who.viewer.account), old[:1024], new[:1024])

    def doors(self, viewer: Viewer) -> PortalDoors:
        """Records and search as this viewer sees them."""
        return PortalDoors(Records(self._pool, self._store, viewer), Search(self._pool, self._solr, viewer))

    def note_view(self, viewer: Viewer, record: str, door: str) -> None:
        """Write down that a record which is not public was opened."""
        with self._pool.connection() as connection:
            views.note(connection, str(viewer.account), record, door)

    def look_up(self, viewer: Viewer, number: str, purpose: str, basis: str) -> Sequence[Mention]:
        """Where a number of a person stands, of what the viewer may find. Raises NotEntitled, UsageError."""
        with self._pool.connection() as connection:
            return identifiers.look_up(connection, self._home, viewer, number, purpose, basis, today())

    def saved(self, who: SignedIn) -> Sequence[SavedSearch]:
        """The searches that an account keeps."""
        with self._pool.connection() as connection:
            return searches.saved(connection, str(who.viewer.account))

    def save(self, who: SignedIn, name: str, address: str) -> None:
        """Keep a search. Raises UsageError."""
        with self._pool.connection() as connection:
            searches.save(connection, str(who.viewer.account), name, address)

    def drop_saved(self, who: SignedIn, id: UUID) -> None:
        """Forget one of the own searches."""
        with self._pool.connection() as connection:
            searches.drop(connection, str(who.viewer.account), id)
