"""The one way XML is read and written here: no DTD, no entities, no network, schemas from this package alone.

Reading gives up at a document type declaration, whatever it declares: none of our standards needs one. Writing
is a stream of text, digested and held to its XSD while it passes, so that memory does not grow with it.
"""

import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import resources
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final

from lxml import etree

from standards.errors import KhoError

METS: Final = "http://www.loc.gov/METS/"
CSIP: Final = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
PREMIS: Final = "http://www.loc.gov/premis/v3"
XLINK: Final = "http://www.w3.org/1999/xlink"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE: Final = _IN_TEXT | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})
_BLOCK: Final = 1 << 16
_FAULTS: Final = 100


class BadXml(KhoError):
    """A document is not well-formed, has a document type declaration, or does not fit its schema."""

    code = "bad-xml"
    vi = "Tệp XML {path} không dùng được (dòng {line}): {reason}"
    en = "The XML file {path} cannot be used (line {line}): {reason}"


class _LocalSchemas(etree.Resolver):
    """Gives the schemas that we hold for the addresses that they import each other by; nothing else."""

    def resolve(self, url: str, _public: str, context: Any) -> Any:  # type: ignore[override]
        name = url.rpartition("/")[2]
        held = resources.files("standards") / "schemas" / name
        if not held.is_file():
            raise OSError(f"schema {url} is not held here")
        return self.resolve_string(held.read_bytes(), context, base_url=name)


def schema_path(name: str) -> Path:
    """Where the schema `name` ("METS.xsd") lies, for packages that must carry it."""
    return Path(str(resources.files("standards") / "schemas" / name))


@functools.cache
def schema(name: str) -> etree.XMLSchema:
    """The compiled schema, e.g. "METS.xsd" (which imports xlink), "premis.xsd", "EAD.xsd"."""
    parser = _parser()
    parser.resolvers.add(_LocalSchemas())
    return etree.XMLSchema(etree.parse(BytesIO(schema_path(name).read_bytes()), parser, base_url=name))


class Reader:
    """What is told of a document while it is read; subclass it. Nothing is kept of what it does not keep itself.

    Names are as lxml gives them: `{namespace}local`. Text comes in pieces.
    """

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...

    def comment(self, text: str) -> None: ...

    def pi(self, target: str, data: str | None = None) -> None: ...

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise BadXml(path="", line=1, reason=f"a document type declaration (DTD) is not accepted: {name}")

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where a document breaks its schema."""

    line: int
    reason: str


def read_stream(stream: BinaryIO, path: str, reader: Reader, xsd: str | None = None) -> tuple[Fault, ...]:
    """Tell `reader` the document, and give what the schema `xsd` says of it (at most 100 faults).

    Memory does not grow with the document. Raises BadXml where it is not well-formed or has a DTD.
    """
    judge = _take(xsd)
    judge.relay.reader = reader
    try:
        while block := stream.read(_BLOCK):
            judge.parser.feed(block)
        judge.parser.close()
    except etree.XMLSyntaxError as error:
        raise BadXml(path=path, line=error.lineno or 0, reason=error.msg) from error
    except BadXml as error:
        raise BadXml(**error.values | {"path": path}) from error
    faults = judge.faults()
    _give_back(xsd, judge)
    return faults


def read_small(content: bytes, path: str) -> etree._Element:
    """The root element of a small document. Raises BadXml as `read_stream`."""
    try:
        root = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError as error:
        raise BadXml(path=path, line=error.lineno or 0, reason=error.msg) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise BadXml(path=path, line=1, reason="a document type declaration (DTD) is not accepted")
    return root


def faults_of(root: etree._Element, xsd: str) -> tuple[Fault, ...]:
    """What the schema `xsd` says of a document already read."""
    compiled = schema(xsd)
    if compiled.validate(root):
        return ()
    return tuple(Fault(e.line, e.message) for e in compiled.error_log)[:_FAULTS]  # type: ignore[attr-defined]


def _parser(**more: Any) -> etree.XMLParser:
    return etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False, huge_tree=False, **more)


class _Relay(Reader):
    """A parser's target for life, which hands on to the reader of the moment."""

    def __init__(self) -> None:
        self.reader = Reader()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.reader.start(tag, attributes)

    def end(self, tag: str) -> None:
        self.reader.end(tag)

    def data(self, text: str) -> None:
        self.reader.data(text)


