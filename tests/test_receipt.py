"""The producer's receipt: what came, what was taken, what was not and why."""

import datetime as dt
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from ingest import receipt
from ingest.delivery import account, read_delivery
from ingest.receipt import receipt_font, write_receipt
from tests.make_delivery import make_delivery

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)


def report(tmp_path: Path, *faults: str) -> dict[str, Any]:
    """The report of a delivery whose units with a broken MUST were kept out."""
    delivery = read_delivery(make_delivery(tmp_path / "giao", faults=faults))
    packages = [
        {
            "path": "giao", "kind": "delivery", "key": u.key, "verdict": "valid", "aip": None if u.findings else "urn:uuid:7",
            "status": "quarantined" if u.findings else "stored", "documents": 3, "pages": 6, "bytes": 9,
            "findings": [f.as_json() for f in u.findings],
        }
        for u in delivery.units
    ]  # fmt: skip
    files = [{"path": a.path, "size": a.size, "fate": a.fate} for a in account(delivery)]
    return {"schema": 1, "batch": "b7", "packages": packages, "files": files, "findings": []}


def test_text_tells_taken_and_not_taken_and_why(tmp_path: Path) -> None:
    text, _ = write_receipt(report(tmp_path, "date-impossible", "pdf-unclaimed"), tmp_path, now=NOW)
    said = text.read_text(encoding="utf-8")
    assert "Lập lúc: 10:00 ngày 24/11/2026" in said
    assert "3. Đã nhận: 1 hồ sơ\n" in said
    assert "2. Chưa nhận: 1 hồ sơ\n" in said
    assert (
        "[DLV-DATE-IMPOSSIBLE] danhmuc.xlsx, Sheet1!AC3: Ngày, tháng, năm văn bản: ngày 31/06/2024 không có thật"
        in said
    )
    assert "khac/thua.pdf" in said
    assert "Tệp không thuộc dòng nào, không nhận: 1 tệp" in said


@pytest.mark.skipif(receipt_font() is None, reason="no Unicode font on this machine")
def test_pdf_says_the_same_and_claims_pdfa(tmp_path: Path) -> None:
    _, pdf = write_receipt(report(tmp_path, "date-impossible"), tmp_path, now=NOW)
    assert pdf is not None
    document = pypdfium2.PdfDocument(pdf)
    shown = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert "PHIẾU NHẬN TÀI LIỆU" in shown
    assert "không có thật" in " ".join(shown.split())
    with pikepdf.open(pdf) as opened:
        assert b"<pdfaid:part>2</pdfaid:part>" in opened.Root.Metadata.read_bytes()


def test_without_a_font_there_is_text_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipt, "_FONTS", ((str(tmp_path), "a.ttf", "b.ttf"),))
    text, pdf = write_receipt(report(tmp_path), tmp_path / "out")
    assert text.is_file()
    assert pdf is None


def test_names_from_outside_cannot_move_the_cursor(tmp_path: Path) -> None:
    one = report(tmp_path)
    one["files"].append({"path": "x\x1b[2J\u202e.pdf", "size": 1, "fate": "unclaimed"})
    text, _ = write_receipt(one, tmp_path)
    assert "x\\x1b[2J\\u202e.pdf" in text.read_text(encoding="utf-8")


def test_sealed_files_given_as_a_number(tmp_path: Path) -> None:
    one = report(tmp_path)
    one["files"] = [{"path": None, "files": 4, "bytes": 100, "fate": "sealed"}]
    text, _ = write_receipt(one, tmp_path)
    assert "Tệp của hồ sơ niêm phong, không mở: 4 tệp" in text.read_text(encoding="utf-8")


def test_an_empty_report(tmp_path: Path) -> None:
    text, _ = write_receipt({"schema": 1, "batch": None, "packages": []}, tmp_path)
    assert "Hồ sơ hoặc gói: 0" in text.read_text(encoding="utf-8")
