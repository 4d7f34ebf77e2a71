"""The journal as it lies in storage: its lines, its chain, its Merkle roots (docs/format.md, "The journal").

A line is the hash, a tab, and the record (one JSON object). The hash is the sha256, in lower-case hex, of the hash before
it, a newline, and the record's bytes; 64 zeros stand before the first.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

BEGINNING: Final = "0" * 64


def chained(before: str, record: str) -> str:
    """The hash of a record that follows the hash `before`."""
    return hashlib.sha256(f"{before}\n{record}".encode()).hexdigest()


def line(hash: str, record: str) -> bytes:
    """A line of the file."""
    return f"{hash}\t{record}\n".encode()


def lines(file: BinaryIO) -> Iterator[tuple[str, str]]:
    """(hash, record) of each line; a line that has not that form comes with an empty hash."""
    for raw in file:
        hash, tab, record = raw.decode("utf-8", "replace").rstrip("\n").partition("\t")
        yield (hash, record) if tab else ("", hash)


def merkle_root(hashes: Iterable[str]) -> str:
    """The root of RFC 6962, §2.1, over the hashes (hex) of the entries: sha256, leaves with 0x00, nodes with 0x01.

    Only one node a level is held. No leaf at all has the sha256 of nothing.
    """
    peaks: list[tuple[int, bytes]] = []  # (height, hash), the highest first
    for leaf in hashes:
        node, height = hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest(), 0
        while peaks and peaks[-1][0] == height:
            node = hashlib.sha256(b"\x01" + peaks.pop()[1] + node).digest()
            height += 1
        peaks.append((height, node))
    if not peaks:
        return hashlib.sha256().hexdigest()
    root = peaks.pop()[1]
    while peaks:
        root = hashlib.sha256(b"\x01" + peaks.pop()[1] + root).digest()
    return root.hex()
