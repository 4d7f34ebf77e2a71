"""OCFL objects for tests, written by hand: no code of the store or of the validator makes them."""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import ocfl

from repository.packages import AipId, StoredFile
from repository.store import Author
from repository.store_fs import FileStore
from standards.package_tree import read_bytes

A = AipId("urn:uuid:0a")
USER = Author("Kho", "https://kho.example/")
CREATED = "2026-11-24T08:00:00+07:00"
Inventory = dict[str, Any]


def make_store(tmp_path: Path, name: str = "root") -> FileStore:
    """A fresh store in `tmp_path`."""
    store = FileStore(tmp_path / name)
    store.create()
    return store


def stored_files(folder: Path, content: Mapping[str, bytes]) -> list[StoredFile]:
    """Files with their digests, under plain names in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, (path, data) in enumerate(content.items()):
        source = folder / f"{number}.bin"
        source.write_bytes(data)
        sha256, sha512 = hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest()
        files.append(StoredFile(path, source, len(data), sha256, sha512))
    return files


def put(store: FileStore, object_id: Any, files: Iterable[StoredFile], **options: Any) -> Any:
    """`put_new`, or `put_version` where `expected_head` is given, with a test's message, user and time."""
    method = store.put_version if "expected_head" in options else store.put_new
    return method(object_id, files, **{"message": "thử", "user": USER, "created": CREATED, **options})


def content(store: FileStore, object_id: AipId, version: str | None = None) -> dict[str, bytes]:
    """The files of a version, read through the store."""
    tree = store.tree(object_id, version)
    return {path: read_bytes(tree, path) for path in tree.paths()}


def ocfl_py_accepts(root: Path) -> bool:
    """Whether ocfl-py finds the root and every byte of its objects valid."""
    logging.disable(logging.CRITICAL)
    try:
        return bool(
            ocfl.StorageRoot(root=os.fspath(root)).validate(validate_objects=True, check_digests=True)
        )
    finally:
        logging.disable(logging.NOTSET)


def leftovers(store: FileStore) -> list[str]:
    """What lies in staging."""
    return sorted(entry.name for entry in store.staging.iterdir())


def subprocess_environment(**settings: str) -> dict[str, str]:
    """The environment of a process that imports this module by its plain name."""
    return {**os.environ, "PYTHONPATH": os.fspath(Path(__file__).resolve().parent), **settings}


def write_object(
    folder: Path,
    versions: list[Mapping[str, bytes]],
    *,
    spec: str = "1.1",
    algorithm: str = "sha512",
    change: Callable[[list[Inventory]], object] | None = None,
) -> Path:
    """A valid object with `versions` (logical path to bytes); `change` may spoil its inventories, oldest first.

    Sidecars are made after the change, and the root inventory is the last version's.
    """
    folder.mkdir(parents=True)
    (folder / f"0=ocfl_object_{spec}").write_text(f"ocfl_object_{spec}\n")
    inventories: list[Inventory] = []
    for number, state in enumerate(versions, start=1):
        inventories.append(_next_inventory(folder, inventories, f"v{number}", state, spec, algorithm))
    if change:
        change(inventories)
    for inventory, name in zip([*inventories, inventories[-1]], [*_names(versions), ""], strict=True):
        (folder / name).mkdir(exist_ok=True)
        write_inventory(folder / name, inventory, algorithm)
    return folder


def write_inventory(folder: Path, inventory: Inventory | str, algorithm: str = "sha512") -> None:
    """An inventory file with its sidecar."""
    text = inventory if isinstance(inventory, str) else json.dumps(inventory, indent=1)
    (folder / "inventory.json").write_text(text)
    digest = hashlib.new(algorithm, text.encode()).hexdigest()
    (folder / f"inventory.json.{algorithm}").write_text(f"{digest} inventory.json\n")


def _names(versions: list[Mapping[str, bytes]]) -> list[str]:
    return [f"v{number}" for number in range(1, len(versions) + 1)]


def _next_inventory(
    folder: Path, before: list[Inventory], name: str, state: Mapping[str, bytes], spec: str, algorithm: str
) -> Inventory:
    last: Inventory = before[-1] if before else {"manifest": {}, "versions": {}, "fixity": {"md5": {}}}
    inventory: Inventory = json.loads(json.dumps(last))
    inventory |= {"id": "urn:example:1", "type": f"https://ocfl.io/{spec}/spec/#inventory"}
    inventory |= {"digestAlgorithm": algorithm, "head": name}
    block: dict[str, list[str]] = {}
    for path, data in state.items():
        digest = hashlib.new(algorithm, data).hexdigest()
        block.setdefault(digest, []).append(path)
        if digest not in inventory["manifest"]:
            target = folder / name / "content" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            inventory["manifest"][digest] = [f"{name}/content/{path}"]
            inventory["fixity"]["md5"][hashlib.md5(data).hexdigest()] = [f"{name}/content/{path}"]
    user = {"name": "Nguyễn Văn A", "address": "mailto:a@example.org"}
    inventory["versions"][name] = {"created": CREATED, "message": name, "user": user, "state": block}
    return inventory
