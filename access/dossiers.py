"""Dossiers: the papers of an act (lists, minutes, signed scans) as an administrative object `urn:kho:dossier:<act>`.

A dossier is what an inspector is shown. It is made into a folder again by `write_out`.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg

from ingest.receipt import Line, receipt_font, write_pdf
from repository import catalogue
from repository.administrative import PREFIX, put_record
from repository.decisions import HANOI
from repository.opening import Opened
from repository.packages import AipId
from repository.store import Store
from standards.errors import KhoError
from standards.package_tree import read_bytes

DOSSIER: Final = f"{PREFIX}dossier:"
ATTACHED: Final = "dinh-kem/"


class NoFont(KhoError):
    """The machine has no font for the forms."""

    code = "no-font"
    vi = "Máy này thiếu phông chữ Liberation hoặc DejaVu nên chưa lập được biểu mẫu PDF. Cài gói fonts-liberation."
    en = "This machine lacks the Liberation and DejaVu fonts, so that no PDF form can be made. Install fonts-liberation."


def keep(
    connection: psycopg.Connection, store: Store, act: UUID, files: Mapping[str, bytes], message: str
) -> None:
    """The next state of the dossier of an act: what it held, and these files."""
    id = f"{DOSSIER}{act}"
    held: dict[str, bytes] = {}
    if store.has(AipId(id)):
        tree = store.tree(AipId(id))
        held = {path: read_bytes(tree, path) for path in tree.paths()}
    put_record(connection, store, id, held | dict(files), message=message,
               created=catalogue.now().astimezone(HANOI).isoformat(timespec="milliseconds"))  # fmt: skip
    connection.commit()


def write_out(opened: Opened, act: UUID, dest: Path) -> list[str]:
    """Write the files of a dossier into a new folder; their names."""
    tree = opened.store.tree(AipId(f"{DOSSIER}{act}"))
    names = sorted(tree.paths())
    for name in names:
        target = dest / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(read_bytes(tree, name))
    return names


def form(lines: list[Line], title: str) -> bytes:
    """Lines as a PDF/A. Raises NoFont."""
    font = receipt_font()
    if font is None:
        raise NoFont()
    with tempfile.TemporaryDirectory(prefix="kho-form-") as folder:
        path = Path(folder) / "form.pdf"
        write_pdf(lines, font, path, title)
        return path.read_bytes()
