"""Out of quarantine: by a person's decision a hồ sơ goes on, or goes back to who delivered it.

What a decision can heal is data of the finding: `release = true` in its table. A virus, a doubled order number or a
conflict cannot be decided away: the delivery has to be mended.
"""

import json
import os
import shutil
import uuid
from pathlib import Path

from fixity.digest import digests
from ingest.agents import person
from ingest.context import quarantine_of, workspace_of
from ingest.pipeline import OF_DELIVERIES
from ingest.quarantine import DIGESTS
from ingest.receipt import write_receipt
from ingest.report_shape import report
from ingest.reports import package_entry
from ingest.workspace import Workspace
from repository import catalogue
from repository.accounts import write_account
from repository.opening import Opened
from repository.rows import PackageRow
from standards.errors import KhoError, UsageError
from standards.findings import Level, finding_from_json, may_be_released
from standards.shown import for_people


class NotReleasable(KhoError):
    """The reason for quarantine is one that no decision can lift."""

    code = "not-releasable"
    vi = "Gói số {id} không thể cho nhập tiếp: {codes}. Hãy trả lại bên giao để sửa rồi giao lại."
    en = "Package {id} cannot be let go on: {codes}. Send it back to be mended and delivered again."


class NothingKept(KhoError):
    """Quarantine holds no copy of the package: it is sealed, or was refused where it lies."""

    code = "nothing-kept"
    vi = (
        "Kho không giữ bản sao nào của gói số {id} (niêm phong hoặc không nhận); tài liệu vẫn ở nơi bên giao đã đặt. "
        "Hồ sơ niêm phong: liên hệ người phụ trách bảo vệ bí mật nhà nước."
    )
    en = (
        "Kho keeps no copy of package {id} (sealed, or refused); the records are still where they were delivered. "
        "For a sealed one turn to the officer for the protection of state secrets."
    )


class NoReason(UsageError):
    """A decision without a reason is none."""

    vi = "Phải ghi lý do cho nhập tiếp (--reason); lý do được lưu cùng hồ sơ."
    en = "Give the reason for letting it go on (--reason); it is kept with the records."


class QuarantineChanged(KhoError):
    """A file in quarantine is not what was put there."""

    code = "quarantine-changed"
    vi = "Tệp {path} trong khu cách ly đã bị thay đổi hoặc mất, nên không thể cho nhập tiếp. Hãy đề nghị giao lại."
    en = "The file {path} in quarantine was changed or is gone, so it cannot go on. Ask for it to be delivered again."


class NotWritten(KhoError):
    """The package could not be copied out."""

    code = "not-written"
    vi = "Không ghi được vào {path}: {reason}. Chọn thư mục khác hoặc kiểm tra quyền ghi và dung lượng."
    en = "{path} cannot be written: {reason}. Choose another folder, or check permissions and free space."


class DestinationExists(KhoError):
    """Something is already there."""

    code = "destination-exists"
    vi = "Đã có {path}; Kho không ghi đè. Chọn thư mục khác."
    en = "{path} exists already; Kho does not overwrite. Choose another folder."


# What a person decides by saying that the package is a later version of what is held.
_AS_VERSION = frozenset({"HOLD-CONFLICT", "HOLD-CORRECTED"})


def release(opened: Opened, package: PackageRow, reason: str, *, as_version: bool = False) -> PackageRow:
    """Put the hồ sơ back on its way, with the decision as an event; `as_version`: to become the next version of the AIP
    of the same key.

    Raises NotReleasable, NothingKept, NoReason, QuarantineChanged.
    """
    if not reason.strip():
        raise NoReason(reason=reason)
    folder = _kept(opened, package)
    findings = [finding_from_json(f) for f in package.findings]
    allowed = _AS_VERSION if as_version else frozenset()
    barred = sorted({f.code for f in findings if f.level is Level.MUST and not may_be_released(f)} - allowed)
    if barred:
        raise NotReleasable(id=package.id, codes=", ".join(barred))
    _check_unchanged(folder)
    workspace = workspace_of(opened.home, package)
    workspace.remove()
    _root, unit = Workspace(folder).unit()
    workspace.write_unit(folder / "files", unit)
    return _back_on_its_way(opened, package, reason.strip(), as_version)


def _kept(opened: Opened, package: PackageRow) -> Path:
    folder = quarantine_of(opened.home, package)
    if not folder.is_dir():
        raise NothingKept(id=package.id)
    return folder


def _check_unchanged(folder: Path) -> None:
    """Every file in quarantine must be what was put there. Raises QuarantineChanged."""
    for path, sha512 in json.loads((folder / DIGESTS).read_text(encoding="ascii")).items():
        try:
            found = digests(folder / "files" / path)[1]["sha512"]
        except OSError:
            found = ""
        if found != sha512:
            raise QuarantineChanged(path=for_people(path))


def settle(opened: Opened, package: PackageRow) -> None:
    """What was let go on and is now held leaves quarantine; anything else stays."""
    if package.released and package.status in ("stored", "already-held"):
        shutil.rmtree(quarantine_of(opened.home, package), ignore_errors=True)


def _back_on_its_way(opened: Opened, package: PackageRow, reason: str, as_version: bool) -> PackageRow:
    decided = {"reason": reason} | ({"as_version": True} if as_version else {})
    with opened.connect() as connection, connection.transaction():
        catalogue.do(connection, "release_package", id=package.id, first=OF_DELIVERIES)
        catalogue.do(connection, "reopen_batch", id=package.batch)
        catalogue.do(
            connection, "new_event", id=uuid.uuid4(), package=package.id, aip=package.aip, step="release",
            type="unquarantine", outcome="success", codes=[], time=catalogue.now(), detail=decided,
            agents=[person()],
        )  # fmt: skip
    return package


def send_back(opened: Opened, package: PackageRow, dest: Path) -> Path:
    """Copy the hồ sơ out of quarantine for whoever delivered it: its files, its rows, its report and a receipt that
    says why. Raises DestinationExists, NothingKept, NotWritten."""
    target = dest / f"{package.batch}-{package.ordinal:06d}"
    if os.path.lexists(target):
        raise DestinationExists(path=for_people(os.fspath(target)))
    folder = _kept(opened, package)
    partial = target.with_name(f".{target.name}.partial")
    try:
        dest.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(
            folder, partial, ignore=lambda at, names: {"unit.json", DIGESTS} if at == str(folder) else ()
        )
        entry = package_entry(package)
        write_receipt(report([entry], (), 0.0) | {"batch": package.batch, "files": list(package.files)}, partial,
                      title="PHIẾU TRẢ LẠI TÀI LIỆU", stem="phieu-tra-lai")  # fmt: skip
        partial.rename(target)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise NotWritten(path=for_people(os.fspath(dest)), reason=error.strerror or str(error)) from error
    _note_sent_back(opened, package)
    return target


def _note_sent_back(opened: Opened, package: PackageRow) -> None:
    with opened.connect() as connection, connection.transaction():
        catalogue.do(
            connection, "new_event", id=uuid.uuid4(), package=package.id, aip=None, step="send-back",
            type="dissemination", outcome="success", codes=[], time=catalogue.now(), detail={},
            agents=[person()],
        )  # fmt: skip
        write_account(connection, opened.store, package.batch)
