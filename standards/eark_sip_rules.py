"""What an E-ARK SIP owes beside CSIP (SIP2 to SIP31), and levels that differ among the versions 2.0.4 to 2.2.0."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from standards.eark_agents import Agents
from standards.findings import Level, catalogue

_SIP: Final = re.compile(r"https://earksip\.dilcis\.eu/profile/E-ARK-SIP(-v2-[0-2](-[0-9])?)?\.xml")
_DILCIS: Final = re.compile(r"https?://earksip\.dilcis\.eu/", re.I)
_STATUS: Final = ("NEW", "SUPPLEMENT", "REPLACEMENT", "TEST", "VERSION", "DELETE", "OTHER")
# Binding before 2.2.0 only; binding from 2.2.0 on; of 2.0.4 alone.
_ONCE_BINDING: Final = ("CSIP96", "CSIP100", "CSIP104")
_SINCE_2_2: Final = ("SIP18", "SIP29")
_OF_2_0: Final = ("CSIP86",)
Fault = tuple[str, Level | None, str]


def level_in(profile: str, code: str) -> Level | None:
    """The level of a code for a package that states this PROFILE; None where its version does not have the rule.

    A PROFILE that names no version is one of 2.0.4 or 2.1.0.
    """
    level = Level(catalogue()[code]["level"])
    is_newest = "-v2-2" in profile
    if code in _ONCE_BINDING:
        return level if is_newest else Level.MUST
    if code in _SINCE_2_2:
        return Level.MUST if is_newest else Level.MAY
    if code in _OF_2_0:
        return None if re.search(r"-v2-[1-9]", profile) else level
    return level


def sip_faults(
    root: Mapping[str, str], header: Mapping[str, str], agents: Agents, *, circular: bool
) -> Iterator[Fault]:
    """Codes, levels and what was found, for the METS file of a package; nothing where it is no SIP.

    A SIP by another profile (a country's, TT 05/2025's: `circular`) is judged by CSIP alone, which is said.
    """
    profile, kind = root.get("PROFILE", ""), header.get("OAISPACKAGETYPE", "")
    if not _SIP.fullmatch(profile):
        if kind == "SIP" and not circular:
            yield "SIP2", None if _DILCIS.match(profile) else Level.SHOULD, profile
        return
    if kind != "SIP":
        yield "SIP4", None, kind
    status = header.get("RECORDSTATUS", "NEW")
    if status not in _STATUS:
        yield "SIP3", None, status
    for code in agents.sip_faults():
        yield code, level_in(profile, code), ""
