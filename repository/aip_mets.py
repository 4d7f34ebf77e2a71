"""The two METS files of an AIP: the package's, and its representation's."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from repository.aip_files import Ids
from repository.packages import AipContent, AipDocument, StoredFile
from standards import mets
from standards.eark import Profile
from standards.mets import Division, Head, HeadAgent, Listed, Metadata
from standards.portable import portable_name
from standards.xml import XmlWriter

JSON = "application/json"
XML = "text/xml"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a representation and its description, where it has one, as the representation's METS names them."""

    data: StoredFile
    mime: str
    description: StoredFile | None


@dataclass(frozen=True, slots=True)
class Context:
    """What both METS files are written from."""

    content: AipContent
    profile: Profile
    ids: Ids

    def listed(self, stored: StoredFile, mime: str, below: str = "") -> Listed:
        """A file as METS lists it; `below` is the folder of the METS file, with its slash."""
        digest = stored.sha256.upper() if self.profile.upper_case_digests else stored.sha256
        href = stored.logical_path.removeprefix(below)
        name = self.ids.file(stored.logical_path)
        return Listed(name, href, mime, stored.size, digest, self.content.created)

    def description(self, stored: StoredFile, below: str = "") -> Metadata:
        profile = self.profile
        return Metadata(
            self.ids.section(f"dmdSec:{stored.logical_path}"), self.listed(stored, XML, below),
            profile.description_mdtype, profile.description_version, profile.description_other_mdtype,
        )  # fmt: skip

    def provenance(self, stored: StoredFile, below: str = "") -> tuple[str, Metadata]:
        section = self.ids.section(f"amd:{stored.logical_path}")
        return "digiprovMD", Metadata(section, self.listed(stored, XML, below), "PREMIS", "3.0")

    def record(self, stored: StoredFile, below: str = "") -> tuple[str, Metadata]:
        """Kho's own account (aip_records), as technical metadata."""
        section = self.ids.section(f"amd:{stored.logical_path}")
        return "techMD", Metadata(section, self.listed(stored, JSON, below), "OTHER", "1", "KHO")

    def about(self, stored: StoredFile, mime: str, below: str) -> tuple[str, Metadata]:
        """hOCR (compressed) or fields about another file, as technical metadata: neither has a type of its own in METS."""
        section = self.ids.section(f"amd:{stored.logical_path}")
        version, kind = ("1", "KHO-FIELDS") if mime == JSON else ("1.2", "HOCR")
        return "techMD", Metadata(section, self.listed(stored, mime, below), "OTHER", version, kind)


