"""The storage root: its declaration, layout, and the page by which a stranger gets the records back.

An object's folder follows from its id alone. New roots have the layout of OCFL extension 0003, which every
validator knows (docs/adr/0003-ocfl.md); a root of 0004 is opened as well. Both with sha256 and three tuples of
three characters.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from repository.store import NotAStore, StoreFailed

DECLARATION = "0=ocfl_1.1"
README = "README-RECOVERY.txt"
OBJECT_DECLARATION = "0=ocfl_object_1.1"
HASH_AND_ID = "0003-hash-and-id-n-tuple-storage-layout"
HASHED = "0004-hashed-n-tuple-storage-layout"
DEFAULT_LAYOUT = HASH_AND_ID
LEVELS = 4  # folders from the root down to an object
_TUPLES = {"digestAlgorithm": "sha256", "tupleSize": 3, "numberOfTuples": 3}
_CONFIGS: Mapping[str, Mapping[str, object]] = {
    HASH_AND_ID: {"extensionName": HASH_AND_ID, **_TUPLES},
    HASHED: {"extensionName": HASHED, **_TUPLES, "shortObjectRoot": False},
}
_DESCRIPTIONS = {
    HASH_AND_ID: "three folders of three characters of the id's sha256, then the id, percent-encoded",
    HASHED: "three folders of three characters of the id's sha256, then all 64",
}
_LONGEST_NAME = 100


def object_folder(object_id: str, layout: str = DEFAULT_LAYOUT) -> str:
    """The object's folder below the storage root: `abc/def/012/urn%3auuid%3a...` (extension 0003)."""
    digest = hashlib.sha256(object_id.encode()).hexdigest()
    name = digest if layout == HASHED else _encoded(object_id, digest)
    return f"{digest[0:3]}/{digest[3:6]}/{digest[6:9]}/{name}"


def next_version(name: str) -> str:
    """The name of the version after `name`. Raises StoreFailed for a name that Kho does not give."""
    if not re.fullmatch(r"v[1-9][0-9]{0,8}", name):
        raise StoreFailed(path=name, reason="tên phiên bản lạ / not a version name")
    return f"v{int(name[1:]) + 1}"


def _encoded(object_id: str, digest: str) -> str:
    """The id as a folder name: percent-encoded, and cut where it would be too long (extension 0003)."""
    plain = re.compile(rb"[A-Za-z0-9_-]")
    octets = (bytes([octet]) for octet in object_id.encode())
    name = "".join(octet.decode() if plain.match(octet) else f"%{octet.hex()}" for octet in octets)
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}-{digest}"


def create_root(root: Path, layout: str = DEFAULT_LAYOUT) -> None:
    """Make `root` a storage root; done again after a crash it completes what is missing.

    Raises NotAStore where the folder holds something else, OSError where it cannot be written.
    """
    root.mkdir(parents=True, exist_ok=True, mode=0o750)
    if (root / DECLARATION).exists():
        return
    _refuse_other_content(root)
    (root / "extensions" / layout).mkdir(parents=True, exist_ok=True, mode=0o750)
    for name, data in root_files(layout):
        _put(root / name, data)


def root_files(layout: str) -> tuple[tuple[str, bytes], ...]:
    """The files of a storage root, in the order in which they are written: the declaration last."""
    return (
        (f"extensions/{layout}/config.json", _json(_CONFIGS[layout])),
        (README, resources.files("repository").joinpath(README).read_bytes()),
        ("ocfl_layout.json", _json({"extension": layout, "description": _DESCRIPTIONS[layout]})),
        (DECLARATION, b"ocfl_1.1\n"),
    )


@cache
def layout_of(root: Path) -> str:
    """The layout of a storage root, read once in a process. Raises what `read_layout` raises."""
    return read_layout(root)


def read_layout(root: Path) -> str:
    """The layout as it stands there now. Raises NotAStore unless it is OCFL 1.1 with a layout that Kho knows."""
    return layout_in(root, lambda name: (root / name).read_bytes())


def layout_in(root: object, read: Callable[[str], bytes]) -> str:
    """The layout of the storage root whose files `read` gives; `root` names it. Raises NotAStore."""
    try:
        read(DECLARATION)
    except FileNotFoundError as problem:
        raise NotAStore(path=root, reason=f"không có / there is no {DECLARATION}") from problem
    try:
        layout = json.loads(read("ocfl_layout.json"))["extension"]
        config = json.loads(read(f"extensions/{layout}/config.json"))
    except (FileNotFoundError, ValueError, KeyError, TypeError) as problem:
        raise NotAStore(path=root, reason=problem) from problem
    if config != _CONFIGS.get(layout):
        raise NotAStore(path=root, reason=f"cách sắp xếp lạ / a layout not known: {layout}")
    return str(layout)


def fsync_folder(folder: Path) -> None:
    """Put a folder's entries on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, content: bytes) -> None:
    """Write a new read-only file and put its bytes on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _refuse_other_content(root: Path) -> None:
    """A folder with content that is not a storage root half made stays as it is."""
    known = {DECLARATION, "ocfl_layout.json", README, "extensions"}
    strangers = sorted(entry.name for entry in root.iterdir() if entry.name.removesuffix(".new") not in known)
    if strangers:
        raise NotAStore(path=root, reason=f"đã có / it already holds {strangers[0]}")


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


def _put(path: Path, content: bytes) -> None:
    """Write a file of the root whole, or leave the one that is there."""
    if path.exists():
        return
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    write_file(fresh, content)
    fresh.rename(path)
    fsync_folder(path.parent)
