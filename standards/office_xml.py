"""OOXML (ISO/IEC 29500) and ODF (ISO/IEC 26300): a zip of XML parts, each read to its end, so that every CRC is checked."""

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from standards.archive_members import MIB, Budget, Member, MemberKind, Refusal, UnpackLimits
from standards.archive_zip import zip_members
from standards.office import Drawn, State, Unsound, read_inner
from standards.office_xml_text import OdfReader, OoxmlReader, PlainReader, RelationsReader
from standards.xml import BadXml, Reader, read_stream

LIMITS: Final = UnpackLimits(members=20_000, total=1024 * MIB)
_INNER: Final = 64 * MIB
_SMALL: Final = MIB
_TRAPS: Final = ("ARC-RATIO", "ARC-SIZE", "ARC-OVERLAP", "ARC-COUNT")
_ODF: Final = b"application/vnd.oasis.opendocument."
_ODF_KINDS: Final = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
_OOXML_KINDS: Final = (("wordprocessingml", "docx"), ("spreadsheetml", "xlsx"), ("presentationml", "pptx"))
_MAIN: Final = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_ABOUT: Final = ("meta.xml", "settings.xml")
_MASTERS: Final = re.compile(r"ppt/(slideMasters|slideLayouts|notesMasters|handoutMasters)/")
_XML: Final = (".xml", ".rels", ".vml")
_BASIC: Final = re.compile(r"Basic/[^/]+/(?!script-lb\.xml|dialog-lb\.xml)[^/]+$|Scripts/.+")
_EMBEDDED: Final = re.compile(r"(^|/)embeddings/|/afchunk|^Object [^/]*(/content\.xml)?$|(^|/)activeX/", re.I)
_READABLE: Final = re.compile(r"(^|/)embeddings/|\.(docx?|xlsx?|pptx?|od[tsp]|rtf|bin)$", re.I)


@dataclass(slots=True)
class _Parts:
    """What the parts told of the whole."""

    names: set[str] = field(default_factory=set)
    mimetype: bytes = b""
    types: bytes = b""
    is_odf: bool = False


def read(path: Path, drawn: Drawn) -> None:
    """Read every part. Raises Unsound, OSError."""
    parts = _Parts()
    try:
        for member in zip_members(path, Budget(LIMITS, max(1, path.stat().st_size))):
            if not isinstance(member, Member):
                _about(member.code, member.values.get("detail", ""))
            elif member.kind is MemberKind.FILE:
                _part(member, parts, drawn)
    except Refusal as refused:
        state: State = "hostile" if refused.found.code in _TRAPS else "damaged"
        detail = refused.found.values.get("detail", "")
        raise Unsound(state, f"{refused.found.code} {detail}".strip(), _kind(parts)) from refused
    except BadXml as bad:
        state = "hostile" if "(DTD)" in str(bad.values["reason"]) else "damaged"
        raise Unsound(state, f"{bad.values['path']}: {bad.values['reason']}", _kind(parts)) from bad
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as bad:
        raise Unsound("damaged", str(bad)[:200], _kind(parts)) from bad
    _judge(parts, drawn)


def _about(code: str, detail: str) -> None:
    """A member that cannot be taken; bytes between members are no fault of the document."""
    if code == "ARC-ENCRYPTED":
        raise Unsound("encrypted", "")
    if code != "ARC-UNNAMED-BYTES":
        raise Unsound("damaged", f"{code} {detail}".strip())


def _part(member: Member, parts: _Parts, drawn: Drawn) -> None:
    drawn.check_time()
    name = member.name
    parts.names.add(name)
    drawn.traits.update(_traits_of_name(name))
    stream = member.open()
    try:
        if name == "mimetype":
            parts.mimetype = _all(stream, _SMALL)
            parts.is_odf = parts.mimetype.startswith(_ODF)
        elif name == "[Content_Types].xml":
            parts.types = _all(stream, 16 * MIB)
        elif name == "META-INF/manifest.xml" and parts.is_odf:
            # Office programs of old begin it with a document type of their own: it is not parsed.
            if b"encryption-data" in _all(stream, 16 * MIB):
                raise Unsound("encrypted", "", _kind(parts))
        elif name.lower().endswith(_XML):
            _xml(stream, name, parts, drawn)
        elif _READABLE.search(name):
            read_inner(_all(stream, _INNER), drawn)
            _drain(stream, drawn)
        else:
            _drain(stream, drawn)
    finally:
        stream.close()


def _traits_of_name(name: str) -> set[str]:
    traits = set()
    if name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name.lower() or _BASIC.match(name):
        traits.add("macros")
    if _EMBEDDED.search(name):
        traits.add("embedded")
    if name.startswith("_xmlsignatures/") or name == "META-INF/documentsignatures.xml":
        traits.add("signed")
    return traits


def _xml(stream: IO[bytes], name: str, parts: _Parts, drawn: Drawn) -> None:
    reader: Reader
    if parts.is_odf and name.rpartition("/")[2] in _ABOUT:
        reader = PlainReader(drawn, is_about=True)
    elif parts.is_odf:
        reader = OdfReader(drawn)
    elif name.endswith(".rels"):
        reader = RelationsReader(drawn)
    elif name.startswith(("word/", "xl/", "ppt/")):
        reader = OoxmlReader(drawn, is_about=bool(_MASTERS.search(name)))
    else:
        reader = PlainReader(drawn, is_about=True)
    try:
        read_stream(cast(BinaryIO, stream), name, reader)
    finally:
        reader.close()


def _all(stream: IO[bytes], most: int) -> bytes:
    """A small part whole. Raises Unsound for one that is not small."""
    data = bytearray()
    while block := stream.read(min(1 << 20, most + 1 - len(data))):
        data += block
        if len(data) > most:
            raise Unsound("too-much", f"a part of more than {most // MIB} MiB")
    return bytes(data)


def _drain(stream: IO[bytes], drawn: Drawn) -> None:
    while stream.read(1 << 20):
        drawn.check_time()


def _kind(parts: _Parts) -> str:
    if parts.is_odf:
        told = parts.mimetype.removeprefix(_ODF).decode("ascii", "replace").strip().removesuffix("-template")
        return _ODF_KINDS.get(told, "")
    inside = {kind for word, kind in _OOXML_KINDS if word.encode() in parts.types}
    return next((k for k, folder in _MAIN.items() if k in inside and _has(parts.names, folder)), "")


def _has(names: set[str], folder: str) -> bool:
    return any(name.startswith(folder) for name in names)


def _judge(parts: _Parts, drawn: Drawn) -> None:
    """Whether the parts that the whole cannot be without are there."""
    drawn.kind = _kind(parts)
    if b"macroEnabled" in parts.types and _has(parts.names, "xl/macrosheets"):
        drawn.traits.add("macros")
    needed: Mapping[str, str] = {
        "docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml",
        "odt": "content.xml", "ods": "content.xml", "odp": "content.xml",
    }  # fmt: skip
    if not drawn.kind:
        raise Unsound("damaged", "a zip archive, but no text, spreadsheet or presentation")
    main = needed[drawn.kind]
    stem = main.removesuffix(".xml")
    # Some writers number the main part (word/document2.xml), or write workbooks in binary (xl/workbook.bin).
    if not any(name.startswith(stem) for name in parts.names):
        raise Unsound("damaged", f"{main} is missing", drawn.kind)
