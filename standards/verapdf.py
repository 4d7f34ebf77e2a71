"""veraPDF, the PDF/A judge, in long-lived Java processes that belong to this process.

veraPDF's hidden `--servermode` takes one path a line and answers with the path of a report. It judges a file in about
the time of the batch command, without the two seconds that a JVM needs to start. Files are given to it as symbolic
links with names of our own in a private folder, since a newline in a name would break the protocol. Where a server
ends without an answer the batch command is tried; without an answer there the verdict is "unknown".
"""

import contextlib
import fcntl
import json
import os
import queue
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path
from types import TracebackType

from standards import tools
from standards.errors import KhoError, ToolFailed
from standards.pdfa import PdfaVerdict, no_answer, read_report
from standards.verapdf_classes import ClassArchive
from standards.verapdf_server import NoAnswer, Server

VERSION = "1.30.2"
JAR = f"cli-{VERSION}.jar"
SHA256 = "287cc9c9757f99dcff4a2d39b68268245b48103fb6af443162d5a29df2afa332"
JVM_FLAGS = ("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true")
# Java's slow compiler only where it pays, which is the rules' evaluation: judging takes half the time of the quick
# compiler alone, and compiling a third less than Java's defaults (docs/performance.md).
COMPILED = (
    "org/mozilla/javascript/*.*",
    "org/verapdf/pdfa/validation/*.*",
    "java/lang/*.*",
    "java/util/*.*",
)
QUIET = ("--format", "json", "--loglevel", "0", "--maxfailuresdisplayed", "1")

_FRESH = 60.0  # seconds that a folder may need until it is locked
_FAREWELL = 20.0  # seconds that the first JVM may take to write down its classes

# One page without content. veraPDF mends the missing table of references; what it says of the page is not asked.
_EMPTY = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


class VeraPdfMissing(KhoError):
    """The judge of PDF/A is not there, so no file can be judged."""

    code = "verapdf-missing"
    vi = "Thiếu veraPDF: không có {what}. Chạy `make setup` để cài rồi làm lại."
    en = "veraPDF is missing: there is no {what}. Run `make setup` to install it, then try again."


