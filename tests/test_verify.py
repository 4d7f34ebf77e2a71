"""The stand-alone verifier: tells by content what a path is, and finds every planted damage."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from repository.store_fs import FileStore
from repository.verify import verify
from standards.findings import Finding
from standards.ocfl_folder import DiskFolder
from tests.ocfl_fixtures import A, make_store, put, stored_files

STATE = {f"data/{number}.txt": os.urandom(3000 + number) for number in range(30)}


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    store = make_store(tmp_path)
    put(store, A, stored_files(tmp_path / "1", STATE))
    put(store, A, stored_files(tmp_path / "2", {**STATE, "data/new.txt": b"new"}), expected_head="v1")
    put(store, "urn:uuid:b", stored_files(tmp_path / "3", STATE))
    return store


def home(store: FileStore) -> Path:
    return next(path.parent.parent for path in store.root.rglob("v2/inventory.json"))


def writable(path: Path) -> Path:
    path.chmod(0o640)
    return path


def test_a_whole_store_is_valid_and_counted(store: FileStore) -> None:
    report = verify(store.root)
    assert (report.verdict, report.findings) == ("valid", ())
    size = sum(map(len, STATE.values()))
    assert (report.objects, report.files, report.bytes) == (2, 61, 2 * size + 3)


def test_an_object_alone_is_verified(store: FileStore) -> None:
    report = verify(home(store))
    assert (report.verdict, report.objects, report.files) == ("valid", 1, 31)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    writable(path).write_bytes(data)


CONTENT = "v1/content/data/7.txt"
DAMAGE: list[tuple[str, Callable[[Path], object]]] = [
    ("E092", lambda h: flip(h / CONTENT)),
    ("E092", lambda h: os.truncate(writable(h / CONTENT), 10)),
    ("E092", lambda h: (h / CONTENT).unlink()),
    ("E023", lambda h: (h / "v1/content/data/stray.txt").write_text("x")),
    ("E001", lambda h: (h / "stray.txt").write_text("x")),
    ("E046", lambda h: shutil.copy(h / "v1/inventory.json", writable(h / "inventory.json"))),
    ("E060", lambda h: flip(h / "inventory.json")),
    ("E058", lambda h: (h / "inventory.json.sha512").unlink()),
    ("E046", lambda h: shutil.rmtree(h / "v2")),
    ("E072", lambda h: (h.parent / "stray.txt").write_text("x")),
    ("E073", lambda h: (h.parent / "empty").mkdir()),
    ("E063", lambda h: (h / "inventory.json").unlink()),
]


@pytest.mark.parametrize(("code", "change"), DAMAGE)
def test_planted_damage_is_found(store: FileStore, code: str, change: Callable[[Path], object]) -> None:
    change(home(store))
    report = verify(store.root)
    assert report.verdict == "invalid"
    assert code in {found.code for found in report.findings}
    assert all(found.text("vi") and found.path for found in report.findings)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("ROOT-NO-LAYOUT", lambda root: (root / "ocfl_layout.json").unlink()),
        ("ROOT-NO-LAYOUT", lambda root: next(root.glob("extensions/*/config.json")).unlink()),
        ("ROOT-NO-README", lambda root: (root / "README-RECOVERY.txt").unlink()),
        ("ROOT-STRAY", lambda root: (root / "ghi chú.docx").write_text("x")),
    ],
)
def test_what_the_root_lacks_or_has_too_much_is_a_warning(
    store: FileStore, code: str, change: Callable[[Path], object]
) -> None:
    assert verify(store.root).verdict == "valid"
    change(store.root)
    report = verify(store.root)
    assert (report.verdict, [f.code for f in report.findings]) == ("valid-with-warning", [code])
    assert code in {f.code for f in store.everything() if isinstance(f, Finding)}


def test_a_root_that_somebody_else_made_needs_no_page_of_ours(tmp_path: Path, store: FileStore) -> None:
    shutil.copytree(home(store), tmp_path / "theirs" / "one")
    (tmp_path / "theirs" / "0=ocfl_1.1").write_text("ocfl_1.1\n")
    (tmp_path / "theirs" / "notes.txt").write_text("x")
    report = verify(tmp_path / "theirs")
    assert (report.verdict, [f.code for f in report.findings]) == ("valid", ["ROOT-NO-LAYOUT", "ROOT-STRAY"])


def test_an_object_in_the_place_of_another_is_found(store: FileStore) -> None:
    shutil.copytree(home(store), store.root / "abc" / "def" / "012" / "x")
    assert "E037" in {found.code for found in verify(store.root).findings}


def test_an_object_that_was_moved_is_found(store: FileStore) -> None:
    home(store).rename(home(store).with_name("khac"))
    assert [f.code for f in verify(store.root).findings if f.level == "MUST"] == ["VERIFY-MISPLACED"]


def test_what_cannot_be_read_is_a_finding(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that answers with an error for one file: the others are still verified."""
    opened, bad = DiskFolder.open, home(store)

    def failing(folder: DiskFolder, path: str) -> object:
        if (folder.home, path) == (bad, CONTENT):
            raise OSError(5, "Input/output error")
        return opened(folder, path)

    monkeypatch.setattr(DiskFolder, "open", failing)
    report = verify(store.root)
    assert [found.code for found in report.findings] == ["OCFL-UNREADABLE"]
    assert (report.verdict, report.files) == ("invalid", 60)


def test_the_package_in_the_head_is_judged(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    put(store, A, stored_files(tmp_path / "s", {"METS.xml": b"<mets/>"}))
    report = verify(store.root)
    assert report.verdict == "invalid"
    assert not any(found.code.startswith(("E0", "W0", "OCFL")) for found in report.findings)
    assert report.findings


def test_an_extracted_package_and_a_bag_are_told_by_content(tmp_path: Path, samples: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p/METS.xml").write_text("<mets/>")
    assert verify(tmp_path / "p").verdict == "invalid"
    report = verify(samples / "bags/v0.97/valid/basic-bag")
    assert (report.verdict, report.files) == ("valid-with-warning", 2)


@pytest.mark.parametrize("name", ["none", "file", "folder"])
def test_what_is_not_known_is_never_called_good(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    report = verify(tmp_path / name)
    assert report.verdict == "invalid"
    assert [found.code for found in report.findings] == ["VERIFY-UNKNOWN"]


def test_an_empty_store_is_said_to_be_empty(tmp_path: Path) -> None:
    report = verify(make_store(tmp_path).root)
    assert [found.code for found in report.findings] == ["VERIFY-EMPTY-ROOT"]
