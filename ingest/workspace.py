"""The workspace of a package on its way in: a folder of its own, where a step leaves what the next one needs.

Everything here can be made again from the delivery until `receive` is done; from then on the copied bytes under
`files/` are what the package is, and they leave only for the store or for quarantine. JSON is written whole: to a
temporary name, fsynced, renamed; so a file that is there is complete.
"""

import dataclasses
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repository.packages import (
    DeliveredFile,
    DeliveredFileUnit,
    DocumentRow,
    FileFacts,
    Submission,
    facts_from_json,
)
from standards.findings import finding_as_record, finding_from_json
from standards.shown import for_people


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one package. `source` is the delivery's root as it was given."""

    folder: Path

    @property
    def files(self) -> Path:
        """Where the received bytes are, under names of our own."""
        return self.folder / "files"

    @property
    def unpacked(self) -> Path:
        """Where an archive is unpacked; made anew each time."""
        return self.folder / "unpacked"

    @property
    def laid_out(self) -> Path:
        """Where the received files stand under their delivered paths, to be judged as a package."""
        return self.folder / "laid-out"

    @property
    def access(self) -> Path:
        """Where access copies lie that Kho made."""
        return self.folder / "access"

    @property
    def building(self) -> Path:
        """Where the AIP is put together; made anew each time."""
        return self.folder / "aip"

    def create(self) -> None:
        """Make the folder, readable by nobody else."""
        self.files.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, name: str, value: Any) -> None:
        """Write a JSON file whole and durable."""
        self.write_lines(name, [value])

    def write_lines(self, name: str, values: Iterable[Any]) -> None:
        """Write JSON lines whole and durable."""
        target = self.folder / name
        temporary = target.with_name(f".{name}.new")
        with temporary.open("w", encoding="utf-8") as stream:
            for value in values:
                stream.write(json.dumps(value, ensure_ascii=True) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.rename(target)

    def read(self, name: str) -> Any:
        """What `write` wrote."""
        return next(self.read_lines(name))

    def read_lines(self, name: str) -> Iterator[Any]:
        """What `write_lines` wrote, line by line."""
        with (self.folder / name).open(encoding="utf-8") as stream:
            for line in stream:
                yield json.loads(line)

    def has(self, name: str) -> bool:
        """Whether that file was written to its end."""
        return (self.folder / name).exists()

    def remove(self) -> None:
        """The package is stored or in quarantine: its workspace goes."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def write_unit(self, root: Path, unit: DeliveredFileUnit) -> None:
        """Keep the hồ sơ as the delivery reader understood it. Never called for a sealed one."""
        self.create()
        self.write("unit.json", {"root": os.fspath(root), "unit": _unit_record(unit)})

    def unit(self) -> tuple[Path, DeliveredFileUnit]:
        """The delivery's root, and the hồ sơ."""
        data = self.read("unit.json")
        return Path(data["root"]), _unit_back(data["unit"])

    def write_checked(self, checked: "Iterable[CheckedFile]") -> None:
        """Keep what was found out of each delivered file."""
        self.write_lines("checked.jsonl", (dataclasses.asdict(c) for c in checked))

    def checked(self) -> "Iterator[CheckedFile]":
        """What was found out of each delivered file, in the order of the delivery."""
        for data in self.read_lines("checked.jsonl"):
            yield CheckedFile(**{**_with_facts(data), "bad_pages": tuple(data["bad_pages"])})

    def write_copies(self, copies: "Iterable[AccessCopy]") -> None:
        """Keep what is known of the access copies."""
        self.write_lines("access.jsonl", (dataclasses.asdict(c) for c in copies))

    def copies(self) -> "Iterator[AccessCopy]":
        """The access copies that were made; none where their step was not done."""
        if self.has("access.jsonl"):
            for data in self.read_lines("access.jsonl"):
                yield copy_from_record(data)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A delivered file with what its bytes told: `role` is that of `ingest.units`, `name` its place in `files/`, `office`
    the kind of an office file, `bad_pages` the scanned pages (from 0) whose own text scores badly."""

    path: str
    role: str
    name: str
    facts: FileFacts
    texts: tuple[str, ...]
    office: str = ""
    bad_pages: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        """The delivered path for people."""
        return for_people(self.path)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is kept about a copy's pages, as a file: `name` is its place in `access/`."""

    name: str
    facts: FileFacts


@dataclass(frozen=True, slots=True)
class AccessCopy:
    """A PDF/A that Kho made of a delivered file: `source` is that one's delivered path, `name` the place in `access/`.

    `hocr` (what was read), `fields` (what it tells of the act) and `recognised` (what the event tells of it) are there where
    its text was recognised.
    """

    source: str
    name: str
    facts: FileFacts
    texts: tuple[str, ...]
    hocr: Beside | None = None
    fields: Beside | None = None
    recognised: Mapping[str, Any] | None = None


def copy_from_record(data: Mapping[str, Any]) -> AccessCopy:
    """An access copy back from what `dataclasses.asdict` made of it."""
    beside = {
        name: Beside(told["name"], facts_from_json(told["facts"])) if (told := data[name]) else None
        for name in ("hocr", "fields")
    }
    return AccessCopy(**{**_with_facts(data), **beside})


def _with_facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """A record of JSON with its facts and texts as they were."""
    return {**data, "facts": facts_from_json(data["facts"]), "texts": tuple(data["texts"])}


def _unit_record(unit: DeliveredFileUnit) -> dict[str, Any]:
    record = {f.name: getattr(unit, f.name) for f in dataclasses.fields(unit)}
    record["fields"], record["cells"] = dict(unit.fields), dict(unit.cells)
    record["documents"] = [_row_record(d) for d in unit.documents]
    record["documentation"] = [dataclasses.asdict(f) for f in unit.documentation]
    record["unclaimed"] = [dataclasses.asdict(f) for f in unit.unclaimed]
    for files in ("other_files", "submission_files", "beside"):
        record[files] = [dataclasses.asdict(f) for f in getattr(unit, files)]
    record["submission"] = dataclasses.asdict(unit.submission)
    record["findings"] = [finding_as_record(f) for f in unit.findings]
    return record


def _row_record(row: DocumentRow) -> dict[str, Any]:
    file = dataclasses.asdict(row.file) if row.file else None
    return {
        "order": row.order,
        "row": row.row,
        "fields": dict(row.fields),
        "cells": dict(row.cells),
        "file": file,
        "described": row.described,
    }


def _unit_back(data: Mapping[str, Any]) -> DeliveredFileUnit:
    return DeliveredFileUnit(
        **{
            **data,
            "documents": tuple(_row_back(d) for d in data["documents"]),
            "documentation": tuple(DeliveredFile(**f) for f in data["documentation"]),
            "unclaimed": tuple(DeliveredFile(**f) for f in data["unclaimed"]),
            "findings": tuple(finding_from_json(f) for f in data["findings"]),
            "sealed_cells": tuple(data["sealed_cells"]),
            "other_files": tuple(DeliveredFile(**f) for f in data["other_files"]),
            "submission_files": tuple(DeliveredFile(**f) for f in data["submission_files"]),
            "beside": tuple(DeliveredFile(**f) for f in data["beside"]),
            "submission": Submission(**data["submission"]),
        }
    )


def _row_back(data: Mapping[str, Any]) -> DocumentRow:
    file = data["file"]
    return DocumentRow(**{**data, "file": DeliveredFile(**file) if file else None})
