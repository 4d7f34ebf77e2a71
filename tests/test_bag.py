"""The strict BagIt validator: the conformance suite, and one spoiled bag for each rule."""

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest

from standards.bag import BagTally, check_bag
from standards.bag_profile import IDENTIFIER, profile
from standards.findings import Level
from tests.bag_fixtures import write_bag


def codes(path: Path) -> set[str]:
    return {found.code for found in check_bag(path)}


def test_the_conformance_suite(samples: Path) -> None:
    with (samples / "expected.tsv").open(encoding="utf-8") as table:
        rows = [
            r for r in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE) if r["kind"] == "bag"
        ]
    assert len(rows) >= 15
    for row in rows:
        levels = {found.level for found in check_bag(samples / row["path"])}
        if row["verdict"] != "either":
            assert (Level.MUST in levels) == (row["verdict"] == "invalid"), row["path"]
        if row["verdict"] == "valid-with-warning":
            assert Level.SHOULD in levels, row["path"]


def test_a_good_bag_has_no_finding_and_bagit_agrees(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "b", {"Công văn.pdf": b"1", "d/two words.pdf": b"22"})
    tally = BagTally()
    assert not list(check_bag(bag, tally))
    assert (tally.files, tally.bytes) == (2, 3)
    assert bagit.Bag(os.fspath(bag)).is_valid()


def test_a_name_in_the_other_normal_form_is_the_same_file(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "b", {unicodedata.normalize("NFD", "ớ.pdf"): b"1"})
    manifest = bag / "manifest-sha256.txt"
    manifest.write_text(unicodedata.normalize("NFC", manifest.read_text()))
    (bag / "tagmanifest-sha256.txt").unlink()
    assert not codes(bag)


def test_a_name_with_line_end_and_percent_sign(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "b", {"a\nb%": b"1"})
    manifest = bag / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text().replace("a\nb%", "a%0Ab%25"))
    (bag / "tagmanifest-sha256.txt").unlink()
    assert not codes(bag)


def edit(name: str, old: str, new: str) -> Callable[[Path], object]:
    def change(bag: Path) -> None:
        text = (bag / name).read_text()
        assert old in text
        (bag / name).write_text(text.replace(old, new))

    return change


def append(name: str, text: str) -> Callable[[Path], object]:
    def change(bag: Path) -> None:
        with (bag / name).open("a") as file:
            file.write(text)

    return change


MANIFEST, ZEROS = "manifest-sha256.txt", "0" * 64
SPOILED: list[tuple[str, Callable[[Path], object]]] = [
    ("BAGIT-NO-DECLARATION", lambda b: (b / "bagit.txt").unlink()),
    ("BAGIT-DECLARATION", edit("bagit.txt", "Version:", "Version :")),
    ("BAGIT-DECLARATION", edit("bagit.txt", "1.0", "2.0")),
    ("BAGIT-DECLARATION", edit("bagit.txt", "BagIt", "\ufeffBagIt")),
    ("BAGIT-DECLARATION", append("bagit.txt", "More: x\n")),
    ("BAGIT-DECLARATION", edit("bagit.txt", "UTF-8", "klingon")),
    ("BAGIT-NO-DATA", lambda b: (b / "data").rename(b / "date")),
    ("BAGIT-NO-MANIFEST", lambda b: (b / MANIFEST).unlink()),
    ("BAGIT-ALGORITHM", lambda b: (b / "manifest-crc9.txt").write_text("")),
    ("BAGIT-WEAK-DIGEST", lambda b: (b / "tagmanifest-md5.txt").write_text("")),
    ("BAGIT-MANIFEST-LINE", append(MANIFEST, "data/none\n")),
    ("BAGIT-MANIFEST-LINE", append(MANIFEST, "00  data/a.pdf\n")),
    ("BAGIT-UNSAFE-PATH", append(MANIFEST, f"{ZEROS}  data/../../x\n")),
    ("BAGIT-UNSAFE-PATH", append(MANIFEST, f"{ZEROS}  /etc/passwd\n")),
    ("BAGIT-UNSAFE-PATH", append(MANIFEST, f"{ZEROS}  data\\..\\x\n")),
    ("BAGIT-UNSAFE-PATH", append(MANIFEST, f"{ZEROS}  bagit.txt\n")),
    ("BAGIT-UNSAFE-PATH", append("tagmanifest-sha256.txt", f"{ZEROS}  data/a.pdf\n")),
    ("BAGIT-DOUBLED", append(MANIFEST, f"{ZEROS}  data/a.pdf\n")),
    ("BAGIT-MISSING", lambda b: (b / "data/a.pdf").unlink()),
    ("BAGIT-MISSING", lambda b: (b / "bag-info.txt").unlink()),
    ("BAGIT-STRAY", lambda b: (b / "data/new.pdf").write_bytes(b"")),
    ("BAGIT-STRAY", lambda b: (b / "manifest-sha512.txt").write_text("")),
    ("BAGIT-DIGEST", lambda b: (b / "data/a.pdf").write_bytes(b"x")),
    ("BAGIT-DIGEST", append("bag-info.txt", "More: x\n")),
    ("BAGIT-OXUM", edit("bag-info.txt", "1.1", "2.1")),
    ("BAGIT-OXUM", edit("bag-info.txt", "1.1", "9" * 5000 + ".1")),
    ("BAGIT-INFO-LINE", append("bag-info.txt", "nothing\n")),
    ("BAGIT-FETCH", lambda b: (b / "fetch.txt").write_text("http://127.0.0.1:9/x - data/far.pdf\n")),
    ("BAGIT-FETCH-LINE", lambda b: (b / "fetch.txt").write_text("data/far.pdf\n")),
    ("BAGIT-UNSAFE-PATH", lambda b: (b / "fetch.txt").write_text("http://127.0.0.1:9/x - data/../x\n")),
    ("BAGIT-LINK", lambda b: (b / "data/link").symlink_to("/etc/passwd")),
    ("BAGIT-LINK", lambda b: os.mkfifo(b / "pipe")),
    ("BAGIT-TWIN", lambda b: (b / "data/A.PDF").write_bytes(b"1")),
]


