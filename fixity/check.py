"""A folder against the digests that were recorded for it: the bytes, what is missing, what is stray."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from fixity.digest import digest_many
from standards.findings import Finding, finding
from standards.shown import for_people


def check_files(folder: Path, recorded: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """Findings (FIXITY-MISSING, -CHANGED, -STRAY) about the files below `folder`.

    `recorded` gives for each relative path its lower-case hex digests by algorithm; each file is read once by the
    algorithms recorded for it. A file that cannot be read is VERIFY-UNREADABLE: it was not checked.
    """
    present = set(_walk(folder))
    for path in sorted(recorded.keys() - present):
        yield _issue("FIXITY-MISSING", path)
    for path in sorted(present - recorded.keys()):
        yield _issue("FIXITY-STRAY", path)
    by_algorithms: dict[tuple[str, ...], list[str]] = {}
    for path in sorted(present & recorded.keys()):
        by_algorithms.setdefault(tuple(recorded[path]), []).append(path)
    for algorithms, paths in by_algorithms.items():
        yield from _check_bytes(folder, paths, algorithms, recorded)


def _check_bytes(
    folder: Path, paths: list[str], algorithms: tuple[str, ...], recorded: Mapping[str, Mapping[str, str]]
) -> Iterator[Finding]:
    answers = digest_many((folder / path for path in paths), algorithms)
    for path, (_, found) in zip(paths, answers, strict=True):
        if isinstance(found, OSError):
            yield _issue("VERIFY-UNREADABLE", path, found.strerror)
        elif found.by_algorithm != recorded[path]:
            yield _issue("FIXITY-CHANGED", path, ", ".join(algorithms))


def _walk(folder: Path, prefix: str = "") -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name


def _issue(code: str, path: str, detail: object = "") -> Finding:
    shown = for_people(path)
    return finding(code, path=shown, where=shown, detail=detail)
