"""commons-ip, the validator of the E-ARK project, on what we export."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from repository.aip import build_aip, read_aip
from repository.config import CHECKOUT
from repository.export import export_aip
from standards.package_tree import ManifestTree
from tests.aip_fixtures import OBJID, small_content

MAIN = "org.roda_project.commons_ip2.cli.Main"


@pytest.fixture(scope="module")
def jars() -> str:
    folder = Path(os.environ.get("KHO_LIB") or CHECKOUT / "lib") / "commons-ip"
    found = sorted(folder.glob("*.jar"))
    if not found:
        pytest.skip(f"no commons-ip in {folder} (make setup, or KHO_LIB)")
    if shutil.which("java") is None:
        pytest.skip("no java")
    return ":".join(map(str, found))


def judged(jars: str, package: Path, reports: Path) -> dict:
    """commons-ip's report; it wants the folder to be named by OBJID as it is, which is not the circular's way."""
    named = package if "eark" in package.parent.name else package.rename(package.parent / OBJID)
    reports.mkdir()
    subprocess.run(
        ["java", "-Xmx256m", "-cp", jars, MAIN, "validate", "-i", named, "-o", reports, "--specification-version",
         "2.2.0"], check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return json.loads(next(reports.glob("*.json")).read_text("utf-8"))


@pytest.mark.parametrize("form", ["eark", "tt05"])
def test_commons_ip_finds_no_error(jars, tmp_path, form):
    (tmp_path / "aip").mkdir()
    with ManifestTree(build_aip(small_content(tmp_path / "in"), tmp_path / "aip").manifest) as tree:
        made = export_aip(tree, read_aip(tree), tmp_path / f"out-{form}", form)
    report = judged(jars, made, tmp_path / "reports")
    broken = [(v["id"], v["testing"]["issues"]) for v in report["validation"]
              if v["level"] == "MUST" and v["testing"]["outcome"] == "FAILED"]  # fmt: skip
    assert broken == []
    assert report["summary"]["errors"] == 0
    assert report["summary"]["success"] > 100
    assert report["summary"]["result"] == "VALID"
