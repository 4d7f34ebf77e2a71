"""Ids in addresses: a hồ sơ is /hoso/<uuid>, its third document /vanban/<uuid>.3; the full ids are read too."""

import re

_UUID = r"(?:urn:uuid:)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_RECORD = re.compile(_UUID)
_DOCUMENT = re.compile(_UUID + r"[.#](\d{1,7})")


def record_id(written: str) -> str | None:
    """The AIP id that an address names; None for anything else."""
    found = _RECORD.fullmatch(written)
    return f"urn:uuid:{found[1]}" if found else None


def document_id(written: str) -> str | None:
    """The document id that an address names; None for anything else."""
    found = _DOCUMENT.fullmatch(written)
    return f"urn:uuid:{found[1]}#{int(found[2]):07d}" if found and found[2].isascii() else None


def address_of(id: str) -> str:
    """The short form of a record's or a document's id, safe in a path."""
    uuid, _, order = id.removeprefix("urn:uuid:").partition("#")
    return f"{uuid}.{int(order)}" if order else uuid
