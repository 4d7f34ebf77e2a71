"""Reading an AIP back from its package, wherever it lies: for the catalogue's rebuild, the portal and exports."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from repository import aip_records
from repository.packages import AipContent
from standards.errors import KhoError
from standards.package_tree import FileNotInPackage, PackageTree, read_bytes

T = TypeVar("T")


class NotOurAip(KhoError):
    """A package has no account by Kho, or one that cannot be read."""

    code = "not-our-aip"
    vi = "Không đọc được phần mô tả của Kho trong gói ({path}): {reason}. Hãy kiểm tra gói bằng kho verify."
    en = "Kho's own account in the package cannot be read ({path}): {reason}. Check the package with kho verify."


@dataclass(frozen=True, slots=True)
class Records(Generic[T]):
    """The lines of JSON-lines files of a package as objects; read again at each iteration.

    Raises NotOurAip while it is iterated where a line is broken.
    """

    tree: PackageTree
    paths: tuple[str, ...]
    of: Callable[[Mapping[str, Any]], T]
    keep: Callable[[Mapping[str, Any]], bool] = lambda _record: True

    def __iter__(self) -> Iterator[T]:
        for path in self.paths:
            yield from self._read(path)

    def _read(self, path: str) -> Iterator[T]:
        try:
            with self.tree.open(path) as lines:
                for line in lines:
                    record = json.loads(line)
                    if self.keep(record):
                        yield self.of(record)
        except (ValueError, KeyError, TypeError, FileNotInPackage) as error:
            raise NotOurAip(path=path, reason=str(error)) from error


def read_aip(tree: PackageTree) -> AipContent:
    """The content of a package that Kho built, as it was given to `build_aip`.

    `source` of every file is its logical path: open it with `tree.open(str(file.source))`. Documents, events and
    the like are read from the tree at each iteration. Raises NotOurAip.
    """
    try:
        record = json.loads(read_bytes(tree, aip_records.FILE))
        if record["schema"] != aip_records.SCHEMA:
            raise ValueError(f"schema {record['schema']} is not known")
        heading = aip_records.heading(record)
    except (ValueError, KeyError, TypeError, FileNotInPackage) as error:
        raise NotOurAip(path=aip_records.FILE, reason=str(error)) from error
    accounts = tuple(map(aip_records.documents_of, heading["representations"]))
    others, is_document = (aip_records.FILES,), aip_records.is_document
    return AipContent(
        **heading,
        documents=Records(tree, accounts, aip_records.document_from, is_document),
        files=Records(tree, accounts, aip_records.file_from, lambda record: not is_document(record)),
        documentation=Records(tree, others, aip_records.content_from, _in("documentation/")),
        submission=Records(tree, others, aip_records.content_from, _in("submission/")),
        events=Records(tree, (aip_records.EVENTS,), aip_records.event_from),
    )


def _in(folder: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda record: str(record["path"]).startswith(folder)
