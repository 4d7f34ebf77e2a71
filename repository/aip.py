"""Builds the files of one version of an AIP, and reads a package back (docs/format.md tells the layout).

`build_aip` streams: a package of 100,000 documents needs no more memory than one of ten, and the same content gives
the same bytes at every building.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from repository import aip_mets, aip_premis, aip_records
from repository.aip_description import document_values, file_values
from repository.aip_files import MANIFEST, Ids, PackageFiles, read_manifest
from repository.aip_mets import Part
from repository.aip_read import read_aip
from repository.aip_records import of_representation
from repository.packages import (
    AipContent,
    AipDocument,
    AipId,
    ContentFile,
    StoredFile,
    about_path,
    data_path,
)
from standards import mets, premis, tt05
from standards.eark import profile
from standards.portable import portable_name

__all__ = ["BuiltAip", "build_aip", "open_built", "portable_name", "read_aip"]

SCHEMAS: Final = ("METS.xsd", "xlink.xsd", "premis.xsd", "DILCISExtensionMETS.xsd", *tt05.SCHEMAS)
_SUMMARY: Final = "built.json"
_XSD_MIME: Final = "application/xml"


@dataclass(frozen=True, slots=True)
class BuiltAip:
    """A finished package in its work folder: `count` files of `bytes` in all; `created` as the content says."""

    folder: Path
    id: AipId
    count: int
    bytes: int
    created: str

    @property
    def manifest(self) -> Path:
        """What `standards.package_tree.ManifestTree` opens."""
        return self.folder / MANIFEST

    def files(self) -> Iterator[StoredFile]:
        """Every file of the package, read again from the manifest."""
        return read_manifest(self.manifest)


def build_aip(content: AipContent, workdir: Path, profile: str = "eark") -> BuiltAip:
    """Write the package's metadata below the empty folder `workdir`, and the manifest of everything in it.

    Content files are not copied: the manifest names their sources. Raises DoubleName, BadXml (the content has no form
    in the standard's schema), UnknownProfile.
    """  # fmt: skip
    files = PackageFiles(workdir)
    try:
        _Building(content, files, profile).write()
    finally:
        files.close()
    built = BuiltAip(workdir, content.id, files.count, files.bytes, content.created)
    summary = {"id": built.id, "count": built.count, "bytes": built.bytes, "created": built.created}
    (workdir / _SUMMARY).write_text(json.dumps(summary), encoding="ascii")
    return built


def open_built(workdir: Path) -> BuiltAip:
    """The package that `build_aip` finished in `workdir`. Raises FileNotFoundError where it did not."""
    summary = json.loads((workdir / _SUMMARY).read_text(encoding="ascii"))
    return BuiltAip(workdir, **summary)


class _Building:
    """One building: the steps of `write` in their order."""

    def __init__(self, content: AipContent, files: PackageFiles, profile_name: str) -> None:
        self.content = content
        self.files = files
        self.context = aip_mets.Context(content, profile(profile_name), Ids(content.id))
        self.derived = aip_premis.Derived.of(content)
        self.documents = 0
        self.described = 0
        self.pages = 0

    def write(self) -> None:
        schemas = [(self.files.schema(name), _XSD_MIME) for name in SCHEMAS]
        representations = [(name, self._representation(name)) for name in self.content.representations]
        documentation = [self._other("documentation", file) for file in self.content.documentation]
        submission = [self._other("submission", file) for file in self.content.submission]
        administrative = [*map(self.context.record, self._records()), self._preservation()]
        root = aip_mets.Root(
            description=self._file_description(),
            administrative=administrative,
            groups={"Schemas": schemas, "Documentation": documentation, "Submission": submission},
            representations=representations,
        )
        with self.files.xml("METS.xml", mets.XSD) as writer:
            aip_mets.write_root(writer, self.context, root)

    def _representation(self, name: str) -> StoredFile:
        """representations/<name>: descriptions, data, Kho's account, PREMIS, METS."""
        below = f"representations/{name}/"
        spool = self.files.folder / f"parts-{name}.jsonl"
        about = self._parts(name, spool)
        record = self.files.json_lines(
            aip_records.documents_of(name), aip_records.records(self.content, name)
        )
        with self.files.xml(f"{below}metadata/preservation/PREMIS_{name}.xml", premis.XSD) as writer:
            paths = (part.data.logical_path for part in aip_mets.read_parts(spool))
            aip_premis.write_representation(writer, self.content, name, paths, self.derived)
        administrative = [
            self.context.record(record, below),
            *(self.context.about(stored, mime, below) for stored, mime in about),
            self.context.provenance(self.files.last, below),
        ]
        with self.files.xml(f"{below}METS.xml", mets.XSD) as writer:
            aip_mets.write_representation(
                writer, self.context, name, administrative, lambda: aip_mets.read_parts(spool)
            )
        return self.files.last

    def _parts(self, name: str, spool: Path) -> list[tuple[StoredFile, str]]:
        """The files of a representation in the order in which everything names them, documents first; gives the files
        about them, with their MIME types."""
        about: list[tuple[StoredFile, str]] = []
        with spool.open("x", encoding="ascii") as lines:
            for document in of_representation(self.content.documents, name):
                lines.write(aip_mets.part_line(self._document(document)) + "\n")
            for file in of_representation(self.content.files, name):
                data = self.files.content(data_path(file), file.file)
                lines.write(aip_mets.part_line(Part(data, file.file.facts.mime, None)) + "\n")
                about += [
                    (self.files.content(about_path(file, each), each), each.facts.mime) for each in file.about
                ]
        return about

    def _document(self, document: AipDocument) -> Part:
        data = self.files.content(data_path(document), document.file)
        self.documents += 1
        self.pages += document.file.facts.pages or 0
        if not (document.described or self.context.profile.description_level == "MUST"):
            return Part(data, document.file.facts.mime, None)
        self.described += 1
        path = aip_mets.description_path(document)
        with self.files.xml(path, tt05.DOCUMENT_XSD) as writer:
            values = document_values(self.content, document)
            tt05.simpledc(writer, "document", values, f"../../../../schemas/{tt05.DOCUMENT_XSD}")
        return Part(data, document.file.facts.mime, self.files.last)

    def _file_description(self) -> StoredFile:
        with self.files.xml("metadata/descriptive/EAD.xml", tt05.FILE_XSD) as writer:
            values = file_values(self.content, self.described or self.documents, self.pages)
            tt05.simpledc(writer, "hoso", values, f"../../schemas/{tt05.FILE_XSD}")
        return self.files.last

    def _preservation(self) -> tuple[str, mets.Metadata]:
        with self.files.xml("metadata/preservation/PREMIS.xml", premis.XSD) as writer:
            aip_premis.write_root(writer, self.content, self._others())
        return self.context.provenance(self.files.last)

    def _records(self) -> Iterator[StoredFile]:
        """Kho's own account of the package (aip_records)."""
        yield self.files.json_lines(aip_records.FILE, [aip_records.file_record(self.content)])
        yield self.files.json_lines(aip_records.EVENTS, map(aip_records.event_record, self.content.events))
        others = (aip_records.content_record(path, file) for path, file in self._others())
        yield self.files.json_lines(aip_records.FILES, others)

    def _others(self) -> Iterator[tuple[str, ContentFile]]:
        for folder, files in (
            ("documentation", self.content.documentation),
            ("submission", self.content.submission),
        ):
            for file in files:
                yield f"{folder}/{file.name}", file

    def _other(self, folder: str, file: ContentFile) -> tuple[StoredFile, str]:
        return self.files.content(f"{folder}/{file.name}", file), file.facts.mime
