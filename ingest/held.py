"""Whether Kho already holds a hồ sơ: the same key with the same content and description, or with another.

The digest of a hồ sơ covers its description, each document's description with the sha256 of its file, and the
documentation; not the folder it was delivered in. One package at a time may bring a key in: it claims the key here.
"""

import hashlib
import json
from collections.abc import Iterable

from ingest import quarantine
from ingest.agents import KHO
from ingest.context import Context
from ingest.workspace import CheckedFile
from repository import catalogue
from repository.packages import DeliveredFileUnit
from repository.queries import sql
from repository.rows import PackageRow
from repository.steps import Outcome
from standards.findings import finding
from standards.shown import for_people


class KeyInWork(Exception):
    """Another package with the same key is on its way in; this one waits for its end."""

    def __init__(self, package: int) -> None:
        super().__init__(package)
        self.package = package


def compare(package: PackageRow, context: Context) -> Outcome:
    """Claim the key, or end the way in because the hồ sơ is held. Raises KeyInWork."""
    if package.key is None:
        return Outcome(agents=(KHO,))
    workspace = context.workspace(package)
    _root, unit = workspace.unit()
    digest = content_digest(unit, workspace.checked())
    connection = context.connection
    with connection.transaction():
        # First the claim, then the look: whoever held the claim before has stored by now or never will.
        _claim(package, context)
        held = connection.execute(sql("aip_by_key"), {"key": package.key}).fetchone()
    if not held:
        return Outcome(agents=(KHO,), detail={"content": digest})
    aip, held_digest = held
    if held_digest == digest:
        return _already(package, context, aip)
    found = finding("HOLD-CONFLICT", key=package.key, aip=aip)
    ended = quarantine.keep(package, context, Outcome(findings=(found,), agents=(KHO,)), status="conflict")
    return ended


def _claim(package: PackageRow, context: Context) -> None:
    catalogue.do(context.connection, "claim_key", key=package.key, package=package.id)
    catalogue.do(context.connection, "inherit_claim", key=package.key, package=package.id)
    holder = catalogue.value(context.connection, "claim_of", key=package.key)
    if holder != package.id:
        raise KeyInWork(holder)


def _already(package: PackageRow, context: Context, aip: str) -> Outcome:
    account = [
        {"path": for_people(c.path), "bytes": c.facts.size, "fate": "already-held"}
        for c in context.workspace(package).checked()
    ]
    return Outcome(
        findings=(finding("HOLD-ALREADY", aip=aip),),
        ends_as="already-held",
        changes={"aip": aip, "files": account},
        agents=(KHO,),
    )


def content_digest(unit: DeliveredFileUnit, checked: Iterable[CheckedFile]) -> str:
    """sha256, hex, over what a hồ sơ is: descriptions, order, and the bytes of its files."""
    digests = {c.path: c.facts.sha256 for c in checked}
    documents = [
        [d.order, dict(sorted(d.fields.items())), digests.get(d.file.path) if d.file else None]
        for d in sorted(unit.documents, key=lambda d: d.order)
    ]
    content = {d.file.path for d in unit.documents if d.file}
    others = sorted(digest for path, digest in digests.items() if path not in content)
    whole = [dict(sorted(unit.fields.items())), documents, others]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=True).encode()).hexdigest()
