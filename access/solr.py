"""The door to Solr: two cores of one configset, and what goes wrong there in words.

`public` holds published records only, `all` every stored record: a shared index would let hidden documents
shift the ranking of visible ones (docs/adr/0004-solr.md). Only this module speaks to pysolr.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pysolr
import requests

from standards.errors import KhoError

Collection = Literal["public", "all"]
TIMEOUT = 60.0  # seconds for one request; a batch of documents takes well under one

# pysolr logs requests and answers: words that people searched for, pieces of records. None of it may be
# logged.
logging.getLogger("pysolr").disabled = True


class SearchUnavailable(KhoError):
    """Solr does not answer."""

    code = "search-unavailable"
    vi = "Máy tìm kiếm tại {url} không trả lời. Xem `kho status`, rồi chạy lại lệnh."
    en = "The search engine at {url} does not answer. See `kho status`, then run the command again."


class SearchRefused(KhoError):
    """Solr answered, but would not do it."""

    code = "search-refused"
    vi = "Máy tìm kiếm từ chối yêu cầu: {reason}. Nếu lặp lại, hãy chạy `kho index rebuild`."
    en = "The search engine refused the request: {reason}. If it goes on, run `kho index rebuild`."


class Core(pysolr.Solr):  # type: ignore[misc]
    """One core. Bodies are JSON, so that nothing a person typed is part of an address or of Solr's syntax."""

    def ask(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a JSON query request. Raises SearchUnavailable or SearchRefused."""
        # without this, Solr would fill in ${...} wherever it stands in the body, typed text included
        answer: dict[str, Any] = json.loads(self._post("select?expandMacros=false", json.dumps(body)))
        return answer

    def update(self, body: str, **options: str) -> None:
        """Sends JSON update commands, done in their order. Raises SearchUnavailable or SearchRefused."""
        self._post("update?" + "&".join(f"{name}={value}" for name, value in options.items()), body)

    def _post(self, path: str, body: str) -> str:
        try:
            answer = self._send_request(
                "post", path, body, {"Content-type": "application/json; charset=utf-8"}
            )
        except pysolr.SolrError as error:
            raise self._told(error) from None
        except requests.RequestException:
            raise SearchUnavailable(url=self.url) from None
        return str(answer)

    def _told(self, error: pysolr.SolrError) -> KhoError:
        # pysolr has one exception for everything; what Solr itself answered begins with these words
        text = str(error)
        if not text.startswith("Solr responded with an error"):
            return SearchUnavailable(url=self.url)
        return SearchRefused(reason=text.partition(": ")[2].partition("\n")[0][:200] or text[:60])


@dataclass(frozen=True, slots=True)
class Solr:
    """The two cores of one Solr."""

    url: str
    public: Core
    all: Core

    def core(self, collection: Collection) -> Core:
        """The core of that audience."""
        return self.public if collection == "public" else self.all


def connect(url: str, user: str | None = None, password: str | None = None, prefix: str = "") -> Solr:
    """Addresses the cores under `url` (".../solr"), whose names begin with `prefix`; asks nothing yet."""
    base = url.rstrip("/")
    auth = (user, password or "") if user else None
    session = requests.Session()
    session.trust_env = False  # a proxy of the environment must not see records or the password

    def core(name: str) -> Core:
        return Core(f"{base}/{prefix}{name}", timeout=TIMEOUT, auth=auth, session=session)

    return Solr(url=base, public=core("kho_public"), all=core("kho_all"))


def ping(solr: Solr) -> None:
    """Raises SearchUnavailable or SearchRefused unless both cores answer a query."""
    for core in (solr.public, solr.all):
        core.ask({"query": "*:*", "limit": 0})
