"""Who may do what at the records desk of the portal: a post's role says which acts, its scope over which bodies."""

from collections.abc import Iterable, Mapping
from typing import Final

from repository.permissions import Post

_OFFICERS: Final = frozenset({"archive-manager", "records-officer"})
ACTS: Final[Mapping[str, frozenset[str]]] = {
    "see": _OFFICERS | {"reviewer"},
    "list": _OFFICERS,
    "council": frozenset({"archive-manager"}),
    "verdict": _OFFICERS | {"reviewer"},
    "opinion": frozenset({"archive-manager"}),
    "approval": frozenset({"archive-manager"}),
    "destruction": _OFFICERS,
    "handover": _OFFICERS,
    "hold": _OFFICERS,
    "lift": frozenset({"archive-manager"}),
    "register": _OFFICERS,
}


def may(
    posts: Iterable[Post], act: str, *bodies: str, fonds: str = "", block: str = "", level: str = ""
) -> bool:
    """Whether one of these posts, which are in force, entrusts its holder with an act over one of these bodies.

    What is not said of the body (its fonds, block or level) fits no post that is bound to one.
    """
    return any(
        post.role in ACTS[act] and any(_covers(post, body, fonds, block, level) for body in bodies)
        for post in posts
    )


def _covers(post: Post, body: str, fonds: str, block: str, level: str) -> bool:
    below = post.agency is None or body == post.agency or body.startswith(f"{post.agency}.")
    bounds = ((post.fonds, fonds), (post.block, block), (post.level, level))
    return below and all(wanted in (None, value) for wanted, value in bounds)


def at_the_desk(posts: Iterable[Post]) -> bool:
    """Whether the desk is anything to somebody with these posts."""
    return any(post.role in ACTS["see"] for post in posts)
