"""Secrecy marks on pages and in cells, personal identifiers, and their false friends."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.personal import mask_identifiers
from standards.secrecy import secrecy_mark, secrecy_suspicion, secrecy_word, secret_mode

HEAD = "ỦY BAN NHÂN DÂN\nXÃ TÂN MẪU\n"


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("MẬT", "Mật"), ("TỐI MẬT", "Tối mật"), ("TUYỆT MẬT", "Tuyệt mật"), ("M Ậ T", "Mật"), ("T Ố I  M Ậ T", "Tối mật"),
        ("[MẬT]", "Mật"), ("| TỐI MẬT |", "Tối mật"), ("MẬT.", "Mật"), ("“MẬT”", "Mật"), ("ĐỘ MẬT: MẬT", "Mật"),
        ("UBND TỈNH      MẬT      CỘNG HÒA XÃ HỘI", "Mật"), ("MẬT\tSố: 15/BC-CAX", "Mật"), ("MËT", "Mật"), ("MAÄT", "Mật"),
        ("MÂ\u0323T", "Mật"), ("MA\u0302\u0323T", "Mật"), ("MA\u0323\u0302T", "Mật"), ("ＭẬＴ", "Mật"), ("M\u200bẬT", "Mật"),
    ],
)  # fmt: skip
def test_marks_that_stand_alone(line: str, mark: str) -> None:
    page = f"{HEAD}{line}\nSố: 15/BC-CAX\n"
    assert secrecy_mark(page) == mark
    assert secrecy_mark(unicodedata.normalize("NFD", page)) == mark
    assert secrecy_suspicion(page) is None


def test_the_highest_of_several() -> None:
    assert secrecy_mark("MẬT\nTUYỆT MẬT\nTỐI MẬT") == "Tuyệt mật"


@pytest.mark.parametrize(
    "text",
    [
        "bí mật", "mật khẩu", "bảo mật", "mật độ dân cư", "BẢO VỆ BÍ MẬT NHÀ NƯỚC", "MẬT KHẨU", "MẬT ĐỘ XÂY DỰNG", "ĐỘ MẬT",
        "Danh mục tài liệu Mật của cơ quan", "MẶT TRẬN TỔ QUỐC", "THỊ TRẤN CÁI MÁT", "mật", "ong mật", "MẬT ONG", "", "T",
        "Văn bản này không thuộc độ mật theo quy định",
    ],
)  # fmt: skip
def test_false_friends(text: str) -> None:
    assert secrecy_mark(f"{HEAD}{text}\nabc") is None


@pytest.mark.parametrize("line", ["MAT", "MẶT", "MẤT", "TOI MAT", "TUYET MAT", "Mật", "Tối mật"])
def test_a_folded_hit_is_only_a_suspicion(line: str) -> None:
    assert secrecy_mark(HEAD + line) is None
    assert secrecy_suspicion(HEAD + line) is not None


@pytest.mark.parametrize("text", ["QUY CHẾ BẢO VỆ BÍ\nMẬT\nNHÀ NƯỚC", "ĐỔI\nMẬT\nKHẨU"])
def test_half_of_a_broken_word_is_only_a_suspicion(text: str) -> None:
    assert secrecy_mark(text) is None
    assert secrecy_suspicion(text) == "Mật"


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert secrecy_mark(text) in (None, "Mật", "Tối mật", "Tuyệt mật")
    secrecy_suspicion(text)
    secret_mode(text)


@pytest.mark.parametrize(
    "cell", ["Mật", "MẬT", " mật ", "Tối Mật", "TUYỆT  MẬT", "Độ mật: Mật", "(Mật)", "M Ậ T"]
)
def test_cells_that_are_the_mark(cell: str) -> None:
    assert secrecy_word(cell)
    assert secrecy_word(unicodedata.normalize("NFD", cell))
    assert secret_mode(cell)


@pytest.mark.parametrize("cell", ["03", "3", "toi mat", "Mat", "Tài liệu mật", "Bí mật nhà nước", "Mật - A"])
def test_the_mode_column_is_read_strictly(cell: str) -> None:
    assert secret_mode(cell)


@pytest.mark.parametrize(
    "cell", ["Công khai", "01", "02", "Sử dụng có điều kiện", "Không mật", "Đã giải mật", "", "13", "30"]
)
def test_modes_that_are_not_secret(cell: str) -> None:
    assert secret_mode(cell) is None


@pytest.mark.parametrize(
    "cell", ["Quy chế bảo vệ bí mật nhà nước", "mật khẩu", "Mật độ dân số", "Mặt", "Mát", "03"]
)
def test_titles_do_not_seal(cell: str) -> None:
    assert secrecy_word(cell) is None


@pytest.mark.parametrize(
    "text",
    [
        "CCCD 001085012345",
        "001 085 012 345",
        "CMND số 012345678",
        "CMND: 012.345.678",
        "012 345 678",
        "(001085012345)",
    ],
)
def test_identifiers_are_masked(text: str) -> None:
    masked = mask_identifiers(text)
    assert not any(c.isdigit() for c in masked)
    assert len(masked) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "120.000.000 đồng", "120 000 000 đ", "250.000.000", "155/KH-UBND", "1234567890", "0123456789012", "12345678",
        "H26.99.07.1998.01.0000001", "05/06/2025", "USD 123456789", "1.200.000.000.000 đồng", "A012345678", "0912 345 678",
    ],
)  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert mask_identifiers(text) == text


@given(st.text())
def test_masking_keeps_length_and_is_stable(text: str) -> None:
    once = mask_identifiers(text)
    assert len(once) == len(text)
    assert mask_identifiers(once) == once
