"""The limited child of `ingest.inspector`: opens delivered files, so that no other process has to.

Whatever is hostile in a file dies with this process; its answers are plain data (`standards.child` tells how).
"""

import dataclasses
import hashlib
import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pypdfium2 import PdfiumError

from fixity.digest import digests
from preservation import page_looking
from standards import formats
from standards.child import serve
from standards.media import is_media
from standards.office import is_office, read_office
from standards.page_pictures import NoPicture
from standards.pdf import PdfStructure, looks_like_pdf, read_structure
from standards.pdf_pages import TooMuch, read_pages, render
from standards.pdf_view import tile, words
from standards.pictures import is_picture, read_picture
from standards.plain_text import is_text, read_text

IN_MEMORY = 256 * 1024 * 1024
_TAIL = 4 * 1024 * 1024
# Not allowed in XML or in PostgreSQL: control characters, surrogates, U+FFFE and U+FFFF (pdfium's soft hyphens).
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Answer = Mapping[str, Any]
_LAST: dict[str, bytes] = {}  # the file that was inspected last


def inspect(path: Path) -> Answer:
    """Size, digests, format, and what the reader of its kind says: of a PDF its structure and pages."""
    source, answer = _read(path)
    found = formats.identify(path)
    answer |= {"format": dataclasses.asdict(found)}
    start = _start(source)
    if found.mime == formats.PDF_MIME or path.suffix.lower() == ".pdf" or looks_like_pdf(start):
        answer |= {"pdf": _pdf(source)}
    elif is_picture(path, found.mime):
        answer |= {"picture": dataclasses.asdict(read_picture(path))}
    elif is_office(path, found.mime, start):
        answer |= {"office": _office(path)}
    elif not is_media(path, found.mime) and is_text(path, found.mime):
        told = dataclasses.asdict(read_text(path))
        answer |= {"text": told | {"texts": [_clean(text) for text in told["texts"]]}}
    _LAST.clear()
    if isinstance(source, bytes):
        _LAST[os.fspath(path)] = source
    return answer


def _office(path: Path) -> Answer:
    told = dataclasses.asdict(read_office(path))
    return told | {
        "reason": _clean(told["reason"]), "traits": sorted(told["traits"]),
        "texts": [_clean(text) for text in told["texts"]], "about": [_clean(text) for text in told["about"]],
    }  # fmt: skip


def look(path: Path, first: int, count: int) -> Answer:
    """Pages as pictures: of the very bytes that were inspected last, where they are still in memory."""
    source = _LAST.get(os.fspath(path)) or path
    return {"looks": page_looking.look(source, first, count)}


def texts(path: Path) -> Answer:
    """The text of each page of a PDF."""
    source, _digests = _read(path)
    return {"texts": [_clean(page.text) for page in read_pages(source, {})]}


def picture(path: Path, page: int, width: int) -> bytes:
    """A page as a JPEG."""
    return render(path, page, width)


def part(path: Path, page: int, width: int, left: int, top: int, side: int) -> bytes:
    """A part of a page as a JPEG."""
    return tile(path, page, width, left, top, side)


def placed_words(path: Path, page: int) -> Answer:
    """Where the words of a page stand."""
    found = words(path, page)
    return {"high": found.high, "words": [[_clean(word), *box] for word, box in found.words]}


def _read(path: Path) -> tuple[bytes | Path, dict[str, Any]]:
    """The bytes, in memory where they fit (then read only once), with size and digests."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError("not a regular file")
    if status.st_size > IN_MEMORY:
        made = digests(path)
        return path, {"size": made.size, **made.by_algorithm}
    data = path.read_bytes()
    return data, {
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "sha512": hashlib.sha512(data).hexdigest(),
    }


def _pdf(source: bytes | Path) -> Answer:
    if not looks_like_pdf(_start(source)):
        return _flat(PdfStructure("not-a-pdf"))
    structure = read_structure(source, _end(source))
    answer = _flat(structure)
    if structure.state == "readable":
        try:
            pages = read_pages(source, structure.soft_masks)
            answer["read"] = [dataclasses.asdict(p) | {"text": _clean(p.text)} for p in pages]
        except TooMuch as over:
            answer["too_much"] = str(over)
        except PdfiumError as error:
            answer |= {"state": "damaged", "reason": str(error)}
    return answer


def _flat(structure: PdfStructure) -> dict[str, Any]:
    described = structure.description
    return {
        "state": structure.state, "reason": _clean(structure.reason), "pages": structure.pages,
        "owner_password": structure.owner_password, "repaired": structure.repaired, "complete": structure.complete,
        "traits": sorted(structure.traits), "claim": described.claim, "created": described.created,
        "creating_application": _clean(described.creating_application), "read": [],
    }  # fmt: skip


def _clean(text: str) -> str:
    return _UNFIT.sub("", text)


def _start(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source[:1024]
    with source.open("rb") as file:
        return file.read(1024)


def _end(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source[-_TAIL:]
    with source.open("rb") as file:
        file.seek(-_TAIL, os.SEEK_END)
        return file.read()


_CALLS: Mapping[str, Callable[..., Answer | bytes]] = {
    "inspect": inspect, "look": look, "texts": texts, "render": picture, "tile": part, "words": placed_words,
}  # fmt: skip


def _failed(error: Exception) -> dict[str, Any] | None:
    """What can be told of a failure is told by its name."""
    if isinstance(error, OSError):
        return {"error": "unreadable", "reason": error.strerror or str(error)}
    if isinstance(error, TooMuch):
        return {"error": "too-much", "reason": str(error)}
    if isinstance(error, PdfiumError | NoPicture | IndexError | ValueError):
        return {"error": "damaged", "reason": _clean(str(error))[:200]}
    return None


if __name__ == "__main__":
    serve(_CALLS, _failed)
