"""Each requirement of E-ARK CSIP and SIP that the table calls checked is broken in turn, and found under its own id."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from access.cli.eark_page import TARGET, page
from standards.eark_rules import check_package
from standards.findings import Finding, Level, catalogue
from standards.package_tree import FolderTree
from tests.eark_mutants import MUTANTS, good_sip, mutate

TABLE: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "standards/codes/eark_requirements.toml").read_text("utf-8")
)
# Broken by taking folders away, below; or a level that the note of the table explains.
OF_FOLDERS = {i for i in TABLE if i.startswith("CSIPSTR")}
FLAT = {"CSIP101", "CSIP102", "CSIP104", "CSIP119"}
OTHER_LEVEL = {"CSIPSTR16", "CSIP86", "CSIP58"}


def found(package: Path) -> list[Finding]:
    return list(check_package(FolderTree(package)))


def test_the_good_package_has_nothing_to_say(tmp_path: Path) -> None:
    package = good_sip(tmp_path)
    codes = {f.code for f in found(package)}
    # Its representations have no metadata of their own.
    assert codes == {"CSIPSTR13"}


@pytest.mark.parametrize("mutant", MUTANTS, ids=[m[0] for m in MUTANTS])
def test_a_broken_requirement_is_found_under_its_id(
    tmp_path: Path, mutant: tuple[str, str, str, str]
) -> None:
    package = good_sip(tmp_path)
    mutate(package, mutant)
    levels = {f.code: f.level for f in found(package) if f.code == mutant[0]}
    assert mutant[0] in levels
    if mutant[0] not in OTHER_LEVEL:
        assert levels[mutant[0]] == TABLE[mutant[0]]["level"]


@pytest.mark.parametrize(
    ("code", "taken", "put"),
    [
        ("CSIPSTR4", ["METS.xml"], []),
        ("CSIPSTR5", ["metadata"], []),
        ("CSIPSTR9", ["representations"], []),
        ("CSIPSTR10", [], ["representations/loose.pdf"]),
        ("CSIPSTR11", ["representations/rep1/data"], []),
        ("CSIPSTR12", ["representations/rep1/METS.xml"], []),
        ("CSIPSTR13", ["representations/rep1/metadata"], []),
        ("CSIPSTR15", ["schemas"], []),
        ("CSIPSTR16", ["documentation"], []),
    ],
)
def test_a_folder_that_is_wanted_is_told(tmp_path: Path, code: str, taken: list[str], put: list[str]) -> None:
    package = good_sip(tmp_path)
    for name in taken:
        if (package / name).exists():
            (package / name).rename(tmp_path / "taken")
    for name in put:
        (package / name).write_text("x")
    assert code in {f.code for f in found(package)}


def test_metadata_in_other_folders_and_another_folder_name(tmp_path: Path) -> None:
    package = good_sip(tmp_path).rename(tmp_path / "elsewhere")
    mets = package / "METS.xml"
    for kind in ("descriptive", "preservation"):
        (package / "metadata" / kind).rename(package / "metadata" / f"my-{kind}")
        mets.write_text(mets.read_text().replace(f"metadata/{kind}/", f"metadata/my-{kind}/"))
    assert {"CSIPSTR2", "CSIPSTR6", "CSIPSTR7"} <= {f.code for f in found(package)}


@pytest.mark.parametrize(
    ("code", "pattern", "new"),
    [
        ("CSIP101", 'LABEL="Representations"', 'LABEL="Content"'),
        ("CSIP102", '<div ID="[^"]*" LABEL="Representations"', '<div LABEL="Representations"'),
        ("CSIP104", '(LABEL="Representations">)<fptr [^>]*/>', r"\1"),
        ("CSIP119", '(LABEL="Representations"><fptr) FILEID="[^"]*"', r"\1"),
    ],
)
def test_content_without_representations_of_its_own(
    tmp_path: Path, code: str, pattern: str, new: str
) -> None:
    package = good_sip(tmp_path)
    mets = package / "METS.xml"
    text = re.sub(r'<div ID="[^"]*" LABEL="Representations/rep2">.*?</div>', "", mets.read_text(), flags=re.S)
    text = re.sub(
        r'LABEL="Representations/rep1"><mptr [^>]*/>', 'LABEL="Representations"><fptr FILEID="g2"/>', text
    )
    mets.write_text(text)
    assert code not in {f.code for f in found(package)}
    mets.write_text(re.sub(pattern, new, text, count=1))
    assert code in {f.code for f in found(package)}


@pytest.mark.parametrize(
    ("profile", "levels"),
    [
        ("E-ARK-SIP-v2-2-0.xml", {"SIP18": Level.MUST, "SIP29": Level.MUST, "CSIP96": Level.SHOULD}),
        (
            "E-ARK-SIP.xml",
            {"SIP18": Level.MAY, "SIP29": Level.MAY, "CSIP96": Level.MUST, "CSIP86": Level.SHOULD},
        ),
        ("E-ARK-SIP-v2-1-0.xml", {"SIP18": Level.MAY, "SIP29": Level.MAY, "CSIP96": Level.MUST}),
    ],
)
def test_levels_follow_the_version(tmp_path: Path, profile: str, levels: dict[str, Level]) -> None:
    package = good_sip(tmp_path)
    for mutant in MUTANTS:
        if mutant[0] in ("SIP18", "SIP29", "CSIP96"):
            mutate(package, mutant)
    mets = package / "METS.xml"
    text = mets.read_text().replace("E-ARK-SIP-v2-2-0.xml", profile)
    mets.write_text(re.sub(r'(<structMap [^>]*><div [^>]*LABEL=)"[^"]*"', r'\1"x"', text))
    told = {f.code: f.level for f in found(package) if f.path == "METS.xml"}
    assert {code: told.get(code) for code in levels} == levels
    assert ("CSIP86" in told) == ("CSIP86" in levels)


def test_a_sip_of_a_country_is_judged_by_csip_and_told(tmp_path: Path) -> None:
    package = good_sip(tmp_path)
    mets = package / "METS.xml"
    mets.write_text(re.sub(' PROFILE="[^"]*"', ' PROFILE="https://luutru.example/sip.xml"', mets.read_text()))
    assert {f.code: f.level for f in found(package)}["SIP2"] is Level.SHOULD


def test_a_map_from_before_2_0_4_is_read_and_told(tmp_path: Path) -> None:
    package = good_sip(tmp_path)
    mets = package / "METS.xml"
    text = mets.read_text().replace('LABEL="CSIP"', 'LABEL="Common Specification structural map"')
    mets.write_text(text)
    assert [f.level for f in found(package) if f.code == "CSIP82"] == [Level.SHOULD]


def test_what_the_table_calls_checked_is_broken_here() -> None:
    checked = {i for i, entry in TABLE.items() if entry["how"] == "checked"}
    broken = {m[0] for m in MUTANTS}
    assert checked - broken - OF_FOLDERS - FLAT == {"CSIP86"}
    assert broken - checked == set()
    for identifier, entry in TABLE.items():
        if entry["how"] in ("checked", "as"):
            code = entry.get("by", identifier)
            assert code in catalogue(), identifier
        if entry["how"] == "checked" and identifier not in OTHER_LEVEL:
            assert catalogue()[identifier]["level"] == entry["level"], identifier


def test_the_page_is_the_table() -> None:
    assert TARGET.read_text("utf-8") == page()


@pytest.mark.parametrize(
    ("orphan", "data", "level"),
    [
        ("representations/rep1/data/la.pdf", b"x", Level.MUST),
        ("representations/rep1/data/x/la.pdf", b"x", Level.MUST),
        ("documentation/la.txt", b"x", Level.MUST),
        ("schemas/la.xsd", b"x", Level.MUST),
        ("representations/rep1/documentation/la.txt", b"x", Level.MUST),
        ("representations/rep1/data/.gitkeep", b"", Level.SHOULD),
        ("representations/rep1/data/Thumbs.db", b"x", Level.SHOULD),
        ("metadata/other/la.xml", b"<x/>", Level.SHOULD),
        ("README.txt", b"x", Level.SHOULD),
    ],
)
def test_an_orphan_of_content_is_refused_and_any_other_told(
    tmp_path: Path, orphan: str, data: bytes, level: Level
) -> None:
    package = good_sip(tmp_path)
    (package / orphan).parent.mkdir(parents=True, exist_ok=True)
    (package / orphan).write_bytes(data)
    assert [(f.path, f.level) for f in found(package) if f.code == "CSIP58"] == [(orphan, level)]


@pytest.mark.parametrize(
    ("profile", "category", "level"),
    [
        ("E-ARK-SIP-v2-2-0.xml", "Junk", Level.MUST),
        ("E-ARK-SIP-v2-1-0.xml", "ERMS", Level.SHOULD),
        ("E-ARK-SIP-v2-2-0.xml", "MIXED", None),
        ("E-ARK-SIP-v2-2-0.xml", "Textual works - Digital", None),
    ],
)
def test_the_category_of_content_is_of_the_vocabulary(
    tmp_path: Path, profile: str, category: str, level: Level | None
) -> None:
    package = good_sip(tmp_path)
    text = (package / "METS.xml").read_text("utf-8").replace("E-ARK-SIP-v2-2-0.xml", profile)
    (package / "METS.xml").write_text(text.replace(' TYPE="Mixed"', f' TYPE="{category}"'), "utf-8")
    assert [f.level for f in found(package) if f.code == "CSIP2" and f.path == "METS.xml"] == (
        [level] if level else []
    )
