"""A package made by others as the way in takes it: one hồ sơ, its documents, and the package's account of itself.

Nothing is judged here: a package that breaks its standard is read as far as it goes, so that all of it can be kept in
quarantine with what its standard says of it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ingest.archives import archives_inside
from ingest.delivery_tree import Tree, list_tree
from ingest.package_bag import read_bag
from ingest.package_eark import read_eark
from ingest.package_parts import Parts, documents_of
from repository.kind import Kind
from repository.packages import DeliveredFile, DeliveredFileUnit, DocumentRow, Submission
from standards.findings import Finding, finding
from standards.shown import for_people
from standards.vietnamese import fold_words

PACKAGES = (Kind.BAG, Kind.EARK, Kind.TT05)


def read_package(
    root: Path, kind: Kind, *, name: str, agency: str | None, agencies: Mapping[str, str]
) -> DeliveredFileUnit:
    """The package in the folder `root`; `name` is what its maker called it.

    `agency` is the code that the command gave; `agencies` the codes of the bodies that are known, by name.
    """
    tree = list_tree(root)
    files = sorted([*tree.files, *tree.ignored], key=lambda f: f.path)
    parts = read_bag(root, files) if kind is Kind.BAG else read_eark(root, files, kind)
    if parts.secret:
        return _sealed(files)
    folded = {fold_words(name): code for name, code in agencies.items()}
    code = agency or parts.agency or folded.get(fold_words(parts.agency_name), "")
    documents, others = documents_of(parts)
    file_code = parts.code or parts.id or name
    parts.fields.setdefault("title", "")
    parts.fields["title"] = parts.fields["title"] or for_people(name)
    return DeliveredFileUnit(
        agency=code,
        file_code=file_code,
        key=f"{code}/{for_people(file_code)}" if code else None,
        fields=parts.fields,
        cells={},
        documents=documents,
        documentation=tuple(parts.documentation),
        unclaimed=(),
        rows_received="",
        findings=tuple(_findings(name, tree, parts, code, documents)),
        other_files=others,
        submission_files=tuple(parts.tags),
        submission=Submission(kind.value, parts.id, parts.status, name),
        agency_name=parts.agency_name,
    )


def _sealed(files: list[DeliveredFile]) -> DeliveredFileUnit:
    """A package with a secrecy mark: how much it is, and nothing of what it holds."""
    return DeliveredFileUnit(
        agency="", file_code=None, key=None, fields={}, cells={}, documents=(), documentation=tuple(files),
        unclaimed=(), rows_received="", findings=(finding("DLV-SEALED"),), sealed_cells=("package",),
    )  # fmt: skip


def _findings(
    name: str, tree: Tree, parts: Parts, code: str, documents: tuple[DocumentRow, ...]
) -> Iterator[Finding]:
    yield from (finding("PKG-LINK", path=for_people(f.path)) for f in tree.special)
    yield from (finding("PKG-UNREADABLE", path=f.path) for f in tree.findings if f.code == "DLV-UNREADABLE")
    yield from (f for f in tree.findings if "NAME-" in f.code)
    yield from archives_inside(f.path for f in tree.files)
    if not code:
        yield finding("PKG-NO-AGENCY")
    if not (parts.code or parts.id):
        yield finding("PKG-NO-CODE", name=for_people(name))
    if not documents:
        yield finding("PKG-NO-CONTENT")
    yield from (finding("PKG-NO-FILE", path=for_people(path)) for path in parts.lost)
    if parts.described and (silent := sum(not d.described for d in documents)):
        yield finding("PKG-UNDESCRIBED", count=silent)
    if parts.status == "TEST":
        yield finding("PKG-TEST")
