"""Putting stored hồ sơ into the search index: every one into `all`, published ones into `public` too.

The index is a copy: storage and the catalogue can make it again at any time (`kho index rebuild`). Writing is
idempotent: ids are made from the AIP and the document, and each package replaces all that was there of it.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from access.entries import IndexedDocument, IndexedFile, document_entry, file_entry
from access.solr import Core, Solr
from standards.errors import KhoError

__all__ = ["IndexedDocument", "IndexedFile", "clear", "commit", "index_package", "remove_package"]

BATCH_CHARACTERS: Final = 4_000_000  # of JSON in one request; Solr holds a request in memory

_PUBLIC: Final = "01"
_OPEN: Final = ("", _PUBLIC)  # a document without a mode of its own has the hồ sơ's
_CLOSED: Final = "03"


class SecretNotIndexed(KhoError):
    """A record whose mode is secret came to the index."""

    code = "secret-not-indexed"
    vi = "Hồ sơ {aip} có tài liệu ghi chế độ Mật nên không đưa vào tìm kiếm. Báo cán bộ bảo vệ bí mật."
    en = "The file {aip} holds a document marked secret; it is not indexed. Tell the secrets officer."


def index_package(
    solr: Solr, file: IndexedFile, documents: Iterable[IndexedDocument], published: bool
) -> None:
    """Replaces what the index holds of this hồ sơ; `commit` makes it visible.

    Without `published` nothing of it stays in `public`; with it, what has another mode than 01 (công khai)
    still does not go there. `documents` is read once, as a stream. Raises SecretNotIndexed (and holds
    nothing of the hồ sơ then), SearchUnavailable, SearchRefused.
    """
    public = published and file.fields.get("mode") == _PUBLIC
    batch = _Batch(solr, file.aip)
    _refuse_secret(solr, file.aip, file.fields.get("mode", ""))
    batch.add(file_entry(file), public)
    for document in documents:
        mode = document.fields.get("mode", "")
        _refuse_secret(solr, file.aip, mode)
        batch.add(document_entry(file, document), public and mode in _OPEN)
    batch.send()


def _refuse_secret(solr: Solr, aip: str, mode: str) -> None:
    if mode == _CLOSED:
        remove_package(solr, aip)
        raise SecretNotIndexed(aip=aip)


def remove_package(solr: Solr, aip: str) -> None:
    """Takes a hồ sơ out of both cores; done for searches by `commit(solr, purge=True)`, which also drops its
    bytes."""
    for core in (solr.public, solr.all):
        core.update("{" + _removal(aip) + "}")


def clear(solr: Solr) -> None:
    """Empties both cores: the start of a rebuild."""
    for core in (solr.public, solr.all):
        core.update('{"delete":{"query":"*:*"}}')


def commit(solr: Solr, purge: bool = False) -> None:
    """Makes everything sent so far durable and visible to searches.

    `purge` also rewrites the index files that still hold removed texts, and with them the word statistics.
    """
    for core in (solr.public, solr.all):
        core.update("{}", commit="true", waitSearcher="true", **({"expungeDeletes": "true"} if purge else {}))


class _Batch:
    """Update commands on their way to both cores; the first request to each also removes what was there."""

    def __init__(self, solr: Solr, aip: str) -> None:
        self._waiting: dict[Core, list[str]] = {core: [_removal(aip)] for core in (solr.all, solr.public)}
        self._everyone, self._characters = solr.all, 0

    def add(self, entry: dict[str, Any], public: bool) -> None:
        command = '"add":{"doc":' + json.dumps(entry, ensure_ascii=False) + "}"
        for core, commands in self._waiting.items():
            if public or core is self._everyone:
                commands.append(command)
        self._characters += len(command)
        if self._characters > BATCH_CHARACTERS:
            self.send()

    def send(self) -> None:
        for core, commands in self._waiting.items():
            if commands:
                core.update("{" + ",".join(commands) + "}")
                commands.clear()
        self._characters = 0


def _removal(aip: str) -> str:
    # the id is a value of the term parser, not part of its syntax: a quote or a brace in it means nothing
    return '"delete":{"query":' + json.dumps("{!term f=aip}" + aip) + "}"
