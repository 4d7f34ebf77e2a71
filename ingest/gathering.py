"""What a path holds, package by package: the same account for `kho check` and for a batch that is taken in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.delivery_tables import is_list
from ingest.kinds import tell_kind
from ingest.traces import is_trace
from repository.kind import Kind
from repository.packages import DeliveredFileUnit, Delivery
from standards.findings import Finding, finding
from standards.shown import for_people as shown
from standards.unpacking import is_archive


@dataclass(frozen=True, slots=True)
class Given:
    """One package that a path holds, as found: a hồ sơ of a delivery, a package to be read, or something refused.

    `path` is that of the delivery: a hồ sơ has no place and no key of its own until it is screened for secrecy.
    `unit` is None for all but the first, `findings` say why something is refused.
    """

    path: str
    kind: Kind
    root: Path
    unit: DeliveredFileUnit | None
    findings: tuple[Finding, ...]


# Packages of others, and stores that are judged and told why they are not taken.
_READ_LATER = (Kind.BAG, Kind.EARK, Kind.TT05, Kind.OCFL_OBJECT, Kind.OCFL_ROOT)


def entries_of(batch: Path) -> list[Path]:
    """What a folder of packages holds, without the traces of operating systems."""
    return [entry for entry in sorted(batch.iterdir()) if not is_trace(entry.name)]


def gather(path: Path, kind: Kind, deliveries: dict[Path, Delivery]) -> Iterator[Given]:
    """Every package that a path holds, in a stable order."""
    if path.is_file() and is_archive(path) and not is_list(path.name):
        yield Given(shown(path.name), kind, path.resolve(), None, ())
    elif kind is Kind.BATCH:
        for entry in entries_of(path):
            yield from gather(entry, tell_kind(entry), deliveries)
    elif kind is Kind.DELIVERY and deliveries[path].units:
        for unit in deliveries[path].units:
            yield Given(shown(path.name), kind, path, unit, unit.findings)
    elif kind is Kind.DELIVERY:
        yield Given(shown(path.name), kind, path, None, deliveries[path].findings)
    elif kind in _READ_LATER:
        yield Given(shown(path.name), kind, path.resolve(), None, ())
    else:
        where = shown(path.name)
        alone = "KIND-LIST-ALONE" if path.is_file() and is_list(path.name) else "KIND-UNKNOWN"
        code = "KIND-PDF-ALONE" if kind is Kind.PDF else alone
        yield Given(where, kind, path, None, (finding(code, path=where),))
