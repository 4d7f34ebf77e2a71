"""Names that other systems cannot keep or show are told, whatever kind of package they are in; plain ones never."""

import os
import unicodedata
from pathlib import Path

import pytest

from ingest.checking_alone import check_alone
from ingest.delivery import read_delivery
from ingest.kinds import tell_kind
from ingest.package_reading import read_package
from repository.kind import Kind
from standards.names import name_findings
from tests.bag_fixtures import write_bag
from tests.make_delivery import plan, write_plan
from tests.make_package import Sip, make_sip

TELLING = [
    ("NAME-RESERVED", "CON"), ("NAME-RESERVED", "nul.tar.gz"), ("NAME-RESERVED", "COM¹.txt"), ("NAME-RESERVED", "aux/a.txt"),
    ("NAME-SIGNS", "a.txt:an"), ("NAME-SIGNS", "a\\b.txt"), ("NAME-SIGNS", "a?.txt"), ("NAME-SIGNS", "<script>.txt"),
    ("NAME-EDGE", "a."), ("NAME-EDGE", "a.txt "), ("NAME-EDGE", " a.txt"), ("NAME-EDGE", "b /a.txt"),
    ("NAME-CONTROL", "a\x07.txt"), ("NAME-CONTROL", "a\n.txt"), ("NAME-CONTROL", "a\x1b[2J"), ("NAME-CONTROL", "a\x85b"),
    ("NAME-HIDDEN", "a\u202efdp.exe"), ("NAME-HIDDEN", "a\u200bb"), ("NAME-HIDDEN", "a\u2028b"), ("NAME-HIDDEN", "a\ufffe"),
    ("NAME-HIDDEN", "a\U000e0041"), ("DLV-NAME-BYTES", os.fsdecode(b"a\xe9.txt")),
]  # fmt: skip
PLAIN = [
    "Công văn số 1.pdf",
    "console.txt",
    "comic",
    "lpt",
    "com10.txt",
    ".an",
    "a..b",
    "-a",
    "~a",
    "=1+1",
    "a'b",
    "n" * 255,
]
TWINS = [("Tệp.txt", "TỆP.txt"), ("ế.txt", unicodedata.normalize("NFD", "ế.txt")), ("A/1.txt", "a/2.txt")]


def told(paths: list[str]) -> list[str]:
    return [f.code for f in name_findings(paths)]


@pytest.mark.parametrize(("code", "name"), TELLING)
def test_a_name_that_does_not_travel_is_told(code: str, name: str) -> None:
    assert told([f"data/{name}"]) == [code]


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_name_is_not(name: str) -> None:
    assert told([f"data/{name}"]) == []


@pytest.mark.parametrize("pair", TWINS)
def test_twins_are_told_each_by_itself(pair: tuple[str, str]) -> None:
    found = list(name_findings(pair))
    assert [f.code for f in found] == ["NAME-TWIN"] * 2
    assert {f.path for f in found} == {unicodedata.normalize("NFC", p) for p in pair}


def test_a_folder_is_told_once_and_a_flood_is_counted() -> None:
    assert told([f"CON/{number}" for number in range(10)]) == ["NAME-RESERVED"]
    flood = list(name_findings(f"{number}?" for number in range(2000)))
    assert len(flood) == 501
    assert flood[-1].values == {"count": "1500"}


NAMES = [n for c, n in TELLING if c not in ("DLV-NAME-BYTES",)] + [n for pair in TWINS for n in pair]


@pytest.fixture(scope="module", params=["bag", "tt05", "delivery"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of a kind with every such name in it."""
    folder = tmp_path_factory.mktemp(request.param)
    files = {name: b"chu %d" % number for number, name in enumerate(NAMES)}
    if request.param == "bag":
        return write_bag(folder / "tui", files)
    if request.param == "tt05":
        sip = Sip()
        sip.data["rep1"] |= files
        return make_sip(folder, sip)
    planned = plan()
    planned.files |= {f"hs01/{name}": data for name, data in files.items()}
    return write_plan(folder / "giao", planned)


def test_every_kind_of_package_tells_them(package: Path) -> None:
    kind = tell_kind(package)
    if kind is Kind.DELIVERY:
        delivery = read_delivery(package)
        codes = {f.code for f in (*delivery.findings, *(f for u in delivery.units for f in u.findings))}
    else:
        entry = check_alone(package, kind)
        assert entry
        codes = {f["code"] for f in entry["findings"]}
        unit = read_package(package, kind, name="goi", agency="H26", agencies={})
        assert {f.code for f in unit.findings if f.code.startswith("NAME-")} == {
            c for c in codes if c.startswith("NAME-")
        }
    assert {c for c in codes if c.startswith("NAME-")} == {
        "NAME-RESERVED", "NAME-SIGNS", "NAME-EDGE", "NAME-CONTROL", "NAME-HIDDEN", "NAME-TWIN",
    }  # fmt: skip


@pytest.mark.parametrize("where", ["representations/rep1", "representations/rep1/data/160.1.pdf", "METS.xml"])
def test_a_link_in_a_package_is_named_by_the_check_as_by_the_way_in(tmp_path: Path, where: str) -> None:
    package = make_sip(tmp_path, Sip())
    (package / where).rename(tmp_path / "elsewhere")
    (package / where).symlink_to(tmp_path / "elsewhere")
    entry = check_alone(package, Kind.TT05)
    assert entry
    assert entry["verdict"] == "invalid"
    assert where in [f["path"] for f in entry["findings"] if f["code"] == "PKG-LINK"]


def test_a_pipe_in_a_package_is_named(tmp_path: Path) -> None:
    package = make_sip(tmp_path, Sip())
    os.mkfifo(package / "representations/rep1/data/ong")
    entry = check_alone(package, Kind.TT05)
    assert entry
    assert "PKG-LINK" in {f["code"] for f in entry["findings"] if f["level"] == "MUST"}
