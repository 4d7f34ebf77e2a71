"""The two METS files of an AIP: the package's, and its representation's."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from repository.aip_files import Ids
from repository.packages import AipContent, StoredFile
from standards import mets
from standards.eark import REPRESENTATION, Profile
from standards.mets import Division, Head, HeadAgent, Listed, Metadata
from standards.xml import XmlWriter

JSON = "application/json"
XML = "text/xml"
_REP = "Representations/rep1"


@dataclass(frozen=True, slots=True)
class Part:
    """A document's file and its description, as the METS of the representation names them."""

    data: StoredFile
    mime: str
    description: StoredFile


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


def head_agents(content: AipContent) -> Sequence[HeadAgent]:
    """The software that wrote the package (CSIP10 to CSIP16), and the body whose records they are."""
    version = metadata.version("kho")
    return (
        HeadAgent("CREATOR", "OTHER", "Kho", version, "SOFTWARE VERSION", "SOFTWARE"),
        HeadAgent("CREATOR", "ORGANIZATION", content.agency_name or content.agency, content.fonds, "IDENTIFICATIONCODE"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Root:
    """What the package's METS names: `groups` holds the files (with MIME types) by USE, and may hold empty ones."""

    description: StoredFile
    administrative: Sequence[tuple[str, Metadata]]
    groups: Mapping[str, Sequence[tuple[StoredFile, str]]]
    representation: StoredFile


def write_root(writer: XmlWriter, context: Context, root: Root) -> None:
    """METS.xml of the package."""
    content, ids = context.content, context.ids
    groups = {use: files for use, files in root.groups.items() if files}
    mets.start_mets(writer, _head(context, content.id, content.label, "", context.profile.root_profile))
    described = context.description(root.description)
    mets.dmd_sec(writer, described)
    if root.administrative:
        mets.amd_sec(writer, ids.section("amdSec"), root.administrative)
    pointer = context.listed(root.representation, XML)
    with writer.element("fileSec", {"ID": ids.section("fileSec")}):
        for use, files in groups.items():
            mets.file_group(writer, ids.section(f"fileGrp:{use}"), use, (context.listed(*f) for f in files))
        mets.file_group(writer, ids.section(f"fileGrp:{_REP}"), _REP, (pointer,))
    with _struct_map(writer, ids), writer.element("div", {"ID": ids.section("div"), "LABEL": content.id}):
        admid = [reference.section for _, reference in root.administrative]
        divs = [Division(ids.section("div:Metadata"), "Metadata", dmdid=[described.section], admid=admid)]
        divs += [
            Division(ids.section(f"div:{use}"), use, fptr=[ids.section(f"fileGrp:{use}")]) for use in groups
        ]
        group = ids.section(f"fileGrp:{_REP}")
        divs.append(Division(ids.section(f"div:{_REP}"), _REP, mptr=pointer.href, mptr_title=group))
        for div in divs:
            mets.division(writer, div)
    writer.end()


def write_representation(
    writer: XmlWriter,
    context: Context,
    administrative: Sequence[tuple[str, Metadata]],
    parts: Callable[[], Iterator[Part]],
) -> None:
    """representations/rep1/METS.xml; `parts` is gone through once for each section."""
    ids, below = context.ids, f"{REPRESENTATION}/"
    profile = context.profile
    mets.start_mets(
        writer, _head(context, "rep1", context.content.label, "../../", profile.representation_profile)
    )
    for part in parts():
        mets.dmd_sec(writer, context.description(part.description, below))
    if administrative:
        mets.amd_sec(writer, ids.section("rep1:amdSec"), administrative)
    group = ids.section("rep1:fileGrp:Data")
    with writer.element("fileSec", {"ID": ids.section("rep1:fileSec")}):
        mets.file_group(writer, group, "Data", (context.listed(p.data, p.mime, below) for p in parts()))
    admid = [reference.section for _, reference in administrative]
    root = {"ID": ids.section("rep1:div"), "LABEL": "rep1", "TYPE": profile.representation_type}
    with _struct_map(writer, ids, "rep1:"), writer.element("div", root):
        about = {"ID": ids.section("rep1:div:Metadata"), "LABEL": "Metadata"}
        if admid:
            about["ADMID"] = " ".join(admid)
        # One level below Metadata: CSIP107 wants a folder for each label of the level above.
        links = {"ID": ids.section("rep1:div:MetadataLink"), "LABEL": "MetadataLink"}
        with writer.element("div", about), writer.element("div", links):
            for part in parts():
                mets.division(writer, _link(context, part, admid))
        mets.division(writer, Division(ids.section("rep1:div:Data"), "Data", fptr=[group]))
    writer.end()


def _head(context: Context, objid: str, label: str, schemas: str, profile: str) -> Head:
    content = context.content
    return Head(
        objid=objid, label=label, type=context.profile.type, profile=profile, created=content.created,
        oais_type=context.profile.oais_type, agents=head_agents(content), schemas=f"{schemas}schemas/",
        mark=context.profile.mark,
    )  # fmt: skip


def _struct_map(writer: XmlWriter, ids: Ids, prefix: str = "") -> AbstractContextManager[None]:
    return writer.element(
        "structMap", {"ID": ids.section(f"{prefix}structMap"), "TYPE": "PHYSICAL", "LABEL": "CSIP"}
    )


def _link(context: Context, part: Part, admid: Sequence[str]) -> Division:
    """Where description meets file (TT 05/2025: MetadataLink/File)."""
    ids, path = context.ids, part.data.logical_path
    described = ids.section(f"dmdSec:{part.description.logical_path}")
    return Division(
        ids.section(f"link:{path}"),
        "MetadataLink/File",
        dmdid=[described],
        admid=admid,
        fptr=[ids.file(path)],
    )


def part_line(part: Part) -> str:
    """A part as a line of the spool that the sections are written from."""
    data, description = part.data, part.description
    return json.dumps([
        [data.logical_path, data.size, data.sha256], part.mime,
        [description.logical_path, description.size, description.sha256],
    ])  # fmt: skip


def read_parts(spool: Path) -> Iterator[Part]:
    """The parts of a spool, in order."""
    with spool.open(encoding="ascii") as lines:
        for line in lines:
            data, mime, description = json.loads(line)
            yield Part(_stored(*data), mime, _stored(*description))


def _stored(path: str, size: int, sha256: str) -> StoredFile:
    return StoredFile(path, Path(), size, sha256, "")
