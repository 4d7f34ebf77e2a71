"""The lines of a report out of its facts: what each line says, and whether it holds.

`met` is said only where all of it was seen: what was not read, not judged or not noted makes a line `unknown`, and what is wrong
makes it `not-met`. Lines that only tell are `told`.
"""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any, Final, Literal

from preservation.evidence.facts import Facts, Period, months_of

State = Literal["met", "not-met", "unknown", "told"]
_HIGH, _NOT_ASSESSED = "high", "not-assessed"
NOTES: Final = (
    "backup-full",
    "backup-incremental",
    "restore-drill",
    "rebuild-drill",
    "selftest",
    "media-migration",
    "incident",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its id (texts and requirements in `standards/codes/evidence.toml`), its state, and the figures behind it."""

    id: str
    state: State
    figures: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """With its texts and the requirements that it answers to."""
        return {"id": self.id, "state": self.state, "figures": dict(self.figures), **requirements()[self.id]}


@functools.cache
def requirements() -> dict[str, dict[str, Any]]:
    """Every line's texts, and the clauses of ISO 16363, the NDSA Levels and TT 05/2025 that it answers to."""
    return tomllib.loads(
        (resources.files("standards") / "codes" / "evidence.toml").read_text(encoding="utf-8")
    )


@functools.cache
def _risks() -> dict[str, str]:
    text = (resources.files("standards") / "codes" / "format_risks.toml").read_text(encoding="utf-8")
    return {puid: level for level, entry in tomllib.loads(text).items() for puid in entry["puids"]}


def risk_of(puid: str | None) -> str:
    """low, medium or high; not-assessed for a format that the table does not know, and for a file of no known format."""
    return _risks().get(puid or "", _NOT_ASSESSED)


def lines(facts: Facts, period: Period) -> Iterator[Line]:
    """Every line, in the order of the table."""
    yield Line("holdings", "told", facts["holdings"])
    yield from _about_copies(facts)
    yield from _about_checks(facts, period)
    yield from _about_packages(facts)
    yield from _about_journal(facts, period)
    yield from _about_drills(facts, period)
    yield Line("access", "told", facts["posts"])
    yield Line("tools", "told", {**facts["installed"], "postgresql": facts["server"] // 10000,
                                 "used": [f"{t['id']} {t['version']}" for t in facts["tools"]]})  # fmt: skip


def _about_copies(facts: Facts) -> Iterator[Line]:
    by_number = {row["copies"]: row["aips"] for row in facts["copies_of_aips"]}
    few = sum(aips for copies, aips in by_number.items() if copies < 2)
    unread = sum(each["last_read"] is None for each in _due(facts))
    figures = {
        "aips_by_copies": {str(n): aips for n, aips in by_number.items()},
        "fewer_than_two": few,
        "due_and_never_read": unread,
    }
    yield Line("copies", _state(wrong=few, unseen=unread), figures)
    yield Line("policy", _state(wrong=facts["below_policy"], unseen=unread), {"below": facts["below_policy"]})


def _due(facts: Facts) -> list[Mapping[str, Any]]:
    """Copies that were not read though the promise wanted it."""
    return [unread for unread in facts["unread"] if unread["due"]]


def _about_checks(facts: Facts, period: Period) -> Iterator[Line]:
    places = facts["locations"]
    bad, unread = sum(place["bad_objects"] for place in places), len(_due(facts))
    held, read = (sum(place[name] for place in places) for name in ("bytes", "read_bytes"))
    oldest = min((p["oldest_unread"] or p["oldest_read"] for p in places if p["objects"]), default=None)
    yield Line("read", _state(wrong=bad, unseen=unread), {
        "copies": sum(place["objects"] for place in places), "read": sum(place["read_objects"] for place in places),
        "due_and_unread": unread, "not_due_yet": len(facts["unread"]) - unread, "bad": bad, "bytes": held, "read_bytes": read, "percent": read * 100 // held if held else 100,
        "oldest": oldest, **{f"checks_{name}": value for name, value in facts["checks"].items()},
    })  # fmt: skip
    late = facts["unread_three_years"]
    yield Line("three-years", _state(wrong=0, unseen=late), {"unread": late})
    open_ = [f for f in facts["failures"] if f["now"] == "bad"]
    figures = {
        "failures": len(facts["failures"]),
        "repairs": len(facts["repairs"]),
        "still_bad": len({f["object"] for f in open_}),
    }
    failed = [r for r in facts["repairs"] if r["outcome"] != "good"]
    yield Line("failures", _state(wrong=len(open_) + len(failed), unseen=unread), figures)
    since, until = period.bounds["since"], period.bounds["until"]
    at_hand = [place for place in places if place["state"] == "online"]
    swept = [place for place in at_hand if place["swept_at"] and since <= place["swept_at"]]
    unswept = [place["name"] for place in at_hand if place not in swept]
    yield Line("strays", _state(wrong=0, unseen=len(unswept)), {"not_gone_through": unswept, "until": until})


def _about_packages(facts: Facts) -> Iterator[Line]:
    judged = facts["packages"]
    yield Line("packages", _state(wrong=judged["invalid"], unseen=judged["unjudged"]), judged)
    pdfa = {row["verdict"]: row["files"] for row in facts["pdfa"]}
    wrong = pdfa.get("failed", 0) + pdfa.get("no-claim", 0)
    yield Line("pdfa", _state(wrong=wrong, unseen=pdfa.get("unknown", 0)), pdfa)
    risks: dict[str, int] = {}
    for row in facts["formats"]:
        risk = risk_of(row["puid"])
        risks[risk] = risks.get(risk, 0) + row["files"]
    yield Line("formats", _state(wrong=risks.get(_HIGH, 0), unseen=risks.get(_NOT_ASSESSED, 0)), risks)


def _about_journal(facts: Facts, period: Period) -> Iterator[Line]:
    found = facts["journal"]
    wrong = found["broken"] + found["lost"] + found["strange"]
    yield Line("journal", _state(wrong=wrong, unseen=found["waiting"]), found)
    begun = facts["journal_begun"]
    wanted = [month for month in months_of(period, period.bounds["until"].date()) if begun and month >= begun]
    missing = [month for month in wanted if month not in facts["journal_months"]]
    figures = {"stored": facts["journal_months"], "missing": missing, "begun": begun}
    yield Line("journal-stored", _state(wrong=0, unseen=len(missing)), figures)


def _about_drills(facts: Facts, period: Period) -> Iterator[Line]:
    rebuilt = facts["rebuilt"]
    last = date.fromisoformat(rebuilt["time"][:10]) if rebuilt else None
    noted = _noted(facts, "rebuild-drill", period.first, period.last)
    seen = bool(noted) or (last is not None and period.first <= last <= period.last)
    yield Line("rebuild", _state(wrong=_failed(noted), unseen=not seen), {"last": last, "noted": noted})
    for line, kind, since in (
        ("selftest", "selftest", period.first), ("restore", "restore-drill", period.first),
        ("backup", "backup-full", period.last - timedelta(days=30)),
    ):  # fmt: skip
        noted = _noted(facts, kind, since, period.last)
        yield Line(line, _state(wrong=_failed(noted), unseen=not noted), {"noted": noted})


def _noted(facts: Facts, kind: str, first: date, last: date) -> list[dict[str, Any]]:
    """What persons noted of a kind in that time; the last word counts."""
    return [
        {"on": note["on"], "result": note["result"], "by": note["decided_by"], "text": note["basis"]}
        for note in facts["notes"]
        if note["note"] == kind and first <= date.fromisoformat(note["on"]) <= last
    ]


def _failed(noted: list[dict[str, Any]]) -> int:
    return int(bool(noted) and noted[-1]["result"] != "good")


def _state(*, wrong: int, unseen: int | bool) -> State:
    """What is wrong is said before what is not known; nothing is met while something was not seen."""
    return "not-met" if wrong else "unknown" if unseen else "met"
