"""Moving a finished version from staging into the store, and completing a move that a crash cut short.

v1 moves in by one rename of the whole object. For vN the version folder moves in first, then the root
inventory, then its sidecar: so a reader that trusts the root inventory always finds what it names.
"""

from contextlib import suppress
from pathlib import Path

from fixity.digest import copy_with_digests, digests
from repository.faults import fault, register
from repository.store import StoreFailed
from repository.store_layout import fsync_folder, next_version, write_file
from standards.ocfl_inventory import INVENTORY, SIDECAR, read_heading

POINTS = register(
    "store.before-rename",
    "store.after-rename",
    "store.version-placed",
    "store.inventory-placed",
)


def place_object(whole: Path, home: Path, root: Path) -> None:
    """Rename the finished object `whole` to `home`. Raises OSError (ENOTEMPTY where `home` is an object)."""
    try:
        _make_way(home.parent, root)
        fault("store.before-rename")
        whole.rename(home)
    except OSError:
        prune(home.parent, root)
        raise
    fault("store.after-rename")
    fsync_folder(home.parent)


def place_version(work: Path, home: Path, name: str) -> None:
    """Move the finished version `work`/`name` into the object `home` and make it the head."""
    copy_inventory(work / name, work)
    fault("store.before-rename")
    (work / name).rename(home / name)
    fsync_folder(home)
    fault("store.version-placed")
    _renew_root_inventory(work, home)


def mend_object(work: Path, home: Path) -> str | None:
    """Complete what a crash left of a move into `home`; gives `Recovered.action`, None where all is well.

    Raises StoreFailed where the version that was placed is not whole: then only another copy can help.
    """
    head = read_heading(home / INVENTORY).head
    following = next_version(head)
    if (home / following).is_dir():
        _check_whole(home / following)
        copy_inventory(home / following, work)
        _renew_root_inventory(work, home)
        return "completed-version"
    if (home / SIDECAR).read_bytes() != (home / head / SIDECAR).read_bytes():
        _check_whole(home / head)
        copy_inventory(home / head, work)
        _renew_root_inventory(work, home)
        return "renewed-sidecar"
    return None


def copy_inventory(version: Path, target: Path) -> None:
    """The version's inventory and sidecar once more, as new files of `target`."""
    copy_with_digests(version / INVENTORY, target / INVENTORY, (), mode=0o440, fsync=True)
    write_file(target / SIDECAR, (version / SIDECAR).read_bytes())


def prune(folder: Path, root: Path) -> None:
    """Remove `folder` and those above it, up to `root`, as far as they are empty (OCFL E073)."""
    with suppress(OSError):
        while folder != root:
            with suppress(FileNotFoundError):  # killed between two of them, a writer made only the upper ones
                folder.rmdir()
            folder = folder.parent


def _make_way(folder: Path, root: Path) -> None:
    """The folders above an object, on the disk; made again where another writer prunes one just now."""
    while True:
        missing = [step for step in (folder, *folder.parents) if root in step.parents and not step.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            for step in missing:
                fsync_folder(step.parent)
        except FileNotFoundError:
            continue
        return


def _renew_root_inventory(work: Path, home: Path) -> None:
    (work / INVENTORY).replace(home / INVENTORY)
    fsync_folder(home)
    fault("store.inventory-placed")
    (work / SIDECAR).replace(home / SIDECAR)
    fsync_folder(home)


def _check_whole(version: Path) -> None:
    """A version folder was put on the disk before it was placed, so its inventory must fit its sidecar."""
    found = digests(version / INVENTORY, ("sha512",)).by_algorithm["sha512"]
    if (version / SIDECAR).read_text(encoding="utf-8").split()[:1] != [found]:
        raise StoreFailed(
            path=version, reason="bản kê không khớp mã băm / the inventory does not fit its digest"
        )
