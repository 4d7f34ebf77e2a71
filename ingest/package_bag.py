"""A BagIt bag read into its parts: its payload is the content, bag-info.txt the description.

A bag whose payload is one E-ARK package is read as that package, and its own tag files are kept beside it.
"""

from collections.abc import Mapping
from pathlib import Path

from ingest.package_eark import inner_package, read_eark
from ingest.package_parts import AGENCY, Parts, agency_of_code, as_agency, placed
from ingest.traces import is_trace
from repository.kind import Kind
from repository.packages import DeliveredFile
from standards.bag_info import read_bag_info
from standards.described import secrecy_in, tidy_fields

# Labels of bag-info.txt by our fields; the first that is there counts.
_LABELS = {
    "title": ("external-description", "title", "internal-sender-description"),
    "fileCode": ("external-identifier", "internal-sender-identifier"),
    "x_fonds": ("bag-group-identifier",),
    "mode": ("access", "mode", "access-mode"),
    "description": ("internal-sender-description",),
    "keyword": ("keyword", "keywords"),
    "language": ("language",),
}


def read_bag(root: Path, files: list[DeliveredFile]) -> Parts:
    """The parts of the bag in `root`, of which `files` gives each file."""
    info = read_bag_info(root)
    inside = inner_package(files)
    if inside is None:
        parts = _plain(files)
    else:
        parts = read_eark(root, files, Kind.TT05, inside)
        parts.tags += [placed(f, f"submission/{f.path}") for f in files if not f.path.startswith(inside)]
    _describe(parts, info)
    return parts


def _plain(files: list[DeliveredFile]) -> Parts:
    parts = Parts()
    for file in files:
        if file.path.startswith("data/") and not is_trace(file.path):
            parts.content.append(placed(file, f"representations/rep1/{file.path}"))
        else:
            parts.tags.append(placed(file, f"submission/{file.path}"))
    return parts


def _describe(parts: Parts, info: Mapping[str, tuple[str, ...]]) -> None:
    """bag-info.txt says what the payload's own descriptions do not."""
    given = {name: value for name, labels in _LABELS.items() if (value := _first(info, labels))}
    every = {label: value for label, values in info.items() for value in values}
    parts.secret = parts.secret or bool(secrecy_in({**every, "mode": given.get("mode", "")}))
    for name, value in tidy_fields(given, "file").items():
        parts.fields[name] = parts.fields.get(name) or value
    parts.id = parts.id or _first(info, _LABELS["fileCode"])
    source = _first(info, ("source-organization",))
    if source and not as_agency(source):
        parts.agency_name = parts.agency_name or source
    code = AGENCY.fullmatch(source) or AGENCY.fullmatch(_first(info, ("bag-group-identifier",)))
    parts.agency = parts.agency or agency_of_code(parts.code) or (code[0] if code else "")


def _first(info: Mapping[str, tuple[str, ...]], labels: tuple[str, ...]) -> str:
    return next((info[label][0] for label in labels if label in info), "")
