"""What a person types is read as words, phrases, numbers and dates, whatever the spelling; nothing breaks it."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.query import MAX_CHARACTERS, Clause, Dated, Notation, Number, QueryTooLong, Words, read_query
from access.vocabulary import other_spelling, vocabulary
from standards.vietnamese import fold


def only(typed: str) -> Clause:
    (clause,) = read_query(typed).clauses
    return clause


@pytest.mark.parametrize(
    "typed",
    [
        "155/KH-UBND", "155/kh-ubnd", "155 kh-ubnd", "155/KH UBND", "155/kh ubnd", "155 KH UBND", "0155/KH-UBND",
        "155 / KH - UBND", "155/KH–UBND", "155\\KH-UBND", "số 155/KH-UBND", "Số: 155/KH-UBND", "so 155/kh-ubnd",
        "KH-UBND 155", "KH-UBND số 155", "１５５/KH-UBND",
    ],
)  # fmt: skip
def test_every_spelling_of_a_number_and_notation_has_one_key(typed: str) -> None:
    clause = only(unicodedata.normalize("NFKC", typed))
    assert isinstance(clause, Notation)
    assert clause.keys[0] == "155|KHUBND"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("05/2015/QĐ-UBND", "5/2015|QDUBND"),
        ("5/2015/qd-ubnd", "5/2015|QDUBND"),
        ("40-HD/VPTW", "40|HDVPTW"),
        ("12-QĐ/ĐU", "12|QDDU"),
        ("QĐ-UB 451", "451|QDUB"),
        ("320/NV", "320|NV"),
        ("07/2010/HĐXD", "7/2010|HDXD"),
    ],
)
def test_notations_of_government_party_and_contracts(typed: str, key: str) -> None:
    clause = only(typed)
    assert isinstance(clause, Notation)
    assert clause.keys[0] == key


def test_the_old_name_of_an_issuer_finds_the_new_one_and_back() -> None:
    assert only("451/QĐ-UB") == Notation(("451|QDUB", "451|QDUBND"), "451 qđ ub")
    assert only("451/QĐ-UBND") == Notation(("451|QDUBND", "451|QDUB"), "451 qđ ubnd")


def test_a_notation_without_a_number() -> None:
    assert only("QĐ-UBND") == Notation(("|QDUBND", "|QDUB"), "qđ ubnd", number=False)


@pytest.mark.parametrize("typed", ["số 155", "so 155", "Số: 0155"])
def test_a_number_alone_may_be_a_documents_number(typed: str) -> None:
    clause = only(typed)
    assert isinstance(clause, Number)
    assert clause.number == "155"


@pytest.mark.parametrize(
    "typed", ["thôn 3 - thôn 5", "tỷ lệ 1/500", "kinh tế-xã hội", "3/thôn 5", "155 hộ dân"]
)
def test_plain_words_with_numbers_and_dashes_stay_words(typed: str) -> None:
    assert all(isinstance(clause, Words) for clause in read_query(typed).clauses)


@pytest.mark.parametrize(
    "typed",
    [
        "ngày 05 tháng 6 năm 2025", "ngày 5 tháng 06 năm 2025", "ngay 5 thang 6 nam 2025", "5/6/2025", "05/06/2025",
        "05-06-2025", "05.6.2025", "2025-06-05", "ngày 05/6/2025", "NGÀY 05 THÁNG 6 NĂM 2025",
        unicodedata.normalize("NFD", "ngày 05 tháng 6 năm 2025"),
    ],
)  # fmt: skip
def test_every_way_to_write_a_day_reads_day_first(typed: str) -> None:
    clause = only(typed)
    assert isinstance(clause, Dated)
    assert (clause.edtf, clause.sure) == ("2025-06-05", True)


@pytest.mark.parametrize(
    ("typed", "edtf", "sure"),
    [
        ("tháng 6/2025", "2025-06", True),
        ("tháng 6 năm 2025", "2025-06", True),
        ("thang 06 nam 2025", "2025-06", True),
        ("ngày … tháng 6 năm 2025", "2025-06", True),
        ("năm 2025", "2025", False),
        ("2025", "2025", False),
        ("6/2025", "2025-06", False),
        ("ngày … tháng … năm 1998", "1998", False),
        ("ngày ... tháng ... năm 1998", "1998", False),
    ],
)
def test_months_and_years(typed: str, edtf: str, sure: bool) -> None:
    clause = only(typed)
    assert isinstance(clause, Dated)
    assert (clause.edtf, clause.sure) == (edtf, sure)


@pytest.mark.parametrize("typed", ["31/02/2025", "45/13/2025", "ngày 99 tháng 99 năm 2025"])
def test_a_date_that_cannot_be_is_looked_for_as_it_stands(typed: str) -> None:
    assert not any(isinstance(c, Dated) and c.sure for c in read_query(typed).clauses)
    assert read_query(typed).clauses


def test_a_whole_citation_is_taken_apart() -> None:
    clauses = read_query("Kế hoạch số 155/KH-UBND ngày 05/6/2025 của UBND thành phố").clauses
    assert [type(c).__name__ for c in clauses] == [
        "Words",
        "Words",
        "Notation",
        "Dated",
        "Words",
        "Words",
        "Words",
    ]


@pytest.mark.parametrize("quotes", ['"{}"', "“{}”", "«{}»", "„{}“"])
def test_quotes_make_a_phrase_that_is_not_read_further(quotes: str) -> None:
    assert read_query(f"xã {quotes.format('155/KH-UBND năm 2025')}").clauses == (
        Words(("xã",)),
        Words(("155 kh ubnd năm 2025",)),
    )


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("UBND", "Ủy ban nhân dân"),
        ("hđnd", "Hội đồng nhân dân"),
        ("kt-xh", "kinh tế - xã hội"),
        ("sổ đỏ", "gcnqsdđ"),
    ],
)
def test_abbreviation_and_full_form_are_looked_for_together(short: str, full: str) -> None:
    one, other = only(short), only(full)
    assert isinstance(one, Words) and isinstance(other, Words)
    assert {fold(form) for form in one.forms} == {fold(form) for form in other.forms}


@pytest.mark.parametrize("ambiguous", ["tt", "qh", "TT"])
def test_what_alone_means_two_things_is_not_expanded(ambiguous: str) -> None:
    assert only(ambiguous) == Words((ambiguous.lower(),))


def test_a_dotted_p_is_a_ward() -> None:
    assert [c.forms[0] for c in read_query("p. Bồ Đề").clauses if isinstance(c, Words)] == [
        "phường",
        "bồ",
        "đề",
    ]


def test_two_spellings_of_one_syllable() -> None:
    assert other_spelling("quí") == "quý"
    assert other_spelling("kỹ") == "kĩ"
    assert other_spelling("ty") == "ti"
    assert other_spelling("xã") is None


@pytest.mark.parametrize("typed", ["001099012345", "001 099 012 345", "ông A 012345678"])
def test_a_personal_identifier_is_nothing_to_search_by(typed: str) -> None:
    query = read_query(typed)
    assert query.personal and query.clauses == ()


@pytest.mark.parametrize("typed", ["", "   ", "?!…", "\x00\x01", "●●●", '""', "/ - /"])
def test_what_holds_no_letter_and_no_digit_asks_for_nothing(typed: str) -> None:
    assert read_query(typed).clauses == ()


@pytest.mark.parametrize("typed", ["x" * (MAX_CHARACTERS + 1), "a b " * 60])
def test_too_long_a_query_is_refused_in_words(typed: str) -> None:
    with pytest.raises(QueryTooLong) as refused:
        read_query(typed)
    assert "tối đa" in refused.value.text("vi") and refused.value.exit_code == 2


HOSTILE = st.text(max_size=80) | st.text(alphabet='+-&|!(){}[]^"~*?:\\/ abđ01.,$#_\x00\ue000', max_size=60)


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
def test_nothing_but_words_comes_out_of_any_text(typed: str) -> None:
    for clause in read_query(typed).clauses:
        texts = clause.forms if isinstance(clause, Words) else (clause.typed,)
        for text in texts:
            assert text and all(c.isalnum() or c == " " for c in text), (typed, text)
            assert text == text.lower()


@given(
    st.lists(
        st.sampled_from(["ủy ban", "hoà bình", "Đề án", "khoẻ", "thuỷ lợi", "xã", "quý"]),
        min_size=1,
        max_size=6,
    )
)
def test_composed_and_decomposed_writing_is_read_alike(words: list[str]) -> None:
    text = " ".join(words)
    assert read_query(unicodedata.normalize("NFD", text)) == read_query(text)


@given(
    st.integers(1, 99999),
    st.sampled_from(["qd", "kh", "nq", "bc", "tb", "ttr"]),
    st.sampled_from(["hdnd", "vp", "tckh", "ttg"]),
)
@settings(max_examples=50)
def test_any_number_and_notation_reads_the_same_in_all_forms(number: int, kind: str, organ: str) -> None:
    wanted = (f"{number}|{kind}{organ}".upper(),)
    for form in (
        f"{number}/{kind}-{organ}",
        f"{number:03}/{kind.upper()} {organ.upper()}",
        f"{kind}-{organ} {number}",
    ):
        clause = only(form)
        assert isinstance(clause, Notation) and clause.keys == wanted, form


def test_the_vocabulary_leads_both_ways() -> None:
    same = vocabulary().same
    for forms in same.values():
        assert len(set(forms)) == len(forms) >= 2
