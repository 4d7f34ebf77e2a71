"""What the steps of the way in work with: the home, the store, and the tools that one worker process owns."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from ingest.inspector import Inspector
from ingest.workspace import Workspace
from preservation import office
from preservation.ocr import Recogniser
from repository.config import Settings
from repository.home import Home
from repository.rows import PackageRow
from repository.store_fs import FileStore
from standards.clamav import ClamAv
from standards.tools import Limits
from standards.verapdf import VeraPdf

_INSPECTORS = (
    2  # looking at pages as pictures takes as long as judging PDF/A: one child would keep a core idle
)


@dataclass(frozen=True, slots=True)
class Tools:
    """The judges of a worker process, shared by its threads; `office` is what one conversion may use."""

    inspector: Inspector
    verapdf: VeraPdf
    clamav: ClamAv
    recogniser: Recogniser
    jvms: int = 1
    office: Limits = office.LIMITS


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to every step. `connection` is the thread's own, for reading between commits."""

    home: Home
    store: FileStore
    tools: Tools
    connection: psycopg.Connection

    def workspace(self, package: PackageRow) -> Workspace:
        """The package's folder while it is on its way in."""
        return workspace_of(self.home, package)


def workspace_of(home: Home, package: PackageRow) -> Workspace:
    """The folder of a package on its way in."""
    return Workspace(home.workspace / package.batch / f"{package.ordinal:06d}")


def quarantine_of(home: Home, package: PackageRow) -> Path:
    """The folder of a package in quarantine."""
    return home.quarantine / f"{package.batch}-{package.ordinal:06d}"


@contextmanager
def open_tools(settings: Settings, home: Home, jvms: int) -> Iterator[Tools]:
    """Start the tools of a process, veraPDF with `jvms` processes, and end them with it."""
    scratch = home.workspace / "tools"
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        Inspector(children=min(_INSPECTORS, os.cpu_count() or 1)) as inspector,
        VeraPdf(settings.lib / "verapdf", workdir=scratch, processes=jvms) as verapdf,
        ClamAv() as clamav,
        Recogniser() as recogniser,
    ):
        limits = replace(office.LIMITS, seconds=settings.convert_seconds)
        yield Tools(inspector, verapdf, clamav, recogniser, jvms, limits)
