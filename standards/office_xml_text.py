"""What the XML parts of office files say: their text by paragraph and cell, and what they point to outside."""

import re
from collections.abc import Mapping
from typing import Final

from standards.office import Drawn
from standards.xml import Reader

_PARAGRAPHS: Final = frozenset({"p", "h", "si", "is"})
_TEXTS: Final = frozenset({"t", "delText"})
_HEADERS: Final = frozenset(
    f"{page}{place}" for page in ("odd", "even", "first") for place in ("Header", "Footer")
)
_HEADER_CODES: Final = re.compile(r'&"[^"]*"|&\d+|&K[0-9A-Fa-f]{6}|&[A-KM-QS-Z]')
_DDE: Final = re.compile(r"\bDDE(AUTO)?\b|^=?\w+\|", re.I)
_LOADED: Final = frozenset(
    {"image", "object", "object-ole", "plugin", "floating-frame", "section-source", "table-source", "fill-image",
     "background-image", "cell-range-source", "applet", "audio", "video"}
)  # fmt: skip
_EVERY: Final = 5_000


class _Lines(Reader):
    """Paragraphs one in another (a text box in a paragraph), each a line when it ends."""

    def __init__(self, drawn: Drawn, *, is_about: bool = False) -> None:
        self.drawn = drawn
        self.lines: list[str] = []
        self._is_about = is_about
        self._open: list[list[str]] = [[]]
        self._seen = 0

    def begin(self) -> None:
        self._open.append([])

    def say(self, text: str) -> None:
        self._open[-1].append(text)

    def finish(self) -> None:
        if len(self._open) > 1:
            self.lines.append("".join(self._open.pop()))

    def loose(self) -> None:
        """Text outside of paragraphs is a line of its own."""
        if len(self._open) == 1 and self._open[0]:
            self.lines.append("".join(self._open[0]))
            self._open[0].clear()

    def count(self) -> None:
        self._seen += 1
        if self._seen % _EVERY == 0:
            self.drawn.check_time()

    def close(self) -> None:
        while len(self._open) > 1:
            self.finish()
        self.loose()
        self.drawn.part(self.lines, is_about=self._is_about)


class PlainReader(_Lines):
    """Properties and the like: the text of every element is a line."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.count()
        self.loose()

    def data(self, text: str) -> None:
        self.say(text)

    def end(self, tag: str) -> None:
        self.loose()


class RelationsReader(Reader):
    """Relationships of OOXML: what is loaded from outside. A hyperlink loads nothing."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        if attributes.get("TargetMode") == "External" and kind != "hyperlink":
            self.drawn.traits.add("external")


class OoxmlReader(_Lines):
    """The parts of word/, xl/ and ppt/. Cell values count where they are words; a shared string is read once."""

    def __init__(self, drawn: Drawn, *, is_about: bool = False) -> None:
        super().__init__(drawn, is_about=is_about)
        self._taking = ""
        self._cell = ""
        self._instruction: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.count()
        name = tag.rpartition("}")[2]
        if name in _PARAGRAPHS:
            self.begin()
        elif name in _TEXTS or name in _HEADERS or name in ("instrText", "f"):
            self._taking = name
        elif name == "c":
            self._cell = attributes.get("t", "n")
        elif name == "pt":
            self._cell = ""
        elif name == "v" and self._cell in ("", "str"):
            self._taking = name
        elif name in ("br", "cr"):
            self.say("\n")
        elif name == "tab":
            self.say("\t")
        else:
            self._other(name, attributes)

    def _other(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "textpath" and attributes.get("string"):
            self.lines.append(attributes["string"])  # the words of a watermark
        elif name == "ddeLink":
            self.drawn.traits.add("dde")
        for key, value in attributes.items():
            if key.endswith("}instr"):
                self._field(value)

    def data(self, text: str) -> None:
        if self._taking in _TEXTS or self._taking == "v" or self._taking in _HEADERS:
            self.say(text)
        elif self._taking:
            self._instruction.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name in _PARAGRAPHS:
            self._field("".join(self._instruction))
            self._instruction.clear()
            self.finish()
        elif name == self._taking:
            self._end_of_text(name)

    def _end_of_text(self, name: str) -> None:
        self._taking = ""
        if name in _HEADERS:
            # &L, &C and &R begin the three boxes of a header.
            boxes = re.split(r"&[LCR]", _HEADER_CODES.sub("", "".join(self._open[-1])))
            self._open[-1].clear()
            self.lines += boxes
        elif name == "f":
            self._field("".join(self._instruction))
            self._instruction.clear()
        elif name != "instrText":
            self.loose()

    def _field(self, instruction: str) -> None:
        if _DDE.search(instruction.strip()):
            self.drawn.traits.add("dde")


class OdfReader(_Lines):
    """content.xml, styles.xml and meta.xml of ODF, and those of objects inside."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.count()
        name = tag.rpartition("}")[2]
        if name in _PARAGRAPHS:
            self.begin()
        elif name == "s":
            self.say(" " * min(100, _number(attributes, "}c")))
        elif name in ("tab", "line-break"):
            self.say("\t" if name == "tab" else "\n")
        elif name.startswith("dde-"):
            self.drawn.traits.add("dde")
        elif name == "event-listener":
            self.drawn.traits.add("macros")
        elif name in _LOADED:
            self._loaded(attributes)

    def _loaded(self, attributes: Mapping[str, str]) -> None:
        target = next((v for k, v in attributes.items() if k.endswith("}href")), "")
        if "://" in target or target.startswith(("../", "/", "\\", "file:")):
            self.drawn.traits.add("external")

    def data(self, text: str) -> None:
        self.say(text)

    def end(self, tag: str) -> None:
        if tag.rpartition("}")[2] in _PARAGRAPHS:
            self.finish()
        else:
            self.loose()


def _number(attributes: Mapping[str, str], key: str) -> int:
    told = next((v for k, v in attributes.items() if k.endswith(key)), "1")
    return int(told) if told.isascii() and told.isdecimal() else 1
