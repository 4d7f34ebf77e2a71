"""The judge of packages: what is broken is found, by the standard's own code; what is whole is not."""

import hashlib
import re
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from repository.aip import build_aip
from standards.eark_rules import check_package
from standards.findings import Level, catalogue
from standards.package_tree import FolderTree, ManifestTree, MemoryTree
from standards.xml import BadXml, Reader, read_small, read_stream
from tests.aip_fixtures import FOLDER, in_memory, small_content

ROOT, REP = "METS.xml", "representations/rep1/METS.xml"
EAD, PREMIS = "metadata/descriptive/EAD.xml", "metadata/preservation/PREMIS.xml"
PREMIS_REP = "representations/rep1/metadata/preservation/PREMIS_rep1.xml"
DOCUMENT = "001.03.08.H30.81.2024.K4.01.02.082.pdf"
DATA = f"representations/rep1/data/{DOCUMENT}"
EAD_DOC = f"representations/rep1/metadata/descriptive/EAD_doc_{DOCUMENT}.xml"


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "aip").mkdir()
    with ManifestTree(build_aip(small_content(folder / "in"), folder / "aip").manifest) as tree:
        return in_memory(tree).files


def codes(files: dict[str, bytes], profile="eark", name: str | None = FOLDER) -> set[str]:
    return {f.code for f in check_package(MemoryTree(files, name), profile)}


def changed(files: dict[str, bytes], path: str, pattern: str, new: str) -> dict[str, bytes]:
    """The package with the first match of `pattern` in the file at `path` replaced."""
    text, count = re.subn(pattern, new, files[path].decode(), count=1, flags=re.S)
    assert count == 1, f"{pattern} is not in {path}"
    return files | {path: text.encode()}


def test_a_whole_package_has_no_findings(whole):
    assert codes(whole) == set()
    assert codes(whole, None) == set()


