"""How this very Kho is called again: for worker processes and the web server."""

import sys


def program() -> list[str]:
    """The words before the arguments; the same interpreter, the same code."""
    return [sys.executable, "-m", "access.cli"]
