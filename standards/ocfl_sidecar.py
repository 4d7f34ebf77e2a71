"""OCFL inventory files as bytes: the sidecar with the digest, and copies that must be equal."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from standards.findings import Finding
from standards.ocfl_facts import issue

_CHUNK = 1 << 20
_SIDECAR = re.compile(rb"([0-9A-Fa-f]+)[ \t]+inventory\.json\r?\n?")


def check_sidecar(root: Path, version: str, algorithm: str | None) -> Iterator[Finding]:
    """The sidecar of the inventory in `root`/`version` ("" for the object root): there, readable, and right."""
    folder, prefix = root / version, f"{version}/" if version else ""
    there = sorted(path.name for path in folder.glob("inventory.json.*"))
    if algorithm is None:
        return
    name = f"inventory.json.{algorithm}"
    if name not in there:
        yield issue("E058", prefix + name)
        if there:
            yield issue("E059", prefix + there[0], algorithm)
        return
    for stray in there:
        if stray != name and not version:
            yield issue("E001", stray)
    sidecar = folder / name
    match = _SIDECAR.fullmatch(sidecar.read_bytes()) if sidecar.stat().st_size < 1000 else None
    if not match:
        yield issue("E061", prefix + name)
        return
    with (folder / "inventory.json").open("rb") as file:
        found = hashlib.file_digest(file, algorithm).hexdigest()
    if match[1].decode().lower() != found:
        yield issue("E060", prefix + name, found)


def same_bytes(one: Path, other: Path) -> bool:
    """Whether two files are equal, byte by byte."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as a, other.open("rb") as b:
        while chunk := a.read(_CHUNK):
            if chunk != b.read(_CHUNK):
                return False
    return True
