"""The catalogue's rows of an AIP, made from the stored object and from nothing else.

Taking in and `kho store rebuild` both write what is told here, so that the catalogue is the same whichever of the two made it.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final

from repository.aip_read import read_aip
from repository.packages import AipContent, AipDocument, ContentFile, FileFacts, data_path
from standards.package_tree import PackageTree

PROFILE: Final = "eark"
_COLUMNS: Final = ("size", "sha256", "sha512", "puid", "mime", "pages")


@dataclasses.dataclass(frozen=True, slots=True)
class Holding:
    """A version of an AIP as the catalogue tells it. `aip` has the columns that the package itself decides."""

    content: AipContent
    aip: Mapping[str, Any]
    files: tuple[Mapping[str, Any], ...]

    def documents(self) -> Iterator[dict[str, Any]]:
        """The rows of its documents."""
        for document in self.content.documents:
            yield document_row(self.content.id, document)


def read_holding(tree: PackageTree, version: str) -> Holding:
    """The holding in a stored version. Raises NotOurAip, FileNotInPackage, OSError."""
    content = read_aip(tree)
    known, pages, documents = _known_files(content)
    sources = {
        data_path(file): known[file.derived_from].facts.sha256
        for file in content.files
        if file.derived_from in known
    }
    files = tuple(
        _file_row(content.id, tree, path, known.get(path), sources.get(path)) for path in tree.paths()
    )
    retention = dataclasses.asdict(content.retention)
    aip = {
        "id": content.id, "key": content.key or content.id, "agency": content.agency, "fonds": content.fonds,
        "version": version, "profile": PROFILE, "fields": dict(content.fields), "retention": retention,
        "mode": content.mode, "content_digest": content.extra.get("content_digest", ""), "documents": documents,
        "pages": pages, "bytes": sum(file["size"] for file in files),
        "submission_kind": content.extra.get("submission_kind", ""),
        "submission_id": content.extra.get("submission_id", ""),
    }  # fmt: skip
    return Holding(content, aip, files)


def _known_files(content: AipContent) -> tuple[dict[str, ContentFile], int, int]:
    """What the package tells of its files by logical path; the pages of its content, and how many documents it has."""
    known: dict[str, ContentFile] = {}
    pages = documents = 0
    for document in content.documents:
        known[data_path(document)] = document.file
        pages += document.file.facts.pages or 0
        documents += 1
    for file in content.files:
        # A page that Kho made another form of is the same page; of what came without pages it is the first.
        source = known.get(file.derived_from)
        pages += 0 if source and source.facts.pages else file.file.facts.pages or 0
        known[data_path(file)] = file.file
    for folder, others in (("documentation", content.documentation), ("submission", content.submission)):
        known |= {f"{folder}/{other.name}": other for other in others}
    return known, pages, documents


def _file_row(
    aip: str, tree: PackageTree, path: str, known: ContentFile | None, copy_of: str | None
) -> dict[str, Any]:
    """The row of a file; `copy_of` is the sha256 of the file that it was made from for reading."""
    facts = known.facts if known else None
    return {
        "aip": aip, "path": path, "role": role_of(path), "original_name": known.original_name if known else None,
        "size": tree.size(path), "sha256": tree.digest(path, "sha256"), "sha512": tree.digest(path, "sha512"),
        "puid": facts.puid if facts else None, "mime": facts.mime if facts else None,
        "pages": facts.pages if facts else None, "facts": _facts_row(facts) | ({"copy_of": copy_of} if copy_of else {}),
    }  # fmt: skip


def _facts_row(facts: FileFacts | None) -> dict[str, Any]:
    """What the catalogue keeps of a file's facts beyond its own columns."""
    if facts is None:
        return {}
    kept = {f.name: getattr(facts, f.name) for f in dataclasses.fields(facts) if f.name not in _COLUMNS}
    return {name: list(value) if isinstance(value, tuple) else value
            for name, value in kept.items() if value not in (None, "", False, ())}  # fmt: skip


def role_of(path: str) -> str:
    """The role of a file in a package, told by its logical path (docs/format.md)."""
    if path.startswith("representations/") and "/data/" in path:
        return "content"
    top = path.partition("/")[0]
    return {"documentation": "documentation", "submission": "submission", "schemas": "schema"}.get(
        top, "metadata"
    )


def document_row(aip: str, document: AipDocument) -> dict[str, Any]:
    """The row of a document."""
    return {"id": document_id(aip, document.order), "aip": aip, "ordinal": document.order,
            "fields": dict(document.fields), "file": data_path(document)}  # fmt: skip


def document_id(aip: str, order: int) -> str:
    """A document's id, for ever: the AIP's, and its order in seven digits (TT 05/2025's docCode)."""
    return f"{aip}#{order:07d}"
