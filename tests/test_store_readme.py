"""README-RECOVERY: its commands, run as they stand by a plain shell, give the records back."""

import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from repository.store_fs import FileStore
from tests.ocfl_fixtures import A, make_store, put, stored_files

STATE = {"METS.xml": b"<mets/>", "representations/rep1/data/Công văn 1.pdf": b"%PDF", "twin.pdf": b"%PDF"}


def commands() -> list[str]:
    """The indented shell commands of the page, in order: list, find, sha512, sha256, take out."""
    lines = resources.files("repository").joinpath("README-RECOVERY.txt").read_text().splitlines()
    blocks: list[str] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith("     "):
            blocks[-1:] = [f"{blocks[-1]}\n{line}"] if before.startswith("     ") else [*blocks[-1:], line]
    return blocks


def shell(command: str, folder: Path) -> str:
    """What bash says; the command must not fail."""
    run = ["bash", "-e", "-o", "pipefail", "-c", command]
    return subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    if not shutil.which("jq"):
        pytest.skip("jq is not installed")
    store = make_store(tmp_path)
    put(store, A, stored_files(tmp_path / "s", STATE))
    return store


def test_the_commands_of_the_page_work(store: FileStore, tmp_path: Path) -> None:
    listing, finding, sha512, sha256, taking = commands()
    home = store.root / shell(listing, store.root).split()[0]
    assert shell(listing, store.root).split()[1] == A
    assert shell(finding.replace("urn:uuid:...", A), store.root).strip() == str(home.relative_to(store.root))
    assert "FAILED" not in shell(sha512, home) + shell(sha256, home)
    shell(taking.replace("/tmp/hoso", str(tmp_path / "out")), home)
    out = tmp_path / "out"
    assert {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()} == STATE


def test_a_changed_byte_is_told(store: FileStore) -> None:
    content = next(store.root.rglob("v1/content/METS.xml"))
    content.chmod(0o640)
    content.write_bytes(b"<Mets/>")
    with pytest.raises(subprocess.CalledProcessError) as told:
        shell(commands()[2], content.parents[2])
    assert "FAILED" in told.value.stdout
