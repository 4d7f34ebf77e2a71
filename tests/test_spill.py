"""A secret found late: closed at once, purged by another person, and nothing left that tells its content."""

import gzip
import json
from pathlib import Path

import pytest

from repository.home import Home
from tests.make_delivery import plan, write_plan
from tests.running import kho as kho_process
from tests.running import kho_here as kho

WORD, CODE = "KIMCUONG", "2024.KIMCUONG"
AGENCY = "H26.99.07"


@pytest.fixture
def world(kho_home: Home, tmp_path: Path) -> Home:
    """Two hồ sơ, one full of a word of its own; exported, published, delivered once more with other bytes."""
    delivery = plan(2, 1)
    delivery.rows[0] |= {
        "file.fileCode": CODE,
        "file.title": f"Hồ sơ {WORD}",
        "document.subject": f"Về {WORD}",
    }
    write_plan(tmp_path / "giao", delivery)
    assert kho("ingest", tmp_path / "giao", "--agency", AGENCY, "--wait").code == 0
    kho("rights", "publish", "P9907", "--basis", "QĐ 1")
    kho("aip", "export", f"{AGENCY}/{CODE}", tmp_path / "ra")
    delivery.rows[0] |= {"document.subject": f"Về {WORD} lần hai"}
    write_plan(tmp_path / "giao-lai", delivery)
    kho("ingest", tmp_path / "giao-lai", "--agency", AGENCY, "--wait")
    return kho_home


def files_with(home: Home, word: str) -> list[str]:
    """Every file of the home (its databases aside) that has the word in its bytes or its name."""
    found = []
    for path in home.path.rglob("*"):
        if path.is_file() and not {"postgres", "solr", "logs"} & set(path.relative_to(home.path).parts):
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            if word.encode() in data or word in path.name:
                found.append(str(path))
    return found


@pytest.mark.parametrize(
    "point",
    [
        "spill.purged",
        *(
            pytest.param(p, marks=pytest.mark.slow)
            for p in ("", "spill.marked", "spill.scrubbed", "decision.stored")
        ),
    ],
)
def test_a_spill_is_closed_at_once_and_leaves_nothing(world: Home, tmp_path: Path, point: str):
    assert files_with(world, WORD) and kho("search", WORD, "--json").json["total"] > 0
    reported = kho(
        "spill", "report", f"{AGENCY}/{CODE}", "--basis", "Báo cáo 1/BC", "--by", "Lê C", "--json"
    ).json
    assert kho("search", WORD, "--json").json["total"] == 0
    assert kho("search", WORD, "--as", "officer", "--json").json["total"] == 0
    same = kho("spill", "purge", reported["spill"], "--by", "le c", "--json")
    assert (same.code, same.json["error"]["code"]) == (3, "same-person")
    assert kho("backup", tmp_path / "sao-luu").code == 0
    if point:
        killed = kho_process(
            "spill", "purge", reported["spill"], "--by", "Trần B", env={"KHO_FAULT": f"{point}:kill"}
        )
        assert killed.code == -9
    done = kho("spill", "purge", reported["spill"], "--by", "Trần B", "--json")
    assert (done.code, done.json["remains"]) == (3, []), done.out + done.err
    assert done.json["backups"] == [str(tmp_path / "sao-luu")]  # made before: a person decides when it goes
    assert kho("backup", tmp_path / "sao-luu-moi").code == 0
    last = kho("spill", "purge", reported["spill"], "--by", "Trần B", "--destroy-backups", "--json")
    assert (last.code, last.json["backups"]) == (0, []), last.out + last.err
    assert not (tmp_path / "sao-luu").exists() and (tmp_path / "sao-luu-moi").exists()
    assert files_with(world, WORD) == []
    assert not any((tmp_path / "ra").iterdir())
    dumped = kho("store", "dump").out
    assert WORD not in dumped
    assert kho("index", "rebuild").code == 0
    assert kho("search", WORD, "--as", "officer", "--json").json["total"] == 0
    gone = kho("aip", "show", reported["aip"], "--json")
    assert gone.json["error"]["code"] == "destroyed" and WORD not in gone.out
    # The neighbour is as it was, and storage alone tells the same.
    assert [json.loads(line)["key"] for line in kho("aip", "list", "--json").out.splitlines()] == [
        f"{AGENCY}/2024.02.VP"
    ]
    assert kho("verify", world.store).code == 0
    assert kho("store", "rebuild", "--replace").code == 0
    assert kho("store", "dump").out == dumped