@pytest.mark.parametrize(
    ("path", "pattern", "new", "code"),
    [
        (ROOT, "<metsHdr ", "<metsHdr X=\"1\" ", "CSIP0"),
        (ROOT, "</mets>", "", "CSIP0"),
        (ROOT, "<mets ", "<!DOCTYPE mets><mets ", "CSIP0"),
        (ROOT, ' OBJID="[^"]*"', "", "CSIP1"),
        (ROOT, ' TYPE="Mixed"', "", "CSIP2"),
        (ROOT, ' PROFILE="[^"]*"', "", "CSIP6"),
        (ROOT, ' CREATEDATE="[^"]*"', "", "CSIP7"),
        (ROOT, ' LASTMODDATE="[^"]*"', "", "CSIP8"),
        (ROOT, ' csip:OAISPACKAGETYPE="AIP"', "", "CSIP9"),
        (ROOT, "<metsHdr .*</metsHdr>", "", "CSIP117"),
        (ROOT, "<agent .*</agent>", "", "CSIP10"),
        (ROOT, 'OTHERTYPE="SOFTWARE"', 'OTHERTYPE="TOOL"', "CSIP13"),
        (ROOT, '"SOFTWARE VERSION"', '"IDENTIFICATIONCODE"', "CSIP16"),
        (ROOT, '(<dmdSec [^>]*)STATUS="CURRENT"', r'\1STATUS="OLD"', "CSIP20"),
        (ROOT, r'(<dmdSec .*?)CHECKSUM="', r'\1CHECKSUM="0', "CSIP29"),
        (ROOT, r'(<dmdSec .*?)SIZE="', r'\1SIZE="1', "CSIP27"),
        (ROOT, r'EAD\.xml"', 'EAX.xml"', "CSIP24"),
        (ROOT, r'(<digiprovMD .*?)CHECKSUM="', r'\1CHECKSUM="0', "CSIP43"),
        (ROOT, r'(<digiprovMD .*?xlink:href=")', r'\1../../', "CSIP38"),
        (ROOT, '(<fileSec) ID="[^"]*"', r"\1", "CSIP59"),
        (ROOT, r'(<file .*?)SIZE="', r'\1SIZE="1', "CSIP69"),
        (ROOT, r'(<file .*?)CHECKSUM="', r'\1CHECKSUM="0', "CSIP71"),
        (ROOT, r'(<file .*?)CHECKSUM="[^"]*"', r"\1", "CSIP71"),
        (ROOT, r'(<file .*?)MIMETYPE="[^"]*"', r"\1", "CSIP68"),
        (ROOT, r'(<FLocat .*?)xlink:href="[^"]*"', r'\1xlink:href="/etc/passwd"', "CSIP79"),
        (ROOT, r'(<FLocat .*?)xlink:href="[^"]*"', r'\1xlink:href="http://a/b"', "CSIP79"),
        (ROOT, r'CHECKSUMTYPE="SHA-256"', 'CHECKSUMTYPE="CRC32"', "CSIP-CHECKSUM-UNKNOWN"),
        (ROOT, 'LABEL="CSIP"', 'LABEL="OTHER"', "CSIP82"),
        (ROOT, 'TYPE="PHYSICAL"', 'TYPE="LOGICAL"', "CSIP81"),
        (ROOT, 'LABEL="Metadata"', 'LABEL="Other"', "CSIP88"),
        (ROOT, r'mptr (.*?)xlink:href="[^"]*"', r'mptr \1xlink:href="no/METS.xml"', "CSIP110"),
        (ROOT, r'(<fptr FILEID=")', r"\1x", "CSIP-ID-DANGLING"),
        (REP, r'DMDID="uuid', 'DMDID="xuid', "CSIP-ID-DANGLING"),
        (REP, r'(<file ID=")[^"]*(".*?<file ID=")[^"]*"', r'\1ID-1\2ID-1"', "CSIP-ID-DOUBLE"),
        (ROOT, 'OBJID="urn:uuid:', 'OBJID="', "AIPM1"),
        (ROOT, 'PROFILE="https://earkaip', 'PROFILE="https://earksip', "AIPM2"),
        (REP, 'PROFILE="https://earkcsip', 'PROFILE="https://earksip', "AIPM2"),
        (ROOT, 'OAISPACKAGETYPE="AIP"', 'OAISPACKAGETYPE="SIP"', "AIPM3"),
        (ROOT, "<digiprovMD .*?</digiprovMD>", "", "AIPM5"),
        (ROOT, 'MDTYPE="PREMIS"', 'MDTYPE="OTHER"', "AIPM6"),
        (ROOT, 'MDTYPEVERSION="3.0"', 'MDTYPEVERSION="2.2"', "AIPM7"),
        (PREMIS, "<eventType ", "<x/><eventType ", "PREMIS-XSD"),
        (PREMIS, ">transfer</eventType>", ">moving</eventType>", "PREMIS-EVENT-TYPE"),
        (PREMIS, "<eventDateTime>2026-11-24T11:13:40.123[+]07:00", "<eventDateTime>hôm qua", "PREMIS-EVENT-TIME"),
        (PREMIS, "<linkingAgentIdentifier>.*?</linkingAgentIdentifier>", "", "AIP16"),
        (PREMIS, "<agentIdentifierValue>clamav", "<agentIdentifierValue>other", "AIP18"),
        (PREMIS, "(<linkingObjectIdentifierValue>)urn", r"\1xurn", "PREMIS-LINK-DANGLING"),
        (PREMIS_REP, "(<messageDigest>)", r"\g<1>0", "PREMIS-DIGEST"),
        (PREMIS_REP, "SHA-512", "SHA-384", "PREMIS-NO-DIGEST"),
        (PREMIS_REP, "<size>", "<size>1", "PREMIS-SIZE"),
        (PREMIS_REP, "(<objectIdentifierValue>[^<]*/data/)001", r"\1x001", "PREMIS-NO-FILE"),
        (PREMIS_REP, "(<objectIdentifierValue>[^<]*/data/)001", r"\1x001", "PREMIS-NO-OBJECT"),
        (EAD, "<title>[^<]*</title>", "<title/>", "TT05-MISSING"),
        (EAD, "(<title>)", r"\1" + "dài " * 300, "TT05-LENGTH"),
        (EAD, "<mode>02", "<mode>09", "TT05-CODE"),
        (EAD, "<endDate>29/12", "<endDate>31/02", "TT05-DATE"),
        (EAD, "<endDate>29/12/1998", "<endDate>29/12/1997", "TT05-DATES-ORDER"),
        (EAD, "<totalDoc>4", "<totalDoc>x", "TT05-NUMBER"),
        (EAD, "<totalDoc>4", "<totalDoc>83", "TT05-TOTAL"),
        (EAD, "<keyword/>", "<unheard/>", "TT05-UNKNOWN"),
        (EAD, "<keyword/>", "<mode>02</mode>", "TT05-DOUBLE"),
        (EAD, "<mode>02</mode>", "<mode>hai</mode>", "TT05-XSD"),
        (EAD_DOC, "<docOrdinal>1", "<docOrdinal>2", "TT05-ORDER"),
    ],
)  # fmt: skip
def test_what_is_broken_is_found(whole, path, pattern, new, code):
    assert code in codes(changed(whole, path, pattern, new))


def test_a_description_of_another_kind_is_a_fault_in_our_profiles_only(whole):
    files = changed(whole | {EAD: b"<ead/>"}, ROOT, 'PROFILE="[^"]*"', 'PROFILE="https://other"')
    assert "TT05-NOT-SIMPLEDC" in codes(files, "eark")
    assert not {code for code in codes(files, None) if code.startswith("TT05")}


def test_a_missing_file_a_changed_file_and_an_extra_file(whole):
    missing = {path: content for path, content in whole.items() if path != DATA}
    assert {"CSIP79", "PREMIS-NO-FILE"} <= codes(missing)
    assert {"CSIP71", "PREMIS-DIGEST"} <= codes(whole | {DATA: bytes(len(whole[DATA]))})
    assert codes(whole | {"representations/rep1/data/la.pdf": b"x"}) == {"CSIP58"}


