"""Paths that people give to a command."""

from pathlib import Path

from standards.errors import PathNotFound
from standards.shown import for_people


def must_be_there(path: Path) -> None:
    """Raises PathNotFound where nothing is at a path, and where nothing can be (a name too long, no way in)."""
    try:
        there = path.exists()
    except OSError:
        there = False
    if not there:
        raise PathNotFound(path=for_people(str(path)))
