"""The finished two-layer PDF: what PDF/A forbids is mended without touching a picture, the claim is made, and it is
proved that the pictures are those that came and that the layer says what was read."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdfium2 as pdfium
from pikepdf.pdfa import prepare, resolve_save_kwargs
from PIL import Image

from preservation.hocr import text_of
from preservation.ocr_pages import Unfit, image_digests

# What a reader makes of blanks and of hyphens at a line's end is its own affair.
_AS_IT_CAME: Final = pikepdf.StreamDecodeLevel.none
_WHOLE_WORDS: Final = 0.9
_BLANKS: Final = re.compile("[\\s\u00ad\ufffe\u0002-]+")


def finish(pdf: pikepdf.Pdf, target: Path) -> None:
    """Save `pdf` as PDF/A-2u. A signature would be broken by the text: its look stays as part of the page, the
    signed bytes are the delivered file."""
    if "/AcroForm" in pdf.Root:
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("all")
        for page in pdf.pages:
            _drop_fields(page)
        if "/AcroForm" in pdf.Root:
            del pdf.Root.AcroForm
    if "/Perms" in pdf.Root:
        del pdf.Root.Perms
    prepare(pdf, "2b", output_intent=None if _has_intent(pdf) else "sRGB")
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["pdfaid:conformance"] = "U"
    # No stream is written in another way than it came: qpdf would decode what it can.
    options = resolve_save_kwargs("2b") | {"compress_streams": False, "stream_decode_level": _AS_IT_CAME}
    pdf.save(target, **options)


def _drop_fields(page: pikepdf.Page) -> None:
    """What is left of a form: fields that show nothing, as a signature without a look."""
    left: Any = [note for note in page.obj.get("/Annots", []) if note.get("/Subtype") != "/Widget"]
    if left:
        page.obj.Annots = pikepdf.Array(left)
    elif "/Annots" in page.obj:
        del page.obj.Annots


def _has_intent(pdf: pikepdf.Pdf) -> bool:
    intents: Any = pdf.Root.get("/OutputIntents", [])
    return any(intent.get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in intent for intent in intents)


def proved_images(before: bytes, after: Path) -> list[str]:
    """The sha256 of every image, the same in both files and in the same order. Raises Unfit where they differ."""
    with pikepdf.open(BytesIO(before)) as old, pikepdf.open(after) as new:
        came, stayed = list(image_digests(old)), list(image_digests(new))
    if came != stayed:
        raise Unfit(f"the pictures are not those that came ({len(came)}, {len(stayed)})")
    return [digest for _page, digest in came]


def proved_text(after: Path, hocr: Mapping[int, str]) -> None:
    """The layer of each page read back by pdfium, against its hOCR (by page from 0). Raises Unfit."""
    with pdfium.PdfDocument(after) as document:
        for number, page in hocr.items():
            opened = document[number]
            text = opened.get_textpage()
            found = text.get_text_range() if text.count_chars() > 0 else ""
            if not _says(found, text_of(page)):
                raise Unfit(f"page {number + 1}: the text layer is not what was read")


def _says(found: str, read: str) -> bool:
    """Whether a layer says what was read: the same letters, all of them. Of a line that is not quite level a reader may
    take some pieces in another order, so that few words may be parted."""
    layer, wanted = _bare(found), _bare(read)
    if layer == wanted:
        return True
    words = [_bare(word) for word in read.split()]
    whole = sum(word in layer for word in words)
    return Counter(layer) == Counter(wanted) and whole >= _WHOLE_WORDS * len(words)


def _bare(text: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFC", text))


def pixels_digest(picture: Image.Image) -> str:
    """The sha256 of a picture's pixels with their size and kind: the proof where its encoding could not stay."""
    digest = hashlib.sha256(f"{picture.mode} {picture.width} {picture.height} ".encode())
    digest.update(picture.tobytes())
    return digest.hexdigest()
