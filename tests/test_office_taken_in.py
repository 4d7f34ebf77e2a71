"""Office files through `kho ingest`: the bytes as they came, a PDF/A beside them, and what goes wrong on the way."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixity.digest import digests
from preservation import office
from repository.aip import read_aip
from repository.home import Home
from repository.packages import AipId
from repository.store_fs import FileStore
from standards import tools
from standards.eark_rules import check_package
from standards.findings import Level
from standards.pdf_pages import read_pages
from tests import office_fixtures as made
from tests.make_delivery import plan, tiny_pdf, write_plan
from tests.make_package import eark_sip, make_sip
from tests.ocfl_fixtures import ocfl_py_accepts
from tests.running import KHO, kho, normalised_dump

BODY = ("Kế hoạch phòng chống thiên tai của xã", "Căn cước 012345678901 của người ký")


def write_delivery(root: Path, files: dict[str, Any]) -> dict[str, Path]:
    """A delivery with one hồ sơ for each file, named by it: what writes the file, by its name."""
    p = plan(len(files), 1)
    placed = {}
    for row, name in zip(p.rows, files, strict=True):
        old = row["document.path"].strip("\\").replace("\\", "/")
        p.files.pop(old)
        new = f"{old.rpartition('/')[0]}/{name}"
        row |= {"file.fileCode": name, "document.numberOfPage": None, "document.path": f"\\{new}"}
        placed[name] = root / new
    write_plan(root, p)
    for name, write in files.items():
        placed[name].parent.mkdir(exist_ok=True)
        write(placed[name])
    return placed


def take_in(root: Path, **env: str) -> dict[str, dict[str, Any]]:
    """The entry of each hồ sơ by its file code; "" for what is sealed."""
    ended = kho("ingest", root, "--agency", "H26.99.07", "--wait", "--json", env=env)
    assert ended.code in (0, 3), ended.out[-900:] + ended.err
    return {(entry["key"] or "").rpartition("/")[2]: entry for entry in ended.json["packages"]}


def codes(entry: dict[str, Any]) -> set[str]:
    return {f["code"] for f in entry["findings"]}


def secret_in_an_empty_font(path: Path) -> Path:
    """A Word file whose mark is only there once its field is worked out: the text in the file does not have it."""
    body = '<w:p><w:fldSimple w:instr=" QUOTE "><w:r><w:rPr><w:caps/></w:rPr><w:t>mật</w:t></w:r></w:fldSimple></w:p>'
    return made.docx(path, ("Công văn",), body=body)


FILES: dict[str, Any] = {
    "a.docx": lambda path: made.docx(path, BODY),
    "a.xlsx": lambda path: made.xlsx(path, BODY),
    "a.odt": lambda path: made.odt(path, BODY),
    "cut.docx": lambda path: made.cut(made.docx(path, BODY)),
    "macro.docm": made.with_macros,
    "bomb.docx": made.bomb,
    "xxe.docx": made.with_entities,
    "secret.docx": lambda path: made.docx(path, ("TUYỆT MẬT", "Nội dung kín")),
    "late.docx": secret_in_an_empty_font,
    "list.csv": lambda path: path.write_text("tên;số\nÁnh;1\n"),
}  # fmt: skip


@pytest.fixture(scope="module")
def delivered(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_delivery(tmp_path_factory.mktemp("office") / "giao", FILES)


@pytest.fixture(scope="module")
def entries(delivered: dict[str, Path]) -> dict[str, dict[str, Any]]:
    return take_in(delivered["a.docx"].parents[1])


def content(home: Home, entry: dict[str, Any]) -> Any:
    return FileStore(home.store).tree(AipId(entry["aip"]))


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.odt", "macro.docm"])
def test_the_bytes_as_they_came_and_a_pdfa_beside_them(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]], delivered: dict[str, Path], name: str
) -> None:
    assert entries[name]["status"] == "stored"
    assert not {c for c in codes(entries[name]) if c.startswith("ACCESS-")}
    tree = content(kho_home_of_module, entries[name])
    assert digests(tree.content_path(f"representations/rep1/data/{name}")) == digests(delivered[name])
    aip = read_aip(tree)
    (copy,) = aip.files
    assert (copy.representation, copy.file.name) == ("rep2", f"{name.rpartition('.')[0]}.pdf")
    assert copy.derived_from == f"representations/rep1/data/{name}"
    assert (copy.file.facts.pdfa_claim, copy.file.facts.pdfa_verdict) == ("2b", "passed")
    event = next(e for e in aip.events if e.id == copy.event)
    assert event.type == "normalization"
    assert {agent for agent, _role in event.agents} == {"libreoffice", "verapdf"}
    assert entries[name]["pages"] == 1


def test_premis_tells_the_derivation_both_ways_and_every_judge_agrees(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]]
) -> None:
    tree = content(kho_home_of_module, entries["a.docx"])
    for rep, word in (("rep1", "is source of"), ("rep2", "has source")):
        path = f"representations/{rep}/metadata/preservation/PREMIS_{rep}.xml"
        text = tree.content_path(path).read_text(encoding="utf-8")
        assert text.count(f"<relationshipSubType>{word}</relationshipSubType>") == 1
    assert [f.code for f in check_package(tree, "eark") if f.level is Level.MUST or f.code == "CSIP17"] == []
    assert ocfl_py_accepts(kho_home_of_module.store)
    assert kho("verify", kho_home_of_module.store).code == 0


def test_a_broken_one_is_kept_without_a_copy_and_traps_wait_for_a_person(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]]
) -> None:
    assert entries["cut.docx"]["status"] == "stored"
    assert {"OFFICE-DAMAGED", "ACCESS-NOT-MADE"} <= codes(entries["cut.docx"])
    assert list(read_aip(content(kho_home_of_module, entries["cut.docx"])).files) == []
    for name in ("bomb.docx", "xxe.docx"):
        assert entries[name]["status"] == "quarantined"
        assert "OFFICE-HOSTILE" in codes(entries[name])
    assert "OFFICE-MACROS" in codes(entries["macro.docm"])


def test_a_file_without_office_has_no_event_of_copies(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]]
) -> None:
    aip = read_aip(content(kho_home_of_module, entries["list.csv"]))
    assert "normalization" not in {event.type for event in aip.events}


def test_nothing_is_left_of_what_is_sealed_early_or_late(
    kho_home_of_module: Home, entries: dict[str, dict[str, Any]]
) -> None:
    assert "secret.docx" not in entries and "late.docx" not in entries
    assert codes(entries[""]) == {"DLV-SEALED"}
    assert not any("secret" in line or "late.docx" in line for line in normalised_dump())
    names = [p.name for p in kho_home_of_module.path.rglob("*")]
    assert not any("late" in name and name.endswith(".docx") for name in names)


def test_the_words_of_an_office_file_are_found_by_page_without_the_numbers_of_persons(
    entries: dict[str, dict[str, Any]],
) -> None:
    found = kho("search", "phòng chống thiên tai", "--as", "officer", "--json").json
    assert {hit["file"].rpartition("/")[2] for hit in found["hits"]} >= {"a.docx", "a.xlsx", "a.odt"}
    assert {hit["page"] for hit in found["hits"]} == {1}
    assert "012345678901" not in json.dumps(found)
    assert kho("search", "012345678901", "--as", "officer", "--json").json["total"] == 0


# --- conversion by itself ---


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []  # nothing stays behind, however it ended


@pytest.mark.parametrize("kind", ["docx", "xlsx", "odp"])
def test_the_same_file_gives_the_same_copy_at_any_time(tmp_path: Path, scratch: Path, kind: str) -> None:
    """Two ingests of one delivery give equal catalogues and equal AIPs, so a copy bears no moment of its making."""
    source = made.every_kind(tmp_path, {"a": ("một", "hai")})[kind, "a"]
    copies = []
    for number in (1, 2):
        assert office.to_pdfa(source, kind, tmp_path / f"{number}.pdf", scratch=scratch).made
        copies.append((tmp_path / f"{number}.pdf").read_bytes())
        time.sleep(1.1)
    assert copies[0] == copies[1]
    assert b"CreationDate" not in copies[0]


def test_who_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path, scratch: Path) -> None:
    source = made.docx(tmp_path / "a.docx")
    done = office.to_pdfa(
        source, "docx", tmp_path / "a.pdf", scratch=scratch, limits=tools.Limits(seconds=0.2)
    )
    assert not done.made and "0.2" in done.reason
    left = subprocess.run(["pgrep", "-f", str(scratch)], capture_output=True, check=False).stdout
    assert left == b""


@pytest.mark.slow
def test_a_document_that_keeps_libreoffice_busy_for_ever_is_ended(tmp_path: Path, scratch: Path) -> None:
    """Three hundred tables, each in a cell of the last: LibreOffice 7.4 does not come back from laying them out."""
    rows, ends = "<w:tbl><w:tr><w:tc>" * 300, "<w:p/></w:tc></w:tr></w:tbl>" * 300
    source = made.docx(tmp_path / "a.docx", body=f"{rows}<w:p/>{ends}")
    done = office.to_pdfa(
        source, "docx", tmp_path / "a.pdf", scratch=scratch, limits=tools.Limits(seconds=40)
    )
    assert not done.made and "40" in done.reason
    assert subprocess.run(["pgrep", "-f", str(scratch)], capture_output=True, check=False).stdout == b""


def test_who_takes_too_much_memory_is_a_finding(tmp_path: Path, scratch: Path) -> None:
    source = made.docx(tmp_path / "a.docx")
    done = office.to_pdfa(
        source, "docx", tmp_path / "a.pdf", scratch=scratch, limits=tools.Limits(seconds=60, memory_mb=16)
    )
    assert not done.made and done.reason


def test_a_conversion_fetches_nothing(tmp_path: Path, scratch: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        target = f"http://127.0.0.1:{server.getsockname()[1]}/anh.png"
        source = made.external_image(tmp_path / "a.docx", target)
        assert office.to_pdfa(source, "docx", tmp_path / "a.pdf", scratch=scratch).made
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_file_of_this_machine_is_not_drawn_into_a_copy(tmp_path: Path, scratch: Path) -> None:
    hidden = tmp_path / "hidden.txt"
    hidden.write_text("DIEU BI MAT CUA MAY NAY")
    link = f'<text:section text:name="s"><text:section-source xlink:href="file://{hidden}"/><text:p>x</text:p></text:section>'
    source = made.odf(tmp_path / "a.odt", "text", link)
    assert office.to_pdfa(source, "odt", tmp_path / "a.pdf", scratch=scratch).made
    assert "BI MAT" not in "".join(page.text for page in read_pages(tmp_path / "a.pdf", {}))


def test_no_libreoffice_is_told_and_stops_nothing(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "PROGRAM", "no-such-office")
    source = made.docx(tmp_path / "a.docx")
    done = office.to_pdfa(source, "docx", tmp_path / "a.pdf", scratch=scratch)
    assert not done.made and "not installed" in done.reason


# --- end to end, disturbed ---


def test_a_file_that_hangs_is_a_finding_and_the_batch_goes_on(kho_home: Home, tmp_path: Path) -> None:
    write_delivery(tmp_path / "giao", {"a.docx": made.docx, "b.txt": lambda path: path.write_text("Chữ")})
    found = take_in(tmp_path / "giao", KHO_CONVERT_SECONDS="0.1")
    assert found["a.docx"]["status"] == found["b.txt"]["status"] == "stored"
    assert "ACCESS-NOT-MADE" in codes(found["a.docx"])


@pytest.mark.parametrize("point", ["step.access-copies.done", "store.after-rename"])
def test_killed_at_a_point_and_taken_up_again(kho_home: Home, tmp_path: Path, point: str) -> None:
    root = tmp_path / "giao"
    write_delivery(root, {"a.docx": made.docx, "b.docx": made.docx})
    words = ("ingest", root, "--agency", "H26.99.07", "--wait", "--json")
    first = kho(*words, env={"KHO_FAULT": f"{point}:kill"})
    entries = (first if first.code == 0 else kho(*words)).json["packages"]
    whole(kho_home, entries)


def whole(home: Home, entries: list[dict[str, Any]]) -> None:
    """Every hồ sơ stored with its one copy, and nothing left on the way."""
    assert [entry["status"] for entry in entries] == ["stored"] * len(entries)
    assert all(len(tuple(read_aip(content(home, entry)).files)) == 1 for entry in entries)
    assert [p.name for p in home.workspace.iterdir() if p.name != "tools"] == []


def processes_of(home: Path, word: bytes) -> list[int]:
    """Every process of a home (workers stay when a command ends, so that they are nobody's children) with a word in its
    command line: Kho's own name the home in their environment, LibreOffice in its profile's path."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and word in (told := (entry / "cmdline").read_bytes()):
                here = told + (entry / "environ").read_bytes()
                found += [int(entry.name)] if bytes(home) in here else []
    return [pid for pid in found if pid != os.getpid()]


def test_killed_within_a_conversion_and_taken_up_again(kho_home: Home, tmp_path: Path) -> None:
    root = tmp_path / "giao"
    write_delivery(root, {"a.docx": made.docx, "b.docx": made.docx})
    words = ["ingest", root, "--agency", "H26.99.07", "--wait", "--json"]
    process = subprocess.Popen([*KHO, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while not (at_work := processes_of(tmp_path / "home", b"soffice.bin")) and time.monotonic() < until:
        time.sleep(0.02)
    assert at_work, "no conversion was seen"
    for pid in {process.pid, *processes_of(tmp_path / "home", b"access.cli")}:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    while any(Path(f"/proc/{pid}").exists() for pid in at_work) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in at_work), "LibreOffice outlived Kho"
    whole(kho_home, kho(*words).json["packages"])


def test_packages_of_others_with_office_files(kho_home: Home, tmp_path: Path) -> None:
    word = made.with_macros(tmp_path / "a.docm").read_bytes()
    pdf = tiny_pdf(1, "Bao cao")
    sip = make_sip(
        tmp_path / "lo", eark_sip(data={"rep1": {"bao cao.docm": word}, "rep2": {"bao cao.pdf": pdf}}), "sip"
    )
    checked = kho("check", sip, "--json").json["packages"][0]
    assert "OFFICE-MACROS" in codes(checked)
    (taken,) = kho("ingest", sip, "--agency", "H26.99.07", "--wait", "--json").json["packages"]
    assert taken["status"] == "stored" and "OFFICE-MACROS" in codes(taken)
    aip = read_aip(content(kho_home, taken))
    assert aip.representations == ("rep1", "rep2", "rep3")
    (copy,) = [file for file in aip.files if file.derived_from]
    assert copy.derived_from == "representations/rep1/data/bao=20cao.docm"
    assert copy.representation == "rep3"


def test_a_mark_in_an_office_file_seals_a_package_that_is_checked(tmp_path: Path) -> None:
    secret = made.docx(tmp_path / "a.docx", ("TỐI MẬT",)).read_bytes()
    sip = make_sip(tmp_path / "lo", eark_sip(data={"rep1": {"bao cao.docx": secret}}), "sip")
    checked = kho("check", sip, "--json").json["packages"][0]
    assert checked["verdict"] == "quarantined"
    assert [f["code"] for f in checked["findings"]] == ["DLV-SEALED"]
