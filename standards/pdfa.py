"""PDF/A verdicts: what veraPDF's JSON report says, as one value.

"The file does not conform" and "veraPDF gave no answer" are different outcomes: whatever is not a complete answer
(no report, an empty one, a job that failed, memory used up) is "unknown", and "unknown" is never "passed".
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["passed", "failed", "unknown"]
FailedRule = tuple[str, int, str]
_PDFA_PROFILE = re.compile(r"PDF/A-([1-4][a-z]?) ")


@dataclass(frozen=True, slots=True)
class PdfaVerdict:
    """veraPDF's answer about one file (ISO 19005).

    `flavour` is the PDF/A level it was judged by ("2b"; None without an answer), which is what the file claims or,
    where it claims none, veraPDF's default 1b. `failed_rules` are (clause, test number, description), each once.
    `reason` says why an outcome is "unknown". `report` is the JSON report as veraPDF wrote it, empty without one.
    """

    flavour: str | None
    outcome: Outcome
    failed_rules: tuple[FailedRule, ...] = ()
    reason: str = ""
    report: bytes = b""
    version: str = ""


def no_answer(reason: str, version: str = "", report: bytes = b"") -> PdfaVerdict:
    """The verdict "unknown" with its reason."""
    return PdfaVerdict(None, "unknown", reason=reason, report=report, version=version)


def read_report(report: bytes) -> PdfaVerdict:
    """The verdict of a report about exactly one file. Anything unexpected in it is "unknown"; nothing is raised."""
    try:
        document = json.loads(report)["report"]
        version = _version(document["buildInformation"]["releaseDetails"])
        (job,) = document["jobs"]
        return _of_job(job, document["batchSummary"], version, report)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return no_answer(f"report not understood ({type(error).__name__})", report=report)


def _version(details: Iterable[Mapping[str, Any]]) -> str:
    return next((str(d["version"]) for d in details if d["id"] == "apps"), "")


def _of_job(job: Mapping[str, Any], summary: Mapping[str, Any], version: str, report: bytes) -> PdfaVerdict:
    if "validationResult" not in job:
        return no_answer(_why(job, summary), version, report)
    # A file may claim PDF/UA as well: only the PDF/A results count here.
    results = [r for r in job["validationResult"] if _PDFA_PROFILE.match(r["profileName"])]
    if not results or any(r["jobEndStatus"] != "normal" for r in results):
        return no_answer("no complete PDF/A result", version, report)
    flavour = _PDFA_PROFILE.match(results[0]["profileName"])
    passed = all(r["compliant"] is True for r in results)
    rules = tuple(rule for r in results for rule in _failed_rules(r))
    return PdfaVerdict(
        flavour=flavour[1] if flavour else None, outcome="passed" if passed else "failed",
        failed_rules=rules, report=report, version=version,
    )  # fmt: skip


def _failed_rules(result: Mapping[str, Any]) -> list[FailedRule]:
    summaries = result["details"]["ruleSummaries"]
    failed = [s for s in summaries if s["ruleStatus"] == "FAILED"]
    return [(str(s["clause"]), int(s["testNumber"]), str(s["description"])) for s in failed]


def _why(job: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    if summary.get("outOfMemory"):
        return "out of memory"
    if summary.get("failedEncryptedJobs"):
        return "encrypted"
    told = job.get("taskException", {}).get("exceptionMessage", "")
    return str(told)[:300] or "no validation result"
