"""Packages as others make them: BagIt bags, E-ARK SIPs and the SIPs of TT 05/2025; written without any writer of ours.

make_sip(tmp_path, Sip(documents={"a.pdf": {"subject": "..."}}))
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from standards.xml import schema_path
from tests.make_delivery import tiny_pdf

EARK_SIP: Final = "https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-2-0.xml"
TT05: Final = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
TIME: Final = "2026-06-02T09:00:00.0+07:00"
OBJID: Final = "uuid-6FA8D4E3-9A60-4A31-9A0B-5E1B7B5E8C01"
FILE_CODE: Final = "H26.99.07.2001.01.TH"
HOSO: Final[Mapping[str, str]] = {
    "fileCode": FILE_CODE, "title": "Hồ sơ xây dựng nhà văn hóa thôn 3", "maintenance": "01", "mode": "01",
    "language": "01", "startDate": "02/01/2001", "endDate": "30/12/2001", "keyword": "nhà văn hóa", "totalDoc": "2",
    "numberOfPaper": "4", "numberOfPage": "4", "format": "01", "inforSign": "", "confidenceLevel": "02",
    "paperFileCode": "LS26.K1.01", "riskRecovery": "0", "riskRecoveryStatus": "", "description": "",
}  # fmt: skip
TAILIEU: Final[Mapping[str, str]] = {
    "fileCode": "H26.99.07.2001.010000001", "title": "Văn bản đi năm 2001", "source": "0", "totalDoc": "2",
    "description": "",
}  # fmt: skip


def document_fields(order: int, **changed: str) -> dict[str, str]:
    """The 21 fields of a document of a SIP by TT 05/2025."""
    return {
        "docId": f"H26.99.07.2001.160.{order}", "docCode": f"{FILE_CODE}.{order:07d}", "maintenance": "01",
        "typeName": "02", "codeNumber": str(150 + order), "codeNotation": "QĐ-UBND", "issuedDate": f"0{order}/06/2001",
        "organName": "Ủy ban nhân dân xã Tân Mẫu", "subject": f"Về việc cấp đất làm nhà văn hóa lần {order}",
        "language": "01", "numberOfPage": "2", "inforSign": "", "keyword": "", "mode": "01", "confidenceLevel": "02",
        "autograph": "", "format": "01", "riskRecovery": "0", "riskRecoveryStatus": "", "process": "",
        "description": "",
    } | changed  # fmt: skip


@dataclass
class Sip:
    """A SIP before it is written. `data` has the bytes of each file by representation and name; `documents` the fields
    of those that are described; `ead` the description of the whole: fields of TT 05/2025, or XML as text."""

    objid: str = OBJID
    profile: str = TT05
    kind: str = "Mixed"
    status: str = "NEW"
    agency: str = "P9907"
    label: str = "SIP"
    ead: Mapping[str, str] | str = field(default_factory=lambda: dict(HOSO))
    mdtype: str = "OTHER"
    data: dict[str, dict[str, bytes]] = field(
        default_factory=lambda: {"rep1": {"160.1.pdf": tiny_pdf(2, "Mot"), "160.2.pdf": tiny_pdf(2, "Hai")}}
    )
    documents: dict[str, dict[str, str]] = field(
        default_factory=lambda: {f"160.{i}.pdf": document_fields(i) for i in (1, 2)}
    )
    documentation: dict[str, bytes] = field(default_factory=dict)
    provenance: dict[str, bytes] = field(default_factory=dict)
    rights: dict[str, bytes] = field(default_factory=dict)


def eark_sip(**changed: object) -> Sip:
    """An E-ARK SIP with Dublin Core, two representations and no description of single documents."""
    dc = (
        '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>Báo cáo tổng kết năm 1999</title>'
        "<identifier>BC-1999</identifier><date>1999</date><subject>tổng kết</subject></dc>"
    )
    made = Sip(
        objid="uuid-0F2C7A5E-0000-4A31-9A0B-5E1B7B5E8C02", profile=EARK_SIP, agency="H26.99.07", ead=dc, mdtype="DC",
        label="Báo cáo", documents={},
        data={"rep1": {"bao cao.docx": b"PK-not-really", "phu luc/bang.csv": b"a,b\n1,2\n"},
              "rep2": {"bao cao.pdf": tiny_pdf(3, "Bao cao")}},
    )  # fmt: skip
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def make_sip(parent: Path, sip: Sip, name: str | None = None) -> Path:
    """Write the SIP into a folder of its own below `parent`; gives the folder."""
    root = parent / (name or sip.objid)
    root.mkdir(parents=True)
    _write(root, "metadata/descriptive/EAD.xml", _simpledc(sip.ead))
    for schema in ("METS.xsd", "xlink.xsd", "DILCISExtensionMETS.xsd", "EAD.xsd", "EAD_doc.xsd"):
        _write(root, f"schemas/{schema}", schema_path(schema).read_bytes())
    for path, content in sip.documentation.items():
        _write(root, f"documentation/{path}", content)
    for folder, held in (("preservation", sip.provenance), ("other", sip.rights)):
        for path, content in held.items():
            _write(root, f"metadata/{folder}/{path}", content)
    for representation, files in sip.data.items():
        _representation(root, sip, representation, files)
    _write(root, "METS.xml", _root_mets(root, sip))
    return root


def _representation(root: Path, sip: Sip, name: str, files: Mapping[str, bytes]) -> None:
    below = root / "representations" / name
    for path, content in files.items():
        _write(below, f"data/{path}", content)
        if path in sip.documents:
            described = f"metadata/descriptive/EAD_DOC_{Path(path).stem}.xml"
            _write(below, described, _simpledc(sip.documents[path]))
    _write(below, "METS.xml", _representation_mets(below, sip, name))


def _root_mets(root: Path, sip: Sip) -> bytes:
    groups = {"Schemas": sorted((root / "schemas").iterdir())}
    if sip.documentation:
        groups["Documentation"] = sorted(p for p in (root / "documentation").rglob("*") if p.is_file())
    groups |= {f"Representations/{n}": [root / "representations" / n / "METS.xml"] for n in sip.data}
    divs = "".join(
        f'<div ID="{_id()}" LABEL="{use}"><mptr LOCTYPE="URL" xlink:type="simple" xlink:href="{_href(root, paths[0])}"'
        f' xlink:title="g{at}"/></div>'
        if use.startswith("Rep")
        else f'<div ID="{_id()}" LABEL="{use}"><fptr FILEID="g{at}"/></div>'
        for at, (use, paths) in enumerate(groups.items())
    )
    ead = _md(root, root / "metadata/descriptive/EAD.xml", "dmd0", sip.mdtype)
    amd = [_md(root, root / "metadata/preservation" / p, f"amd-p{i}", "PREMIS", "digiprovMD")
           for i, p in enumerate(sip.provenance)]  # fmt: skip
    amd += [
        _md(root, root / "metadata/other" / p, f"amd-r{i}", "OTHER", "rightsMD")
        for i, p in enumerate(sip.rights)
    ]
    # METS wants rights before provenance.
    return _mets(
        sip, sip.objid, sip.profile, ead, _groups(root, groups), divs, "dmd0",
        f'<altRecordID TYPE="SUBMISSIONAGREEMENT">{FILE_CODE}</altRecordID>', "".join(sorted(amd, key=lambda a: a[1:7], reverse=True)),
        " ".join([*(f"amd-p{i}" for i in range(len(sip.provenance))), *(f"amd-r{i}" for i in range(len(sip.rights)))]),
    )  # fmt: skip


def _representation_mets(below: Path, sip: Sip, name: str) -> bytes:
    files = sorted(p for p in (below / "data").rglob("*") if p.is_file())
    descriptions = sorted((below / "metadata/descriptive").glob("*.xml"))
    sections = "".join(_md(below, p, f"dmd{i}", "OTHER") for i, p in enumerate(descriptions))
    stems = {p.stem.removeprefix("EAD_DOC_"): f"dmd{i}" for i, p in enumerate(descriptions)}
    links = "".join(
        f'<div ID="{_id()}" LABEL="MetadataLink/File" DMDID="{stems[p.stem]}"><fptr FILEID="ID-g0-{at}"/></div>'
        for at, p in enumerate(files)
        if p.stem in stems
    )
    divs = f'<div ID="{_id()}" LABEL="Data"><fptr FILEID="g0"/></div>'
    divs += f'<div ID="{_id()}" LABEL="MetadataLink">{links}</div>' if links else ""
    return _mets(
        sip, name, sip.profile, sections, _groups(below, {"Data": files}), divs, " ".join(stems.values())
    )


def _mets(
    sip: Sip, objid: str, profile: str, sections: str, groups: str, divs: str, dmdid: str, record: str = "",
    amd: str = "", admid: str = "",
) -> bytes:  # fmt: skip
    # A division stands for a folder (CSIP107): no descriptions, no metadata folder.
    linked = f' ADMID="{admid}"' if admid else ""
    metadata = f'<div ID="{_id()}" LABEL="Metadata"{linked} DMDID="{dmdid}"/>' if dmdid else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:csip="https://DILCIS.eu/XML/METS/CSIPExtensionMETS" xmlns:sip="https://DILCIS.eu/XML/METS/SIPExtensionMETS"
 OBJID="{objid}" LABEL={quoteattr(sip.label)} TYPE="{sip.kind}" PROFILE="{profile}"
 csip:CONTENTINFORMATIONTYPE="MIXED">
<metsHdr CREATEDATE="{TIME}" LASTMODDATE="{TIME}" RECORDSTATUS="{sip.status}" csip:OAISPACKAGETYPE="SIP">
<agent ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE"><name>Phần mềm</name>
<note csip:NOTETYPE="SOFTWARE VERSION">1.0</note></agent>
<agent ROLE="ARCHIVIST" TYPE="ORGANIZATION"><name>Ủy ban nhân dân xã Tân Mẫu</name>
<note csip:NOTETYPE="IDENTIFICATIONCODE">{sip.agency}</note></agent>
<agent ROLE="CREATOR" TYPE="ORGANIZATION"><name>Ủy ban nhân dân xã Tân Mẫu</name>
<note csip:NOTETYPE="IDENTIFICATIONCODE">{sip.agency}</note></agent>
<agent ROLE="PRESERVATION" TYPE="ORGANIZATION"><name>Lưu trữ lịch sử</name>
<note csip:NOTETYPE="IDENTIFICATIONCODE">LS26</note></agent>
{record}</metsHdr>
{sections}<amdSec ID="{_id()}">{amd}</amdSec>
<fileSec ID="{_id()}">{groups}</fileSec>
<structMap ID="{_id()}" TYPE="PHYSICAL" LABEL="CSIP"><div ID="{_id()}" LABEL="{objid}">
{metadata}{divs}</div></structMap>
</mets>
""".encode()


