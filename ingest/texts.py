"""The page texts for the index: a cache beside the catalogue, made when a package comes in and again from the store at need.

Numbers of persons are masked, and what a database cannot hold is left out.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import psycopg

from ingest.inspector import Inspector
from preservation import hocr, office
from repository import catalogue, identifiers
from repository.home import Home
from repository.packages import AipId
from repository.queries import sql
from repository.rows import DocumentRow
from repository.store_fs import FileStore
from repository.store_tree import FileTree
from standards.errors import KhoError
from standards.formats import PDF_MIME
from standards.package_tree import FileNotInPackage, read_bytes
from standards.personal import mask_identifiers


def text_rows(aip: str, ordinal: int, texts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The rows of a document's pages that have text."""
    for page, text in enumerate(texts, start=1):
        clean = mask_identifiers(text.replace("\0", " ").encode("utf-8", "replace").decode())
        if clean.strip():
            yield {"aip": aip, "ordinal": ordinal, "page": page, "text": clean}


def reading_texts(kind: str, drawn: tuple[str, ...], pages: tuple[str, ...]) -> tuple[str, ...]:
    """The texts of an office file of a kind, by the pages of its reading copy. What the pages of a spreadsheet do not
    show of its cells is found with the first."""
    if not (pages and office.is_spreadsheet(kind)):
        return pages
    shown = {word for text in pages for word in text.split()}
    lines = (line for text in drawn for line in text.splitlines())
    hidden = dict.fromkeys(line for line in lines if not shown.issuperset(line.split()))
    first, *others = pages
    return ("\n".join([first, *hidden]), *others)


def draw_missing(
    connection: psycopg.Connection, home: Home, store: FileStore, told: Callable[[int, int], None]
) -> list[tuple[str, str]]:
    """Read the texts of AIPs that have pages with text and no text in the catalogue (after a rebuild), and where numbers of
    persons stand in those of which that is not known.

    Gives the documents that could not be read, each as (id, why). Commits after each AIP.
    """
    without_text = {row[0] for row in connection.execute(sql("aips_without_texts")).fetchall()}
    without_mentions = {row[0] for row in connection.execute(sql("aips_without_mentions")).fetchall()}
    waiting = sorted(without_text | without_mentions)
    connection.commit()
    key, bad = identifiers.key_of(home), list[tuple[str, str]]()
    with Inspector() as inspector:
        for done, aip in enumerate(waiting, start=1):
            drawn = list(_texts_of(connection, store, inspector, aip, bad))
            for ordinal, texts in drawn if aip in without_text else ():
                catalogue.do_many(connection, "new_page_text", text_rows(aip, ordinal, texts))
            identifiers.put(connection, aip, _mentions(connection, key, aip, drawn))
            connection.commit()
            told(done, len(waiting))
    return bad


def _mentions(
    connection: psycopg.Connection, key: bytes, aip: str, drawn: Iterable[tuple[int, tuple[str, ...]]]
) -> Iterator[dict[str, Any]]:
    record = catalogue.aip(connection, aip)
    yield from identifiers.described(key, aip, 0, record.fields if record else {})
    for document in catalogue.documents(connection, aip):
        yield from identifiers.described(key, aip, document.ordinal, document.fields)
    for ordinal, texts in drawn:
        yield from identifiers.rows(key, aip, ordinal, enumerate(texts, start=1))


def _texts_of(
    connection: psycopg.Connection,
    store: FileStore,
    inspector: Inspector,
    aip: str,
    bad: list[tuple[str, str]],
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Order and page texts of each document that has any."""
    tree = store.tree(AipId(aip))
    for document in catalogue.documents(connection, aip):
        if document.reading or any(document.facts.get("text_pages", ())):
            try:
                yield document.ordinal, _drawn(inspector, tree, document)
            except (KhoError, OSError) as problem:
                bad.append((document.id, str(problem)))


def _drawn(inspector: Inspector, tree: FileTree, document: DocumentRow) -> tuple[str, ...]:
    """The texts of a stored document, as they were when it came in. Raises KhoError, OSError."""
    file = tree.content_path(document.file)
    read = _recognised(tree, document)
    if read is not None:
        layer = inspector.texts(tree.content_path(document.reading or document.file))
        return tuple(hocr.text_of(read[n]) if n in read else text for n, text in enumerate(layer, start=1))
    if document.mime == PDF_MIME:
        return inspector.texts(file)
    looked = inspector.inspect(file, pictures=False)
    if document.reading is None:
        return looked.texts
    return reading_texts(looked.office, looked.texts, inspector.texts(tree.content_path(document.reading)))


def _recognised(tree: FileTree, document: DocumentRow) -> dict[int, str] | None:
    """The hOCR of the pages that were read by machine, by page from 1; None where nothing was. Raises KhoError, OSError."""
    if document.reading is None:
        return None
    representation, _data, name = document.reading.partition("/data/")
    kept = f"{representation}/metadata/other/hocr/{name}.hocr.gz"
    try:
        return hocr.pages_of(read_bytes(tree, kept))
    except FileNotInPackage:
        return None
