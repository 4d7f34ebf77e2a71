"""Vietnamese text: folding, tone placement, old encodings."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.vietnamese import (
    canonical_tones,
    fold,
    fold_words,
    from_tcvn3,
    from_vni,
    legacy_encoding,
    nfc,
    vietnamese_share,
)

MOTTO = "Cộng hòa xã hội chủ nghĩa Việt Nam"


def test_fold_takes_d_with_stroke_too() -> None:
    assert fold("Đường Độc Lập, đẹp") == "duong doc lap, dep"


def test_fold_words_ignores_case_punctuation_and_form() -> None:
    nfd = unicodedata.normalize("NFD", "Mã hồ sơ giấy gốc ( nếu có )")
    assert fold_words(nfd) == fold_words("MÃ HỒ SƠ GIẤY GỐC (NẾU CÓ)") == "ma ho so giay goc neu co"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("văn hoá", "văn hóa"), ("Uỷ ban", "Ủy ban"), ("khoẻ", "khỏe"), ("thuý", "thúy"), ("HOÀ", "HÒA"),
        ("quý", "quý"), ("hoàn", "hoàn"), ("toán", "toán"), ("quỳnh", "quỳnh"), ("hòa", "hòa"),
    ],
)  # fmt: skip
def test_tone_placement(written: str, canonical: str) -> None:
    assert canonical_tones(written) == canonical


@given(st.text())
def test_canonical_tones_is_stable_and_folds_alike(text: str) -> None:
    once = canonical_tones(text)
    assert canonical_tones(once) == once
    assert fold(once) == fold(nfc(text))


def test_tcvn3_motto() -> None:
    written = "Céng hßa x· héi chñ nghÜa ViÖt Nam"
    assert legacy_encoding(written) == "TCVN3"
    assert from_tcvn3(written) == MOTTO


def test_tcvn3_u_with_horn_is_the_soft_hyphen() -> None:
    assert legacy_encoding("nh\u00ad vËy") == "TCVN3"
    assert from_tcvn3("nh\u00ad vËy") == "như vậy"


def test_vni_motto() -> None:
    written = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp"
    assert legacy_encoding(written) == "VNI"
    assert from_vni(written) == MOTTO + ", Độc lập"


@pytest.mark.parametrize(
    "text", [MOTTO, "Nguyễn Văn Á", "à", "plain ASCII", "", "© 2024", "Đà Nẵng: ½ số hồ sơ"]
)
def test_unicode_is_left_alone(text: str) -> None:
    assert legacy_encoding(text) is None


def test_share_of_syllables() -> None:
    assert vietnamese_share("Quyết định số 451 về việc khuyến khích giữ gìn, nghiêng ngả") == 1
    assert vietnamese_share("ViÖt þßä çëï") == 0
