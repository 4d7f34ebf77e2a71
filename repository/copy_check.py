"""One copy of one object, proved: every byte by digest, the structure of OCFL, METS and PREMIS, nothing missing or stray.

`quick` proves content by its sha256 alone, at the disk's speed; `deep` by every digest that is recorded, and judges the
package of the head as well. What could not be read is `skipped`, never good.
"""

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Literal

from fixity.throttle import Throttle, ThrottledFolder
from repository.packages import AipId
from repository.store import NoSuchObject, Store, StoreFailed
from standards.eark_rules import check_package
from standards.errors import KhoError
from standards.findings import Finding, Level
from standards.ocfl_facts import Tally
from standards.ocfl_folder import ObjectFolder
from standards.ocfl_rules_object import check_folder
from standards.ocfl_rules_versions import version_number

Depth = Literal["quick", "deep"]
What = Literal["damaged", "missing", "stray"]

_STRAY: Final = frozenset({"E001", "E015", "E023", "E024", "E046", "E067", "E090", "W002", "W013"})
_ABSENT: Final = frozenset({"E003", "E010", "E023", "E046", "E058", "E063", "E092", "E093", "W010"})
_ADVICE_THAT_COUNTS: Final = frozenset(
    {"W002", "W010", "W013"}
)  # Kho writes no object to which one of these applies
_CHUNK: Final = 1 << 20
# The medium itself says that it cannot give the bytes back: that is damage, not a check left out.
_BROKEN_MEDIUM: Final = frozenset({errno.EIO, errno.EUCLEAN, errno.EBADMSG})


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong at one `path` of a copy ("" for the object itself). `kind` says which part it is, `code` the rule."""

    what: What
    path: str
    kind: str
    code: str

    def as_json(self) -> dict[str, str]:
        """As the catalogue keeps it."""
        return {"what": self.what, "path": self.path, "kind": self.kind, "code": self.code}


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of an object beforehand: its newest version, and the sha512 of the inventory of each version."""

    version: str | None = None
    inventories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CopyCheck:
    """What was found. `outcome` good, bad or skipped; `inventories` the sha512 of each version's inventory as it lies
    there; `files` and `bytes` count the content that was read."""

    outcome: Literal["good", "bad", "skipped"]
    faults: tuple[Fault, ...] = ()
    reason: str = ""
    version: str = ""
    inventories: Mapping[str, str] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0


def check_copy(
    store: Store,
    object_id: str,
    depth: Depth,
    hashers: ThreadPoolExecutor,
    expected: Expected | None = None,
    throttle: Throttle | None = None,
) -> CopyCheck:
    """Prove the copy of an object that lies in `store`. Never raises for what the copy holds.

    A copy that seems bad is looked at again, since a version may just have been moved in.
    """
    for _try in range(2):
        found = _check(store, object_id, depth, hashers, expected or Expected(), throttle)
        if found.outcome != "bad":
            break
    return found


def _check(
    store: Store,
    object_id: str,
    depth: Depth,
    hashers: ThreadPoolExecutor,
    expected: Expected,
    throttle: Throttle | None,
) -> CopyCheck:
    tally = Tally()
    try:
        folder: ObjectFolder = store.folder(AipId(object_id))
        folder = ThrottledFolder(folder, throttle) if throttle else folder
        findings = list(check_folder(folder, tally, hashers, quick=depth == "quick"))
        faults = {f for f in (_fault(found, folder) for found in findings) if f}
        unread = [found for found in findings if found.code == "OCFL-UNREADABLE"]
        inventories = dict(_inventories(folder))
        faults |= set(_against_what_is_known(object_id, tally, inventories, expected))
        if depth == "deep" and not faults:
            faults |= set(_package_faults(store, object_id))
    except OSError as problem:
        if problem.errno in _BROKEN_MEDIUM:
            fault = Fault("damaged", "", "unreadable", "OCFL-UNREADABLE")
            return CopyCheck("bad", (fault,), files=tally.files, bytes=tally.bytes)
        return CopyCheck("skipped", reason=problem.strerror or type(problem).__name__)
    except NoSuchObject:
        store.check()  # a disk that is gone has lost nothing: it was not read
        return CopyCheck("bad", (Fault("missing", "", "object", "COPY-MISSING"),))
    except (StoreFailed, KhoError) as problem:
        return CopyCheck("skipped", reason=problem.text("en"))
    version = max(inventories, key=lambda name: version_number(name) or 0, default="")
    if faults:
        return CopyCheck("bad", _one_a_path(faults), "", version, inventories, tally.files, tally.bytes)
    if unread:
        return CopyCheck("skipped", (), f"{unread[0].path}: {unread[0].values.get('detail', '')}", version)
    return CopyCheck("good", (), "", version, inventories, tally.files, tally.bytes)


