"""The samples made by others, each through what `kho check` does: accepted, told, or refused with a reason that fits."""

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.checking import Judges, check_path, open_judges
from repository.config import Settings
from standards.findings import Level

SAMPLES = Path(os.environ.get("KHO_SAMPLES") or Path(__file__).parents[2] / "shared" / "samples")

# What a finding must say for the fault that the table names: words of its code or of its English text.
FAULTS = {
    "bags/v0.97/invalid/baginfo-missing-encoding": "BAGIT-DECLARATION",
    "bags/v0.97/invalid/corrupt-data-file": "BAGIT-OXUM",
    "bags/v0.97/invalid/extra-file-in-bag": "BAGIT-STRAY",
    "bags/v0.97/invalid/missing-bagit.txt": "BAGIT-NO-DECLARATION",
    "bags/v0.97/invalid/out-of-scope-file-paths-using-dot-notation": "BAGIT-UNSAFE-PATH",
    "bags/v0.97/linux-only/out-of-scope-file-paths-using-absolute-path": "BAGIT-UNSAFE-PATH",
    "bags/v1.0/invalid/same-filename-listed-twice-with-different-hashes": "BAGIT-DOUBLED",
    "eark/ev_struct_no_mets.tar.gz": "CSIPSTR4",
    "eark/ev_struct_empty.zip": "ARC-NO-PACKAGE",
    "eark/ev_bad_multi_dir.zip": "ARC-NO-PACKAGE",
    "eark/ev_bad_single_file.zip": "ARC-NO-PACKAGE",
    "eark/csip_minimal_IP_nocrtdt.zip": "CSIP7",
    "eark/csip_minimal_IP_noflscid.zip": "CSIP59",
    "eark/csip_minimal_IP_nomtshdr.zip": "CSIP117",
    "eark/csip_minimal_IP_nopcktyp.zip": "CSIP9",
    "hostile/d01-zip-slip.zip": "ARC-ESCAPE",
    "hostile/d02-tar-symlink.tar.gz": "ARC-LINK",
    "hostile/d03-zip-ratio.zip": "ARC-RATIO",
    "hostile/d04-entities.xml": "DTD",
    "hostile/d05-header-only.pdf": "PDF-",
    "pdf-problem/encryption_nocopy.pdf": "PDF-ENCRYPTED|PDF-PROTECTED|PDFA-",
}


def rows() -> list[dict[str, str]]:
    table = SAMPLES / "expected.tsv"
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def judged(*verdicts: str) -> list[Any]:
    return [
        pytest.param(row, id=row["path"])
        for row in rows()
        if row["verdict"] in verdicts and "!" not in row["path"]
    ]


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judges]:
    with open_judges(Settings.load(tmp_path_factory.mktemp("home"))) as opened:
        yield opened


def check(row: dict[str, str], judges: Judges) -> list[dict[str, Any]]:
    checked = check_path(SAMPLES / row["path"], judges, kind=None, mapping=None, told=lambda *_: None)
    assert checked.entries
    return checked.entries


def told(entries: list[dict[str, Any]], *levels: Level) -> list[str]:
    return [f"{f['code']} {f['en']}" for e in entries for f in e["findings"] if f["level"] in levels]


@pytest.mark.parametrize("row", judged("valid", "valid-with-warning"))
def test_accepted(row: dict[str, str], judges: Judges, samples: Path) -> None:
    entries = check(row, judges)
    assert not told(entries, Level.MUST)
    assert {e["verdict"] for e in entries} <= {"valid", "valid-with-warning"}
    if row["verdict"] == "valid-with-warning":
        assert told(entries, Level.SHOULD)


def wanted(row: dict[str, str]) -> str:
    """What the reason of a refusal has to match."""
    if row["path"] in FAULTS:
        return FAULTS[row["path"]]
    if row["kind"].startswith("ocfl"):
        codes = re.findall(r"E\d{3}", row["reason"])
        return "|".join(codes)
    if row["kind"].startswith("pdf"):
        return "PDFA?-"
    return "bytes, METS says|digest|checksum" if row["verdict"] == "valid-profile-only" else ""


@pytest.mark.parametrize("row", judged("invalid", "invalid-as-stored", "refuse", "valid-profile-only"))
def test_refused_with_the_reason(row: dict[str, str], judges: Judges, samples: Path) -> None:
    entries = check(row, judges)
    reasons = told(entries, Level.MUST)
    assert {e["verdict"] for e in entries} == {"invalid"}
    assert any(re.search(wanted(row), reason) for reason in reasons), reasons
    assert all(f["vi"] and f["en"] for e in entries for f in e["findings"])


def test_the_table_was_read(samples: Path) -> None:
    assert len(judged("valid", "valid-with-warning")) >= 25
    assert len(judged("invalid", "invalid-as-stored", "refuse", "valid-profile-only")) >= 60
    assert not (samples.parent / "devpack-escape.txt").exists()
