"""Proposals: the rules in force whose words fit a hồ sơ without a term. A person decides; nothing decides by itself.

A rule fits by the words of its title and subcase that stand in the title and keywords of the hồ sơ. Rules of superseded
schedules are told apart: they may explain a term that was fixed under them, never propose one.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from preservation.bodies.codes import block_of_code, known_block
from preservation.retention.schedules import in_force
from preservation.retention.terms import Term
from repository.retention_rows import RecordRow, RuleRow
from standards.vietnamese import fold_words

_ENOUGH: Final = 0.7  # of the words of a rule's title
_SHOWN: Final = 5
_FILLING: Final = frozenset(["ho", "so", "tap", "cua", "ve", "va", "cac", "nhung", "co", "quan", "nam", "so"])


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule that fits, with how much of its title stands in the description (0 to 1)."""

    rule: RuleRow
    score: float

    @property
    def term(self) -> Term:
        """The term that it gives."""
        return Term(self.rule.kind, self.rule.years)


def proposals(record: RecordRow, rules: Iterable[RuleRow], on: dt.date) -> list[Proposal]:
    """The best rules in force on a day for a hồ sơ, the best first; empty where none fits."""
    return fitting(record, (r for r in rules if in_force(r, on)))[:_SHOWN]


def fitting(record: RecordRow, rules: Iterable[RuleRow]) -> list[Proposal]:
    """All rules that fit a hồ sơ, whatever their state, the best first."""
    words = set(fold_words(f"{record.title} {record.keyword}").split())
    found = [Proposal(rule, _score(rule, words)) for rule in rules if _in_scope(rule, record)]
    return sorted((p for p in found if p.score >= _ENOUGH), key=lambda p: (-p.score, p.rule.code))


def _score(rule: RuleRow, words: set[str]) -> float:
    """The share of the title's words that the hồ sơ has; the words of the subcase lift a rule above its sisters."""
    wanted = set(fold_words(rule.title).split()) - _FILLING
    if not wanted:
        return 0.0
    share = len(wanted & words) / len(wanted)
    case = set(fold_words(rule.subcase).split()) - _FILLING
    lift = len(case & words) / len(case) if case else 0.5
    return round(share * (0.9 + 0.1 * lift), 4)


def _in_scope(rule: RuleRow, record: RecordRow) -> bool:
    block = known_block(record.block or "") or block_of_code(record.agency)
    level = fold_words(record.level or "")
    return (not rule.blocks or block in rule.blocks) and (
        not rule.levels or level in {fold_words(each) for each in rule.levels}
    )
