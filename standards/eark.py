"""The profiles of information packages, as data: `profiles/eark.toml`, `profiles/tt05.toml`, `profiles/dip.toml`."""

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Final

from standards.errors import KhoError

PROFILES: Final = ("eark", "tt05", "dip")
REPRESENTATION: Final = "representations/rep1"


class UnknownProfile(KhoError):
    """A package profile that Kho does not have."""

    code = "unknown-profile"
    exit_code = 2
    vi = "Không có loại gói {name}. Các loại có sẵn: eark, tt05, dip."
    en = "There is no package profile {name}. Known: eark, tt05, dip."


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to write a package. `objid` is a regular expression; `description_level` a level of findings.

    `mark` is what a package says of itself where the standard's text is known at second hand only.
    """

    id: str
    title: str
    mark: str
    root_profile: str
    representation_profile: str
    type: str
    oais_type: str
    representation_type: str
    upper_case_digests: bool
    description_mdtype: str
    description_other_mdtype: str
    description_version: str
    description_level: str
    objid: str


@functools.cache
def profile(name: str) -> Profile:
    """The profile `name`. Raises UnknownProfile."""
    if name not in PROFILES:
        raise UnknownProfile(name=name)
    text = (resources.files("standards") / "profiles" / f"{name}.toml").read_text(encoding="utf-8")
    return Profile(**tomllib.loads(text))


def folder_name(objid: str) -> str:
    """The folder that a package with this OBJID is laid out in (TT 05/2025; E-ARK AIP20, AIP21)."""
    return objid.replace(":", "_")
