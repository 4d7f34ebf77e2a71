"""The score of a page's text: good text scores high in three languages; every fault of a layer is named and scores low."""

import unicodedata

import pytest

from access.samples import sample
from preservation.ocr_policy import policy
from standards.text_score import ENCODING, LEGACY, MARKS_LOST, NFD, WORDS, score_of

ACT = sample(3, use="measure", dpi=75).pages[0].text
ENGLISH = "The committee adopted the resolution concerning administrative boundaries and the preservation of records."
FRENCH = "Le comité a adopté la résolution relative à la conservation des archives, où elles ont été versées dès leur création."
TCVN3 = "Céng hßa x· héi chñ nghÜa ViÖt Nam. §éc lËp - Tù do - H¹nh phóc. QuyÕt ®Þnh vÒ viÖc ban hµnh quy chÕ lµm viÖc"
BADLY_READ = "CỌNG HQA XẢ HÔI CHU NGHIA VIÊT NAM Đôc lâp Tư do Hanh phuc Hâu Giang ngay thang nam vê viêc ban hanh quy chê"


def without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).replace("đ", "d").replace("Đ", "D")


@pytest.mark.parametrize("text", [ACT, ENGLISH, FRENCH], ids=["vi", "en", "fr"])
def test_good_text_scores_high_and_has_no_fault(text: str) -> None:
    score = score_of(text)
    assert score.score >= 90 and score.faults == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (TCVN3, LEGACY),
        (without_marks(ACT), MARKS_LOST),
        (BADLY_READ, MARKS_LOST),
        ("".join(chr(0xE000 + ord(c) % 200) if c.isalpha() else c for c in ACT), ENCODING),
        (ACT.translate(str.maketrans("abcdeghiklmnopqrstuvxy", "xqzjwkvfbgtpzrchjdwmqk")), WORDS),
    ],
    ids=["tcvn3", "no marks", "half the marks", "private letters", "other letters"],
)
def test_a_bad_layer_is_named_and_read_again(text: str, fault: str) -> None:
    score = score_of(text)
    assert fault in score.faults
    assert score.score < policy().redo_below


def test_marks_apart_from_letters_are_told_and_cost_nothing() -> None:
    assert score_of(unicodedata.normalize("NFD", ACT)).faults == (NFD,)
    assert score_of(unicodedata.normalize("NFD", ACT)).score == score_of(ACT).score


@pytest.mark.parametrize("text", ["", "12", "Trang 3", "MẬT", "a b c"])
def test_too_little_text_is_not_judged(text: str) -> None:
    assert score_of(text).score == -1
