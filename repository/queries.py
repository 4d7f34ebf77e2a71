"""Named SQL out of `.sql` files: `-- name --` on a line of its own, a comment, the query.

SQL lives nowhere else, so that every statement that Kho can send is read in one place and a test can PREPARE it.
"""

import functools
import re
from importlib import resources

_NAME = re.compile(r"^-- ([a-z][a-z0-9_]*) --$", re.MULTILINE)


@functools.cache
def queries(package: str = "repository", file: str = "queries.sql") -> dict[str, bytes]:
    """Every query of a file by its name, as bytes ready for psycopg.

    Raises ValueError when a name stands twice.
    """
    text = resources.files(package).joinpath(file).read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    found: dict[str, bytes] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        if name in found:
            raise ValueError(f"query {name} is defined twice in {package}/{file}")
        found[name] = body.strip().encode()
    return found


def sql(name: str) -> bytes:
    """The catalogue's query of that name."""
    return queries()[name]
