"""Portable file names: what any file system, archive and URL keeps, from any name that was delivered.

ASCII letters, digits, `.`, `_` and `-` stay; every other byte of the UTF-8 form becomes `=` and two upper-case hex
digits, and so do a leading `.` or `-`, a trailing `.`, and the first letter of a name that Windows reserves (CON, NUL).
This is percent-encoding with another sign: BagIt manifests encode `%` itself, and the validators in use disagree on
it, so that a bag with a `%` in a name is valid for one and broken for the other.
A name that grows too long is cut and ends in a digest of the original: only that one cannot be turned back.
"""

import hashlib
import re
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote_to_bytes

# EAD_doc_<name>.xml must fit into the 255 bytes that file systems give a name.
LONGEST: Final = 200
_KEPT: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.I)
_CUT: Final = re.compile(r"~[0-9a-f]{32}(\.[A-Za-z0-9]{1,10})?$")


def portable_name(original: str) -> str:
    """The portable name of a file name; two different names never give the same one. '/' is encoded too.

    Bytes that are not UTF-8 are given as surrogate escapes (`os.fsdecode`). The empty name is `=`.
    """
    raw = original.encode("utf-8", "surrogateescape")
    encoded = "".join(chr(b) if b in _KEPT else f"={b:02X}" for b in raw) or "="
    encoded = _guarded(encoded)
    return encoded if len(encoded) <= LONGEST else _cut(encoded, raw)


def original_name(portable: str) -> str | None:
    """The name that `portable_name` was given; None where it was cut, so that only its record tells it."""
    if _CUT.search(portable):
        return None
    raw = b"" if portable == "=" else unquote_to_bytes(portable.replace("=", "%"))
    return raw.decode("utf-8", "surrogateescape")


def _guarded(encoded: str) -> str:
    if encoded[0] in ".-" or _RESERVED.match(encoded):
        encoded = f"={ord(encoded[0]):02X}{encoded[1:]}"
    return f"{encoded[:-1]}=2E" if encoded.endswith(".") else encoded


def _cut(encoded: str, raw: bytes) -> str:
    suffix = PurePosixPath(encoded).suffix
    kept = suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,10}", suffix) else ""
    mark = f"~{hashlib.sha256(raw).hexdigest()[:32]}{kept}"
    head = encoded[: LONGEST - len(mark)]
    return re.sub(r"=[0-9A-F]?$", "", head) + mark