def test_without_mets_there_is_nothing_to_judge():
    assert codes({"a.pdf": b""}) == {"CSIPSTR4"}


def test_the_folder_is_named_by_its_objid(whole):
    assert codes(whole, name="goi-1") == {"CSIPSTR2"}
    assert codes(whole, name="urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca429") == set()


def test_the_circular_binds_in_its_own_profile_and_advises_in_ours(whole):
    files = changed(whole, EAD, "<title>[^<]*</title>", "<title/>")

    def level(profile):
        return next(f.level for f in check_package(MemoryTree(files), profile) if f.code == "TT05-MISSING")

    assert (level("eark"), level("tt05")) == (Level.SHOULD, Level.MUST)


def test_metadata_is_digested_whatever_the_tree_says_of_it(tmp_path):
    (tmp_path / "aip").mkdir()
    made = build_aip(small_content(tmp_path / "in"), tmp_path / "aip")
    (tmp_path / "aip" / "package" / EAD).write_bytes(b"<simpledc/>")
    with ManifestTree(made.manifest) as tree:
        assert {"CSIP29"} <= {f.code for f in check_package(tree, "eark")}


def test_every_code_of_the_rules_has_its_words(whole):
    rules = Path(__file__).parents[1] / "standards"
    written = "".join((rules / name).read_text("utf-8") for name in (
        "eark_rules.py", "eark_mets_rules.py", "premis_rules.py", "tt05_rules.py", "codes/csip.toml"))  # fmt: skip
    used = set(re.findall(r'"((?:CSIP|CSIPSTR|AIPM?|PREMIS|TT05)[0-9-][A-Z0-9-]*)"', written))
    used |= set(re.findall(r'"(CSIPSTR\d+)"', written))
    assert used - set(catalogue()) == set()
    assert len(used) > 80


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        b'<!DOCTYPE a [<!ENTITY e "x"><!ENTITY f "&e;&e;">]><a>&f;</a>',
        b"<!-- " + b" " * 100_000 + b" --><!DOCTYPE a><a/>",
        b"<a>", b"", b"\xff\xfe\x00", b"<a/>junk",
    ],
)  # fmt: skip
def test_hostile_and_broken_xml_is_refused_in_words(document):
    with pytest.raises(BadXml):
        read_stream(BytesIO(document), "a.xml", Reader())
    with pytest.raises(BadXml):
        read_small(document, "a.xml")


def test_the_schemas_are_those_of_the_readme(samples):
    folder = Path(__file__).parents[1] / "standards" / "schemas"
    stated = dict(
        re.findall(r"^\| (\S+\.xsd) .*\| ([0-9a-f]{64}) \|$", (folder / "README.md").read_text("utf-8"), re.M)
    )
    assert set(stated) == {path.name for path in folder.glob("*.xsd")}
    for name, digest in stated.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    for ours, theirs in (
        ("METS.xsd", "mets-1.12.1.xsd"),
        ("premis.xsd", "premis-v3.xsd"),
        ("xlink.xsd", "xlink.xsd"),
    ):
        assert (folder / ours).read_bytes() == (samples / "schemas" / theirs).read_bytes()


def unpacked(archive: Path, folder: Path) -> Path:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as file:
            file.extractall(folder)
    else:
        with tarfile.open(archive) as file:
            file.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("csip_minimal_IP_invmets.zip", "CSIP0"),
        ("csip_minimal_IP_nocrtdt.zip", "CSIP7"),
        ("csip_minimal_IP_noflscid.zip", "CSIP59"),
        ("csip_minimal_IP_nomtshdr.zip", "CSIP117"),
        ("csip_minimal_IP_nopcktyp.zip", "CSIP9"),
        ("ev_struct_no_mets.tar.gz", "CSIPSTR4"),
        ("ev_struct_no_schemas.tar.gz", "CSIP79"),
    ],
)
def test_broken_packages_of_others_are_refused_for_their_reason(samples, tmp_path, name, code):
    package = unpacked(samples / "eark" / name, tmp_path)
    found = {f.code for f in check_package(FolderTree(package)) if f.level is Level.MUST}
    assert code in found


@pytest.mark.parametrize(
    "name",
    ["csip_minimal_IP_with_schemas.zip", "ev_minimal_minimal_IP_with_schemas.zip", "ev_struct_no_md.tar.gz",
     "ev_struct_no_reps.tar.gz"],
)  # fmt: skip
def test_packages_of_others_break_fixity_alone(samples, tmp_path, name):
    package = unpacked(samples / "eark" / name, tmp_path)
    found = {f.code for f in check_package(FolderTree(package)) if f.level is Level.MUST}
    assert found
    assert found <= {"CSIP69", "CSIP71", "CSIP27", "CSIP29", "CSIP41", "CSIP43"}
