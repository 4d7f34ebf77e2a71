"""Digests of a package's files while it is judged: each file is read at most once for the usual ones."""

import hashlib
from typing import Final

from standards.package_tree import CHUNK, PackageTree

_USUAL: Final = ("sha256", "sha512")
_KNOWN: Final = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})


class Digests:
    """Digests by path. What the tree knows of content is trusted; of metadata nothing is."""

    def __init__(self, tree: PackageTree) -> None:
        self._tree = tree
        # PREMIS gives sha512 beside METS's sha256: with it, both come of one read.
        self._usual = _USUAL if tree.has("metadata/preservation/PREMIS.xml") else ()
        self._held: dict[tuple[str, str], bytes] = {}

    def of(self, path: str, algorithm: str, content: bytes | None = None) -> str | None:
        """Lower-case hex; `content` where the file is already read. None for an unknown algorithm."""
        if algorithm not in _KNOWN:
            return None
        if content is not None:
            return hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()
        held = self._held.get((path, algorithm))
        if held is not None:
            return held.hex()
        known = None if _metadata(path) else self._tree.digest(path, algorithm)
        return known.lower() if known else self._read(path, algorithm)

    def _read(self, path: str, algorithm: str) -> str:
        digests = {name: hashlib.new(name, usedforsecurity=False) for name in {algorithm, *self._usual}}
        with self._tree.open(path) as stream:
            while chunk := stream.read(CHUNK):
                for digest in digests.values():
                    digest.update(chunk)
        if not _metadata(path):
            self._held.update({(path, name): digest.digest() for name, digest in digests.items()})
        return digests[algorithm].hexdigest()


def _metadata(path: str) -> bool:
    return path.endswith("METS.xml") or path.startswith("metadata/") or "/metadata/" in path
