"""Exports that Kho made and still knows of, so that a record that is destroyed is destroyed there too."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Final

import psycopg

from repository import catalogue
from repository.queries import sql

# The file by which an export is known again: it is in no two exports the same.
_WITNESSES: Final = ("bag-info.txt", "METS.xml")


def note_export(connection: psycopg.Connection, aip: str, path: Path, form: str) -> None:
    """An export lies at `path`; committed."""
    witness = next((name for name in _WITNESSES if (path / name).is_file()), None)
    if witness is not None:
        catalogue.do(
            connection, "new_export", aip=aip, path=os.fspath(path.resolve()), format=form, witness=witness,
            digest=_digest(path / witness), made_at=catalogue.now(),
        )  # fmt: skip
        connection.commit()


def purge_exports(connection: psycopg.Connection, aip: str) -> list[str]:
    """Destroy the exports of a record that are where they were made; what is there and is another thing now is left, and
    told by its path."""
    left = []
    for path, witness, digest in connection.execute(sql("exports_of"), {"aip": aip}).fetchall():
        folder = Path(path)
        if not folder.exists():
            continue
        try:
            if (folder / witness).is_file() and _digest(folder / witness) == digest:
                shutil.rmtree(folder)
                continue
        except PermissionError:
            pass  # the portal removes nothing outside its home
        left.append(str(path))
    connection.commit()
    return left


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
