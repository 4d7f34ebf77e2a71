"""Faults of scanned pages are found and named; pages as they should be have none (rates: docs/digitisation.md)."""

from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from access.samples import CLEAN, TYPICAL, Sample, Wear, pdf_of, sample
from ingest import looking
from ingest.inspector import Inspector
from repository.packages import DeliveredFile


def found(folder: Path, of: Sample) -> dict[str, str]:
    path = folder / "a.pdf"
    path.write_bytes(pdf_of(of))
    return _codes(path)


def _codes(path: Path) -> dict[str, str]:
    with Inspector() as inspector:
        told = looking.findings(DeliveredFile(path.name, 1), inspector.inspect(path))
    return {f.code: f.values["pages"] for f in told if f.code.startswith("PAGE-")}


@pytest.mark.parametrize(
    ("wear", "code"),
    [
        (replace(TYPICAL, skew=3.2), "PAGE-SKEWED"),
        (replace(TYPICAL, skew=-4.0), "PAGE-SKEWED"),
        (replace(TYPICAL, turn=90), "PAGE-SIDEWAYS"),
        (replace(TYPICAL, dark_edge=8.0), "PAGE-DARK-EDGE"),
        (replace(TYPICAL, cut=34.0), "PAGE-CUT"),
        (replace(CLEAN, colours="grey"), "PAGE-GREY"),
    ],
    ids=["skewed", "skewed the other way", "sideways", "dark edge", "cut", "grey"],
)
def test_a_fault_is_found_by_its_kind(tmp_path: Path, wear: Wear, code: str) -> None:
    assert found(tmp_path, sample(11, condition=wear)) == {code: "1"}


@pytest.mark.parametrize("condition", ["clean", "typical", "bad"])
def test_a_page_as_it_should_be_has_none(tmp_path: Path, condition: str) -> None:
    assert found(tmp_path, sample(12, condition=condition, pages=2)) == {}


def test_a_blank_back_is_told(tmp_path: Path) -> None:
    made = sample(13, condition="typical", blank_after=True)
    assert found(tmp_path, made) == {"PAGE-BLANK": str(len(made.pages))}


def test_a_page_scanned_twice_is_told(tmp_path: Path) -> None:
    once, again = (sample(14, condition=condition) for condition in ("typical", "clean"))
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(replace(once, pages=(*once.pages[:1], *again.pages[:1]))))
    assert _codes(path) == {"PAGE-SAME": "2"}


def test_a_page_that_was_typed_is_not_judged_as_a_scan(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.save(tmp_path / "a.pdf")
    assert _codes(tmp_path / "a.pdf") == {}
