"""One way to break each requirement of E-ARK CSIP and SIP in a good package: (id, METS file, pattern, replacement).

The package is `good_sip`, an E-ARK SIP 2.2.0 with every part that a requirement is about.
"""

import re
from dataclasses import replace
from pathlib import Path

from tests.make_package import Sip, eark_sip, make_sip

ROOT, REP = "METS.xml", "representations/rep1/METS.xml"
_MD = {"dmdSec": 22, "digiprovMD": 36, "rightsMD": 49}
_REFERENCE = (
    "LOCTYPE",
    "xlink:type",
    "xlink:href",
    "MDTYPE",
    "MIMETYPE",
    "SIZE",
    "CREATED",
    "CHECKSUM",
    "CHECKSUMTYPE",
)
_SECTION = {
    "dmdSec": ("CSIP18", "CSIP20"),
    "digiprovMD": ("CSIP33", "CSIP34"),
    "rightsMD": ("CSIP46", "CSIP47"),
}
_NO_REFERENCE = {"dmdSec": "CSIP21", "digiprovMD": "CSIP35", "rightsMD": "CSIP48"}
Mutant = tuple[str, str, str, str]


def _without(element: str, attribute: str) -> tuple[str, str]:
    return rf'(<{element}\b[^>]*?) {attribute}="[^"]*"', r"\1"


def _inside(section: str, element: str, attribute: str) -> tuple[str, str]:
    return rf'(<{section}\b(?:(?!</{section}>).)*?<{element}\b[^>]*?) {attribute}="[^"]*"', r"\1"


def _of_sections() -> list[Mutant]:
    made: list[Mutant] = [("CSIP19", ROOT, *_without("dmdSec", "CREATED"))]
    for section, first in _MD.items():
        numbers = range(first, first + len(_REFERENCE))
        made += [
            (f"CSIP{n}", ROOT, *_inside(section, "mdRef", a))
            for n, a in zip(numbers, _REFERENCE, strict=True)
        ]
        made += [
            (c, ROOT, *_without(section, a)) for c, a in zip(_SECTION[section], ("ID", "STATUS"), strict=True)
        ]
        made.append((_NO_REFERENCE[section], ROOT, rf"(<{section}\b[^>]*>)<mdRef\b[^>]*/>", r"\1"))
    return made


def _of_divisions() -> list[Mutant]:
    made: list[Mutant] = []
    for label, gone, identifier, pointer, target in (
        ("Documentation", "CSIP93", "CSIP94", "CSIP96", "CSIP116"),
        ("Schemas", "CSIP97", "CSIP98", "CSIP100", "CSIP118"),
    ):
        made += [
            (gone, ROOT, f'LABEL="{label}"', 'LABEL="x"'),
            (identifier, ROOT, rf'<div ID="[^"]*" LABEL="{label}"', f'<div LABEL="{label}"'),
            (pointer, ROOT, rf'(LABEL="{label}">)<fptr [^>]*/>', r"\1"),
            (target, ROOT, rf'(LABEL="{label}"><fptr) FILEID="[^"]*"', r"\1"),
        ]
    return made


