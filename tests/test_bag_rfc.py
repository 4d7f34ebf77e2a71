"""RFC 8493 word by word: what the conformance suite does not hold, and what bagit-python lets pass."""

import hashlib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from standards.bag import check_bag
from standards.bag_info import read_bag_info
from standards.findings import Level
from tests.bag_fixtures import write_bag

MANIFEST, TAGS, INFO = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt"
A, B = hashlib.sha256(b"a").hexdigest(), hashlib.sha256(b"b").hexdigest()
PAYLOAD = {"a.txt": b"a", "sub/b.txt": b"b"}
Change = Callable[[Path], object]


def levels(bag: Path) -> dict[str, Level]:
    return {found.code.removeprefix("BAGIT-"): found.level for found in check_bag(bag)}


def bag_of(tmp_path: Path, version: str = "1.0", encoding: str = "UTF-8") -> Path:
    """A good bag without tag manifest, so that one file may be changed by itself."""
    bag = write_bag(tmp_path / "bag", PAYLOAD)
    (bag / TAGS).unlink()
    (bag / "bagit.txt").write_text(f"BagIt-Version: {version}\nTag-File-Character-Encoding: {encoding}\n")
    return bag


def put(name: str, text: str | bytes) -> Change:
    return lambda bag: (bag / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def more(name: str, text: str) -> Change:
    return lambda bag: put(name, ((bag / name).read_text() if (bag / name).exists() else "") + text)(bag)


MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY
# What is changed in a good bag; the code; its level in a bag of 1.0, and of 0.97 (None: nothing to say).
RULES: list[tuple[str, Change, str, Level, Level | None]] = [
    ("listed twice alike", more(MANIFEST, f"{A}  data/a.txt\n"), "REPEATED", MUST, SHOULD),
    ("listed twice, two spellings", more(MANIFEST, f"{A}  ./data/a.txt\n"), "REPEATED", MUST, SHOULD),
    ("a path with . in it", more(MANIFEST, f"{A}  data/./a.txt\n"), "MISSING", MUST, MUST),
    ("a folder listed", more(MANIFEST, f"{A}  data/sub\n"), "MISSING", MUST, MUST),
    ("a comment", more(MANIFEST, "# by hand\n"), "MANIFEST-LINE", MUST, MUST),
    ("a line without end", more(MANIFEST, "0" * 70_000), "LINE-LONG", MUST, MUST),
    ("manifest with a mark", lambda b: put(MANIFEST, b"\xef\xbb\xbf" + (b / MANIFEST).read_bytes())(b), "BOM", MUST, SHOULD),
    ("manifest not UTF-8", lambda b: put(MANIFEST, (b / MANIFEST).read_bytes() + b"\xff\n")(b), "ENCODING", MUST, MUST),
    ("bag-info not UTF-8", put(INFO, b"Source: \xff\n"), "ENCODING", MUST, MUST),
    ("a bare percent sign", more(MANIFEST, f"{A}  data/100%.txt\n"), "PERCENT", SHOULD, None),
    ("algorithm in capitals", put("manifest-SHA512.txt", ""), "ALGORITHM", MUST, MUST),
    ("algorithm with a dash", put("manifest-sha-512.txt", ""), "ALGORITHM", MUST, MUST),
    ("tag manifest of tag manifests", put(TAGS, f"{A}  {TAGS}\n"), "TAG-OF-TAGS", MUST, SHOULD),
    ("tag manifest without manifest", put(TAGS, ""), "MANIFEST-UNLISTED", MUST, SHOULD),
    ("tag manifest without tag files", put(TAGS, ""), "TAG-UNLISTED", SHOULD, None),
    ("an empty folder", lambda b: (b / "data/none").mkdir(), "EMPTY-FOLDER", MAY, MAY),
    ("folders that are twins", lambda b: (b / "data/SUB").mkdir(), "TWIN", MUST, MUST),
    ("data is a link", lambda b: ((b / "data").rename(b / "d"), (b / "data").symlink_to("d")), "NO-DATA", MUST, MUST),
    ("Payload-Oxum twice", more(INFO, "Payload-Oxum: 2.2\n"), "INFO-REPEATED", MUST, SHOULD),
    ("Bagging-Date twice", more(INFO, "Bagging-Date: 2026-01-01\n" * 2), "INFO-REPEATED", SHOULD, None),
    ("a value without label", put(INFO, "  more\n"), "INFO-LINE", MUST, MUST),
    ("a blank before the colon", more(INFO, "Contact-Name : x\n"), "INFO-SPACING", MUST, None),
    ("no blank after the colon", more(INFO, "Contact-Name:x\n"), "INFO-SPACING", MUST, None),
    ("fetch.txt without an address", put("fetch.txt", "a.txt 1 data/a.txt\n"), "FETCH-LINE", MUST, MUST),
    ("fetch.txt of another length", put("fetch.txt", "http://x/ 9 data/a.txt\n"), "FETCH-LENGTH", SHOULD, SHOULD),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code", "now", "before"), [r[1:] for r in RULES], ids=[r[0] for r in RULES]
)
def test_what_the_rfc_forbids_is_found_at_its_level(
    tmp_path: Path, change: Change, code: str, now: Level, before: Level | None
) -> None:
    for version, level in (("1.0", now), ("0.97", before)):
        bag = bag_of(tmp_path / version, version)
        change(bag)
        assert levels(bag).get(code) == level, version


@pytest.mark.parametrize(
    "change",
    [
        more(INFO, "Contact-Name:\n"),
        more(INFO, "\n\nContact-Name:\tx\n"),
        put(INFO, "Payload-Oxum:\n 2.2\n"),
        put("fetch.txt", "http://x/ 1 data/a.txt\nhttps://y/a%20b\t-\t./data/sub/b.txt\n"),
        put(MANIFEST, f"{A.upper()}\tdata/a.txt\r\n{B} data/sub/b.txt"),
        put(MANIFEST, f"{A}  data/a.txt\r{B}  data/sub/b.txt\r"),
    ],
)  # fmt: skip
def test_what_the_rfc_allows_is_no_fault(tmp_path: Path, change: Change) -> None:
    bag = bag_of(tmp_path)
    change(bag)
    assert set(levels(bag)) <= {"DOT-PATH"}


@pytest.mark.parametrize(
    "name", ["unicode_escape", "idna", "undefined", "rot13", "base64", "utf-8-sig", "mbcs"]
)
def test_a_codec_of_a_language_is_no_character_set(tmp_path: Path, name: str) -> None:
    bag = bag_of(tmp_path, encoding=name)
    assert levels(bag)["DECLARATION"] is MUST
    read_bag_info(bag)


@pytest.mark.parametrize("name", ["UTF-16", "ISO-8859-1", "windows-1258"])
def test_another_character_set_is_read(tmp_path: Path, name: str) -> None:
    bag = bag_of(tmp_path, encoding=name)
    for tag_file in (MANIFEST, INFO):
        put(tag_file, (bag / tag_file).read_text().replace("Chi cục\n  Văn thư", "Chi").encode(name))(bag)
    assert levels(bag) == {}


def test_a_name_may_be_composed_in_part(tmp_path: Path) -> None:
    """A folder by one system and a file by another: neither form of the whole path is on the disk."""
    folder, file = unicodedata.normalize("NFC", "Hồ sơ"), unicodedata.normalize("NFD", "Vũ.txt")
    bag = write_bag(tmp_path / "bag", {f"{folder}/{file}": b"a"})
    (bag / TAGS).unlink()
    put(MANIFEST, unicodedata.normalize("NFC", (bag / MANIFEST).read_text()))(bag)
    assert levels(bag) == {}


def test_separators_of_other_alphabets_end_no_line(tmp_path: Path) -> None:
    names = ("a\u2028b", "c\x85d", "e\x0bf\x0cg\x1ch")
    bag = write_bag(tmp_path / "bag", dict.fromkeys(names, b"x"))
    assert levels(bag) == {}
    put(INFO, "Source-Organization: một\u2028hai\n")(bag)
    assert read_bag_info(bag) == {"source-organization": ("một\u2028hai",)}


def test_of_very_many_faults_the_first_are_told(tmp_path: Path) -> None:
    bag = bag_of(tmp_path)
    more(MANIFEST, "".join(f"{A}  data/none{n}\n" for n in range(20_000)))(bag)
    found = list(check_bag(bag))
    assert len(found) == 10_001
    assert found[-1].code == "BAGIT-MORE"
