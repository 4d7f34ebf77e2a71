"""Whether Kho already holds a hồ sơ: the same key with the same content and description, or with another.

The digest of a hồ sơ covers its description, each document's description with the sha256 of its file, and the
documentation; not the folder it was delivered in, nor what a package says of itself (METS, manifests): the same records
packed once more are the same. One package at a time may bring a key in: it claims the key here.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Final

from ingest import quarantine
from ingest.agents import KHO
from ingest.context import Context
from ingest.units import account_of
from ingest.workspace import CheckedFile
from repository import catalogue
from repository.packages import DeliveredFileUnit
from repository.rows import HeldRow, PackageRow
from repository.steps import Outcome
from repository.store_layout import next_version
from standards.findings import Finding, finding

_SUPPLEMENT: Final = "SUPPLEMENT"  # RECORDSTATUS of METS: it adds to another package


class KeyInWork(Exception):
    """Another package with the same key is on its way in; this one waits for its end."""

    def __init__(self, package: int) -> None:
        super().__init__(package)
        self.package = package


def compare(package: PackageRow, context: Context) -> Outcome:
    """Claim the key, and end the way in where the hồ sơ is held; a later package of the same id is an update, and so is
    what a person let out of quarantine as a later version.

    Raises KeyInWork.
    """
    if package.key is None:
        return Outcome(agents=(KHO,))
    workspace = context.workspace(package)
    _root, unit = workspace.unit()
    digest = content_digest(unit, workspace.checked())
    came, connection = unit.submission, context.connection
    with connection.transaction():
        # First the claims, then the look: whoever held a claim before has stored by now or never will.
        _claim(package, context, package.key)
        if came.id:
            _claim(package, context, f"{came.kind} {came.id}")
        held = catalogue.one(connection, HeldRow, "aip_by_key", key=package.key)
        twin = catalogue.value(connection, "aip_by_submission", kind=came.kind, id=came.id)
        known = held and catalogue.value(connection, "version_with_content", aip=held.id, digest=digest)
        together = held and catalogue.value(connection, "batch_brought", batch=package.batch, aip=held.id)
        gone = catalogue.value(
            connection, "destroyed_or_about_to_be", key=package.key, aip=held.id if held else None
        )
        closed = held and catalogue.value(connection, "aip_is_closed", aip=held.id)
        decided = package.released and catalogue.value(connection, "released_as_version", package=package.id)
        corrected = held and catalogue.value(connection, "corrected_since_delivered", aip=held.id)
    if gone and not package.released:
        return _conflict(package, context, finding("HOLD-DESTROYED", key=package.key, aip=gone))
    if held is None:
        return _other_key(package, context, twin) if twin else _new(unit, digest)
    if closed:
        return _conflict(package, context, finding("HOLD-CLOSED", aip=held.id))
    if known:
        return _already(package, context, held.id)
    if decided:
        return _update(held, digest)
    if together or not came.id or (came.kind, came.id) != (held.submission_kind, held.submission_id):
        return _conflict(package, context, finding("HOLD-CONFLICT", key=package.key, aip=held.id))
    if came.status == _SUPPLEMENT:
        return _conflict(package, context, finding("HOLD-SUPPLEMENT", aip=held.id))
    if corrected:
        return _conflict(package, context, finding("HOLD-CORRECTED", aip=held.id))
    return _update(held, digest)


def _new(unit: DeliveredFileUnit, digest: str) -> Outcome:
    alone = (finding("PKG-SUPPLEMENT"),) if unit.submission.status == _SUPPLEMENT else ()
    return Outcome(findings=alone, agents=(KHO,), detail={"content": digest})


def _update(held: HeldRow, digest: str) -> Outcome:
    """The way goes on, and ends in a new version of what is held."""
    version = next_version(held.version)
    return Outcome(
        findings=(finding("HOLD-UPDATE", aip=held.id, held=held.version, version=version),),
        changes={"aip": held.id},
        agents=(KHO,),
        detail={"content": digest, "version": version},
    )


def _other_key(package: PackageRow, context: Context, aip: str) -> Outcome:
    return _conflict(package, context, finding("HOLD-OTHER-KEY", aip=aip))


def _conflict(package: PackageRow, context: Context, found: Finding) -> Outcome:
    return quarantine.keep(package, context, Outcome(findings=(found,), agents=(KHO,)), status="conflict")


def _claim(package: PackageRow, context: Context, key: str) -> None:
    catalogue.do(context.connection, "claim_key", key=key, package=package.id)
    catalogue.do(context.connection, "inherit_claim", key=key, package=package.id)
    holder = catalogue.value(context.connection, "claim_of", key=key)
    if holder != package.id:
        raise KeyInWork(holder)


def _already(package: PackageRow, context: Context, aip: str) -> Outcome:
    _root, unit = context.workspace(package).unit()
    return Outcome(
        findings=(finding("HOLD-ALREADY", aip=aip),),
        ends_as="already-held",
        changes={"aip": aip, "files": account_of(unit, "already-held")},
        agents=(KHO,),
    )


def content_digest(unit: DeliveredFileUnit, checked: Iterable[CheckedFile]) -> str:
    """sha256, hex, over what a hồ sơ is: descriptions, order, and the bytes of its files."""
    digests = {c.path: c.facts.sha256 for c in checked if c.role != "submission"}
    documents = [
        [d.order, dict(sorted(d.fields.items())), digests.get(d.file.path) if d.file else None]
        for d in sorted(unit.documents, key=lambda d: d.order)
    ]
    content = {d.file.path for d in unit.documents if d.file}
    others = sorted(digest for path, digest in digests.items() if path not in content)
    whole = [dict(sorted(unit.fields.items())), documents, others]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=True).encode()).hexdigest()
