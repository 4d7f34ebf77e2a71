"""Generated scans: the same seed gives the same page, and the truth is where the page shows it."""

import cv2
import numpy as np
import pikepdf
import pytest

from access.demo import fonts
from access.samples import CLEAN, Stamp, Wear, layout, layouts, pdf_of, sample


def grey(jpeg: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)


@pytest.mark.parametrize("name", sorted(fonts.FAMILIES))
def test_every_family_has_every_vietnamese_letter(name: str):
    assert len(fonts.VIETNAMESE) == 134
    for style in fonts.STYLES:
        assert set(fonts.LETTERS) <= set(fonts.face(f"{name}/{style}").advances)


def test_templates_to_measure_are_not_those_to_write_rules():
    by_use = {use: {each.name for each in layouts() if each.use == use} for use in ("rules", "measure")}
    assert len(by_use["rules"]) >= 4 and len(by_use["measure"]) >= 4
    assert not by_use["rules"] & by_use["measure"] and {each.use for each in layouts()} == {
        "rules",
        "measure",
    }


def test_the_same_seed_gives_the_same_bytes():
    assert pdf_of(sample(7)) == pdf_of(sample(7))
    assert sample(7).pages[0].jpeg != sample(8).pages[0].jpeg


@pytest.mark.parametrize("of", layouts(), ids=lambda each: each.name)
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_every_word_stands_in_its_box(of, turn: int):
    """Ink in the boxes of the words, next to none between them."""
    made = sample(3, layout=of, condition=Wear(age=0.0, noise=0.0, skew=0.8, turn=turn, quality=80))
    page = made.pages[0]
    picture = grey(page.jpeg)
    assert picture.shape == (page.height, page.width)
    left = picture < 130
    inked = 0
    for word in page.words:
        x0, y0, x1, y1 = (round(v) for v in word.box)
        box = left[max(y0 - 2, 0) : y1 + 3, max(x0 - 2, 0) : x1 + 3]
        inked += bool(box.mean() > 0.04)
        box[:] = False
    assert inked >= 0.97 * len(page.words)  # a dash may be fainter
    assert left.mean() < 0.012  # what is left are the rules, the seal and the signature


def test_the_fields_are_on_the_page():
    for seed in range(12):
        made = sample(seed, condition=CLEAN, use="measure")
        text = " ".join(page.text for page in made.pages)
        fields = made.fields
        assert fields["number"] in text and fields["notation"].split("/")[0] in text
        assert fields["subject"] in text and fields["signer"] in text
        for own in ("procedure", "person", "business"):
            assert fields[own] in text


def test_marks_are_in_the_truth():
    made = sample(5, layout=layout("nd30"), stamps=[Stamp("TỐI MẬT", tilt=4), Stamp("KHẨN", frame=2)])
    assert (made.fields["secrecy"], made.fields["urgency"]) == ("TỐI MẬT", "KHẨN")
    page = made.pages[0]
    picture = cv2.imdecode(np.frombuffer(page.jpeg, np.uint8), cv2.IMREAD_COLOR).astype(int)
    red = picture[..., 2] - picture[..., :2].max(axis=2) > 40
    for _stamp, (x0, y0, x1, y1) in page.stamps:
        assert red[int(y0) : int(y1), int(x0) : int(x1)].mean() > 0.08


def test_faults_are_as_wished():
    flat = sample(1, condition=Wear(turn=90, colours="bilevel", dark_edge=6), blank_after=True)
    first, *_rest, last = flat.pages
    assert first.width > first.height and last.blank and not last.words
    assert np.mean((grey(first.jpeg) > 60) & (grey(first.jpeg) < 200)) < 0.05
    assert 6 <= len(sample(1, condition="clean", pages=6).pages) <= 7


@pytest.mark.parametrize("text", [False, True])
def test_pdfs_of_samples_open_with_or_without_text(text: bool, tmp_path):
    made = sample(2, condition=Wear(colours="grey", skew=0.4))
    path = tmp_path / "made.pdf"
    path.write_bytes(pdf_of(made, text=text))
    with pikepdf.open(path) as pdf:
        image = pdf.pages[0].Resources.XObject.Im1
        assert image.ColorSpace == "/DeviceGray" and image.read_raw_bytes() == made.pages[0].jpeg
