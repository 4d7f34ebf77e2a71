"""rocfl, an independent OCFL program, agrees with the store and with the validator."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.ocfl_fixtures import A, make_store, put, stored_files
from tests.rocfl import rocfl_program


@pytest.mark.slow
def test_rocfl_finds_the_store_valid_and_a_flipped_byte_not(tmp_path: Path) -> None:
    rocfl = rocfl_program()
    store = make_store(tmp_path)
    state = {"METS.xml": b"<mets/>", "representations/rep1/data/Công văn 1.pdf": b"%PDF"}
    put(store, A, stored_files(tmp_path / "1", state))
    put(store, A, stored_files(tmp_path / "2", {**state, "new": b"2"}), expected_head="v1")
    command = [rocfl, "-r", os.fspath(store.root), "validate"]
    assert subprocess.run(command, check=False, timeout=120).returncode == 0
    content = next(store.root.rglob("v1/content/METS.xml"))
    content.chmod(0o640)
    content.write_bytes(b"<mets>")
    assert subprocess.run(command, check=False, timeout=120).returncode != 0
