"""Whether the pages of a scan are as they should be: judged by thresholds that are data (`page_quality.toml`).

Nothing is mended here and nothing is refused: a finding asks a person to look, or for a new scan.
"""

import functools
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from preservation.page_look import PageLook, PageMeasures


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`page_quality.toml` tells each."""

    blank_ink: float
    skew: float
    across: float
    upside: float
    upside_ink: float
    dark: float
    cut: float
    same_bits: int
    bits: int


@functools.cache
def thresholds() -> Thresholds:
    """The thresholds as the data file has them."""
    text = resources.files("preservation").joinpath("page_quality.toml").read_text("utf-8")
    return Thresholds(**tomllib.loads(text))


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with some pages (from 1): `kind` is blank, skewed, sideways, upside-down, dark-edge, cut, same or grey;
    `worst` the measure of the worst of them (degrees, millimetres, bits a pixel), "" where there is none to tell."""

    kind: str
    pages: tuple[int, ...]
    worst: str = ""


_Judge = Callable[[PageMeasures, Thresholds], float]


def _lies_sideways(m: PageMeasures, t: Thresholds) -> bool:
    return m.across > t.across and not _is_blank(m, t)


def _is_blank(m: PageMeasures, t: Thresholds) -> bool:
    return m.ink < t.blank_ink


def _skew(m: PageMeasures, t: Thresholds) -> float:
    return abs(m.skew) if abs(m.skew) > t.skew and not _lies_sideways(m, t) else 0.0


def _upside_down(m: PageMeasures, t: Thresholds) -> float:
    return float(m.upside < t.upside and m.ink > t.upside_ink and not _lies_sideways(m, t))


_JUDGES: Final[Mapping[str, _Judge]] = {
    "blank": lambda m, t: float(_is_blank(m, t)),
    "skewed": _skew,
    "sideways": lambda m, t: float(_lies_sideways(m, t)),
    "upside-down": _upside_down,
    "dark-edge": lambda m, t: max(m.dark) if max(m.dark) > t.dark else 0.0,
    "cut": lambda m, t: max(m.cut) if max(m.cut) > t.cut and not _is_blank(m, t) else 0.0,
    "grey": lambda m, t: float(m.bits) if m.bits < t.bits else 0.0,
}
_MEASURED: Final = {"skewed": "{:.1f}°", "dark-edge": "{:.0f} mm", "cut": "{:.0f} mm", "grey": "{:.0f} bit"}


def judge(looks: Sequence[PageLook], of: Thresholds | None = None) -> Iterator[Defect]:
    """The defects of a document's pages, one for each kind."""
    limits = of or thresholds()
    seen = [(look.number, look.measures) for look in looks if look.measures]
    for kind, measure in _JUDGES.items():
        found = {number: value for number, m in seen if (value := measure(m, limits))}
        if found:
            worst = _MEASURED.get(kind, "").format(max(found.values()))
            yield Defect(kind, tuple(found), worst)
    again = tuple(_again(seen, limits))
    if again:
        yield Defect("same", again)


def _again(seen: Sequence[tuple[int, PageMeasures]], limits: Thresholds) -> Iterator[int]:
    """Pages that look like an earlier one, blank ones aside."""
    earlier: list[int] = []
    for number, m in seen:
        if _is_blank(m, limits):
            continue
        bits = int(m.hash, 16)
        if any((bits ^ other).bit_count() <= limits.same_bits for other in earlier):
            yield number
        earlier.append(bits)
