"""Archives are unpacked whole or refused whole: one hostile archive for each rule, and nothing is left behind."""

import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import subprocess
import sys
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.findings import Level
from standards.unpacking import Unpacked, UnpackFailed, UnpackLimits, is_archive, unpack

GOOD = {"goi/bagit.txt": b"x" * 50, "goi/data/Công văn số 1.pdf": b"%PDF" * 900, "goi/data/rỗng.txt": b""}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def tarred(files: dict[str, bytes], change: Callable[[tarfile.TarInfo], None] = lambda _: None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", errors="surrogateescape") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            change(info)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def special(name: str, kind: bytes) -> bytes:
    def change(info: tarfile.TarInfo) -> None:
        info.type, info.linkname = kind, "/etc/hosts"

    return tarred({name: b""}, change)


def zip_mode(name: str, mode: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, "/etc/hosts")
    return out.getvalue()


def pax_header(size: int) -> bytes:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, size
    return info.tobuf(tarfile.GNU_FORMAT) + b"9 path=a\n".ljust(512, b"\0") + bytes(1024)


def encrypted() -> bytes:
    data = bytearray(zipped({"a": b"secret"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def overlapping() -> bytes:
    """Two names for the same bytes, as in a bomb whose members share one kernel."""
    data = zipped({"a": b"1" * 100})
    at = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[at:end]
    two = entry + entry[:-1] + b"b"
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(two), at, 0)
    return data[:at] + two + tail


def lying(data: bytes) -> bytes:
    """The directory and the header say 10 bytes where a million come out."""
    packed = bytearray(data)
    for at, where in ((0, 22), (packed.index(b"PK\x01\x02"), 24)):
        packed[at + where : at + where + 4] = struct.pack("<L", 10)
    return bytes(packed)


def another_header(at: int, value: int) -> bytes:
    """A zip whose member's own header says something else than the directory."""
    data = bytearray(zipped({"a": b"1" * 99}, zipfile.ZIP_STORED))
    struct.pack_into("<H", data, at, value)
    return bytes(data)


TWINS = {"d/ế.pdf": b"1", unicodedata.normalize("NFD", "d/ế.pdf"): b"2"}
HOSTILE: list[tuple[str, bytes]] = [
    ("ARC-ESCAPE", zipped({"z/../../thoat.txt": b"1"})),
    ("ARC-ESCAPE", zipped({"/tmp/thoat.txt": b"1"})),
    ("ARC-ESCAPE", zipped({"C:/thoat.txt": b"1"})),
    ("ARC-ESCAPE", tarred({"a\\..\\..\\thoat.txt": b"1"})),
    ("ARC-ESCAPE", tarred({"../thoat.txt": b"1"})),
    ("ARC-ESCAPE", tarred({"/thoat.txt": b"1"})),
    ("ARC-NAME", zipped({"a//b": b"1"})),
    ("ARC-NAME", tarred({"a/./b": b"1"})),
    ("ARC-CONTROL", zipped({"a\x1b[31m.pdf": b"1"})),
    ("ARC-CONTROL", tarred({"a\nb": b"1"})),
    ("ARC-NAME-LONG", zipped({"n" * 256: b"1"})),
    ("ARC-NAME-LONG", zipped({"/".join(["n" * 200] * 6): b"1"})),
    ("ARC-DEPTH", zipped({"/".join("n" * 60): b"1"})),
    ("ARC-LINK", special("l", tarfile.SYMTYPE)),
    ("ARC-LINK", special("l", tarfile.LNKTYPE)),
    ("ARC-LINK", zip_mode("l", stat.S_IFLNK | 0o777)),
    ("ARC-SPECIAL", special("d", tarfile.CHRTYPE)),
    ("ARC-SPECIAL", special("d", tarfile.BLKTYPE)),
    ("ARC-SPECIAL", special("p", tarfile.FIFOTYPE)),
    ("ARC-SPECIAL", zip_mode("p", stat.S_IFIFO | 0o644)),
    ("ARC-DUPLICATE", tarred({"a": b"1"})[:1024] + tarred({"a": b"2"})),
    ("ARC-TWIN", zipped({"d/a.pdf": b"1", "D/b.pdf": b"2"})),
    ("ARC-TWIN", zipped({"a.PDF": b"1", "a.pdf": b"2"})),
    ("ARC-TWIN", tarred(TWINS)),
    ("ARC-CLASH", zipped({"a": b"1", "a/b": b"2"})),
    ("ARC-CLASH", zipped({"a/b": b"2", "a": b"1"})),
    ("ARC-ENCRYPTED", encrypted()),
    ("ARC-METHOD", zipped({"a": b"1" * 99}, zipfile.ZIP_BZIP2)),
    ("ARC-METHOD", zipped({"a": b"1" * 99}, zipfile.ZIP_LZMA)),
    ("ARC-OVERLAP", overlapping()),
    ("ARC-RATIO", zipped({"a": bytes(40 << 20)})),
    ("ARC-RATIO", gzip.compress(tarred({"a": bytes(40 << 20)}))),
    ("ARC-RATIO", bz2.compress(tarred({"a": bytes(40 << 20)}))),
    ("ARC-RATIO", lzma.compress(tarred({"a": bytes(40 << 20)}))),
    ("ARC-BROKEN", lying(zipped({"a": b"1" * 1_000_000}))),
    ("ARC-BROKEN", zipped(GOOD)[:-30]),
    ("ARC-BROKEN", zipped(GOOD, zipfile.ZIP_STORED).replace(b"%PDF%PDF", b"%PDF%PDX")),
    ("ARC-BROKEN", tarred(GOOD)[:3000]),
    ("ARC-BROKEN", tarred(GOOD)[:1024]),
    ("ARC-BROKEN", gzip.compress(tarred(GOOD))[:-12]),
    ("ARC-BROKEN", bz2.compress(tarred(GOOD))[:-12]),
    ("ARC-BROKEN", lzma.compress(tarred(GOOD))[:-12]),
    ("ARC-BROKEN", gzip.compress(b"no archive")),
    ("ARC-BROKEN", pax_header(1 << 40)),
    ("ARC-BROKEN", tarred({"a": b"1"}, lambda info: info.pax_headers.update(size=str(10**18)))),
    ("ARC-TRAILING", tarred({"a": b"1"}) + tarred({"hidden": b"2"})),
    ("ARC-TRAILING", gzip.compress(tarred({"a": b"1"})) + gzip.compress(tarred({"hidden": b"2"}))),
    ("ARC-HEADERS", another_header(6, 1)),
    ("ARC-HEADERS", another_header(8, 8)),
    ("ARC-HEADERS", another_header(14, 1234)),
    ("ARC-HEADERS", another_header(18, 3)),
    ("ARC-HEADERS", another_header(22, 3)),
    ("ARC-BROKEN", zipped({"a": b"1"}, zipfile.ZIP_STORED).replace(b"a", b"b", 1)),
]


def taken(tmp_path: Path, data: bytes, limits: UnpackLimits | None = None) -> Unpacked:
    (tmp_path / "in").write_bytes(data)
    return unpack(tmp_path / "in", tmp_path / "room" / "out", limits)


def codes(unpacked: Unpacked) -> set[str]:
    return {f.code for f in unpacked.findings}


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "room").mkdir()
    return tmp_path


@pytest.mark.parametrize(("code", "data"), HOSTILE, ids=lambda v: v if isinstance(v, str) else "")
def test_hostile_archives_leave_nothing(room: Path, code: str, data: bytes) -> None:
    before = set(room.rglob("*")) | {room / "in"}
    unpacked = taken(room, data)
    assert unpacked.root is None
    assert code in codes(unpacked)
    assert all(f.text("vi") and "\x1b" not in f.text("en") for f in unpacked.findings)
    assert set(room.rglob("*")) == before


def test_what_is_good_comes_out_byte_for_byte(room: Path) -> None:
    plain = tarred(GOOD)
    for number, data in enumerate(
        (zipped(GOOD), zipped(GOOD, zipfile.ZIP_STORED), plain, gzip.compress(plain), bz2.compress(plain),
         lzma.compress(plain), lzma.compress(plain) + bytes(8))
    ):  # fmt: skip
        archive = room / f"{number}"
        archive.write_bytes(data)
        assert is_archive(archive)
        unpacked = unpack(archive, room / f"out{number}")
        assert not unpacked.findings
        assert unpacked.root == room / f"out{number}" / "goi"
        assert (unpacked.files, unpacked.bytes) == (3, sum(map(len, GOOD.values())))
        got = {
            os.fspath(p.relative_to(room / f"out{number}")): p
            for p in unpacked.root.rglob("*")
            if p.is_file()
        }
        assert {name: path.read_bytes() for name, path in got.items()} == GOOD
        assert {stat.S_IMODE(p.stat().st_mode) for p in got.values()} == {0o600}
        assert stat.S_IMODE(unpacked.root.stat().st_mode) == 0o700


def test_the_archives_of_the_systems_own_tools(room: Path) -> None:
    """GNU tar's own long names, padding, and a folder entry for each folder."""
    source = room / "goi"
    deep = source / ("thư mục rất dài " * 6).strip() / ("tên rất dài " * 8).strip()
    deep.mkdir(parents=True)
    (deep / "tệp.pdf").write_bytes(b"1" * 10_000)
    for form in ("gnu", "pax", "posix"):
        subprocess.run(
            ["tar", f"--format={form}", "-czf", room / f"{form}.tgz", "-C", room, "goi"], check=True
        )
        unpacked = unpack(room / f"{form}.tgz", room / f"out-{form}")
        assert not unpacked.findings
        assert (room / f"out-{form}" / deep.relative_to(room) / "tệp.pdf").stat().st_size == 10_000


def test_names_that_are_not_utf8_keep_their_bytes(room: Path) -> None:
    raw = tarred({"c\udce9.pdf": b"1"})
    (room / "raw").write_bytes(raw)
    kept = unpack(room / "raw", room / "out")
    assert codes(kept) == {"ARC-NAME-BYTES"}
    assert kept.root is not None
    assert [os.fsencode(p.name) for p in kept.root.iterdir()] == [b"c\xe9.pdf"]


def test_one_folder_is_the_package_and_traces_do_not_count(room: Path) -> None:
    unpacked = taken(room, zipped({"goi/a": b"1", "__MACOSX/goi/._a": b"2"}))
    assert unpacked.root == room / "room" / "out" / "goi"


def test_limits_of_count_and_size(room: Path) -> None:
    many = {f"{n}": b"" for n in range(20)}
    assert codes(taken(room, zipped(many), UnpackLimits(members=10))) == {"ARC-COUNT"}
    assert codes(taken(room, tarred(many), UnpackLimits(members=10))) == {"ARC-COUNT"}
    random = {"a": os.urandom(2 << 20)}
    assert codes(taken(room, zipped(random), UnpackLimits(total=1 << 20))) == {"ARC-SIZE"}
    assert codes(taken(room, tarred(random), UnpackLimits(total=1 << 20))) == {"ARC-SIZE"}


def test_every_fault_is_named_up_to_a_number(room: Path) -> None:
    bad = taken(room, zipped({f"../{n}": b"" for n in range(80)}))
    assert len(bad.findings) == UnpackLimits().told + 1
    assert bad.findings[-1].code == "ARC-MORE"


def test_bytes_that_no_member_names_are_told(room: Path) -> None:
    data = zipped(GOOD)
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    tail = data[end : end + 16] + struct.pack("<L", at + 64) + data[end + 20 :]
    unpacked = taken(room, data[:at] + bytes(64) + data[at:end] + tail)
    assert unpacked.root
    assert [(f.code, f.level) for f in unpacked.findings] == [("ARC-UNNAMED-BYTES", Level.SHOULD)]


def test_a_full_disk_is_no_fault_of_the_archive(room: Path) -> None:
    with pytest.raises(UnpackFailed):
        taken(room, zipped(GOOD), UnpackLimits(keep_free=1 << 60))
    assert not (room / "room" / "out").exists()


def test_bombs_stay_within_memory(room: Path) -> None:
    """A child with a limit on its memory reads each bomb to its refusal."""
    bombs = {"tgz": gzip.compress(tarred({"a": bytes(200 << 20)})), "zip": zipped({"a": bytes(200 << 20)}),
             "pax": gzip.compress(pax_header(1 << 40) + bytes(100 << 20))}  # fmt: skip
    for name, data in bombs.items():
        (room / name).write_bytes(data)
    code = """
import resource, sys
from pathlib import Path
from standards.unpacking import unpack
resource.setrlimit(resource.RLIMIT_DATA, (96 << 20, 96 << 20))
room = Path(sys.argv[1])
for name in sys.argv[2:]:
    found = unpack(room / name, room / "out").findings
    print(name, *(f.code for f in found))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, room, *bombs], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["tgz", "ARC-RATIO", "zip", "ARC-RATIO", "pax", "ARC-BROKEN"]


SEEDS = [zipped(GOOD), tarred(GOOD), gzip.compress(tarred(GOOD), mtime=0), zipped(GOOD, zipfile.ZIP_STORED)]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.sampled_from(SEEDS),
    cuts=st.lists(st.tuples(st.integers(0, 6000), st.binary(max_size=6)), max_size=6),
    end=st.integers(0, 200),
)
def test_no_archive_is_a_crash(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, cuts: list[tuple[int, bytes]], end: int
) -> None:
    data = bytearray(seed)
    for at, patch in cuts:
        data[at % len(data) : at % len(data) + len(patch)] = patch
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "in").write_bytes(bytes(data[: len(data) - end]))
    unpacked = unpack(folder / "in", folder / "room")
    assert (unpacked.root is None) == any(f.level is Level.MUST for f in unpacked.findings)
    assert {p.name for p in folder.iterdir()} <= {"in", "room"}


def replaced(data: bytes, mark: bytes, at: int, new: bytes) -> bytes:
    """The archive with bytes after its last `mark` replaced."""
    place = data.rfind(mark) + at
    return data[:place] + new + data[place + len(new) :]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (replaced(zipped({"b/x": b"1"}), b"PK\x05\x06", 8, struct.pack("<HH", 7, 7)), "ARC-BROKEN"),
        (replaced(zipped({"b/x": b"A" * 100}), b"PK\x01\x02", 24, b"\xff" * 4), "ARC-HEADERS"),
        (replaced(zipped({"b/x": b"A" * 100}), b"PK\x01\x02", 24, struct.pack("<L", 200)), "ARC-HEADERS"),
        (zipped({"C:x": b"1", "b/x": b"1"}), "ARC-ESCAPE"),
    ],
    ids=["members stated", "size without zip64", "more bytes stated", "a drive's own folder"],
)
def test_a_directory_that_lies_is_refused(room: Path, data: bytes, code: str) -> None:
    assert codes(taken(room, data)) == {code}


def test_bytes_after_the_end_are_told(room: Path) -> None:
    unpacked = taken(room, zipped(GOOD) + b"more" * 100)
    assert unpacked.root
    assert [(f.code, f.level) for f in unpacked.findings] == [("ARC-UNNAMED-BYTES", Level.SHOULD)]


def test_a_member_that_was_packed_as_a_stream_has_its_numbers_after_it(room: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(Unseekable(out), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("goi/a", b"x" * 1000)
    unpacked = taken(room, out.getvalue())
    assert (unpacked.files, unpacked.findings) == (1, ())


class Unseekable(io.RawIOBase):
    """Standard output, as `zip -` sees it."""

    def __init__(self, into: io.BytesIO) -> None:
        self._into = into

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self._into.write(data)


def test_a_backslash_is_no_folder_and_is_told(room: Path) -> None:
    unpacked = taken(room, zipped({"goi\\data\\a.txt": b"1"}))
    assert [f.code for f in unpacked.findings] == ["ARC-BACKSLASH"]
    assert unpacked.root
    assert [p.name for p in unpacked.root.iterdir()] == ["goi\\data\\a.txt"]


def test_very_many_warnings_are_no_refusal(room: Path) -> None:
    """An old archive of a whole folder has names in another encoding, every one of them."""
    names = {f"goi/Quy\udcbfn {n}.pdf": b"1" for n in range(200)}
    unpacked = taken(room, tarred(names))
    assert unpacked.files == 200
    assert {f.level for f in unpacked.findings} == {Level.SHOULD}
    assert unpacked.findings[-1].code == "ARC-MORE-WARNINGS"
    assert len(unpacked.findings) == UnpackLimits().told + 1
