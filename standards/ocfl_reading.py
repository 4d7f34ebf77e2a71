"""An OCFL inventory as a whole, for readers: at once from memory where it is small, as a stream where it is not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from standards.ocfl_inventory import (
    Heading,
    InventoryUnreadable,
    Pairs,
    VersionBlock,
    read_fixity,
    read_heading,
    read_manifest,
    read_state,
    read_versions,
)

_SMALL: Final = 4 << 20  # bytes; some 15,000 files


class Inventory(Protocol):
    """An inventory to be read: at once where it is small, as a stream where it is not."""

    @property
    def heading(self) -> Heading: ...

    def manifest(self) -> Pairs: ...

    def fixity(self) -> Iterator[tuple[str, str, str]]: ...

    def state(self, version: str) -> Pairs: ...

    def versions(self) -> list[VersionBlock]: ...


def read_inventory(path: Path) -> Inventory:
    """The inventory at `path`. Raises InventoryUnreadable."""
    try:
        if path.stat().st_size > _SMALL:
            return StreamedInventory(path, read_heading(path))
        return SmallInventory.of(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InventoryUnreadable(path=path, reason=problem) from problem


@dataclass(frozen=True, slots=True)
class StreamedInventory:
    """An inventory that is read from its file each time something is asked of it."""

    path: Path
    heading: Heading

    def manifest(self) -> Pairs:
        return read_manifest(self.path)

    def fixity(self) -> Iterator[tuple[str, str, str]]:
        return read_fixity(self.path)

    def state(self, version: str) -> Pairs:
        return read_state(self.path, version)

    def versions(self) -> list[VersionBlock]:
        return read_versions(self.path)


@dataclass(frozen=True, slots=True)
class SmallInventory:
    """An inventory whose document is in memory."""

    heading: Heading
    document: dict[str, Any]

    @staticmethod
    def of(data: bytes) -> "SmallInventory":
        """Out of the bytes of the file. Raises ValueError, KeyError, TypeError where they are no inventory."""
        told = json.loads(data)
        fixity = _mapping(told.get("fixity", {}))
        blocks = (told["manifest"], *fixity.values(), *_states(told["versions"]))
        for _digest, path in (pair for block in blocks for pair in _flat(block)):
            if not isinstance(path, str):
                raise TypeError(path)
        content = told.get("contentDirectory", "content")
        heading = Heading(str(told["id"]), str(told["head"]), str(told["digestAlgorithm"]), str(content))
        return SmallInventory(heading, told)

    def manifest(self) -> Pairs:
        return _flat(self.document["manifest"])

    def fixity(self) -> Iterator[tuple[str, str, str]]:
        for algorithm, block in self.document.get("fixity", {}).items():
            yield from ((algorithm, digest, path) for digest, path in _flat(block))

    def state(self, version: str) -> Pairs:
        return _flat(self.document["versions"].get(version, {}).get("state", {}))

    def versions(self) -> list[VersionBlock]:
        return [_block_of(name, told) for name, told in self.document["versions"].items()]


def _states(versions: Any) -> Iterator[Any]:
    for block in _mapping(versions).values():
        _mapping(_mapping(block).get("user") or {})
        yield block["state"]


def _flat(block: Any) -> Pairs:
    return ((digest, path) for digest, paths in _mapping(block).items() for path in paths)


def _mapping(block: Any) -> dict[str, Any]:
    """What JSON calls an object. Raises TypeError where a stranger's inventory has something else."""
    if not isinstance(block, dict):
        raise TypeError(block)
    return block


def _block_of(name: str, told: dict[str, Any]) -> VersionBlock:
    user = told.get("user") or {}
    return VersionBlock(
        name=name, created=str(told.get("created", "")), message=str(told.get("message", "")),
        user_name=str(user.get("name", "")), user_address=str(user.get("address", "")),
        state=tuple(told.get("state", {}).items()),
    )  # fmt: skip