def _md(root: Path, path: Path, id: str, mdtype: str, section: str = "dmdSec") -> str:
    other = ' OTHERMDTYPE="TT05-EAD"' if mdtype == "OTHER" else ""
    return (
        f'<{section} ID="{id}" CREATED="{TIME}" STATUS="CURRENT"><mdRef ID="ID-{_id()}" LOCTYPE="URL"'
        f' xlink:type="simple" xlink:href="{_href(root, path)}" MDTYPE="{mdtype}"{other} MDTYPEVERSION="1.0"'
        f' MIMETYPE="text/xml" {_facts(path)}/></{section}>\n'
    )


def _groups(root: Path, groups: Mapping[str, list[Path]]) -> str:
    return "".join(
        f'<fileGrp ID="g{at}" USE="{use}"'
        + (' csip:CONTENTINFORMATIONTYPE="MIXED"' if use.startswith("Rep") else "")
        + ">"
        + "".join(
            f'<file ID="ID-g{at}-{i}" MIMETYPE="application/octet-stream" {_facts(p)}><FLocat LOCTYPE="URL"'
            f' xlink:type="simple" xlink:href="{_href(root, p)}"/></file>'
            for i, p in enumerate(paths)
        )
        + "</fileGrp>"
        for at, (use, paths) in enumerate(groups.items())
    )


