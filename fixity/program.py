"""The stand-alone verifier as one file: a zipapp of `fixity/standalone`, the same bytes each time it is made."""

import io
import os
import zipfile
from importlib import resources
from pathlib import Path
from typing import Final

_SHEBANG: Final = b"#!/usr/bin/env python3\n"
_START: Final = "import sys\nfrom kho_verify.__main__ import main\nsys.exit(main(sys.argv[1:]))\n"
_TIME: Final = (2026, 1, 1, 0, 0, 0)


def program() -> bytes:
    """The program's bytes."""
    archive = io.BytesIO()
    archive.write(_SHEBANG)
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as packed:
        _add(packed, "__main__.py", _START)
        for entry in sorted(resources.files("fixity.standalone").iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                _add(packed, f"kho_verify/{entry.name}", entry.read_text(encoding="utf-8"))
    return archive.getvalue()


def write_program(target: Path) -> None:
    """Write the program to the new file `target`, ready to be run. Raises OSError, FileExistsError among them."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o755)
    with os.fdopen(descriptor, "wb") as file:
        file.write(program())


def _add(packed: zipfile.ZipFile, name: str, text: str) -> None:
    packed.writestr(zipfile.ZipInfo(name, _TIME), text)
