"""The text of a broken office file, as far as there is any: a mark of secrecy must not slip through with the damage."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Final

from standards.office import OLE, Drawn, Unsound
from standards.office_letters import both_readings, wide
from standards.office_xml_text import OdfReader, OoxmlReader
from standards.xml import BadXml, read_stream

_MOST: Final = 64 * 1024 * 1024
_LOCAL: Final = struct.Struct("<4s2xHH16xHH")
_DEFLATED: Final = 8


def salvage(path: Path, drawn: Drawn) -> None:
    """Add what can be read of a file whose directory or tables are broken."""
    with path.open("rb") as file:
        data = file.read(_MOST)
    if data.startswith(OLE):
        drawn.part(wide(data) + both_readings(data))
        return
    left, at = _MOST, data.find(b"PK\x03\x04")
    while at >= 0 and at + _LOCAL.size <= len(data) and left > 0:
        drawn.check_time()
        _, flags, method, name_length, extra = _LOCAL.unpack_from(data, at)
        begin = at + _LOCAL.size + name_length + extra
        name = data[at + _LOCAL.size : at + _LOCAL.size + name_length].decode("utf-8", "replace")
        if name.lower().endswith((".xml", ".vml")) and method == _DEFLATED and not flags & 1:
            content = _inflated(data[begin:], left)
            left -= len(content)
            _text(name, content, drawn)
        at = data.find(b"PK\x03\x04", begin)


def _inflated(data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, most)
    except zlib.error:
        return b""


def _text(name: str, content: bytes, drawn: Drawn) -> None:
    """The text of a part up to where it breaks off."""
    is_ooxml = name.startswith(("word/", "xl/", "ppt/"))
    reader = OoxmlReader(drawn) if is_ooxml else OdfReader(drawn)
    try:
        read_stream(BytesIO(content), name, reader)
    except BadXml as bad:
        if "(DTD)" in str(bad.values["reason"]):
            raise Unsound("hostile", f"{name}: {bad.values['reason']}") from bad
    reader.close()