def head_agents(content: AipContent) -> Sequence[HeadAgent]:
    """The software that wrote the package (CSIP10 to CSIP16), and the body whose records they are."""
    version = metadata.version("kho")
    return (
        HeadAgent("CREATOR", "OTHER", "Kho", version, "SOFTWARE VERSION", "SOFTWARE"),
        HeadAgent("CREATOR", "ORGANIZATION", content.agency_name or content.agency, content.fonds, "IDENTIFICATIONCODE"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Root:
    """What the package's METS names: `groups` holds the files (with MIME types) by USE, and may hold empty ones; `representations` the METS
    file of each by its name."""

    description: StoredFile
    administrative: Sequence[tuple[str, Metadata]]
    groups: Mapping[str, Sequence[tuple[StoredFile, str]]]
    representations: Sequence[tuple[str, StoredFile]]


def write_root(writer: XmlWriter, context: Context, root: Root) -> None:
    """METS.xml of the package."""
    content, ids = context.content, context.ids
    groups = {use: files for use, files in root.groups.items() if files}
    mets.start_mets(writer, _head(context, content.id, content.label, "", context.profile.root_profile))
    described = context.description(root.description)
    mets.dmd_sec(writer, described)
    if root.administrative:
        mets.amd_sec(writer, ids.section("amdSec"), root.administrative)
    pointers = {f"Representations/{name}": context.listed(file, XML) for name, file in root.representations}
    with writer.element("fileSec", {"ID": ids.section("fileSec")}):
        for use, files in groups.items():
            mets.file_group(writer, ids.section(f"fileGrp:{use}"), use, (context.listed(*f) for f in files))
        for use, pointer in pointers.items():
            mets.file_group(writer, ids.section(f"fileGrp:{use}"), use, (pointer,))
    with _struct_map(writer, ids), writer.element("div", {"ID": ids.section("div"), "LABEL": content.id}):
        admid = [reference.section for _, reference in root.administrative]
        divs = [Division(ids.section("div:Metadata"), "Metadata", dmdid=[described.section], admid=admid)]
        divs += [
            Division(ids.section(f"div:{use}"), use, fptr=[ids.section(f"fileGrp:{use}")]) for use in groups
        ]
        for use, pointer in pointers.items():
            group = ids.section(f"fileGrp:{use}")
            divs.append(Division(ids.section(f"div:{use}"), use, mptr=pointer.href, mptr_title=group))
        for div in divs:
            mets.division(writer, div)
    writer.end()


def write_representation(
    writer: XmlWriter,
    context: Context,
    name: str,
    administrative: Sequence[tuple[str, Metadata]],
    parts: Callable[[], Iterator[Part]],
) -> None:
    """representations/<name>/METS.xml; `parts` is gone through once for each section."""
    ids, below = context.ids, f"representations/{name}/"
    profile = context.profile
    head = _head(context, name, context.content.label, "../../", profile.representation_profile)
    mets.start_mets(writer, head)
    for part in parts():
        if part.description:
            mets.dmd_sec(writer, context.description(part.description, below))
    if administrative:
        mets.amd_sec(writer, ids.section(f"{name}:amdSec"), administrative)
    group = ids.section(f"{name}:fileGrp:Data")
    with writer.element("fileSec", {"ID": ids.section(f"{name}:fileSec")}):
        mets.file_group(writer, group, "Data", (context.listed(p.data, p.mime, below) for p in parts()))
    admid = [reference.section for _, reference in administrative]
    root = {"ID": ids.section(f"{name}:div"), "LABEL": name, "TYPE": profile.representation_type}
    with _struct_map(writer, ids, f"{name}:"), writer.element("div", root):
        about = {"ID": ids.section(f"{name}:div:Metadata"), "LABEL": "Metadata"}
        if admid:
            about["ADMID"] = " ".join(admid)
        with writer.element("div", about):
            _links(writer, context, name, admid, parts)
        mets.division(writer, Division(ids.section(f"{name}:div:Data"), "Data", fptr=[group]))
    writer.end()


def _links(
    writer: XmlWriter, context: Context, name: str, admid: Sequence[str], parts: Callable[[], Iterator[Part]]
) -> None:
    """Where description meets file, one level below Metadata: CSIP107 wants a folder for each label above."""
    if all(part.description is None for part in parts()):
        return
    with writer.element(
        "div", {"ID": context.ids.section(f"{name}:div:MetadataLink"), "LABEL": "MetadataLink"}
    ):
        for part in parts():
            if part.description:
                mets.division(writer, _link(context, part, part.description, admid))


def _head(context: Context, objid: str, label: str, schemas: str, profile: str) -> Head:
    content = context.content
    return Head(
        objid=objid, label=label, type=context.profile.type, profile=profile,
        created=content.begun or content.created, modified=content.created, status="VERSION" if content.begun else "NEW",
        oais_type=context.profile.oais_type, agents=head_agents(content), schemas=f"{schemas}schemas/",
        mark=context.profile.mark,
    )  # fmt: skip


def _struct_map(writer: XmlWriter, ids: Ids, prefix: str = "") -> AbstractContextManager[None]:
    return writer.element(
        "structMap", {"ID": ids.section(f"{prefix}structMap"), "TYPE": "PHYSICAL", "LABEL": "CSIP"}
    )


def _link(context: Context, part: Part, description: StoredFile, admid: Sequence[str]) -> Division:
    """Where description meets file (TT 05/2025: MetadataLink/File)."""
    ids, path = context.ids, part.data.logical_path
    described = ids.section(f"dmdSec:{description.logical_path}")
    return Division(
        ids.section(f"link:{path}"),
        "MetadataLink/File",
        dmdid=[described],
        admid=admid,
        fptr=[ids.file(path)],
    )


def description_path(document: AipDocument) -> str:
    """Where the description of a document lies: one folder for all, so that '/' in a name is encoded too."""
    name = portable_name(document.file.name) if "/" in document.file.name else document.file.name
    return f"representations/{document.representation}/metadata/descriptive/EAD_doc_{name}.xml"


def part_line(part: Part) -> str:
    """A part as a line of the spool that the sections are written from."""
    return json.dumps([_told(part.data), part.mime, _told(part.description) if part.description else None])


def read_parts(spool: Path) -> Iterator[Part]:
    """The parts of a spool, in order."""
    with spool.open(encoding="ascii") as lines:
        for line in lines:
            data, mime, description = json.loads(line)
            yield Part(_stored(*data), mime, _stored(*description) if description else None)


def _told(stored: StoredFile) -> tuple[str, int, str]:
    return stored.logical_path, stored.size, stored.sha256


def _stored(path: str, size: int, sha256: str) -> StoredFile:
    return StoredFile(path, Path(), size, sha256, "")
