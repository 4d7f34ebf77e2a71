"""The metadata that OAI-PMH carries beside `oai_dc`: the fields of TT 05/2025, and a METS of what is public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from standards.dc import oai_dc
from standards.tt05 import field_table, written_value
from standards.xml import METS, XLINK, XSI, XmlWriter

TT05: Final = "urn:kho:oai:tt05:1"
METS_XSD: Final = "http://www.loc.gov/standards/mets/mets.xsd"


def tt05(writer: XmlWriter, table: str, values: Mapping[str, str], location: str) -> None:
    """The fields of "hoso" or "document" in their order, an unknown one empty; `location` is the schema's address."""
    about = {"xmlns:tt05": TT05, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{TT05} {location}"}
    with writer.element(f"tt05:{table}", about):
        for name, field in field_table(table).items():
            writer.leaf(f"tt05:{name}", written_value(field, values.get(name, "")))


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A document that the public may see: its file's address, facts and Dublin Core."""

    address: str
    label: str
    mime: str
    size: int
    sha256: str
    dc: Sequence[tuple[str, str]]


def mets(
    writer: XmlWriter,
    id: str,
    label: str,
    dc: Sequence[tuple[str, str]],
    files: Sequence[PublicFile],
    created: str,
) -> None:
    """METS 1.12.1 of a hồ sơ with its public documents alone, in order; not the METS of the stored package."""
    about = {
        "xmlns:mets": METS, "xmlns:xlink": XLINK, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{METS} {METS_XSD}",
        "OBJID": id, "LABEL": label, "TYPE": "Mixed",
    }  # fmt: skip
    with writer.element("mets:mets", about):
        with (
            writer.element("mets:metsHdr", {"CREATEDATE": created}),
            writer.element("mets:agent", {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"}),
        ):
            writer.leaf("mets:name", "Kho")
        for number, described in enumerate((dc, *(file.dc for file in files))):
            _description(writer, number, described)
        if files:
            _files(writer, files)
        _structure(writer, label, files)


def _description(writer: XmlWriter, number: int, dc: Sequence[tuple[str, str]]) -> None:
    with (
        writer.element("mets:dmdSec", {"ID": f"dmd-{number}"}),
        writer.element("mets:mdWrap", {"MDTYPE": "DC"}),
        writer.element("mets:xmlData"),
    ):
        oai_dc(writer, dc)


def _files(writer: XmlWriter, files: Sequence[PublicFile]) -> None:
    with writer.element("mets:fileSec"), writer.element("mets:fileGrp", {"USE": "public"}):
        for number, file in enumerate(files, start=1):
            about = {
                "ID": f"file-{number}", "MIMETYPE": file.mime, "SIZE": str(file.size), "CHECKSUM": file.sha256,
                "CHECKSUMTYPE": "SHA-256", "DMDID": f"dmd-{number}",
            }  # fmt: skip
            with writer.element("mets:file", about):
                writer.leaf(
                    "mets:FLocat", "", {"LOCTYPE": "URL", "xlink:type": "simple", "xlink:href": file.address}
                )


def _structure(writer: XmlWriter, label: str, files: Sequence[PublicFile]) -> None:
    with (
        writer.element("mets:structMap", {"TYPE": "LOGICAL"}),
        writer.element("mets:div", {"LABEL": label, "DMDID": "dmd-0"}),
    ):
        for number, file in enumerate(files, start=1):
            with writer.element("mets:div", {"LABEL": file.label, "DMDID": f"dmd-{number}"}):
                writer.leaf("mets:fptr", "", {"FILEID": f"file-{number}"})