class _Judge:
    """A parser bound to a schema. Making one costs more than a small document, and leaves a cycle to collect."""

    def __init__(self, xsd: str | None) -> None:
        self.relay = _Relay()
        self.parser = _parser(target=self.relay, schema=schema(xsd) if xsd else None)

    def faults(self) -> tuple[Fault, ...]:
        """What the schema said of the document so far."""
        log = [Fault(e.line, e.message) for e in self.parser.feed_error_log if e.domain_name == "SCHEMASV"]
        return tuple(log[:_FAULTS])


_IDLE: Final[dict[str | None, list[_Judge]]] = {}


def _take(xsd: str | None) -> _Judge:
    """A judge that nobody uses; one whose document ended badly is never given back."""
    try:
        return _IDLE.setdefault(xsd, []).pop()
    except IndexError:
        return _Judge(xsd)


def _give_back(xsd: str | None, judge: _Judge) -> None:
    judge.relay.reader = Reader()
    _IDLE[xsd].append(judge)


def xml_text(text: str) -> str:
    """`text` without what XML 1.0 cannot carry: each such character stands as U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: bytes, and digests in lower-case hex."""

    size: int
    sha256: str
    sha512: str


class XmlWriter:
    """Writes one document to `path` as a stream, indented, in UTF-8; `xsd` names the schema that it is held to.

    Use it as a context manager; `written` is there after it. `into` takes the bytes instead of a file at `path`,
    and stays open. Raises BadXml as soon as the schema is broken.
    """

    def __init__(self, path: Path, xsd: str | None = None, into: BinaryIO | None = None) -> None:
        self.path = path
        self._file: BinaryIO = path.open("xb") if into is None else into
        self._closing: AbstractContextManager[object] = self._file if into is None else nullcontext()
        self._digests = (hashlib.sha256(), hashlib.sha512())
        self._xsd = xsd
        self._judge = _take(xsd) if xsd else None
        self._size = 0
        self._parts: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>']
        self._pending = 0
        self._open: list[str] = []
        self.written = Written(0, "", "")

    def __enter__(self) -> "XmlWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        with self._closing:
            if kind is None:
                self._parts.append("\n")
                self._flush()
                self._judge_end()
        self.written = Written(self._size, *(d.hexdigest() for d in self._digests))

    def start(self, tag: str, attributes: Mapping[str, str] | None = None) -> None:
        """Open an element; `tag` and attribute names carry the prefix that the root declares."""
        self._write(f"\n{' ' * len(self._open)}<{tag}{_attributes(attributes)}>")
        self._open.append(tag)

    def end(self) -> None:
        tag = self._open.pop()
        self._write(f"\n{' ' * len(self._open)}</{tag}>")

    @contextmanager
    def element(self, tag: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        """An element around what is written inside the `with`."""
        self.start(tag, attributes)
        yield
        self.end()

    def leaf(self, tag: str, text: str = "", attributes: Mapping[str, str] | None = None) -> None:
        """An element that holds text alone."""
        inside = f">{xml_text(text).translate(_IN_TEXT)}</{tag}>" if text else "/>"
        self._write(f"\n{' ' * len(self._open)}<{tag}{_attributes(attributes)}{inside}")

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._pending += len(text)
        if self._pending >= _BLOCK:
            self._flush()

    def _flush(self) -> None:
        block = "".join(self._parts).encode()
        self._parts.clear()
        self._pending = 0
        self._size += len(block)
        self._file.write(block)
        for digest in self._digests:
            digest.update(block)
        self._judge_block(block)

    def _judge_block(self, block: bytes) -> None:
        if self._judge is not None:
            self._judge.parser.feed(block)
            self._refuse_faults(self._judge)

    def _judge_end(self) -> None:
        if self._judge is not None:
            self._judge.parser.close()
            self._refuse_faults(self._judge)
            _give_back(self._xsd, self._judge)

    def _refuse_faults(self, judge: _Judge) -> None:
        for fault in judge.faults():
            raise BadXml(path=self.path.name, line=fault.line, reason=fault.reason)


def _attributes(attributes: Mapping[str, str] | None) -> str:
    if not attributes:
        return ""
    return "".join(f' {k}="{xml_text(v).translate(_IN_ATTRIBUTE)}"' for k, v in attributes.items())
