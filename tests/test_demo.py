"""The demo's fonds: a delivery as contractors hand one over, of real two-layer PDF/A-2b."""

import functools
import hashlib
import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import openpyxl
import pikepdf
import pypdfium2
import pytest

from access.demo import fonts
from access.demo.delivery import SHEET_NAME, write_delivery
from access.demo.fonds import DemoDocument, agencies, demo_documents, demo_files, words
from access.demo.letter import Leaf, leaves
from access.demo.many import write_many
from access.demo.sheet import headings
from repository.config import CHECKOUT

JAR = CHECKOUT / "lib" / "verapdf" / "cli-1.30.2.jar"
SECRET = "09"


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first two hồ sơ, delivered."""
    return write_delivery(tmp_path_factory.mktemp("demo") / "delivery", files=2)


@functools.cache
def laid_out() -> list[tuple[DemoDocument, list[Leaf]]]:
    """Every document of the fonds with its pages."""
    return [(d, leaves(d)) for file in demo_files() for d in demo_documents(file.number)]


def rows_of(delivery: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(delivery / SHEET_NAME).worksheets[0].iter_rows(values_only=True))


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def text_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    finally:
        document.close()
    return " ".join(" ".join(texts).split())


def test_the_sheet_is_like_real_ones(delivery: Path) -> None:
    header, *rows = rows_of(delivery)
    assert len(header) == 46 and list(header) == headings()
    assert len([name for name, count in Counter(header).items() if count == 2]) == 7
    assert len(rows) == 8
    starts = {type(row[9]) for row in rows}
    assert starts == {str, int}, "days are text in one row and numbers in the next"
    assert all(str(row[45]).startswith("\\") and "/" not in str(row[45]) for row in rows)


def test_every_row_has_its_pdf_and_page_count(delivery: Path) -> None:
    for row in rows_of(delivery)[1:]:
        pdf = delivery / str(row[45]).lstrip("\\").replace("\\", "/")
        with pikepdf.open(pdf) as opened:
            assert len(opened.pages) == row[34]


def test_covers_and_lists_have_no_row(delivery: Path) -> None:
    named = {str(row[45]).rpartition("\\")[2] for row in rows_of(delivery)[1:]}
    unnamed = {path.name for path in delivery.rglob("*.pdf")} - named
    assert unnamed == {"Bia_hoso01.pdf", "MLVB_01.pdf", "Bia_hoso02.pdf", "MLVB_02.pdf"}


def test_the_text_layer_says_what_the_page_says(delivery: Path) -> None:
    document = demo_documents("01")[0]
    pdf = next(delivery.rglob("*1998.01.TH.001.pdf"))
    drawn = " ".join(run.text for leaf in leaves(document) for run in leaf.runs)
    assert Counter(text_of(pdf).split()) == Counter(drawn.split())
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text_of(pdf)
    assert "bình quân lương thực 415 kg" in text_of(pdf)


def test_words_lie_where_they_are_drawn(delivery: Path) -> None:
    """The middle of the page's text, as the text layer places it, is ink on the picture."""
    pdf = pypdfium2.PdfDocument(next(delivery.rglob("*1998.01.TH.001.pdf")))
    page = pdf[0]
    text, picture = page.get_textpage(), page.render(scale=2).to_pil().convert("L")
    at = text.search("Kế hoạch").get_next() or text.search("KẾ HOẠCH").get_next()
    left, bottom, right, top = text.get_charbox(at[0])
    height = page.get_height()
    box = tuple(int(value * 2) for value in (left, height - top, right, height - bottom))
    assert picture.crop(box).getextrema()[0] < 110
    pdf.close()


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_delivery(tmp_path / name, files=1) for name in "ab")
    assert digests(first) == digests(second)
    other = write_delivery(tmp_path / "c", files=1, seed=1)
    assert set(digests(other)) == set(digests(first)) and digests(other) != digests(first)


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_delivery(tmp_path / "d", files=1, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


@pytest.mark.skipif(not JAR.is_file(), reason="veraPDF is not set up (make setup)")
@pytest.mark.skipif(shutil.which("java") is None, reason="java is not installed")
def test_verapdf_finds_pdfa_2b(delivery: Path, tmp_path: Path) -> None:
    many = write_many(tmp_path / "many", 2)
    command = ["java", "-Xmx512m", "-jar", str(JAR), "--format", "json", "-r", str(delivery), str(many)]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=300).stdout)
    jobs = answer["report"]["jobs"]
    results = [result for job in jobs for result in job["validationResult"]]
    assert len(results) == len(list(delivery.rglob("*.pdf"))) + 2
    assert {(r["profileName"].split()[0], r["compliant"]) for r in results} == {("PDF/A-2b", True)}


