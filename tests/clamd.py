"""Debian's clamd, run in a folder of its own with a signature file of the tests' own."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from standards import tools

# Put together here, so that no scanner takes this file for the thing itself.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT_MB = 1
CONFIG = """Foreground yes
LocalSocket {folder}/socket
DatabaseDirectory {folder}/db
TemporaryDirectory {folder}
LogFile {folder}/log
StreamMaxLength {limit}M
MaxFileSize 512K
AlertExceedsMax yes
MaxThreads 4
{user}
"""


class Daemon:
    """Debian's clamd in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "socket"
        self.process: subprocess.Popen[bytes] | None = None
        (folder / "db").mkdir()
        (folder / "db" / "kho.ndb").write_text(f"Kho.Eicar-Test:0:*:{EICAR.hex()}\n")
        user = "User root" if os.getuid() == 0 else ""
        (folder / "conf").write_text(CONFIG.format(folder=folder, limit=LIMIT_MB, user=user))

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["clamd", "--config-file", self.folder / "conf"]
        self.process = tools.start(command, limits=tools.Limits(network=True))
        for _ in range(300):
            if self.socket.is_socket() and self.process.poll() is None:
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            tools.kill(self.process)
        self.socket.unlink(missing_ok=True)


@contextmanager
def running() -> Iterator[Daemon]:
    """A daemon that answers; the test is skipped where clamd is not installed."""
    if shutil.which("clamd", path=os.environ["PATH"] + ":/usr/sbin") is None:
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder:
        made = Daemon(Path(folder))
        made.start()
        try:
            yield made
        finally:
            made.stop()
