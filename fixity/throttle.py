"""A limit on bytes a second, shared by every thread that reads."""

import threading
import time
from io import RawIOBase
from typing import Any, BinaryIO, cast

from standards.ocfl_folder import Entry, ObjectFolder


class Throttle:
    """At most `rate` bytes a second over all callers; None: no limit."""

    def __init__(self, rate: int | None) -> None:
        self._rate = rate
        self._lock = threading.Lock()
        self._free_at = 0.0

    def take(self, count: int) -> None:
        """Wait until `count` more bytes may be read."""
        if not self._rate:
            return
        with self._lock:
            now = time.monotonic()
            begin = max(self._free_at, now)
            self._free_at = begin + count / self._rate
        if begin > now:
            time.sleep(begin - now)


class ThrottledFolder:
    """An `ObjectFolder` whose files are read no faster than a throttle lets."""

    def __init__(self, folder: ObjectFolder, throttle: Throttle) -> None:
        self._folder = folder
        self._throttle = throttle

    def entries(self, path: str) -> list[Entry]:
        return self._folder.entries(path)

    def size(self, path: str) -> int:
        return self._folder.size(path)

    def open(self, path: str) -> BinaryIO:
        return cast(BinaryIO, _Throttled(self._folder.open(path), self._throttle))


class _Throttled(RawIOBase):
    """A file that waits after each read."""

    def __init__(self, file: BinaryIO, throttle: Throttle) -> None:
        super().__init__()
        self._file = file
        self._throttle = throttle

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count: int = self._file.readinto(buffer)  # type: ignore[attr-defined]
        self._throttle.take(count)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
