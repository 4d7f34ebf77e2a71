"""What is found, in which order, and what never is: asked of a real Solr, over a small fictional fonds."""

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.search import FACETS, PageOutOfReach, UnknownFacet, search
from access.snippets import MARK, UNMARK, plain, read_page
from access.solr import Solr
from standards.errors import UsageError
from tests.conftest import SharedServices
from tests.search_fixtures import a_document, a_file, found, ids, put, two_cores

LAND = a_file("2003.03", "Hồ sơ giao đất làm nhà ở tại xóm Đình năm 2003", mode="02", startDate="2003-03-17",
              endDate="2003-06-02")  # fmt: skip
LAND_DOCS = (
    a_document(1, "Về việc đề nghị giao đất ở cho 14 hộ xóm Đình", type_name="Tờ trình", codeNumber="12",
               codeNotation="TTr-UB", issuedDate="2003-03-17", mode="02"),
    a_document(2, "Giao đất ở và cấp Giấy chứng nhận quyền sử dụng đất cho các hộ xóm Đình", "Điều 1. Giao đất.",
               "Ông Trần A, CMND số 012345678, nhận 200 m2; số định danh 001 099 012 345.",
               type_name="Quyết định", codeNumber="318", codeNotation="QĐ-UB", issuedDate="2003-06-02", mode="02"),
)  # fmt: skip
HALL = a_file("2016.11", "Hồ sơ xây dựng nhà văn hoá xóm Đình", startDate="2016-01-05", endDate="2016-11-20")
HALL_DOCS = (
    a_document(1, "Tiến độ xây dựng nhà văn hoá", "Phần mở đầu.", "", "Mái lợp ngói vảy cá, nền lát gạch Bát Tràng.",
               type_name="Báo cáo", codeNumber="07", codeNotation="BC-UBND", issuedDate="2016-05-05"),
    a_document(2, "Lễ khánh thành nhà văn hóa", type_name="Giấy mời", issuedDate="2016-11"),
    a_document(3, "Nghiệm thu hạng mục mái", type_name="Biên bản", issuedDate="2016"),
)  # fmt: skip
TALKS = a_file("2017.02", "Hòa giải ở cơ sở", startDate="2017")
TALKS_DOCS = (
    a_document(1, "Vận hòa giải viên họp xóm", "Biên bản vận hoà.", type_name="Biên bản", issuedDate="2017"),
    a_document(2, "Van hoa khong dau", type_name="Thông báo", issuedDate=""),
)
CLOSING = a_file("2024.07", "Bàn giao tài liệu khi kết thúc hoạt động năm 2024", startDate="2024-05-09",
                 endDate="2024-05-30")  # fmt: skip
CLOSING_DOCS = (
    a_document(1, "Kiểm kê, bàn giao tài liệu của Ủy ban nhân dân xã", "Số: 214/KH-UBND", type_name="Kế hoạch",
               codeNumber="214", codeNotation="KH-UBND", issuedDate="2024-05-09", organName="Uỷ ban nhân dân xã Cẩm Lĩnh"),
    a_document(2, "Thành lập Tổ kiểm kê", "Căn cứ Kế hoạch số 214/KH-UBND ngày 09/5/2024", type_name="Quyết định",
               codeNumber="9", codeNotation="QĐ-UBND", issuedDate="2024-05-21"),
    a_document(3, "Bàn giao giữa hai bên", "Lập ngày 30 tháng 5 năm 2024 tại trụ sở UBND.", type_name="Biên bản",
               issuedDate="2024-05-30"),
    a_document(4, "Kết quả kiểm kê", type_name="Báo cáo", codeNumber="214", codeNotation="BC-UBND",
               issuedDate="2024-06-02"),
)  # fmt: skip
PARTY = a_file("DU.01", "Tập lưu văn bản của Đảng ủy xã", block="Đảng", fonds="D0707", agency="A88.07",
               agency_name="Đảng ủy xã Cẩm Lĩnh", custodian="", other_names=())  # fmt: skip
