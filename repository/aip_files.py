"""Writing the files of a package into a work folder, each recorded in the manifest with its digests."""

import functools
import hashlib
import json
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from repository.packages import ContentFile, StoredFile
from standards.errors import KhoError
from standards.xml import Written, XmlWriter, schema_path

MANIFEST = "manifest.jsonl"


class DoubleName(KhoError):
    """Two files of one package would have the same logical path."""

    code = "double-name"
    vi = "Hai tệp trong gói trùng đường dẫn {path}. Hãy đặt lại tên một tệp."
    en = "Two files of the package have the same path {path}. Rename one of them."


class PackageFiles:
    """The files of a package in the making. Metadata is written below `folder`/package; content stays where it is.

    `folder` must be empty but for the caller's own files. `count` and `bytes` grow with each file,
    `last` is the one recorded last.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        self.bytes = 0
        self.last = StoredFile("", Path(), 0, "", "")
        self._folders: set[Path] = set()
        self._taken: set[bytes] = set()
        self._manifest = (folder / MANIFEST).open("x", encoding="ascii")

    def close(self) -> None:
        self._manifest.close()

    @contextmanager
    def xml(self, path: str, xsd: str) -> Iterator[XmlWriter]:
        """A writer of the XML file at logical `path`, held to `xsd`; recorded when the `with` ends well."""
        place = self._place(path)
        with XmlWriter(place, xsd) as writer:
            yield writer
        self._record(path, place, writer.written)

    def json_lines(self, path: str, records: Iterable[Mapping[str, Any]]) -> StoredFile:
        """A file of JSON objects, one a line, keys in the given order."""
        place = self._place(path)
        size, digests = 0, (hashlib.sha256(), hashlib.sha512())
        with place.open("xb") as file:
            for record in records:
                line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode(
                    "utf-8", "backslashreplace"
                )
                file.write(line + b"\n")
                size += len(line) + 1
                for digest in digests:
                    digest.update(line + b"\n")
        return self._record(path, place, Written(size, *(d.hexdigest() for d in digests)))

    def schema(self, name: str) -> StoredFile:
        """A copy of one of our schemas at schemas/`name`."""
        place = self._place(f"schemas/{name}")
        shutil.copyfile(schema_path(name), place)
        return self._record(f"schemas/{name}", place, _schema_digests(name))

    def content(self, path: str, file: ContentFile) -> StoredFile:
        """A file that was delivered, at logical `path`; its bytes stay at its source."""
        facts = file.facts
        return self._record(path, file.source.absolute(), Written(facts.size, facts.sha256, facts.sha512))

    def _place(self, path: str) -> Path:
        place = self.folder / "package" / path
        if place.parent not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(place.parent)
        return place

    def _record(self, path: str, source: Path, written: Written) -> StoredFile:
        # Names that differ in case alone would fall together on Windows and macOS.
        key = hashlib.md5(path.casefold().encode(), usedforsecurity=False).digest()
        if key in self._taken:
            raise DoubleName(path=path)
        self._taken.add(key)
        stored = StoredFile(path, source, written.size, written.sha256, written.sha512)
        self._manifest.write(json.dumps(as_line(stored)) + "\n")
        self.count += 1
        self.bytes += written.size
        self.last = stored
        return stored


def as_line(stored: StoredFile) -> dict[str, Any]:
    """A line of the manifest (see `standards.package_tree.ManifestTree`)."""
    return {
        "logical_path": stored.logical_path, "source": str(stored.source), "size": stored.size,
        "sha256": stored.sha256, "sha512": stored.sha512,
    }  # fmt: skip


def read_manifest(manifest: Path) -> Iterator[StoredFile]:
    """The lines of a manifest, one at a time."""
    with manifest.open(encoding="ascii") as lines:
        for line in lines:
            entry = json.loads(line)
            yield StoredFile(**entry | {"source": Path(entry["source"])})


@functools.cache
def _schema_digests(name: str) -> Written:
    content = schema_path(name).read_bytes()
    return Written(len(content), hashlib.sha256(content).hexdigest(), hashlib.sha512(content).hexdigest())


class Ids:
    """Ids of METS, the same for the same package and path at every building (`uuid5` of OBJID and path)."""

    def __init__(self, objid: str) -> None:
        self._root = uuid.uuid5(uuid.NAMESPACE_URL, objid)

    def section(self, name: str) -> str:
        """An xs:ID for a section, a group or a division."""
        return f"uuid-{str(uuid.uuid5(self._root, name)).upper()}"

    def file(self, path: str) -> str:
        """An xs:ID for a file element; CSIP wants it to begin with `ID`."""
        return f"ID-{str(uuid.uuid5(self._root, 'file:' + path)).upper()}"
