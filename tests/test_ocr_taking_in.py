"""Scans without text through `kho ingest`: read, proved, stored beside what was delivered, found by their words."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from access.samples import Stamp
from ingest.texts import draw_missing
from preservation import hocr
from repository import catalogue
from repository.aip import read_aip
from repository.config import Settings
from repository.home import Home
from repository.opening import open_catalogue
from repository.packages import AipId, data_path
from standards.package_tree import read_bytes
from tests import ocr_fixtures as made
from tests.make_delivery import AGENCY, FONDS, plan, write_plan
from tests.running import kho
from tests.test_ocr import encoded_images

BADLY_READ = (
    "CỌNG HQA XẢ HÔI CHU NGHIA VIÊT NAM Đôc lâp Tư do Hanh phuc ngay thang nam vê viêc ban hanh quy chê "
)
MARK = Stamp("TỐI MẬT", ink="black", frame=0, strength=1.0, size=16)
NAME = "ten-khong-duoc-lo"


def deliver(root: Path, kinds: dict[str, list[tuple[str, bytes]]]) -> Path:
    """A delivery of hồ sơ by file code, each of documents by file name."""
    p = plan(len(kinds), 1)
    rows, files = [], {}
    for row, (code, documents) in zip(p.rows, kinds.items(), strict=True):
        for order, (name, data) in enumerate(documents, start=1):
            path = f"{code}/{name}"
            files[path] = data
            rows.append(row | {
                "file.fileCode": code, "file.totalDoc": len(documents), "document.docOrdinal": order,
                "document.numberOfPage": None, "document.path": "\\" + path.replace("/", "\\"),
            })  # fmt: skip
    p.rows, p.files = rows, files
    return write_plan(root, p)


def take_in(root: Path, **env: str):
    return kho("ingest", root, "--agency", AGENCY, "--wait", "--processes", "1", "--json", env=env)


@pytest.fixture(scope="module")
def given() -> dict[str, list[tuple[str, bytes]]]:
    marked = made.act(13, stamps=(MARK,))
    return {
        "quet": [("a.pdf", made.without_text(made.act(1, pages=2))), ("b.tif", made.tiff([made.picture(made.act(2))]))],
        "tron": [("c.pdf", made.mixed(made.act(6, pages=3)))],
        "mat": [("d.pdf", made.without_text(made.act(3))), (f"{NAME}.pdf", made.without_text(marked))],
        "hong": [("e.pdf", made.bomb())],
        "du": [("f.pdf", made.with_text(made.act(5)))],
        "kem": [("h.pdf", made.with_layer(made.act(8), BADLY_READ * 3))],
        "ky": [("g.pdf", made.signed(made.without_text(made.act(7)))[0])],
    }  # fmt: skip


@pytest.fixture(scope="module")
def entries(
    kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory, given: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    ended = take_in(deliver(tmp_path_factory.mktemp("quet") / "giao", given))
    assert ended.code == 3, ended.err + ended.out[:400]
    return {(entry["key"] or "sealed").rpartition("/")[2]: entry for entry in ended.json["packages"]}


def codes(entry: dict[str, Any]) -> set[str]:
    return {f["code"] for f in entry["findings"]}


def test_scans_are_stored_with_what_was_read(entries: dict[str, dict[str, Any]]) -> None:
    assert {name: entry["status"] for name, entry in entries.items()} == {
        "quet": "stored", "tron": "stored", "sealed": "quarantined", "hong": "stored", "du": "stored",
        "ky": "stored", "kem": "stored",
    }  # fmt: skip
    assert "OCR-MADE" in codes(entries["quet"]) and "OCR-MADE" in codes(entries["tron"])
    assert "OCR-REFUSED" in codes(entries["hong"])
    assert not any(code.startswith("OCR") for code in codes(entries["du"]))
    assert entries["quet"]["pages"] == 3


def test_the_package_tells_what_was_made_of_what(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]], given: dict[str, Any]
) -> None:
    tree = open_store(kho_home_of_module).tree(AipId(entries["quet"]["aip"]))
    content = read_aip(tree)
    delivered = {data_path(document): document for document in content.documents}
    assert [read_bytes(tree, path) for path in delivered] == [data for _name, data in given["quet"]]
    files = {data_path(file): file for file in content.files}
    assert set(files) == {"representations/rep2/data/a.pdf", "representations/rep2/data/b.pdf"}
    events = {event.id: event for event in content.events}
    for path, file in files.items():
        event = events[file.event]
        name = file.derived_from.rpartition("/")[2]
        told = next(t for t in json.loads(event.detail)["recognised"] if t["file"].endswith(name))
        assert event.type == "normalization"
        assert file.file.facts.pdfa_verdict == "passed" and file.file.facts.pdfa_claim == "2u"
        images = [digest for _page, digest in encoded_images(read_bytes(tree, path))]
        assert (
            told["images_sha256"] == images
            and told["source_sha256"] == delivered[file.derived_from].file.facts.sha256
        )
        assert {agent for agent, _role in event.agents} == {"verapdf", "ocrmypdf", "tesseract"}
    assert encoded_images(given["quet"][0][1]) == encoded_images(
        read_bytes(tree, "representations/rep2/data/a.pdf")
    )
    kept = hocr.pages_of(read_bytes(tree, "representations/rep2/metadata/other/hocr/a.pdf.hocr.gz"))
    assert sorted(kept) == [1, 2]
    first = read_bytes(tree, "representations/rep1/metadata/preservation/PREMIS_rep1.xml").decode()
    second = read_bytes(tree, "representations/rep2/metadata/preservation/PREMIS_rep2.xml").decode()
    assert (first.count("is source of"), second.count("has source")) == (2, 2)
    assert "representations/rep2" not in {
        path.rpartition("/data/")[0] for path in tree_of(kho_home_of_module, entries["du"]).paths()
    }


def test_fields_off_the_page_are_kept_and_compared_with_the_sheet(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]]
) -> None:
    tree = tree_of(kho_home_of_module, entries["quet"])
    kept = json.loads(read_bytes(tree, "representations/rep2/metadata/other/fields/a.pdf.json"))
    told = {field["name"]: field for field in kept["fields"]}
    truth = made.act(1, pages=2).fields
    assert told["issuedDate"]["value"] == truth["date"]
    assert told["issuedDate"]["page"] == 1 and len(told["issuedDate"]["box"]) == 4
    assert kept["against_sheet"]["issuedDate"] == "disagrees"  # the rows of this delivery describe other acts
    about = [f for f in entries["quet"]["findings"] if f["code"] == "FIELD-DISAGREES"]
    assert about and all(f["cell"] and f["path"].endswith(("a.pdf", "b.tif")) for f in about)


def test_a_layer_that_scores_badly_gives_way_in_the_copy_alone(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]], given: dict[str, Any]
) -> None:
    assert {"PDF-TEXT-POOR", "OCR-MADE"} <= codes(entries["kem"])
    content = read_aip(tree_of(kho_home_of_module, entries["kem"]))
    [document], [copy] = content.documents, content.files
    before, after = document.file.facts, copy.file.facts
    assert before.text_scores[0] < 70 < 90 <= after.text_scores[0]
    assert before.text_faults == ("marks-lost",) and after.text_faults == ()


def test_a_signed_scan_keeps_its_bytes_and_the_verdict_on_its_signature(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]], given: dict[str, Any]
) -> None:
    assert {"SIG-INTACT", "OCR-MADE"} <= codes(entries["ky"])
    tree = tree_of(kho_home_of_module, entries["ky"])
    content = read_aip(tree)
    [document] = content.documents
    assert read_bytes(tree, data_path(document)) == given["ky"][0][1]
    assert document.file.facts.signature == "intact"
    [copy] = content.files
    assert not copy.file.facts.signed and copy.file.facts.signature is None


def test_what_was_read_is_found_and_read_again_from_the_store(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]]
) -> None:
    assert kho("rights", "publish", FONDS, "--agency", AGENCY, "--basis", "thử").code == 0
    for name, seed, page in (("quet", 1, 2), ("tron", 6, 3)):
        *others, of_page = [each.text for each in made.act(seed, pages=page).pages]
        hits = {(hit["aip"], hit["page"]) for phrase in phrases(of_page, others) for hit in found(phrase)}
        assert (entries[name]["aip"], page) in hits
    settings = Settings.load()
    opened = open_catalogue(settings, create=False)
    with opened.connect() as connection:
        [scan, *_others] = catalogue.documents(connection, entries["quet"]["aip"])
        assert not scan.facts.get("text_pages") or not any(scan.facts["text_pages"])
        assert scan.reading_facts and min(scan.reading_facts["text_scores"]) >= 90
        before = texts_in(connection)
        assert (entries["quet"]["aip"], 2, 1) in {key[:3] for key in before}
        connection.execute("delete from page_text")
        assert draw_missing(connection, opened.home, opened.store, lambda *_done: None) == []
        assert texts_in(connection) == before


def test_a_mark_that_only_reading_shows_leaves_nothing(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]]
) -> None:
    assert codes(entries["sealed"]) == {"DLV-SEALED"}
    home = kho_home_of_module
    assert [p for p in home.workspace.iterdir() if p.name != "tools"] == []
    assert NAME not in kho("store", "dump").out
    for folder in (home.workspace, home.quarantine, home.logs, home.store):
        for path in folder.rglob("*"):
            assert NAME not in path.name and (not path.is_file() or NAME.encode() not in path.read_bytes()), (
                path
            )


def test_judges_from_outside_agree(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    told = kho("verify", kho_home_of_module.store, "--json").json
    assert told["verdict"] == "valid", told["findings"]
    script = Path(sys.executable).with_name("ocfl-root.py")
    judged = subprocess.run(
        [sys.executable, script, "validate", "--root", kho_home_of_module.store, "--validate-objects",
         "--check-digests"], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "is VALID" in judged.stdout + judged.stderr and judged.returncode == 0
    report = commons_ip(entries["quet"]["aip"], tmp_path)
    assert (report["summary"]["errors"], report["summary"]["result"]) == (0, "VALID")


def test_killed_between_documents_it_goes_on(kho_home: Home, tmp_path: Path, given: dict[str, Any]) -> None:
    root = deliver(tmp_path / "giao", {"quet": given["quet"]})
    killed = take_in(root, KHO_FAULT="access-copies.made:kill")
    ended = killed if killed.code == 0 else take_in(root)
    assert ended.code == 0, ended.err + ended.out[:400]
    entry = ended.json["packages"][0]
    assert entry["status"] == "stored" and "OCR-MADE" in codes(entry)
    assert [f.code for f in entry_findings(kho_home)] == []
    assert len(list(read_aip(tree_of(kho_home, entry)).files)) == 2


def phrases(page: str, others: list[str]) -> list[str]:
    """A few stretches of three words that this page alone has: one of them may be read wrongly."""
    words = page.split()
    stretches = (" ".join(words[n : n + 3]) for n in range(len(words) - 3))
    mine = [s for s in stretches if s.replace(" ", "").isalpha() and s not in " ".join(others)]
    return mine[:: max(1, len(mine) // 4)]


def found(phrase: str) -> list[dict[str, Any]]:
    return kho("search", f'"{phrase}"', "--json").json["hits"]


def entry_findings(home: Home) -> list[Any]:
    from repository.verify import verify

    return list(verify(home.store).findings)


def texts_in(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    rows = connection.execute("select aip, ordinal, page, text from page_text order by 1, 2, 3").fetchall()
    connection.commit()
    return rows


def open_store(home: Home) -> Any:
    from repository.store_fs import FileStore

    return FileStore(home.store)


def tree_of(home: Home, entry: dict[str, Any]) -> Any:
    return open_store(home).tree(AipId(entry["aip"]))


def commons_ip(aip: str, folder: Path) -> dict[str, Any]:
    jars = sorted((Settings.load().lib / "commons-ip").glob("*.jar"))
    if not jars or shutil.which("java") is None:
        pytest.skip("no commons-ip (make setup, or KHO_LIB)")
    assert kho("aip", "export", aip, folder / "out", "--format", "eark").code == 0
    package = next((folder / "out").iterdir())
    named = package.rename(folder / aip)
    (folder / "reports").mkdir()
    subprocess.run(
        ["java", "-Xmx256m", "-cp", ":".join(map(str, jars)), "org.roda_project.commons_ip2.cli.Main", "validate", "-i",
         named, "-o", folder / "reports", "--specification-version", "2.2.0"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return json.loads(next((folder / "reports").glob("*.json")).read_text("utf-8"))