def _one_a_path(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Sorted; what is wrong with a path is told once, by the first of its codes."""
    found: dict[tuple[str, str], Fault] = {}
    for fault in sorted(faults, key=lambda f: (f.path, f.what, f.code)):
        found.setdefault((fault.what, fault.path), fault)
    return tuple(found.values())


def _fault(found: Finding, folder: ObjectFolder) -> Fault | None:
    """A broken rule as a fault: something that is missing, that is too much, or that is not as it was."""
    if found.code == "OCFL-UNREADABLE":
        broken = found.values.get("detail", "") in {os.strerror(number) for number in _BROKEN_MEDIUM}
        return Fault("damaged", found.path or "", "unreadable", found.code) if broken else None
    if found.level is not Level.MUST and found.code not in _ADVICE_THAT_COUNTS:
        return None
    path = found.path or ""
    there = _exists(folder, path)
    if not there and found.code in _ABSENT:
        return Fault("missing", path, _part(path), _first(found.code))
    if there and found.code in _STRAY:
        return Fault("stray", path, _part(path), found.code)
    return Fault("damaged", path, _part(path), _first(found.code))


def _first(code: str) -> str:
    """One code for one fault: the specification and its public suite file some cases under two."""
    return {"E023": "E092", "E010": "E046"}.get(code, code)


def _part(path: str) -> str:
    """Which part of an object a path is."""
    name = path.rpartition("/")[2]
    if name == "inventory.json" or name.startswith("inventory.json."):
        return "inventory" if name == "inventory.json" else "sidecar"
    if name.startswith("0=") or not path:
        return "declaration"
    parts = path.split("/")
    if version_number(parts[0]) and len(parts) == 1:
        return "version"
    if "/metadata/" in path or name == "METS.xml":
        return "metadata"
    return "content" if version_number(parts[0]) else "structure"


def _exists(folder: ObjectFolder, path: str) -> bool:
    above, _, name = path.rpartition("/")
    try:
        return not path or name in {entry.name for entry in folder.entries(above)}
    except OSError:
        return False


def _inventories(folder: ObjectFolder) -> Iterator[tuple[str, str]]:
    """The sha512 of the inventory in each version's folder."""
    for entry in folder.entries(""):
        if entry.kind == "folder" and version_number(entry.name):
            where = f"{entry.name}/inventory.json"
            if _exists(folder, where):
                yield entry.name, _sha512(folder, where)


def _sha512(folder: ObjectFolder, path: str) -> str:
    made = hashlib.sha512()
    with folder.open(path) as file:
        while chunk := file.read(_CHUNK):
            made.update(chunk)
    return made.hexdigest()


def _against_what_is_known(
    object_id: str, tally: Tally, inventories: Mapping[str, str], expected: Expected
) -> Iterator[Fault]:
    """The object is the one that was stored here: its id, its newest version, and what each inventory was."""
    if tally.object_id is not None and tally.object_id != object_id:
        yield Fault("damaged", "inventory.json", "other-object", "COPY-OTHER-OBJECT")
    if expected.version and expected.version not in inventories:
        yield Fault("missing", expected.version, "version", "COPY-BEHIND")
    for version, sha512 in inventories.items():
        if version in expected.inventories and expected.inventories[version] != sha512:
            yield Fault(
                "damaged", f"{version}/inventory.json", "inventory-replaced", "COPY-INVENTORY-REPLACED"
            )


def _package_faults(store: Store, object_id: str) -> Iterator[Fault]:
    """The E-ARK package in the head, by the rules of METS, PREMIS and the profile; paths are logical ones."""
    tree = store.tree(AipId(object_id))
    if not tree.has("METS.xml"):
        return
    for found in check_package(tree):
        if found.level is Level.MUST:
            yield Fault("damaged", found.path or "", "description", found.code)
