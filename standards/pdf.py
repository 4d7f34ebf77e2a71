"""What a PDF says of itself, read from its structure by pikepdf (qpdf) with nothing decoded but XMP.

Meant for the limited child of `ingest.inspector`: a hostile file may cost its whole time and memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pikepdf

from standards.pdf_metadata import Description, describe

State = Literal["readable", "not-a-pdf", "encrypted", "truncated", "damaged"]

MAX_OBJECTS = 200_000
_HEADER_WITHIN = 1024
_NEW_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b")
# Strings are matched first, so that a name within a text is not taken for a name of the structure.
_TOKENS = re.compile(
    rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>|"
    rb"/(JavaScript|JS|Launch|ImportData|EmbeddedFile|EF|ByteRange|GoToR|GoToE|URI)(?![A-Za-z0-9#])",
    re.DOTALL,
)
_MEANING = {
    b"JavaScript": "javascript", b"JS": "javascript", b"Launch": "actions", b"ImportData": "actions",
    b"EmbeddedFile": "embedded", b"EF": "embedded", b"ByteRange": "signed",
    b"GoToR": "external", b"GoToE": "external", b"URI": "external",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PdfStructure:
    """A PDF's structure. Everything but `state` and `reason` is as by default unless `state` is "readable".

    `owner_password`: encrypted, but opens without a password. `repaired`: opened only after repair. `traits` holds
    what was seen: javascript, actions (launch, import), embedded, signed, external. `complete` is False where the
    file has more objects than were looked at.
    """

    state: State
    reason: str = ""
    pages: int | None = None
    owner_password: bool = False
    repaired: bool = False
    complete: bool = True
    traits: frozenset[str] = frozenset()
    soft_masks: dict[tuple[int, int], float] = field(default_factory=dict)
    description: Description = field(default_factory=Description)


def looks_like_pdf(start: bytes) -> bool:
    """Whether a file begins as a PDF: the header within the first 1,024 bytes, as readers allow."""
    return b"%PDF-" in start[:_HEADER_WITHIN]


def read_structure(source: bytes | Path, tail: bytes) -> PdfStructure:
    """Read a PDF from memory or by path; `tail` is its last bytes (a few MB at most). Never raises for a bad file."""
    cut = _is_cut(tail)
    try:
        with pikepdf.open(BytesIO(source) if isinstance(source, bytes) else source) as pdf:
            return PdfStructure("truncated") if cut else _structure(pdf)
    except pikepdf.PasswordError:
        return PdfStructure("encrypted")
    except (
        pikepdf.PdfError,
        pikepdf.DependencyError,
        ValueError,
        TypeError,
        RuntimeError,
        LookupError,
    ) as error:
        return PdfStructure("truncated" if cut else "damaged", reason=_reason(error))


def _is_cut(tail: bytes) -> bool:
    """Whether the end is missing: no end mark, or the beginning of more objects after the last one."""
    mark = tail.rfind(b"%%EOF")
    return mark < 0 or _NEW_OBJECT.search(tail, mark) is not None


def _reason(told: object) -> str:
    """qpdf's words without the place in front of them, which names our own buffers and paths."""
    return str(told).rpartition(": ")[2][:200]


def _structure(pdf: pikepdf.Pdf) -> PdfStructure:
    pages = len(pdf.pages)
    traits: set[str] = set()
    masks: dict[tuple[int, int], float] = {}
    complete = True
    for number, thing in enumerate(pdf.objects):
        if number >= MAX_OBJECTS:
            complete = False
            break
        traits.update(_traits(thing))
        masks.update(_soft_mask(thing))
    warnings = pdf.get_warnings()
    return PdfStructure(
        state="readable", pages=pages, owner_password=pdf.is_encrypted, repaired=bool(warnings), complete=complete,
        traits=frozenset(traits), soft_masks=masks, description=describe(pdf), reason=_reason(warnings[0]) if warnings else "",
    )  # fmt: skip


def _traits(thing: Any) -> Iterator[str]:
    """What one object shows by its own tokens; of a stream only the dictionary is looked at."""
    if isinstance(thing, pikepdf.Stream):
        yield from _traits_of(thing.stream_dict.unparse(resolved=True))
        if "/F" in thing.stream_dict:
            yield "external"
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Array):
        yield from _traits_of(thing.unparse(resolved=True))


def _traits_of(tokens: bytes) -> Iterator[str]:
    for match in _TOKENS.finditer(tokens):
        if match[1]:
            yield _MEANING[match[1]]


def _soft_mask(thing: Any) -> dict[tuple[int, int], float]:
    """For an image with a finer mask (the text layer of MRC): its pixel size, and how much finer the mask is."""
    if not isinstance(thing, pikepdf.Stream) or thing.get("/Subtype") != "/Image":
        return {}
    mask = thing.get("/SMask", thing.get("/Mask"))
    if not isinstance(mask, pikepdf.Stream):
        return {}
    size = (int(thing.get("/Width", 0)), int(thing.get("/Height", 0)))
    return {size: int(mask.get("/Width", 0)) / size[0]} if size[0] > 0 else {}
