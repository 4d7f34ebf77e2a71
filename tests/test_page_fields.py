"""Fields off the page: told where they are sure, not told where they are not, compared with the sheet field by field."""

from collections.abc import Callable
from dataclasses import replace
from html import escape

import pytest

from access.samples import CLEAN, Sample, SamplePage, TruthWord, layout, sample
from ingest import page_fields
from ingest.page_fields import AGREES, DISAGREES, PAGE_SILENT, SHEET_SILENT
from preservation.page_fields import Field, fields_of, type_code
from repository.packages import DocumentRow

Confidence = Callable[[str], int]


def hocr_of(page: SamplePage, confidence: Confidence = lambda field: 95) -> str:
    """What a reader would say that reads every word right."""
    rows: list[list[TruthWord]] = []
    for word in sorted(page.words, key=lambda w: w.box[1] + w.box[3]):
        middle, last = (word.box[1] + word.box[3]) / 2, rows[-1][0].box if rows else (0.0, -99.0, 0.0, -99.0)
        if abs(middle - (last[1] + last[3]) / 2) > 10:
            rows.append([])
        rows[-1].append(word)
    lines = [[_span(w, confidence) for w in sorted(row, key=lambda w: w.box[0])] for row in rows]
    told = "".join(f"<span class='ocr_line' id='l'>{' '.join(line)}</span>" for line in lines)
    return (
        f"<div class='ocr_page' id='page_1' title='bbox 0 0 {page.width} {page.height}'>"
        f"<p class='ocr_par'>{told}</p></div>"
    )


def _span(word: TruthWord, confidence: Confidence) -> str:
    box = " ".join(str(round(v)) for v in word.box)
    head = f"<span class='ocrx_word' id='w' title='bbox {box}; x_wconf {confidence(word.field)}'>"
    return f"{head}{escape(word.text)}</span>"


def told(of: Sample, confidence: Confidence = lambda field: 95) -> dict[str, str]:
    pages = {number: hocr_of(page, confidence) for number, page in enumerate(of.pages, start=1)}
    return {field.name: field.value for field in reversed(fields_of(pages))}


@pytest.mark.parametrize("name", ["nd30", "party36", "sans-draft"])
@pytest.mark.parametrize("seed", range(4))
def test_what_an_act_says_of_itself_is_told(name: str, seed: int) -> None:
    of = sample(300 + seed, layout=layout(name), condition=replace(CLEAN, skew=0.0), dpi=150)
    truth, found = of.fields, told(of)
    for ours, theirs in (
        ("codeNumber", "number"),
        ("codeNotation", "notation"),
        ("issuedDate", "date"),
        ("x_place", "place"),
    ):
        assert found.get(ours, truth[theirs]) == truth[theirs]
    assert found["issuedDate"] == truth["date"]
    assert found.get("typeName", truth["type"]) == truth["type"]


def test_what_is_unsure_is_not_told() -> None:
    of = sample(301, layout=layout("nd30"), condition=replace(CLEAN, skew=0.0), dpi=150)
    unsure = told(of, lambda field: 20)
    assert not unsure.keys() & {
        "codeNumber",
        "codeNotation",
        "typeName",
        "organName",
        "x_signer",
        "x_signer_title",
    }
    assert told(of, lambda field: 20 if field == "number" else 95).keys().isdisjoint({"codeNumber"})


def test_a_number_that_was_left_open_is_not_invented() -> None:
    of = sample(
        302, layout=replace(layout("nd30"), blank_number=True), condition=replace(CLEAN, skew=0.0), dpi=150
    )
    assert "codeNumber" not in told(of)


def test_a_page_without_a_head_tells_nothing_of_one() -> None:
    of = sample(303, layout=layout("nd30"), condition=replace(CLEAN, skew=0.0), dpi=150, pages=2)
    assert [f for f in fields_of({2: hocr_of(of.pages[1])}) if not f.name.startswith("x_")] == []


@pytest.mark.parametrize(
    ("line", "code"), [("QUYẾT ĐỊNH", "02"), ("Quyết định", "02"), ("TỜ TRÌNH:", "15"), ("KÍNH GỬI", ""), ("", ""), ("CHƯƠNG I", "")]
)  # fmt: skip
def test_types_of_acts_are_known_by_their_names(line: str, code: str) -> None:
    assert type_code(line) == code


@pytest.mark.parametrize(
    ("name", "page", "sheet", "state"),
    [
        ("codeNumber", "05", "5", AGREES),
        ("codeNumber", "15", "16", DISAGREES),
        ("codeNotation", "QĐ-UBND", "/ QĐ-UBND", AGREES),
        ("issuedDate", "2003-06-02", "2003-06", AGREES),
        ("issuedDate", "2003-06-02", "2004-06-02", DISAGREES),
        ("organName", "ỦY BAN NHÂN DÂN HUYỆN X PHÒNG NỘI VỤ", "Phòng Nội vụ huyện X", AGREES),
        ("organName", "UBND XÃ TÂN MẪU", "Ủy ban nhân dân xã Tân Mẫu", AGREES),
        ("organName", "UBND XÃ TÂN MẪU", "Sở Tài chính Hà Nội", DISAGREES),
        ("subject", "Về việc cấp đầt ở thôn 3", "Về việc cấp đất ở thôn 3", AGREES),
        ("typeName", "02", "", SHEET_SILENT),
        ("typeName", "", "02", PAGE_SILENT),
    ],
)
def test_a_field_is_compared_with_the_sheet(name: str, page: str, sheet: str, state: str) -> None:
    fields = [Field(name, page, 1, (0, 0, 9, 9), 95, "x")] if page else []
    [compared] = page_fields.compare(fields, DocumentRow(1, 2, {name: sheet}, {}, None))
    assert compared.state == state


def test_a_number_of_a_person_is_kept_masked() -> None:
    kept = page_fields.record([Field("x_person", "001203004567", 1, (0, 0, 9, 9), 95, "x")], [])
    assert "001203004567" not in str(kept)
