"""OCFL inventory files as bytes: the sidecar with the digest, and copies that must be equal."""

import hashlib
import re
from collections.abc import Iterator
from io import BufferedReader

from standards.findings import Finding
from standards.ocfl_facts import issue
from standards.ocfl_folder import ObjectFolder

_CHUNK = 1 << 20
_SIDECAR = re.compile(rb"([0-9A-Fa-f]+)[ \t]+inventory\.json\r?\n?")


def check_sidecar(root: ObjectFolder, version: str, algorithm: str | None) -> Iterator[Finding]:
    """The sidecar of the inventory in `root`/`version` ("" for the object root): there, readable, and right."""
    prefix = f"{version}/" if version else ""
    there = [e.name for e in root.entries(version) if e.name.startswith("inventory.json.")]
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
    match = None
    if root.size(prefix + name) < 1000:
        with root.open(prefix + name) as sidecar:
            match = _SIDECAR.fullmatch(sidecar.read())
    if not match:
        yield issue("E061", prefix + name)
        return
    with root.open(f"{prefix}inventory.json") as file:
        made = hashlib.new(algorithm)
        while chunk := file.read(_CHUNK):
            made.update(chunk)
    found = made.hexdigest()
    if match[1].decode().lower() != found:
        yield issue("E060", prefix + name, found)


def same_bytes(root: ObjectFolder, one: str, other: str) -> bool:
    """Whether two files of an object are equal, byte by byte."""
    if root.size(one) != root.size(other):
        return False
    with BufferedReader(root.open(one)) as a, BufferedReader(root.open(other)) as b:  # type: ignore[type-var]
        while chunk := a.read(_CHUNK):
            if chunk != b.read(_CHUNK):
                return False
    return True