PARTY_DOCS = (
    a_document(1, "Chỉ định cấp ủy", codeNumber="12", codeNotation="QĐ/ĐU", issuedDate="2001-02-03"),
    a_document(2, "Công tác văn thư", codeNumber="40", codeNotation="HD/VPTW", issuedDate="2018-11-07"),
)


@pytest.fixture(scope="module")
def solr(services_home: SharedServices) -> Iterator[Solr]:
    """The whole fictional fonds; all but the land file is published."""
    with two_cores(services_home.address) as cores:
        put(cores, LAND, *LAND_DOCS, published=True)
        put(cores, HALL, *HALL_DOCS)
        put(cores, TALKS, *TALKS_DOCS)
        put(cores, CLOSING, *CLOSING_DOCS)
        put(cores, PARTY, *PARTY_DOCS, published=False)
        yield cores


# ---- the same thing, however it is written


@pytest.mark.parametrize(
    "spellings",
    [
        ("uy ban nhan dan", "Ủy ban nhân dân", "Uỷ ban nhân dân", "UBND", "ubnd", "ỦY BAN NHÂN DÂN"),
        ("van hoa", "văn hoá", "văn hóa", "VĂN HÓA", "vạn hoạ"),
        ("giay chung nhan quyen su dung dat", "gcnqsdđ", "sổ đỏ", "Giấy chứng nhận quyền sử dụng đất"),
        ("cam linh", "Cẩm Lĩnh", "cẩm lĩnh", "CẨM LĨNH"),
        ("dat o", "đất ở", "Đất Ở"),
        ("quy", "quí", "quý"),
    ],
)
def test_one_set_of_hits_with_and_without_accents_in_every_spelling(
    solr: Solr, spellings: tuple[str, ...]
) -> None:
    wanted = set(found(solr, spellings[0]))
    assert wanted or spellings[0] == "quy"
    for spelling in spellings:
        for form in ("NFC", "NFD"):
            assert set(found(solr, unicodedata.normalize(form, spelling))) == wanted, (spelling, form)


def test_exact_accents_rank_first_in_either_tone_placement(solr: Solr) -> None:
    for typed in ("văn hoá", "văn hóa", unicodedata.normalize("NFD", "văn hoá")):
        hits = found(solr, typed)
        assert set(hits[:4]) == {"2016.11", "2016.11#1", "2016.11#2", "2016.11#3"}
        assert set(hits[4:]) == {"2017.02#1", "2017.02#2"}
    assert found(solr, "vận hòa")[0] == found(solr, "vận hoà")[0] == "2017.02#1"


def test_a_phrase_in_quotes_is_found_as_a_phrase(solr: Solr) -> None:
    assert set(found(solr, '"to kiem ke"')) == {"2024.07#2"}
    assert found(solr, '"ke kiem to"') == []


def test_a_place_is_found_by_its_new_name_too(solr: Solr) -> None:
    assert "2003.03" in found(solr, "xã Ba Đồi giao đất")


# ---- numbers and notations


@pytest.mark.parametrize(
    "typed",
    ["214/KH-UBND", "214/kh-ubnd", "214 kh-ubnd", "214/KH UBND", "số 214/KH-UBND", "KH-UBND 214", "214/KH–UBND",
     "Kế hoạch số 214/KH-UBND ngày 09/5/2024 của UBND xã Cẩm Lĩnh"],
)  # fmt: skip
def test_a_number_and_notation_finds_that_document_alone(solr: Solr, typed: str) -> None:
    assert found(solr, typed) == ["2024.07#1"]


def test_quotes_find_who_cites_it(solr: Solr) -> None:
    assert set(found(solr, '"214/KH-UBND"')) == {"2024.07#1", "2024.07#2"}


def test_a_number_alone_ranks_documents_of_that_number_first(solr: Solr) -> None:
    assert set(found(solr, "số 214")[:2]) == {"2024.07#1", "2024.07#4"}
    assert set(found(solr, "kế hoạch 214")) >= {"2024.07#1"}


