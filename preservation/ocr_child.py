"""The limited child of `preservation.ocr`: reads pages by machine, and looks at signatures.

Whatever is hostile in a file, and whatever breaks inside a native library, dies with this process.
"""

import hashlib
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium
from PIL import Image, UnidentifiedImageError

from preservation import hocr, ocr_signature
from preservation.ocr_document import Recognised, Wanted, recognise, texts_of
from preservation.ocr_engine import VERSION, Engine, NoAnswer, NoLanguages
from preservation.ocr_images import from_picture
from preservation.ocr_pages import Unfit
from preservation.ocr_policy import policy
from standards.child import serve
from standards.secrecy import secrecy_mark

Answer = Mapping[str, Any]
_engines: list[Engine] = []


class Sealed(Exception):
    """A page carries a secrecy mark: nothing of the document is made or kept."""


def recognise_text(
    path: Path,
    *,
    sha256: str,
    out: str,
    pages: list[int] | None,
    redo: list[int],
    languages: list[str],
    title: str,
) -> Answer:
    """Read `pages` (from 0; None: all of a picture's) of the file at `path`, whose digest is known, and write
    `out` + ".pdf" and ".hocr.gz". Gives the state: made, nothing (no words), sealed, changed."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        return {"state": "changed"}
    if pages is None:
        pdf, pictures = from_picture(data, policy())
        with pikepdf.open(BytesIO(pdf)) as opened:
            pages = list(range(len(opened.pages)))
    else:
        pdf, pictures = data, []
    target = Path(out + ".pdf")
    try:
        made = recognise(
            pdf, Wanted(tuple(pages), tuple(redo), tuple(languages)), target, _engine(), policy(), _screen
        )
    except Sealed:
        target.unlink(missing_ok=True)
        return {"state": "sealed"}
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return _told(made, out, title, pictures)


def _told(made: Recognised, out: str, title: str, pictures: list[str]) -> Answer:
    texts = texts_of(made.pages)
    if not any(texts.values()):
        return {"state": "nothing"}
    kept = hocr.document(
        (page.hocr for _number, page in sorted(made.pages.items())), title, f"tesseract {VERSION}"
    )
    Path(out + ".hocr.gz").write_bytes(kept)
    pages = [
        {"page": number + 1, "text": texts[number], "confidence": page.confidence, "turned": page.turned,
         "languages": list(page.languages), "median": page.median}
        for number, page in sorted(made.pages.items())
    ]  # fmt: skip
    return {
        "state": "made", "way": made.way, "reason": made.reason, "engine": VERSION, "pages": pages,
        "images": made.images, "pictures": pictures,
    }  # fmt: skip


def signatures(path: Path, *, roots: list[str]) -> Answer:
    """The verdict on each signature of a PDF, offline."""
    return {"signatures": ocr_signature.judge(path, roots)}


def _engine() -> Engine:
    if not _engines:
        _engines.append(Engine(policy()))
    return _engines[0]


def _screen(text: str) -> None:
    if secrecy_mark(text):
        raise Sealed


def _failed(error: Exception) -> dict[str, Any] | None:
    """What can be told of a failure, by its kind; a fault of ours ends the child."""
    if isinstance(error, NoLanguages):
        return {"error": "no-languages", "reason": str(error)}
    if isinstance(error, OSError) and not isinstance(error, UnidentifiedImageError):
        return {"error": "unreadable", "reason": error.strerror or str(error)}
    told = (
        Unfit,
        NoAnswer,
        pikepdf.PdfError,
        pdfium.PdfiumError,
        ValueError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    )
    return {"error": "unfit", "reason": str(error)[:200]} if isinstance(error, told) else None


if __name__ == "__main__":
    sys.setrecursionlimit(5000)
    serve({"recognise": recognise_text, "signatures": signatures}, _failed)
