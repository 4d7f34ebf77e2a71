"""Pictures of what is held, as SVG without scripts or inline styles; the same numbers stand beside them as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from access.holdings import Holdings

WIDE, HIGH, FOOT, HEAD = 720, 200, 24, 14
MOST_YEARS: Final = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of a chart; `series` is the number of its block."""

    x: float
    y: float
    width: float
    height: float
    series: int
    told: str


@dataclass(frozen=True, slots=True)
class Years:
    """Documents by year and block: bars, the labels below them (x, year), the blocks, and the table's rows."""

    bars: Sequence[Bar]
    labels: Sequence[tuple[float, int]]
    blocks: Sequence[str]
    table: Sequence[tuple[int, Sequence[int]]]
    most: int


def by_year(holdings: Holdings) -> Years | None:
    """The chart of the last years that have documents; None where there are none."""
    blocks = sorted(holdings.years, key=lambda b: -sum(holdings.years[b].values()))
    known = sorted({year for block in blocks for year in holdings.years[block]})[-MOST_YEARS:]
    if not known:
        return None
    span = list(range(known[0], known[-1] + 1))[-MOST_YEARS:]
    table = [(year, [holdings.years[b].get(year, 0) for b in blocks]) for year in span]
    most = max(sum(counts) for _year, counts in table)
    step = WIDE / len(span)
    bars: list[Bar] = []
    for at, (year, counts) in enumerate(table):
        top = float(HIGH - FOOT)
        for series, amount in enumerate(counts):
            height = (HIGH - FOOT - HEAD) * amount / most if most else 0
            top -= height
            if amount:
                told = f"{year}: {amount}"
                bars.append(
                    Bar(
                        round(at * step + step * 0.1, 1),
                        round(top, 1),
                        round(step * 0.8, 1),
                        round(height, 1),
                        series,
                        told,
                    )
                )
    every = max(1, -(-len(span) // 9))
    labels = [(round(at * step + step / 2, 1), year) for at, year in enumerate(span) if at % every == 0]
    return Years(bars, labels, blocks, [row for row in table if sum(row[1])], most)


def shares(formats: Mapping[str, int]) -> Sequence[tuple[str, int, float]]:
    """(format, documents, share of the most frequent one in percent), the most frequent first."""
    ordered = sorted(formats.items(), key=lambda pair: -pair[1])
    return [(name, amount, round(100 * amount / ordered[0][1], 1)) for name, amount in ordered]
