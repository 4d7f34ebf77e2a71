"""Format identification by PRONOM signatures (pygfried: Siegfried in this process, signatures inside the package)."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pygfried

PDF_MIME = "application/pdf"
UNKNOWN_MIME = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Format:
    """What PRONOM calls the format of a file: `puid` is like "fmt/477", None where no signature fits.

    `mismatch` tells that the bytes are of this format and the file's extension belongs to another;
    `signature_version` names the signature files, as PREMIS formatRegistry wants to know.
    """

    puid: str | None
    name: str = ""
    version: str = ""
    mime: str = UNKNOWN_MIME
    mismatch: bool = False
    by_extension_only: bool = False
    signature_version: str = ""


def identify(path: Path) -> Format:
    """The format of a file. An empty or unreadable file is of no known format; nothing is raised."""
    try:
        found = _identified(path)
        return _format(found["files"][0]["matches"][0], found["identifiers"][0]["details"])
    except (pygfried.GoError, OSError, ValueError, LookupError):
        return Format(None)


def _identified(path: Path) -> Mapping[str, Any]:
    """What pygfried says. It takes names in UTF-8 alone: a file of another name is looked at by a name of ours."""
    name = os.fspath(path)
    if not any("\ud800" <= c <= "\udfff" for c in name):
        return _found(name)
    suffix = path.suffix if path.suffix.isascii() else ""
    with tempfile.TemporaryDirectory(prefix="kho-format-") as folder:
        link = Path(folder) / f"file{suffix}"
        link.symlink_to(path.absolute())
        return _found(os.fspath(link))


def _found(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = pygfried.identify(name, detailed=True)
    return found


def _format(match: Mapping[str, Any], signatures: str) -> Format:
    puid, warning = str(match["id"]), str(match["warning"])
    if puid.upper() == "UNKNOWN":
        return Format(None, signature_version=signatures)
    return Format(
        puid=puid,
        name=str(match["format"]),
        version=str(match["version"]),
        mime=str(match["mime"]).split(",")[0].strip() or UNKNOWN_MIME,
        mismatch="extension mismatch" in warning,
        by_extension_only="match on extension only" in warning,
        signature_version=signatures,
    )
