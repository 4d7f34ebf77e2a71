"""A home whose store holds objects that its catalogue knows, for audits, repairs and the journal."""

from pathlib import Path

from repository import catalogue
from repository.copies import know_inventory, note_written
from repository.opening import Opened
from repository.packages import AipId
from repository.store_fs import FileStore
from tests.ocfl_fixtures import put, stored_files


def hold(
    opened: Opened, folder: Path, count: int, location: str = "primary", store: FileStore | None = None
) -> list[str]:
    """Store `count` objects of three small files and record them; gives their ids in the order of audits."""
    ids = [f"urn:uuid:00000000-0000-4000-8000-{number:012d}" for number in range(count)]
    with opened.connect() as connection:
        for id in ids:
            content = {f"data/{n}.txt": f"{id} {n} ".encode() * 50 for n in range(3)}
            put(store or opened.store, AipId(id), stored_files(folder / location / id[-4:], content))
            note_written(connection, id, "v1", catalogue.now(), location=location)
            know_inventory(connection, store or opened.store, id, "v1")
        connection.commit()
    return ids


def home_of(opened: Opened, id: str) -> Path:
    """The object's folder in the primary store."""
    return opened.store.root / opened.store.place_of(AipId(id))


def content_of(opened: Opened, id: str, name: str = "0.txt") -> Path:
    """A content file in the primary store, made writable."""
    path = home_of(opened, id) / "v1/content/data" / name
    path.chmod(0o640)
    return path