@pytest.mark.parametrize(
    ("typed", "hit"),
    [("12-QĐ/ĐU", "DU.01#1"), ("40-HD/VPTW", "DU.01#2"), ("QĐ-UB 318", "2003.03#2"), ("318/QĐ-UBND", "2003.03#2"),
     ("09/QĐ-UBND", "2024.07#2")],
)  # fmt: skip
def test_party_notations_old_notations_and_leading_zeros(solr: Solr, typed: str, hit: str) -> None:
    assert found(solr, typed) == [hit]


def test_a_number_that_no_record_carries_is_looked_for_in_the_text(solr: Solr) -> None:
    assert found(solr, "999/KH-UBND") == []
    result = search(solr, "2003 thang 9/thang", collection="all")
    assert result.total == 0


# ---- dates


@pytest.mark.parametrize(
    "typed", ["tháng 5 năm 2024", "tháng 5/2024", "thang 05 nam 2024", "ngày … tháng 5 năm 2024"]
)
def test_a_month_finds_the_documents_of_that_month(solr: Solr, typed: str) -> None:
    assert set(found(solr, typed)) == {"2024.07#1", "2024.07#2", "2024.07#3"}


@pytest.mark.parametrize(
    "typed", ["ngày 21 tháng 5 năm 2024", "21/5/2024", "21-05-2024", "21.5.2024", "2024-05-21"]
)
def test_a_day_finds_the_document_of_that_day(solr: Solr, typed: str) -> None:
    assert found(solr, typed) == ["2024.07#2"]


def test_a_year_finds_documents_and_files_of_that_year(solr: Solr) -> None:
    assert set(found(solr, "năm 2016")) == {"2016.11", "2016.11#1", "2016.11#2", "2016.11#3"}
    assert set(found(solr, "kiểm kê năm 2024")) == {"2024.07#1", "2024.07#2", "2024.07#4"}


def test_a_document_known_only_by_its_year_is_not_of_a_month(solr: Solr) -> None:
    assert found(solr, "tháng 11 năm 2016") == ["2016.11#2"]


# ---- what the page of hits shows


def test_a_hit_knows_the_page_and_shows_its_words(solr: Solr) -> None:
    (hit,) = search(solr, "gach bat trang", collection="all").hits
    assert (hit.document, hit.page, hit.file, hit.kind) == ("1", 3, "001.pdf", "document")
    assert hit.snippet == "Mái lợp ngói vảy cá, nền lát gạch Bát Tràng."
    assert f"{MARK}gạch{UNMARK}" in hit.marked_snippet


def test_the_json_has_the_contracts_shape_and_no_marks(solr: Solr) -> None:
    document = search(solr, "nhà văn hóa", collection="all", limit=2).as_json()
    assert {"total", "seconds", "facets", "hits"} <= document.keys()
    assert {"id", "aip", "document", "file", "title", "snippet", "page"} <= document["hits"][0].keys()
    assert not {MARK, UNMARK} & set(str(document)) and "\\ue000" not in repr(document)


def test_pages_of_hits_do_not_overlap(solr: Solr) -> None:
    whole = found(solr, "")
    parts = [hit for offset in range(0, len(whole), 3) for hit in found(solr, "", limit=3, offset=offset)]
    assert parts == whole and len(set(whole)) == len(whole) == 18


def test_facets_count_all_hits_and_a_chosen_one_keeps_its_alternatives(solr: Solr) -> None:
    result = search(solr, "", collection="all", filters={"block": ["Đảng"]}, limit=1)
    assert result.total == 3
    assert dict(result.facets["block"]) == {"chính quyền": 15, "Đảng": 3}
    assert dict(result.facets["fonds"]) == {"D0707": 3}
    assert set(result.facets) == set(FACETS)
    several = search(solr, "", collection="all", filters={"year": ["2016", "2001"], "kind": ["document"]})
    assert set(ids(several)) == {"2016.11#1", "2016.11#2", "2016.11#3", "DU.01#1"}


def test_unknown_facets_and_pages_out_of_reach_are_told_in_words(solr: Solr) -> None:
    with pytest.raises(UnknownFacet, match="colour"):
        search(solr, "", collection="all", filters={"colour": ["red"]})
    for limit, offset in ((5000, 0), (-1, 0), (10, -1), (10, 10_000_000)):
        with pytest.raises(PageOutOfReach):
            search(solr, "", collection="all", limit=limit, offset=offset)


