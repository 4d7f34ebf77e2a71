"""docs/security.md: every row of the threat model names tests, and every test that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/test_\w+\.py)::(test_\w+)`")


def rows(heading: str) -> list[str]:
    """The rows of the table below a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| ")][1:]


def test_every_threat_is_met_by_a_test_that_is_there():
    threats = rows("Threats")
    assert len(threats) > 20
    for row in threats:
        named = NAMED.findall(row)
        assert named, f"no test: {row}"
        for file, name in named:
            assert name in _tests_of(ROOT / file), f"{file}::{name}"


def test_what_nothing_shows_says_so():
    assert all("**not shown**" in row for row in rows("What is not stopped"))
    assert "**not shown**" not in "".join(rows("Threats"))


def test_the_issue_of_each_kind_of_attacker_is_told():
    """The insider, the stolen account, ransomware, the bad disk, the bad upgrade, the contractor's file."""
    told = " ".join(row.split("|")[1] for row in rows("Threats"))
    for who in ("insider", "stolen account", "ransomware", "bad disk", "bad upgrade", "contractor's file"):
        assert who in told


def _tests_of(file: Path) -> set[str]:
    """The test functions of a module; empty where it is not there."""
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
