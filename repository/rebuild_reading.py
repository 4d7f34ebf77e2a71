"""One part of a rebuild: objects of a storage root read into lines for the catalogue's tables.

Each part is the work of a process of its own. It touches no database: what it read lies in files that PostgreSQL's COPY
takes as they are (text format), one a table. A file that is not what the inventory says makes no row.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

from repository import accounts, aip_records
from repository.administrative import DECISION, PREFIX
from repository.agencies import AGENCY, RECORD
from repository.holding import read_holding
from repository.packages import Event
from repository.people import POST, POST_RECORD
from repository.policies import POLICY
from repository.policies import RECORD as POLICY_RECORD
from repository.store import ObjectTree, Store
from standards.errors import KhoError
from standards.findings import finding_as_record
from standards.package_tree import FileNotInPackage, PackageTree, read_bytes, read_digest

# The columns that a part writes for each table, in their order.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "agency": ("code", "name", "block", "level", "decided"),
    "fonds": ("agency", "code", "name"),
    "batch": ("id", "source", "source_bytes", "kind", "mapping", "agency", "status", "report", "created_at",
              "finished_at"),
    "package": ("batch", "ordinal", "path", "kind", "key", "aip", "status", "verdict", "documents", "pages", "bytes",
                "findings", "files", "released", "finished_at"),
    "stored": ("aip", "version", "stored_at", "findings"),
    "event": ("batch", "ordinal", "id", "sequence", "aip", "step", "type", "outcome", "codes", "agents", "detail",
              "time"),
    "aip": ("id", "key", "agency", "fonds", "version", "profile", "fields", "retention", "mode", "content_digest",
            "documents", "pages", "bytes", "findings", "created_at", "stored_at", "submission_kind", "submission_id"),
    "aip_version": ("aip", "version", "content_digest", "stored_at"),
    "document": ("id", "aip", "ordinal", "fields", "file"),
    "file": ("aip", "path", "role", "original_name", "size", "sha256", "sha512", "puid", "mime", "pages", "facts"),
    "decision": ("record",),
    "copy_policy": ("agency", "retention", "minimum", "locations"),
    "copy": ("object", "version", "written_at"),
    "post": ("id", "account", "role", "agency", "fonds", "block", "level", "modes", "valid_from", "valid_to", "basis",
             "granted_by", "granted_at", "approved_by", "approved_at", "ended_by", "ended_at"),
}  # fmt: skip
_LARGE: Final = 16 << 20  # bytes: what is larger is read anew each time
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True, slots=True)
class Part:
    """What a part made: its files by table, the objects it read, and those that it could not read, with why."""

    files: Mapping[str, Path]
    objects: int
    bad: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Lines:
    """The files of a part, each made with its first line."""

    folder: Path
    name: str
    files: dict[str, BinaryIO] = field(default_factory=dict)
    waiting: list[tuple[str, bytes]] = field(default_factory=list)

    def add(self, table: str, row: Mapping[str, Any]) -> None:
        """Keep a row until the object is read whole; columns that the table has not are left out."""
        line = "\t".join(_cell(row.get(column)) for column in COLUMNS[table])
        self.waiting.append((table, f"{line}\n".encode()))

    def keep(self) -> None:
        """Write what waits."""
        for table, line in self.waiting:
            if table not in self.files:
                self.files[table] = self.path(table).open("xb")
            self.files[table].write(line)
        self.waiting.clear()

    def path(self, table: str) -> Path:
        """The part's file of a table."""
        return self.folder / f"{self.name}.{table}"

    def close(self) -> dict[str, Path]:
        """The files by table, whole."""
        for file in self.files.values():
            file.close()
        return {table: self.path(table) for table in self.files}


def read_part(store: Store, places: Sequence[str], folder: Path, name: str) -> Part:
    """Read the objects at `places` (see `Store.places`) into files `folder`/`name`.<table>."""
    lines = Lines(folder, name)
    bad = []
    for place in places:
        try:
            _read_object(store, place, lines)
        except (KhoError, OSError, ValueError, KeyError, TypeError) as problem:
            lines.waiting.clear()
            bad.append((place, str(problem)[:300]))
        lines.keep()
    return Part(lines.close(), len(places), tuple(bad))


def _read_object(store: Store, place: str, lines: Lines) -> None:
    tree = Sound(store.tree_at(place))
    created = {block.name: block.created for block in tree.tree.versions()}
    lines.add("copy", {"object": tree.tree.object_id, "version": tree.tree.version[1:],
                       "written_at": created[tree.tree.version]})  # fmt: skip
    if tree.tree.object_id.startswith(PREFIX):
        _read_administrative(tree, lines)
    else:
        _read_aip(store, place, tree, created, lines)


