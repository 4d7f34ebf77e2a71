"""A BagIt 1.0 bag (RFC 8493) with the E-ARK package as its payload and the SIP's own files as tag files."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Final

from repository.export_copy import copy_file
from repository.packages import AipContent
from standards.bag_profile import IDENTIFIER
from standards.eark import folder_name
from standards.package_tree import PackageTree

_DECLARATION: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_ALGORITHMS: Final = ("sha256", "sha512")


def write_bag(tree: PackageTree, content: AipContent, folder: Path) -> str:
    """Payload, manifests, bag-info, tag files, tag manifests: in this order. Gives the bag's name."""
    name = folder_name(content.id)
    count, size = _payload(tree, folder, name)
    _tag(folder, "bagit.txt", _DECLARATION)
    _tag(folder, "bag-info.txt", "".join(_info(content, count, size)))
    for path in tree.paths():
        if path.startswith("submission/"):
            copy_file(tree, path, folder / path)
    _tag_manifests(folder)
    return name


def _payload(tree: PackageTree, folder: Path, name: str) -> tuple[int, int]:
    """data/ and its manifests; the number of files and bytes (octets) of the payload."""
    count = size = 0
    with (
        (folder / "manifest-sha256.txt").open("xb") as sha256,
        (folder / "manifest-sha512.txt").open("xb") as sha512,
    ):
        for path in tree.paths():
            inside = f"data/{name}/{path}"
            copied = copy_file(tree, path, folder / inside)
            sha256.write(_line(copied.sha256, inside))
            sha512.write(_line(copied.sha512, inside))
            count, size = count + 1, size + copied.size
    return count, size


def _line(digest: str, path: str) -> bytes:
    """A manifest line: '%', CR and LF in the path are percent-encoded (RFC 8493 section 2.1.3)."""
    encoded = path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"{digest}  {encoded}\n".encode("utf-8", "surrogateescape")


def _info(content: AipContent, count: int, size: int) -> Iterator[str]:
    told = {
        "BagIt-Profile-Identifier": IDENTIFIER,
        "Source-Organization": content.agency_name or content.agency,
        "External-Identifier": content.id,
        "External-Description": content.label,
        "Internal-Sender-Identifier": content.key,
        "Bagging-Date": datetime.now(UTC).date().isoformat(),
        "Bag-Software-Agent": f"Kho {metadata.version('kho')}",
        "Payload-Oxum": f"{size}.{count}",
    }
    for label, value in told.items():
        if one_line := " ".join(value.split()):
            yield f"{label}: {one_line}\n"


def _tag(folder: Path, name: str, text: str) -> None:
    (folder / name).write_bytes(text.encode("utf-8", "backslashreplace"))


def _tag_manifests(folder: Path) -> None:
    tags = sorted(
        path.relative_to(folder).as_posix()
        for top in folder.iterdir()
        if top.name != "data"
        for path in (top.rglob("*") if top.is_dir() else (top,))
        if path.is_file()
    )
    for algorithm in _ALGORITHMS:
        lines = (_line(_digest(folder / tag, algorithm), tag) for tag in tags)
        (folder / f"tagmanifest-{algorithm}.txt").write_bytes(b"".join(lines))


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
