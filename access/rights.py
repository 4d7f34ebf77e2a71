"""Rights at the doors: the index's filter for a viewer, and the sentence that says why.

The decision itself is `repository.permissions.decide`; the filter says the same to Solr, so that counts, facets and
ranking hold nothing that the viewer may not see, and `may_see` of the catalogue says it once more before a hit is shown.
"""

import datetime as dt
import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from access.labels import block_of
from repository.permissions import (
    MODES,
    PERSONAL,
    PUBLIC_MODE,
    SECRET,
    SEEING,
    Decision,
    Post,
    Seen,
    Viewer,
    why_not_in_force,
)
from repository.rows import AipRow, DocumentRow
from standards.codes import word_of

Json = dict[str, Any]
HANOI: Final = dt.timezone(dt.timedelta(hours=7))
_SCOPES: Final = ("fonds", "block", "level")


def today() -> dt.date:
    """The day that rights are decided as of: Hanoi's."""
    return dt.datetime.now(HANOI).date()


def seen(record: AipRow, document: DocumentRow | None = None) -> Seen:
    """A hồ sơ, or a document of it, as the decision needs it."""
    own = document.fields.get("mode", "") if document else ""
    return Seen(
        agency=record.agency, fonds=record.fonds, block=record.block or block_of(record.agency),
        level=record.level or "", modes=(record.mode, own) if own else (record.mode,), published=record.published,
    )  # fmt: skip


def opening_posts(viewer: Viewer, day: dt.date) -> list[Post]:
    """The posts that open anything on a day."""
    return [p for p in viewer.posts if p.role in SEEING and why_not_in_force(p, day) is None]


def index_filter(viewer: Viewer, day: dt.date) -> Json:
    """What the viewer may see of the index of all records, in Solr's JSON query language."""
    posts = opening_posts(viewer, day)
    return {
        "bool": {
            "must": [_mode_allowed(mode, [p for p in posts if mode in p.modes]) for mode in MODES],
            "must_not": [_is("needs", SECRET)],
        }
    }


def _mode_allowed(mode: str, posts: list[Post]) -> Json:
    """Entries that do not need this mode, and those for which somebody opened it."""
    without = {"bool": {"must": ["*:*"], "must_not": [_is("needs", mode)]}}
    published = [_is("published", "1")] if mode == PUBLIC_MODE else []
    return {"bool": {"should": [without, *published, *map(_scope, posts)]}}


def _scope(post: Post) -> Json:
    bounds = [_is(name, value) for name in _SCOPES if (value := getattr(post, name)) is not None]
    if post.agency is not None:
        below = {"prefix": {"f": "agency", "query": f"{post.agency}."}}
        bounds.append({"bool": {"should": [_is("agency", post.agency), below]}})
    return {"bool": {"must": bounds or ["*:*"]}}


def _is(field: str, value: str) -> Json:
    return {"term": {"f": field, "query": value}}


@functools.cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((resources.files("access") / "rights.toml").read_text(encoding="utf-8"))


def sentence(decision: Decision, lang: str) -> str:
    """The decision in a sentence."""
    post = decision.post
    values = {"post": told(post, lang), "basis": post.basis} if post else {}
    return _texts()[decision.why][lang].format(**values)


def told(post: Post, lang: str) -> str:
    """A post in a line: its role, its scope, its modes, its time."""
    role = _texts()[f"role-{post.role}"][lang]
    modes = [
        _texts()[mode][lang] if mode == PERSONAL else word_of("mode", mode, lang) or mode
        for mode in post.modes
    ]
    scope = [value for value in (post.agency, post.fonds, post.block, post.level) if value]
    until = post.valid_to.strftime("%d/%m/%Y") if post.valid_to else "…"
    period = f"{post.valid_from.strftime('%d/%m/%Y')}-{until}"
    return f"{str(post.id)[:8]} {role} [{', '.join(scope) or '*'}; {', '.join(modes)}; {period}]"
