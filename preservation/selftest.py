"""The audit's own test: damage of every kind is planted in a scratch store, and every one of them must be found.

`check` is the checker under test; what it misses is told loudly, and so is what it finds where nothing is wrong.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fixity.digest import digests
from preservation.selftest_damage import DAMAGES, Damage, Scratch
from repository.aip import build_aip
from repository.copy_check import CopyCheck, Depth, Expected, check_copy
from repository.packages import (
    Agent,
    AipContent,
    AipDocument,
    AipId,
    ContentFile,
    Event,
    FileFacts,
    Retention,
    StoredFile,
)
from repository.store import Author, Store
from repository.store_fs import FileStore

Check = Callable[[Store, str, Depth, ThreadPoolExecutor, Expected], CopyCheck]
_ID: Final = AipId("urn:kho:selftest:object")
_OTHER: Final = AipId("urn:kho:selftest:other")
_PACKAGE: Final = AipId("urn:uuid:5d0f7c4e-6a0b-4c7b-9a53-1f1f2f6c0a11")
_TIME: Final = "2026-01-01T08:00:00+07:00"
_USER: Final = Author("Kho", "urn:kho:software")


@dataclass(frozen=True, slots=True)
class Trial:
    """One planted damage: what it was, how deep was looked, whether it was found, and the codes that told it."""

    name: str
    depth: Depth
    found: bool
    codes: tuple[str, ...]


def selftest(folder: Path | None = None, check: Check = check_copy) -> Iterator[Trial]:
    """Plant every damage, one after the other, and look. `folder` is where scratch files may lie."""
    with tempfile.TemporaryDirectory(prefix="kho-selftest-", dir=folder) as scratch:
        yield from _trials(Path(scratch), check)


def _trials(folder: Path, check: Check) -> Iterator[Trial]:
    whole = _make_store(folder / "whole")
    known = {False: Expected("v2", _looked_at(check, whole, Expected()).inventories), True: Expected("v1")}
    with ThreadPoolExecutor(1) as hashers:
        for depth in ("quick", "deep"):
            for package in (False, True):
                yield _undamaged(check, whole, depth, package, hashers, known[package])
            for damage in DAMAGES:
                if depth in damage.depths:
                    yield _trial(folder, whole, damage, depth, check, hashers, known[damage.package])


def _undamaged(
    check: Check, whole: FileStore, depth: Any, package: bool, hashers: ThreadPoolExecutor, known: Expected
) -> Trial:
    """A whole object must be good: a checker that cries always is no checker."""
    found = check(whole, _PACKAGE if package else _ID, depth, hashers, known)
    return Trial("nothing", depth, found.outcome == "good", tuple(fault.code for fault in found.faults))


def _trial(
    folder: Path,
    whole: FileStore,
    damage: Damage,
    depth: Any,
    check: Check,
    hashers: ThreadPoolExecutor,
    known: Expected,
) -> Trial:
    copy = folder / "copy"
    shutil.copytree(whole.root, copy / "store", symlinks=True)
    shutil.copytree(whole.staging, copy / "store.staging")
    store = FileStore(copy / "store")
    try:
        id = _PACKAGE if damage.package else _ID
        damage.plant(Scratch(store, id, _OTHER))
        found = check(damage.wrap(store), id, depth, hashers, known)
        # What could not be read must not be called good; it need not be called bad.
        noticed = found.outcome in (damage.outcome, "bad")
        return Trial(damage.name, depth, noticed, tuple(fault.code for fault in found.faults))
    finally:
        for path in copy.rglob("*"):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o750)
        shutil.rmtree(copy)


def _looked_at(check: Check, store: Store, expected: Expected) -> CopyCheck:
    with ThreadPoolExecutor(1) as hashers:
        return check(store, _ID, "deep", hashers, expected)


def _make_store(root: Path) -> FileStore:
    """A store with an object of two versions and another one."""
    store = FileStore(root / "store")
    root.mkdir()
    store.create()
    first = {f"data/{n}.bin": os.urandom(3000 + n) for n in range(6)} | {"metadata/a.xml": b"<a/>"}
    _put(store, root, _ID, first)
    second = {**first, "data/0.bin": os.urandom(5000), "metadata/a.xml": b"<b/>"}
    files = _files(root / "second", second)
    store.put_version(_ID, files, expected_head="v1", message="selftest", user=_USER, created=_TIME)
    _put(store, root, _OTHER, {"data/x.bin": os.urandom(2000)})
    _put_package(store, root)
    return store


def _put_package(store: FileStore, root: Path) -> None:
    """A whole E-ARK package of one document."""
    (root / "document.txt").write_bytes(b"selftest\n")
    size, made = digests(root / "document.txt")
    facts = FileFacts(
        size, made["sha256"], made["sha512"], "x-fmt/111", "text/plain", "Plain Text File", "", "selftest"
    )
    file = ContentFile("document.txt", "document.txt", root / "document.txt", facts)
    fields = {"docOrdinal": "1", "typeName": "32", "subject": "selftest", "language": "01", "issuedDate": "2025-06-05",
              "organName": "selftest", "numberOfPage": "1", "mode": "01"}  # fmt: skip
    event = Event("urn:uuid:0b9c7a52-0a4e-4b8e-8d0c-0b8a52e1c001", "information package creation", _TIME, "success",
                  agents=(("kho", "executing program"),))  # fmt: skip
    content = AipContent(
        id=_PACKAGE, key="selftest", agency="selftest", agency_name="selftest", fonds="selftest", fonds_name="selftest",
        documents=[AipDocument(1, fields, file)], documentation=(), submission=(), events=[event],
        agents=(Agent("kho", "Kho", "software", "selftest"),), created=_TIME, label="selftest", mode="01",
        retention=Retention("01", "selftest", None, True, "selftest"),
        fields={"fileCode": "selftest", "title": "selftest", "maintenance": "01", "mode": "01", "language": "01",
                "startDate": "2025-01-01", "endDate": "2025-12-31", "totalDoc": "1"},
    )  # fmt: skip
    (root / "package").mkdir()
    built = build_aip(content, root / "package", profile="eark")
    store.put_new(_PACKAGE, built.files(), message="selftest", user=_USER, created=_TIME)


def _put(store: FileStore, root: Path, id: AipId, content: dict[str, bytes]) -> None:
    files = _files(root / id.rpartition(":")[2], content)
    store.put_new(id, files, message="selftest", user=_USER, created=_TIME)


def _files(folder: Path, content: dict[str, bytes]) -> list[StoredFile]:
    folder.mkdir()
    files = []
    for number, (path, data) in enumerate(content.items()):
        source = folder / str(number)
        source.write_bytes(data)
        digests = [hashlib.new(name, data).hexdigest() for name in ("sha256", "sha512")]
        files.append(StoredFile(path, source, len(data), *digests))
    return files
