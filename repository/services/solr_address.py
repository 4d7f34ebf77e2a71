"""Where Solr answers, and the administrative requests that Kho sends there."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import requests

from repository.services.errors import SolrUnreachable

CONFIGSET = "kho"
CORES = ("kho_public", "kho_all")


@dataclass(frozen=True, slots=True)
class SolrAddress:
    """Where Solr answers: `url` ends in /solr without a slash; `prefix` stands before the names of the cores."""

    url: str
    user: str | None
    password: str | None
    prefix: str = ""

    @property
    def auth(self) -> tuple[str, str] | None:
        """User and password for requests and pysolr; None for a server without."""
        return None if self.user is None else (self.user, self.password or "")

    def core_url(self, name: str) -> str:
        """The URL of the core `name` ("kho_public" or "kho_all"), for pysolr."""
        return f"{self.url}/{self.prefix}{name}"

    @property
    def secret_url(self) -> str:
        """The form that KHO_SOLR_URL takes, with the password in it."""
        if self.user is None:
            return self.url
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{quote(self.user, safe='')}:{quote(self.password or '', safe='')}@{rest}"


def parse_address(url: str, prefix: str = "") -> SolrAddress:
    """The parts of KHO_SOLR_URL, which may carry user:password."""
    parts = urlsplit(url)
    where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return SolrAddress(where, user, password, prefix)


def create_cores(address: SolrAddress) -> None:
    """Make the two cores where they are missing. Raises SolrUnreachable."""
    for name in (address.prefix + core for core in CORES):
        if name not in core_names(address):
            _create_or_await(address, name)


def _create_or_await(address: SolrAddress, name: str) -> None:
    """A server that has just started may still be loading a core that it does not list yet: that one is awaited."""
    try:
        _create_core(address, name)
    except SolrUnreachable:
        deadline = time.monotonic() + 30
        while name not in core_names(address):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def remove_cores(address: SolrAddress) -> None:
    """Remove the two cores and their index: everything in them can be built again from the store."""
    for core in CORES:
        ask(address, "admin/cores", action="UNLOAD", core=address.prefix + core, deleteInstanceDir="true")


def reload_cores(address: SolrAddress, names: Iterable[str]) -> None:
    """Load these cores again after their configset changed. Documents stay as they were indexed.

    Solr answers before it has loaded its cores: one that is not there yet is waited for.
    """
    deadline = time.monotonic() + 60
    for name in sorted(names):
        while name not in core_names(address) and time.monotonic() < deadline:
            time.sleep(0.2)
        ask(address, "admin/cores", action="RELOAD", core=name)


def core_names(address: SolrAddress) -> set[str]:
    """The names of the server's cores: an answer means that it works and takes our password."""
    return set(ask(address, "admin/cores", action="STATUS", indexInfo="false")["status"])


def ask(address: SolrAddress, path: str, **words: str) -> dict[str, Any]:
    """The JSON answer to an administrative request. Raises SolrUnreachable."""
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy and no .netrc between Kho and its index
            answer = session.get(f"{address.url}/{path}", params=words, auth=address.auth, timeout=60)
            said = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
    except (requests.RequestException, ValueError) as error:
        raise SolrUnreachable(where=address.url, reason=type(error).__name__) from error
    if answer.status_code != requests.codes.ok or not said:
        message = said.get("error", {}).get("msg", answer.reason)
        raise SolrUnreachable(where=address.url, reason=f"HTTP {answer.status_code} {message}")
    return dict(said)


def _create_core(address: SolrAddress, name: str) -> None:
    try:
        ask(address, "admin/cores", action="CREATE", name=name, configSet=CONFIGSET)
    except SolrUnreachable:
        # Another command may have made it in this moment.
        if name not in core_names(address):
            raise
