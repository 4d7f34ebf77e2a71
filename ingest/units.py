"""The files of a hồ sơ as delivered, in the one order that everything else follows."""

import os
from pathlib import Path
from typing import Any

from repository.packages import DeliveredFile, DeliveredFileUnit
from standards.shown import for_people


def with_roles(unit: DeliveredFileUnit) -> list[tuple[DeliveredFile, str]]:
    """Every delivered file of a hồ sơ once, documents first: (file, "content", "documentation" or "submission")."""
    content = dict.fromkeys([*(d.file for d in unit.documents if d.file), *unit.other_files])
    others = dict.fromkeys(f for f in (*unit.documentation, *unit.unclaimed) if f not in content)
    return [
        *((f, "content") for f in content),
        *((f, "documentation") for f in others),
        *((f, "submission") for f in unit.submission_files),
    ]


def files_of(unit: DeliveredFileUnit) -> list[DeliveredFile]:
    """Every delivered file of a hồ sơ, each once."""
    return [file for file, _role in with_roles(unit)]


def place_of(root: Path, unit: DeliveredFileUnit) -> str:
    """Where a hồ sơ lies in its delivery, for people: the folder of its files."""
    folders = [os.path.dirname(d.file.path) for d in unit.documents if d.file]
    common = os.path.commonpath(folders) if folders and all(folders) else ""
    return for_people(f"{root.name}/{common}" if common else root.name)


def account_of(unit: DeliveredFileUnit, fate: str) -> list[dict[str, Any]]:
    """The delivered files of a hồ sơ for the report: `fate` for its own, unclaimed for what lies beside them."""
    return [
        {"path": for_people(file.path), "bytes": file.size, "fate": each}
        for each, files in ((fate, files_of(unit)), ("unclaimed", unit.beside))
        for file in files
    ]


def sealed_account(unit: DeliveredFileUnit) -> list[dict[str, Any]]:
    """Of a sealed hồ sơ the report holds the number and the size of its files, and nothing else."""
    files = [*files_of(unit), *unit.beside]
    return [{"path": None, "files": len(files), "bytes": sum(f.size for f in files), "fate": "sealed"}]