def test_a_letter_misread_is_forgiven_only_where_nothing_else_is_found(solr: Solr) -> None:
    noisy = search(solr, "khanb thanh nha van hoa", collection="all")
    assert noisy.approximate and ids(noisy)[0] == "2016.11#2"
    assert not search(solr, "khanh thanh nha van hoa", collection="all").approximate


# ---- what is never found


def test_the_public_sees_published_open_records_only(solr: Solr) -> None:
    everything = search(solr, "", collection="public", limit=100)
    assert {hit.aip for hit in everything.hits} == {
        "urn:uuid:2016.11",
        "urn:uuid:2017.02",
        "urn:uuid:2024.07",
    }
    assert everything.total == 12
    assert dict(everything.facets["block"]) == {"chính quyền": 12}
    assert dict(everything.facets["mode"]) == {"01": 12}
    for typed in ("xóm Đình giao đất", "318/QĐ-UB", "Đảng ủy", "năm 2003"):
        assert search(solr, typed, collection="public").total == 0, typed


def test_hidden_records_leave_no_trace_in_public_totals_facets_or_scores(
    services_home: SharedServices,
) -> None:
    query = {
        "query": {"edismax": {"query": "van hoa xom", "qf": "title exact page_text"}},
        "fields": "id,score",
    }
    with two_cores(services_home.address) as cores:
        put(cores, HALL, *HALL_DOCS)
        before, scores = (
            search(cores, "văn hoá xóm", collection="public"),
            cores.public.ask(query)["response"],
        )
        for n in range(40):
            put(cores, a_file(f"hidden.{n}", "Văn hoá văn hoá xóm"), a_document(1, "Xóm"), published=False)
        after = search(cores, "văn hoá xóm", collection="public")
        assert (after.total, after.facets, after.hits) == (before.total, before.facets, before.hits)
        assert cores.public.ask(query)["response"] == scores
        assert search(cores, "văn hoá xóm", collection="all").total > 40


@pytest.mark.parametrize(
    "typed",
    ["012345678", "001099012345", "001 099 012 345", "001.099.012.345", '"001 099 012 345"', "01234567*", "Trần A 012345678",
     "００１０９９０１２３４５"],
)  # fmt: skip
def test_personal_identifiers_find_nothing(solr: Solr, typed: str) -> None:
    assert search(solr, typed, collection="all").total == 0


def test_personal_identifiers_are_not_in_the_index_at_all(solr: Solr) -> None:
    assert "2003.03#2" in found(solr, "Trần A")
    for field in ("title", "context", "page_text", "exact"):
        for number in ("012345678", "001099012345"):
            asked = {"query": {"term": {"f": field, "query": number}}}
            assert solr.all.ask(asked)["response"]["numFound"] == 0
    hit = next(h for h in search(solr, "số định danh", collection="all").hits if h.id.endswith("2003.03#2"))
    assert "●●●" in hit.snippet and "099" not in hit.snippet and "012345678" not in hit.snippet


# ---- whatever is typed

