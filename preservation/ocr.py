"""Text recognition: pages without text become a two-layer PDF/A-2u, by way of a limited child process.

The child opens what was delivered, and nobody else does. A file that kills it or uses up its time is told as such, and
the next file gets a new child.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from preservation.ocr_policy import Policy, policy
from standards import tools
from standards.child import Child, Gone
from standards.errors import ToolFailed

# Kho runs a child for each core; Tesseract's own threads would only get into each other's way.
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1"}


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """A page that was read (`page` from 1): its text, mean confidence of its words (0 to 100), how far it was turned
    clockwise, the languages it was read in, whether through a median filter."""

    page: int
    text: str
    confidence: float
    turned: int
    languages: tuple[str, ...]
    median: bool


@dataclass(frozen=True, slots=True)
class Recognition:
    """What came of a document. `state` is one of

    made: `pdf` and `hocr` are written, not yet judged by veraPDF; `way` is lean or supported, `images` the sha256 of
        every picture in it, which are those of the source, `pictures` the proofs of a source that is no PDF;
    nothing: no page has a word;  sealed: a page carries a secrecy mark, nothing was made;
    changed: the file is not the one that was looked at;  refused, no-answer, missing: `reason` tells why.
    """

    state: str
    reason: str = ""
    way: str = ""
    engine: str = ""
    pages: tuple[RecognisedPage, ...] = ()
    images: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    pdf: Path = Path()
    hocr: Path = Path()


class Recogniser:
    """One child process, started at the first document. Safe to call from several threads, which then take turns."""

    def __init__(self, of: Policy | None = None) -> None:
        self.policy = of or policy()
        limits = tools.Limits(memory_mb=self.policy.memory_mb, file_mb=4096)
        self._child = Child("preservation.ocr_child", limits, self.policy.seconds, env=_ENVIRONMENT)

    def recognise(
        self, source: Path, sha256: str, out: Path, *, pages: Sequence[int] | None, redo: Sequence[int] = (),
        languages: Sequence[str], title: str,
    ) -> Recognition:  # fmt: skip
        """Read `pages` (from 0) of a PDF, or all of a picture (None), as languages of Tesseract; files are written as
        `out` with suffixes. `redo` names those pages whose own text is to go. Never raises for a bad file."""
        seconds = self.policy.seconds + self.policy.seconds_a_page * (len(pages) if pages is not None else 1)
        try:
            head, body = self._child.ask(
                "recognise", source, seconds=seconds, sha256=sha256, out=str(out.absolute()),
                pages=None if pages is None else list(pages), redo=list(redo), languages=list(languages), title=title,
            )  # fmt: skip
        except Gone as gone:
            return Recognition("no-answer", str(gone))
        except ToolFailed as failed:
            return Recognition("no-answer", failed.text("en"))
        if "error" in head:
            state = {"no-languages": "missing", "memory": "no-answer"}.get(head["error"], "refused")
            return Recognition(state, head["reason"])
        return _recognition(json.loads(body), out)

    def signatures(self, source: Path, roots: Sequence[Path]) -> list[dict[str, Any]]:
        """The verdict on each signature (`preservation.ocr_signature`); one "unknown" where there is no answer."""
        try:
            head, body = self._child.ask("signatures", source, roots=[str(root) for root in roots])
        except (Gone, ToolFailed) as error:
            return [{"state": "unknown", "reason": str(error)}]
        if "error" in head:
            return [{"state": "unknown", "reason": head["reason"]}]
        return list(json.loads(body)["signatures"])

    @property
    def pid(self) -> int | None:
        """The child that answers now."""
        return self._child.pid

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def __enter__(self) -> "Recogniser":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.close()


def _recognition(told: dict[str, Any], out: Path) -> Recognition:
    if told["state"] != "made":
        return Recognition(told["state"])
    pages = tuple(
        RecognisedPage(
            page["page"], page["text"], page["confidence"], page["turned"], tuple(page["languages"]), page["median"]
        )
        for page in told["pages"]
    )  # fmt: skip
    return Recognition(
        "made", told["reason"], told["way"], told["engine"], pages, tuple(told["images"]), tuple(told["pictures"]),
        out.with_name(out.name + ".pdf"), out.with_name(out.name + ".hocr.gz"),
    )  # fmt: skip
