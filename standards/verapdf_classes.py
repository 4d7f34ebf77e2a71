"""Java's archive of veraPDF's classes (class data sharing): a JVM that has one starts with half the work.

The first veraPDF that ends in good order leaves the archive beside the jar; later ones use it. Java checks it against
itself and the jar, and goes on without it where it does not fit.
"""

import contextlib
import hashlib
import os
from pathlib import Path


class ClassArchive:
    """The archive for one jar and one Java, in the jar's folder; where that cannot be written there is none."""

    def __init__(self, jar: Path, java: str) -> None:
        self._file = jar.with_name(f"{jar.stem}-{_mark_of(jar, Path(java).resolve())}.jsa")
        self._part = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        self.missing = not self._file.is_file() and os.access(jar.parent, os.W_OK)

    def flags(self, *, record: bool) -> list[str]:
        """Options for a JVM: to use the archive where there is one, else to make it where `record`."""
        if self._file.is_file():
            return [f"-XX:SharedArchiveFile={self._file}", "-Xlog:disable"]
        return [f"-XX:ArchiveClassesAtExit={self._part}", "-Xlog:disable"] if record and self.missing else []

    def keep(self) -> None:
        """Put a newly made archive in its place. Without one, or without room for it, all stays as it was."""
        with contextlib.suppress(OSError):
            self._part.replace(self._file)


def _mark_of(jar: Path, java: Path) -> str:
    """A short name for this Java and jar, so that an upgrade of either makes an archive of its own."""
    stats = [path.stat() for path in (jar, java)]
    told = f"{java}:" + ":".join(f"{s.st_size}-{s.st_mtime_ns}" for s in stats)
    return hashlib.sha256(told.encode()).hexdigest()[:12]