def _read_aip(store: Store, place: str, tree: "Sound", created: Mapping[str, str], lines: Lines) -> None:
    head = tree.tree.version
    holding = read_holding(tree, head)
    first = None
    for version in created:
        other = tree if version == head else Sound(store.tree_at(place, version))
        record = json.loads(read_bytes(other, aip_records.FILE))
        first = first or record
        lines.add("aip_version", {"aip": record["id"], "version": version, "stored_at": created[version],
                                  "content_digest": record["extra"].get("content_digest", "")})  # fmt: skip
        lines.add(
            "fonds", {"agency": record["agency"], "code": record["fonds"], "name": record["fonds_name"]}
        )
        lines.add("agency", {"code": record["agency"], "name": record["agency_name"]})
    events = list(holding.content.events)
    found = [finding_as_record(f) for event in events for f in event.findings]
    dates = {"created_at": (first or {})["created"], "stored_at": next(iter(created.values()))}
    lines.add("aip", {**holding.aip, **dates, "findings": found})
    for file in holding.files:
        lines.add("file", file)
    for document in holding.documents():
        lines.add("document", document)
    versions = {agent.id: agent.version for agent in holding.content.agents}
    for event in events:
        lines.add("event", event_row(holding.content.id, event, versions))


def event_row(aip: str, event: Event, versions: Mapping[str, str]) -> dict[str, Any]:
    """The journal's row of an event as the AIP's own account tells it; `versions` of the agents by id.

    The detail is JSON, or the name of the step where there was nothing to tell.
    """
    detail, step = event.detail, event.type
    try:
        told = json.loads(detail) if detail.startswith("{") else {}
    except ValueError:
        told = {}
    if detail and not told and not detail.startswith("{"):
        step = detail
    return {
        "id": event.id.removeprefix("urn:uuid:"), "aip": aip, "step": told.get("step", step), "type": event.type,
        "outcome": event.outcome, "codes": sorted({f.code for f in event.findings}), "detail": told,
        "agents": [{"id": id, "version": versions.get(id, "")} for id, _role in event.agents], "time": event.time,
    }  # fmt: skip


def _read_administrative(tree: "Sound", lines: Lines) -> None:
    id = tree.tree.object_id
    if id.startswith(accounts.BATCH):
        _read_batch(tree, lines)
    elif id.startswith(AGENCY):
        lines.add("agency", {**json.loads(read_bytes(tree, RECORD)), "decided": True})
    elif id.startswith(DECISION):
        lines.add("decision", {"record": json.loads(read_bytes(tree, "decision.json"))})
    elif id.startswith(POST):
        post = json.loads(read_bytes(tree, POST_RECORD))
        lines.add("post", {**post, "modes": "{" + ",".join(post["modes"]) + "}"})
    elif id == POLICY:
        for policy in json.loads(read_bytes(tree, POLICY_RECORD))["policies"]:
            names = None if policy["locations"] is None else "{" + ",".join(policy["locations"]) + "}"
            lines.add("copy_policy", {**policy, "locations": names})


def _read_batch(tree: "Sound", lines: Lines) -> None:
    heading = json.loads(read_bytes(tree, accounts.HEADING))
    lines.add("batch", {**heading, "source_bytes": f"\\x{heading['source_bytes']}"})
    for package in records(tree, accounts.PACKAGES):
        lines.add("package", package)
        if package["version"]:
            lines.add("stored", package)
    for event in records(tree, accounts.EVENTS):
        lines.add("event", event)


def records(tree: PackageTree, path: str) -> Iterator[dict[str, Any]]:
    """The lines of a file of JSON lines in an administrative object."""
    return (json.loads(line) for line in read_bytes(tree, path).splitlines())


def _cell(value: Any) -> str:
    """A value in COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping | list | tuple):
        value = json.dumps(value, ensure_ascii=False)
    return str(value).translate(_ESCAPES)


class Sound:
    """An object's tree whose files are read only where their bytes are what the inventory says.

    Small files are kept: the accounts of a package are gone through more than once. Raises FileNotInPackage for bytes
    that are not what they should be.
    """

    def __init__(self, tree: ObjectTree) -> None:
        self.tree = tree
        self.name = None
        self._kept: dict[str, bytes] = {}

    def paths(self) -> Iterator[str]:
        return self.tree.paths()

    def has(self, path: str) -> bool:
        return self.tree.has(path)

    def size(self, path: str) -> int:
        return self.tree.size(path)

    def digest(self, path: str, algorithm: str) -> str | None:
        return self.tree.digest(path, algorithm)

    def open(self, path: str) -> BinaryIO:
        if path in self._kept:
            return BytesIO(self._kept[path])
        if self.tree.size(path) > _LARGE:
            self._refuse_changed(path, read_digest(self.tree, path, "sha512"))
            return self.tree.open(path)
        data = read_bytes(self.tree, path)
        self._refuse_changed(path, hashlib.sha512(data).hexdigest())
        self._kept[path] = data
        return BytesIO(data)

    def _refuse_changed(self, path: str, sha512: str) -> None:
        if sha512 != self.tree.digest(path, "sha512"):
            raise FileNotInPackage(path=path, reason="mã băm không khớp / the digest does not fit")
