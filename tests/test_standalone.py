"""The verifier for strangers: one file, the standard library alone, Python 3.9 and later, of one mind with `kho verify`."""

import ast
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fixity import program
from preservation.selftest_damage import DAMAGES, Scratch
from repository.packages import AipId
from repository.verify import verify
from tests.ocfl_fixtures import make_store, put, stored_files
from tests.running import kho
from tests.test_journal import made

SOURCES = sorted((Path(program.__file__).parent / "standalone").glob("*.py"))
# What one installation may have beside our own interpreter; the oldest is the promise.
PYTHONS = sorted(str(p) for n in (9, 10, 12, 13) for p in [
    *Path("/usr/bin").glob(f"python3.{n}"), *Path.home().glob(f".pyenv/versions/3.{n}.*/bin/python3.{n}"),
])  # fmt: skip


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("program") / "kho-verify.pyz"
    program.write_program(target)
    return target


def run(packed: Path, path: Path, python: str = sys.executable) -> tuple[int, dict]:
    """Run it isolated, in an empty environment and folder."""
    ended = subprocess.run(
        [python, "-I", str(packed), "--json", str(path)],
        env={},
        cwd=packed.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == "", ended.stderr
    return ended.returncode, json.loads(ended.stdout)


def agree(packed: Path, path: Path) -> str:
    """Both verifiers' verdict, which is one."""
    ours = verify(path)
    code, theirs = run(packed, path)
    bad = ours.verdict == "invalid"
    told = (path.name, [f.code for f in ours.findings], theirs["findings"])
    assert (theirs["verdict"] == "invalid") == bad, told
    assert code == (3 if bad else 0)
    return theirs["verdict"]


def test_it_needs_nothing_but_the_standard_library_of_python_3_9():
    allowed = {"bag", "journal", "ocfl", "package", "report"}
    for source in SOURCES:
        tree = ast.parse(source.read_text(encoding="utf-8"), feature_version=(3, 9))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                names = {node.module} if node.module else {alias.name for alias in node.names}
                assert names <= allowed
            elif isinstance(node, ast.Import | ast.ImportFrom):
                name = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
                assert (name or "").partition(".")[0] in sys.stdlib_module_names


def test_it_can_be_read_in_an_afternoon():
    assert sum(len(source.read_text(encoding="utf-8").splitlines()) for source in SOURCES) < 1200


def test_the_same_sources_give_the_same_file(packed: Path):
    assert packed.read_bytes() == program.program()
    assert zipfile.ZipFile(packed).testzip() is None
    assert os.access(packed, os.X_OK)


def test_the_command_writes_it_and_never_over_something(tmp_path: Path):
    target = tmp_path / "v.pyz"
    assert kho("verify", "--write-program", target).code == 0
    assert target.read_bytes() == program.program()
    assert kho("verify", "--write-program", target).code == 1


def test_the_samples_of_others_are_judged_alike(packed: Path, samples: Path, tmp_path: Path):
    seen = set()
    for sample in sorted((samples / "ocfl").glob("*/*-objects/*")):
        folder = sample
        if sample.suffix == ".zip":
            shutil.unpack_archive(sample, tmp_path / sample.stem)
            folder = next(p.parent for p in (tmp_path / sample.stem).rglob("0=ocfl_object_*"))
        seen.add(agree(packed, folder))
    assert seen == {"valid", "invalid"}


def test_the_bags_of_others_are_judged_alike(packed: Path, samples: Path):
    verdicts = {
        agree(packed, folder) for folder in sorted((samples / "bags").glob("*/*/*")) if folder.is_dir()
    }
    assert verdicts == {"valid", "invalid"}


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """A store with an object of two versions, and another."""
    store = make_store(tmp_path)
    first = {f"data/{n}.bin": os.urandom(2000 + n) for n in range(6)}
    one, other = AipId("urn:kho:one"), AipId("urn:kho:other")
    put(store, one, stored_files(tmp_path / "1", first))
    put(store, one, stored_files(tmp_path / "2", {**first, "data/0.bin": b"new" * 999}), expected_head="v1")
    put(store, other, stored_files(tmp_path / "3", {"data/x.bin": b"x"}))
    return Scratch(store, one, other)


# What changes a package so that it is whole in itself is found by what is known elsewhere, not by a stranger.
WHOLE_IN_ITSELF = ("object gone", "another object in its place", "put back to an older version",
                   "inventory changed, sidecars made to fit", "inventory of a version gone")  # fmt: skip
PLANTED = [d for d in DAMAGES if not d.package and d.outcome == "bad" and "disk error" not in d.name]


@pytest.mark.parametrize("damage", PLANTED, ids=lambda d: d.name)
def test_planted_damage_is_judged_alike(packed: Path, scratch: Scratch, damage):
    damage.plant(scratch)
    verdict = agree(packed, scratch.store.root)
    assert damage.name in WHOLE_IN_ITSELF or verdict == "invalid"


@pytest.mark.parametrize("python", PYTHONS, ids=lambda p: Path(p).name)
def test_it_runs_with_every_python_at_hand(packed: Path, scratch: Scratch, python: str):
    if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"{python} does not start")
    assert run(packed, scratch.store.root, python)[0] == 0
    PLANTED[0].plant(scratch)
    assert run(packed, scratch.store.root, python)[0] == 3


JOURNALS: list[Callable[[list[bytes]], object]] = [
    lambda rows: None, lambda rows: rows.pop(3), lambda rows: rows.insert(2, rows[3]), lambda rows: rows.reverse(), list.clear,
    lambda rows: rows.__setitem__(1, rows[1].replace(b"event", b"audit")), lambda rows: rows.pop(),
]  # fmt: skip


@pytest.mark.parametrize("change", JOURNALS)
def test_journals_are_judged_alike(packed: Path, tmp_path: Path, change: Callable[[list[bytes]], object]):
    files, _head = made(8)
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        rows = data.splitlines(keepends=True)
        if path.startswith("entries/"):
            change(rows)
        (tmp_path / path).write_bytes(b"".join(rows))
    assert agree(packed, tmp_path) == ("valid" if change is JOURNALS[0] else "invalid")


def test_a_path_that_is_not_there_and_one_that_is_nothing(packed: Path, tmp_path: Path):
    ended = subprocess.run(
        [sys.executable, "-I", str(packed), str(tmp_path / "none")], capture_output=True, check=False
    )
    assert ended.returncode == 1
    assert run(packed, tmp_path)[1]["findings"][0]["code"] == "UNKNOWN"
