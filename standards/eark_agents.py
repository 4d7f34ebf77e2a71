"""The agents of a METS header: CSIP10 to CSIP16 of every package, SIP9 to SIP31 of an E-ARK SIP."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

_BODIES: Final = ("ORGANIZATION", "INDIVIDUAL")
_CODE: Final = "IDENTIFICATIONCODE"


@dataclass(slots=True)
class Agent:
    """One agent: what it is, whether it has a name, and the csip:NOTETYPE of each of its notes ("" for none)."""

    role: str
    type: str
    other_type: str
    name: str = ""
    notes: list[str] = field(default_factory=list)


class Agents:
    """Gathers the agents of one header while it is read."""

    def __init__(self) -> None:
        self.all: list[Agent] = []
        self._is_open = self._in_name = False

    def start(self, name: str, given: Mapping[str, str]) -> None:
        if name == "agent":
            self._is_open = True
            self.all.append(Agent(given.get("ROLE", ""), given.get("TYPE", ""), given.get("OTHERTYPE", "")))
        elif self._is_open and name == "note":
            self.all[-1].notes.append(given.get("csip:NOTETYPE", ""))
        self._in_name = self._is_open and name == "name"

    def data(self, text: str) -> None:
        if self._in_name:
            self.all[-1].name += text.strip()

    def end(self, name: str) -> None:
        self._in_name = False
        if name == "agent":
            self._is_open = False

    def faults(self) -> Iterator[str]:
        """The codes of what CSIP misses: the software that made the package, and its version."""
        creators = [a for a in self.all if a.role == "CREATOR"]
        others = [a for a in creators if a.type == "OTHER"]
        software = [a for a in others if a.other_type == "SOFTWARE"]
        chain = ((self.all, "CSIP10"), (creators, "CSIP11"), (others, "CSIP12"), (software, "CSIP13"))
        missing = next((code for agents, code in chain if not agents), None)
        if missing:
            yield missing
            return
        if not any(a.name for a in software):
            yield "CSIP14"
        if not any(a.notes for a in software):
            yield "CSIP15"
        elif not any("SOFTWARE VERSION" in a.notes for a in software):
            yield "CSIP16"

    def sip_faults(self) -> Iterator[str]:
        """The codes of what an E-ARK SIP misses: who submits it, and how the other agents are written."""
        submitting = [a for a in self.all if a.role == "CREATOR" and a.type in _BODIES]
        if not submitting:
            yield "SIP15"
        elif not any(a.name for a in submitting):
            yield "SIP18"
        for agent in self.all:
            coded = not agent.notes or _CODE in agent.notes
            if agent.role == "ARCHIVIST":
                yield from () if agent.type in _BODIES else ("SIP11",)
                yield from () if agent.name else ("SIP12",)
                yield from () if coded else ("SIP14",)
            elif agent.role == "PRESERVATION":
                yield from () if agent.type == "ORGANIZATION" else ("SIP28",)
                yield from () if agent.name else ("SIP29",)
                yield from () if coded else ("SIP31",)
            elif agent.role == "CREATOR" and agent.type == "ORGANIZATION":
                yield from () if coded else ("SIP20",)
            elif agent.role == "CREATOR" and agent.type == "INDIVIDUAL":
                yield from () if agent.name else ("SIP24",)