def test_files_are_not_encrypted_and_have_an_id(delivery: Path) -> None:
    for path in delivery.rglob("*.pdf"):
        with pikepdf.open(path) as pdf:
            assert not pdf.is_encrypted and len(pdf.trailer.ID) == 2
            image = pdf.pages[0].Resources.XObject.Im1
            assert image.Filter == "/DCTDecode" and image.ColorSpace == "/DeviceRGB"
            assert round(int(image.Width) / (float(pdf.pages[0].mediabox[2]) / 72)) == 200


def test_the_fonds_holds_what_the_demo_shows() -> None:
    documents = [document for file in demo_files() for document in demo_documents(file.number)]
    assert len(demo_files()) == 10 and len(documents) == 40
    assert ("155", "KH-UBND", "05/06/2025") in {(d.number, d.notation, d.date) for d in documents}
    assert any("văn hoá" in d.subject for d in documents)
    assert {len(d.date.split("/")) for d in documents} == {1, 2, 3}
    assert any(not d.number for d in documents)
    assert {d.file for d in documents if d.mode == "Mật"} == {SECRET}
    assert any(d.mode == "Sử dụng có điều kiện" for d in documents)
    assert {row["agencyCode"] for row in agencies()} > {words()["fonds"]["agency"]}


def test_only_the_secret_document_carries_a_mark() -> None:
    marked = {
        (d.file, d.order) for d, sheets in laid_out() if any(r.text == "MẬT" for s in sheets for r in s.runs)
    }
    assert marked == {(SECRET, 4)}


def test_scans_are_as_long_as_the_fonds_says_and_say_that_they_are_made_up() -> None:
    for document, sheets in laid_out():
        assert len(sheets) == document.pages, (document.file, document.order)
        for leaf in sheets:
            assert "không phải văn bản thật" in " ".join(run.text for run in leaf.runs)


def test_every_letter_of_the_fonds_can_be_drawn() -> None:
    letters = {c for _, sheets in laid_out() for leaf in sheets for run in leaf.runs for c in run.text}
    assert letters <= set(fonts.LETTERS)


def test_without_a_fitting_font_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "FAMILIES", {"serif": ((str(tmp_path), "None-{}.ttf"),)})
    fonts.family.cache_clear()
    with pytest.raises(fonts.NoVietnameseFont) as caught:
        fonts.family()
    fonts.family.cache_clear()
    assert "fonts-liberation2" in caught.value.text("vi")


def test_many_documents_are_all_different(tmp_path: Path) -> None:
    delivery = write_many(tmp_path / "many", 23)
    pdfs = list(delivery.rglob("*.pdf"))
    assert len(pdfs) == len(set(digests(delivery).values())) - 1 == 23
    assert all(60_000 < path.stat().st_size < 600_000 for path in pdfs)
    rows = rows_of(delivery)[1:]
    assert Counter(row[4] for row in rows) == {"001.ĐL": 20, "002.ĐL": 3}
    assert {row[15] for row in rows} == {20, 3}
    assert "(việc số 23)" in text_of(sorted(pdfs)[-1])
