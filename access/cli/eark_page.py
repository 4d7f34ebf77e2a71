"""What Kho checks of each requirement of E-ARK CSIP and SIP, as a page of the documentation: `make docs`."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Final

TARGET: Final = Path(__file__).resolve().parents[2] / "docs" / "eark-requirements.md"
_HEAD: Final = """# E-ARK CSIP and SIP, requirement by requirement

Written by `make docs` from `standards/codes/eark_requirements.toml`; a test breaks every requirement that is called checked
in a good package, and wants the finding of that very id. Versions 2.0.4, 2.1.0 and 2.2.0; the version is told by PROFILE.
*(Từng yêu cầu của E-ARK CSIP và SIP, và Kho kiểm tra thế nào.)*

Beside these: every METS file is held to the METS schema first (CSIP0); IDs are unique and lead somewhere (CSIP-ID-DOUBLE,
CSIP-ID-DANGLING); a digest of an unknown kind is never called good (CSIP-CHECKSUM-UNKNOWN); PREMIS has rules of its own.

## Where commons-ip says otherwise

Each broken package of the test was also put before commons-ip 2.10.0 (`--specification-version 2.2.0`). Where the two differ,
the text of the specification decides; its level stands in the third column.

| broken | text | Kho | commons-ip | why Kho stays or went along |
|---|---|---|---|---|
| CSIP3: TYPE is OTHER without OTHERTYPE | SHOULD | SHOULD | refuses under CSIP2: OTHER is not in its list | the text of CSIP2 tells to write OTHER; a value that is in no list is refused by Kho too (CSIP2) |
| CSIP58: a file that no METS names | SHOULD | MUST for data, documentation, schemas; SHOULD for metadata | refuses (under CSIP66) | Kho went along: nobody answers for the bytes of such a file. A person may let the package in |
| CSIP93, CSIP97: no division Documentation or Schemas | SHOULD | SHOULD | SHOULD; the refusal is of CSIP107, since the division of the test is named after no folder | CSIP107 is about representations alone |
| CSIP96, CSIP100: a division without fptr | SHOULD (MUST before 2.2.0) | the same | told as SHOULD, counted as an error | the level is the version's |
| CSIP60, CSIP113: a folder documentation or schemas without its fileGrp | MUST | MUST | SHOULD (CSIP93, CSIP97) | the text |
| CSIP114: a representation without its fileGrp | MUST | MUST | not told | the text |
| CSIP111: mptr without xlink:type | MUST | MUST | not told | the text |
| SIP4: OAISPACKAGETYPE is not SIP in a SIP | MUST | MUST | not told | the text |
| SIP18, SIP29: an agent without a name | MUST in 2.2.0 | MUST | not told | the text |

## Every requirement

| id | place | level | how | finding |
|---|---|---|---|---|
"""
_HOW: Final = {
    "checked": "checked",
    "as": "seen as another finding",
    "open": "optional: cannot be broken",
}


def page() -> str:
    """The whole page."""
    text = (resources.files("standards") / "codes" / "eark_requirements.toml").read_text(encoding="utf-8")
    return _HEAD + "".join(_line(name, entry) for name, entry in tomllib.loads(text).items())


def _line(name: str, entry: dict[str, str]) -> str:
    level = entry["level"]
    if "older" in entry:
        level += f" (before 2.2.0: {entry['older']})"
    if "only" in entry:
        level += f" ({entry['only']} alone)"
    how = _HOW[entry["how"]] + (f": {entry['note']}" if "note" in entry else "")
    code = {"checked": name, "as": entry.get("by", "")}.get(entry["how"], "")
    place = entry["at"].replace("|", "\\|")
    return f"| {name} | {place if place == 'folders' else f'`{place}`'} | {level} | {how} | {code} |\n"


def write() -> None:
    """Bring the page up to date."""
    TARGET.write_text(page(), encoding="utf-8")
