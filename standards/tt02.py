"""Data after TT 02/2019/TT-BNV in XML: flat records of a hồ sơ and its documents under the circular's identifiers.

The circular that TT 05/2025 repealed; its data may stay until converted. No schema of it was at hand, so what counts is
the names of elements, whatever the elements around them are called.
"""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

from standards.xml import read_small

if TYPE_CHECKING:
    from lxml.etree import _Element

_OF_FILE: Final = frozenset({"FileCode", "FileNotation"})
_OF_DOCUMENT: Final = frozenset(
    {"DocCode", "Subject", "CodeNotation", "DocOrdinal", "Path", "FilePath", "FileName"}
)


@dataclass(frozen=True, slots=True)
class Record:
    """A document with its hồ sơ: values by identifier, as they came, and the line that the document begins at."""

    file: Mapping[str, str]
    document: Mapping[str, str]
    line: int


def is_tt02(names: set[str]) -> bool:
    """Whether elements of these names are a description after TT 02/2019 (TT 05/2025 writes `fileCode`)."""
    return (
        bool(names & _OF_FILE)
        or len(names & {"DocCode", "Subject", "TypeName", "OrganName", "IssuedDate"}) >= 2
    )


def records(content: bytes) -> list[Record]:
    """Every document of a list; a hồ sơ without documents is one record by itself. Raises BadXml."""
    return list(_records(read_small(content, "")))


def in_tt05(values: Mapping[str, str]) -> dict[str, str]:
    """A record's values under the identifiers of TT 05/2025, a file code put together of its parts where they came so."""
    tables = _tables()
    told = {
        tables["names"].get(name, name[:1].lower() + name[1:]): value
        for name, value in values.items()
        if value
    }
    for field, parts in tables["composed"].items():
        given = [values[p] for p in parts if values.get(p)]
        if field not in told and len(given) > 1 and values.get(parts[-1]):
            told[field] = ".".join(given)
    return told


def leaves(element: "_Element") -> dict[str, str]:
    """The children of an element that hold text alone, by name."""
    return {
        _local(e): " ".join("".join(map(str, e.itertext())).split())
        for e in element
        if isinstance(e.tag, str) and not len(e)
    }


def _records(root: "_Element") -> Iterator[Record]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        own = leaves(element)
        if not own.keys() & _OF_FILE or own.keys() & {"DocCode", "Subject"}:
            continue
        documents = [
            e for e in element.iter() if e is not element and isinstance(e.tag, str) and _is_document(e)
        ]
        yield from (Record(own, leaves(e), _line(e)) for e in documents)
        if not documents:
            yield Record(own, {}, _line(element))


def _line(element: "_Element") -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 0


def _is_document(element: "_Element") -> bool:
    return bool(leaves(element).keys() & _OF_DOCUMENT)


@functools.cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    text = (resources.files("standards") / "codes" / "tt02.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _local(element: "_Element") -> str:
    return str(element.tag).rpartition("}")[2]
