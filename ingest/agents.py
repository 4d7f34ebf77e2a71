"""The agents that events name: tools with their versions, and persons."""

import os
import pwd
from collections.abc import Mapping
from importlib import metadata
from typing import Any, Final

from repository.packages import Agent

KHO = ("kho", metadata.version("kho"))

_NAMES = {"kho": "Kho", "clamav": "ClamAV", "siegfried": "Siegfried (pygfried)", "verapdf": "veraPDF",
          "ffmpeg": "FFmpeg", "libreoffice": "LibreOffice", "tesseract": "Tesseract OCR",
          "ocrmypdf": "OCRmyPDF", "pyhanko": "pyHanko"}  # fmt: skip
_PERSON: Final = "person:"


def person() -> dict[str, Any]:
    """Whoever calls the command, as an event's agent: the account on this machine."""
    uid = os.getuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    return {"id": f"{_PERSON}uid-{uid}", "version": "", "name": name}


def agent_of(told: Mapping[str, Any]) -> Agent:
    """The PREMIS agent of an event's agent."""
    id, version = str(told["id"]), str(told["version"])
    if id.startswith(_PERSON):
        return Agent(id=id, name=str(told.get("name") or id), kind="person")
    return Agent(id=id, name=_NAMES.get(id, id), kind="software", version=version)


def role_of(id: str) -> str:
    """What an agent has to do with an event (id.loc.gov eventRelatedAgentRole)."""
    return "authorizer" if id.startswith(_PERSON) else "executing program"