MUTANTS: list[Mutant] = [
    ("CSIP0", ROOT, "<metsHdr ", '<metsHdr X="1" '),
    ("CSIP1", ROOT, *_without("mets", "OBJID")),
    ("CSIP2", ROOT, *_without("mets", "TYPE")),
    ("CSIP3", ROOT, ' TYPE="Mixed"', ' TYPE="OTHER"'),
    ("CSIP4", ROOT, *_without("mets", "csip:CONTENTINFORMATIONTYPE")),
    ("CSIP5", ROOT, 'csip:CONTENTINFORMATIONTYPE="MIXED"', 'csip:CONTENTINFORMATIONTYPE="OTHER"'),
    ("CSIP6", ROOT, *_without("mets", "PROFILE")),
    ("CSIP7", ROOT, *_without("metsHdr", "CREATEDATE")),
    ("CSIP8", ROOT, *_without("metsHdr", "LASTMODDATE")),
    ("CSIP9", ROOT, *_without("metsHdr", "csip:OAISPACKAGETYPE")),
    ("CSIP10", ROOT, "<agent .*</agent>", ""),
    ("CSIP11", ROOT, "<agent .*</agent>", '<agent ROLE="EDITOR" TYPE="OTHER"><name>x</name></agent>'),
    ("CSIP12", ROOT, 'TYPE="OTHER" OTHERTYPE="SOFTWARE"', 'TYPE="INDIVIDUAL"'),
    ("CSIP13", ROOT, 'OTHERTYPE="SOFTWARE"', 'OTHERTYPE="TOOL"'),
    ("CSIP14", ROOT, '(OTHERTYPE="SOFTWARE"><name>)[^<]*', r"\1"),
    ("CSIP15", ROOT, '<note csip:NOTETYPE="SOFTWARE VERSION">[^<]*</note>', ""),
    ("CSIP16", ROOT, 'csip:NOTETYPE="SOFTWARE VERSION"', 'csip:NOTETYPE="IDENTIFICATIONCODE"'),
    ("CSIP17", ROOT, "<dmdSec .*</dmdSec>", ""),
    ("CSIP31", ROOT, "<amdSec .*</amdSec>", ""),
    *_of_sections(),
    ("CSIP58", ROOT, "<file ID=(?:(?!</file>).)*</file>", ""),
    ("CSIP59", ROOT, *_without("fileSec", "ID")),
    ("CSIP60", ROOT, 'USE="Documentation"', 'USE="x"'),
    ("CSIP62", ROOT, *_without("fileGrp", "csip:CONTENTINFORMATIONTYPE")),
    ("CSIP63", ROOT, r'(<fileGrp\b[^>]* csip:CONTENTINFORMATIONTYPE=)"MIXED"', r'\1"OTHER"'),
    ("CSIP64", ROOT, *_without("fileGrp", "USE")),
    ("CSIP65", ROOT, *_without("fileGrp", "ID")),
    ("CSIP66", ROOT, r'(<fileGrp [^>]*USE="Documentation"[^>]*>)(?:(?!</fileGrp>).)*', r"\1"),
    *[(f"CSIP{67 + at}", ROOT, *_without("file", name)) for at, name in enumerate(
        ("ID", "MIMETYPE", "SIZE", "CREATED", "CHECKSUM", "CHECKSUMTYPE"))],
    ("CSIP77", ROOT, *_without("FLocat", "LOCTYPE")),
    ("CSIP78", ROOT, *_without("FLocat", "xlink:type")),
    ("CSIP79", ROOT, *_without("FLocat", "xlink:href")),
    ("CSIP80", ROOT, "<structMap .*</structMap>", ""),
    ("CSIP81", ROOT, *_without("structMap", "TYPE")),
    ("CSIP82", ROOT, *_without("structMap", "LABEL")),
    ("CSIP83", ROOT, *_without("structMap", "ID")),
    ("CSIP84", ROOT, r"(<structMap [^>]*>).*(</structMap>)", r"\1\2"),
    ("CSIP85", ROOT, r'(<structMap [^>]*><div) ID="[^"]*"', r"\1"),
    ("CSIP88", ROOT, 'LABEL="Metadata"', 'LABEL="x"'),
    ("CSIP89", ROOT, '<div ID="[^"]*" LABEL="Metadata"', '<div LABEL="Metadata"'),
    ("CSIP91", ROOT, *_without("div", "ADMID")),
    ("CSIP92", ROOT, *_without("div", "DMDID")),
    *_of_divisions(),
    ("CSIP105", ROOT, '<div ID="[^"]*" LABEL="Representations/rep1">.*?</div>', ""),
    ("CSIP106", ROOT, '<div ID="[^"]*" LABEL="Representations/', '<div LABEL="Representations/'),
    ("CSIP107", ROOT, 'LABEL="Representations/rep1"', 'LABEL="rep1"'),
    ("CSIP108", ROOT, *_without("mptr", "xlink:title")),
    ("CSIP109", ROOT, "(<mptr [^>]*/>)", r"\1\1"),
    ("CSIP110", ROOT, *_without("mptr", "xlink:href")),
    ("CSIP111", ROOT, *_without("mptr", "xlink:type")),
    ("CSIP112", ROOT, *_without("mptr", "LOCTYPE")),
    ("CSIP113", ROOT, 'USE="Schemas"', 'USE="x"'),
    ("CSIP114", ROOT, '(?s)USE="Representations/rep1"(.*)USE="Representations/rep2"', r'USE="x"\1USE="y"'),
    ("CSIP117", ROOT, "<metsHdr .*</metsHdr>", ""),
    ("SIP2", ROOT, "E-ARK-SIP-v2-2-0.xml", "E-ARK-SIP-v9.xml"),
    ("SIP3", ROOT, 'RECORDSTATUS="NEW"', 'RECORDSTATUS="NEWEST"'),
    ("SIP4", ROOT, 'csip:OAISPACKAGETYPE="SIP"', 'csip:OAISPACKAGETYPE="AIP"'),
    ("SIP11", ROOT, 'ROLE="ARCHIVIST" TYPE="ORGANIZATION"', 'ROLE="ARCHIVIST" TYPE="OTHER"'),
    ("SIP12", ROOT, '(ROLE="ARCHIVIST"[^>]*>)<name>[^<]*</name>', r"\1<name/>"),
    ("SIP14", ROOT, '(ROLE="ARCHIVIST"[^>]*><name>[^<]*</name>\\s*<note) csip:NOTETYPE="[^"]*"', r"\1"),
    ("SIP15", ROOT, 'ROLE="CREATOR" TYPE="ORGANIZATION"', 'ROLE="EDITOR" TYPE="ORGANIZATION"'),
    ("SIP18", ROOT, '(ROLE="CREATOR" TYPE="ORGANIZATION"[^>]*>)<name>[^<]*</name>', r"\1<name/>"),
    ("SIP20", ROOT, '(ROLE="CREATOR" TYPE="ORGANIZATION"[^>]*><name>[^<]*</name>\\s*<note) csip:NOTETYPE="[^"]*"', r"\1"),
    ("SIP24", ROOT, "</metsHdr>", '<agent ROLE="CREATOR" TYPE="INDIVIDUAL"><name/></agent></metsHdr>'),
    ("SIP28", ROOT, 'ROLE="PRESERVATION" TYPE="ORGANIZATION"', 'ROLE="PRESERVATION" TYPE="OTHER"'),
    ("SIP29", ROOT, '(ROLE="PRESERVATION"[^>]*>)<name>[^<]*</name>', r"\1<name/>"),
    ("SIP31", ROOT, '(ROLE="PRESERVATION"[^>]*><name>[^<]*</name>\\s*<note) csip:NOTETYPE="[^"]*"', r"\1"),
]  # fmt: skip


def good_sip(parent: Path) -> Path:
    """An E-ARK SIP 2.2.0 with descriptive, preservation and rights metadata, documentation, schemas, two
    representations and every agent; written by no code of ours."""
    premis = (
        b'<premis xmlns="http://www.loc.gov/premis/v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">'
        b'<object xsi:type="intellectualEntity"><objectIdentifier><objectIdentifierType>local</objectIdentifierType>'
        b"<objectIdentifierValue>x</objectIdentifierValue></objectIdentifier></object></premis>"
    )
    sip = replace(
        eark_sip(), provenance={"premis.xml": premis}, rights={"rights.xml": b"<rights/>"},
        documentation={"readme.txt": b"explained"},
    )  # fmt: skip
    return make_sip(parent, sip)


def mutate(package: Path, mutant: Mutant) -> None:
    """Break the package in place. Raises AssertionError where there is nothing to break."""
    _, file, pattern, new = mutant
    path = package / file
    text, count = re.subn(pattern, new, path.read_text("utf-8"), count=1, flags=re.S)
    assert count == 1, mutant
    path.write_text(text, "utf-8")


__all__ = ["MUTANTS", "Sip", "good_sip", "mutate"]
