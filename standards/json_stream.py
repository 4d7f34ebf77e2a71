"""JSON read as a stream: one value at a time, so that memory does not grow with the document.

    cursor = JsonCursor(file)
    for key in cursor.members():        # of the object that comes next
        if key == "manifest": ...       # read its value with members(), items(), value() or skip()

Each member's or item's value must be read or skipped before the loop goes on. RFC 8259 to the letter: UTF-8
without a byte-order mark, no comments, nothing after the value.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

_BUFFER = 1 << 16
_DEPTH = 32
_KINDS = {"start_map": "object", "start_array": "array"}


class BadJson(ValueError):
    """The document is not JSON, or nested deeper than any inventory or report is."""


class JsonCursor:
    """A place in a JSON document. Methods raise BadJson where the document ends or breaks."""

    def __init__(self, source: BinaryIO) -> None:
        self._events = iter(ijson.basic_parse(source, buf_size=_BUFFER, use_float=True))
        self._event = ""
        self._value: Any = None
        self._advance()

    def kind(self) -> str:
        """What comes next: object, array, string, number, boolean or null ("" at the end)."""
        return _KINDS.get(self._event, self._event)

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next, doubled keys included. BadJson where it is no object."""
        self._enter("object")
        while self._event != "end_map":
            key = self._value
            self._advance()
            yield key
        self._advance()

    def items(self) -> Iterator[None]:
        """One turn for each item of the array that comes next. BadJson where it is no array."""
        self._enter("array")
        while self._event != "end_array":
            yield
        self._advance()

    def value(self, depth: int = 0) -> Any:
        """The whole next value as Python's json gives it; of a doubled key the last value stands."""
        if depth > _DEPTH:
            raise BadJson(f"nested deeper than {_DEPTH} levels")
        if self._event == "start_map":
            return {key: self.value(depth + 1) for key in self.members()}
        if self._event == "start_array":
            return [self.value(depth + 1) for _ in self.items()]
        scalar = self._value
        self._advance()
        return scalar

    def text(self) -> str:
        """The next value, which must be a string."""
        if self._event != "string":
            raise BadJson(f"{self.kind() or 'the end'} where a string belongs")
        return str(self.value())

    def skip(self) -> None:
        """Go past the next value."""
        depth = 0
        while True:
            depth += self._event.startswith("start_")
            depth -= self._event.startswith("end_")
            self._advance()
            if depth == 0:
                return

    def finish(self) -> None:
        """Read to the end; BadJson where something follows the value."""
        while self._event:
            self._advance()

    def _enter(self, kind: str) -> None:
        if self.kind() != kind:
            raise BadJson(f"{self.kind() or 'the end'} where an {kind} belongs")
        self._advance()

    def _advance(self) -> None:
        try:
            self._event, self._value = next(self._events, ("", None))
        except (ijson.JSONError, UnicodeDecodeError) as problem:
            raise BadJson(" ".join(str(problem).split())[:200]) from problem