@pytest.mark.parametrize(("code", "change"), SPOILED)
def test_a_spoiled_bag_is_found(tmp_path: Path, code: str, change: Callable[[Path], object]) -> None:
    bag = write_bag(tmp_path / "b", {"a.pdf": b"1"})
    change(bag)
    found = [fault for fault in check_bag(bag) if fault.code == code]
    assert found
    assert all(fault.text("vi") and fault.text("en") for fault in found)


STATED = "BagIt-Profile-Identifier: urn:kho:bagit-profile:1\n"


def write_profiled(folder: Path) -> Path:
    """A bag that states and meets Kho's profile."""
    bag = write_bag(folder, {"a.pdf": b"1"})
    digest = hashlib.sha512(b"1").hexdigest()
    (bag / "manifest-sha512.txt").write_text(f"{digest}  data/a.pdf\n")
    told = "Source-Organization: Chi cục\nExternal-Identifier: urn:uuid:1\nBagging-Date: 2026-01-01\n"
    (bag / "bag-info.txt").write_text(f"{STATED}{told}Payload-Oxum: 1.1\n")
    seal(bag)
    return bag


def seal(bag: Path) -> None:
    tags = sorted(p.name for p in bag.iterdir() if p.is_file() and not p.name.startswith("tagmanifest"))
    for algorithm in ("sha256", "sha512"):
        lines = (f"{hashlib.new(algorithm, (bag / t).read_bytes()).hexdigest()}  {t}\n" for t in tags)
        (bag / f"tagmanifest-{algorithm}.txt").write_text("".join(lines))


def test_a_bag_that_meets_the_profile_that_it_states(tmp_path: Path) -> None:
    assert not codes(write_profiled(tmp_path / "b"))


UNMET: list[Callable[[Path], object]] = [
    edit("bag-info.txt", "Source-Organization: Chi cục\n", ""),
    edit(
        "bag-info.txt", "Bagging-Date: 2026-01-01\n", "Bagging-Date: 2026-01-01\nBagging-Date: 2026-01-02\n"
    ),
    edit("bagit.txt", "1.0", "0.97"),
    lambda b: (b / "manifest-sha256.txt").unlink(),
    lambda b: (b / "manifest-md5.txt").write_text(f"{hashlib.md5(b'1').hexdigest()}  data/a.pdf\n"),
    lambda b: (b / "fetch.txt").write_text("http://127.0.0.1:9/x - data/a.pdf\n"),
]


@pytest.mark.parametrize("change", UNMET)
def test_a_bag_that_breaks_the_profile_that_it_states(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    bag = write_profiled(tmp_path / "b")
    change(bag)
    seal(bag)
    assert "BAGIT-PROFILE" in codes(bag)
    info = (bag / "bag-info.txt").read_text().replace(STATED, "")
    (bag / "bag-info.txt").write_text(info)
    seal(bag)
    assert not any(f.level is Level.MUST for f in check_bag(bag))


def test_a_profile_of_others_is_said_to_be_unchecked(tmp_path: Path) -> None:
    bag = write_profiled(tmp_path / "b")
    edit("bag-info.txt", "urn:kho:bagit-profile:1", "https://example.org/profile.json")(bag)
    seal(bag)
    assert codes(bag) == {"BAGIT-PROFILE-OTHER"}


def test_the_published_profile_is_the_one_that_is_asked() -> None:
    published = Path(__file__).parents[1] / "docs" / "bagit-profile.json"
    assert json.loads(published.read_text(encoding="utf-8")) == profile()
    assert profile()["BagIt-Profile-Info"]["BagIt-Profile-Identifier"] == IDENTIFIER


def test_many_files_are_hashed_by_children_and_each_fault_is_named(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "b", {f"d/{n:05d} tệp.txt": b"%d" % n for n in range(2500)})
    assert not codes(bag)
    (bag / "data" / "d" / "01234 tệp.txt").write_bytes(b"changed")
    (bag / "bag-info.txt").unlink()
    (bag / "tagmanifest-sha256.txt").unlink()
    found = list(check_bag(bag))
    assert [(f.code, f.path) for f in found] == [("BAGIT-DIGEST", "data/d/01234 tệp.txt")]


def test_a_child_without_an_answer_is_no_good_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = write_bag(tmp_path / "b", {f"{n:05d}.txt": b"1" for n in range(2500)})
    monkeypatch.setattr("sys.executable", "/bin/false")
    assert sum(f.code == "BAGIT-UNREADABLE" for f in check_bag(bag)) == 2503


HOSTILE_NAMES = [
    "=cmd()|x.pdf",
    "<script>alert(1)</script>.pdf",
    "a\x1b[31mred\x07.pdf",
    "exe\u202efdp.pdf",
    "b\nc.pdf",
]


def test_hostile_names_are_shown_harmless(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "b", {name.replace("/", "∕"): b"1" for name in HOSTILE_NAMES})
    (bag / "manifest-sha256.txt").write_text("")
    words = [
        "-m",
        "access.cli",
        "--home",
        os.fspath(tmp_path / "home"),
        "--lang",
        "vi",
        "check",
        os.fspath(bag),
    ]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", done.stderr + done.stdout)
    assert r"\x1b[31m" in done.stderr
    assert r"\u202e" in done.stderr
