"""The inspector: looks into delivered files by way of persistent children with limits on time and memory.

A delivered file is opened by no other process. A file that kills the child or uses up its time gets a finding; the
next file gets a new child.
"""

import contextlib
import json
import queue
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from fixity.digest import digests
from ingest.inspection import LOWEST_DPI, Inspection, inspection_of, pages_to_look_at, uninspected
from preservation.page_look import PageLook, look_from
from standards import tools
from standards.child import Child, Gone
from standards.errors import KhoError, ToolFailed
from standards.page_words import PageWords

_AT_ONCE = 16  # pages a request, each of which has the whole time
_FAILURES = 3  # pages without an answer, after which the rest of a file is not tried


class CannotInspect(KhoError):
    """A page or text that was asked for cannot be had from this file."""

    code = "cannot-inspect"
    vi = "Không đọc được tệp {path}: {reason}. Tệp có thể hỏng hoặc quá lớn; hãy kiểm tra tệp gốc."
    en = "The file {path} cannot be read: {reason}. It may be damaged or too large; check the original file."


class Inspector:
    """One child process or several, each started when it is first needed. Threads beyond their number take turns.

    `memory_mb` limits a child's private memory, `seconds` its time for one file.
    """

    def __init__(self, memory_mb: int = 1024, seconds: float = 60, *, children: int = 1) -> None:
        limits = tools.Limits(memory_mb=memory_mb)
        self._children = [Child("ingest.inspector_child", limits, seconds) for _child in range(children)]
        self._free: queue.LifoQueue[Child] = queue.LifoQueue()
        for child in self._children:
            self._free.put(child)

    def inspect(
        self, path: Path, *, shown: str | None = None, lowest_dpi: int = LOWEST_DPI, pictures: bool = True
    ) -> Inspection:
        """Everything that is to be known of one file; `shown` is its path in findings. Never raises for a bad file.

        Pages are looked at as `pictures` wherever a secrecy mark would matter.
        """
        with self._taken() as child:  # for the whole file: the bytes that were inspected are looked at
            looked, pages = _inspect(child, path, shown or path.name, lowest_dpi)
            return replace(looked, looks=_looks(child, path, pages)) if pictures else looked

    def texts(self, path: Path) -> tuple[str, ...]:
        """The text of each page of a PDF, for indexing again. Raises CannotInspect."""
        return tuple(json.loads(self._must("texts", path))["texts"])

    def render(self, path: Path, page: int, width: int) -> bytes:
        """A page (from 1) as a JPEG, `width` pixels wide. Raises CannotInspect."""
        return self._must("render", path, page=page, width=width)

    def tile(self, path: Path, page: int, width: int, left: int, top: int, side: int) -> bytes:
        """A part of a page that is drawn `width` pixels wide, as a JPEG. Raises CannotInspect."""
        return self._must("tile", path, page=page, width=width, left=left, top=top, side=side)

    def words(self, path: Path, page: int) -> PageWords:
        """Where the words of a page stand. Raises CannotInspect."""
        told = json.loads(self._must("words", path, page=page))
        return PageWords(
            told["high"], tuple((w, (x, y, wide, high)) for w, x, y, wide, high in told["words"])
        )

    def close(self) -> None:
        """End the children."""
        for child in self._children:
            child.close()

    def __enter__(self) -> "Inspector":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.close()

    def _must(self, call: str, path: Path, **values: int) -> bytes:
        try:
            with self._taken() as child:
                head, body = child.ask(call, path, **values)
        except (Gone, ToolFailed) as error:
            raise CannotInspect(path=path.name, reason=str(error)) from error
        if "error" in head:
            raise CannotInspect(path=path.name, reason=head["reason"])
        return body

    @contextlib.contextmanager
    def _taken(self) -> Iterator[Child]:
        """A child that no other thread has, the one that was used last where there is a choice."""
        child = self._free.get()
        try:
            yield child
        finally:
            self._free.put(child)


def _inspect(child: Child, path: Path, shown: str, lowest_dpi: int) -> tuple[Inspection, int]:
    """What is known without pictures, and how many pages can be looked at."""
    try:
        head, body = child.ask("inspect", path)
    except Gone as gone:
        return uninspected(_digested(path), "PDF-NO-ANSWER", shown, reason=str(gone)), 0
    except ToolFailed as failed:
        return uninspected(_digested(path), "PDF-NO-ANSWER", shown, reason=failed.text("en")), 0
    if "error" in head:
        code = "FILE-UNREADABLE" if head["error"] == "unreadable" else "PDF-NO-ANSWER"
        return uninspected(_digested(path), code, shown, reason=head["reason"]), 0
    told = json.loads(body)
    return inspection_of(told, shown, lowest_dpi), pages_to_look_at(told)


def _looks(child: Child, path: Path, pages: int) -> tuple[PageLook, ...]:
    """Every page as a picture, a few at a time; one that kills the child or its time is missed, with the reason."""
    looks: list[PageLook] = []
    failures = 0
    while len(looks) < pages:
        first = len(looks) + 1
        if failures >= _FAILURES:
            looks += [PageLook(n, missed="not reached") for n in range(first, pages + 1)]
            break
        count = 1 if failures else min(_AT_ONCE, pages - len(looks))
        seen = _look(child, path, first, count)
        failures += len(seen) != count or any(look.missed for look in seen)
        looks += seen if count == 1 or len(seen) == count else []
    return tuple(looks)


def _look(child: Child, path: Path, first: int, count: int) -> list[PageLook]:
    """The looks of some pages; where there is no answer, one missed page."""
    try:
        head, body = child.ask("look", path, first=first, count=count)
    except (Gone, ToolFailed) as error:
        return [PageLook(first, missed=str(error))]
    if "error" in head:
        return [PageLook(first, missed=head["reason"])]
    return [look_from(data) for data in json.loads(body)["looks"]]


def _digested(path: Path) -> tuple[int, str, str]:
    """Size, sha256 and sha512 without looking into the file; zero and empty where it cannot be read."""
    with contextlib.suppress(OSError):
        if path.is_file():
            made = digests(path)
            return made.size, made.by_algorithm["sha256"], made.by_algorithm["sha512"]
    return 0, "", ""
