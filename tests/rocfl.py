"""rocfl, where it is installed: built by `make test-all` into lib/rocfl, or the machine's own."""

import os
import shutil
from pathlib import Path

import pytest

from repository.config import CHECKOUT


def rocfl_program() -> str:
    """The program's path; the test is skipped where there is none."""
    lib = Path(os.environ.get("KHO_LIB") or CHECKOUT / "lib")
    for place in (lib / "rocfl" / "bin", Path.home() / ".cargo" / "bin"):
        if found := shutil.which("rocfl", path=os.fspath(place)):
            return found
    if found := shutil.which("rocfl"):
        return found
    pytest.skip("rocfl is not installed (cargo install rocfl --no-default-features)")
