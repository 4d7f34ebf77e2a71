"""Named SQL out of `.sql` files: `-- name --` on a line of its own, a comment, the query.

SQL lives nowhere else, so that every statement that Kho can send is read in one place and a test can PREPARE it.
"""

import functools
import re
from importlib import resources

_NAME = re.compile(r"^-- ([a-z][a-z0-9_]*) --$", re.MULTILINE)


@functools.cache
def queries(package: str = "repository") -> dict[str, bytes]:
    """Every query of a package's `.sql` files by its name, as bytes ready for psycopg.

    Raises ValueError when a name stands twice.
    """
    found: dict[str, bytes] = {}
    files = (entry for entry in resources.files(package).iterdir() if entry.name.endswith(".sql"))
    for file in sorted(files, key=lambda entry: entry.name):
        parts = _NAME.split(file.read_text(encoding="utf-8"))[1:]
        for name, body in zip(parts[::2], parts[1::2], strict=True):
            if name in found:
                raise ValueError(f"query {name} is defined twice in {package}, again in {file.name}")
            found[name] = body.strip().encode()
    return found


def sql(name: str) -> bytes:
    """The catalogue's query of that name."""
    return queries()[name]
