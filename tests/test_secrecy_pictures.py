"""Secrecy marks on pictures of pages: found without a text layer; other stamps and words do not seal."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from access.samples import CLEAN, TYPICAL, Stamp, layout, pdf_of, sample
from ingest import looking
from ingest.inspector import Inspector
from preservation.secrecy_shapes import may_be_mark
from preservation.secrecy_words import judged
from repository.packages import DeliveredFile
from tests import pdf_fixtures as made

ND30 = layout("nd30")


def looked(path: Path, stamps: list[Stamp], **wish: object):
    path.write_bytes(pdf_of(sample(4, layout=ND30, stamps=stamps, **wish)))
    with Inspector() as inspector:
        return inspector.inspect(path)


@pytest.mark.parametrize(
    "stamp",
    [
        Stamp("MẬT"),
        Stamp("TỐI MẬT", tilt=7),
        Stamp("TUYỆT MẬT", frame=0),
        Stamp("TỐI MẬT", strength=0.5, frame=2),
        Stamp("TUYỆT MẬT", centre=(300, 330)),
        Stamp("MẬT", ink="black", frame=0),
    ],
    ids=["bright", "tilted", "unframed", "faded", "over-text", "black"],
)
def test_a_mark_on_a_page_without_text_seals(tmp_path: Path, stamp: Stamp):
    seen = looked(tmp_path / "a.pdf", [stamp], condition=TYPICAL)
    assert not any(text.strip() for text in seen.texts)
    assert looking.is_sealed(seen)


@pytest.mark.parametrize("size", [(33, 12), (33, 25), (12, 40), (8, 40), (60, 14), (9, 11)])
def test_a_frame_with_next_to_nothing_in_it_is_no_mark(size: tuple[int, int]):
    frame = np.zeros(size, np.uint8)
    frame[[0, 1, -2, -1]] = 1
    frame[:, [0, 1, -2, -1]] = 1
    assert not may_be_mark(frame)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_mark_on_a_page_that_lies_wrong_is_found(tmp_path: Path, turn: int):
    seen = looked(tmp_path / "a.pdf", [Stamp("TUYỆT MẬT")], condition=replace(TYPICAL, turn=turn))
    assert any(look.marks for look in seen.looks)


@pytest.mark.parametrize("text", ["KHẨN", "HỎA TỐC", "BẢO MẬT THÔNG TIN", "MẬT ĐỘ", "BẢN SAO"])
def test_other_stamps_neither_seal_nor_hold(tmp_path: Path, text: str):
    seen = looked(tmp_path / "a.pdf", [Stamp(text)], condition=CLEAN, arrival=True)
    assert [look.marks for look in seen.looks] == [()] * len(seen.looks)


def test_a_picture_that_is_no_pdf_is_looked_at_too(tmp_path: Path):
    path = tmp_path / "a.jpg"
    path.write_bytes(sample(4, layout=ND30, stamps=[Stamp("TỐI MẬT")], condition=CLEAN).pages[0].jpeg)
    with Inspector() as inspector:
        assert looking.is_sealed(inspector.inspect(path))


def test_a_page_that_cannot_be_looked_at_is_missed_and_not_passed(tmp_path: Path):
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(14_400, 14_400))
    pdf.save(tmp_path / "huge.pdf")
    with Inspector() as inspector:
        seen = inspector.inspect(tmp_path / "huge.pdf")
        assert len(seen.looks) == 1 and seen.looks[0].missed
        told = looking.findings(DeliveredFile("huge.pdf", 1), seen)
        assert "PAGE-NOT-SEEN" in {found.code for found in told}
        assert not any(look.missed for look in inspector.inspect(made.scan(tmp_path / "good.pdf")).looks)


@pytest.mark.parametrize(
    ("text", "red", "verdict"),
    [
        ("| TỐI MẬT l", False, ("Tối mật", True)),
        ("TỒI MẬÁI", True, ("Tối mật", False)),
        ("MAT", True, ("Mật", False)),
        ("mật.", False, None),
        ("BẢO MẬT", True, None),
        ("KHẨN", True, None),
        ("", True, None),
    ],
)
def test_what_was_read_is_judged(text: str, red: bool, verdict: tuple[str, bool] | None):
    assert judged(text, 90, red=red) == verdict
