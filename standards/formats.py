"""Format identification by PRONOM signatures (pygfried: Siegfried in this process, signatures inside the package)."""

import functools
import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
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


@functools.cache
def _listed() -> Mapping[str, tuple[str, ...]]:
    text = (resources.files("standards") / "codes" / "tt05_formats.toml").read_text(encoding="utf-8")
    return {mime: tuple(suffixes) for mime, suffixes in tomllib.loads(text)["mimes"].items()}


def listed_suffixes(mime: str) -> tuple[str, ...] | None:
    """The suffixes of a format that TT 05/2025 lists, None where it does not list the format."""
    return _listed().get(mime)


@functools.cache
def record_suffixes() -> frozenset[str]:
    """The suffixes of all formats that TT 05/2025 lists, lower case with their dot."""
    return frozenset(suffix for suffixes in _listed().values() for suffix in suffixes)


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
