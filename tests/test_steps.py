"""The runner: an event for every step, never two; a taken-over package cannot be written by its former owner."""

import uuid

import pytest

from repository import catalogue
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.rows import EventRow, PackageRow
from repository.steps import Outcome, OwnerLost, Step, owning, run_steps
from standards.errors import ToolFailed
from standards.findings import finding

FIRST, SECOND = "first", "second"


@pytest.fixture
def opened(kho_home: Home) -> Opened:
    return open_catalogue(Settings.load())


@pytest.fixture
def package(opened: Opened) -> int:
    with opened.connect() as connection:
        batch = catalogue.value(
            connection, "new_batch", source="x", source_bytes=b"x", kind="delivery", mapping=None, agency=None,
            report={"findings": [], "files": []}, created_at=catalogue.now(),
        )  # fmt: skip
        catalogue.do(connection, "new_package", batch=batch, ordinal=1, path="x", kind="delivery", key="a/1",
                     aip=f"urn:uuid:{uuid.uuid4()}", next_step=FIRST, status="queued", verdict="valid", documents=1,
                     findings=[], files=[], finished_at=None)  # fmt: skip
        return connection.execute("select max(id) from package").fetchone()[0]


def pipeline(first=lambda _p, _c: Outcome(), second=lambda _p, _c: Outcome(ends_as="stored")):
    return (Step(FIRST, "transfer", first), Step(SECOND, "ingestion end", second))


def take(connection, package: int, steps) -> PackageRow:
    with owning(connection, package) as taken:
        assert taken is not None
        return run_steps(connection, steps, taken, None)


def events(connection, package: int) -> list[tuple[str, str]]:
    rows = catalogue.many(connection, EventRow, "events_of_package", package=package)
    return [(row.step, row.outcome) for row in rows]


def test_every_step_leaves_its_event(opened: Opened, package: int):
    with opened.connect() as connection:
        ended = take(connection, package, pipeline())
        assert (ended.status, ended.next_step) == ("stored", None)
        assert events(connection, package) == [(FIRST, "success"), (SECOND, "success")]


def test_findings_make_the_outcome_and_the_verdict(opened: Opened, package: int):
    refused = pipeline(first=lambda _p, _c: Outcome(findings=(finding("KIND-UNKNOWN"),), ends_as="refused"))
    with opened.connect() as connection:
        ended = take(connection, package, refused)
        assert (ended.status, ended.verdict) == ("refused", "invalid")
        assert events(connection, package) == [(FIRST, "failure")]


def test_a_failed_step_is_recorded_and_tried_again(opened: Opened, package: int):
    def broken(_package, _context):
        raise ToolFailed(tool="x", reason="y")

    with opened.connect() as connection:
        with pytest.raises(ToolFailed):
            take(connection, package, pipeline(second=broken))
        assert connection.execute("select step, code from failure").fetchall() == [(SECOND, "tool-failed")]
        assert catalogue.package(connection, package).next_step == SECOND
        take(connection, package, pipeline())
        assert events(connection, package) == [(FIRST, "success"), (SECOND, "success")]


def test_a_package_has_one_owner(opened: Opened, package: int):
    with opened.connect() as mine, opened.connect() as others, owning(mine, package) as taken:
        assert taken is not None
        with owning(others, package) as second:
            assert second is None


def test_a_paused_owner_commits_nothing(opened: Opened, package: int):
    """The first owner is cut off from its lock; the second finishes; the first wakes up and must not write."""
    with opened.connect() as paused, opened.connect() as next_owner:
        with owning(paused, package) as taken:
            old = taken
        take(next_owner, package, pipeline())
        with pytest.raises(OwnerLost):
            run_steps(paused, pipeline(), old, None)
        assert events(next_owner, package) == [(FIRST, "success"), (SECOND, "success")]


def test_what_was_found_before_a_seal_is_forgotten(opened: Opened, package: int):
    told = finding("DLV-CHANGED", name="mat.pdf")
    steps = pipeline(
        first=lambda _p, _c: Outcome(findings=(told,)),
        second=lambda _p, _c: Outcome(forget=True, ends_as="quarantined", changes={"key": None}),
    )
    with opened.connect() as connection:
        ended = take(connection, package, steps)
    assert ended.findings == []
    assert ended.key is None
