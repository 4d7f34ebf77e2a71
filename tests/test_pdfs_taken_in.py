"""Every kind of PDF through `kho ingest`: what is told of it, what is kept of it, and which go to quarantine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from repository.home import Home
from standards.findings import Level, catalogue
from tests import pdf_fixtures as made
from tests.make_delivery import plan, write_plan
from tests.running import kho

# The finding that tells the kind apart; None for a sound two-layer PDF/A.
KINDS: dict[str, tuple[Callable[[Path], object], str | None]] = {
    "sound": (lambda path: made.scan(path, pages=2, compliance="PDF/A-2B"), None),
    "no-claim": (made.scan, "PDFA-NO-CLAIM"),
    "false-claim": (made.false_claim, "PDFA-FALSE-CLAIM"),
    "low-dpi": (lambda path: made.scan(path, dpi=150), "PDF-LOW-DPI"),
    "no-text": (made.plain, "PDF-NO-TEXT"),
    "signed": (made.signed, "PDF-SIGNED"),
    "javascript": (made.javascript, "PDF-JAVASCRIPT"),
    "owner-password": (made.encrypted, "PDF-OWNER-PASSWORD"),
    "locked": (lambda path: made.encrypted(path, user="khóa"), "PDF-ENCRYPTED"),
    "truncated": (lambda path: made.cut(path, made.scan(path, pages=2)), "PDF-TRUNCATED"),
    "no-pdf": (lambda path: path.write_bytes(b"day khong phai la pdf"), "PDF-NOT-A-PDF"),
}


@pytest.fixture(scope="module")
def entries(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The entry of each kind's hồ sơ, all of one delivery."""
    root = tmp_path_factory.mktemp("pdfs") / "giao"
    p = plan(len(KINDS), 1)
    for row, kind in zip(p.rows, KINDS, strict=True):
        row |= {"file.fileCode": kind, "document.numberOfPage": None}
    write_plan(root, p)
    for row, (make, _code) in zip(p.rows, KINDS.values(), strict=True):
        make(root / row["document.path"].strip("\\").replace("\\", "/"))
    ended = kho("ingest", root, "--agency", "H26.99.07", "--wait", "--json")
    assert ended.code == 3, ended.err
    return {entry["key"].rpartition("/")[2]: entry for entry in ended.json["packages"]}


def document_of(entry: dict[str, Any]) -> dict[str, Any]:
    """The one file of the stored hồ sơ that is content."""
    files = kho("aip", "show", entry["aip"], "--json").json["files"]
    return next(f for f in files if f["role"] == "content")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_told_apart_and_only_a_must_stops_it(
    entries: dict[str, dict[str, Any]], kind: str
) -> None:
    code, entry = KINDS[kind][1], entries[kind]
    about = [f for f in entry["findings"] if f["path"] and f["path"].endswith(".001.pdf")]
    told = {f["code"] for f in about} - {"PAGE-BLANK"}  # what was scanned here is an empty sheet
    assert (code is None and told == set()) or code in told
    others = {
        c
        for _make, c in KINDS.values()
        if c and c not in (code, "PDFA-NO-CLAIM", "PDF-NO-TEXT", "PDF-JAVASCRIPT")
    }
    assert not told & others
    stopped = code is not None and catalogue()[code]["level"] == Level.MUST
    assert entry["status"] == ("quarantined" if stopped else "stored")


def test_what_is_kept_of_a_sound_one(entries: dict[str, dict[str, Any]]) -> None:
    file = document_of(entries["sound"])
    facts = file["facts"]
    assert file["puid"] == "fmt/477"
    assert (facts["pdfa_claim"], facts["pdfa_verdict"]) == ("2b", "passed")
    assert facts["dpi"] in range(198, 203)
    assert facts["text_pages"] == [True, True]
    assert entries["sound"]["pages"] == 2


def test_a_false_claim_is_kept_as_it_is_and_marked(entries: dict[str, dict[str, Any]]) -> None:
    facts = document_of(entries["false-claim"])["facts"]
    assert (facts["pdfa_claim"], facts["pdfa_verdict"], facts["javascript"]) == ("2b", "failed", True)
    (told,) = [f for f in entries["false-claim"]["findings"] if f["code"] == "PDFA-FALSE-CLAIM"]
    assert told["level"] == "SHOULD" and "6." in told["vi"]


@pytest.mark.parametrize(
    ("kind", "fact"), [("signed", "signed"), ("javascript", "javascript"), ("owner-password", "encrypted")]
)
def test_traits_stay_with_the_file(entries: dict[str, dict[str, Any]], kind: str, fact: str) -> None:
    assert document_of(entries[kind])["facts"][fact] is True
