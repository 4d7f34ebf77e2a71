"""Repair: a bad copy is put right from a good one, when enough witnesses say what good is, and the evidence is kept.

A witness says what the newest inventory of the object is: the catalogue, which knows it since it was stored; every other
copy that is proved good now, byte by byte; the bad copy's own inventory, where that is whole. Two must agree, the copy
that is taken from among them. Many failures at once are no accident: then nothing is touched and a person is called.
"""

import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import psycopg

from repository import catalogue
from repository.copy_check import CopyCheck, Expected, check_copy
from repository.locations import LocationAway, NoCredentials
from repository.mending import Mended, mend
from repository.mending_s3 import mend_bucket
from repository.packages import AipId
from repository.queries import sql
from repository.store import NotAStore, ObjectBusy, Store
from repository.store_fs import FileStore
from repository.store_s3 import S3Store
from standards.errors import KhoError
from standards.ocfl_folder import ObjectFolder

QUORUM: Final = 2
_STORM_COUNT: Final = 10
_STORM_PART: Final = 0.05
_CATALOGUE: Final = "catalogue"
_ITSELF: Final = "itself"
Openers = Mapping[str, Callable[[], Store]]


class StormOfFailures(KhoError):
    """Too much is bad at once for a program to decide."""

    code = "storm-of-failures"
    exit_code = 3
    vi = (
        "{bad} trong {objects} bản sao tại {location} hỏng cùng lúc: không phải sự cố lẻ. Kho không tự sửa. Kiểm tra ổ đĩa, "
        "máy chủ, ai đã truy cập; nếu vẫn muốn sửa, chạy lại với --confirm {bad}."
    )
    en = (
        "{bad} of {objects} copies at {location} are bad at once: that is no accident, and nothing was touched. Look at the "
        "disk, the server, and who had access; to repair all the same, run it again with --confirm {bad}."
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """One bad copy: where a good one is (`source`) and who agrees with it; or why it cannot be repaired (`reason`)."""

    location: str
    object: str
    faults: tuple[Mapping[str, str], ...]
    source: str = ""
    witnesses: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was done about a plan. `outcome` is good, failed or skipped."""

    plan: Plan
    outcome: str
    mended: Mended = field(default_factory=lambda: Mended((), ()))
    kept_in: str = ""


def plans(connection: psycopg.Connection, stores: Openers, location: str | None) -> list[Plan]:
    """What the last checks found bad, and how each copy can be repaired. Reads the good copies in full."""
    rows = list(catalogue.as_dicts(connection, "audit_bad_copies", location=location))
    connection.commit()
    with ThreadPoolExecutor() as hashers:
        return [_plan(connection, stores, row, hashers) for row in rows]


def refuse_storm(connection: psycopg.Connection, found: list[Plan], confirmed: int | None) -> None:
    """Raises StormOfFailures where a location has too many bad copies and nobody confirmed their number."""
    for location in sorted({plan.location for plan in found}):
        bad = sum(plan.location == location for plan in found)
        objects = int(catalogue.value(connection, "audit_counted", location=location))
        connection.commit()
        if bad > max(_STORM_COUNT, objects * _STORM_PART) and confirmed != bad:
            raise StormOfFailures(bad=bad, objects=objects, location=location)


def repair(connection: psycopg.Connection, stores: Openers, plan: Plan, quarantine: Path) -> Repaired:
    """Carry out a plan: bad bytes to `quarantine`, good ones in their place, all of it proved again, and recorded. Commits."""
    if plan.reason:
        return Repaired(plan, "skipped")
    id = uuid.uuid4()
    kept = quarantine / "repair" / str(id)
    kept.mkdir(parents=True, mode=0o700)
    try:
        target = stores[plan.location]()
        mended = _mend(target, AipId(plan.object), stores[plan.source]().folder(AipId(plan.object)), kept)
    except (LocationAway, NotAStore, NoCredentials, ObjectBusy) as problem:
        with suppress(OSError):
            kept.rmdir()
        return Repaired(replace(plan, reason=problem.text("en")), "skipped")
    with ThreadPoolExecutor() as hashers:
        found = check_copy(target, plan.object, "deep", hashers, _expected(connection, plan.object))
    connection.commit()
    _record(connection, id, plan, mended, found, kept)
    return Repaired(plan, "good" if found.outcome == "good" else "failed", mended, str(kept))


def _mend(target: Store, id: AipId, source: ObjectFolder, kept: Path) -> Mended:
    """Put the copy right, in whatever kind of place it lies."""
    if isinstance(target, S3Store):
        return mend_bucket(target, id, source, kept)
    if isinstance(target, FileStore):
        return mend(target, id, source, kept)
    raise TypeError(f"no repair for {type(target).__name__}")


def _plan(
    connection: psycopg.Connection, stores: Openers, row: Mapping[str, Any], hashers: ThreadPoolExecutor
) -> Plan:
    plan = Plan(row["location"], row["object"], tuple(row["faults"]))
    expected = _expected(connection, plan.object)
    candidates = list(
        catalogue.as_dicts(connection, "repair_candidates", object=plan.object, location=plan.location)
    )
    connection.commit()
    good = {}
    for candidate in candidates:
        found = _proved(stores, candidate["location"], plan.object, expected, hashers)
        if found:
            good[candidate["location"]] = found
    if not good:
        return replace(plan, reason="no-good-copy")
    said = {name: found.inventories[found.version] for name, found in good.items()}
    version = expected.version or ""
    # What an audit saw first was said by a copy: only what was noted when the object was stored is a word of its own.
    stored = catalogue.value(connection, "stored_inventory", object=plan.object, version=version)
    connection.commit()
    if stored:
        said[_CATALOGUE] = stored
    own = _own_inventory(stores, plan, version)
    if own:
        said[_ITSELF] = own
    return _with_quorum(plan, said, sorted(good))


def _with_quorum(plan: Plan, said: Mapping[str, str], good: list[str]) -> Plan:
    """The inventory that most witnesses name, if they are enough and a good copy has it; else why not."""
    for source in good:
        agreeing = tuple(sorted(name for name, sha512 in said.items() if sha512 == said[source]))
        if len(agreeing) >= QUORUM:
            others = {name for name in good if said[name] != said[source]}
            if others:
                return replace(plan, reason=f"copies-disagree: {source}, {', '.join(sorted(others))}")
            return replace(plan, source=source, witnesses=agreeing)
    return replace(plan, reason="no-quorum")


def _proved(
    stores: Openers, location: str, object_id: str, expected: Expected, hashers: ThreadPoolExecutor
) -> CopyCheck | None:
    """The copy of another location, if it is good today; one that is not there or not good is no help."""
    try:
        found = check_copy(stores[location](), object_id, "deep", hashers, expected)
    except (KeyError, KhoError):
        return None
    return found if found.outcome == "good" else None


def _own_inventory(stores: Openers, plan: Plan, version: str) -> str:
    """The bad copy's own word, where its inventories are whole."""
    broken = {
        "inventory",
        "sidecar",
        "inventory-replaced",
        "other-object",
        "object",
        "version",
        "declaration",
        "unreadable",
    }
    if any(fault["kind"] in broken for fault in plan.faults):
        return ""
    try:
        with ThreadPoolExecutor(1) as hashers:
            found = check_copy(stores[plan.location](), plan.object, "quick", hashers)
    except (KeyError, KhoError):
        return ""
    return found.inventories.get(version, "")


def _expected(connection: psycopg.Connection, object_id: str) -> Expected:
    version = int(catalogue.value(connection, "repair_expected", object=object_id))
    known: dict[str, str] = dict(
        connection.execute(sql("known_inventories"), {"object": object_id}).fetchall()
    )
    return Expected(f"v{version}" if version else None, known)


def _record(
    connection: psycopg.Connection, id: uuid.UUID, plan: Plan, mended: Mended, found: CopyCheck, kept: Path
) -> None:
    """The repair, its PREMIS event (the AIP's next version writes it down), and the check that it was proved by."""
    now, good = catalogue.now(), found.outcome == "good"
    at = {"location": plan.location, "object": plan.object}
    with connection.transaction():
        catalogue.do(
            connection, "new_repair", id=id, **at, source=plan.source, outcome="good" if good else "failed",
            witnesses=list(plan.witnesses), faults=[dict(f) for f in plan.faults], replaced=list(mended.replaced),
            quarantined=list(mended.quarantined), kept_in=str(kept), time=now,
        )  # fmt: skip
        if not plan.object.startswith("urn:kho:"):
            catalogue.do(
                connection, "new_event", id=id, package=None, aip=plan.object, step="repair", type="recovery",
                outcome="success" if good else "failure", codes=sorted({f["code"] for f in plan.faults}), agents=[],
                detail={"location": plan.location, "source": plan.source, "files": len(mended.replaced)}, time=now,
            )  # fmt: skip
        catalogue.do(connection, "audit_new_run", id=id, started_at=now, scope={"repair": str(id)})
        catalogue.do(
            connection, "audit_new_check", run=id, **at, depth="deep", outcome=found.outcome, version=found.version,
            inventory=found.inventories.get(found.version, ""), files=found.files, bytes=found.bytes,
            faults=[f.as_json() for f in found.faults], reason=found.reason[:500], time=now,
        )  # fmt: skip
        if found.outcome != "skipped":
            catalogue.do(
                connection,
                "audit_checked",
                **at,
                time=now,
                outcome=found.outcome,
                deep=True,
                bytes=found.bytes,
            )
        catalogue.do(connection, "audit_end_run", id=id, time=now)


def as_json(plan: Plan) -> dict[str, Any]:
    """A plan for people and programs."""
    return {"aip": plan.object, "location": plan.location, "faults": [dict(f) for f in plan.faults],
            "source": plan.source or None, "witnesses": list(plan.witnesses), "reason": plan.reason or None}  # fmt: skip