class VeraPdf:
    """veraPDF with `processes` JVMs, each started at its first file and restarted after `recycle` files.

    `jars` is the folder that holds the pinned jar, `workdir` an existing folder for links and reports (None: the
    system's temporary folder). A file that takes longer than `seconds` costs its JVM and gets "unknown". Safe to call
    from several threads. Raises VeraPdfMissing at once where Java or the jar is not there.
    """

    version = VERSION

    def __init__(
        self,
        jars: Path,
        java: str = "java",
        workdir: Path | None = None,
        *,
        processes: int = 1,
        seconds: float = 120,
        heap_mb: int = 512,
        recycle: int = 2000,
    ) -> None:
        found, jar = _found(java), _present(jars / JAR)
        self._jar = ["-jar", str(jar), *QUIET]
        self._classes = ClassArchive(jar, found)
        self._room, self._in_use = _room(workdir)
        self._java = [found, *jvm_flags(self._room / "compiler.json"), f"-Xmx{heap_mb}m"]
        self._seconds, self._processes = seconds, processes
        self._names = count()
        self._idle: queue.SimpleQueue[Server] = queue.SimpleQueue()
        for number in range(processes):
            self._idle.put(self._server(number, recycle))
        self._threads = ThreadPoolExecutor(max_workers=processes, thread_name_prefix="verapdf")

    def warm(self) -> None:
        """Start the JVMs in the background, each with an empty page, so that the first file finds them ready."""
        page = self._room / "empty.pdf"
        page.write_bytes(_EMPTY)
        for _server in range(self._processes):
            self.submit(page)

    def submit(self, path: Path) -> "Future[PdfaVerdict]":
        """Have a file judged by what it claims, in the background. A bad file never makes the future raise."""
        return self._threads.submit(self._judge, path)

    def judge(self, path: Path, flavour: str | None = None) -> PdfaVerdict:
        """Judge a file by what it claims, or by `flavour` ("2u"), and wait for the verdict."""
        if flavour is None:
            return self.submit(path).result()
        return self._with_link(path, lambda link: self._batch(link, "--flavour", flavour))

    def close(self) -> None:
        """Judge the files still waiting, end the JVMs and remove the private folder."""
        self._threads.shutdown(wait=True)
        while not self._idle.empty():
            self._idle.get().finish(_FAREWELL if self._classes.missing else 0)
        self._classes.keep()
        shutil.rmtree(self._room, ignore_errors=True)
        os.close(self._in_use)

    def __enter__(self) -> "VeraPdf":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.close()

    def _server(self, number: int, recycle: int) -> Server:
        reports = self._room / f"reports-{number}"
        reports.mkdir(mode=0o700)
        flags = [*self._classes.flags(record=number == 0), f"-Djava.io.tmpdir={reports}"]
        return Server([*self._java, *flags, *self._jar], reports, recycle)

    def _judge(self, path: Path) -> PdfaVerdict:
        server = self._idle.get()
        try:
            return self._with_link(path, lambda link: self._ask(server, link))
        finally:
            self._idle.put(server)

    def _ask(self, server: Server, link: Path) -> PdfaVerdict:
        try:
            return read_report(server.ask(link, self._seconds))
        except NoAnswer as failed:
            # A file that used up its time would use it up again.
            return no_answer(failed.reason, VERSION) if failed.late else self._batch(link)

    def _batch(self, link: Path, *options: str) -> PdfaVerdict:
        command: Sequence[str | Path] = [
            *self._java, f"-Djava.io.tmpdir={self._room}", *self._jar, *options, link
        ]  # fmt: skip
        try:
            done = tools.run(command, limits=tools.Limits(seconds=self._seconds, file_mb=256))
        except ToolFailed as failed:
            return no_answer(failed.text("en"), VERSION)
        return read_report(done.out) if done.out else no_answer(f"exit code {done.code}", VERSION)

    def _with_link(self, path: Path, judge: Callable[[Path], PdfaVerdict]) -> PdfaVerdict:
        link = self._room / f"{next(self._names)}.pdf"
        try:
            link.symlink_to(path.absolute())
            return judge(link)
        except OSError as error:
            return no_answer(str(error), VERSION)
        finally:
            link.unlink(missing_ok=True)


def clear_left_behind(workdir: Path) -> list[str]:
    """Remove the private folders of those that were killed; the names of what went. Safe while others work here."""
    gone = []
    for room in sorted(workdir.glob("verapdf-*")):
        with contextlib.suppress(OSError):
            if time.time() - room.stat().st_mtime > _FRESH and _is_free(room):
                shutil.rmtree(room, ignore_errors=True)
                gone.append(room.name)
    return gone


def _room(workdir: Path | None) -> tuple[Path, int]:
    """A new private folder, and the handle that holds it locked while this process lives."""
    room = Path(tempfile.mkdtemp(prefix="verapdf-", dir=workdir)).resolve()
    handle = os.open(room, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return room, handle


def _is_free(room: Path) -> bool:
    handle = os.open(room, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def jvm_flags(directives: Path) -> list[str]:
    """The options of every JVM of ours; what the compilers are told is written to `directives`."""
    told = [
        {"match": list(COMPILED), "c2": {"Exclude": False}},
        {"match": "*.*", "c2": {"Exclude": True}},
    ]
    directives.write_text(json.dumps(told), encoding="utf-8")
    # The machine counts its directives aloud; standard output belongs to the reports.
    quiet = ("-XX:+UnlockDiagnosticVMOptions", "-XX:+DisplayVMOutputToStderr")
    return [*JVM_FLAGS, *quiet, f"-XX:CompilerDirectivesFile={directives}"]


def _found(java: str) -> str:
    try:
        return tools.find(java)
    except ToolFailed as failed:
        raise VeraPdfMissing(what="Java") from failed


def _present(jar: Path) -> Path:
    if not jar.is_file():
        raise VeraPdfMissing(what=str(jar))
    return jar.resolve()