HOSTILE = [
    "{!lucene}*:*", "{!term f=mode}02", "title:*", "*:*", "*", "?", "~", "a~", "a^", 'a"', '"', "((((", "))))", "AND", "OR",
    "NOT", "AND OR NOT", "a AND", "-a", "+", "&&", "||", "!", "/regex/", "[1 TO", "{* TO *}", "\\", "\\\\", "a\\", "_query_:x",
    "_val_:x", "${jndi:ldap://127.0.0.1}", "${A", "${q}", "${exactly:x}", "#{x}", "\x00", "a\x00b", "\ue000x\ue001", "\U000f0001", "\ud800", "<script>alert(1)</script>",
    "%s %d {0}", "' OR 1=1 --", "../../etc", "𝔘𝔅𝔑𝔇", "漢喃", "é" * 500, "\u202e abc", "a" * 999, "1" * 999, "$exactly",
    "exists(query($exactly))", "mm=0", "qf=title", "a" + "\u0301" * 300, "d\u0323\u0302\u0301",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_queries_get_a_result(solr: Solr, typed: str) -> None:
    result = search(solr, typed, collection="public", filters={"fonds": [typed], "year": ["2016"]})
    assert result.total == 0
    assert all("2003.03" not in hit.aip for hit in search(solr, typed, collection="public").hits)


@given(st.text(max_size=60) | st.text(alphabet='+-&|!(){}[]^"~*?:\\/ aBđ01.,$#_\x00\ue000', max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_gets_a_result_or_words(solr: Solr, typed: str) -> None:
    try:
        result = search(solr, typed, collection="all", filters={"organ": [typed]}, limit=3)
    except UsageError as told:
        assert told.text("vi")
    else:
        assert 0 <= len(result.hits) <= result.total


# ---- snippets


@given(st.lists(st.tuples(st.text(alphabet="ab \n", max_size=90), st.booleans()), min_size=1, max_size=12))
@settings(max_examples=100)
def test_a_snippet_is_part_of_its_page_with_whole_marks(pieces: list[tuple[str, bool]]) -> None:
    text = "".join(MARK + piece + UNMARK if marked and piece.strip() else piece for piece, marked in pieces)
    page, snippet = read_page("\U000f0007" + text)
    if MARK not in text:
        assert (page, snippet) == (None, "")
        return
    assert page == 7 and MARK in snippet
    assert snippet.count(MARK) == snippet.count(UNMARK)
    inner = plain(snippet).removeprefix("… ").removesuffix(" …")
    assert " ".join(inner.split()) in " ".join(plain(text).split()) and len(inner) <= 240


# ---- the acceptance examples of the domain notes, over their fonds


def read_rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def notes_fonds(samples: Path, services_home: SharedServices) -> Iterator[Solr]:
    """The fictional fonds of the domain notes, as an archive would hold it: the secret row was refused."""
    folder = samples.parent / "domain"
    if not (folder / "documents.csv").is_file():
        pytest.skip(f"no domain notes in {folder}")
    rows = defaultdict(list)
    for row in read_rows(folder / "documents.csv"):
        if row["mode"] != "03":
            day = "-".join(reversed(row["issuedDate"].split("/")))
            rows[row["arcFileCode"]].append(row | {"issuedDate": day})
    with two_cores(services_home.address) as cores:
        for file in read_rows(folder / "files.csv"):
            documents = [
                a_document(int(r["docOrdinal"]), r["subject"], f"Số: {r['codeNumber']}/{r['codeNotation']}", **{
                    name: value for name, value in r.items() if name != "subject"}) for r in rows[file["arcFileCode"]]
            ]  # fmt: skip
            put(cores, a_file(file["fileNo"], file["title"], mode=file["mode"]), *documents)
        yield cores


@pytest.mark.parametrize(
    ("typed", "hits"),
    [
        ("155/kh-ubnd", ["10#1"]),
        ("QĐ-UB 451", ["03#4"]),
        ("tháng 6 năm 2025", ["10#1", "10#2", "10#3", "10#4"]),
    ],
)
def test_acceptance_number_and_date(notes_fonds: Solr, typed: str, hits: list[str]) -> None:
    assert sorted(found(notes_fonds, typed)) == hits


def test_acceptance_words(notes_fonds: Solr) -> None:
    spellings = ("uy ban nhan dan", "Ủy ban nhân dân", "Uỷ ban nhân dân", "UBND")
    sets = {frozenset(found(notes_fonds, typed)) for typed in spellings}
    assert len(sets) == 1 and len(next(iter(sets))) > 10
    assert found(notes_fonds, "van hoa")[0] == "04#4"
    assert found(notes_fonds, "ho so cap giay chung nhan thon 3")[0] == "03"


def test_acceptance_the_public_never_sees_conditional_files(notes_fonds: Solr) -> None:
    seen = {hit.partition("#")[0] for hit in found(notes_fonds, "", collection="public")}
    assert seen == {"01", "04", "05", "06", "08", "09", "10"}
    assert search(notes_fonds, "an ninh trật tự", collection="all").total == 0
