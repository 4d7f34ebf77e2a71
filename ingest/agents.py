"""The software agents that events name, with their versions."""

from importlib import metadata

from repository.packages import Agent

KHO = ("kho", metadata.version("kho"))

_NAMES = {"kho": "Kho", "clamav": "ClamAV", "siegfried": "Siegfried (pygfried)", "verapdf": "veraPDF"}


def software(agent: str, version: str) -> Agent:
    """The PREMIS agent of a tool."""
    return Agent(id=agent, name=_NAMES.get(agent, agent), kind="software", version=version)
