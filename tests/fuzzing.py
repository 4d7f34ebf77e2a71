"""The entries of the fuzz tests: a reader, good input for it, and what may come of any other input.

Under atheris, which looks for new paths through the code by itself: `make fuzz ENTRY=METS.xml` (tests/run_fuzzing.py).
"""

import gzip
import io
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from ingest.delivery_columns import best_fit, known_mappings
from ingest.delivery_tables import read_tables
from ingest.package_reading import read_package
from ingest.sheet import SheetRefused
from repository.kind import Kind
from standards.bag import check_bag
from standards.bag_info import read_bag_info
from standards.eark_rules import check_package
from standards.errors import KhoError
from standards.package_tree import FolderTree
from standards.unpacking import unpack
from tests.bag_fixtures import write_bag
from tests.make_package import Sip, eark_sip, make_sip


@dataclass(frozen=True)
class Entry:
    """`prepare` makes a folder ready and gives the function that takes one input; `seeds` are good ones."""

    name: str
    prepare: Callable[[Path], Callable[[bytes], None]]
    seeds: Callable[[], Sequence[bytes]]


def _told(findings: Sequence[object]) -> None:
    """Every finding can be worded in both languages."""
    for found in findings:
        assert found.text("vi")  # type: ignore[attr-defined]
        assert found.text("en")  # type: ignore[attr-defined]


def _bag_file(name: str) -> Callable[[Path], Callable[[bytes], None]]:
    def prepare(folder: Path) -> Callable[[bytes], None]:
        bag = write_bag(folder / "bag", {"a.pdf": b"1", "Công văn 100%.pdf": b"2"})

        def run(data: bytes) -> None:
            (bag / name).write_bytes(data)
            _told(list(check_bag(bag)))
            read_bag_info(bag)
            _allowed(lambda: read_package(bag, Kind.BAG, name="goi", agency=None, agencies={}))

        return run

    return prepare


def _seeds_of_bag(name: str) -> Callable[[], Sequence[bytes]]:
    def seeds() -> Sequence[bytes]:
        if name == "fetch.txt":
            return [b"http://x/a - data/a.pdf\nhttps://y/b 1 data/a.pdf\n"]
        with tempfile.TemporaryDirectory() as folder:
            return [(write_bag(Path(folder) / "bag", {"a.pdf": b"1"}) / name).read_bytes()]

    return seeds


def _package_file(name: str) -> Callable[[Path], Callable[[bytes], None]]:
    def prepare(folder: Path) -> Callable[[bytes], None]:
        package = make_sip(folder, Sip())
        place = next(package.glob(name))

        def run(data: bytes) -> None:
            place.write_bytes(data)
            _told(list(check_package(FolderTree(package))))
            _allowed(lambda: read_package(package, Kind.TT05, name="goi", agency=None, agencies={}))

        return run

    return prepare


def _seeds_of_package(name: str) -> Callable[[], Sequence[bytes]]:
    def seeds() -> Sequence[bytes]:
        found = []
        for sip in (Sip(), eark_sip()):
            with tempfile.TemporaryDirectory() as folder:
                found += [p.read_bytes() for p in sorted(make_sip(Path(folder), sip).glob(name))][:1]
        return found

    return seeds


def _list(suffix: str) -> Callable[[Path], Callable[[bytes], None]]:
    def prepare(folder: Path) -> Callable[[bytes], None]:
        place = folder / f"list{suffix}"

        def run(data: bytes) -> None:
            place.write_bytes(data)

            def read() -> None:
                for table in read_tables(place):
                    best_fit(table, known_mappings())
                    for row in table.rows():
                        assert row is not None

            _allowed(read)

        return run

    return prepare


def _csv() -> Sequence[bytes]:
    rows = 'STT,Phông,Mục lục,Trích yếu nội dung,Đường dẫn file\n1,A,01,"Về việc\nmột",a.pdf\n'
    return [
        rows.encode(),
        b"\xef\xbb\xbf" + rows.encode(),
        rows.encode("utf-16"),
        rows.replace(",", ";").encode(),
    ]


def _xlsx() -> Sequence[bytes]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["STT", "Phông", "Đường dẫn file"], [1, "A", "a.pdf"], [2.5, None, "=1+1"]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as packed, zipfile.ZipFile(plain, "w") as stored:
        for info in packed.infolist():
            stored.writestr(info.filename, packed.read(info))
    return [out.getvalue(), plain.getvalue()]


def _archives(folder: Path) -> Callable[[bytes], None]:
    place = folder / "archive"

    def run(data: bytes) -> None:
        place.write_bytes(data)
        _told(unpack(place, folder / "out").findings)
        for left in sorted((folder / "out").rglob("*"), reverse=True):
            left.rmdir() if left.is_dir() else left.unlink()
        (folder / "out").rmdir() if (folder / "out").exists() else None
        assert {p.name for p in folder.iterdir()} == {"archive"}

    return run


def _packed() -> Sequence[bytes]:
    files = {"goi/bagit.txt": b"x" * 50, "goi/data/Công văn.pdf": b"%PDF" * 90}
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with tarfile.open(fileobj=tarred, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return [zipped.getvalue(), tarred.getvalue(), gzip.compress(tarred.getvalue(), mtime=0)]


def _allowed(read: Callable[[], object]) -> None:
    """What a reader may say no with."""
    try:
        read()
    except (KhoError, SheetRefused) as refused:
        assert str(refused)


_METS, _REP = "METS.xml", "representations/rep1/METS.xml"
_EAD, _DOC = "metadata/descriptive/EAD.xml", "representations/rep1/metadata/descriptive/EAD_DOC_160.1.xml"
ENTRIES = [
    *(Entry(n, _bag_file(n), _seeds_of_bag(n))
      for n in ("bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt", "fetch.txt")),
    *(Entry(n.rpartition("/")[0][:15] + n.rpartition("/")[2], _package_file(n), _seeds_of_package(n))
      for n in (_METS, _REP, _EAD, _DOC)),
    Entry("list.csv", _list(".csv"), _csv),
    Entry("list.xlsx", _list(".xlsx"), _xlsx),
    Entry("archive", _archives, _packed),
]  # fmt: skip
