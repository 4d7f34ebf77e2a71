"""Commands about proof: audit run, report, selftest."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import click

from access import auditing
from access.cli import telling
from access.cli.common import DONE, REFUSED, Call, command, size_words
from access.cli.groups import kho
from fixity.schedule import amount, duration
from preservation import audit_report, repair
from preservation.audit import Progress, Scope
from preservation.selftest import selftest
from repository.opening import Opened

_SHOWN = 40


@kho.group("audit")
def audit() -> None:
    """Kiểm tra tính nguyên vẹn của mọi bản sao / prove every copy."""


@command(audit, "run")
@click.option("--max-duration", help="1h, 30m, 1h30m")
@click.option("--max-age", help="30d")
@click.option("--max-bytes", help="500G")
@click.option("--rate", help="50M")
@click.option("--location")
@click.option("--depth", type=click.Choice(["quick", "deep"]))
def audit_run(
    call: Call,
    max_duration: str | None,
    max_age: str | None,
    max_bytes: str | None,
    rate: str | None,
    location: str | None,
    depth: Any,
) -> int:
    """Đọc lại và đối chiếu mã băm, bản lâu chưa kiểm tra trước / read the copies back, least recently checked first."""
    opened = call.open(create=False)
    scope = Scope(location, duration(max_age) if max_age else None, depth)
    limits = {
        "max_seconds": duration(max_duration).total_seconds() if max_duration else None, "max_bytes": amount(max_bytes) if max_bytes else None,
        "rate": amount(rate) if rate else None,
    }  # fmt: skip
    report = _watched(call, opened, scope, limits)
    call.emit(report)
    _tell_run(call, report)
    return DONE if audit_report.is_good(report) else REFUSED


def _watched(call: Call, opened: Opened, scope: Scope, limits: Mapping[str, Any]) -> dict[str, Any]:
    """Audit in one thread, and show in this one how far it is."""
    seen = Progress()
    with telling.progress(call, "auditing") as advance, ThreadPoolExecutor(1) as pool:
        job = pool.submit(auditing.run, call.settings, opened, scope, progress=seen, **limits)
        while not wait([job], timeout=0.2).done:
            advance(seen.objects, None, {"files": seen.files, "bytes": seen.bytes})
    return job.result()


def _tell_run(call: Call, report: Mapping[str, Any]) -> None:
    if report["resumed"]:
        call.tell("audit-resumed")
    call.tell("audit-line", checked=report["checked"], files=report["files"],
              size=size_words(report["bytes"], call.lang), seconds=round(report["seconds"]))  # fmt: skip
    _tell_faults(call, report)
    for line in report["skipped"][:_SHOWN]:
        reason = call.word(f"audit-reason-{line['reason']}") if _has_word(line["reason"]) else line["reason"]
        what = line.get("aip") or call.word("audit-copies", count=line.get("objects", 0))
        call.tell("audit-skipped", what=what, location=line["location"], reason=reason)
    _tell_more(call, len(report["skipped"]))
    call.tell("audit-promise", days=report["promise_days"], percent=report["promise_percent"])


def _has_word(reason: str) -> bool:
    return reason in ("time-or-byte-budget", "not-looked-for-strays")


def _tell_faults(call: Call, report: Mapping[str, Any]) -> None:
    for what in ("damaged", "missing", "stray"):
        for line in report[what][:_SHOWN]:
            call.tell(f"audit-{what}", aip=line["aip"] or "—", location=line["location"], path=line["path"] or "—",
                      kind=line["kind"], code=line["code"])  # fmt: skip
        _tell_more(call, len(report[what]))
    if report["damaged"] or report["missing"]:
        call.tell("audit-next")


def _tell_more(call: Call, count: int) -> None:
    if count > _SHOWN:
        call.tell("report-more", count=count - _SHOWN)


@command(audit, "report")
@click.option("--runs", type=click.IntRange(0, 1000), default=10)
@click.option("--aip")
def audit_show(call: Call, runs: int, aip: str | None) -> int:
    """Tình trạng kiểm tra theo từng nơi lưu trữ / what is known of every copy, by location."""
    opened = call.open(create=False)
    with opened.connect() as connection:
        if aip:
            lines = audit_report.history(connection, aip)
            call.emit({"schema": 1, "aip": aip, "checks": lines})
            for line in lines:
                call.tell("audit-check", **{**line, "time": line["time"].isoformat(timespec="seconds")})
            return DONE
        report = audit_report.standing(connection, auditing.promise_of(call.settings), runs=runs)
    call.emit(report)
    for each in report["locations"]:
        oldest = each["oldest"].date().isoformat() if each["oldest"] else "—"
        call.tell(
            "audit-location", **{**each, "oldest": oldest, "bytes": size_words(each["bytes"], call.lang)}
        )
    _tell_faults(call, report)
    call.tell("audit-promise", days=report["promise_days"], percent=report["promise_percent"])
    return REFUSED if report["damaged"] or report["missing"] or report["stray"] else DONE


@command(audit, "selftest")
def audit_selftest(call: Call) -> int:
    """Gây hỏng thử trên bản nháp, phải tìm ra hết / plant damage in a scratch copy; all of it must be found."""
    trials = list(selftest())
    missed = [t for t in trials if not t.found]
    call.emit({"schema": 1, "planted": len(trials), "found": len(trials) - len(missed),
               "missed": [{"damage": t.name, "depth": t.depth} for t in missed],
               "trials": [{"damage": t.name, "depth": t.depth, "found": t.found, "codes": list(t.codes)}
                          for t in trials]})  # fmt: skip
    for trial in missed:
        call.tell("selftest-missed", damage=trial.name, depth=trial.depth)
    call.tell("selftest-line", planted=len(trials), found=len(trials) - len(missed))
    return REFUSED if missed else DONE


@command(kho, "repair")
@click.option("--location")
@click.option("--yes", is_flag=True)
@click.option("--confirm", type=click.IntRange(0), default=None)
def repair_copies(call: Call, location: str | None, yes: bool, confirm: int | None) -> int:
    """Khôi phục bản sao hỏng từ bản sao tốt / put bad copies right from good ones; without --yes only the plan is told."""
    opened = call.open(create=False, writing=yes)
    with opened.connect() as connection:
        stores = auditing.openers(connection, opened)
        found = repair.plans(connection, stores, location)
        done = []
        if yes:
            repair.refuse_storm(connection, found, confirm)
            done = [repair.repair(connection, stores, plan, opened.home.quarantine) for plan in found]
    call.emit({"schema": 1, "carried_out": yes, "plans": [repair.as_json(p) for p in found],
               "repaired": [{"aip": d.plan.object, "location": d.plan.location, "source": d.plan.source, "outcome": d.outcome,
                             "replaced": list(d.mended.replaced), "quarantined": list(d.mended.quarantined),
                             "kept_in": d.kept_in} for d in done if d.outcome != "skipped"]})  # fmt: skip
    for plan in found if not yes else [d.plan for d in done if d.outcome == "skipped"]:
        key = "repair-impossible" if plan.reason else "repair-plan"
        call.tell(key, aip=plan.object, location=plan.location, source=plan.source, reason=plan.reason,
                  witnesses=", ".join(plan.witnesses))  # fmt: skip
    for each in [d for d in done if d.outcome != "skipped"]:
        call.tell(f"repair-{each.outcome}", aip=each.plan.object, location=each.plan.location, source=each.plan.source,
                  replaced=len(each.mended.replaced), kept=each.kept_in)  # fmt: skip
    if not found:
        call.tell("repair-nothing")
    elif not yes:
        call.tell("repair-yes")
    return DONE if all(d.outcome == "good" for d in done) and (yes or not found) else REFUSED
