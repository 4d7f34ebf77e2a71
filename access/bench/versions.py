"""`kho bench versions`: what one corrected word costs in a package of N documents, in bytes and in processor time.

The whole version is made as `kho aip describe` makes it: built, judged, stored. Processor time says the same on a busy machine.
"""

import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, Final

from access.bench.big_package import SmallFiles, content_of
from access.bench.timing import machine, median
from access.cli.common import Call
from preservation.versions.corrected import next_content
from repository.aip import build_aip
from repository.aip_read import read_aip
from repository.decisions import new_decision
from repository.store import Author
from repository.store_fs import FileStore
from standards.eark_rules import check_package
from standards.package_tree import ManifestTree

SIZE: Final = 1000
_USER: Final = Author("kho bench", "urn:kho:bench")


def measure(call: Call, size: int | None, rounds: int) -> dict[str, Any]:
    """No ratios: for 1 document, a tenth of `size`, and `size`: bytes of the first version and of each later one."""
    counts = sorted({1, max((size or SIZE) // 10, 1), size or SIZE})
    told = {str(count): _versions(count, rounds) for count in counts}
    return {"size": counts[-1], "ratios": {}, "figures": {"by_documents": told, **machine()}}


def _versions(count: int, rounds: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="kho-bench-") as folder:
        root = Path(folder)
        files = SmallFiles(root / "in", count)
        files.write()
        store = FileStore(root / "store")
        store.create()
        content = content_of(files)
        built = build_aip(content, _new(root), profile="eark")
        store.put_new(
            content.id, built.files(), message="bench", user=_USER, created=content.created, move=True
        )
        first, spent = _bytes(store.root), []
        for number in range(rounds):
            began = time.process_time()
            tree = store.tree(content.id)
            decision = new_decision("description", by="bench", basis="bench", aip=content.id, documents={},
                                    fields={"keyword": f"lần {number}"}, id=uuid.uuid4())  # fmt: skip
            made = next_content(tree, read_aip(tree), [decision], content.created)
            built = build_aip(made, _new(root), profile="eark")
            with ManifestTree(built.manifest) as package:
                list(check_package(package))
            store.put_version(
                content.id, built.files(), expected_head=tree.version, message="bench", user=_USER, created=made.created
            )  # fmt: skip
            spent.append(time.process_time() - began)
        each = (_bytes(store.root) - first) / rounds
    return {
        "first_version_bytes": first,
        "bytes_a_version": round(each),
        "processor_seconds_a_version": median(spent),
    }


def _new(root: Path) -> Path:
    folder = root / f"work-{uuid.uuid4().hex}"
    folder.mkdir()
    return folder


def _bytes(root: Path) -> int:
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
