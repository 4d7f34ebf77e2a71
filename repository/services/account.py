"""The unprivileged account that services run as where Kho itself runs as root.

The folders above a home are never opened for that account: a service is handed open directory descriptors instead,
and reaches its folders as /proc/self/fd/N, which looks at no parent's mode (and is short enough for a socket).
"""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from repository.services.errors import NoServiceAccount

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A local account. `drop` is put before a command so that it runs as this account with no capability left."""

    name: str
    uid: int
    gid: int

    @property
    def drop(self) -> tuple[str, ...]:
        """The words before a command; none where Kho runs as this account already."""
        if os.geteuid() == self.uid:
            return ()
        return (
            "setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups",
            "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--",
        )  # fmt: skip

    def own(self, path: Path, mode: int = 0o700) -> Path:
        """Make the folder `path` where it is missing, owned by this account; give it back."""
        path.mkdir(mode=mode, exist_ok=True)
        path.chmod(mode)
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        return path

    def reaches(self, path: Path) -> bool:
        """Whether this account may read below `path` by its name: judged by the modes of the folders above."""
        if os.geteuid() == self.uid:
            return True
        return all(_open_to(folder, self.uid) for folder in [path, *path.parents])


def service_account() -> Account:
    """The account for services: Kho's own, or an unprivileged one where Kho is root. Raises NoServiceAccount."""
    if os.geteuid() != 0:
        return Account(str(os.geteuid()), os.geteuid(), os.getegid())
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise NoServiceAccount()


@contextmanager
def folder_handles(*paths: Path) -> Iterator[tuple[int, ...]]:
    """Open descriptors of folders, to hand to a process; `handle_path` names them inside it."""
    opened = [os.open(path, os.O_RDONLY | os.O_DIRECTORY) for path in paths]
    try:
        yield tuple(opened)
    finally:
        for handle in opened:
            os.close(handle)


def handle_path(handle: int) -> str:
    """The name under which the process that holds `handle` reaches that folder."""
    return f"/proc/self/fd/{handle}"


def _open_to(folder: Path, uid: int) -> bool:
    facts = folder.stat()
    return bool(facts.st_mode & (0o100 if facts.st_uid == uid else 0o001))
