"""Fault points: named places where a test can kill the process or fill the disk.

`fault("store.before-rename")` does nothing unless the environment variable KHO_FAULT names that point::

    KHO_FAULT=store.before-rename:kill      SIGKILL at the first hit
    KHO_FAULT=store.before-rename:enospc@3  OSError(ENOSPC) at the third hit

Each module that has fault points registers their names once, at import (`POINTS = register("a", "b")`), so
that a test can go through `points()` and kill at every one of them.
"""

import errno
import os
import signal
from collections import Counter

ENVIRONMENT = "KHO_FAULT"
ACTIONS = ("kill", "enospc")

_registered: dict[str, None] = {}
_hits: Counter[str] = Counter()


def register(*names: str) -> tuple[str, ...]:
    """Make `names` known as fault points and give them back, for a module's POINTS."""
    _registered.update(dict.fromkeys(names))
    return names


def points() -> tuple[str, ...]:
    """The fault points of every module imported so far, in the order of registration."""
    return tuple(_registered)


def fault(name: str) -> None:
    """Fail here if KHO_FAULT says so; raises KeyError for a name that no module registered."""
    setting = os.environ.get(ENVIRONMENT)
    if not setting:
        return
    if name not in _registered:
        raise KeyError(name)
    point, action, wanted = _parse(setting)
    if point == name:
        _hits[name] += 1
        if _hits[name] == wanted:
            _act(action, name)


def _parse(setting: str) -> tuple[str, str, int]:
    """`point:action@N` as (point, action, N)."""
    point, _, rest = setting.partition(":")
    action, _, count = rest.partition("@")
    if action not in ACTIONS:
        raise ValueError(f"{ENVIRONMENT} must be POINT:{'|'.join(ACTIONS)}[@N], not {setting!r}")
    return point, action, int(count or 1)


def _act(action: str, name: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
