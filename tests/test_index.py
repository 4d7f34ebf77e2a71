"""Records go into the index once, whole, masked, and out again without a trace."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import index
from access.entries import IndexedDocument, document_entry, file_entry
from access.index import SecretNotIndexed, commit, index_package, remove_package
from access.solr import SearchRefused, SearchUnavailable, Solr, connect, ping
from repository.services.ports import free_port
from tests.conftest import SharedServices
from tests.search_fixtures import a_document, a_file, found, put, two_cores


@pytest.fixture
def solr(services_home: SharedServices) -> Iterator[Solr]:
    with two_cores(services_home.address) as cores:
        yield cores


def test_indexing_again_doubles_nothing_and_drops_what_is_gone(solr: Solr) -> None:
    file = a_file("1", "Sổ theo dõi")
    put(solr, file, a_document(1, "Một"), a_document(2, "Hai"), a_document(3, "Ba"))
    put(solr, file, a_document(1, "Một"), a_document(2, "Hai"), a_document(3, "Ba"))
    assert sorted(found(solr, "")) == ["1", "1#1", "1#2", "1#3"]
    put(solr, file, a_document(2, "Hai sửa"))
    for collection in ("all", "public"):
        assert sorted(found(solr, "", collection=collection)) == ["1", "1#2"]


def test_a_large_package_goes_in_several_requests(solr: Solr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "BATCH_CHARACTERS", 2000)
    put(solr, a_file("1", "Lớn"), *(a_document(n, f"Tờ {n}", "chữ " * 50) for n in range(1, 41)))
    assert len(found(solr, "chữ", limit=100)) == 40
    assert len(found(solr, "chữ", limit=100, collection="public")) == 40


def test_withdrawing_a_publication_takes_it_from_the_public_at_once(solr: Solr) -> None:
    file, document = a_file("1", "Hồ sơ mở"), a_document(1, "Một")
    put(solr, file, document)
    assert len(found(solr, "", collection="public")) == 2
    put(solr, file, document, published=False)
    assert found(solr, "", collection="public") == [] and len(found(solr, "")) == 2


def test_only_open_documents_of_an_open_file_are_public(solr: Solr) -> None:
    put(solr, a_file("1", "Mở"), a_document(1, "Mở"), a_document(2, "Có điều kiện", mode="02"))
    put(solr, a_file("2", "Có điều kiện", mode="02"), a_document(1, "Mở"))
    assert sorted(found(solr, "", collection="public")) == ["1", "1#1"]
    assert len(found(solr, "")) == 5


@pytest.mark.parametrize(("of_file", "of_document"), [("03", "01"), ("01", "03")])
def test_secret_records_are_refused_and_nothing_of_them_stays(
    solr: Solr, of_file: str, of_document: str
) -> None:
    put(solr, a_file("1", "Trước"), a_document(1, "Trước"))
    with pytest.raises(SecretNotIndexed):
        put(
            solr,
            a_file("1", "Tuyệt đối", mode=of_file),
            a_document(1, "Mở"),
            a_document(2, "Kín", mode=of_document),
        )
    commit(solr)
    assert found(solr, "") == []


def test_a_removed_package_leaves_no_word_behind(solr: Solr) -> None:
    put(solr, a_file("1", "Giữ lại"))
    put(solr, a_file("2", "Quyển nhầmlẫn"), a_document(1, "Nhầmlẫn"))
    remove_package(solr, "urn:uuid:2")
    commit(solr, purge=True)
    assert found(solr, "") == ["1"]
    terms = solr.all.ask({"query": "*:*", "facet": {"t": {"type": "terms", "field": "aip", "mincount": 0}}})
    assert [bucket["val"] for bucket in terms["facets"]["t"]["buckets"]] == ["urn:uuid:1"]


def test_an_aip_id_is_a_value_and_never_syntax(solr: Solr) -> None:
    put(solr, a_file("1", "Giữ lại"))
    for odd in ("*", "} OR aip:*", '"', "urn:uuid:1 OR x"):
        remove_package(solr, odd)
    commit(solr)
    assert found(solr, "") == ["1"]


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=300))
@settings(max_examples=40, deadline=None)
def test_any_text_of_a_record_can_be_indexed(
    services_home: SharedServices, code: str, date: str, text: str
) -> None:
    with_text = a_document(
        1, text, text, codeNumber=code, codeNotation=code, issuedDate=date, organName=text, typeName=code,
        maintenance=code, language=code,
    )  # fmt: skip
    entry = document_entry(a_file("1", text, startDate=date, endDate=date), with_text)
    assert all(value not in ("", None, []) for value in entry.values())


def test_odd_texts_do_not_refuse_the_batch(solr: Solr) -> None:
    odd = [
        "\x00\x01\x02",
        "\ud800",
        "\ue000\U000f0001giả",
        "x" * 100_000,
        "\ufffe",
        "1\u0338" * 50,
        "<b>&amp;</b>",
        "{!x}",
    ]
    documents = [
        a_document(n, text, text, "y" * 300_000, codeNumber=text, codeNotation=text, issuedDate=text, organName=text,
                   typeName=text, language=text, maintenance=text)
        for n, text in enumerate(odd, 1)
    ]  # fmt: skip
    put(solr, a_file("1", odd[1], startDate="31/02/2020", endDate="9999", keyword=odd[0]), *documents)
    assert len(found(solr, "")) == len(odd) + 1
    (forged,) = [d for d in solr.all.ask({"query": "giả"})["response"]["docs"] if d["order"] == 3]
    assert forged["title"] == "giả"


@pytest.mark.parametrize(
    ("written", "kept"),
    [("2003-06-02", "2003-06-02"), ("02/06/2003", "2003-06-02"), ("06/2003", "2003-06"), ("2003", "2003"),
     ("31/02/2003", None), ("không rõ", None), ("", None), ("2003-13", None), 
     ("203", None), ("２００３", None), ("2003-6-2", None), ("0000", None)],
)  # fmt: skip
def test_dates_are_kept_as_far_as_they_are_known(written: str, kept: str | None) -> None:
    entry = document_entry(a_file("1", "x"), a_document(1, "x", issuedDate=written))
    assert entry.get("issued") == entry.get("issued_range") == kept
    assert entry.get("year") == ([2003] if kept else None)


def test_a_files_span_is_a_range_even_when_its_ends_are_turned() -> None:
    entry = file_entry(a_file("1", "x", startDate="2004-02-01", endDate="2003"))
    assert entry["file_range"] == "[2003 TO 2004-02-01]" and entry["year"] == [2003, 2004]


def test_every_text_is_masked_and_keeps_its_page() -> None:
    number = "001099012345"
    texts = dict.fromkeys(("subject", "organName", "keyword", "description", "autograph"), f"có {number}")
    fields = dict(a_document(1, "").fields) | texts
    pages = ("", f"Số định danh {number}")
    document = IndexedDocument("1", 1, fields, f"{number}.pdf", pages, "fmt/477", 2, "Đơn")
    file = a_file("1", f"Của {number}", keyword=number, agency_name=f"Nhà {number}", custodian=number)
    assert number not in str(document_entry(file, document)) + str(file_entry(file))
    assert document_entry(file, document)["page_text"] == ["\U000f0002Số định danh ●●●●●●●●●●●●"]


def test_what_goes_wrong_with_solr_is_told_in_words(services_home: SharedServices) -> None:
    nowhere = connect(f"http://127.0.0.1:{free_port(None)}/solr")
    with pytest.raises(SearchUnavailable) as silent:
        ping(nowhere)
    assert "kho status" in silent.value.text("vi") and silent.value.exit_code == 1
    address = services_home.address
    with pytest.raises(SearchRefused):
        index_package(connect(address.url, address.user, "wrong"), a_file("1", "x"), [], published=False)
