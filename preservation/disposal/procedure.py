"""A procedure of disposal: read from its file, and the step that comes next."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from repository.disposal_rows import DisposalRow
from standards.errors import KhoError


class NoProcedure(KhoError):
    """No procedure fits."""

    code = "no-disposal-procedure"
    vi = "Không có quy trình xét hủy {name} cho khối {block}. Xem `kho disposition procedures`."
    en = "There is no procedure {name} for the block {block}. See `kho disposition procedures`."


@dataclass(frozen=True, slots=True)
class Procedure:
    """Steps in their order; at least `members` in the council, of whom the share `present` must be there; days from the
    head's decision to the destruction; years that the dossier is kept; names of the forms."""

    name: str
    vi: str
    en: str
    blocks: tuple[str, ...]
    steps: tuple[str, ...]
    basis: str
    members: int
    present: float
    stands_for: tuple[str, ...]
    days: int
    dossier_years: int
    forms: Mapping[str, str]


@functools.cache
def procedures() -> Mapping[str, Procedure]:
    """Every procedure by its name."""
    folder = resources.files("preservation.disposal.procedures")
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            name = entry.name.removesuffix(".toml")
            found[name] = _procedure(name, tomllib.loads(entry.read_text(encoding="utf-8")))
    return found


def _procedure(name: str, data: Mapping[str, Any]) -> Procedure:
    return Procedure(
        name=name, vi=data["vi"], en=data["en"], blocks=tuple(data["blocks"]), steps=tuple(data["steps"]),
        basis=data["basis"], members=data["council"]["members"], present=data["council"]["present"],
        stands_for=tuple(data["council"]["stands_for"]), days=data["destruction"]["days"],
        dossier_years=data["destruction"]["dossier_years"], forms=data["forms"],
    )  # fmt: skip


def procedure_for(block: str, name: str | None = None) -> Procedure:
    """The procedure of that name, else the first for the block. Raises NoProcedure."""
    fitting = [p for p in procedures().values() if block in p.blocks and name in (None, p.name)]
    if not fitting:
        raise NoProcedure(name=name or "—", block=block or "—")
    return fitting[0]


def next_step(disposal: DisposalRow) -> str | None:
    """The step that a list waits for; None where it is at its end."""
    if disposal.status in ("withdrawn", "complete"):
        return None
    done = {
        "council": bool(disposal.council), "verdict": disposal.verdict is not None,
        "opinion": disposal.opinion is not None and bool(disposal.opinion["agrees"]),
        "approval": disposal.approval is not None, "destruction": False,
    }  # fmt: skip
    return next(step for step in procedures()[disposal.procedure].steps if not done[step])
