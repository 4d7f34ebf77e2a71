"""From corrections that were decided to the next version of an AIP: built, judged, stored, then in the catalogue.

A process that is killed on the way leaves a decision that waits, or a version that is whole and has no rows yet; whoever
comes next to the AIP (`catch_up`, `apply_due`) brings both to their end. Nothing of the versions before is touched.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import psycopg

from preservation.versions.corrected import next_content
from repository import catalogue, corrections
from repository.aip import BuiltAip, build_aip
from repository.aip_read import read_aip
from repository.deciding import deciding
from repository.decisions import HANOI, Decision
from repository.faults import fault, register
from repository.holding import read_holding
from repository.holding_rows import write_version
from repository.opening import Opened
from repository.packages import AipContent, AipId
from repository.policies import confirm_copies, policy_for
from repository.store import Author
from repository.store_tree import FileTree
from standards.eark_rules import check_package
from standards.errors import KhoError
from standards.findings import Level
from standards.package_tree import ManifestTree

POINTS = register("version.built", "version.placed", "version.done")
_LONGEST: Final = 500  # characters of an OCFL version's message


class AipBusy(KhoError):
    """A delivery is about to become a version of the AIP."""

    code = "aip-busy"
    vi = "Gói {aip} đang nhận một bản giao mới. Chờ đợt nhập xong (`kho batch list`) rồi làm lại."
    en = "The package {aip} is taking in a later delivery. Wait until that batch ends (`kho batch list`), then do it again."


class AipClosed(KhoError):
    """The AIP is being destroyed, or a secret was found in it."""

    code = "aip-closed"
    vi = "Gói {aip} đang được xử lý (tiêu hủy hoặc lộ bí mật), không nhận phiên bản mới. Hỏi người phụ trách."
    en = "The package {aip} is being destroyed or a secret was reported in it: it gets no new version. Ask who is in charge."


class CorrectionBreaks(KhoError):
    """The package would break a rule of its standard with these words."""

    code = "correction-breaks"
    vi = "Nội dung sửa làm gói sai chuẩn: {told}. Hãy sửa lại giá trị; chưa có gì thay đổi."
    en = "With these words the package would break its standard: {told}. Correct the value; nothing was changed."


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply_due` did: the new version of each AIP, and why others have none."""

    versions: dict[str, str]
    failed: dict[str, KhoError]


def apply_due(opened: Opened) -> Applied:
    """Make a version of every AIP whose corrections have waited long enough."""
    done, failed = dict[str, str](), dict[str, KhoError]()
    with opened.connect() as connection:
        with deciding(connection, opened.store):
            pass  # what a killed process was deciding is settled now
        for aip in corrections.due(connection):
            try:
                version = apply_one(connection, opened, aip)
            except KhoError as error:
                connection.rollback()
                failed[aip] = error
            else:
                done |= {aip: version} if version else {}
    return Applied(done, failed)


def apply_one(connection: psycopg.Connection, opened: Opened, aip: str) -> str | None:
    """All that waits for one AIP as its next version; None where nothing does. Raises as `describe` does."""
    with corrections.alone(connection, aip):
        catch_up(connection, opened, aip)
        waiting = corrections.waiting(connection, aip)
        connection.commit()
        if not waiting:
            return None
        tree = opened.store.tree(AipId(aip))
        with building(opened, tree, read_aip(tree), waiting) as built:
            refuse_broken(built)
            return place(connection, opened, tree, built, waiting)


def catch_up(connection: psycopg.Connection, opened: Opened, aip: str) -> None:
    """Rows of versions that are in the store and that the catalogue does not know: their writer was killed.

    Raises AipBusy where a delivery on its way in has put such a version there and will write its rows; AipClosed where
    the AIP must not change.
    """
    if catalogue.value(connection, "aip_is_closed", aip=aip):
        connection.commit()
        raise AipClosed(aip=aip)
    if catalogue.value(connection, "aip_is_coming_in", aip=aip):
        connection.commit()
        raise AipBusy(aip=aip)
    known = catalogue.value(connection, "version_of_aip", id=aip)
    connection.commit()
    opened.store.recover()
    names = [block.name for block in opened.store.tree(AipId(aip)).versions()]
    for version in names[names.index(known) + 1 :]:
        _write_rows(connection, opened, aip, version)
    if corrections.waiting(connection, aip):  # whoever wrote the rows of a version may not have known of them
        told = _corrections_in(read_aip(opened.store.tree(AipId(aip))))
        corrections.applied(connection, aip, told)
    connection.commit()


@contextmanager
def building(
    opened: Opened, tree: FileTree, held: AipContent, decisions: Sequence[Decision]
) -> Iterator[BuiltAip]:
    """The package of the next version in a folder of its own, for as long as the `with` lasts."""
    parent = opened.home.workspace / "tools"
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="version-", dir=parent))
    try:
        time = catalogue.now().astimezone(HANOI).isoformat(timespec="milliseconds")
        yield build_aip(next_content(tree, held, decisions, time), work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def refuse_broken(built: BuiltAip) -> None:
    """Judge the package by rules that share no code with its writer. Raises CorrectionBreaks."""
    with ManifestTree(built.manifest) as package:
        broken = next((f for f in check_package(package) if f.level is Level.MUST), None)
    if broken:
        raise CorrectionBreaks(told=f"{broken.code} {broken.path or ''}: {broken.text('vi')}")


def place(
    connection: psycopg.Connection,
    opened: Opened,
    tree: FileTree,
    built: BuiltAip,
    decisions: Sequence[Decision],
) -> str:
    """The built package into the store as the version after `tree`, then its rows; the version's name."""
    fault("version.built")
    reasons = "; ".join(dict.fromkeys(decision["basis"] for decision in decisions))
    by = decisions[-1]["decided_by"]
    placed = opened.store.put_version(
        built.id, built.files(), expected_head=tree.version, created=built.created,
        message=f"Sửa mô tả / corrected description: {reasons}"[:_LONGEST], user=Author(by, "urn:kho:person"),
    )  # fmt: skip
    fault("version.placed")
    _write_rows(connection, opened, built.id, placed.version)
    fault("version.done")
    return placed.version


def _write_rows(connection: psycopg.Connection, opened: Opened, aip: str, version: str) -> None:
    """The rows of a version, made from what lies in the store, and the corrections that it holds."""
    tree = opened.store.tree(AipId(aip), version)
    holding = read_holding(tree, version)
    stored_at = next(datetime.fromisoformat(b.created) for b in tree.versions() if b.name == version)
    policy = policy_for(connection, holding.content.agency, holding.content.retention.code)
    copies = confirm_copies(connection, opened.home, opened.store, aip, policy)
    connection.commit()
    with connection.transaction():
        row = catalogue.aip(connection, aip)
        write_version(connection, opened.store, holding, row.findings if row else (), stored_at, copies)
        corrections.applied(connection, aip, _corrections_in(holding.content))


def _corrections_in(content: AipContent) -> list[str]:
    """The decisions whose events a version tells."""
    events = (event for event in content.events if event.type == "metadata modification")
    return [event.id.removeprefix("urn:uuid:") for event in events]
