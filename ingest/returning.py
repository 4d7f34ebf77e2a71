"""Out of quarantine: by a person's decision a hồ sơ goes on, or goes back to who delivered it.

What a decision can heal is data of the finding: `release = true` in its table. A virus, a doubled order number or a
conflict cannot be decided away: the delivery has to be mended.
"""

import os
import shutil
import uuid
from pathlib import Path

from ingest.context import quarantine_of, workspace_of
from ingest.pipeline import OF_DELIVERIES
from repository import catalogue
from repository.opening import Opened
from repository.rows import PackageRow
from standards.errors import KhoError
from standards.findings import Level, finding_from_json, may_be_released
from standards.shown import for_people


class NotReleasable(KhoError):
    """The reason for quarantine is one that no decision can lift."""

    code = "not-releasable"
    vi = "Gói số {id} không thể cho nhập tiếp: {codes}. Hãy trả lại bên giao để sửa rồi giao lại."
    en = "Package {id} cannot be let go on: {codes}. Send it back to be mended and delivered again."


class DestinationExists(KhoError):
    """Something is already there."""

    code = "destination-exists"
    vi = "Đã có {path}; Kho không ghi đè. Chọn thư mục khác."
    en = "{path} exists already; Kho does not overwrite. Choose another folder."


def release(opened: Opened, package: PackageRow, reason: str) -> PackageRow:
    """Put the hồ sơ back on its way, with the decision as an event. Raises NotReleasable."""
    findings = [finding_from_json(f) for f in package.findings]
    barred = sorted({f.code for f in findings if f.level is Level.MUST and not may_be_released(f)})
    folder = quarantine_of(opened.home, package)
    if barred or not folder.is_dir():
        raise NotReleasable(id=package.id, codes=", ".join(barred) or package.verdict)
    workspace = workspace_of(opened.home, package)
    shutil.rmtree(workspace.folder, ignore_errors=True)
    shutil.copytree(folder, workspace.folder / "returned")
    data_unit = workspace.folder / "returned" / "unit.json"
    shutil.copyfile(data_unit, workspace.folder / "unit.json")
    workspace.files.mkdir(mode=0o700, exist_ok=True)
    _root, unit = workspace.unit()
    workspace.write_unit(folder / "files", unit)
    shutil.rmtree(workspace.folder / "returned")
    return _back_on_its_way(opened, package, reason)


def _back_on_its_way(opened: Opened, package: PackageRow, reason: str) -> PackageRow:
    with opened.connect() as connection, connection.transaction():
        catalogue.do(connection, "release_package", id=package.id, first=OF_DELIVERIES)
        catalogue.do(connection, "reopen_batch", id=package.batch)
        catalogue.do(
            connection, "new_event", id=uuid.uuid4(), package=package.id, aip=package.aip, step="release",
            type="unquarantine", outcome="success", codes=[], time=catalogue.now(), detail={"reason": reason},
            agents=[{"id": f"person:uid-{os.getuid()}", "version": ""}],
        )  # fmt: skip
    return package


def send_back(opened: Opened, package: PackageRow, dest: Path) -> Path:
    """Copy the hồ sơ out of quarantine, with its report, for whoever delivered it. Raises DestinationExists."""
    target = dest / f"{package.batch}-{package.ordinal:06d}"
    if target.exists():
        raise DestinationExists(path=for_people(os.fspath(target)))
    folder = quarantine_of(opened.home, package)
    if not folder.is_dir():
        raise NotReleasable(id=package.id, codes=package.verdict)
    dest.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder, target)
    with opened.connect() as connection, connection.transaction():
        catalogue.do(
            connection, "new_event", id=uuid.uuid4(), package=package.id, aip=None, step="send-back",
            type="dissemination", outcome="success", codes=[], time=catalogue.now(), detail={},
            agents=[{"id": f"person:uid-{os.getuid()}", "version": ""}],
        )  # fmt: skip
    return target
