"""Whatever is delivered, every file is accounted for once and nothing raises."""

import os
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.delivery import account, read_delivery
from tests.make_delivery import FAULTS, make_delivery, plan, sheet_rows, write_csv, write_plan

FATES = {"sheet", "document", "documentation", "unclaimed", "sealed", "ignored"}

_part = st.text(
    st.characters(exclude_characters="/\x00", exclude_categories=("Cs",)), min_size=1, max_size=8
).filter(lambda s: s not in (".", "..") and len(s.encode()) < 60)
_known = st.sampled_from(
    ["hs01", "hs02", "Bia_hoso01.pdf", "MLVB_02.pdf", "Thumbs.db", "x.pdf", "X.PDF", "a.docx", "ds.csv"]
)
_paths = st.lists(st.lists(_known | _part, min_size=1, max_size=3).map("/".join), max_size=12)
_cell = (
    st.none()
    | st.text(max_size=12)
    | st.integers(-5, 40)
    | st.sampled_from(["Mật", "hs01/x.pdf", "..\\x.pdf", "1"])
)


def _on_disk(root: Path) -> dict[str, int]:
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, root)] = os.lstat(path).st_size
    return found


def _check(root: Path) -> None:
    accounted = account(read_delivery(root))
    assert max(Counter(a.path for a in accounted).values(), default=1) == 1
    assert {a.path: a.size for a in accounted} == _on_disk(root)
    assert {a.fate for a in accounted} <= FATES


@settings(deadline=None, max_examples=60)
@given(paths=_paths, cells=st.lists(st.lists(_cell, min_size=46, max_size=46), max_size=5))
def test_any_tree_and_any_rows(paths: list[str], cells: list[list[object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_csv(root / "danhmuc.csv", [sheet_rows(plan(1))[0], *cells])
        for path in paths:
            try:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(path.encode())
            except OSError:
                continue  # a file where a folder is wanted, or the other way round
        _check(root)


@settings(deadline=None, max_examples=40)
@given(
    row=st.integers(0, 5),
    field=st.sampled_from(sorted(plan().rows[0])),
    value=st.none() | st.text(max_size=30) | st.floats(allow_nan=False) | st.integers(),
)
def test_any_cell_may_hold_anything(row: int, field: str, value: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        p = plan()
        p.rows[row][field] = value
        for f in [
            f for u in read_delivery(write_plan(Path(folder), p, form="csv")).units for f in u.findings
        ]:
            assert f.text("vi")
            assert f.text("en")
        _check(Path(folder))


def test_every_fault_at_once(tmp_path: Path) -> None:
    _check(make_delivery(tmp_path, faults=[f for f in FAULTS if f not in ("blank-rows", "second-sheet")]))


def test_an_empty_folder(tmp_path: Path) -> None:
    assert account(read_delivery(tmp_path)) == []
