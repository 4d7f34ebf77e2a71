"""The home folder of one Kho (KHO_HOME): its layout, its id, its secrets, its locks, and the room left on its disk.

    kho.json        the id of this home
    secrets/        generated passwords, 0600
    run/            pid files, locks, sockets: means nothing once the machine restarts
    logs/           one log for each service
    postgres/ solr/ what the embedded services keep
    store/ workspace/ quarantine/ receipts/ exports/

The folder is 0700: no other account reads a byte below it.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from standards.errors import KhoError

FOLDERS = ("secrets", "run", "logs", "store", "workspace", "quarantine", "receipts", "exports")


class NoHome(KhoError):
    """The folder is no home of Kho."""

    code = "no-home"
    vi = "Chưa có kho trong thư mục {path}. Kiểm tra lại --home hoặc KHO_HOME."
    en = "There is no Kho home in {path}. Check --home or KHO_HOME."


class NotAHome(KhoError):
    """A folder that holds other things would become a home."""

    code = "not-a-home"
    vi = "Thư mục {path} đang chứa dữ liệu khác, không phải của Kho. Hãy chọn một thư mục trống hoặc chưa có."
    en = "The folder {path} holds other things that are not Kho's. Choose a folder that is empty or does not exist."


class HomeUnusable(KhoError):
    """The home cannot be made, read or written."""

    code = "home-unusable"
    vi = "Không dùng được thư mục {path}: {reason}. Kiểm tra quyền của tài khoản đang chạy Kho trên thư mục này."
    en = "The folder {path} cannot be used: {reason}. Check what the account that runs Kho may do there."


class DiskTooFull(KhoError):
    """Less room is left than the work needs."""

    code = "disk-too-full"
    vi = (
        "Ổ đĩa chứa {path} chỉ còn trống {free_mb} MB, cần ít nhất {needed_mb} MB."
        " Hãy giải phóng dung lượng rồi chạy lại; chưa có dữ liệu nào bị thay đổi."
    )
    en = (
        "The disk of {path} has only {free_mb} MB left and at least {needed_mb} MB are needed."
        " Make room and run again; nothing was changed."
    )


class HomeBusy(KhoError):
    """Another command holds a lock of the home for too long."""

    code = "home-busy"
    vi = "Một lệnh khác của Kho đang giữ khoá {name} của {path}. Hãy đợi lệnh đó xong rồi chạy lại."
    en = "Another Kho command holds the lock {name} of {path}. Wait until it is done and run again."


@dataclass(frozen=True, slots=True)
class Home:
    """A home that exists. `id` is 12 hex digits, made once; `path` is absolute."""

    path: Path
    id: str

    @property
    def store(self) -> Path:
        """The default storage location."""
        return self.path / "store"

    @property
    def workspace(self) -> Path:
        """Where packages are worked on."""
        return self.path / "workspace"

    @property
    def quarantine(self) -> Path:
        """Where refused packages wait for a person."""
        return self.path / "quarantine"

    @property
    def receipts(self) -> Path:
        """Receipts for producers."""
        return self.path / "receipts"

    @property
    def exports(self) -> Path:
        """Packages written for others, where no folder is named."""
        return self.path / "exports"

    @property
    def run(self) -> Path:
        """Pid files, locks and sockets."""
        return self.path / "run"

    @property
    def logs(self) -> Path:
        """Logs of the services."""
        return self.path / "logs"

    def secret(self, name: str) -> str:
        """The secret called `name`, 43 characters of base64url; made on first use, kept in a 0600 file."""
        return create_once(self.path / "secrets" / name, secrets.token_urlsafe(32))

    @contextlib.contextmanager
    def lock(self, name: str, timeout: float = 300.0) -> Iterator[None]:
        """Hold the lock `name` of this home, between processes; freed when the holder dies. Raises HomeBusy."""
        with (self.run / f"{name}.lock").open("a") as handle:
            if not _flock_before(handle.fileno(), time.monotonic() + timeout):
                raise HomeBusy(name=name, path=self.path)
            yield


def open_home(path: Path | str, *, create: bool = True) -> Home:
    """The home in `path`, made where it is missing and `create` is set.

    Raises NoHome (missing, not `create`), NotAHome (a folder with other things), HomeUnusable (permissions).
    """
    root = Path(path).absolute()
    try:
        if not (root / "kho.json").exists():
            _make(root, create)
        return Home(root, str(json.loads((root / "kho.json").read_text())["id"]))
    except (OSError, ValueError, KeyError) as error:
        raise HomeUnusable(path=root, reason=error) from error


def _make(root: Path, create: bool) -> None:
    if not create:
        raise NoHome(path=root)
    if root.exists() and not _ours_or_empty(root):
        raise NotAHome(path=root)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    root.chmod(0o700)
    for name in FOLDERS:
        (root / name).mkdir(mode=0o700, exist_ok=True)
    create_once(root / "kho.json", json.dumps({"schema": 1, "id": uuid.uuid4().hex[:12]}))


def _ours_or_empty(root: Path) -> bool:
    # Another command may be making the same home, or was killed while it did.
    return all(entry.name in FOLDERS or entry.name.startswith(".kho.json.") for entry in root.iterdir())


def create_once(path: Path, text: str) -> str:
    """Write `text` to a new 0600 file and give what the file holds: of several writers at once the first wins."""
    if not path.exists():
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    return path.read_text()


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace `path` in one move, so that a reader sees the old text or the new and never a part."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "w") as out:
        out.write(text)
        os.fchmod(out.fileno(), mode)
    Path(name).replace(path)


def require_space(path: Path, needed: int) -> None:
    """Raise DiskTooFull where the disk of `path` has less than `needed` bytes left."""
    free = shutil.disk_usage(path).free
    if free < needed:
        raise DiskTooFull(path=path, free_mb=free // 2**20, needed_mb=-(-needed // 2**20))


def _flock_before(handle: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        else:
            return True
