"""Who may see a record: the small reference that every door agrees with, and its words.

`may_see` of the catalogue (migration 0031) and the filter of the index (`access/rights.py`) say the same in their own
languages; a property test compares the three. Everything that is not allowed here is denied.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

PUBLIC_MODE, CONDITIONAL, SECRET = "01", "02", "03"
ROLES: Final = (
    "archive-manager", "records-officer", "reviewer", "preservation-officer", "researcher", "harvester", "auditor",
    "administrator",
)  # fmt: skip
SEEING: Final = frozenset(
    ROLES[:5]
)  # an administrator runs the system, an auditor reads the journal: without content
HARVESTING: Final = frozenset({"harvester"})  # whose posts open metadata alone, to a program with a key
MODES: Final = (PUBLIC_MODE, CONDITIONAL)
PERSONAL: Final = (
    "personal"  # no mode of a record: a post that opens it may find records by the numbers of persons
)
OPENABLE: Final = (*MODES, PERSONAL)


@dataclass(frozen=True, slots=True)
class Post:
    """What an account is entrusted with. A scope that is None is no bound; `valid_to` is the last day."""

    id: UUID
    account: str
    role: str
    agency: str | None
    fonds: str | None
    block: str | None
    level: str | None
    modes: Sequence[str]
    valid_from: dt.date
    valid_to: dt.date | None
    basis: str
    granted_by: str
    granted_at: dt.datetime
    approved_by: str | None
    approved_at: dt.datetime | None
    ended_by: str | None
    ended_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. `account` is None for the public; `whole` is the person at the machine, who holds the disk anyway."""

    account: str | None = None
    name: str = ""
    posts: tuple[Post, ...] = ()
    whole: bool = False

    def roles(self, day: dt.date) -> frozenset[str]:
        """The roles of the posts that count on a day."""
        return frozenset(post.role for post in self.posts if why_not_in_force(post, day) is None)


PUBLIC: Final = Viewer()
AT_THE_MACHINE: Final = Viewer(account="officer", whole=True)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the decision needs of a record: its body with block and level, its fonds, whether that is published, and
    its modes (a document's own, and its hồ sơ's); an empty mode counts as conditional."""

    agency: str
    fonds: str
    block: str
    level: str
    modes: tuple[str, ...]
    published: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer with its reason: `why` is a key of the texts, `post` the post that it rests on or fails by."""

    allowed: bool
    why: str
    post: Post | None = None


def decide(viewer: Viewer, record: Seen, day: dt.date, roles: frozenset[str] = SEEING) -> Decision:
    """Whether and why. A document is seen only where its hồ sơ is: every mode of the record has to be allowed.

    `roles` are those whose posts count: SEEING for content, HARVESTING for what a harvester is told.
    """
    if SECRET in record.modes:
        return Decision(False, "secret")
    if viewer.whole:
        return Decision(True, "whole")
    decisions = [_decide_mode(viewer, record, mode, day, roles) for mode in record.modes]
    return next((d for d in decisions if not d.allowed), decisions[-1])


def may_find_person(viewer: Viewer, record: Seen, day: dt.date) -> bool:
    """Whether the viewer may find this record by the number of a person in it: a record that the viewer sees, covered by an
    approved post that opens PERSONAL."""
    covering = (
        post for post in viewer.posts
        if why_not_in_force(post, day) is None and _why_outside(post, record, SEEING) is None
    )  # fmt: skip
    return decide(viewer, record, day).allowed and any(PERSONAL in post.modes for post in covering)


def _decide_mode(viewer: Viewer, record: Seen, mode: str, day: dt.date, roles: frozenset[str]) -> Decision:
    if mode == PUBLIC_MODE and record.published:
        return Decision(True, "public")
    failed: list[Decision] = []
    for post in viewer.posts:
        reason = why_not_in_force(post, day) or _why_outside(post, record, roles) or _why_not_mode(post, mode)
        if reason is None:
            return Decision(True, "post", post)
        failed.append(Decision(False, reason, post))
    if failed:
        return min(failed, key=lambda d: _NEAREST.index(d.why))
    return Decision(False, "not-published" if mode == PUBLIC_MODE else "closed")


_NEAREST: Final = ("not-approved", "not-mode", "over", "not-yet", "outside", "no-content", "ended")


def why_not_in_force(post: Post, day: dt.date) -> str | None:
    """Why a post does not count on a day; None where it does."""
    if post.ended_at is not None:
        return "ended"
    if day < post.valid_from:
        return "not-yet"
    if post.valid_to is not None and day > post.valid_to:
        return "over"
    return None if post.approved_at is not None or not needs_approval(post.modes) else "not-approved"


def needs_approval(modes: Iterable[str]) -> bool:
    """Whether a second person has to approve: what opens closed records is not one person's to give."""
    return set(modes) != {PUBLIC_MODE}


def _why_outside(post: Post, record: Seen, roles: frozenset[str]) -> str | None:
    if post.role not in roles:
        return "no-content"
    below = post.agency is None or record.agency == post.agency or record.agency.startswith(f"{post.agency}.")
    matches = (
        (post.fonds, record.fonds),
        (post.block, record.block),
        (post.level, record.level),
    )
    return None if below and all(wanted in (None, value) for wanted, value in matches) else "outside"


def _why_not_mode(post: Post, mode: str) -> str | None:
    return None if (mode or CONDITIONAL) in post.modes else "not-mode"