def _facts(path: Path) -> str:
    content = path.read_bytes()
    return (
        f'SIZE="{len(content)}" CREATED="{TIME}" CHECKSUMTYPE="SHA-256"'
        f' CHECKSUM="{hashlib.sha256(content).hexdigest().upper()}"'
    )


def _href(root: Path, path: Path) -> str:
    return quote(path.relative_to(root).as_posix())


def _simpledc(fields: Mapping[str, str] | str) -> bytes:
    if isinstance(fields, str):
        return fields.encode()
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><simpledc>{inside}</simpledc>'.encode()


def _id() -> str:
    return f"uuid-{str(uuid.uuid4()).upper()}"


def _write(root: Path, path: str, content: bytes) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def make_bag(
    root: Path, payload: Mapping[str, bytes], info: Mapping[str, str], algorithm: str = "sha256"
) -> Path:
    """A BagIt 1.0 bag in the folder `root`."""
    for path, content in payload.items():
        _write(root, f"data/{path}", content)
    _write(root, "bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    _write(root, "bag-info.txt", "".join(f"{k}: {v}\n" for k, v in info.items()).encode())
    lines = (f"{hashlib.new(algorithm, c).hexdigest()}  data/{p}\n" for p, c in payload.items())
    _write(root, f"manifest-{algorithm}.txt", "".join(lines).encode())
    return root
