"""What operating systems and office programs leave beside what people deliver."""

from typing import Final

_TRACES: Final = frozenset({"thumbs.db", "desktop.ini", ".ds_store", ".directory", "ehthumbs.db", "__macosx"})


def is_trace(path: str) -> bool:
    """Whether a path is a trace of an operating system or an office program (Thumbs.db, ._x, ~$x.xlsx)."""
    parts = path.lower().split("/")
    return any(p in _TRACES for p in parts) or parts[-1].startswith(("._", "~$", ".~lock."))
