"""The fictional fonds of xã Tân Mẫu as data: hồ sơ, documents and the words on their pages (`data/`)."""

import csv
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A hồ sơ as its row in data/files.csv tells; `number` is "01".."10", dates are dd/mm/yyyy."""

    number: str
    box: str
    notation: str
    title: str
    maintenance: str
    mode: str
    start: str
    end: str
    keyword: str
    papers: str
    condition: str
    paper_file_code: str
    description: str

    @property
    def code(self) -> str:
        """The file code: agency + year + file number and notation."""
        return f"{words()['fonds']['agency']}.{self.start[-4:]}.{self.notation}"


@dataclass(frozen=True, slots=True)
class DemoDocument:
    """A document as its row in data/documents.csv tells. `date` is dd/mm/yyyy, mm/yyyy, or yyyy.

    `pages` is how long its scan shall be; `form` chooses the layout: letter, form, map or drawing.
    """

    file: str
    order: int
    type_name: str
    number: str
    notation: str
    date: str
    organ: str
    subject: str
    pages: int
    mode: str
    condition: str
    autograph: str
    theme: str
    form: str

    @property
    def date_parts(self) -> tuple[str, str, str]:
        """Day, month, year as text, empty where unknown."""
        parts = self.date.split("/")
        day, month, year = [""] * (3 - len(parts)) + parts
        return day, month, year

    @property
    def own_paragraphs(self) -> list[str]:
        """The paragraphs written for this document alone."""
        return list(words()["own"].get(f"{self.file}.{self.order}", []))


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("access.demo").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@functools.cache
def words() -> Mapping[str, Any]:
    """data/prose.toml: the fonds, the organs and the paragraphs."""
    text = resources.files("access.demo").joinpath("data", "prose.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def agencies() -> tuple[Mapping[str, str], ...]:
    """The agencies of the demo, a mapping per row of data/agencies.csv (agencyCode, name ...)."""
    return tuple(_rows("agencies.csv"))


@functools.cache
def demo_files() -> tuple[DemoFile, ...]:
    """The ten hồ sơ, in their order."""
    return tuple(DemoFile(*row.values()) for row in _rows("files.csv"))


@functools.cache
def demo_documents(file: str) -> tuple[DemoDocument, ...]:
    """The documents of the hồ sơ numbered `file`, in their order."""
    return tuple(_document(row) for row in _rows("documents.csv") if row["fileNo"] == file)


def _document(row: Mapping[str, str]) -> DemoDocument:
    return DemoDocument(
        file=row["fileNo"], order=int(row["order"]), type_name=row["typeName"], number=row["number"],
        notation=row["notation"], date=row["date"], organ=row["organ"], subject=row["subject"],
        pages=int(row["pages"]), mode=row["mode"], condition=row["format"], autograph=row["autograph"],
        theme=row["theme"], form=row["form"],
    )  # fmt: skip
